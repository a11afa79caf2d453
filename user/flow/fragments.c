// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The fragment reassembler.
 *
 * IP splits a datagram that is larger than the way allows. All fragments carry
 * the same addresses and identification, and each says where it stands; only the
 * first has the UDP header, hence the ports; only the last tells the end (RFC 791
 * section 3.2, RFC 8200 section 4.5):
 *
 *	units of 8 bytes     0  1          185                 370
 *	                     |UDP|message...|...               |...   |
 *	first, MORE          '--------------'                         |
 *	LATER, MORE                         '------------------'      |
 *	LATER                                                  '------'
 *	message, bytes           0          1472               2952   3000
 *
 * Positions here count from the start of the message, 8 less than what IP counts.
 *
 *	              no first yet          first is there
 *	event --> HEADLESS -------------> HEADED --whole: handed on--------> SETTLED
 *	             |  |  overlap, two ends |  |                              |
 *	             |  '--------------------+--|--refused: bytes given back---^
 *	          time, room              time, room                         time, room
 *	             v                       v                                 v
 *	         unclaimed         handed on as far as it goes             forgotten
 *
 * A settled datagram is remembered until its time is over. So nothing revives one
 * that was refused, and its fragments, seen once more at another hook of this host,
 * are no second datagram.
 *
 * Overlap: an attacker who guesses the identification can put fragments of his own
 * in between (RFC 3128, RFC 5722). So all of a datagram is discarded when two
 * fragments want the same byte, unless they are the same in place and bytes, which
 * RFC 8200 lets us ignore. IPv4's RFC 791 would have let the later one win, but
 * hosts have come to refuse there as well (Linux since 4.19), and what no host takes
 * is not to be believed.
 *
 * Length: the message is as long as UDP's header says. When the fragments hold more,
 * hosts cut off the rest, so nobody waits for it; when they hold less, hosts discard
 * the datagram: it is handed on as far as it goes, cut. Two fragments that tell
 * different ends, or one beyond the end, discard all, as in Linux. A fragment that
 * others follow must be a multiple of 8 bytes long, else it alone is discarded (RFC
 * 8200 section 4.5).
 *
 * Cut frames: what is readable ends where the first missing byte is, and once all
 * before it is there the message is handed on, as nothing can make it longer. How
 * long a first fragment was that was cut is not known, nor does it matter then.
 *
 * Bounds: datagrams, those settled included, and bytes. When room runs out, the
 * oldest settled one goes, else the oldest without its first fragment, since nobody
 * knows that to be DNS, else the oldest. Each goes at a cost that an event has paid
 * for by making it: no event costs more on the long run than a few hundred ns.
 *
 * Time is that of the events, as far as it goes forward. All wait equally long, so
 * one list in order of arrival says what is due.
 */
#include "flow/fragments.h"

#include "flow/datagrams.h"
#include "flow/pieces.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define DATAGRAMS_MIN 16
#define DATAGRAMS_MAX 65536
/* One datagram of the largest size must fit, its index of 8-byte fragments included. */
#define BYTES_MIN (256 * 1024)
/* The largest UDP payload: IPv6's length of 16 bits, less the UDP header (RFC 768). */
#define MESSAGE_MAX (65535 - 8)

struct fragments {
	struct datagrams datagrams;
	struct fragments_limits limits;
	struct fragments_counters counters;
	void (*on_message)(void *context, const struct odd_event *message);
	void *context;
	uint64_t now_ns;
	/* A message that is being handed on; only the part that is used is ever touched. */
	union {
		struct odd_event event;
		uint8_t bytes[sizeof(struct odd_event) + MESSAGE_MAX];
	} out;
};

int fragments__new(const struct fragments_limits *limits, uint64_t seed,
		   void (*on_message)(void *context, const struct odd_event *message),
		   void *context, struct fragments **ret_fragments)
{
	struct fragments *fragments;

	if (limits->datagrams < DATAGRAMS_MIN || limits->datagrams > DATAGRAMS_MAX ||
	    limits->bytes < BYTES_MIN)
		return -EINVAL;
	fragments = calloc(1, sizeof(*fragments));
	if (!fragments)
		return -ENOMEM;
	if (datagrams__init(&fragments->datagrams, limits->datagrams, seed,
			    &fragments->counters.held, &fragments->counters.held_bytes) < 0) {
		free(fragments);
		return -ENOMEM;
	}
	fragments->limits = *limits;
	fragments->on_message = on_message;
	fragments->context = context;
	*ret_fragments = fragments;
	return 0;
}

