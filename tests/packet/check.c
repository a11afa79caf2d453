// SPDX-License-Identifier: GPL-2.0-or-later
/* Comparisons that say in words what differs; the first difference is enough. */
#include "check.h"

#include <arpa/inet.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static bool differs(char *ret_why, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static bool differs(char *ret_why, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(ret_why, PACKET_WHY_MAX, fmt, args);
	va_end(args);
	return false;
}

static bool same(const char *what, long is, long wanted, char *ret_why)
{
	return is == wanted || differs(ret_why, "%s is %ld, not %ld", what, is, wanted);
}

void packet_frame_build(struct packet_frame *frame, const struct packet_row *row)
{
	frame->row = row;
	frame->length = packet_build(&row->packet, frame->bytes, &frame->layout);
}

unsigned packet_frame_before(const struct packet_row *row, unsigned n, uint8_t *frame)
{
	struct packet before = row->before[n];

	memcpy(before.tags, row->packet.tags, sizeof(before.tags));
	return packet_build(&before, frame, NULL);
}

void packet_result_take(void *context, const struct odd_event *event)
{
	struct packet_result *result = context;
	union packet_event_room *room = &result->events[result->count];

	if (result->count == PACKET_EVENTS_MAX)
		return;
	memset(room, 0, sizeof(*room));
	memcpy(room, event, sizeof(*event));
	if (event->captured_bytes <= ODD_SNAPLEN_MAX)
		memcpy(room->event.payload, event->payload, event->captured_bytes);
	result->count++;
}

void packet_result_begin(struct packet_result *result, const struct source_counters *now)
{
	result->count = 0;
	result->counters = *now;
}

void packet_result_end(struct packet_result *result, const struct source_counters *now)
{
	struct source_counters *c = &result->counters;

	for (unsigned i = 0; i < ODD_HOOK_COUNT; i++)
		c->packets[i] = now->packets[i] - c->packets[i];
	for (unsigned i = 0; i < ODD_DROP_COUNT; i++)
		c->drops[i] = now->drops[i] - c->drops[i];
}

void packet_address(const char *text, uint8_t ret_address[16])
{
	inet_pton(AF_INET6, text, ret_address);
}

static bool same_address(const char *what, const uint8_t *is, const char *wanted, char *ret_why)
{
	uint8_t address[16] = {0};
	char text[INET6_ADDRSTRLEN];

	packet_address(wanted, address);
	return memcmp(is, address, sizeof(address)) == 0 ||
	       differs(ret_why, "%s is %s, not %s", what,
		       inet_ntop(AF_INET6, is, text, sizeof(text)), wanted);
}

/* One of the events that a row asks for. */
struct part {
	unsigned at; /* bytes of payload before it */
	unsigned bytes;
	unsigned captured;
	uint8_t flags;
	uint16_t fragment_offset; /* with ODD_EVENT_LATER */
};

/* How much of the payload the packet has as its headers say. */
static unsigned bytes_here(const struct packet_event *wanted)
{
	return wanted->here ? wanted->here : wanted->bytes;
}

static unsigned bytes_there(const struct packet_event *wanted)
{
	return wanted->there ? wanted->there : bytes_here(wanted);
}

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Datagrams are cut to the snaplen; segments and fragments travel whole, in parts. */
static bool is_whole_datagram(const struct packet_event *wanted)
{
	return wanted->protocol == 17 && !(wanted->flags & ODD_EVENT_FRAGMENT);
}

static unsigned count_parts(const struct packet_event *wanted)
{
	if (!wanted->src)
		return 0;
	if (is_whole_datagram(wanted) || bytes_there(wanted) == 0)
		return 1;
	return (bytes_there(wanted) + ODD_PART_BYTES - 1) / ODD_PART_BYTES;
}

/* A part of a segment or of a fragment; parts of fragments are fragments themselves. */
static struct part part_of(const struct packet_event *wanted, unsigned n)
{
	struct part part = {.at = n * ODD_PART_BYTES, .flags = wanted->flags};
	unsigned left = bytes_here(wanted) - part.at, there = bytes_there(wanted) - part.at;

