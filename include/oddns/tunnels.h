/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The steps of a walk that lead from one packet into another: VXLAN, GENEVE and
 * GTP-U over UDP; GRE with or without ERSPAN; IP in IP; MPLS; PPPoE.
 *
 * Who enters a tunnel must not believe it. A packet inside may claim more bytes
 * than the packet around it has (mirrors cut frames, attackers lie), so the end
 * of the one around is kept and nothing behind it is taken for part of the one
 * inside. And each tunnel entered is counted, so that a packet that is wrapped
 * a hundred times costs what one costs that is wrapped four times.
 */
#ifndef ODDNS_TUNNELS_H
#define ODDNS_TUNNELS_H

#include "layers.h"

#define ODD_PORT_VXLAN	     4789
#define ODD_PORT_VXLAN_LINUX 8472 /* from before the port was assigned; Linux, flannel, Cilium */
#define ODD_PORT_GENEVE	     6081
#define ODD_PORT_GTP	     2152

#define ODD_PPP_IPV4 0x0021
#define ODD_PPP_IPV6 0x0057

static __always_inline int odd_is_tunnel_port(__u16 port)
{
	return port == ODD_PORT_VXLAN || port == ODD_PORT_VXLAN_LINUX || port == ODD_PORT_GENEVE ||
	       port == ODD_PORT_GTP;
}

static __always_inline int odd_is_tunnel_protocol(__u8 protocol)
{
	return protocol == ODD_IPPROTO_GRE || protocol == ODD_IPPROTO_IPIP ||
	       protocol == ODD_IPPROTO_IPV6 || protocol == ODD_IPPROTO_MPLS;
}

static __always_inline int odd_is_tunnel_type(__u16 ethertype)
{
	return ethertype == ODD_ETHERTYPE_MPLS || ethertype == ODD_ETHERTYPE_MPLS_UP ||
	       ethertype == ODD_ETHERTYPE_PPPOE;
}

/* What is inside ends at @end at the latest, too. */
static __always_inline void odd_step_narrow(struct odd_walk *w, __u32 end)
{
	if (end < w->end)
		w->end = end;
	if (end < w->readable)
		w->readable = end;
}

/* From here on it is another packet. */
static __always_inline void odd_step_inside(struct odd_walk *w, __u8 tunnel, __u32 id)
{
	if (w->claimed)
		odd_step_narrow(w, w->claimed);
	w->claimed = 0;
	w->flags = 0; /* what is inside a first fragment is no fragment itself */
	w->identification = 0;
	w->tunnel = tunnel;
	w->tunnel_id = id;
}

/* Enter a tunnel. Return: ODD_WALK_ON, or why not */
static __always_inline int odd_step_enter(struct odd_walk *w, __u8 tunnel, __u32 id)
{
	if (w->depth >= w->tunnels)
		return w->tunnels ? (int)ODD_DROP_TUNNEL_DEPTH : ODD_WALK_OTHER;
	w->depth++;
	odd_step_inside(w, tunnel, id);
	return ODD_WALK_ON;
}

/* VXLAN (RFC 7348 section 5): the I flag says that there is a VNI. */
static __always_inline int odd_step_vxlan(struct odd_cursor *c, struct odd_walk *w)
{
	const __u8 *vxlan = odd_step_take(c, w, 8);

	if (!vxlan)
		return ODD_DROP_TUNNEL_HEADER;
	if (!(vxlan[0] & 0x08))
		return ODD_WALK_OTHER;
	w->next = ODD_ETHERTYPE_ETHERNET;
	return odd_step_enter(w, ODD_TUNNEL_VXLAN, odd_read32(vxlan + 4) >> 8);
}

/* GENEVE (RFC 8926 section 3.4): version 0, options of 0..252 bytes. */
static __always_inline int odd_step_geneve(struct odd_cursor *c, struct odd_walk *w)
{
	const __u8 *geneve = odd_step_take(c, w, 8);

	if (!geneve)
		return ODD_DROP_TUNNEL_HEADER;
	if (geneve[0] >> 6)
		return ODD_WALK_OTHER;
	if (!odd_step_skip(w, (geneve[0] & 0x3f) * 4))
		return ODD_DROP_TUNNEL_HEADER;
	w->next = odd_read16(geneve + 2);
	return odd_step_enter(w, ODD_TUNNEL_GENEVE, odd_read32(geneve + 4) >> 8);
}

