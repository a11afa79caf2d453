// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * One direction of a TCP connection: from segments to messages.
 *
 *   next      bytes wait   a hole     bytes wait
 *    v       +----------+            +----------+
 *    ........|          |............|          |
 *            +----------+            +----------+
 *
 * Bytes are read in their order and once. A segment at `next` is read where it
 * lies, so whole messages are copied once, into the event that is handed on. A
 * message that spans segments is gathered in a buffer, up to a limit; the rest
 * of it is skipped by counting. A segment ahead of `next` waits in the backlog,
 * sorted by sequence.
 *
 * When segments overlap, the bytes that came first count, except that of two
 * segments which both wait, the one that begins earlier counts: what Linux does,
 * and so what most servers read. Receivers differ here; another one reads other
 * bytes than we when a sender sends two versions of them, which none does by
 * accident. Source: J. Novak, S. Sturges, Target-Based TCP Stream Reassembly,
 * 2007; RFC 9293 section 3.10.7.4 leaves it open.
 *
 * A hole is given up when its time is over, when there is no room to wait, and at
 * once when a frame was cut. If it ends within the message that is being read, the
 * length prefix still tells where the next one begins: the message is handed on as
 * far as it goes, and nothing else is lost. If not, nobody knows where a message
 * begins, and each segment is tried as in a connection whose start was not seen
 * (midstream.h): segments without a recognizable message are skipped.
 *
 * Nothing ends a direction for good: segments behind a FIN or RST are read like
 * others, because packets can overtake each other, and a forged RST must not
 * blind the sensor. FIN and RST only shorten the memory of the connection.
 */
#include "direction.h"

#include "dns/message.h"
#include "flow/midstream.h"

#include <stdlib.h>
#include <string.h>

#define PREFIX_BYTES 2
/* A message's buffer at first: most that span segments are answers of up to 1232 + some bytes. */
#define PART_BYTES 512
/*
 * What begins further behind `next` than a window usually is (16 MiB; it can be 1 GiB, RFC 7323
 * section 2.2) may be another connection with the same ports, whose SYN was not seen.
 */
#define BEHIND_MAX (1U << 24)

/* Bytes in a row, and the event whose header goes out with a message that they complete. */
struct bytes {
	const struct odd_event *header;
	const uint8_t *at;
	uint32_t left;
};

static void forget_message(struct direction *d)
{
	d->length = 0;
	d->seen = 0;
	d->prefix_bytes = 0;
	d->told = false;
}

/* --- handing on ------------------------------------------------------------------------------- */

/* The message is in its place already, its captured_bytes too. */
static void tell(struct direction_room *room, struct odd_event *message, uint16_t length)
{
	message->flags &= (uint8_t) ~(ODD_EVENT_FOLLOWS | ODD_EVENT_CUT);
	if (message->captured_bytes < length)
		message->flags |= ODD_EVENT_CUT;
	message->message_bytes = length;
	room->counters.messages++;
	room->on_message(room->context, message);
}

static void tell_bytes(struct direction_room *room, const struct bytes *bytes, uint16_t captured,
		       uint16_t length)
{
	struct odd_event *message = room->scratch;

	memcpy(message, bytes->header, sizeof(*message));
	memcpy(message->payload, bytes->at, captured);
	message->captured_bytes = captured;
	tell(room, message, length);
}

/* The event that brought the latest bytes of a message that spans segments. */
static void note_header(struct odd_event *part, const struct odd_event *header)
{
	uint16_t captured = part->captured_bytes;

	memcpy(part, header, sizeof(*part));
	part->captured_bytes = captured;
}

/* The message will not be complete: hand on what there is, if it has a header. */
static void tell_incomplete(struct direction_room *room, struct direction *d)
{
	struct odd_event *part = d->backlog ? d->backlog->part : NULL;

	if (d->prefix_bytes < PREFIX_BYTES || d->told)
		return;
	d->told = true;
	if (part && part->captured_bytes >= DNS_HEADER_BYTES) {
		room->counters.cut++;
		tell(room, part, d->length);
	} else {
		room->counters.headless++;
	}
	backlog__drop_part(&room->backlogs, d);
}

/* --- room ------------------------------------------------------------------------------------- */

/*
 * Let who has waited longest hand on what it holds, but not @asking itself. What is handed on
 * meanwhile may ask too, and gets nothing, so this goes one level deep.
 */
static bool release_oldest(struct direction_room *room, const struct direction *asking)
{
	struct backlog *b = room->backlogs.oldest;

	if (b && b->direction == asking)
		b = b->newer;
	if (!b || room->releasing)
		return false;
	room->releasing = true;
	room->counters.over_total++;
	direction__give_up(room, b->direction);
	room->releasing = false;
	return true;
}

