/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The layers of a frame, one header a step: Ethernet, VLAN tags, IPv4, IPv6 and
 * its extension headers. tunnels.h has the steps that lead into another packet,
 * packet.h puts them together.
 *
 * A step looks at the header at walk->offset, which is of the kind walk->next,
 * and either moves both on and returns ODD_WALK_ON, or ends the walk with a
 * verdict. Between two steps there are only numbers, no pointers: so the kernel
 * can run the steps in a loop whose proof does not grow with the number of
 * headers, and any order of layers that the wire has to offer is walked.
 */
#ifndef ODDNS_LAYERS_H
#define ODDNS_LAYERS_H

#include "cursor.h"

/* What a walk gives besides an enum odd_drop. */
#define ODD_WALK_ON	  0
#define ODD_WALK_DNS	  (-1)
#define ODD_WALK_OTHER	  (-2) /* not DNS */
#define ODD_WALK_UNCOMMON (-3) /* odd_walk_common(): the steps must tell */
#define ODD_WALK_FRAGMENT (-4) /* a later fragment over UDP, perhaps DNS */
/* Can begin a connection to a port of encrypted DNS; or the frame is cut where that stands */
#define ODD_WALK_ENCRYPTED     (-10)
#define ODD_WALK_ENCRYPTED_CUT (-11)

/* IANA's "IEEE 802 Numbers" and "Protocol Numbers"; BTF carries no macros. */
#define ODD_ETHERTYPE_IPV4     0x0800
#define ODD_ETHERTYPE_IPV6     0x86dd
#define ODD_ETHERTYPE_VLAN     0x8100 /* IEEE 802.1Q C-tag */
#define ODD_ETHERTYPE_SVLAN    0x88a8 /* IEEE 802.1ad S-tag */
#define ODD_ETHERTYPE_QINQ     0x9100 /* S-tag before 802.1ad, still in use */
#define ODD_ETHERTYPE_MPLS     0x8847
#define ODD_ETHERTYPE_MPLS_UP  0x8848 /* upstream-assigned labels, RFC 5332 */
#define ODD_ETHERTYPE_PPPOE    0x8864 /* session stage, RFC 2516 */
#define ODD_ETHERTYPE_ETHERNET 0x6558 /* transparent Ethernet bridging, RFC 1701 */
#define ODD_ETHERTYPE_ERSPAN   0x88be /* I and II */
#define ODD_ETHERTYPE_ERSPAN3  0x22eb

#define ODD_IPPROTO_HOPOPTS  0
#define ODD_IPPROTO_ICMP     1
#define ODD_IPPROTO_IPIP     4
#define ODD_IPPROTO_TCP	     6
#define ODD_IPPROTO_UDP	     17
#define ODD_IPPROTO_IPV6     41
#define ODD_IPPROTO_ROUTING  43
#define ODD_IPPROTO_FRAGMENT 44
#define ODD_IPPROTO_GRE	     47
#define ODD_IPPROTO_AH	     51
#define ODD_IPPROTO_ICMPV6   58
#define ODD_IPPROTO_DSTOPTS  60
#define ODD_IPPROTO_MH	     135
#define ODD_IPPROTO_MPLS     137
#define ODD_IPPROTO_HIP	     139
#define ODD_IPPROTO_SHIM6    140

/* What walk->next holds besides ethertypes. */
#define ODD_NEXT_PROTOCOL   0x10000 /* with an IP protocol number in the lower bits */
#define ODD_NEXT_IP	    0x20000 /* IPv4 or IPv6, the first four bits tell */
#define ODD_NEXT_GTP_EXT    0x20001
#define ODD_NEXT_LABEL	    0x20002 /* a further MPLS label */
#define ODD_NEXT_UNLABELLED 0x20003 /* behind the last one */

/*
 * Headers that reach further into a frame count as cut in both engines: the kernel's reads them
 * in the first buffer only, which has 3 520 bytes under BPF_PROG_TEST_RUN (a page of 4 KiB
 * without headroom and skb_shared_info). All that can be walked take some 500 bytes if none is
 * padded, one extension header up to 2 048.
 */
#define ODD_HEADERS_BYTES 3072

