// SPDX-License-Identifier: GPL-2.0-or-later
/* Headers of tunnels, each from its RFC. Reserved bits that must be ignored are set. */
#include "writer.h"

#include <arpa/inet.h>
#include <stddef.h>
#include <string.h>

unsigned ethertype_of(unsigned kind)
{
	static const uint16_t types[] = {
		[PACKET_ETHERNET] = 0x6558, /* in GRE and GENEVE */
		[PACKET_IP4] = 0x0800,	    [PACKET_IP6] = 0x86dd,  [PACKET_ERSPAN2] = 0x88be,
		[PACKET_ERSPAN3] = 0x22eb,  [PACKET_MPLS] = 0x8847, [PACKET_PPPOE] = 0x8864,
	};

	return types[kind];
}

static unsigned protocol_of(unsigned kind)
{
	static const uint8_t protocols[PACKET_PPPOE + 1] = {
		[PACKET_IP4] = 4,  [PACKET_IP6] = 41,	[PACKET_UDP] = 17, [PACKET_ETHERNET] = 97,
		[PACKET_GRE] = 47, [PACKET_MPLS] = 137, [PACKET_ICMP] = 1, [PACKET_ICMP6] = 58,
	};

	return protocols[kind];
}

static unsigned port_of(unsigned kind)
{
	static const uint16_t ports[PACKET_PPPOE + 1] = {
		[PACKET_VXLAN] = 4789, [PACKET_GENEVE] = 6081, [PACKET_GTP] = 2152};

	return ports[kind];
}

static void put_ip(struct writer *w, const struct packet_layer *l, unsigned next, unsigned behind,
		   int wrong_by)
{
	struct ip_fields ip = {.first = field_or(l->first, 0),
			       .options = l->options,
			       .fragment = l->fragment,
			       .identification = l->identification ? l->identification
								   : PACKET_IDENTIFICATION,
			       .protocol = l->type ? l->type : protocol_of(next),
			       .length = l->length,
			       .wrong_by = wrong_by,
			       .exts = l->exts,
			       .ext_count = l->ext_count};

	if (l->kind == PACKET_IP4) {
		memcpy(ip.src, (uint8_t[]){10, 1, 0, l->hop}, 4);
		memcpy(ip.dst, (uint8_t[]){10, 2, 0, l->hop}, 4);
		put_ipv4(w, &ip, behind);
		return;
	}
	inet_pton(AF_INET6, "2001:db8:1::", ip.src);
	inet_pton(AF_INET6, "2001:db8:2::", ip.dst);
	ip.src[15] = ip.dst[15] = l->hop;
	put_ipv6(w, &ip, behind);
}

/* RFC 7348 section 5 */
static void put_vxlan(struct writer *w, const struct packet_layer *l)
{
	put8(w, field_or(l->first, 0x08));
	put_filler(w, 3);
	put32(w, l->id << 8 | 0xa5);
}

/* RFC 8926 section 3.4 */
static void put_geneve(struct writer *w, const struct packet_layer *l, unsigned next)
{
	put8(w, field_or(l->first, l->options / 4U));
	put8(w, 0x40); /* critical options */
	put16(w, l->type ? l->type : ethertype_of(next));
	put32(w, l->id << 8 | 0xa5);
	put_filler(w, l->options);
}

/* 3GPP TS 29.281 section 5.1; extension headers of 4, 8, 12 bytes, ... (section 5.2.1) */
static void put_gtp(struct writer *w, const struct packet_layer *l, unsigned behind, int wrong_by)
{
	unsigned more = l->flags ? 4 : 0;

	for (unsigned i = 1; i <= l->options; i++)
		more += i * 4;
	put8(w, field_or(l->first, 0x30U | l->flags));
	put8(w, l->code ? l->code : 255U);
	put16(w, field_or(l->length, more + behind) + (unsigned)wrong_by);
	put32(w, l->id);
	if (!l->flags)
		return;
	put16(w, 0x1234);		/* sequence number */
	put8(w, 0x56);			/* N-PDU number */
	put8(w, l->options ? 0x85 : 0); /* PDU session container */
	for (unsigned i = 1; i <= l->options; i++) {
		put8(w, i);
		put_filler(w, i * 4 - 2);
		put8(w, i < l->options ? 0x85 : 0);
	}
}

