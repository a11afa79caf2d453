// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes as a frame. The first five choose the settings: two the snaplen, one
 * how many ports are watched, two where they begin beside port 53. The frame is
 * a heap block of exactly its size, so that AddressSanitizer sees each byte
 * read too far. tests/packet/seeds writes the seeds.
 */
#include <oddns/packet.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "source/native.h"

#define SETTINGS_BYTES 5

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was seen of one frame. */
struct seen {
	const struct native *native;
	const uint8_t *frame;
	size_t length;
	unsigned events;
	unsigned first; /* of their segment or datagram */
};

/* abort() and not assert(): holds whatever NDEBUG says */
static void hold(bool true_here)
{
	if (!true_here)
		abort();
}

static bool is_in(const struct seen *seen, const struct odd_event *e)
{
	return memmem(seen->frame, seen->length, e->payload, e->captured_bytes) != NULL;
}

static void hold_flags(const struct seen *seen, const struct odd_event *e)
{
	const unsigned known = ODD_EVENT_FRAGMENT | ODD_EVENT_CUT | ODD_EVENT_FOLLOWS;
	bool short_of_snaplen = e->captured_bytes < seen->native->snaplen;

	hold((e->flags & ~known) == 0);
	hold(!(e->flags & ODD_EVENT_FOLLOWS) == (seen->events == 0));
	hold(!(e->flags & ODD_EVENT_FOLLOWS) || e->protocol == ODD_IPPROTO_TCP);
	if (e->flags & ODD_EVENT_CUT)
		hold(e->captured_bytes < e->message_bytes);
	else
		hold(e->captured_bytes == e->message_bytes || !short_of_snaplen);
}

static void take(void *context, const struct odd_event *e)
{
	struct seen *seen = context;

	hold(e->captured_bytes >= ODD_DNS_HEADER_BYTES);
	hold(e->captured_bytes <= e->message_bytes);
	hold(e->captured_bytes <= seen->native->snaplen);
	hold(e->protocol == ODD_IPPROTO_UDP || e->protocol == ODD_IPPROTO_TCP);
	hold(odd_is_dns_port(&seen->native->ports, e->src_port, e->dst_port));
	for (unsigned i = 0; i < ODD_VLANS_MAX; i++)
		hold(e->vlan[i] <= 0xfff);
	hold_flags(seen, e);
	hold(is_in(seen, e));
	seen->events++;
	seen->first += !(e->flags & ODD_EVENT_FOLLOWS);
}

/* Each packet on a DNS port is an event or unparsable; each frame is counted at most once. */
static void hold_counters(const struct seen *seen)
{
	const struct source_counters *c = &seen->native->counters;
	uint64_t unparsable = 0, dropped = 0;

	for (unsigned i = ODD_DROP_FIRST; i < ODD_DROP_COUNT; i++) {
		dropped += c->drops[i];
		if (i >= ODD_DROP_FIRST_UNPARSABLE)
			unparsable += c->drops[i];
	}
	hold(c->packets[ODD_HOOK_XDP] == seen->first + unparsable);
	hold(seen->first + dropped <= 1);
	hold(seen->events <= ODD_TCP_MESSAGES_MAX);
}

/* The short way comes to the same end as the whole walk. */
static void hold_common(const struct seen *seen)
{
	struct odd_cursor c = {seen->frame, seen->frame, seen->frame + seen->length}, whole = c;
	struct odd_headers h, g = {0};
	int verdict = odd_walk_common(&c, &seen->native->ports, &h);

	if (verdict == ODD_WALK_UNCOMMON)
		return;
	hold(verdict == odd_walk_headers(&whole, &seen->native->ports, &g));
	if (verdict != ODD_WALK_DNS)
		return;
	hold(c.pos == whole.pos && h.ip == g.ip && h.l4 == g.l4 && h.claimed == g.claimed);
	hold(h.version == g.version && h.protocol == g.protocol && h.flags == g.flags);
	hold(memcmp(h.vlan, g.vlan, sizeof(h.vlan)) == 0);
}

static void set(struct native *native, const uint8_t *settings)
{
	unsigned range = ODD_SNAPLEN_MAX - ODD_DNS_HEADER_BYTES + 1;
	unsigned first = (unsigned)settings[3] << 8 | settings[4];

	native->snaplen = ODD_DNS_HEADER_BYTES + ((unsigned)settings[0] << 8 | settings[1]) % range;
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