/* Where a walk stands. All offsets are from the start of the frame. */
struct odd_walk {
	__u32 offset; /* of the next header */
	__u32 next;   /* its kind: an ethertype, or ODD_NEXT_* */
	/* Headers reach no further: end of the readable bytes, of the packet around */
	__u32 readable;
	__u32 end;     /* of the packet around the innermost one, as its headers say */
	__u32 claimed; /* end of the innermost IP packet as its header says; 0: unknown */
	__u32 ip;      /* innermost IP header; 0: none yet */
	__u32 outer;   /* the one around it; 0: none */
	__u32 stray;   /* a first fragment's IP header whose datagram is not DNS itself; 0: none */
	__u32 stray_identification;
	__u32 stray_tunnel_id;
	__u32 tunnel_id;
	__u32 identification; /* of a fragment */
	__u64 vlans;	      /* VIDs, the outermost in the lowest 16 bits */
	__u32 vlan_count;     /* of the innermost frame */
	__u32 fragment;	      /* of a later fragment: its offset in units of 8 bytes */
	__u8 version;	      /* of the innermost IP header, 4 or 6 */
	__u8 outer_version;
	__u8 stray_version;
	__u8 protocol;
	__u8 flags; /* ODD_EVENT_* */
	__u8 tunnel;
	__u8 tunnels; /* that may be entered */
	__u8 depth;   /* that were */
	__u8 exts;    /* extension headers */
};

/**
 * odd_walk_start() - Stand before the first header of a frame.
 * @readable: bytes that can be read directly (XDP: the first buffer, skb: the linear part)
 * @tunnels: that may be entered, 0..ODD_TUNNELS_MAX
 */
static __always_inline void odd_walk_start(struct odd_walk *w, __u32 readable, __u32 tunnels)
{
	*w = (struct odd_walk){0};
	w->next = ODD_ETHERTYPE_ETHERNET;
	w->readable = readable < ODD_HEADERS_BYTES ? readable : ODD_HEADERS_BYTES;
	w->end = ~0U;
	w->tunnels = (__u8)tunnels;
}

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

static __always_inline __u32 odd_read32(const __u8 *p)
{
	return (__u32)odd_read16(p) << 16 | odd_read16(p + 2);
}

/*
 * Copy an address. BPF loads words even where they are unaligned, as the kernel lets it on
 * the processors that can; a plain copy would go byte by byte.
 */
static __always_inline void odd_copy4(__u8 *to, const __u8 *from)
{
#ifdef __bpf__
	*(__u32 *)to = *(const __u32 *)from;
#else
	__builtin_memcpy(to, from, 4);
#endif
}

static __always_inline void odd_copy16(__u8 *to, const __u8 *from)
{
#ifdef __bpf__
	((__u64 *)to)[0] = ((const __u64 *)from)[0];
	((__u64 *)to)[1] = ((const __u64 *)from)[1];
#else
	__builtin_memcpy(to, from, 16);
#endif
}

