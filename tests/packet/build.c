// SPDX-License-Identifier: GPL-2.0-or-later
/* Frames from inside out: the payload first, so that each header knows what follows it. */
#include "build.h"

#include <arpa/inet.h>
#include <assert.h>
#include <stddef.h>
#include <string.h>

#define UDP 17
#define TCP 6

/* Bytes that are looked at only by mistake are none of the values that have a meaning. */
#define FILLER 0xa5

struct writer {
	uint8_t *to;
	unsigned bytes;
};

static void put(struct writer *w, const void *bytes, unsigned count)
{
	assert(w->bytes + count <= PACKET_FRAME_MAX);
	memcpy(w->to + w->bytes, bytes, count);
	w->bytes += count;
}

static void fill(struct writer *w, unsigned count)
{
	assert(w->bytes + count <= PACKET_FRAME_MAX);
	memset(w->to + w->bytes, FILLER, count);
	w->bytes += count;
}

static void put8(struct writer *w, unsigned value)
{
	put(w, &(uint8_t){(uint8_t)value}, 1);
}

static void put16(struct writer *w, unsigned value)
{
	put8(w, value >> 8);
	put8(w, value);
}

static void put32(struct writer *w, unsigned value)
{
	put16(w, value >> 16);
	put16(w, value);
}

/* A field that is given, else the right value. */
static unsigned field(int given, unsigned right)
{
	if (given == PACKET_ZERO)
		return 0;
	return given ? (unsigned)given : right;
}

static void put_message(struct writer *w, const struct packet *p, unsigned number, unsigned bytes)
{
	static const uint8_t question[] = "\7example\3com\0\0\1"; /* its NUL begins the class */
	struct writer message = {.to = w->to + w->bytes};

	put16(&message, PACKET_FIRST_ID + number);
	put8(&message, p->response ? 0x85 : 0x01);
	put8(&message, (p->response ? 0x80U : 0) | p->rcode);
	put16(&message, 1);
	put16(&message, 0);
	put32(&message, 0);
	put(&message, question, sizeof(question));
	put8(&message, 1);
	if (bytes > message.bytes)
		fill(&message, bytes - message.bytes);
	w->bytes += bytes;
}

static void put_payload(struct writer *w, const struct packet *p)
{
	unsigned start = w->bytes;

	for (unsigned i = 0; i < PACKET_MESSAGES_MAX && p->messages[i]; i++) {
		unsigned bytes = p->messages[i];
		bool last = i + 1 == PACKET_MESSAGES_MAX || !p->messages[i + 1];

		if (p->protocol == TCP)
			put16(w, last ? field(p->prefix, bytes) : bytes);
		put_message(w, p, i, bytes);
	}
	fill(w, p->garbage);
	if (p->payload_bytes)
		w->bytes = start + field(p->payload_bytes, 0);
}

static void put_udp(struct writer *w, const struct packet *p, const struct writer *payload)
{
	put16(w, p->src_port);
	put16(w, p->dst_port);
	put16(w, field(p->udp_length, 8 + payload->bytes));
	put16(w, 0);
}

static void put_tcp(struct writer *w, const struct packet *p)
{
	unsigned words = p->data_offset ? p->data_offset : 5U + p->tcp_options / 4;

	put16(w, p->src_port);
	put16(w, p->dst_port);
	put32(w, 1);
	put32(w, 2);
	put8(w, words << 4);
	put8(w, 0x18); /* PSH, ACK */
	put16(w, 512);
	put32(w, 0);
	fill(w, p->tcp_options);
}

static unsigned protocol_of(const struct packet *p)
{
	return p->protocol ? p->protocol : UDP;
}

static void put_l4(struct writer *w, const struct packet *p, const struct writer *payload)
{
	if (protocol_of(p) == UDP)
		put_udp(w, p, payload);
	else if (protocol_of(p) == TCP)
		put_tcp(w, p);
	put(w, payload->to, payload->bytes);
}

