/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The packet walk: from the first byte of an Ethernet frame to the DNS message.
 *
 *	Ethernet -> up to 4 VLAN tags -> IPv4 | IPv6 -> UDP | TCP -> payload
 *
 * Compiled into the kernel programs and natively for capture files and the
 * fuzzer, so it calls no helper and touches packet bytes through the cursor
 * only. Each step either moves the cursor behind its header or ends the walk:
 * with ODD_WALK_OTHER (not DNS: the common case, so it is told from the headers
 * before anything else is looked at) or with the reason that is counted. Lengths in headers
 * are claims: the walk holds IP against the frame and UDP against IP, and says
 * how many bytes of the message are really there.
 */
#ifndef ODDNS_PACKET_H
#define ODDNS_PACKET_H

#include "cursor.h"

#define ODD_DNS_HEADER_BYTES 12

/* What a walk gives besides an enum odd_drop. */
#define ODD_WALK_DNS   (-1)
#define ODD_WALK_OTHER (-2)

/* IANA's "IEEE 802 Numbers" and "Protocol Numbers"; BTF carries no macros. */
#define ODD_ETHERTYPE_IPV4  0x0800
#define ODD_ETHERTYPE_IPV6  0x86dd
#define ODD_ETHERTYPE_VLAN  0x8100 /* IEEE 802.1Q C-tag */
#define ODD_ETHERTYPE_SVLAN 0x88a8 /* IEEE 802.1ad S-tag */
#define ODD_ETHERTYPE_QINQ  0x9100 /* S-tag before 802.1ad, still in use */

#define ODD_IPPROTO_HOPOPTS  0
#define ODD_IPPROTO_TCP	     6
#define ODD_IPPROTO_UDP	     17
#define ODD_IPPROTO_ROUTING  43
#define ODD_IPPROTO_FRAGMENT 44
#define ODD_IPPROTO_AH	     51
#define ODD_IPPROTO_DSTOPTS  60
#define ODD_IPPROTO_MH	     135
#define ODD_IPPROTO_HIP	     139
#define ODD_IPPROTO_SHIM6    140

/*
 * What is known once the ports are: enough to tell that a packet is not DNS,
 * and to find the rest later. Offsets are from the start of the frame.
 */
struct odd_headers {
	const __u8 *ip;		   /* the fixed part of its header */
	const __u8 *l4;		   /* the first 8 bytes of its header */
	__u32 claimed;		   /* end of the IP packet as its header says; 0: unknown */
	__u16 vlan[ODD_VLANS_MAX]; /* VIDs, outermost first */
	__u8 version; /* 4 or 6; verifier: a constant on each path, unlike the byte in the packet */
	__u8 protocol;
	__u8 flags; /* ODD_EVENT_* */
};

/* A packet on a DNS port. Offsets are from the start of the frame. */
struct odd_packet {
	__u8 src[16];
	__u8 dst[16];
	__u16 src_port;
	__u16 dst_port;
	__u16 vlan[ODD_VLANS_MAX]; /* VIDs, outermost first */
	__u32 payload_offset;	   /* of the UDP or TCP payload */
	__u32 payload_bytes;	   /* its length as the headers say */
	__u32 captured_bytes;	   /* of which this many are in the frame */
	__u8 protocol;
	__u8 flags; /* ODD_EVENT_* */
};

/*
 * A number of 16 bits as it lies in a packet: big-endian, perhaps unaligned. BPF
 * loads it at once (at even offsets, where all our fields are); elsewhere byte by byte.
 */
static __always_inline __u16 odd_read16(const __u8 *p)
{
#if defined(__bpf__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	return __builtin_bswap16(*(const __u16 *)p);
#else
	return (__u16)(p[0] << 8 | p[1]);
#endif
}

static __always_inline int odd_is_vlan(__u16 ethertype)
{
	return ethertype == ODD_ETHERTYPE_VLAN || ethertype == ODD_ETHERTYPE_SVLAN ||
	       ethertype == ODD_ETHERTYPE_QINQ;
}

/* Is one of a packet's two ports a DNS port? One look at each watched port, for both. */
static __always_inline int odd_is_dns_port(const volatile struct odd_ports *ports, __u16 src,
					   __u16 dst)
{
	for (__u32 i = 0; i < ODD_PORTS_MAX && i < ports->count; i++) {
		__u16 port = ports->port[i];

		if (port == src || port == dst)
			return 1;
	}
	return 0;
}

