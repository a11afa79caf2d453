/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Packets of uncommon shape: tags, options, extension headers, tunnels,
 * fragments, and all TCP. They are walked header by header, and what travels
 * whole is sent in parts.
 *
 * verifier: loops are calls of bpf_loop(), whose body is looked at once, and what they
 * share lies in a map, so that the proof is as long as the text.
 */
#ifndef ODDNS_UNCOMMON_BPF_H
#define ODDNS_UNCOMMON_BPF_H

#include "emit.bpf.h"

/* What the bodies of loops are handed. */
struct work {
	struct seen seen;
	struct scratch *scratch;
	bool counting; /* the messages of a segment; else only whether they fill it */
};

/*
 * verifier: data and data_end are 32 bits in the context but become pointers;
 * without the barrier the compiler spills the 32-bit half, which it refuses.
 */
static __always_inline const __u8 *packet_pointer(__u32 field)
{
	__u64 pointer = field;

	asm volatile("" : "+r"(pointer));
	return (const __u8 *)pointer;
}

static __always_inline struct odd_cursor cursor_on(__u32 data, __u32 data_end)
{
	const __u8 *start = packet_pointer(data);

	return (struct odd_cursor){.start = start, .pos = start, .end = packet_pointer(data_end)};
}

static __always_inline struct odd_cursor cursor_of(void *ctx, const enum odd_hook hook)
{
	struct __sk_buff *skb = ctx;
	struct xdp_md *xdp = ctx;

	return hook == ODD_HOOK_XDP ? cursor_on(xdp->data, xdp->data_end)
				    : cursor_on(skb->data, skb->data_end);
}

static __always_inline struct scratch *scratch_of(__u32 hook)
{
	return bpf_map_lookup_elem(&scratches, &hook);
}

static __always_inline long walk_step(struct work *w, const enum odd_hook hook)
{
	struct odd_cursor c = cursor_of(w->seen.ctx, hook);

	w->scratch->verdict = odd_walk_step(&c, &dns_ports, &w->scratch->walk);
	return w->scratch->verdict != ODD_WALK_ON;
}

static long walk_step_xdp(__u32 i, struct work *w)
{
	return walk_step(w, ODD_HOOK_XDP);
}

static long walk_step_skb(__u32 i, struct work *w)
{
	return walk_step(w, ODD_HOOK_TC_INGRESS);
}

/* Remember of a datagram what its first fragment has told. */
static __always_inline void note_datagram(struct scratch *scratch, __u32 identification,
					  enum odd_datagram datagram)
{
	__u32 value = datagram;

	scratch->key.identification = identification;
	bpf_map_update_elem(&datagrams, &scratch->key, &value, BPF_ANY);
}

/* A first fragment that is no DNS itself, on the way to what its tunnel holds or to nothing. */
static __always_inline void note_stray(struct odd_cursor *c, struct scratch *scratch)
{
	if (odd_addresses_at(c, scratch->walk.stray, scratch->walk.stray_version, scratch->key.src,
			     scratch->key.dst) == 0) {
		scratch->key.tunnel_id = scratch->walk.stray_tunnel_id;
		note_datagram(scratch, scratch->walk.stray_identification, ODD_DATAGRAM_OTHER);
	}
}

static __always_inline bool is_first_fragment(const struct odd_packet *p)
{
	return (p->flags & (ODD_EVENT_FRAGMENT | ODD_EVENT_LATER)) == ODD_EVENT_FRAGMENT;
}

/* A first fragment is noted; a later one of what is known to be no DNS is let go. */
static __always_inline bool is_wanted_fragment(struct scratch *scratch)
{
	struct odd_packet *p = &scratch->packet;
	__u32 *datagram;

	__builtin_memcpy(scratch->key.src, p->src, 16);
	__builtin_memcpy(scratch->key.dst, p->dst, 16);
	scratch->key.tunnel_id = p->tunnel_id;
	if (!(p->flags & ODD_EVENT_LATER)) {
		note_datagram(scratch, p->sequence, ODD_DATAGRAM_DNS);
		return true;
	}
	scratch->key.identification = p->sequence;
	datagram = bpf_map_lookup_elem(&datagrams, &scratch->key);
	return !datagram || *datagram != ODD_DATAGRAM_OTHER;
}

