// SPDX-License-Identifier: GPL-2.0-or-later
/* Frames made from each other: each one is the plain one with what it has more. */
#include "frames.h"

#include <string.h>

/* What fits through any link in one piece (RFC 9715 section 3.1, R3). */
#define LARGE_MESSAGE 1232

#define ETHERNET 14
#define IPV4	 20
#define UDP	 8

static void set16(struct frame *frame, unsigned offset, unsigned value)
{
	frame->at[offset] = (uint8_t)(value >> 8);
	frame->at[offset + 1] = (uint8_t)value;
}

/* Make room for @bytes zeros. */
static void widen(struct frame *frame, unsigned offset, unsigned bytes)
{
	memmove(frame->at + offset + bytes, frame->at + offset, frame->bytes - offset);
	memset(frame->at + offset, 0, bytes);
	frame->bytes += bytes;
}

/*
 * "mail.example.com": with EDNS a query of 45 bytes, and a response of 110:
 * question, CNAME to another name of that zone, two addresses, OPT.
 */
static void make_exchange(struct frames *frames)
{
	static const uint8_t name[] = "\4mail\7example\3com";
	static const uint8_t cname[] = "\300\014\0\5\0\1\0\0\1\54\0\25\22frontend-03.europe\300\21";
	struct traffic_exchange exchange;
	uint8_t message[TRAFFIC_MESSAGE_MAX];
	unsigned bytes, behind_question = 12 + sizeof(name) + 4;

	traffic_exchange(0, (struct traffic_names){10, 10}, &exchange);
	exchange.name_length = sizeof(name);
	memcpy(exchange.name, name, sizeof(name));
	bytes = traffic_message(&exchange, false, message);
	frames->query.bytes = traffic_frame(&exchange, false, message, bytes, frames->query.at);
	bytes = traffic_message(&exchange, true, message);
	memmove(message + behind_question + sizeof(cname) - 1, message + behind_question,
		bytes - behind_question);
	memcpy(message + behind_question, cname, sizeof(cname) - 1);
	message[7] = 3; /* ANCOUNT */
	bytes += sizeof(cname) - 1;
	frames->response.bytes =
		traffic_frame(&exchange, true, message, bytes, frames->response.at);
}

/* Any protocol over IPv4, as long as a frame can be. */
static void make_full(struct frame *frame, const struct frame *model, uint8_t protocol)
{
	frame->bytes = TRAFFIC_FRAME_MAX;
	memcpy(frame->at, model->at, ETHERNET + IPV4);
	set16(frame, ETHERNET + 2, TRAFFIC_FRAME_MAX - ETHERNET);
	frame->at[ETHERNET + 9] = protocol;
}

static void make_others(struct frames *frames)
{
	struct frame *other = &frames->other;

	make_full(other, &frames->query, 6);
	set16(other, 34, 443);
	set16(other, 36, 50123);
	other->at[46] = 0x50; /* 20 bytes of header */
	make_full(&frames->other_udp, &frames->query, 17);
	set16(&frames->other_udp, 34, 443);
	set16(&frames->other_udp, 36, 50123);
	set16(&frames->other_udp, 38, TRAFFIC_FRAME_MAX - ETHERNET - IPV4);
	frames->https = *other;
	set16(&frames->https, 34, 50123);
	set16(&frames->https, 36, 443);
	frames->https.at[47] = 0x18; /* PSH, ACK */
	frames->https_syn = frames->https;
	frames->https_syn.bytes = ETHERNET + IPV4 + 20;
	set16(&frames->https_syn, ETHERNET + 2, IPV4 + 20);
	frames->https_syn.at[47] = 0x02; /* SYN */
	frames->encrypted = frames->https_syn;
	set16(&frames->encrypted, 36, 853);
	frames->other_vlan = *other;
	widen(&frames->other_vlan, 12, 4);
	set16(&frames->other_vlan, 12, 0x8100);
	set16(&frames->other_vlan, 14, 23);
}

/* The query behind a TCP header of 20 bytes and its length. */
static void make_tcp(struct frames *frames)
{
	struct frame *tcp = &frames->tcp;
	unsigned message = frames->query.bytes - ETHERNET - IPV4 - UDP;

	*tcp = frames->query;
	widen(tcp, ETHERNET + IPV4 + UDP, 20 - UDP + 2);
	set16(tcp, ETHERNET + 2, tcp->bytes - ETHERNET);
	tcp->at[ETHERNET + 9] = 6;
	memset(tcp->at + 38, 0, 16);
	tcp->at[46] = 0x50; /* 20 bytes of header */
	tcp->at[47] = 0x18; /* PSH, ACK */
	set16(tcp, 54, message);
}

/* A response of 1 480 + 512 - 8 bytes, cut behind the first 1 480 of its datagram. */
static void make_fragments(struct frames *frames)
{
	struct frame *first = &frames->first, *later = &frames->later;
	unsigned head = ETHERNET + IPV4;

	make_full(first, &frames->response, 17);
	memcpy(first->at + head, frames->response.at + head, frames->response.bytes - head);
	set16(first, ETHERNET + 4, 0x1723);
	set16(first, ETHERNET + 6, 0x2000); /* more fragments */
	set16(first, head + 4, 1480 + 512);
	*later = *first;
	later->bytes = head + 512;
	set16(later, ETHERNET + 2, IPV4 + 512);
	set16(later, ETHERNET + 6, 1480 / 8);
}

/* The response with more behind it than is read in most. */
static void make_large(struct frame *frame, const struct frame *response)
{
	*frame = *response;
	frame->bytes = ETHERNET + IPV4 + UDP + LARGE_MESSAGE;
	set16(frame, ETHERNET + 2, IPV4 + UDP + LARGE_MESSAGE);
	set16(frame, ETHERNET + IPV4 + 4, UDP + LARGE_MESSAGE);
}

static void make_vxlan(struct frame *frame, const struct frame *inner)
{
	*frame = *inner;
	widen(frame, 0, FRAMES_VXLAN);
	memcpy(frame->at, inner->at, ETHERNET + IPV4);
	set16(frame, ETHERNET + 2, frame->bytes - ETHERNET);
	frame->at[ETHERNET + 9] = 17;
	set16(frame, 34, 50123);
	set16(frame, 36, 4789);
	set16(frame, 38, frame->bytes - ETHERNET - IPV4);
	frame->at[42] = 0x08; /* there is a VNI */
	frame->at[48] = 23;
}

/* The peer says that nobody listens. */
static void make_icmp(struct frames *frames)
{
	struct frame *icmp = &frames->icmp;

	*icmp = frames->query;
	widen(icmp, ETHERNET, IPV4 + 8);
	memcpy(icmp->at + ETHERNET, frames->query.at + ETHERNET, IPV4);
	set16(icmp, ETHERNET + 2, icmp->bytes - ETHERNET);
	icmp->at[ETHERNET + 9] = 1;
	icmp->at[ETHERNET + IPV4] = 3;
	icmp->at[ETHERNET + IPV4 + 1] = 3;
	frames->echo = *icmp;
	frames->echo.at[ETHERNET + IPV4] = 8;
	frames->echo.at[ETHERNET + IPV4 + 1] = 0;
}

void frames_make(struct frames *ret)
{
	memset(ret, 0, sizeof(*ret));
	make_exchange(ret);
	make_others(ret);
	make_tcp(ret);
	make_fragments(ret);
	make_icmp(ret);
	make_large(&ret->large, &ret->response);
	make_vxlan(&ret->vxlan, &ret->query);
	make_vxlan(&ret->other_vxlan, &ret->other);
}
