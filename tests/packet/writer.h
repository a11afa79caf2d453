/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes one behind the other, in network order; and the headers that tunnels put around packets. */
#ifndef PACKET_WRITER_H
#define PACKET_WRITER_H

#include "build.h"

struct writer {
	uint8_t *to;
	unsigned bytes;
};

void put_bytes(struct writer *w, const void *bytes, unsigned count);
/** put_filler() - Bytes that are looked at only by mistake: none of the values that have a meaning.
 */
void put_filler(struct writer *w, unsigned count);
void put8(struct writer *w, unsigned value);
void put16(struct writer *w, unsigned value);
void put32(struct writer *w, unsigned value);

/** field_or() - One that is given, PACKET_ZERO for 0, else the right value. */
unsigned field_or(int given, unsigned right);

/* What a header of IP is written from, a tunnel's or the packet's own. */
struct ip_fields {
	uint8_t src[16]; /* IPv4: the first 4 */
	uint8_t dst[16];
	uint32_t identification;
	unsigned first; /* byte, 0: right */
	unsigned options;
	unsigned fragment;
	unsigned protocol;
	int length;
	int wrong_by;
	const struct packet_ext *exts;
	unsigned ext_count;
};

/**
 * put_ipv4() - RFC 791 section 3.1.
 * put_ipv6() - RFC 8200 section 3, with the extension headers.
 * @behind: bytes that follow
 */
void put_ipv4(struct writer *w, const struct ip_fields *ip, unsigned behind);
void put_ipv6(struct writer *w, const struct ip_fields *ip, unsigned behind);

/** put_ethernet() - Addresses, tags, type. */
void put_ethernet(struct writer *w, const struct packet_tag *tags, unsigned type);

/**
 * put_layer() - The header of a layer.
 * @next: enum packet_kind of what it holds
 * @behind: bytes that follow
 * @wrong_by: added to the length that it says
 */
void put_layer(struct writer *w, const struct packet_layer *layer, unsigned next, unsigned behind,
	       int wrong_by);

/** ethertype_of() - What Ethernet calls this kind. */
unsigned ethertype_of(unsigned kind);

#endif
