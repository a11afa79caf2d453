// SPDX-License-Identifier: GPL-2.0-or-later
/* Frames from inside out: the payload first, so that each header knows what follows it. */
#include "writer.h"

#include <arpa/inet.h>
#include <assert.h>
#include <stddef.h>
#include <string.h>

#define UDP 17
#define TCP 6

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
	put_bytes(&message, question, sizeof(question));
	put8(&message, 1);
	if (bytes > message.bytes)
		put_filler(&message, bytes - message.bytes);
	w->bytes += bytes;
}

static void put_payload(struct writer *w, const struct packet *p)
{
	unsigned start = w->bytes;

	for (unsigned i = 0; i < PACKET_MESSAGES_MAX && p->messages[i]; i++) {
		unsigned bytes = p->messages[i];
		bool last = i + 1 == PACKET_MESSAGES_MAX || !p->messages[i + 1];

		if (p->protocol == TCP)
			put16(w, last ? field_or(p->prefix, bytes) : bytes);
		put_message(w, p, i, bytes);
	}
	if (p->opening)
		put_bytes(w, (const uint8_t *)p->opening, p->opening_bytes);
	put_filler(w, p->garbage);
	if (p->payload_bytes)
		w->bytes = start + field_or(p->payload_bytes, 0);
}

static void put_udp(struct writer *w, const struct packet *p, unsigned behind, int wrong_by)
{
	put16(w, p->src_port);
	put16(w, p->dst_port);
	put16(w, field_or(p->udp_length, 8 + behind) + (unsigned)wrong_by);
	put16(w, 0);
}

static void put_tcp(struct writer *w, const struct packet *p)
{
	unsigned words = p->data_offset ? p->data_offset : 5U + p->tcp_options / 4;

	put16(w, p->src_port);
	put16(w, p->dst_port);
	put32(w, p->sequence ? p->sequence : 1);
	put32(w, 2);
	put8(w, words << 4);
	put8(w, field_or(p->tcp_flags, 0x18));
	put16(w, 512);
	put32(w, 0);
	put_filler(w, p->tcp_options);
}

static unsigned protocol_of(const struct packet *p)
{
	return p->protocol ? p->protocol : UDP;
}

static void set_addresses(const struct packet *p, struct ip_fields *ip)
{
	unsigned bytes = p->version == 6 ? 16 : 4;
	uint8_t *client = p->from_server ? ip->dst : ip->src;
	uint8_t *server = p->from_server ? ip->src : ip->dst;

	if (p->version == 6) {
		inet_pton(AF_INET6, "2001:db8::1", client);
		inet_pton(AF_INET6, "2001:db8:53::53", server);
	} else {
		inet_pton(AF_INET, "192.0.2.1", client);
		inet_pton(AF_INET, "198.51.100.53", server);
	}
	if (p->host)
		server[bytes - 1] = p->host;
}

static void put_ip(struct writer *w, const struct packet *p, unsigned behind, int wrong_by)
{
	struct ip_fields ip = {.options = p->options,
			       .fragment = p->fragment,
			       .identification = p->identification ? p->identification
								   : PACKET_IDENTIFICATION,
			       .protocol = protocol_of(p),
			       .length = p->total,
			       .wrong_by = wrong_by,
			       .exts = p->exts,
			       .ext_count = p->ext_count};
	unsigned words = p->ihl ? p->ihl : 5U + p->options / 4;

	set_addresses(p, &ip);
	if (p->version == 6) {
		ip.first = p->nibble << 4;
		put_ipv6(w, &ip, behind);
		return;
	}
	ip.first = (p->nibble ? p->nibble : 4U) << 4 | words;
	put_ipv4(w, &ip, behind);
}

/* A frame that grows at its front. */
struct front {
	uint8_t *at; /* its first byte */
	unsigned bytes;
	unsigned number; /* of the piece that comes next */
	const struct packet *packet;
	struct packet_layout *layout;
};