/* The packet is not of the common shape: the whole walk must tell. */
#define ODD_WALK_UNCOMMON (-3)

/**
 * odd_walk_common() - The walk for the shape that nearly all traffic of a host has.
 * @c: on the start of the frame; moved behind the first 8 bytes of UDP or TCP for ODD_WALK_DNS
 * @h: filled for ODD_WALK_DNS
 *
 * Untagged UDP or TCP over IPv4 without options or fragments, or IPv6 without
 * extension headers. A few loads and compares decide, so a packet that is not
 * DNS costs next to nothing.
 *
 * Return: ODD_WALK_OTHER, ODD_WALK_DNS, or ODD_WALK_UNCOMMON with nothing changed
 */
static __always_inline int
odd_walk_common(struct odd_cursor *c, const volatile struct odd_ports *ports, struct odd_headers *h)
{
	struct odd_cursor peek = *c;
	const __u8 *eth = cursor_take(&peek, 14 + 20), *ip, *l4;
	__u16 ethertype;
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
		return ODD_WALK_UNCOMMON;
	}
	if (protocol != ODD_IPPROTO_TCP && protocol != ODD_IPPROTO_UDP)
		return ODD_WALK_UNCOMMON;
	l4 = cursor_take(&peek, 8);
	if (!l4)
		return ODD_WALK_UNCOMMON;
	if (!odd_is_dns_port(ports, odd_read16(l4), odd_read16(l4 + 2)))
		return ODD_WALK_OTHER;
	*c = peek;
	*h = (struct odd_headers){0};
	h->ip = ip;
	h->l4 = l4;
	h->version = version;
	h->protocol = protocol;
	h->claimed = 14 + length;
	return ODD_WALK_DNS;
}

/**
 * odd_walk_link() - Ethernet and VLAN tags (IEEE 802.3, 802.1Q clause 9).
 * @ret_ethertype: of what follows the tags
 *
 * Return: 0, or the reason to stop
 */
static __always_inline int odd_walk_link(struct odd_cursor *c, struct odd_headers *h,
					 __u16 *ret_ethertype)
{
	const __u8 *eth = cursor_take(c, 14);
	__u16 type;

	if (!eth)
		return ODD_DROP_LINK_SHORT;
	type = odd_read16(eth + 12);
#pragma GCC unroll 4
	for (int i = 0; i < ODD_VLANS_MAX; i++) {
		const __u8 *tag;

		if (__builtin_expect(!odd_is_vlan(type), 1))
			break;
		tag = cursor_take(c, 4);
		if (!tag)
			return ODD_DROP_LINK_SHORT;
		h->vlan[i] = odd_read16(tag) & 0xfff;
		type = odd_read16(tag + 2);
	}
	if (odd_is_vlan(type))
		return ODD_DROP_VLAN_DEPTH;
	cursor_join(c);
	*ret_ethertype = type;
	return 0;
}

/**
 * odd_walk_ipv4() - IPv4 with options (RFC 791 section 3.1).
 *
 * Return: 0, ODD_WALK_OTHER, or the reason to stop
 */
static __always_inline int odd_walk_ipv4(struct odd_cursor *c, struct odd_headers *h)
{
	__u32 offset = cursor_offset(c), header_bytes;
	const __u8 *ip = cursor_take(c, 20);
	__u16 total, fragment;

	if (!ip)
		return ODD_DROP_IP_HEADER;
	h->ip = ip;
	h->version = 4;
	h->protocol = ip[9];
	if (h->protocol != ODD_IPPROTO_UDP && h->protocol != ODD_IPPROTO_TCP)
		return ODD_WALK_OTHER;
	header_bytes = (ip[0] & 0xf) * 4;
	total = odd_read16(ip + 2);
	/* A length of 0 is what segmentation offload leaves in captures of the sender. */
	if (ip[0] >> 4 != 4 || header_bytes < 20 || (total && total < header_bytes))
		return ODD_DROP_IP_HEADER;
	h->claimed = total ? offset + total : 0;
	fragment = odd_read16(ip + 6);
	if (fragment & 0x1fff)
		return ODD_DROP_FRAGMENT;
	if (fragment & 0x2000)
		h->flags |= ODD_EVENT_FRAGMENT;
	if (header_bytes > 20 && !cursor_take(c, header_bytes - 20))
		return ODD_DROP_IP_HEADER;
	return 0;
}