/*
 * GTP-U (3GPP TS 29.281 section 5.1): version 1, protocol type GTP, message type G-PDU.
 * If one of the flags E, S, PN is set all three fields are there.
 */
static __always_inline int odd_step_gtp(struct odd_cursor *c, struct odd_walk *w)
{
	const __u8 *gtp = odd_step_take(c, w, 8), *more;

	if (!gtp)
		return ODD_DROP_TUNNEL_HEADER;
	if ((gtp[0] & 0xf0) != 0x30 || gtp[1] != 0xff)
		return ODD_WALK_OTHER;
	w->next = ODD_NEXT_IP;
	if (gtp[0] & 0x07) {
		more = odd_step_take(c, w, 4);
		if (!more)
			return ODD_DROP_TUNNEL_HEADER;
		if (gtp[0] & 0x04 && more[3])
			w->next = ODD_NEXT_GTP_EXT;
	}
	return odd_step_enter(w, ODD_TUNNEL_GTP, odd_read32(gtp + 4));
}

/* An extension header of GTP-U (section 5.2.1): its length in units of 4, the next one's type last.
 */
static __always_inline int odd_step_gtp_ext(struct odd_cursor *c, struct odd_walk *w)
{
	const __u8 *ext = odd_step_take(c, w, 4);

	if (!ext)
		return ODD_DROP_TUNNEL_HEADER;
	if (!ext[0])
		return ODD_WALK_OTHER;
	/* The last word, which may be the first, is read by a seek: it lies at no fixed place. */
	w->offset += ext[0] * 4U - 8;
	cursor_seek(c, w->offset);
	ext = odd_step_take(c, w, 4);
	if (!ext)
		return ODD_DROP_TUNNEL_HEADER;
	w->next = ext[3] ? ODD_NEXT_GTP_EXT : ODD_NEXT_IP;
	return ODD_WALK_ON;
}

/* What UDP to a tunnel's port carries. */
static __always_inline int odd_step_udp_tunnel(struct odd_cursor *c, struct odd_walk *w,
					       const __u8 *udp)
{
	__u32 length = odd_read16(udp + 4);
	__u16 port = odd_read16(udp + 2);

	if (!odd_is_tunnel_port(port) || !w->tunnels)
		return ODD_WALK_OTHER;
	if (length >= 8)
		odd_step_narrow(w, w->offset - 8 + length);
	if (port == ODD_PORT_GENEVE)
		return odd_step_geneve(c, w);
	if (port == ODD_PORT_GTP)
		return odd_step_gtp(c, w);
	return odd_step_vxlan(c, w);
}

/* GRE (RFC 2784, RFC 2890): C, K and S each add a word. R (RFC 1701) and version 1 are not ours. */
static __always_inline int odd_step_gre(struct odd_cursor *c, struct odd_walk *w)
{
	const __u8 *gre = odd_step_take(c, w, 4), *key;
	__u32 id = 0;

	if (!gre)
		return ODD_DROP_TUNNEL_HEADER;
	if (gre[0] & 0x40 || gre[1] & 0x07)
		return ODD_WALK_OTHER;
	if (gre[0] & 0x80 && !odd_step_take(c, w, 4))
		return ODD_DROP_TUNNEL_HEADER;
	if (gre[0] & 0x20) {
		key = odd_step_take(c, w, 4);
		if (!key)
			return ODD_DROP_TUNNEL_HEADER;
		id = odd_read32(key);
	}
	if (gre[0] & 0x10 && !odd_step_take(c, w, 4))
		return ODD_DROP_TUNNEL_HEADER;
	w->next = odd_read16(gre + 2);
	/* ERSPAN I has no sequence number and no header of its own. */
	if (w->next == ODD_ETHERTYPE_ERSPAN && !(gre[0] & 0x10)) {
		w->next = ODD_ETHERTYPE_ETHERNET;
		return odd_step_enter(w, ODD_TUNNEL_ERSPAN, 0);
	}
	return odd_step_enter(w, ODD_TUNNEL_GRE, id);
}

