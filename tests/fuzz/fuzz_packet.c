// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes as a frame. The first six choose the settings: two the snaplen, one
 * how many ports are watched, two where they begin beside port 53, one how many
 * tunnels are entered. The frame is a heap block of exactly its size, so that
 * AddressSanitizer sees each byte read too far. tests/packet/seeds writes the seeds.
 */
#include <oddns/event.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "source/native.h"

#define SETTINGS_BYTES 6

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was seen of one frame. */
struct seen {
	const struct native *native;
	const uint8_t *frame;
	size_t length;
	unsigned events;
	unsigned controls; /* events of TCP without payload: no packets */
	bool full;	   /* the last event had a whole part */
	uint32_t sequence; /* where the next part must begin, TCP */
	uint16_t offset;   /* and of a fragment */
};

/* abort() and not assert(): holds whatever NDEBUG says */
static void hold(bool true_here)
{
	if (!true_here)
		abort();
}

static bool is_parted(const struct odd_event *e)
{
	return e->protocol == ODD_IPPROTO_TCP || e->flags & ODD_EVENT_FRAGMENT;
}

static bool is_first_fragment(const struct odd_event *e)
{
	return (e->flags & (ODD_EVENT_FRAGMENT | ODD_EVENT_LATER)) == ODD_EVENT_FRAGMENT;
}

static void hold_flags(const struct seen *seen, const struct odd_event *e)
{
	const unsigned known = ODD_EVENT_FRAGMENT | ODD_EVENT_CUT | ODD_EVENT_FOLLOWS |
			       ODD_EVENT_LATER | ODD_EVENT_MORE | ODD_EVENT_QUOTED;

	hold((e->flags & ~known) == 0);
	hold(!(e->flags & ODD_EVENT_FOLLOWS) == (seen->events == 0));
	hold(!(e->flags & ODD_EVENT_FOLLOWS) || is_parted(e));
	hold(!(e->flags & (ODD_EVENT_LATER | ODD_EVENT_MORE)) || e->flags & ODD_EVENT_FRAGMENT);
	hold(!(e->flags & ODD_EVENT_FRAGMENT) || e->protocol == ODD_IPPROTO_UDP);
	hold(e->protocol == ODD_IPPROTO_TCP || e->tcp_flags == 0);
	hold(!(e->flags & ODD_EVENT_QUOTED) || (e->flags & ~ODD_EVENT_CUT) == ODD_EVENT_QUOTED);
}

/* Bytes that are told and bytes that are there. */
static void hold_bytes(const struct seen *seen, const struct odd_event *e)
{
	bool is_cut = e->flags & ODD_EVENT_CUT;

	if (!is_first_fragment(e))
		hold(e->captured_bytes <= e->message_bytes);
	if (is_parted(e)) {
		hold(e->captured_bytes <= ODD_PART_BYTES);
		hold(is_first_fragment(e) || e->message_bytes <= ODD_PART_BYTES);
		hold(is_first_fragment(e) || is_cut == (e->captured_bytes < e->message_bytes));
		return;
	}
	hold(e->captured_bytes >= ODD_DNS_HEADER_BYTES);
	hold(e->captured_bytes <= seen->native->snaplen);
	if (is_cut)
		hold(e->captured_bytes < e->message_bytes);
	else
		hold(e->captured_bytes == e->message_bytes ||
		     e->captured_bytes == seen->native->snaplen);
}

static void hold_ends(const struct seen *seen, const struct odd_event *e)
{
	hold(e->protocol == ODD_IPPROTO_UDP || e->protocol == ODD_IPPROTO_TCP);
	if (e->flags & ODD_EVENT_LATER)
		hold(e->no_port == 0 && e->fragment_offset > 0);
	else
		hold(odd_is_dns_port(&seen->native->ports, e->src_port, e->dst_port));
	for (unsigned i = 0; i < ODD_VLANS_MAX; i++)
		hold(e->vlan[i] <= 0xfff);
	hold(e->tunnel < ODD_TUNNEL_COUNT);
	hold(seen->native->tunnels || e->tunnel == ODD_TUNNEL_NONE || e->tunnel == ODD_TUNNEL_ICMP);
	hold(e->tunnel != ODD_TUNNEL_NONE || e->tunnel_id == 0);
}

static bool is_mapped(const uint8_t *address)
{
	return memcmp(address, "\0\0\0\0\0\0\0\0\0\0\377\377", 12) == 0;
}

/* A query over UDP, to a DNS port, and what quotes it is known. */
static void hold_quoted(const struct seen *seen, const struct odd_event *e)
{
	hold((e->tunnel == ODD_TUNNEL_ICMP) == !!(e->flags & ODD_EVENT_QUOTED));
	if (e->tunnel != ODD_TUNNEL_ICMP)
		return;
	hold(e->protocol == ODD_IPPROTO_UDP && e->identification == 0);
	hold(odd_is_dns_port(&seen->native->ports, e->dst_port, e->dst_port));
	hold(!(e->payload[2] & 0x80));
	hold(e->tunnel_id >> 8 >= 1 && e->tunnel_id >> 8 <= 3);
	/* ICMPv4 between IPv4 addresses, about a packet between such */
	if (e->tunnel_id >> 8 == ODD_ICMP_UNREACHABLE)
		hold(is_mapped(e->outer_src) && is_mapped(e->src));
}

