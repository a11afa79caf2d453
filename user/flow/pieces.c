// SPDX-License-Identifier: GPL-2.0-or-later
/* The pieces of one message: a log of bytes and an index in the order of the message. */
#include "flow/pieces.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A datagram in two fragments of any size, three with one to spare. */
#define INDEX_FIRST 4
/* Half a small fragment; doubled as needed. */
#define LOG_FIRST 256

/* The first piece that ends behind @start; count when none does. */
static uint32_t search(const struct pieces *pieces, uint32_t start)
{
	uint32_t low = 0, high = pieces->count;

	if (high && pieces->index[high - 1].end <= start)
		return high;
	while (low < high) {
		uint32_t middle = (low + high) / 2;

		if (pieces->index[middle].end <= start)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

enum pieces_fit pieces__fit(const struct pieces *pieces, const struct piece *piece,
			    const uint8_t *payload)
{
	uint32_t i = search(pieces, piece->start);
	const struct piece *there;
	uint32_t bytes;

	if (i == pieces->count || pieces->index[i].start >= piece->end)
		return PIECES_NEW;
	there = &pieces->index[i];
	if (there->start != piece->start || there->end != piece->end)
		return PIECES_OVERLAP;
	bytes = there->captured < piece->captured ? there->captured : piece->captured;
	return memcmp(pieces->log + there->at, payload, bytes) == 0 ? PIECES_SAME : PIECES_OVERLAP;
}

/* @room doubled, from @first on, until it holds @needed. */
static uint32_t enlarged(uint32_t room, uint32_t first, uint32_t needed)
{
	if (!room)
		room = first;
	while (needed > room)
		room *= 2;
	return room;
}

static size_t memory(uint32_t room, uint32_t log_room)
{
	return room * sizeof(struct piece) + log_room;
}

size_t pieces__memory(const struct pieces *pieces)
{
	return memory(pieces->room, pieces->log_room);
}

size_t pieces__memory_with(const struct pieces *pieces, uint32_t captured)
{
	return memory(enlarged(pieces->room, INDEX_FIRST, pieces->count + 1),
		      enlarged(pieces->log_room, LOG_FIRST, pieces->log_bytes + captured));
}

/* Room for one more piece. */
static int reserve(struct pieces *pieces, uint32_t captured)
{
	uint32_t room = enlarged(pieces->room, INDEX_FIRST, pieces->count + 1);
	uint32_t log_room = enlarged(pieces->log_room, LOG_FIRST, pieces->log_bytes + captured);
	struct piece *index = pieces->index;
	uint8_t *log = pieces->log;

	if (room > pieces->room)
		index = realloc(index, room * sizeof(*index));
	if (!index)
		return -ENOMEM;
	pieces->index = index;
	pieces->room = room;
	if (log_room > pieces->log_room)
		log = realloc(log, log_room);
	if (!log)
		return -ENOMEM;
	pieces->log = log;
	pieces->log_room = log_room;
	return 0;
}

static void extend_reach(struct pieces *pieces)
{
	while (pieces->in_reach < pieces->count &&
	       pieces->index[pieces->in_reach].start == pieces->reach)
		pieces->reach = pieces->index[pieces->in_reach++].end;
}

int pieces__put(struct pieces *pieces, const struct piece *piece, const uint8_t *payload)
{
	uint32_t i = search(pieces, piece->start);
	struct piece *place;
	int r = reserve(pieces, piece->captured);

	if (r < 0)
		return r;
	place = &pieces->index[i];
	memmove(place + 1, place, (pieces->count - i) * sizeof(*place));
	*place = *piece;
	place->at = (uint16_t)pieces->log_bytes;
	if (piece->captured)
		memcpy(pieces->log + pieces->log_bytes, payload, piece->captured);
	pieces->log_bytes += piece->captured;
	pieces->count++;
	extend_reach(pieces);
	return 0;
}

void pieces__copy(const struct pieces *pieces, uint32_t bytes, uint8_t *out)
{
	for (uint32_t i = 0; i < pieces->in_reach; i++) {
		const struct piece *piece = &pieces->index[i];

		if (piece->start >= bytes)
			break;
		memcpy(out + piece->start, pieces->log + piece->at,
		       piece->end < bytes ? piece->captured : bytes - piece->start);
	}
}

void pieces__clear(struct pieces *pieces)
{
	free(pieces->index);
	free(pieces->log);
	*pieces = (struct pieces){0};
}