/* One message of a TCP segment. Return: 1 ends the loop. */
static __always_inline long tcp_message(struct work *w, const enum odd_hook hook)
{
	struct odd_chain *chain = &w->scratch->chain;
	__u8 bytes[2 + ODD_DNS_HEADER_BYTES];
	__u16 prefix;

	if (chain->offset + sizeof(bytes) > chain->captured ||
	    load_bytes(&w->seen, hook, chain->offset, bytes, sizeof(bytes)) < 0)
		return 1;
	prefix = odd_read16(bytes);
	if (!odd_chain_step(chain, prefix))
		return 1;
	if (w->counting)
		count_message(&w->scratch->packet, bytes + 2, prefix);
	return 0;
}

static long tcp_message_xdp(__u32 i, struct work *w)
{
	return tcp_message(w, ODD_HOOK_XDP);
}

static long tcp_message_skb(__u32 i, struct work *w)
{
	return tcp_message(w, ODD_HOOK_TC_INGRESS);
}

static __always_inline void tcp_messages(struct work *w, const enum odd_hook hook)
{
	odd_chain_start(&w->scratch->packet, &w->scratch->chain);
	if (hook == ODD_HOOK_XDP)
		bpf_loop(ODD_TCP_MESSAGES_MAX, tcp_message_xdp, w, 0);
	else
		bpf_loop(ODD_TCP_MESSAGES_MAX, tcp_message_skb, w, 0);
}

/* Count a segment: by its messages if they fill it, else as what it is. */
static __always_inline void count_segment(struct work *w, const enum odd_hook hook)
{
	struct odd_packet *p = &w->scratch->packet;
	struct odd_server_key key __attribute__((aligned(8)));

	w->counting = false;
	tcp_messages(w, hook);
	if (w->scratch->chain.offset == w->scratch->chain.end) {
		w->counting = true;
		tcp_messages(w, hook);
		return;
	}
	odd_segment_key_fill(p, odd_is_dns_port(&dns_ports, p->dst_port, p->dst_port), &key);
	count_server(&key, p->payload_bytes);
}

/*
 * Make an event in the scratch and hand it to the ring, which takes records of any length
 * this way. One copy more than reserving, and one place instead of one for each size.
 *
 * verifier: called from two places, looked at once, so it finds by itself what it needs.
 *
 * Return: an enum odd_drop
 */
static __always_inline int output(void *ctx, const enum odd_hook hook, const struct odd_span *span,
				  __u32 ifindex)
{
	struct scratch *scratch = scratch_of(hook);
	struct seen s = {.ctx = ctx};
	struct odd_event *e;
	__u64 bytes;

	if (!scratch || !span)
		return ODD_DROP_COPY_FAILED;
	s.packet = &scratch->packet;
	e = &scratch->room.event;
	e->time_ns = replay ? replay_ns : bpf_ktime_get_ns() + clock_offset_ns;
	odd_event_fill(e, &scratch->packet, span);
	e->ifindex = replay ? 0 : ifindex;
	e->hook = hook;
	fill_sender(&s, hook, e);
	bytes = at_most(span->copied, ODD_PART_BYTES);
	e->captured_bytes = bytes;
	if (bytes && load_bytes(&s, hook, span->offset, e->payload,
				at_least_one(at_most(bytes, ODD_PART_BYTES))) < 0)
		return ODD_DROP_COPY_FAILED;
	bytes = at_most(bytes, ODD_PART_BYTES);
	return bpf_ringbuf_output(&events, e, sizeof(*e) + bytes, scratch->wakeup) < 0
		       ? ODD_DROP_RING_FULL
		       : ODD_DROP_NONE;
}

__noinline int output_xdp(struct xdp_md *ctx, const struct odd_span *span)
{
	return output(ctx, ODD_HOOK_XDP, span, ctx->ingress_ifindex);
}

__noinline int output_ingress(struct __sk_buff *skb, const struct odd_span *span)
{
	return output(skb, ODD_HOOK_TC_INGRESS, span, skb->ifindex);
}

__noinline int output_egress(struct __sk_buff *skb, const struct odd_span *span)
{
	return output(skb, ODD_HOOK_TC_EGRESS, span, skb->ifindex);
}

static __always_inline enum odd_drop output_at(void *ctx, const enum odd_hook hook,
					       const struct odd_span *span)
{
	if (hook == ODD_HOOK_XDP)
		return output_xdp(ctx, span);
	return hook == ODD_HOOK_TC_INGRESS ? output_ingress(ctx, span) : output_egress(ctx, span);
}

/*
 * One part of a packet. What is lost of the first is a lost packet; what is lost of further
 * ones is a part, and the rest with it. Return: 1 ends the loop.
 */