static void put_before(struct front *f, const void *bytes, unsigned count)
{
	assert(f->bytes + count <= PACKET_FRAME_MAX);
	f->at -= count;
	f->bytes += count;
	memcpy(f->at, bytes, count);
}

/* Lengths behind a piece become offsets when the frame's whole length is known. */
static void put_piece(struct front *f, unsigned kind, const struct writer *header)
{
	put_before(f, header->to, header->bytes);
	f->layout->piece[f->number].kind = (uint8_t)kind;
	f->layout->piece[f->number].at = f->bytes;
}

/* Begin the next piece outwards. Return: by how much its length is to be wrong */
static int begin_piece(struct front *f)
{
	f->number--;
	return f->packet->wrong == f->number ? f->packet->wrong_by : 0;
}

/* UDP or TCP, IP. Return: the kind of IP */
static unsigned put_own(struct front *f)
{
	static uint8_t room[PACKET_FRAME_MAX];
	struct writer l4 = {.to = room}, ip = {.to = room};
	unsigned kind = PACKET_OTHER_L4;
	int wrong_by = begin_piece(f);

	if (protocol_of(f->packet) == UDP) {
		put_udp(&l4, f->packet, f->bytes, wrong_by);
		kind = PACKET_UDP;
	} else if (protocol_of(f->packet) == TCP) {
		put_tcp(&l4, f->packet);
		kind = PACKET_TCP;
	}
	put_piece(f, kind, &l4);
	wrong_by = begin_piece(f);
	put_ip(&ip, f->packet, f->bytes, wrong_by);
	kind = f->packet->version == 6 ? PACKET_IP6 : PACKET_IP4;
	put_piece(f, kind, &ip);
	return kind;
}

static void put_around(struct front *f, unsigned next)
{
	static uint8_t room[PACKET_FRAME_MAX];
	struct writer ethernet = {.to = room};

	while (f->number > 1) {
		struct writer header = {.to = room};
		int wrong_by = begin_piece(f);
		const struct packet_layer *layer = &f->packet->outer[f->number - 1];

		put_layer(&header, layer, next, f->bytes, wrong_by);
		put_piece(f, layer->kind, &header);
		next = layer->kind;
	}
	begin_piece(f);
	put_ethernet(&ethernet, f->packet->tags,
		     f->packet->ethertype ? f->packet->ethertype : ethertype_of(next));
	put_piece(f, PACKET_ETHERNET, &ethernet);
}

static unsigned count_layers(const struct packet *packet)
{
	unsigned n = 0;

	while (packet->outer && packet->outer[n].kind)
		n++;
	assert(n + 3 <= PACKET_PIECES_MAX);
	return n;
}

unsigned packet_build(const struct packet *packet, uint8_t *frame, struct packet_layout *ret_layout)
{
	static uint8_t room[PACKET_FRAME_MAX], payload_room[PACKET_FRAME_MAX];
	struct packet_layout layout = {.count = count_layers(packet) + 3};
	struct front front = {.at = room + sizeof(room),
			      .number = layout.count,
			      .packet = packet,
			      .layout = &layout};
	struct writer payload = {.to = payload_room}, w = {.to = frame};

	put_payload(&payload, packet);
	put_before(&front, payload.to, payload.bytes);
	put_around(&front, put_own(&front));
	put_bytes(&w, front.at, front.bytes);
	for (unsigned i = 0; i < layout.count; i++)
		layout.piece[i].at = front.bytes - layout.piece[i].at;
	layout.payload = front.bytes - payload.bytes;
	layout.end = front.bytes;
	if (w.bytes < packet->padded_to)
		put_filler(&w, packet->padded_to - w.bytes);
	if (packet->frame_bytes)
		w.bytes = packet->frame_bytes;
	if (ret_layout)
		*ret_layout = layout;
	return w.bytes;
}
