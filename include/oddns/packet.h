/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The packet walk: from the first byte of an Ethernet frame to the DNS message.
 *
 *	Ethernet -> VLAN tags -> IPv4 | IPv6 -> UDP | TCP -> payload
 *	              ^-- tunnels, up to 4 --'
 *	              ^-- ICMP error, once --'
 *
 * Compiled into the kernel programs and natively for capture files and the
 * fuzzer, so it calls no helper and touches packet bytes through the cursor
 * only. Nearly all packets have one of two shapes, which odd_walk_common()
 * tells by a few loads and compares; the others are walked header by header
 * (layers.h, tunnels.h, icmp.h). Either ends with ODD_WALK_OTHER (not DNS: the common
 * case, so it is told before anything else is looked at), with the reason that
 * is counted, or with a packet. Lengths in headers are claims: the walk holds
 * IP against what is around it and UDP against IP, and says how many bytes of
 * the message are really there.
 */
#ifndef ODDNS_PACKET_H
#define ODDNS_PACKET_H

#include "encrypted.h"
#include "icmp.h"

/* Where the headers of a packet on a DNS port lie, and what was learned on the way to them. */
struct odd_headers {
	const __u8 *ip; /* the fixed part; odd_walk_common() only */
	const __u8 *l4; /* first 8 bytes; NULL in a later fragment */
	__u32 end;	/* of the packet around, from the start of the frame */
	__u32 claimed;	/* end of the IP packet as its header says; 0: unknown */
	__u32 identification;
	__u64 vlans; /* VIDs, the outermost in the lowest 16 bits */
	__u16 fragment;
	__u8 version; /* 4 or 6; verifier: a constant on each path, unlike the byte in the packet */
	__u8 protocol;
	__u8 flags; /* ODD_EVENT_* */
};

/* A packet on a DNS port, or a fragment. Offsets are from the start of the frame. */
struct odd_packet {
	__u8 src[16] __attribute__((aligned(8)));
	__u8 dst[16];
	__u8 outer_src[16]; /* both unset without a tunnel */
	__u8 outer_dst[16];
	__u16 src_port; /* of a later fragment: its offset in units of 8 bytes, and 0 */
	__u16 dst_port;
	__u16 vlan[ODD_VLANS_MAX];
	__u32 tunnel_id;
	__u32 sequence;	      /* TCP: of the first byte of payload; a fragment's identification */
	__u32 payload_offset; /* of what UDP or TCP carries, or IP in a later fragment */
	__u32 payload_bytes;  /* of it in this packet, as the headers say */
	__u32 captured_bytes; /* of which this many are in the frame */
	__u32 datagram_bytes; /* of the whole UDP datagram's payload, as UDP says */
	__u8 protocol;
	__u8 flags; /* ODD_EVENT_* */
	__u8 tcp_flags;
	__u8 tunnel;
};

/*
 * UDP or TCP on no DNS port: does a connection begin here that carries DNS all the same?
 * @c: behind the first 8 bytes of it; not moved
 * Return: ODD_WALK_OTHER, ODD_WALK_ENCRYPTED, ODD_WALK_ENCRYPTED_CUT
 */
static __always_inline int odd_walk_stranger(const struct odd_cursor *c, const __u8 *l4,
					     __u8 protocol)
{
	struct odd_cursor peek = *c;

	if (!cursor_take(&peek, ODD_OPENING_BYTES - 8))
		return ODD_WALK_ENCRYPTED_CUT;
	return odd_is_opening(l4, protocol) ? ODD_WALK_ENCRYPTED : ODD_WALK_OTHER;
}

/* Neither UDP nor TCP at first sight: can DNS be behind it? @c: behind the IP header */
static __always_inline int odd_leads_on(struct odd_cursor *c, __u8 version, __u8 protocol,
					const __u32 tunnels)
{
	const __u8 *icmp;

	if (odd_is_icmp(version, protocol)) {
		icmp = cursor_take(c, ODD_ICMP_BYTES);
		return !icmp || odd_is_icmp_error(version, icmp);
	}
	return (version == 6 && odd_ip6_exts[protocol].add) ||
	       (tunnels && odd_is_tunnel_protocol(protocol));
}