	part.bytes = least(left, ODD_PART_BYTES);
	part.captured = least(there, ODD_PART_BYTES);
	if (part.captured < part.bytes)
		part.flags |= ODD_EVENT_CUT;
	if (n > 0)
		part.flags |= ODD_EVENT_FOLLOWS;
	if (!(wanted->flags & ODD_EVENT_FRAGMENT))
		return part;
	if (left > ODD_PART_BYTES)
		part.flags |= ODD_EVENT_MORE;
	part.fragment_offset = (uint16_t)(wanted->fragment_offset + part.at / 8);
	if (wanted->flags & ODD_EVENT_LATER)
		return part;
	/* a first fragment: the UDP header is its first unit of 8 bytes */
	part.fragment_offset++;
	if (n > 0)
		part.flags |= ODD_EVENT_LATER;
	else
		part.bytes = wanted->bytes;
	return part;
}

static struct part datagram(const struct packet_event *wanted, unsigned snaplen)
{
	struct part part = {.bytes = wanted->bytes, .flags = wanted->flags};

	part.captured = least(bytes_there(wanted), snaplen);
	if (bytes_there(wanted) < wanted->bytes)
		part.flags |= ODD_EVENT_CUT;
	return part;
}

static bool check_ports(const struct packet_event *wanted, const struct odd_event *e,
			const struct part *part, char *ret_why)
{
	if (part->flags & ODD_EVENT_LATER)
		return same("fragment offset", e->fragment_offset, part->fragment_offset,
			    ret_why) &&
		       same("no port", e->no_port, 0, ret_why);
	return same("source port", e->src_port, wanted->src_port, ret_why) &&
	       same("destination port", e->dst_port, wanted->dst_port, ret_why);
}

static bool check_ends(const struct packet_event *wanted, const struct odd_event *e, char *ret_why)
{
	for (unsigned i = 0; i < ODD_VLANS_MAX; i++)
		if (!same("VID", e->vlan[i], wanted->vlan[i], ret_why))
			return false;
	return same_address("source", e->src, wanted->src, ret_why) &&
	       same_address("destination", e->dst, wanted->dst, ret_why) &&
	       same("protocol", e->protocol, wanted->protocol, ret_why);
}

static bool check_tunnel(const struct packet_event *wanted, const struct odd_event *e,
			 char *ret_why)
{
	const char *none = "::";

	if (!same("tunnel", e->tunnel, wanted->tunnel, ret_why) ||
	    !same("tunnel id", e->tunnel_id, wanted->tunnel_id, ret_why))
		return false;
	if (wanted->tunnel == ODD_TUNNEL_NONE)
		return true;
	return same_address("outer source", e->outer_src,
			    wanted->outer_src ? wanted->outer_src : none, ret_why) &&
	       same_address("outer destination", e->outer_dst,
			    wanted->outer_dst ? wanted->outer_dst : none, ret_why);
}

/* Fields that are passed on as they are in the packet. */
static bool check_copied(const struct packet *p, const struct odd_event *e, const struct part *part,
			 char *ret_why)
{
	uint32_t identification = p->identification ? p->identification : PACKET_IDENTIFICATION;
	unsigned tcp_flags = p->tcp_flags == PACKET_ZERO ? 0 : p->tcp_flags ? p->tcp_flags : 0x18;

	uint32_t sequence = (p->sequence ? p->sequence : 1) + part->at;

	if (e->protocol == 6) /* a SYN takes a number before the first byte's */
		return same("sequence number", e->sequence, sequence + (tcp_flags >> 1 & 1),
			    ret_why) &&
		       same("TCP flags", e->tcp_flags, tcp_flags, ret_why);
	if (!same("TCP flags", e->tcp_flags, 0, ret_why))
		return false;
	return same("identification", e->identification,
		    part->flags & ODD_EVENT_FRAGMENT ? identification : 0, ret_why);
}

