// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The programs at the hooks. They count and copy; the packet always passes.
 *
 * What a program does itself is the common shape: an untagged datagram. All else is
 * handed to a function of its own, so that the common way needs few registers.
 */
#include "uncommon.bpf.h"

char LICENSE[] SEC("license") = "GPL";

const volatile __u32 abi_version = ODD_ABI_VERSION;

/*
 * Take a datagram of the common shape whose DNS header can be read directly.
 * Return: false when it cannot
 */
static __always_inline bool take_common(struct seen *s, struct odd_cursor *c,
					const struct odd_headers *h, __u32 frame_bytes,
					const enum odd_hook hook)
{
	struct odd_packet packet;
	struct odd_cursor message = *c;
	const __u8 *header;
	int verdict = odd_walk_common_payload(c, h, frame_bytes, &packet);

	s->packet = &packet;
	if (verdict != ODD_WALK_DNS) {
		(void)count_packet(hook, false);
		count_drop(verdict);
		return true;
	}
	/* verifier: IPv4 and IPv6 become one way here */
	packet.payload_offset = (__u32)odd_unlearn(packet.payload_offset);
	cursor_seek(&message, packet.payload_offset);
	header = cursor_take(&message, ODD_DNS_HEADER_BYTES);
	if (!header)
		return false;
	s->payload = header;
	s->end = c->end;
	s->wakeup = count_packet(hook, false);
	emit_datagram(s, hook, header);
	return true;
}

/* A frame that ends in its first buffer, as nearly all do, needs no helper to be measured. */
static __always_inline __u32 frame_bytes(struct xdp_md *ctx, const struct odd_cursor *c,
					 __u32 claimed)
{
	__u32 bytes = (__u32)(c->end - c->start);

	return claimed <= bytes ? bytes : bpf_xdp_get_buff_len(ctx);
}

SEC("xdp.frags")
int oddns_xdp(struct xdp_md *ctx)
{
	struct odd_cursor c = cursor_on(ctx->data, ctx->data_end);
	struct odd_headers h;
	struct seen s;
	int verdict = odd_walk_common(&c, &dns_ports, tunnels, &h);

	if (verdict == ODD_WALK_OTHER)
		return XDP_PASS;
	if (verdict == ODD_WALK_ENCRYPTED) {
		common_connection_xdp(ctx);
		return XDP_PASS;
	}
	if (verdict == ODD_WALK_DNS && h.protocol == ODD_IPPROTO_UDP) {
		s.ctx = ctx;
		s.ifindex = ctx->ingress_ifindex;
		if (take_common(&s, &c, &h, frame_bytes(ctx, &c, h.claimed), ODD_HOOK_XDP))
			return XDP_PASS;
	}
	if (!is_wrapped_xdp(ctx))
		uncommon_xdp(ctx);
	return XDP_PASS;
}

static __always_inline bool run_tc(struct __sk_buff *skb, const enum odd_hook hook)
{
	struct odd_cursor c = cursor_on(skb->data, skb->data_end);
	struct odd_headers h;
	struct seen s;
	int verdict = odd_walk_common(&c, &dns_ports, tunnels, &h);

	if (verdict == ODD_WALK_OTHER)
		return true;
	if (verdict == ODD_WALK_ENCRYPTED) {
		common_connection_skb(skb);
		return true;
	}
	if (verdict != ODD_WALK_DNS || h.protocol != ODD_IPPROTO_UDP)
		return false;
	if (skb->vlan_present)
		h.vlans = skb->vlan_tci & 0xfff;
	s.ctx = skb;
	s.ifindex = skb->ifindex;
	return take_common(&s, &c, &h, skb->len, hook);
}

SEC("tc")
int oddns_ingress(struct __sk_buff *skb)
{
	if (!run_tc(skb, ODD_HOOK_TC_INGRESS) && !is_wrapped_skb(skb))
		uncommon_ingress(skb);
	return TC_ACT_UNSPEC;
}

SEC("tc")
int oddns_egress(struct __sk_buff *skb)
{
	if (!run_tc(skb, ODD_HOOK_TC_EGRESS) && !is_wrapped_skb(skb))
		uncommon_egress(skb);
	return TC_ACT_UNSPEC;
}