/* An IPv4 address mapped into IPv6. */
static __always_inline void odd_map4(__u8 *to, const __u8 *from)
{
	const __u8 prefix[4] = {0, 0, 0xff, 0xff};
	__u64 zero = odd_unlearn(0);
	__u32 word;

	__builtin_memcpy(&word, prefix, sizeof(word));
	word = (__u32)odd_unlearn(word);
	odd_copy4(to, (const __u8 *)&zero);
	odd_copy4(to + 4, (const __u8 *)&zero);
	odd_copy4(to + 8, (const __u8 *)&word);
	odd_copy4(to + 12, from);
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

/* Take the next bytes of a header. Return: NULL when it is cut */
static __always_inline const __u8 *odd_step_take(struct odd_cursor *c, struct odd_walk *w,
						 const __u32 bytes)
{
	const __u8 *p;

	if (w->offset + bytes > w->readable)
		return (const __u8 *)0;
	p = cursor_take(c, bytes);
	if (p)
		w->offset += bytes;
	return p;
}

/* Pass over what need not be read, 0..2048 bytes. Return: false when it is cut */
static __always_inline int odd_step_skip(struct odd_walk *w, __u32 bytes)
{
	w->offset += bytes;
	return w->offset <= w->readable;
}

static __always_inline int odd_is_vlan(__u16 ethertype)
{
	return ethertype == ODD_ETHERTYPE_VLAN || ethertype == ODD_ETHERTYPE_SVLAN ||
	       ethertype == ODD_ETHERTYPE_QINQ;
}

/* What Ethernet or a tag says to follow: Ethernet again does so in GRE and GENEVE only. */
static __always_inline int odd_step_type(struct odd_walk *w, __u16 type)
{
	w->next = type;
	return type == ODD_ETHERTYPE_ETHERNET ? ODD_WALK_OTHER : ODD_WALK_ON;
}

/* Ethernet (IEEE 802.3). The tags of a frame within replace those of the frame around. */
static __always_inline int odd_step_ethernet(struct odd_cursor *c, struct odd_walk *w)
{
	const __u8 *eth = odd_step_take(c, w, 14);

	if (!eth)
		return ODD_DROP_LINK_SHORT;
	if (w->depth)
		w->vlan_count = 0;
	return odd_step_type(w, odd_read16(eth + 12));
}

/* A VLAN tag (IEEE 802.1Q clause 9.6): the VID is its last 12 bits. */
static __always_inline int odd_step_vlan(struct odd_cursor *c, struct odd_walk *w)
{
	const __u8 *tag = odd_step_take(c, w, 4);

	if (!tag)
		return ODD_DROP_LINK_SHORT;
	if (w->vlan_count >= ODD_VLANS_MAX)
		return ODD_DROP_VLAN_DEPTH;
	if (!w->vlan_count)
		w->vlans = 0;
	w->vlans |= (__u64)(odd_read16(tag) & 0xfff) << (w->vlan_count * 16 & 63);
	w->vlan_count++;
	return odd_step_type(w, odd_read16(tag + 2));
}

/* The IP header at @offset is now the innermost. */
static __always_inline void odd_step_note_ip(struct odd_walk *w, __u32 offset, __u8 version)
{
	w->outer = w->ip;
	w->outer_version = w->version;
	w->ip = offset;
	w->version = version;
}

/* Is what the walk stands in quoted by an ICMP error? */
static __always_inline int odd_is_quoted(const struct odd_walk *w)
{
	return w->flags & ODD_EVENT_QUOTED;
}

/* A later fragment has no ports; what is over UDP may be DNS, what is over TCP is counted. */
static __always_inline int odd_later_fragment(struct odd_walk *w, __u8 protocol)
{
	if (odd_is_quoted(w))
		return ODD_WALK_OTHER;
	w->flags |= ODD_EVENT_LATER;
	if (protocol == ODD_IPPROTO_UDP)
		return ODD_WALK_FRAGMENT;
	return protocol == ODD_IPPROTO_TCP ? (int)ODD_DROP_FRAGMENT : ODD_WALK_OTHER;
}

/* IPv4 with options (RFC 791 section 3.1). */
static __always_inline int odd_step_ipv4(struct odd_cursor *c, struct odd_walk *w)
{
	__u32 offset = w->offset, header_bytes;
	const __u8 *ip = odd_step_take(c, w, 20);
	__u16 total, fragment;

	if (!ip)
		return ODD_DROP_IP_HEADER;
	header_bytes = (ip[0] & 0xf) * 4;
	total = odd_read16(ip + 2);
	/* A length of 0 is what segmentation offload leaves in captures of the sender. */
	if (ip[0] >> 4 != 4 || header_bytes < 20 || (total && total < header_bytes))
		return ODD_DROP_IP_HEADER;
	if (!odd_step_skip(w, header_bytes - 20))
		return ODD_DROP_IP_HEADER;
	odd_step_note_ip(w, offset, 4);
	w->claimed = total ? offset + total : 0;
	w->protocol = ip[9];
	w->next = ODD_NEXT_PROTOCOL | ip[9];
	fragment = odd_read16(ip + 6);
	if (!(fragment & 0x3fff))
		return ODD_WALK_ON;
	w->identification = odd_read16(ip + 4);
	w->fragment = fragment & 0x1fff;
	w->flags |= ODD_EVENT_FRAGMENT;
	if (fragment & 0x2000)
		w->flags |= ODD_EVENT_MORE;
	return w->fragment ? odd_later_fragment(w, ip[9]) : ODD_WALK_ON;
}

/* IPv6 (RFC 8200 section 3). A length of 0: a jumbogram (RFC 2675) or segmentation offload. */
static __always_inline int odd_step_ipv6(struct odd_cursor *c, struct odd_walk *w)
{
	__u32 offset = w->offset;
	const __u8 *ip = odd_step_take(c, w, 40);
	__u16 length;

	if (!ip || ip[0] >> 4 != 6)
		return ODD_DROP_IP_HEADER;
	odd_step_note_ip(w, offset, 6);
	length = odd_read16(ip + 4);
	w->claimed = length ? offset + 40 + length : 0;
	w->protocol = ip[6];
	w->next = ODD_NEXT_PROTOCOL | ip[6];
	w->exts = 0;
	return ODD_WALK_ON;
}

/*
 * How long an extension header is, from its second byte L: ((L & mask) + add) << shift.
 *
 * verifier: a table instead of a switch, and no branch on the kind of header.
 */
struct odd_ip6_ext {
	__u8 add; /* 0: this protocol is no extension header */
	__u8 mask;
	__u8 shift;
	__u8 pad;
};

static const struct odd_ip6_ext odd_ip6_exts[256] = {
	[ODD_IPPROTO_HOPOPTS] = {1, 0xff, 3, 0}, /* RFC 6564 section 4, as the next ones */
	[ODD_IPPROTO_ROUTING] = {1, 0xff, 3, 0},
	[ODD_IPPROTO_DSTOPTS] = {1, 0xff, 3, 0},
	[ODD_IPPROTO_MH] = {1, 0xff, 3, 0},
	[ODD_IPPROTO_HIP] = {1, 0xff, 3, 0},
	[ODD_IPPROTO_SHIM6] = {1, 0xff, 3, 0},
	[ODD_IPPROTO_FRAGMENT] = {1, 0, 3, 0}, /* RFC 8200 section 4.5 */
	[ODD_IPPROTO_AH] = {2, 0xff, 2, 0},    /* RFC 4302 section 2.2 */
};

/* The fragment header; offset and M are both 0 in an "atomic" fragment (RFC 6946). */
static __always_inline int odd_step_note_fragment(struct odd_walk *w, const __u8 *ext)
{
	__u16 fragment = odd_read16(ext + 2);

	if (!(fragment & 0xfff9))
		return ODD_WALK_ON;
	w->identification = odd_read32(ext + 4);
	w->fragment = fragment >> 3;
	w->flags |= ODD_EVENT_FRAGMENT;
	if (fragment & 1)
		w->flags |= ODD_EVENT_MORE;
	if (!w->fragment)
		return ODD_WALK_ON;
	/* behind it options, and then perhaps UDP: which, only the first fragment tells */
	return odd_ip6_exts[ext[0]].add && !odd_is_quoted(w) ? (int)ODD_DROP_FRAGMENT
							     : odd_later_fragment(w, ext[0]);
}

/* An IPv6 extension header (RFC 8200 section 4), of the kind w->protocol. */
static __always_inline int odd_step_ip6_ext(struct odd_cursor *c, struct odd_walk *w)
{
	const struct odd_ip6_ext *kind = &odd_ip6_exts[w->protocol];
	const __u8 *ext;
	int r;

	if (w->exts++ >= ODD_IP6_EXT_MAX)
		return ODD_DROP_IP6_EXT_DEPTH;
	ext = odd_step_take(c, w, 8);
	if (!ext)
		return ODD_DROP_IP_HEADER;
	if (!odd_step_skip(w, (((ext[1] & kind->mask) + kind->add) << (kind->shift & 3)) - 8))
		return ODD_DROP_IP_HEADER;
	if (w->protocol == ODD_IPPROTO_FRAGMENT) {
		r = odd_step_note_fragment(w, ext);
		if (r)
			return r;
	}
	w->protocol = ext[0];
	w->next = ODD_NEXT_PROTOCOL | ext[0];
	return ODD_WALK_ON;
}

#endif