static void put_addresses(struct writer *w, const struct packet *p)
{
	unsigned bytes = p->version == 6 ? 16 : 4;
	uint8_t client[16], server[16];

	if (p->version == 6) {
		inet_pton(AF_INET6, "2001:db8::1", client);
		inet_pton(AF_INET6, "2001:db8:53::53", server);
	} else {
		inet_pton(AF_INET, "192.0.2.1", client);
		inet_pton(AF_INET, "198.51.100.53", server);
	}
	if (p->host)
		server[bytes - 1] = p->host;
	put(w, p->from_server ? server : client, bytes);
	put(w, p->from_server ? client : server, bytes);
}

static void put_ipv4(struct writer *w, const struct packet *p, const struct writer *l4)
{
	unsigned words = p->ihl ? p->ihl : 5U + p->options / 4;

	put8(w, (p->nibble ? p->nibble : 4U) << 4 | words);
	put8(w, 0);
	put16(w, field(p->total, 20U + p->options + l4->bytes));
	put16(w, 0x4711);
	put16(w, p->fragment);
	put8(w, 64);
	put8(w, protocol_of(p));
	put16(w, 0);
	put_addresses(w, p);
	fill(w, p->options);
}

static unsigned ext_bytes(const struct packet_ext *ext)
{
	return ext->bytes ? ext->bytes : 8;
}

/* RFC 8200 section 4, RFC 4302 section 2.2 */
static void put_ext(struct writer *w, const struct packet_ext *ext, unsigned next)
{
	unsigned length = ext->kind == 51 ? ext_bytes(ext) / 4 - 2 : ext_bytes(ext) / 8 - 1;

	put8(w, next);
	put8(w, length);
	if (ext->kind == 44)
		put16(w, ext->fragment);
	else
		fill(w, 2);
	fill(w, ext_bytes(ext) - 4);
}

static void put_ipv6(struct writer *w, const struct packet *p, const struct writer *l4)
{
	unsigned bytes = l4->bytes;

	for (unsigned i = 0; i < p->ext_count; i++)
		bytes += ext_bytes(&p->exts[i]);
	put32(w, (p->nibble ? p->nibble : 6U) << 28);
	put16(w, field(p->total, bytes));
	put8(w, p->ext_count ? p->exts[0].kind : protocol_of(p));
	put8(w, 64);
	put_addresses(w, p);
	for (unsigned i = 0; i < p->ext_count; i++)
		put_ext(w, &p->exts[i],
			i + 1 < p->ext_count ? p->exts[i + 1].kind : protocol_of(p));
}

static void put_link(struct writer *w, const struct packet *p)
{
	/* locally administered, so that no real device answers to them */
	put(w, "\2\0\0\0\0\2\2\0\0\0\0\1", 12);
	for (unsigned i = 0; i < PACKET_TAGS_MAX && p->tags[i].type; i++) {
		put16(w, p->tags[i].type);
		put16(w, p->tags[i].tci);
	}
	if (p->ethertype)
		put16(w, p->ethertype);
	else
		put16(w, p->version == 6 ? 0x86dd : 0x0800);
}

unsigned packet_build(const struct packet *packet, uint8_t *frame)
{
	static uint8_t payload_room[PACKET_FRAME_MAX], l4_room[PACKET_FRAME_MAX];
	struct writer payload = {.to = payload_room}, l4 = {.to = l4_room}, w = {.to = frame};

	put_payload(&payload, packet);
	put_l4(&l4, packet, &payload);
	put_link(&w, packet);
	if (packet->version == 6)
		put_ipv6(&w, packet, &l4);
	else
		put_ipv4(&w, packet, &l4);
	put(&w, l4.to, l4.bytes);
	if (w.bytes < packet->padded_to)
		fill(&w, packet->padded_to - w.bytes);
	if (packet->frame_bytes)
		w.bytes = packet->frame_bytes;
	return w.bytes;
}