/*
 * ERSPAN II and III (draft-foschiano-erspan-03 sections 4.2 and 4.3), within GRE. The VLAN that
 * the mirrored frame was on stands in the header, if the frame has lost its tag.
 */
static __always_inline int odd_step_erspan(struct odd_cursor *c, struct odd_walk *w)
{
	int is_third = w->next == ODD_ETHERTYPE_ERSPAN3;
	const __u8 *erspan = odd_step_take(c, w, 8), *more;
	__u16 vlan;

	/* not within GRE, or of another version */
	if (w->tunnel != ODD_TUNNEL_GRE || !erspan)
		return erspan ? ODD_WALK_OTHER : (int)ODD_DROP_TUNNEL_HEADER;
	if (erspan[0] >> 4 != 1 + is_third)
		return ODD_WALK_OTHER;
	vlan = odd_read16(erspan) & 0xfff;
	w->tunnel = ODD_TUNNEL_ERSPAN;
	w->tunnel_id = odd_read16(erspan + 2) & 0x3ff;
	w->next = ODD_ETHERTYPE_ETHERNET;
	if (is_third) {
		more = odd_step_take(c, w, 4);
		if (!more)
			return ODD_DROP_TUNNEL_HEADER;
		if ((more[2] >> 2 & 0x1f) == 2) /* frame type: IP */
			w->next = ODD_NEXT_IP;
		if (more[3] & 1 && !odd_step_skip(w, 8)) /* the platform's own */
			return ODD_DROP_TUNNEL_HEADER;
	}
	if (vlan)
		w->vlans = vlan;
	return ODD_WALK_ON;
}

/* An MPLS label (RFC 3032 section 2.1): 20 bits, the S bit in the last one. */
static __always_inline int odd_step_mpls(struct odd_cursor *c, struct odd_walk *w)
{
	const __u8 *label = odd_step_take(c, w, 4);
	int r = ODD_WALK_ON;

	if (!label)
		return ODD_DROP_LINK_SHORT;
	if (w->next != ODD_NEXT_LABEL)
		r = odd_step_enter(w, ODD_TUNNEL_MPLS, 0);
	w->tunnel_id = odd_read32(label) >> 12;
	w->next = label[2] & 1 ? ODD_NEXT_UNLABELLED : ODD_NEXT_LABEL;
	return r;
}

/*
 * Behind the labels nothing says what follows (RFC 4928 section 2): IP by its first four
 * bits, a control word of a pseudowire by four zero bits (RFC 4385 section 3), or Ethernet.
 */
static __always_inline int odd_step_unlabelled(struct odd_cursor *c, struct odd_walk *w)
{
	struct odd_cursor peek = *c;
	const __u8 *first = cursor_take(&peek, 1);

	if (!first)
		return ODD_DROP_LINK_SHORT;
	w->next = ODD_NEXT_IP;
	if (first[0] >> 4 == 4 || first[0] >> 4 == 6)
		return ODD_WALK_ON;
	w->next = ODD_ETHERTYPE_ETHERNET;
	return first[0] >> 4 || odd_step_skip(w, 4) ? ODD_WALK_ON : (int)ODD_DROP_LINK_SHORT;
}

/* PPPoE, session stage (RFC 2516 section 4), and the PPP protocol behind it. */
static __always_inline int odd_step_pppoe(struct odd_cursor *c, struct odd_walk *w)
{
	const __u8 *pppoe = odd_step_take(c, w, 8);
	__u16 protocol;

	if (!pppoe)
		return ODD_DROP_LINK_SHORT;
	protocol = odd_read16(pppoe + 6);
	if (pppoe[0] != 0x11 || pppoe[1] || (protocol != ODD_PPP_IPV4 && protocol != ODD_PPP_IPV6))
		return ODD_WALK_OTHER;
	odd_step_narrow(w, w->offset - 2 + odd_read16(pppoe + 4));
	w->next = protocol == ODD_PPP_IPV4 ? ODD_ETHERTYPE_IPV4 : ODD_ETHERTYPE_IPV6;
	return odd_step_enter(w, ODD_TUNNEL_PPPOE, odd_read16(pppoe + 2));
}

#endif