void fragments__free(struct fragments *fragments)
{
	if (!fragments)
		return;
	datagrams__done(&fragments->datagrams);
	free(fragments);
}

/* --- handing on ------------------------------------------------------------------------------- */

/* How far the message can be read at best. */
static uint32_t readable_end(const struct datagram *datagram)
{
	uint32_t end = datagram->first.message_bytes;

	if (datagram->end < end)
		end = datagram->end;
	return datagram->cut_at < end ? datagram->cut_at : end;
}

static bool is_complete(const struct datagram *datagram)
{
	return datagram->state == DATAGRAM_HEADED &&
	       datagram->pieces.reach >= readable_end(datagram);
}

/* Put the message together as far as it goes. Return: it, valid until the next one */
static const struct odd_event *build(struct fragments *fragments, const struct datagram *datagram,
				     uint64_t time_ns)
{
	struct odd_event *message = &fragments->out.event;
	uint32_t end = readable_end(datagram);

	if (datagram->pieces.reach < end)
		end = datagram->pieces.reach;
	*message = datagram->first;
	message->time_ns = time_ns;
	message->identification = 0; /* as of a datagram that was never split */
	message->captured_bytes = (uint16_t)end;
	message->flags = end < message->message_bytes ? ODD_EVENT_CUT : 0;
	pieces__copy(&datagram->pieces, end, fragments->out.bytes + sizeof(*message));
	return message;
}

static void hand_on(struct fragments *fragments, const struct odd_event *message)
{
	fragments->on_message(fragments->context, message);
}

static void count_complete(struct fragments *fragments, const struct odd_event *message)
{
	if (message->flags & ODD_EVENT_CUT)
		fragments->counters.partial++;
	else
		fragments->counters.reassembled++;
}

/* All that can come has come. */
static void complete(struct fragments *fragments, struct datagram *datagram, uint64_t time_ns)
{
	const struct odd_event *message = build(fragments, datagram, time_ns);

	datagram->was_whole = !(message->flags & ODD_EVENT_CUT);
	datagrams__settle(&fragments->datagrams, datagram);
	count_complete(fragments, message);
	hand_on(fragments, message);
}

/* No longer wait for the rest. Settled ones are just forgotten. */
static void give_up(struct fragments *fragments, struct datagram *datagram)
{
	const struct odd_event *message = NULL;

	if (datagram->state == DATAGRAM_HEADED)
		message = build(fragments, datagram, datagram->first.time_ns);
	datagrams__forget(&fragments->datagrams, datagram);
	if (message)
		hand_on(fragments, message);
}

/* --- time ------------------------------------------------------------------------------------- */

static void give_up_late(struct fragments *fragments, struct datagram *datagram)
{
	if (datagram->state == DATAGRAM_HEADED)
		fragments->counters.partial++;
	else if (datagram->state == DATAGRAM_HEADLESS)
		fragments->counters.unclaimed++;
	give_up(fragments, datagram);
}

void fragments__finish(struct fragments *fragments)
{
	struct datagram *oldest;

	while ((oldest = datagrams__oldest(&fragments->datagrams)))
		give_up_late(fragments, oldest);
}

void fragments__tick(struct fragments *fragments, uint64_t now_ns)
{
	struct datagram *oldest;

	if (now_ns < fragments->now_ns) {
		if (fragments->now_ns - now_ns <= fragments->limits.timeout_ns)
			return;
		fragments__finish(fragments); /* another capture, or the clock was set */
	}
	fragments->now_ns = now_ns;
	while ((oldest = datagrams__oldest(&fragments->datagrams)) &&
	       now_ns - oldest->since_ns > fragments->limits.timeout_ns)
		give_up_late(fragments, oldest);
}

/* --- room ------------------------------------------------------------------------------------- */

static void evict(struct fragments *fragments, struct datagram *datagram)
{
	if (datagram->state != DATAGRAM_SETTLED)
		fragments->counters.evicted++;
	give_up(fragments, datagram);
}

