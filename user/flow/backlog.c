// SPDX-License-Identifier: GPL-2.0-or-later
/* The memory of segments that wait and of messages that span segments, and its account. */
#include "backlog.h"

#include <stdlib.h>
#include <string.h>

/* What an allocation costs beyond its size, and a place in the array, which grows by doubling. */
#define ALLOCATION_BYTES 16
#define PLACE_BYTES	 (2 * sizeof(struct odd_event *))
#define FIRST_PLACES	 8

static uint32_t own_cost(const struct direction *d)
{
	return d->backlog ? 0 : sizeof(struct backlog) + ALLOCATION_BYTES;
}

static uint32_t segment_cost(const struct odd_event *event)
{
	return (uint32_t)(sizeof(*event) + ALLOCATION_BYTES + PLACE_BYTES) + event->captured_bytes;
}

static uint32_t part_cost(uint32_t bytes)
{
	return (uint32_t)sizeof(struct odd_event) + ALLOCATION_BYTES + bytes;
}

uint32_t backlog__cost_of(const struct direction *d, const struct odd_event *event)
{
	return own_cost(d) + segment_cost(event);
}

uint32_t backlog__cost_of_part(const struct direction *d, uint32_t bytes)
{
	uint32_t now = d->backlog && d->backlog->part ? part_cost(d->backlog->part_room) : 0;

	return own_cost(d) + part_cost(bytes) - now;
}

static void charge(struct backlogs *bs, struct direction *d, uint32_t bytes)
{
	connection_of(d)->held += bytes;
	*bs->held_bytes += bytes;
}

static void discharge(struct backlogs *bs, struct direction *d, uint32_t bytes)
{
	connection_of(d)->held -= bytes;
	*bs->held_bytes -= bytes;
}

static void append(struct backlogs *bs, struct backlog *b)
{
	b->older = bs->newest;
	b->newer = NULL;
	if (bs->newest)
		bs->newest->newer = b;
	else
		bs->oldest = b;
	bs->newest = b;
}

static void unlink_from_list(struct backlogs *bs, const struct backlog *b)
{
	if (b->older)
		b->older->newer = b->newer;
	else
		bs->oldest = b->newer;
	if (b->newer)
		b->newer->older = b->older;
	else
		bs->newest = b->older;
}

void backlog__wait_anew(struct backlogs *bs, struct backlog *b, uint64_t now_ns)
{
	b->since_ns = now_ns;
	unlink_from_list(bs, b);
	append(bs, b);
}

static struct backlog *get(struct backlogs *bs, struct direction *d, uint64_t now_ns)
{
	struct backlog *b;

	if (d->backlog)
		return d->backlog;
	b = calloc(1, sizeof(*b));
	if (!b)
		return NULL;
	charge(bs, d, own_cost(d));
	b->direction = d;
	b->since_ns = now_ns;
	append(bs, b);
	d->backlog = b;
	return b;
}

/* How many of those that wait begin at @sequence or before. */
static uint32_t place_of(const struct backlog *b, uint32_t sequence)
{
	uint32_t low = b->waiting_first, high = b->waiting_end;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if ((int32_t)(b->waiting[middle]->sequence - sequence) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool backlog__is_waiting(const struct direction *d, const struct odd_event *event)
{
	const struct backlog *b = d->backlog;
	const struct odd_event *before;
	uint32_t place;

	if (!b)
		return false;
	place = place_of(b, event->sequence);
	if (place == b->waiting_first)
		return false;
	before = b->waiting[place - 1];
	return (int32_t)(before->sequence + before->message_bytes -
			 (event->sequence + event->message_bytes)) >= 0;
}

/* A free place behind the last one. */
static bool has_place(struct backlog *b)
{
	struct odd_event **grown;
	uint32_t places;

	if (b->waiting_end < b->waiting_room)
		return true;
	if (b->waiting_first > b->waiting_room / 2) {
		b->waiting_end -= b->waiting_first;
		memmove(b->waiting, b->waiting + b->waiting_first,
			sizeof(*b->waiting) * b->waiting_end);
		b->waiting_first = 0;
		return true;
	}
	places = b->waiting_room ? 2 * b->waiting_room : FIRST_PLACES;
	grown = realloc(b->waiting, sizeof(*grown) * places);
	if (!grown)
		return false;
	b->waiting = grown;
	b->waiting_room = places;
	return true;
}

bool backlog__wait(struct backlogs *bs, struct direction *d, const struct odd_event *event,
		   uint64_t now_ns)
{
	struct odd_event *copy = malloc(sizeof(*event) + event->captured_bytes);
	struct backlog *b = copy ? get(bs, d, now_ns) : NULL;
	uint32_t place;

	if (!b || !has_place(b)) {
		free(copy);
		backlog__release(bs, d);
		return false;
	}
	memcpy(copy, event, sizeof(*event) + event->captured_bytes);
	place = place_of(b, event->sequence);
	memmove(b->waiting + place + 1, b->waiting + place,
		sizeof(*b->waiting) * (b->waiting_end - place));
	b->waiting[place] = copy;
	b->waiting_end++;
	charge(bs, d, segment_cost(copy));
	if (b->waiting_end - b->waiting_first == 1)
		backlog__wait_anew(bs, b, now_ns);
	return true;
}

const struct odd_event *backlog__first(const struct direction *d)
{
	const struct backlog *b = d->backlog;

	return b && b->waiting_first < b->waiting_end ? b->waiting[b->waiting_first] : NULL;
}

struct odd_event *backlog__take_first(struct backlogs *bs, struct direction *d)
{
	struct backlog *b = d->backlog;
	struct odd_event *event = b->waiting[b->waiting_first++];

	if (b->waiting_first == b->waiting_end)
		b->waiting_first = b->waiting_end = 0;
	discharge(bs, d, segment_cost(event));
	return event;
}

bool backlog__make_part(struct backlogs *bs, struct direction *d, uint32_t bytes, uint64_t now_ns)
{
	struct backlog *b = get(bs, d, now_ns);
	struct odd_event *grown;
	uint32_t cost;

	if (!b)
		return false;
	cost = backlog__cost_of_part(d, bytes);
	grown = realloc(b->part, sizeof(*grown) + bytes);
	if (!grown) {
		backlog__release(bs, d);
		return false;
	}
	if (!b->part)
		grown->captured_bytes = 0;
	b->part = grown;
	b->part_room = bytes;
	charge(bs, d, cost);
	return true;
}

void backlog__drop_part(struct backlogs *bs, struct direction *d)
{
	struct backlog *b = d->backlog;

	if (!b || !b->part)
		return;
	discharge(bs, d, part_cost(b->part_room));
	free(b->part);
	b->part = NULL;
	b->part_room = 0;
}

void backlog__release(struct backlogs *bs, struct direction *d)
{
	struct backlog *b = d->backlog;

	if (!b || b->part || backlog__first(d))
		return;
	unlink_from_list(bs, b);
	free(b->waiting);
	free(b);
	d->backlog = NULL;
	discharge(bs, d, own_cost(d));
}

void backlogs__done(struct backlogs *bs)
{
	while (bs->oldest) {
		struct direction *d = bs->oldest->direction;

		while (backlog__first(d))
			free(backlog__take_first(bs, d));
		backlog__drop_part(bs, d);
		backlog__release(bs, d);
	}
}