static __always_inline long emit_part(struct work *w, const enum odd_hook hook)
{
	__u32 part = w->scratch->parts++;
	struct odd_span span;
	enum odd_drop drop;

	if (!odd_span_part(&w->scratch->packet, part * ODD_PART_BYTES, &span))
		return 1;
	if (part == ODD_PARTS_MAX) {
		count_drop(ODD_DROP_PART_LOST);
		return 1;
	}
	if (shedding.later && span.more && w->scratch->packet.protocol == ODD_IPPROTO_TCP) {
		odd_span_curtail(&w->scratch->packet, &span);
		count_drop(ODD_DROP_PART_LOST);
	}
	drop = output_at(w->seen.ctx, hook, &span);
	if (!drop)
		return !span.more;
	count_drop(part || !w->scratch->packet.payload_bytes ? ODD_DROP_PART_LOST : drop);
	return 1;
}

static long emit_part_xdp(__u32 i, struct work *w)
{
	return emit_part(w, ODD_HOOK_XDP);
}

static long emit_part_ingress(__u32 i, struct work *w)
{
	return emit_part(w, ODD_HOOK_TC_INGRESS);
}

static long emit_part_egress(__u32 i, struct work *w)
{
	return emit_part(w, ODD_HOOK_TC_EGRESS);
}

static __always_inline void emit_parts(struct work *w, const enum odd_hook hook)
{
	w->scratch->parts = 0;
	if (hook == ODD_HOOK_XDP)
		bpf_loop(ODD_PARTS_MAX + 1, emit_part_xdp, w, 0);
	else if (hook == ODD_HOOK_TC_INGRESS)
		bpf_loop(ODD_PARTS_MAX + 1, emit_part_ingress, w, 0);
	else
		bpf_loop(ODD_PARTS_MAX + 1, emit_part_egress, w, 0);
}

/* A segment: with payload a packet that is counted, without it a matter of SYN, FIN and RST. */
static __always_inline void take_segment(struct work *w, const enum odd_hook hook)
{
	struct odd_packet *p = &w->scratch->packet;

	if (p->payload_bytes) {
		w->scratch->wakeup = count_packet(hook, true);
		count_segment(w, hook);
	} else {
		count_drop(ODD_DROP_TCP_CONTROL);
		if (!(p->tcp_flags & (ODD_TCP_SYN | ODD_TCP_FIN | ODD_TCP_RST)))
			return;
		/* no packet to count, but room that is taken: a flood of SYNs must call, too */
		w->scratch->wakeup = wakeup_flag(0, true);
	}
	if (!is_shed(p, 0))
		emit_parts(w, hook);
	else if (p->payload_bytes)
		count_drop(ODD_DROP_SHED);
}

static __always_inline void take_fragment(struct work *w, const enum odd_hook hook)
{
	const struct odd_packet *p = &w->scratch->packet;
	__u8 header[ODD_DNS_HEADER_BYTES];
	bool shed = shedding.later && p->flags & ODD_EVENT_LATER;

	if (!is_wanted_fragment(w->scratch))
		return;
	w->scratch->wakeup = count_packet(hook, true);
	if (is_first_fragment(p)) {
		if (load_bytes(&w->seen, hook, p->payload_offset, header, sizeof(header)) < 0) {
			count_drop(ODD_DROP_COPY_FAILED);
			return;
		}
		count_message(p, header, p->datagram_bytes);
		shed = is_shed(p, *(const __u16 *)header);
	}
	if (shed)
		count_drop(ODD_DROP_SHED);
	else
		emit_parts(w, hook);
}

static __always_inline void take_datagram(struct work *w, const enum odd_hook hook)
{
	const struct odd_packet *p = &w->scratch->packet;
	__u8 header[ODD_DNS_HEADER_BYTES];
	struct odd_span span;
	enum odd_drop drop;

	w->scratch->wakeup = count_packet(hook, true);
	if (load_bytes(&w->seen, hook, p->payload_offset, header, sizeof(header)) < 0) {
		count_drop(ODD_DROP_COPY_FAILED);
		return;
	}
	if (!(p->flags & ODD_EVENT_QUOTED))
		count_message(p, header, p->payload_bytes);
	odd_span_datagram(p, shedding.snaplen, &span);
	if (is_shed(p, *(const __u16 *)header))
		drop = ODD_DROP_SHED;
	else
		drop = output_at(w->seen.ctx, hook, &span);
	if (drop)
		count_drop(drop);
}

/* The number of a server and kind, or of server :: for want of room; NULL: set to 1 just now. */
static __always_inline __u64 *connections_to(struct odd_encrypted_key *key)
{
	__u64 *count = bpf_map_lookup_elem(&encrypted, key), first = 1;

	if (count || bpf_map_update_elem(&encrypted, key, &first, BPF_NOEXIST) == 0)
		return count;
	count = bpf_map_lookup_elem(&encrypted, key); /* there by now, from another processor */
	if (count)
		return count;
	__builtin_memset(key->server, 0, sizeof(key->server));
	return bpf_map_lookup_elem(&encrypted, key);
}