/**
 * odd_walk_common() - The walk for the shapes that nearly all traffic of a host has.
 * @c: on the start of the frame; moved behind the first 8 bytes of UDP or TCP for ODD_WALK_DNS
 * @tunnels: as odd_walk_start() takes it, a constant to the verifier
 * @h: filled for ODD_WALK_DNS
 *
 * Untagged UDP or TCP over IPv4 without options or fragments, or IPv6 without
 * extension headers. A few loads and compares decide, so a packet that is not
 * DNS costs next to nothing.
 *
 * Return: ODD_WALK_OTHER, ODD_WALK_DNS, ODD_WALK_ENCRYPTED, or ODD_WALK_UNCOMMON; nothing has
 * changed but for ODD_WALK_DNS
 */
static __always_inline int odd_walk_common(struct odd_cursor *c,
					   const volatile struct odd_ports *ports,
					   const __u32 tunnels, struct odd_headers *h)
{
	struct odd_cursor peek = *c;
	const __u8 *eth = cursor_take(&peek, 14 + 20), *ip, *l4;
	__u16 ethertype, dst_port;
	__u32 length;
	__u8 version, protocol;

	if (!eth)
		return ODD_WALK_UNCOMMON;
	ip = eth + 14;
	ethertype = odd_read16(eth + 12);
	if (ethertype == ODD_ETHERTYPE_IPV4) {
		/* version 4, 20 bytes of header, no fragment */
		length = odd_read16(ip + 2);
		if (ip[0] != 0x45 || odd_read16(ip + 6) & 0x3fff || length < 20)
			return ODD_WALK_UNCOMMON;
		protocol = ip[9];
		version = 4;
	} else if (ethertype == ODD_ETHERTYPE_IPV6) {
		length = odd_read16(ip + 4);
		protocol = ip[6];
		version = 6;
		if (ip[0] >> 4 != 6 || !length || !cursor_take(&peek, 20))
			return ODD_WALK_UNCOMMON;
		length += 40;
	} else {
		return odd_is_vlan(ethertype) || (tunnels && odd_is_tunnel_type(ethertype))
			       ? ODD_WALK_UNCOMMON
			       : ODD_WALK_OTHER;
	}
	if (protocol != ODD_IPPROTO_TCP && protocol != ODD_IPPROTO_UDP)
		return odd_leads_on(&peek, version, protocol, tunnels) ? ODD_WALK_UNCOMMON
								       : ODD_WALK_OTHER;
	l4 = cursor_take(&peek, 8);
	if (!l4)
		return ODD_WALK_UNCOMMON;
	dst_port = odd_read16(l4 + 2);
	if (!odd_is_dns_port(ports, odd_read16(l4), dst_port)) {
		if (ports->encrypted && odd_is_encrypted_port(dst_port)) {
			int verdict = odd_walk_stranger(&peek, l4, protocol);

			return verdict == ODD_WALK_ENCRYPTED_CUT ? ODD_WALK_UNCOMMON : verdict;
		}
		return tunnels && protocol == ODD_IPPROTO_UDP && odd_is_tunnel_port(dst_port)
			       ? ODD_WALK_UNCOMMON
			       : ODD_WALK_OTHER;
	}
	*c = peek;
	*h = (struct odd_headers){0};
	h->ip = ip;
	h->l4 = l4;
	h->version = version;
	h->protocol = protocol;
	h->claimed = 14 + length;
	h->end = ~0U;
	return ODD_WALK_DNS;
}

/* Ethernet, IPv4, UDP and VXLAN around a frame */
#define ODD_VXLAN_BYTES (14 + 20 + 8 + 8)
/* Inside: Ethernet, IPv6, first 8 bytes of TCP. What is shorter is walked. */
#define ODD_VXLAN_INSIDE (14 + 40 + 8)

/* Is this frame VXLAN over plain IPv4, and the frame within all that its lengths promise? */
static __always_inline int odd_is_plain_vxlan(const __u8 *eth)
{
	const __u8 *ip = eth + 14, *udp = ip + 20;
	__u16 port = odd_read16(udp + 2);

	return odd_read16(eth + 12) == ODD_ETHERTYPE_IPV4 && ip[0] == 0x45 &&
	       !(odd_read16(ip + 6) & 0x3fff) && ip[9] == ODD_IPPROTO_UDP &&
	       (port == ODD_PORT_VXLAN || port == ODD_PORT_VXLAN_LINUX) &&
	       odd_read16(ip + 2) >= ODD_VXLAN_BYTES - 14 + ODD_VXLAN_INSIDE &&
	       odd_read16(udp + 4) >= 8 + 8 + ODD_VXLAN_INSIDE;
}