/* Parts follow one another, in the frame and in what they say. */
static void hold_order(struct seen *seen, const struct odd_event *e)
{
	hold(memmem(seen->frame, seen->length, e->payload, e->captured_bytes) != NULL);
	if (e->flags & ODD_EVENT_FOLLOWS) {
		hold(seen->full); /* else there was nothing left */
		hold(e->protocol != ODD_IPPROTO_TCP || e->sequence == seen->sequence);
		hold(e->protocol == ODD_IPPROTO_TCP || e->fragment_offset == seen->offset);
	}
	seen->full = e->captured_bytes == ODD_PART_BYTES;
	seen->sequence = e->sequence + ODD_PART_BYTES;
	seen->offset = (uint16_t)((e->flags & ODD_EVENT_LATER ? e->fragment_offset : 1) +
				  ODD_PART_BYTES / 8);
}

static void take(void *context, const struct odd_event *e)
{
	struct seen *seen = context;

	hold_flags(seen, e);
	hold_bytes(seen, e);
	hold_ends(seen, e);
	hold_quoted(seen, e);
	hold_order(seen, e);
	seen->events++;
	seen->controls += e->protocol == ODD_IPPROTO_TCP && e->message_bytes == 0;
}

/* Each packet on a DNS port is an event or unparsable; each frame is counted at most once. */
static void hold_counters(const struct seen *seen)
{
	const struct source_counters *c = &seen->native->counters;
	uint64_t unparsable = 0, dropped = 0;
	unsigned first = seen->events > 0 && !seen->controls;

	for (unsigned i = ODD_DROP_FIRST; i < ODD_DROP_COUNT; i++) {
		dropped += c->drops[i];
		if (i >= ODD_DROP_FIRST_UNPARSABLE)
			unparsable += c->drops[i];
	}
	hold(c->packets[ODD_HOOK_XDP] == first + unparsable);
	hold(first + dropped <= 1);
	hold(seen->controls <= c->drops[ODD_DROP_TCP_CONTROL]);
	hold(seen->events <= ODD_PARTS_MAX);
}

/* The short way comes to the same end as the steps. */
static void hold_common(const struct seen *seen)
{
	struct odd_cursor c = {seen->frame, seen->frame, seen->frame + seen->length}, whole = c;
	const struct odd_ports *ports = &seen->native->ports;
	struct odd_headers h, g;
	struct odd_packet p;
	struct odd_walk w;
	int verdict = odd_walk_common(&c, ports, seen->native->tunnels, &h), steps = ODD_WALK_ON;

	if (verdict == ODD_WALK_UNCOMMON)
		return;
	odd_walk_start(&w, (uint32_t)seen->length, seen->native->tunnels);
	for (unsigned i = 0; i < ODD_STEPS_MAX && steps == ODD_WALK_ON; i++)
		steps = odd_walk_step(&whole, ports, &w);
	if (verdict == ODD_WALK_OTHER) {
		hold(steps != ODD_WALK_DNS && steps < ODD_DROP_FIRST_UNPARSABLE);
		return;
	}
	hold(verdict == steps && odd_walk_found(&whole, &w, &g, &p) == 0);
	hold(c.pos == whole.pos && h.ip == seen->frame + w.ip && h.l4 == g.l4);
	hold(h.claimed == g.claimed && h.end == g.end && h.vlans == g.vlans);
	hold(h.version == g.version && h.protocol == g.protocol && h.flags == g.flags);
}

static void set(struct native *native, const uint8_t *settings)
{
	unsigned range = ODD_SNAPLEN_MAX - ODD_DNS_HEADER_BYTES + 1;
	unsigned first = (unsigned)settings[3] << 8 | settings[4];

	native->snaplen = ODD_DNS_HEADER_BYTES + ((unsigned)settings[0] << 8 | settings[1]) % range;
	native->tunnels = settings[5] % (ODD_TUNNELS_MAX + 1);
	native->ports.count = 1 + settings[2] % ODD_PORTS_MAX;
	native->ports.port[0] = 53;
	for (unsigned i = 1; i < native->ports.count; i++)
		native->ports.port[i] = (uint16_t)(first + i);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct native native;
	struct seen seen = {.native = &native};
	uint8_t *frame;

	if (size < SETTINGS_BYTES)
		return 0;
	seen.length = size - SETTINGS_BYTES;
	frame = malloc(seen.length ? seen.length : 1);
	if (!frame)
		return 0;
	memcpy(frame, data + SETTINGS_BYTES, seen.length);
	seen.frame = frame;
	memset(&native, 0, sizeof(native));
	set(&native, data);
	native.on_event = take;
	native.context = &seen;
	native__frame(&native, 0, frame, (uint32_t)seen.length);
	hold_counters(&seen);
	hold_common(&seen);
	free(frame);
	return 0;
}