/* Make room for @bytes more. A single datagram always fits (BYTES_MIN), so room is found. */
static void make_room(struct fragments *fragments, size_t bytes, const struct datagram *keep)
{
	struct datagram *datagram;

	while (fragments->counters.held_bytes + bytes > fragments->limits.bytes &&
	       (datagram = datagrams__dispensable(&fragments->datagrams, keep)))
		evict(fragments, datagram);
}

static struct datagram_key key_of(const struct odd_event *event)
{
	struct datagram_key key = {.identification = event->identification,
				   .protocol = event->protocol};

	memcpy(key.src, event->src, sizeof(key.src));
	memcpy(key.dst, event->dst, sizeof(key.dst));
	if (event->tunnel <= ODD_TUNNEL_PPPOE) {
		key.tunnel = event->tunnel;
		key.tunnel_id = event->tunnel_id;
	}
	return key;
}

static struct datagram *add(struct fragments *fragments, const struct datagram_key *key,
			    uint32_t hash)
{
	make_room(fragments, sizeof(struct datagram), NULL);
	if (datagrams__is_full(&fragments->datagrams))
		evict(fragments, datagrams__dispensable(&fragments->datagrams, NULL));
	return datagrams__add(&fragments->datagrams, key, hash, fragments->now_ns);
}

static struct datagram *find_or_add(struct fragments *fragments, const struct odd_event *event)
{
	struct datagram_key key = key_of(event);
	uint32_t hash = datagrams__hash(&fragments->datagrams, &key);
	struct datagram *datagram = datagrams__find(&fragments->datagrams, &key, hash);

	return datagram ? datagram : add(fragments, &key, hash);
}

/* --- fragments -------------------------------------------------------------------------------- */

static bool is_later(const struct odd_event *event)
{
	return event->flags & ODD_EVENT_LATER;
}

/* Is a fragment that others follow a multiple of 8 bytes long? The frame's end may hide it. */
static bool has_units(const struct odd_event *event, uint32_t length)
{
	if (!(event->flags & ODD_EVENT_MORE) || length % 8 == 0)
		return true;
	/* a first one ends with the message, or where the frame was cut */
	return !is_later(event) && (event->flags & ODD_EVENT_CUT || length == event->message_bytes);
}

/*
 * Where a fragment stands in the message. A first one is as long as what was captured of it,
 * because its message_bytes is the whole datagram's.
 * Return: whether it may be part of any datagram
 */
static bool read_piece(const struct odd_event *event, struct piece *piece)
{
	uint32_t length = event->message_bytes, start = 0;

	if (is_later(event)) {
		if (!event->fragment_offset || !length)
			return false;
		start = (event->fragment_offset - 1U) * 8;
	}
	if (start + length > MESSAGE_MAX)
		return false;
	piece->start = (uint16_t)start;
	piece->captured = event->captured_bytes < length ? event->captured_bytes : (uint16_t)length;
	if (!is_later(event))
		length = piece->captured;
	piece->end = (uint16_t)(start + length);
	return has_units(event, length);
}

static void refuse(struct fragments *fragments, struct datagram *datagram, uint64_t *counter)
{
	(*counter)++;
	datagrams__settle(&fragments->datagrams, datagram);
}

/* Two ends, or bytes beyond the end? Notes what the fragment tells of it. */
static bool has_two_ends(struct datagram *datagram, const struct odd_event *event,
			 const struct piece *piece)
{
	bool is_last = !(event->flags & ODD_EVENT_MORE);

	if (piece->end > datagram->furthest)
		datagram->furthest = piece->end;
	if (is_last && datagram->end == NOWHERE)
		datagram->end = piece->end;
	return datagram->furthest > datagram->end || (is_last && datagram->end != piece->end);
}

static bool is_same_first(const struct datagram *datagram, const struct odd_event *event,
			  const struct piece *piece)
{
	const struct odd_event *first = &datagram->first;

	return first->src_port == event->src_port && first->dst_port == event->dst_port &&
	       first->message_bytes == event->message_bytes &&
	       first->captured_bytes == piece->captured;
}