/* verifier: Linux 6.1 takes no key that a global function was handed, so it is copied. */
__noinline int count_connection(const struct odd_connection *seen)
{
	struct odd_connection connection;
	struct odd_encrypted_key key;
	__u32 one = 1;
	__u64 *count;

	if (!seen)
		return 0;
	connection = *seen;
	odd_copy16(key.server, connection.dst);
	key.kind = (enum odd_encrypted)odd_unlearn(odd_encrypted_kind(&connection));
	if (key.kind >= DOH && !bpf_map_lookup_elem(&resolvers, key.server))
		return 0;
	/* Before Linux 6.4 the helper gives 32 bits, and what is above them is not its sign. */
	if ((int)bpf_map_update_elem(&connections, &connection, &one, BPF_NOEXIST) == -EEXIST)
		return 0;
	count = connections_to(&key);
	if (count)
		(*count)++;
	return 0;
}

/*
 * A connection whose headers lie at these offsets. verifier: numbers that it does not know, so it
 * looks at this once for frames of any shape.
 */
static __always_inline int take_connection(void *ctx, const enum odd_hook hook,
					   const struct odd_place *place)
{
	struct odd_cursor c = cursor_of(ctx, hook);
	struct odd_connection connection;

	if (odd_walk_connection(&c, place, &connection))
		count_connection(&connection);
	return 0;
}

__noinline int connection_xdp(struct xdp_md *ctx, const struct odd_place *place)
{
	return place ? take_connection(ctx, ODD_HOOK_XDP, place) : 0;
}

__noinline int connection_skb(struct __sk_buff *skb, const struct odd_place *place)
{
	return place ? take_connection(skb, ODD_HOOK_TC_INGRESS, place) : 0;
}

/* In a frame that the steps have walked. */
static __always_inline void take_connection_found(struct work *w, const enum odd_hook hook)
{
	const struct odd_walk *walk = &w->scratch->walk;
	struct odd_place place = {walk->ip, walk->offset - 8, walk->version, walk->protocol};

	if (hook == ODD_HOOK_XDP)
		connection_xdp(w->seen.ctx, &place);
	else
		connection_skb(w->seen.ctx, &place);
}

/* In a frame of the common shape. */
__noinline int common_connection_xdp(struct xdp_md *ctx)
{
	struct odd_cursor c = cursor_on(ctx->data, ctx->data_end);
	struct odd_place place;

	return odd_walk_common_place(&c, &place) ? connection_xdp(ctx, &place) : 0;
}

__noinline int common_connection_skb(struct __sk_buff *skb)
{
	struct odd_cursor c = cursor_on(skb->data, skb->data_end);
	struct odd_place place;

	return odd_walk_common_place(&c, &place) ? connection_skb(skb, &place) : 0;
}

/* The steps, and what they have found. Return: the walk's verdict, the packet in the scratch */
static __always_inline int walk_all(struct work *w, const enum odd_hook hook, __u32 frame_bytes)
{
	struct scratch *scratch = w->scratch;
	struct odd_headers h;
	struct odd_cursor c;
	int verdict;

	if (hook == ODD_HOOK_XDP)
		bpf_loop(ODD_STEPS_MAX, walk_step_xdp, w, 0);
	else
		bpf_loop(ODD_STEPS_MAX, walk_step_skb, w, 0);
	c = cursor_of(w->seen.ctx, hook);
	if (scratch->walk.stray)
		note_stray(&c, scratch);
	verdict = scratch->verdict;
	if (verdict == ODD_WALK_ON)
		return ODD_DROP_TUNNEL_DEPTH;
	if (verdict != ODD_WALK_DNS && verdict != ODD_WALK_FRAGMENT)
		return verdict;
	verdict = odd_walk_found(&c, &scratch->walk, &h, &scratch->packet);
	return verdict ? verdict : odd_walk_payload(&c, &h, frame_bytes, &scratch->packet);
}

