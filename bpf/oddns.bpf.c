// SPDX-License-Identifier: GPL-2.0-or-later
/* The programs at the hooks. They count and copy; the packet always passes. */
#include "emit.bpf.h"

char LICENSE[] SEC("license") = "GPL";
const volatile __u32 abi_version = ODD_ABI_VERSION;

/* A TCP segment is walked twice: first to see that whole messages fill it, then to emit them. */
struct tcp_walk {
	struct seen *seen;
	struct odd_chain chain;
	bool emitting;
};

/* One message of a TCP segment. Return: 1 ends the loop. */
static __always_inline long tcp_message(struct tcp_walk *w, const enum odd_hook hook)
{
	struct odd_span span = {.offset = w->chain.offset + 2};
	__u8 prefix[2];

	if (w->chain.offset + 2 > w->chain.captured ||
	    load_bytes(w->seen, hook, w->chain.offset, prefix, sizeof(prefix)) < 0)
		return 1;
	if (!odd_chain_step(&w->chain, odd_read16(prefix)))
		return 1;
	if (!w->emitting)
		return 0;
	span.bytes = odd_read16(prefix);
	span.captured = span.bytes;
	if (w->chain.offset > w->chain.captured)
		span.captured = w->chain.captured - span.offset;
	span.flags = w->chain.count > 1 ? ODD_EVENT_FOLLOWS : 0;
	emit(w->seen, hook, &span);
	return 0;
}

static long tcp_message_xdp(__u32 i, struct tcp_walk *w)
{
	return tcp_message(w, ODD_HOOK_XDP);
}

static long tcp_message_ingress(__u32 i, struct tcp_walk *w)
{
	return tcp_message(w, ODD_HOOK_TC_INGRESS);
}

static long tcp_message_egress(__u32 i, struct tcp_walk *w)
{
	return tcp_message(w, ODD_HOOK_TC_EGRESS);
}

static __always_inline void tcp_messages(struct tcp_walk *w, const enum odd_hook hook)
{
	if (hook == ODD_HOOK_XDP)
		bpf_loop(ODD_TCP_MESSAGES_MAX, tcp_message_xdp, w, 0);
	else if (hook == ODD_HOOK_TC_INGRESS)
		bpf_loop(ODD_TCP_MESSAGES_MAX, tcp_message_ingress, w, 0);
	else
		bpf_loop(ODD_TCP_MESSAGES_MAX, tcp_message_egress, w, 0);
}

static __always_inline void take_tcp(struct seen *s, const enum odd_hook hook)
{
	struct tcp_walk w = {.seen = s};

	odd_chain_start(&s->packet, &w.chain);
	tcp_messages(&w, hook);
	if (w.chain.offset != w.chain.end) {
		count_drop(ODD_DROP_DNS_SHORT);
		return;
	}
	odd_chain_start(&s->packet, &w.chain);
	w.emitting = true;
	tcp_messages(&w, hook);
}

/* What is done with a frame after the walk, at any hook. */
static __always_inline void take(struct seen *s, int verdict, const enum odd_hook hook)
{
	struct odd_span span;

	if (verdict == ODD_WALK_DNS || verdict >= ODD_DROP_FIRST_UNPARSABLE)
		count_packet(s, hook);
	if (verdict != ODD_WALK_DNS) {
		count_drop(verdict);
		return;
	}
	if (s->packet.protocol == ODD_IPPROTO_TCP) {
		take_tcp(s, hook);
		return;
	}
	span.offset = s->packet.payload_offset;
	span.bytes = s->packet.payload_bytes;
	span.captured = s->packet.captured_bytes;
	span.flags = 0;
	emit(s, hook, &span);
}

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

/* What follows the walk, off the way of packets that are not DNS. */
static __always_inline int take_xdp(struct seen *s, int verdict)
{
	if (s)
		take(s, verdict, ODD_HOOK_XDP);
	return XDP_PASS;
}

/*
 * What has another shape than nearly all packets takes the whole walk, in a
 * function of its own, so that the common way needs few registers. As the
 * walk: returns what to do with the packet.
 */
static __noinline int walk_frame(struct xdp_md *ctx, struct seen *s)
{
	struct odd_cursor c = cursor_on(ctx->data, ctx->data_end);
	struct odd_headers h = {};
	int verdict = odd_walk_headers(&c, &dns_ports, &h);

	if (verdict != ODD_WALK_DNS || !s)
		return verdict;
	return odd_walk_payload(&c, &h, bpf_xdp_get_buff_len(ctx), &s->packet);
}

/* A frame that ends in its first buffer, as nearly all do, needs no helper to be measured. */
static __always_inline __u32 frame_bytes(struct xdp_md *ctx, const struct odd_cursor *c,
					 __u32 claimed)
{
	__u32 bytes = (__u32)(c->end - c->start);

	return claimed && claimed <= bytes ? bytes : bpf_xdp_get_buff_len(ctx);
}