/*
 * How long an extension header is, from its second byte L: ((L & mask) + add) << shift.
 *
 * verifier: a table instead of a switch, and no branch on the kind of header,
 * so that eight headers are eight steps to it and not three to the eighth paths.
 */
struct odd_ip6_ext {
	__u8 add; /* 0: this protocol is no extension header */
	__u8 mask;
	__u8 shift;
	__u8 fragment; /* all ones for the fragment header */
};

static const struct odd_ip6_ext odd_ip6_exts[256] = {
	[ODD_IPPROTO_HOPOPTS] = {1, 0xff, 3, 0}, /* RFC 6564 section 4, as the next ones */
	[ODD_IPPROTO_ROUTING] = {1, 0xff, 3, 0},
	[ODD_IPPROTO_DSTOPTS] = {1, 0xff, 3, 0},
	[ODD_IPPROTO_MH] = {1, 0xff, 3, 0},
	[ODD_IPPROTO_HIP] = {1, 0xff, 3, 0},
	[ODD_IPPROTO_SHIM6] = {1, 0xff, 3, 0},
	[ODD_IPPROTO_FRAGMENT] = {1, 0, 3, 0xff}, /* RFC 8200 section 4.5 */
	[ODD_IPPROTO_AH] = {2, 0xff, 2, 0},	  /* RFC 4302 section 2.2 */
};

#define ODD_IP6_EXT_BYTES_MAX 2048 /* (255 + 1) << 3 */

/* A fragment without ports, of a packet that goes on with @next: perhaps UDP or TCP, or surely not.
 */
static __always_inline int odd_later_fragment(__u8 next)
{
	return next == ODD_IPPROTO_UDP || next == ODD_IPPROTO_TCP || odd_ip6_exts[next].add
		       ? ODD_DROP_FRAGMENT
		       : ODD_WALK_OTHER;
}

/**
 * odd_walk_ip6_ext() - IPv6 extension headers (RFC 8200 section 4).
 *
 * Return: 0 with @h->protocol behind the headers, or the reason to stop
 */
static __always_inline int odd_walk_ip6_ext(struct odd_cursor *c, struct odd_headers *h)
{
	for (int i = 0; i < ODD_IP6_EXT_MAX; i++) {
		const struct odd_ip6_ext *kind = &odd_ip6_exts[h->protocol];
		__u32 bytes, fragment;
		const __u8 *ext;

		if (__builtin_expect(!kind->add, 1))
			return 0;
		ext = cursor_take(c, 8);
		if (!ext)
			return ODD_DROP_IP_HEADER;
		fragment = odd_read16(ext + 2) & (kind->fragment << 8 | kind->fragment);
		if (fragment & 0xfff8)
			return odd_later_fragment(ext[0]);
		h->flags |= fragment & ODD_EVENT_FRAGMENT; /* the M flag is bit 0 too */
		bytes = ((ext[1] & kind->mask) + kind->add) << (kind->shift & 3);
		h->protocol = ext[0];
		if (!cursor_take(c, (bytes - 8) & (2 * ODD_IP6_EXT_BYTES_MAX - 1)))
			return ODD_DROP_IP_HEADER;
		cursor_join(c);
	}
	return odd_ip6_exts[h->protocol].add ? ODD_DROP_IP6_EXT_DEPTH : 0;
}

/**
 * odd_walk_ipv6() - IPv6 and its extension headers (RFC 8200 section 3).
 *
 * Return: 0, ODD_WALK_OTHER, or the reason to stop
 */
static __always_inline int odd_walk_ipv6(struct odd_cursor *c, struct odd_headers *h)
{
	__u32 offset = cursor_offset(c);
	const __u8 *ip = cursor_take(c, 40);
	__u16 length;
	int r;

	if (!ip || ip[0] >> 4 != 6)
		return ODD_DROP_IP_HEADER;
	h->ip = ip;
	h->version = 6;
	length = odd_read16(ip + 4);
	/* 0: a jumbogram (RFC 2675) or segmentation offload */
	h->claimed = length ? offset + 40 + length : 0;
	h->protocol = ip[6];
	if (h->protocol == ODD_IPPROTO_UDP || h->protocol == ODD_IPPROTO_TCP)
		return 0;
	r = odd_walk_ip6_ext(c, h);
	if (r)
		return r;
	if (h->protocol != ODD_IPPROTO_UDP && h->protocol != ODD_IPPROTO_TCP)
		return ODD_WALK_OTHER;
	return 0;
}