/* As pieces__fit(); but a first fragment takes 8 bytes more than its piece, the UDP header. */
static enum pieces_fit fit(const struct datagram *datagram, const struct odd_event *event,
			   const struct piece *piece)
{
	enum pieces_fit fit = PIECES_NEW;

	if (piece->end > piece->start)
		fit = pieces__fit(&datagram->pieces, piece, event->payload);
	if (is_later(event)) {
		bool in_first = datagram->state == DATAGRAM_HEADED &&
				piece->start < datagram->first.captured_bytes;

		return in_first ? PIECES_OVERLAP : fit;
	}
	if (datagram->state == DATAGRAM_HEADLESS)
		return fit == PIECES_NEW ? PIECES_NEW : PIECES_OVERLAP;
	if (fit == PIECES_OVERLAP || !is_same_first(datagram, event, piece))
		return PIECES_OVERLAP;
	return PIECES_SAME;
}

static void note_cut(struct datagram *datagram, const struct odd_event *event,
		     const struct piece *piece)
{
	uint32_t captured_end = (uint32_t)piece->start + piece->captured;
	bool is_cut =
		captured_end < piece->end || (!is_later(event) && event->flags & ODD_EVENT_CUT);

	if (is_cut && captured_end < datagram->cut_at)
		datagram->cut_at = captured_end;
}

/* Return: 0, -ENOMEM */
static int store(struct fragments *fragments, struct datagram *datagram,
		 const struct odd_event *event, const struct piece *piece)
{
	const struct pieces *pieces = &datagram->pieces;
	int r = 0;

	if (piece->end > piece->start) {
		make_room(fragments,
			  pieces__memory_with(pieces, piece->captured) - pieces__memory(pieces),
			  datagram);
		r = datagrams__put(&fragments->datagrams, datagram, piece, event->payload);
	}
	if (r < 0)
		return r;
	note_cut(datagram, event, piece);
	if (!is_later(event)) {
		datagram->first = *event;
		datagram->first.captured_bytes = piece->captured;
		datagrams__head(&fragments->datagrams, datagram);
	}
	return 0;
}

static void take(struct fragments *fragments, struct datagram *datagram,
		 const struct odd_event *event, const struct piece *piece)
{
	enum pieces_fit how = fit(datagram, event, piece);

	if (how == PIECES_OVERLAP) {
		refuse(fragments, datagram, &fragments->counters.overlapping);
		return;
	}
	if (has_two_ends(datagram, event, piece)) {
		refuse(fragments, datagram, &fragments->counters.misshapen);
		return;
	}
	if (how == PIECES_SAME) {
		fragments->counters.repeated++;
	} else if (store(fragments, datagram, event, piece) < 0) {
		evict(fragments, datagram);
		return;
	}
	if (is_complete(datagram))
		complete(fragments, datagram, event->time_ns);
}

/* Has a fragment header but was not split: never joined with others (RFC 6946 section 4). */
static void take_atomic(struct fragments *fragments, const struct odd_event *event,
			const struct piece *piece)
{
	struct odd_event *message = &fragments->out.event;

	*message = *event;
	message->identification = 0;
	message->captured_bytes = piece->captured;
	message->flags = piece->captured < message->message_bytes ? ODD_EVENT_CUT : 0;
	memcpy(fragments->out.bytes + sizeof(*message), event->payload, piece->captured);
	count_complete(fragments, message);
	hand_on(fragments, message);
}

void fragments__event(struct fragments *fragments, const struct odd_event *event)
{
	struct datagram *datagram;
	struct piece piece;

	fragments->counters.fragments++;
	fragments__tick(fragments, event->time_ns);
	if (!read_piece(event, &piece)) {
		fragments->counters.misshapen++;
		return;
	}
	if (!(event->flags & (ODD_EVENT_LATER | ODD_EVENT_MORE))) {
		take_atomic(fragments, event, &piece);
		return;
	}
	datagram = find_or_add(fragments, event);
	if (datagram->state != DATAGRAM_SETTLED)
		take(fragments, datagram, event, &piece);
	else if (datagram->was_whole)
		fragments->counters.repeated++;
}

const struct fragments_counters *fragments__counters(const struct fragments *fragments)
{
	return &fragments->counters;
}
