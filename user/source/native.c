// SPDX-License-Identifier: GPL-2.0-or-later
/* The packet walk compiled natively. The order of its steps is that of bpf/. */
#include "native.h"

#include <string.h>

static void emit(struct native *n, const struct odd_packet *p, const struct odd_span *span,
		 const __u8 *frame)
{
	struct odd_event *e = &n->u.event;
	__u32 bytes = span->captured < n->snaplen ? span->captured : n->snaplen;

	odd_event_fill(e, p, span);
	e->captured_bytes = (__u16)bytes;
	memcpy(e->payload, frame + span->offset, bytes);
	n->on_event(n->context, e);
}

/* Follow the chain of messages. Return: their number; the chain stands where it broke or ended. */
static void walk_chain(struct native *n, const struct odd_packet *p, const __u8 *frame,
		       struct odd_chain *chain, bool emitting)
{
	odd_chain_start(p, chain);
	while (chain->count < ODD_TCP_MESSAGES_MAX && chain->offset + 2 <= chain->captured) {
		struct odd_span span = {.offset = chain->offset + 2};

		span.bytes = odd_read16(frame + chain->offset);
		if (!odd_chain_step(chain, (__u16)span.bytes))
			return;
		if (!emitting)
			continue;
		span.captured = span.bytes;
		if (chain->offset > chain->captured)
			span.captured = chain->captured - span.offset;
		span.flags = chain->count > 1 ? ODD_EVENT_FOLLOWS : 0;
		emit(n, p, &span, frame);
	}
}

static void take_tcp(struct native *n, const struct odd_packet *p, const __u8 *frame)
{
	struct odd_chain chain;

	walk_chain(n, p, frame, &chain, false);
	if (chain.offset != chain.end)
		n->counters.drops[ODD_DROP_DNS_SHORT]++;
	else
		walk_chain(n, p, frame, &chain, true);
}

void native__frame(struct native *n, __u64 time_ns, const __u8 *frame, __u32 length)
{
	struct odd_cursor c = {.start = frame, .pos = frame, .end = frame + length};
	struct odd_headers h = {0};
	struct odd_packet p;
	int verdict = odd_walk_common(&c, &n->ports, &h);

	if (verdict == ODD_WALK_UNCOMMON)
		verdict = odd_walk_headers(&c, &n->ports, &h);
	if (verdict == ODD_WALK_OTHER)
		return;
	if (verdict == ODD_WALK_DNS)
		verdict = odd_walk_payload(&c, &h, length, &p);
	if (verdict == ODD_WALK_DNS || verdict >= (int)ODD_DROP_FIRST_UNPARSABLE)
		n->counters.packets[ODD_HOOK_XDP]++;
	if (verdict != ODD_WALK_DNS) {
		n->counters.drops[verdict]++;
		return;
	}
	n->u.event.time_ns = time_ns;
	if (p.protocol == ODD_IPPROTO_TCP) {
		take_tcp(n, &p, frame);
		return;
	}
	emit(n, &p,
	     &(struct odd_span){.offset = p.payload_offset,
				.bytes = p.payload_bytes,
				.captured = p.captured_bytes},
	     frame);
}