/* What is done with a frame of uncommon shape after its walk. */
static __always_inline void take(struct work *w, int verdict, const enum odd_hook hook)
{
	const struct odd_packet *p = &w->scratch->packet;

	if (verdict == ODD_WALK_OTHER || verdict == ODD_WALK_ENCRYPTED_CUT)
		return;
	if (verdict == ODD_WALK_ENCRYPTED) {
		take_connection_found(w, hook);
		return;
	}
	if (verdict != ODD_WALK_DNS) {
		if (verdict >= ODD_DROP_FIRST_UNPARSABLE)
			w->scratch->wakeup = count_packet(hook, true);
		count_drop(verdict);
		return;
	}
	if (p->protocol == ODD_IPPROTO_TCP)
		take_segment(w, hook);
	else if (p->flags & ODD_EVENT_FRAGMENT)
		take_fragment(w, hook);
	else
		take_datagram(w, hook);
}

/* verifier: a function of its own, so that its ways are one again behind it. */
__noinline int is_wrapped_xdp(struct xdp_md *ctx)
{
	struct odd_cursor c = cursor_on(ctx->data, ctx->data_end);

	return odd_is_wrapped_other(&c, &dns_ports, tunnels);
}

__noinline int uncommon_xdp(struct xdp_md *ctx)
{
	struct work w = {.seen = {.ctx = ctx}, .scratch = scratch_of(ODD_HOOK_XDP)};
	struct odd_cursor c = cursor_on(ctx->data, ctx->data_end);

	if (!w.scratch)
		return 0;
	w.seen.packet = &w.scratch->packet;
	odd_walk_start(&w.scratch->walk, (__u32)(c.end - c.start), tunnels);
	take(&w, walk_all(&w, ODD_HOOK_XDP, bpf_xdp_get_buff_len(ctx)), ODD_HOOK_XDP);
	return 0;
}

/*
 * Some drivers leave only the Ethernet header in the linear part, which is what
 * programs can read directly (virtio_net, for frames above 128 bytes). So headers are
 * brought there: Ethernet, four tags, IPv6 and TCP take 90 bytes. If the walk finds them cut,
 * as in tunnels (50 to 70 bytes each) and behind extension headers, it starts anew with more.
 */
#define HEADERS_BYTES	   128
#define HEADERS_MORE_BYTES 512

/* Walk an skb whose first @headers bytes shall be readable. Return: as walk_all() */
__noinline int walk_skb(struct __sk_buff *skb, __u32 hook, __u32 headers)
{
	struct work w = {.seen = {.ctx = skb}, .scratch = scratch_of(hook)};
	__u32 wanted = skb->len < headers ? skb->len : headers;
	struct odd_cursor c = cursor_on(skb->data, skb->data_end);

	if (!w.scratch)
		return ODD_WALK_OTHER;
	if ((__u32)(c.end - c.start) < wanted) {
		bpf_skb_pull_data(skb, wanted);
		c = cursor_on(skb->data, skb->data_end);
	}
	odd_walk_start(&w.scratch->walk, (__u32)(c.end - c.start), tunnels);
	/* The tag that the NIC or veth moved into metadata stands before all others. */
	if (skb->vlan_present) {
		w.scratch->walk.vlans = skb->vlan_tci & 0xfff;
		w.scratch->walk.vlan_count = 1;
	}
	return walk_all(&w, ODD_HOOK_TC_INGRESS, skb->len);
}

static __always_inline bool is_cut(int verdict)
{
	return verdict == ODD_DROP_LINK_SHORT || verdict == ODD_DROP_IP_HEADER ||
	       verdict == ODD_DROP_TUNNEL_HEADER || verdict == ODD_DROP_L4_SHORT ||
	       verdict == ODD_DROP_ICMP_SHORT || verdict == ODD_WALK_ENCRYPTED_CUT;
}

__noinline int is_wrapped_skb(struct __sk_buff *skb)
{
	struct odd_cursor c = cursor_on(skb->data, skb->data_end);

	return odd_is_wrapped_other(&c, &dns_ports, tunnels);
}

static __always_inline int uncommon_skb(struct __sk_buff *skb, const enum odd_hook hook)
{
	struct work w = {.seen = {.ctx = skb}, .scratch = scratch_of(hook)};
	int verdict;

	if (!w.scratch)
		return 0;
	w.seen.packet = &w.scratch->packet;
	verdict = walk_skb(skb, hook, HEADERS_BYTES);
	if (is_cut(verdict) && skb->len > HEADERS_BYTES)
		verdict = walk_skb(skb, hook, HEADERS_MORE_BYTES);
	take(&w, verdict, hook);
	return 0;
}

__noinline int uncommon_ingress(struct __sk_buff *skb)
{
	return uncommon_skb(skb, ODD_HOOK_TC_INGRESS);
}

__noinline int uncommon_egress(struct __sk_buff *skb)
{
	return uncommon_skb(skb, ODD_HOOK_TC_EGRESS);
}

#endif