/**
 * odd_walk_headers() - From the frame's start to the ports.
 * @c: cursor on the bytes that can be read directly (XDP, skb: the linear part)
 * @h: filled; all zero before the call
 *
 * Nothing is computed that a packet that is not DNS does not need.
 *
 * Return: ODD_WALK_DNS when a port is a DNS port, ODD_WALK_OTHER, or an enum odd_drop
 */
static __always_inline int odd_walk_headers(struct odd_cursor *c,
					    const volatile struct odd_ports *ports,
					    struct odd_headers *h)
{
	__u16 ethertype;
	int r;

	r = odd_walk_link(c, h, &ethertype);
	if (r)
		return r;
	if (ethertype == ODD_ETHERTYPE_IPV4)
		r = odd_walk_ipv4(c, h);
	else if (ethertype == ODD_ETHERTYPE_IPV6)
		r = odd_walk_ipv6(c, h);
	else
		return ODD_WALK_OTHER;
	if (r)
		return r;
	cursor_join(c);
	h->l4 = cursor_take(c, 8); /* all of UDP; of TCP what tells the ports */
	if (!h->l4)
		return ODD_DROP_L4_SHORT;
	if (!odd_is_dns_port(ports, odd_read16(h->l4), odd_read16(h->l4 + 2)))
		return ODD_WALK_OTHER;
	return ODD_WALK_DNS;
}

/**
 * odd_walk_udp() - UDP (RFC 768), its length held against the IP packet's.
 * @udp: its header, 8 bytes
 * @claimed: end of the IP packet as its header says
 *
 * Return: 0 with payload_bytes set, or the reason to stop
 */
static __always_inline int odd_walk_udp(const __u8 *udp, __u32 claimed, struct odd_packet *p)
{
	__u32 length = odd_read16(udp + 4);

	if (length < 8)
		return ODD_DROP_UDP_LENGTH;
	if (p->payload_offset + length - 8 > claimed && !(p->flags & ODD_EVENT_FRAGMENT))
		return ODD_DROP_UDP_LENGTH;
	p->payload_bytes = length - 8;
	return 0;
}

/**
 * odd_walk_tcp() - TCP with options (RFC 9293 section 3.1).
 * @c: behind the ports, sequence number: the first 8 of at least 20 bytes
 * @claimed: end of the IP packet as its header says
 *
 * Return: 0 with payload_bytes set and the offset behind the options, or the reason to stop
 */
static __always_inline int odd_walk_tcp(struct odd_cursor *c, __u32 claimed, struct odd_packet *p)
{
	const __u8 *rest = cursor_take(c, 12);
	__u32 header_bytes;

	if (!rest)
		return ODD_DROP_L4_SHORT;
	header_bytes = (rest[4] >> 4) * 4U;
	p->payload_offset = cursor_offset(c);
	if (header_bytes < 20)
		return ODD_DROP_TCP_HEADER;
	p->payload_offset += header_bytes - 20;
	if (p->payload_offset > claimed)
		return ODD_DROP_TCP_HEADER;
	p->payload_bytes = claimed - p->payload_offset;
	return p->payload_bytes ? 0 : ODD_DROP_TCP_CONTROL;
}

/* How much of the payload the frame holds. */
static __always_inline void odd_walk_captured(__u32 frame_bytes, __u32 claimed,
					      struct odd_packet *p)
{
	__u32 end = claimed < frame_bytes ? claimed : frame_bytes;
	__u32 there = end > p->payload_offset ? end - p->payload_offset : 0;

	p->captured_bytes = there < p->payload_bytes ? there : p->payload_bytes;
}

static __always_inline void odd_walk_addresses(const struct odd_headers *h, struct odd_packet *p)
{
	const __u8 *ip = h->ip;

	if (h->version == 6) {
		__builtin_memcpy(p->src, ip + 8, 16);
		__builtin_memcpy(p->dst, ip + 24, 16);
		return;
	}
	__builtin_memset(p->src, 0, 10);
	__builtin_memset(p->src + 10, 0xff, 2);
	__builtin_memcpy(p->src + 12, ip + 12, 4);
	__builtin_memset(p->dst, 0, 10);
	__builtin_memset(p->dst + 10, 0xff, 2);
	__builtin_memcpy(p->dst + 12, ip + 16, 4);
}

/**
 * odd_walk_payload() - What lies behind the headers of a packet on a DNS port.
 * @c: as odd_walk_headers() left it
 * @frame_bytes: length of the whole frame, at least what @c spans
 * @p: filled
 *
 * The payload itself is not read: it may lie outside the linear part.
 *
 * Return: ODD_WALK_DNS with @p filled, or an enum odd_drop
 */