/**
 * odd_is_wrapped_other() - Is this frame of no common shape, but surely not DNS?
 * @c: on the start of the frame; not moved
 * @tunnels: as odd_walk_common() takes it
 *
 * Tells most traffic of a trunk (one tag) and of a mirror (VXLAN) for a third of what a walk by
 * steps costs, which would say ODD_WALK_OTHER of it, too.
 */
static __always_inline int odd_is_wrapped_other(const struct odd_cursor *c,
						const volatile struct odd_ports *ports,
						const __u32 tunnels)
{
	struct odd_cursor inside = *c;
	__u64 offset = ODD_VXLAN_BYTES;
	struct odd_headers h;
	const __u8 *eth = cursor_take(&inside, ODD_VXLAN_BYTES);

	if (!eth)
		return 0;
	if (odd_is_vlan(odd_read16(eth + 12)))
		offset = 4; /* what follows the tag stands where it would without */
	else if (!tunnels || !odd_is_plain_vxlan(eth))
		return 0;
	/* verifier: both become one way here */
	cursor_seek(&inside, odd_unlearn(offset));
	return odd_walk_common(&inside, ports, tunnels, &h) == ODD_WALK_OTHER;
}

/*
 * The ports of UDP or TCP. A first fragment on other ports is remembered: its later
 * fragments have none, and are no concern of ours either.
 */
static __always_inline int
odd_step_ports(struct odd_cursor *c, const volatile struct odd_ports *ports, struct odd_walk *w)
{
	const __u8 *l4 = odd_step_take(c, w, 8); /* all of UDP; of TCP what tells the ports */
	__u16 src, dst;
	__u64 mask;

	if (!l4)
		return ODD_DROP_L4_SHORT;
	dst = odd_read16(l4 + 2);
	src = odd_read16(l4);
	mask = odd_unlearn(-(__u64)(w->flags / ODD_EVENT_QUOTED & 1));
	src ^= (src ^ dst) & mask;
	if (odd_is_dns_port(ports, src, dst))
		return odd_is_quoted(w) ? odd_step_query(c, w, l4) : ODD_WALK_DNS;
	if (odd_is_quoted(w))
		return ODD_WALK_OTHER;
	if (w->protocol == ODD_IPPROTO_UDP && w->flags & ODD_EVENT_FRAGMENT && !w->stray) {
		w->stray = w->ip;
		w->stray_version = w->version;
		w->stray_identification = w->identification;
		w->stray_tunnel_id = w->tunnel_id;
	}
	if (ports->encrypted && odd_is_encrypted_port((__u16)dst))
		return w->offset + ODD_OPENING_BYTES - 8 > w->readable
			       ? ODD_WALK_ENCRYPTED_CUT
			       : odd_walk_stranger(c, l4, w->protocol);
	return w->protocol == ODD_IPPROTO_UDP ? odd_step_udp_tunnel(c, w, l4) : ODD_WALK_OTHER;
}

/* What IP carries. */
static __always_inline int
odd_step_protocol(struct odd_cursor *c, const volatile struct odd_ports *ports, struct odd_walk *w)
{
	__u8 protocol = w->protocol;

	if (w->version == 6 && odd_ip6_exts[protocol].add)
		return odd_step_ip6_ext(c, w);
	if (odd_is_quoted(w) && protocol != ODD_IPPROTO_UDP)
		return ODD_WALK_OTHER;
	if (protocol == ODD_IPPROTO_UDP || protocol == ODD_IPPROTO_TCP)
		return odd_step_ports(c, ports, w);
	if (odd_is_icmp(w->version, protocol))
		return odd_step_icmp(c, w);
	if (!w->tunnels || !odd_is_tunnel_protocol(protocol))
		return ODD_WALK_OTHER;
	if (protocol == ODD_IPPROTO_GRE)
		return odd_step_gre(c, w);
	if (protocol == ODD_IPPROTO_MPLS) {
		w->next = ODD_ETHERTYPE_MPLS;
		return ODD_WALK_ON;
	}
	w->next = protocol == ODD_IPPROTO_IPIP ? ODD_ETHERTYPE_IPV4 : ODD_ETHERTYPE_IPV6;
	return odd_step_enter(w, ODD_TUNNEL_IP, 0);
}