/* RFC 2784 section 2, RFC 2890 section 2 */
static void put_gre(struct writer *w, const struct packet_layer *l, unsigned next)
{
	put8(w, field_or(l->first, l->flags));
	put8(w, l->code);
	put16(w, l->type ? l->type : ethertype_of(next));
	if (l->flags & PACKET_GRE_C)
		put_filler(w, 4);
	if (l->flags & PACKET_GRE_K)
		put32(w, l->id);
	if (l->flags & PACKET_GRE_S)
		put_filler(w, 4);
}

/* draft-foschiano-erspan-03 sections 4.2 and 4.3; class of service and the like are all ones */
static void put_erspan(struct writer *w, const struct packet_layer *l, unsigned next)
{
	unsigned frame_type = next == PACKET_ETHERNET ? 0 : 2; /* IP */

	put8(w, field_or(l->first, (l->kind == PACKET_ERSPAN2 ? 0x10U : 0x20U) | l->vlan >> 8));
	put8(w, l->vlan);
	put16(w, 0xfc00 | l->id);
	put_filler(w, 4); /* index, timestamp */
	if (l->kind == PACKET_ERSPAN2)
		return;
	put_filler(w, 2); /* security group tag */
	put16(w, 0x83fe | frame_type << 10 | (l->flags & PACKET_ERSPAN_O));
	if (l->flags & PACKET_ERSPAN_O)
		put_filler(w, 8);
}

/* RFC 3032 section 2.1: label, class, bottom, TTL */
static void put_mpls(struct writer *w, const struct packet_layer *l, unsigned next)
{
	put32(w, l->id << 12 | 5 << 9 | (next == PACKET_MPLS ? 0 : 1 << 8) | 64);
}

/* RFC 2516 section 4, RFC 1661 section 2 */
static void put_pppoe(struct writer *w, const struct packet_layer *l, unsigned next,
		      unsigned behind, int wrong_by)
{
	put8(w, field_or(l->first, 0x11));
	put8(w, l->code);
	put16(w, l->id);
	put16(w, field_or(l->length, 2 + behind) + (unsigned)wrong_by);
	put16(w, l->type ? l->type : next == PACKET_IP6 ? 0x57 : 0x21);
}

/* RFC 792, RFC 4443 section 3; with the length of RFC 4884 section 4 */
static void put_icmp(struct writer *w, const struct packet_layer *l)
{
	put16(w, l->id);
	put16(w, 0);
	if (l->kind == PACKET_ICMP)
		put_filler(w, 1);
	put8(w, l->flags);
	put_filler(w, l->kind == PACKET_ICMP ? 2 : 3);
}

static void put_udp(struct writer *w, const struct packet_layer *l, unsigned next, unsigned behind,
		    int wrong_by)
{
	put16(w, 50000);
	put16(w, l->port ? l->port : port_of(next));
	put16(w, field_or(l->length, 8 + behind) + (unsigned)wrong_by);
	put16(w, 0);
}

void put_layer(struct writer *w, const struct packet_layer *layer, unsigned next, unsigned behind,
	       int wrong_by)
{
	unsigned type = layer->type ? layer->type : ethertype_of(next);

	switch (layer->kind) {
	case PACKET_ETHERNET:
		return put_ethernet(w, layer->tags, type);
	case PACKET_CONTROL:
		put8(w, layer->first); /* zeros, then a sequence number */
		return put_bytes(w, "\0\x12\x34", 3);
	case PACKET_IP4:
	case PACKET_IP6:
		return put_ip(w, layer, next, behind, wrong_by);
	case PACKET_UDP:
		return put_udp(w, layer, next, behind, wrong_by);
	case PACKET_ICMP:
	case PACKET_ICMP6:
		return put_icmp(w, layer);
	case PACKET_VXLAN:
		return put_vxlan(w, layer);
	case PACKET_GENEVE:
		return put_geneve(w, layer, next);
	case PACKET_GTP:
		return put_gtp(w, layer, behind, wrong_by);
	case PACKET_GRE:
		return put_gre(w, layer, next);
	case PACKET_ERSPAN2:
	case PACKET_ERSPAN3:
		return put_erspan(w, layer, next);
	case PACKET_MPLS:
		return put_mpls(w, layer, next);
	case PACKET_PPPOE:
		return put_pppoe(w, layer, next, behind, wrong_by);
	}
}
