// SPDX-License-Identifier: GPL-2.0-or-later
/* Bytes, and headers of the link and of IP. */
#include "writer.h"

#include <assert.h>
#include <string.h>

#define FILLER 0xa5

void put_bytes(struct writer *w, const void *bytes, unsigned count)
{
	assert(w->bytes + count <= PACKET_FRAME_MAX);
	memcpy(w->to + w->bytes, bytes, count);
	w->bytes += count;
}

void put_filler(struct writer *w, unsigned count)
{
	assert(w->bytes + count <= PACKET_FRAME_MAX);
	memset(w->to + w->bytes, FILLER, count);
	w->bytes += count;
}

void put8(struct writer *w, unsigned value)
{
	put_bytes(w, &(uint8_t){(uint8_t)value}, 1);
}

void put16(struct writer *w, unsigned value)
{
	put8(w, value >> 8);
	put8(w, value);
}

void put32(struct writer *w, unsigned value)
{
	put16(w, value >> 16);
	put16(w, value);
}

unsigned field_or(int given, unsigned right)
{
	if (given == PACKET_ZERO)
		return 0;
	return given ? (unsigned)given : right;
}

void put_ethernet(struct writer *w, const struct packet_tag *tags, unsigned type)
{
	/* locally administered, so that no real device answers to them */
	put_bytes(w, "\2\0\0\0\0\2\2\0\0\0\0\1", 12);
	for (unsigned i = 0; i < PACKET_TAGS_MAX && tags[i].type; i++) {
		put16(w, tags[i].type);
		put16(w, tags[i].tci);
	}
	put16(w, type);
}

void put_ipv4(struct writer *w, const struct ip_fields *ip, unsigned behind)
{
	put8(w, ip->first ? ip->first : 0x40 | (5 + ip->options / 4));
	put8(w, 0);
	put16(w, field_or(ip->length, 20U + ip->options + behind) + (unsigned)ip->wrong_by);
	put16(w, ip->identification);
	put16(w, ip->fragment);
	put8(w, 64);
	put8(w, ip->protocol);
	put16(w, 0);
	put_bytes(w, ip->src, 4);
	put_bytes(w, ip->dst, 4);
	put_filler(w, ip->options);
}

static unsigned ext_bytes(const struct packet_ext *ext)
{
	return ext->bytes ? ext->bytes : 8;
}

/* RFC 8200 section 4, RFC 4302 section 2.2 */
static void put_ext(struct writer *w, const struct packet_ext *ext, unsigned next,
		    uint32_t identification)
{
	unsigned length = ext->kind == 51 ? ext_bytes(ext) / 4 - 2 : ext_bytes(ext) / 8 - 1;

	put8(w, next);
	if (ext->kind == 44) {
		put_filler(w, 1); /* reserved, no length */
		put16(w, ext->fragment);
		put32(w, identification);
		return;
	}
	put8(w, length);
	if (ext->kind == 0 || ext->kind == 60) { /* one option: PadN */
		put8(w, 1);
		put8(w, ext_bytes(ext) - 4);
	} else {
		put_filler(w, 2);
	}
	put_filler(w, ext_bytes(ext) - 4);
}

void put_ipv6(struct writer *w, const struct ip_fields *ip, unsigned behind)
{
	for (unsigned i = 0; i < ip->ext_count; i++)
		behind += ext_bytes(&ip->exts[i]);
	put32(w, (ip->first ? ip->first : 0x60U) << 24);
	put16(w, field_or(ip->length, behind) + (unsigned)ip->wrong_by);
	put8(w, ip->ext_count ? ip->exts[0].kind : ip->protocol);
	put8(w, 64);
	put_bytes(w, ip->src, 16);
	put_bytes(w, ip->dst, 16);
	for (unsigned i = 0; i < ip->ext_count; i++)
		put_ext(w, &ip->exts[i],
			i + 1 < ip->ext_count ? ip->exts[i + 1].kind : ip->protocol,
			ip->identification);
}