static bool has_room(struct direction_room *room, struct direction *d, uint32_t bytes)
{
	if (connection_of(d)->held + bytes > room->limits.connection_bytes) {
		room->counters.over_connection++;
		return false;
	}
	while (room->counters.held_bytes + bytes > room->limits.bytes) {
		if (!release_oldest(room, d)) {
			room->counters.over_total++;
			return false;
		}
	}
	return true;
}

/* Room for @bytes of the message, and some more so that it need not grow with each segment. */
static bool has_part_room(struct direction_room *room, struct direction *d, uint32_t bytes)
{
	uint32_t most =
		d->length < room->limits.message_bytes ? d->length : room->limits.message_bytes;
	uint32_t wanted = 2 * bytes < PART_BYTES ? PART_BYTES : 2 * bytes;

	if (d->backlog && d->backlog->part && d->backlog->part_room >= bytes)
		return true;
	if (wanted > most)
		wanted = most;
	if (!has_room(room, d, backlog__cost_of_part(d, wanted)))
		return false;
	if (backlog__make_part(&room->backlogs, d, wanted, room->now_ns))
		return true;
	room->counters.over_total++;
	return false;
}

/* --- bytes in their order --------------------------------------------------------------------- */

static void read_prefix(struct direction *d, struct bytes *bytes)
{
	while (d->prefix_bytes < PREFIX_BYTES && bytes->left) {
		d->length = (uint16_t)(d->length << 8 | *bytes->at++);
		d->prefix_bytes++;
		bytes->left--;
	}
}

/* @n bytes of a message that spans segments. */
static void gather(struct direction_room *room, struct direction *d, const struct bytes *bytes,
		   uint32_t n)
{
	struct odd_event *part = d->backlog ? d->backlog->part : NULL;
	uint32_t there = part ? part->captured_bytes : 0;

	if (there + n > room->limits.message_bytes)
		n = room->limits.message_bytes - there;
	if (!n)
		return;
	if (!has_part_room(room, d, there + n)) {
		if (!part && n >= DNS_HEADER_BYTES) {
			d->told = true;
			room->counters.cut++;
			tell_bytes(room, bytes, (uint16_t)n, d->length);
		}
		tell_incomplete(room, d);
		return;
	}
	part = d->backlog->part;
	memcpy(part->payload + there, bytes->at, n);
	part->captured_bytes = (uint16_t)(there + n);
	note_header(part, bytes->header);
}

static void end_gathered(struct direction_room *room, struct direction *d,
			 const struct odd_event *header)
{
	struct odd_event *part = d->backlog->part;

	note_header(part, header);
	room->counters.over_message += part->captured_bytes < d->length;
	tell(room, part, d->length);
	backlog__drop_part(&room->backlogs, d);
}

/* Some of a message's bytes, or all. */
static void read_body(struct direction_room *room, struct direction *d, struct bytes *bytes)
{
	uint32_t rest = (uint32_t)d->length - d->seen, n = bytes->left < rest ? bytes->left : rest;

	if (n == d->length && !d->told)
		tell_bytes(room, bytes, d->length, d->length);
	else if (!d->told)
		gather(room, d, bytes, n);
	d->seen = (uint16_t)(d->seen + n);
	bytes->at += n;
	bytes->left -= n;
	if (n < rest)
		return;
	if (n < d->length && !d->told)
		end_gathered(room, d, bytes->header);
	forget_message(d);
}

static void lose_frame(struct direction_room *room, struct direction *d)
{
	tell_incomplete(room, d);
	forget_message(d);
	d->synced = false;
}

static void read_bytes(struct direction_room *room, struct direction *d, struct bytes *bytes)
{
	while (bytes->left) {
		read_prefix(d, bytes);
		if (d->prefix_bytes < PREFIX_BYTES)
			return;
		if (d->length < DNS_HEADER_BYTES) {
			room->counters.misframed++;
			forget_message(d);
			d->synced = false;
			return;
		}
		if (bytes->left)
			read_body(room, d, bytes);
	}
}

/* @n bytes at `next` never come. */
static void pass_hole(struct direction_room *room, struct direction *d, uint32_t n)
{
	uint32_t rest = (uint32_t)d->length - d->seen;

	d->next += n;
	if (!d->synced)
		return;
	room->counters.holes++;
	if (d->prefix_bytes < PREFIX_BYTES || n > rest) {
		lose_frame(room, d);
		return;
	}
	tell_incomplete(room, d);
	d->seen = (uint16_t)(d->seen + n);
	if (n == rest)
		forget_message(d);
}

/* Read a segment from its byte @from on, which is at `next`. */
static void read_segment(struct direction_room *room, struct direction *d,
			 const struct odd_event *segment, const struct odd_event *header,
			 uint32_t from)
{
	struct bytes bytes = {header, segment->payload + from, 0};
	uint32_t captured = segment->captured_bytes, missing = segment->message_bytes - from;

	if (captured > from) {
		bytes.left = captured - from;
		missing -= bytes.left;
		d->next += bytes.left;
		read_bytes(room, d, &bytes);
	}
	if (missing)
		pass_hole(room, d, missing);
}