/* IPv4 or IPv6, where nothing has said which. */
static __always_inline int odd_step_ip(struct odd_cursor *c, struct odd_walk *w)
{
	struct odd_cursor peek = *c;
	const __u8 *first = cursor_take(&peek, 1);
	__u8 version = first ? first[0] >> 4 : 0;

	if (!first)
		return ODD_DROP_IP_HEADER;
	w->next = version == 4 ? ODD_ETHERTYPE_IPV4 : ODD_ETHERTYPE_IPV6;
	return version == 4 || version == 6 ? ODD_WALK_ON : ODD_WALK_OTHER;
}

/* What only tunnels lead to. */
static __always_inline int odd_step_tunnelled(struct odd_cursor *c, struct odd_walk *w)
{
	if (!w->tunnels)
		return ODD_WALK_OTHER;
	switch (w->next) {
	case ODD_ETHERTYPE_MPLS:
	case ODD_ETHERTYPE_MPLS_UP:
	case ODD_NEXT_LABEL:
		return odd_step_mpls(c, w);
	case ODD_NEXT_UNLABELLED:
		return odd_step_unlabelled(c, w);
	case ODD_ETHERTYPE_PPPOE:
		return odd_step_pppoe(c, w);
	case ODD_ETHERTYPE_ERSPAN:
	case ODD_ETHERTYPE_ERSPAN3:
		return odd_step_erspan(c, w);
	case ODD_NEXT_GTP_EXT:
		return odd_step_gtp_ext(c, w);
	case ODD_NEXT_IP:
		return odd_step_ip(c, w);
	default:
		return ODD_WALK_OTHER;
	}
}

/**
 * odd_walk_step() - Look at the next header.
 * @c: on the frame; where it stands does not matter
 * @w: from odd_walk_start(), then as the last step left it
 *
 * At most ODD_STEPS_MAX steps; then the walk has ended with ODD_DROP_TUNNEL_DEPTH.
 *
 * Return: one of ODD_WALK_* but ODD_WALK_UNCOMMON, or an enum odd_drop
 */
static __always_inline int odd_walk_step(struct odd_cursor *c,
					 const volatile struct odd_ports *ports, struct odd_walk *w)
{
	__u32 next = w->next;

	cursor_seek(c, w->offset);
	if (next & ODD_NEXT_PROTOCOL)
		return odd_step_protocol(c, ports, w);
	if (next == ODD_ETHERTYPE_IPV4)
		return odd_step_ipv4(c, w);
	if (next == ODD_ETHERTYPE_IPV6)
		return odd_step_ipv6(c, w);
	if (next == ODD_ETHERTYPE_ETHERNET)
		return odd_step_ethernet(c, w);
	if (odd_is_vlan((__u16)next) && next < ODD_NEXT_PROTOCOL)
		return odd_step_vlan(c, w);
	return odd_step_tunnelled(c, w);
}

/* The addresses of an IP header as 16 bytes. @ip: 20 or 40 bytes */
static __always_inline void odd_ipv4_addresses(const __u8 *ip, __u8 *src, __u8 *dst)
{
	odd_map4(src, ip + 12);
	odd_map4(dst, ip + 16);
}

static __always_inline void odd_ipv6_addresses(const __u8 *ip, __u8 *src, __u8 *dst)
{
	odd_copy16(src, ip + 8);
	odd_copy16(dst, ip + 24);
}

/**
 * odd_addresses_at() - The addresses of the IP header at an offset.
 *
 * verifier: one look at the version, for it does not connect two.
 *
 * Return: 0, or ODD_DROP_IP_HEADER, which does not happen where the steps have been
 */
static __always_inline int odd_addresses_at(struct odd_cursor *c, __u32 offset, __u8 version,
					    __u8 *src, __u8 *dst)
{
	const __u8 *ip;

	cursor_seek(c, offset);
	if (version == 6) {
		ip = cursor_take(c, 40);
		if (!ip)
			return ODD_DROP_IP_HEADER;
		odd_ipv6_addresses(ip, src, dst);
		return 0;
	}
	ip = cursor_take(c, 20);
	if (!ip)
		return ODD_DROP_IP_HEADER;
	odd_ipv4_addresses(ip, src, dst);
	return 0;
}

/* Where the headers of a connection's first packet lie, from the start of the frame. */
struct odd_place {
	__u32 ip;
	__u32 l4;
	__u32 version; /* of IP */
	__u32 protocol;
};