static __always_inline int odd_walk_payload(struct odd_cursor *c, const struct odd_headers *h,
					    __u32 frame_bytes, struct odd_packet *p)
{
	__u32 claimed = h->claimed ? h->claimed : frame_bytes;
	int r;

	p->src_port = odd_read16(h->l4);
	p->dst_port = odd_read16(h->l4 + 2);
	__builtin_memcpy(p->vlan, h->vlan, sizeof(p->vlan));
	p->protocol = h->protocol;
	p->flags = h->flags;
	p->payload_offset = cursor_offset(c);
	r = h->protocol == ODD_IPPROTO_UDP ? odd_walk_udp(h->l4, claimed, p)
					   : odd_walk_tcp(c, claimed, p);
	if (r)
		return r;
	odd_walk_captured(frame_bytes, claimed, p);
	if (h->protocol == ODD_IPPROTO_UDP && p->captured_bytes < ODD_DNS_HEADER_BYTES)
		return ODD_DROP_DNS_SHORT;
	odd_walk_addresses(h, p);
	return ODD_WALK_DNS;
}

/* A place in the chain of length-prefixed messages of a TCP segment (RFC 1035 section 4.2.2). */
struct odd_chain {
	__u32 offset;	/* of the next length prefix, from the start of the frame */
	__u32 end;	/* of the segment's payload as the headers say */
	__u32 captured; /* end of what is in the frame */
	__u32 count;	/* messages so far */
};

static __always_inline void odd_chain_start(const struct odd_packet *p, struct odd_chain *chain)
{
	chain->offset = p->payload_offset;
	chain->end = p->payload_offset + p->payload_bytes;
	chain->captured = p->payload_offset + p->captured_bytes;
	chain->count = 0;
}

/**
 * odd_chain_step() - Go behind the next message.
 * @prefix: the two bytes at chain->offset, host order
 *
 * Return: 1 when a whole message was there, 0 when the segment ends before it does
 */
static __always_inline int odd_chain_step(struct odd_chain *chain, __u16 prefix)
{
	__u32 next = chain->offset + 2 + prefix;

	if (prefix < ODD_DNS_HEADER_BYTES || next > chain->end ||
	    chain->offset + 2 + ODD_DNS_HEADER_BYTES > chain->captured)
		return 0;
	chain->offset = next;
	chain->count++;
	return 1;
}

/**
 * odd_server_key_fill() - Key of server_rcode for a message.
 * @header: the 12 bytes of its DNS header
 *
 * The QR bit, not the port, says who is the server: a query may come from port
 * 53, and a scanner's response goes to it (RFC 1035 section 4.1.1).
 */
static __always_inline void odd_server_key_fill(const struct odd_packet *p, const __u8 *header,
						struct odd_server_key *key)
{
	int is_response = header[2] & 0x80;

	__builtin_memcpy(key->server, is_response ? p->src : p->dst, 16);
	key->rcode = is_response ? (enum odd_rcode)(header[3] & 0xf) : QUERY;
}

/* One message of a packet: where it lies. */
struct odd_span {
	__u32 offset;	/* from the start of the frame */
	__u32 bytes;	/* as its headers say, 12..65535 */
	__u32 captured; /* in the frame, 12..bytes */
	__u8 flags;	/* ODD_EVENT_* beyond the packet's */
};

/**
 * odd_event_fill() - The fields of an event that come from the packet.
 *
 * Left to the caller: time_ns, ifindex, hook, the sender, captured_bytes, payload.
 */
static __always_inline void odd_event_fill(struct odd_event *e, const struct odd_packet *p,
					   const struct odd_span *span)
{
	__builtin_memcpy(e->src, p->src, 16);
	__builtin_memcpy(e->dst, p->dst, 16);
	e->src_port = p->src_port;
	e->dst_port = p->dst_port;
	__builtin_memcpy(e->vlan, p->vlan, sizeof(e->vlan));
	e->message_bytes = (__u16)span->bytes;
	e->protocol = p->protocol;
	e->flags = p->flags | span->flags;
	if (span->captured < span->bytes)
		e->flags |= ODD_EVENT_CUT;
	e->tunnel = ODD_TUNNEL_NONE;
	e->tunnel_id = 0;
	e->sequence = 0;
	e->tcp_flags = 0;
}

#endif