/* --- segments --------------------------------------------------------------------------------- */

static void take_unsynced(struct direction_room *room, struct direction *d,
			  const struct odd_event *segment, const struct odd_event *header)
{
	uint32_t old = d->next - segment->sequence;
	bool is_old = d->known && old > 0 && old <= BEHIND_MAX;

	if (is_old && old >= segment->message_bytes) {
		room->counters.retransmitted++;
		return;
	}
	/* what was seen in part begins in the middle of something */
	if (is_old || !midstream_is_start(segment)) {
		room->counters.skipped++;
		d->next = segment->sequence + segment->message_bytes;
		d->known = true;
		return;
	}
	room->counters.resynced++;
	if (!d->known)
		d->start = segment->sequence;
	d->next = segment->sequence;
	d->known = true;
	d->synced = true;
	read_segment(room, d, segment, header, 0);
}

/* A segment that begins at `next` or before. */
static void take_in_turn(struct direction_room *room, struct direction *d,
			 const struct odd_event *segment, const struct odd_event *header)
{
	uint32_t old = d->next - segment->sequence;

	if (old >= segment->message_bytes) {
		if (old <= BEHIND_MAX || !midstream_is_start(segment)) {
			room->counters.retransmitted++;
			return;
		}
		direction__give_up(room, d);
		direction__forget(d);
		take_unsynced(room, d, segment, header);
		return;
	}
	room->counters.overlapping += old > 0;
	read_segment(room, d, segment, header, old);
}

static bool is_ahead(const struct direction *d, const struct odd_event *segment)
{
	return d->synced && (int32_t)(segment->sequence - d->next) > 0;
}

static void take_now(struct direction_room *room, struct direction *d,
		     const struct odd_event *segment, const struct odd_event *header)
{
	if (d->synced)
		take_in_turn(room, d, segment, header);
	else
		take_unsynced(room, d, segment, header);
}

/* Take those that waited and whose turn has come. @header: NULL for each its own */
static void drain(struct direction_room *room, struct direction *d, const struct odd_event *header)
{
	const struct odd_event *first;
	bool some = false;

	while ((first = backlog__first(d)) && !is_ahead(d, first)) {
		struct odd_event *segment = backlog__take_first(&room->backlogs, d);

		take_now(room, d, segment, header ? header : segment);
		free(segment);
		some = true;
	}
	backlog__release(&room->backlogs, d);
	if (some && first)
		backlog__wait_anew(&room->backlogs, d->backlog, room->now_ns);
}

/* A segment ahead of its turn: let it wait, or give up the holes before it when it cannot. */
static void wait_for_turn(struct direction_room *room, struct direction *d,
			  const struct odd_event *segment)
{
	const struct odd_event *first;

	if (backlog__is_waiting(d, segment)) {
		room->counters.retransmitted++;
		return;
	}
	if (has_room(room, d, backlog__cost_of(d, segment))) {
		if (backlog__wait(&room->backlogs, d, segment, room->now_ns)) {
			room->counters.reordered++;
			return;
		}
		room->counters.over_total++;
	}
	while ((first = backlog__first(d)) && (int32_t)(first->sequence - segment->sequence) <= 0)
		direction__give_up_hole(room, d);
	if (is_ahead(d, segment))
		pass_hole(room, d, segment->sequence - d->next);
	take_now(room, d, segment, segment);
	drain(room, d, NULL);
}

void direction__take(struct direction_room *room, struct direction *d,
		     const struct odd_event *segment)
{
	if (is_ahead(d, segment)) {
		wait_for_turn(room, d, segment);
		return;
	}
	take_now(room, d, segment, segment);
	if (d->backlog)
		drain(room, d, segment);
}

void direction__start(struct direction_room *room, struct direction *d, uint32_t sequence)
{
	if (d->synced && d->start == sequence)
		return;
	direction__give_up(room, d);
	direction__forget(d);
	d->start = sequence;
	d->next = sequence;
	d->known = true;
	d->synced = true;
}

void direction__forget(struct direction *d)
{
	*d = (struct direction){.side = d->side};
}

void direction__give_up_hole(struct direction_room *room, struct direction *d)
{
	const struct odd_event *first = backlog__first(d);

	if (is_ahead(d, first))
		pass_hole(room, d, first->sequence - d->next);
	drain(room, d, NULL);
}

void direction__give_up(struct direction_room *room, struct direction *d)
{
	while (backlog__first(d))
		direction__give_up_hole(room, d);
	tell_incomplete(room, d);
	backlog__release(&room->backlogs, d);
}