/**
 * odd_walk_connection() - What tells a connection from others.
 * @place: of a packet that was ODD_WALK_ENCRYPTED
 *
 * Return: 1, or 0 when none begins
 */
static __always_inline int odd_walk_connection(struct odd_cursor *c, const struct odd_place *place,
					       struct odd_connection *ret)
{
	const __u8 *l4;

	if (odd_addresses_at(c, place->ip, (__u8)place->version, ret->src, ret->dst))
		return 0;
	cursor_seek(c, place->l4);
	l4 = cursor_take(c, ODD_OPENING_BYTES);
	return l4 && odd_connection_fill(ret, l4, (__u8)place->protocol);
}

/* Where it lies after odd_walk_common(). @c: on the start of the frame; moved */
static __always_inline int odd_walk_common_place(struct odd_cursor *c, struct odd_place *ret)
{
	const __u8 *eth = cursor_take(c, 14 + 20);
	int is_ip6;

	if (!eth)
		return 0;
	is_ip6 = odd_read16(eth + 12) == ODD_ETHERTYPE_IPV6;
	ret->ip = 14;
	ret->l4 = 14 + (is_ip6 ? 40 : 20);
	ret->version = is_ip6 ? 6 : 4;
	ret->protocol = is_ip6 ? eth[14 + 6] : eth[14 + 9];
	return 1;
}

/* Where the packet came through, for one that came through a tunnel. */
static __always_inline int odd_walk_outer(struct odd_cursor *c, const struct odd_walk *w,
					  struct odd_packet *p)
{
	p->tunnel = w->tunnel;
	p->tunnel_id = w->tunnel_id;
	__builtin_memset(p->outer_src, 0, sizeof(p->outer_src));
	__builtin_memset(p->outer_dst, 0, sizeof(p->outer_dst));
	if (!w->outer)
		return 0;
	return odd_addresses_at(c, w->outer, w->outer_version, p->outer_src, p->outer_dst);
}

/**
 * odd_walk_found() - From numbers back to pointers, once the steps have ended.
 * @w: after ODD_WALK_DNS or ODD_WALK_FRAGMENT
 * @c: moved behind the first 8 bytes of UDP or TCP, to the payload of a later fragment
 * @h: filled, but for ip
 * @p: its addresses and tunnel are filled
 *
 * Return: 0, or ODD_DROP_IP_HEADER, which does not happen
 */
static __always_inline int odd_walk_found(struct odd_cursor *c, const struct odd_walk *w,
					  struct odd_headers *h, struct odd_packet *p)
{
	*h = (struct odd_headers){
		.end = w->end,
		.claimed = w->claimed,
		.identification = w->identification,
		.vlans = w->vlans,
		.fragment = (__u16)w->fragment,
		.version = w->version,
		.protocol = w->protocol,
		.flags = w->flags,
	};
	if (odd_addresses_at(c, w->ip, w->version, p->src, p->dst) || odd_walk_outer(c, w, p))
		return ODD_DROP_IP_HEADER;
	if (w->flags & ODD_EVENT_LATER) {
		h->protocol = ODD_IPPROTO_UDP;
		cursor_seek(c, w->offset);
		return 0;
	}
	cursor_seek(c, w->offset - 8);
	h->l4 = cursor_take(c, 8);
	return h->l4 ? 0 : ODD_DROP_IP_HEADER;
}

/**
 * odd_walk_udp() - UDP (RFC 768), its length held against the IP packet's unless quoted.
 * @udp: its header, 8 bytes
 * @claimed: end of the IP packet as its header says
 *
 * Return: 0 with payload_bytes set, or the reason to stop
 */
static __always_inline int odd_walk_udp(const __u8 *udp, __u32 claimed, struct odd_packet *p)
{
	__u32 length = odd_read16(udp + 4), room;

	if (length < 8)
		return ODD_DROP_UDP_LENGTH;
	p->datagram_bytes = p->payload_bytes = length - 8;
	if (p->payload_offset + length - 8 <= claimed || p->flags & ODD_EVENT_QUOTED)
		return 0;
	if (!(p->flags & ODD_EVENT_FRAGMENT))
		return ODD_DROP_UDP_LENGTH;
	room = claimed > p->payload_offset ? claimed - p->payload_offset : 0;
	p->payload_bytes = room;
	return 0;
}