SEC("xdp.frags")
int oddns_xdp(struct xdp_md *ctx)
{
	struct odd_cursor c = cursor_on(ctx->data, ctx->data_end);
	struct odd_headers h;
	struct seen s;
	int verdict = odd_walk_common(&c, &dns_ports, &h);

	if (verdict == ODD_WALK_OTHER)
		return XDP_PASS;
	s.payload = 0;
	s.end = 0;
	if (verdict == ODD_WALK_UNCOMMON) {
		verdict = walk_frame(ctx, &s);
	} else {
		if (h.protocol == ODD_IPPROTO_UDP) {
			s.payload = c.pos;
			s.end = c.end;
		}
		verdict = odd_walk_payload(&c, &h, frame_bytes(ctx, &c, h.claimed), &s.packet);
	}
	if (verdict == ODD_WALK_OTHER)
		return XDP_PASS;
	s.ctx = ctx;
	s.ifindex = ctx->ingress_ifindex;
	return take_xdp(&s, verdict);
}

/* The tag that the NIC or veth moved from the frame into metadata stands before all others. */
static __always_inline int restore_vlan(struct __sk_buff *skb, struct odd_packet *p)
{
	if (p->vlan[ODD_VLANS_MAX - 1])
		return ODD_DROP_VLAN_DEPTH;
	for (int i = ODD_VLANS_MAX - 1; i > 0; i--)
		p->vlan[i] = p->vlan[i - 1];
	p->vlan[0] = skb->vlan_tci & 0xfff;
	return ODD_WALK_DNS;
}

static __always_inline int take_skb(struct seen *s, int verdict, const enum odd_hook hook)
{
	struct __sk_buff *skb = s->ctx;

	if (verdict == ODD_WALK_DNS && skb->vlan_present)
		verdict = restore_vlan(skb, &s->packet);
	take(s, verdict, hook);
	return TC_ACT_UNSPEC;
}

static __always_inline int take_ingress(struct seen *s, int verdict)
{
	return s ? take_skb(s, verdict, ODD_HOOK_TC_INGRESS) : TC_ACT_UNSPEC;
}

static __always_inline int take_egress(struct seen *s, int verdict)
{
	return s ? take_skb(s, verdict, ODD_HOOK_TC_EGRESS) : TC_ACT_UNSPEC;
}

/*
 * Some drivers leave only the Ethernet header in the linear part, which is what
 * programs can read directly (virtio_net, for frames above 128 bytes). The
 * headers are brought there: Ethernet, four tags, IPv6 and TCP take 90 bytes,
 * the rest is for extension headers. If the kernel cannot, the walk counts it.
 */
#define HEADERS_BYTES 128

static __always_inline void pull_headers(struct __sk_buff *skb)
{
	__u64 linear = packet_pointer(skb->data_end) - packet_pointer(skb->data);
	__u32 wanted = skb->len < HEADERS_BYTES ? skb->len : HEADERS_BYTES;

	if (linear < wanted)
		bpf_skb_pull_data(skb, wanted);
}

/* As walk_frame(). */
static __noinline int walk_skb(struct __sk_buff *skb, struct seen *s)
{
	struct odd_headers h = {};
	struct odd_cursor c;
	int verdict;

	pull_headers(skb);
	c = cursor_on(skb->data, skb->data_end);
	verdict = odd_walk_headers(&c, &dns_ports, &h);
	if (verdict != ODD_WALK_DNS || !s)
		return verdict;
	return odd_walk_payload(&c, &h, skb->len, &s->packet);
}

static __always_inline int run_tc(struct __sk_buff *skb, const enum odd_hook hook)
{
	struct odd_cursor c = cursor_on(skb->data, skb->data_end);
	struct odd_headers h;
	struct seen s;
	int verdict = odd_walk_common(&c, &dns_ports, &h);

	if (verdict == ODD_WALK_OTHER)
		return TC_ACT_UNSPEC;
	if (verdict == ODD_WALK_UNCOMMON)
		verdict = walk_skb(skb, &s);
	else
		verdict = odd_walk_payload(&c, &h, skb->len, &s.packet);
	if (verdict == ODD_WALK_OTHER)
		return TC_ACT_UNSPEC;
	s.ctx = skb;
	s.ifindex = skb->ifindex;
	return hook == ODD_HOOK_TC_EGRESS ? take_egress(&s, verdict) : take_ingress(&s, verdict);
}

SEC("tc")
int oddns_ingress(struct __sk_buff *skb)
{
	return run_tc(skb, ODD_HOOK_TC_INGRESS);
}

SEC("tc")
int oddns_egress(struct __sk_buff *skb)
{
	return run_tc(skb, ODD_HOOK_TC_EGRESS);
}
