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

/* The builder's messages count their ids up, ask for example.com and are filled with one byte. */
static bool check_payload(const struct odd_event *e, unsigned n, char *ret_why)
{
	const uint8_t *p = e->payload;

	if (!same("DNS id", p[0] << 8 | p[1], (long)(PACKET_FIRST_ID + n), ret_why))
		return false;
	if (e->captured_bytes >= 25 && memcmp(p + 12, "\7example\3com", 13) != 0)
		return differs(ret_why, "message %u: the name is damaged", n);
	for (unsigned i = PACKET_QUERY_BYTES; i < e->captured_bytes; i++)
		if (p[i] != 0xa5)
			return differs(ret_why, "message %u: byte %u is damaged", n, i);
	return true;
}

static bool check_event(const struct packet_event *wanted, const struct odd_event *e, unsigned n,
			unsigned snaplen, char *ret_why)
{
	unsigned there = wanted->there[n] ? wanted->there[n] : wanted->bytes[n];

	for (unsigned i = 0; i < ODD_VLANS_MAX; i++)
		if (!same("VID", e->vlan[i], wanted->vlan[i], ret_why))
			return false;
	return same_address("source", e->src, wanted->src, ret_why) &&
	       same_address("destination", e->dst, wanted->dst, ret_why) &&
	       same("source port", e->src_port, wanted->src_port, ret_why) &&
	       same("destination port", e->dst_port, wanted->dst_port, ret_why) &&
	       same("protocol", e->protocol, wanted->protocol, ret_why) &&
	       same("message length", e->message_bytes, wanted->bytes[n], ret_why) &&
	       same("captured length", e->captured_bytes, there < snaplen ? there : snaplen,
		    ret_why) &&
	       same("flags", e->flags, wanted->flags[n], ret_why) && check_payload(e, n, ret_why);
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

bool packet_check(const struct packet_row *row, const struct packet_result *result,
		  unsigned snaplen, enum odd_hook hook, char *ret_why)
{
	unsigned count = 0;

	if (!check_counters(row, &result->counters, hook, ret_why))
		return false;
	while (count < ODD_TCP_MESSAGES_MAX && row->event.bytes[count])
		count++;
	if (!same("number of events", result->count, count, ret_why))
		return false;
	for (unsigned i = 0; i < count; i++) {
		const struct odd_event *e = &result->events[i].event;

		if (!same("hook", e->hook, hook, ret_why) ||
		    !check_event(&row->event, e, i, snaplen, ret_why))
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