/**
 * odd_walk_tcp() - TCP with options (RFC 9293 section 3.1).
 * @c: behind the ports, sequence number: the first 8 of at least 20 bytes
 * @claimed: end of the IP packet as its header says
 *
 * Return: 0 with payload_bytes set and the offset behind the options, or the reason to stop
 */
static __always_inline int odd_walk_tcp(struct odd_cursor *c, const __u8 *tcp, __u32 claimed,
					struct odd_packet *p)
{
	const __u8 *rest = cursor_take(c, 12);
	__u32 header_bytes;

	if (!rest)
		return ODD_DROP_L4_SHORT;
	header_bytes = (rest[4] >> 4) * 4U;
	if (header_bytes < 20)
		return ODD_DROP_TCP_HEADER;
	p->payload_offset += header_bytes - 8;
	if (p->payload_offset > claimed)
		return ODD_DROP_TCP_HEADER;
	p->payload_bytes = claimed - p->payload_offset;
	p->tcp_flags = rest[5];
	p->sequence = odd_read32(tcp + 4) + !!(rest[5] & ODD_TCP_SYN);
	return 0;
}

/* How much of the payload the frame holds, and the packet around it. */
static __always_inline void odd_walk_captured(__u32 end, __u32 claimed, struct odd_packet *p)
{
	__u32 last = claimed < end ? claimed : end;
	__u32 there = last > p->payload_offset ? last - p->payload_offset : 0;

	p->captured_bytes = there < p->payload_bytes ? there : p->payload_bytes;
}

/* A later fragment: its payload stands where its header says, with no ports before it. */
static __always_inline void odd_walk_fragment(const struct odd_headers *h, __u32 claimed,
					      struct odd_packet *p)
{
	p->src_port = h->fragment;
	p->dst_port = 0;
	p->payload_bytes = claimed > p->payload_offset ? claimed - p->payload_offset : 0;
}

/**
 * odd_walk_payload() - What lies behind the headers.
 * @c: as odd_walk_common() or odd_walk_found() left it
 * @frame_bytes: length of the whole frame, at least what @c spans
 * @p: filled, but for addresses and tunnel
 *
 * The payload itself is not read: it may lie outside the linear part.
 *
 * Return: ODD_WALK_DNS with @p filled, or an enum odd_drop
 */
static __always_inline int odd_walk_payload(struct odd_cursor *c, const struct odd_headers *h,
					    __u32 frame_bytes, struct odd_packet *p)
{
	__u32 end = h->end < frame_bytes ? h->end : frame_bytes;
	__u32 claimed = h->claimed ? h->claimed : end;
	int r = 0;

	for (int i = 0; i < ODD_VLANS_MAX; i++)
		p->vlan[i] = (__u16)(h->vlans >> (16 * i));
	p->protocol = h->protocol;
	p->flags = h->protocol == ODD_IPPROTO_TCP ? 0 : h->flags;
	p->tcp_flags = 0;
	p->sequence = h->identification;
	p->datagram_bytes = 0;
	p->payload_offset = (__u32)(c->pos - c->start);
	if (!h->l4) {
		odd_walk_fragment(h, claimed, p);
	} else {
		p->src_port = odd_read16(h->l4);
		p->dst_port = odd_read16(h->l4 + 2);
		r = h->protocol == ODD_IPPROTO_UDP ? odd_walk_udp(h->l4, claimed, p)
						   : odd_walk_tcp(c, h->l4, claimed, p);
	}
	if (r)
		return r;
	odd_walk_captured(end, claimed, p);
	if (h->l4 && h->protocol == ODD_IPPROTO_UDP && p->captured_bytes < ODD_DNS_HEADER_BYTES)
		return ODD_DROP_DNS_SHORT;
	return ODD_WALK_DNS;
}

/**
 * odd_walk_common_payload() - What lies behind the headers that odd_walk_common() found.
 *
 * As odd_walk_payload(), with all of @p filled.
 */
static __always_inline int odd_walk_common_payload(struct odd_cursor *c,
						   const struct odd_headers *h, __u32 frame_bytes,
						   struct odd_packet *p)
{
	int verdict = odd_walk_payload(c, h, frame_bytes, p);

	if (verdict != ODD_WALK_DNS)
		return verdict;
	if (h->version == 6)
		odd_ipv6_addresses(h->ip, p->src, p->dst);
	else
		odd_ipv4_addresses(h->ip, p->src, p->dst);
	p->tunnel = ODD_TUNNEL_NONE;
	p->tunnel_id = 0;
	return verdict;
}

#endif