static bool check_part(const struct packet_frame *frame, const struct odd_event *e,
		       const struct part *part, char *ret_why)
{
	const struct packet_event *wanted = &frame->row->event;
	unsigned payload = wanted->flags & ODD_EVENT_LATER
				   ? frame->layout.piece[frame->layout.count - 1].at
				   : frame->layout.payload;

	if (!check_ends(wanted, e, ret_why) || !check_ports(wanted, e, part, ret_why) ||
	    !check_tunnel(wanted, e, ret_why) ||
	    !same("message length", e->message_bytes, part->bytes, ret_why) ||
	    !same("captured length", e->captured_bytes, part->captured, ret_why) ||
	    !same("flags", e->flags, part->flags, ret_why) ||
	    !check_copied(&frame->row->packet, e, part, ret_why))
		return false;
	if (memcmp(e->payload, frame->bytes + payload + part->at, part->captured) != 0)
		return differs(ret_why, "payload differs, behind %u bytes", part->at);
	return true;
}

static bool check_counters(const struct packet_row *row, const struct source_counters *c,
			   enum odd_hook hook, char *ret_why)
{
	bool on_port = row->fate == ODD_DROP_NONE || row->fate >= (int)ODD_DROP_FIRST_UNPARSABLE;

	for (unsigned i = 0; i < ODD_HOOK_COUNT; i++)
		if (!same("packets", (long)c->packets[i], on_port && i == hook, ret_why))
			return false;
	for (int i = ODD_DROP_FIRST; i < ODD_DROP_COUNT; i++)
		if (!same(odd_drop_name((enum odd_drop)i), (long)c->drops[i], i == row->fate,
			  ret_why))
			return false;
	return true;
}

bool packet_check(const struct packet_frame *frame, const struct packet_result *result,
		  unsigned snaplen, enum odd_hook hook, char *ret_why)
{
	const struct packet_event *wanted = &frame->row->event;
	unsigned count = count_parts(wanted);

	if (!check_counters(frame->row, &result->counters, hook, ret_why) ||
	    !same("number of events", result->count, count, ret_why))
		return false;
	for (unsigned i = 0; i < count; i++) {
		const struct odd_event *e = &result->events[i].event;
		struct part part =
			is_whole_datagram(wanted) ? datagram(wanted, snaplen) : part_of(wanted, i);

		if (!same("hook", e->hook, hook, ret_why) || !check_part(frame, e, &part, ret_why))
			return false;
	}
	return true;
}

/* What must be equal, made so that bytes can be compared. */
static void blank(union packet_event_room *room)
{
	room->event.hook = 0;
	room->event.ifindex = 0;
	room->event.time_ns = 0;
	if (room->event.tunnel != ODD_TUNNEL_NONE)
		return;
	room->event.cgroup_id = 0;
	room->event.uid = 0;
	room->event.pid = 0;
	memset(room->event.comm, 0, sizeof(room->event.comm));
}

static unsigned long sum(const __u64 *counts, unsigned n)
{
	unsigned long total = 0;

	while (n-- > 0)
		total += counts[n];
	return total;
}

bool packet_same(const struct packet_result *one, const struct packet_result *other, char *ret_why)
{
	if (!same("number of events", one->count, other->count, ret_why) ||
	    !same("packets", (long)sum(one->counters.packets, ODD_HOOK_COUNT),
		  (long)sum(other->counters.packets, ODD_HOOK_COUNT), ret_why))
		return false;
	for (unsigned i = ODD_DROP_FIRST; i < ODD_DROP_COUNT; i++)
		if (!same(odd_drop_name((enum odd_drop)i), (long)one->counters.drops[i],
			  (long)other->counters.drops[i], ret_why))
			return false;
	for (unsigned i = 0; i < one->count; i++) {
		static union packet_event_room a, b;

		a = one->events[i];
		b = other->events[i];
		blank(&a);
		blank(&b);
		if (memcmp(&a, &b, sizeof(a)) != 0)
			return differs(ret_why, "event %u differs", i);
	}
	return true;
}
