// SPDX-License-Identifier: GPL-2.0-or-later
/* A TCP connection for the tests of streams. */
#include "talk.h"

#include <criterion/criterion.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A header as any query has it, and bytes that belong to this place of this message alone. */
static uint8_t byte_of(uint16_t id, unsigned at)
{
	const uint8_t header[12] = {(uint8_t)(id >> 8), (uint8_t)id, 1, 0, 0, 1};

	if (at < sizeof(header))
		return header[at];
	return (uint8_t)((id * 2654435761U + at * 40503U) >> 7 | 0x80);
}

static void on_message(void *context, const struct odd_event *message)
{
	struct talk *talk = context;
	const uint8_t *payload = message->payload;
	uint16_t id = (uint16_t)(payload[0] << 8 | payload[1]);
	bool intact = message->protocol == IPPROTO_TCP && !(message->flags & ODD_EVENT_FOLLOWS) &&
		      message->captured_bytes >= 12;
	bool is_cut = message->captured_bytes < message->message_bytes;
	char number[16] = "";

	for (unsigned i = 0; i < message->captured_bytes; i++)
		intact &= payload[i] == byte_of(id, i);
	if (is_cut)
		snprintf(number, sizeof(number), "/%u", message->captured_bytes);
	talk->cut += is_cut;
	talk->told_ns = message->time_ns;
	cr_assert_eq(!!(message->flags & ODD_EVENT_CUT), is_cut);
	talk->told_bytes += (size_t)snprintf(
		talk->told + talk->told_bytes, sizeof(talk->told) - talk->told_bytes, "%s%c%u%s%s",
		talk->told_bytes ? " " : "", message->dst_port == 53 ? 'a' : 'b', id, number,
		intact ? "" : "!");
	cr_assert_lt(talk->told_bytes, sizeof(talk->told));
}

struct streams_limits talk_limits(void)
{
	return (struct streams_limits){
		.idle_ns = 60 * S,
		.hole_ns = 1 * S,
		.connections = 1000,
		.connection_bytes = 65536,
		.bytes = 1 << 20,
		.message_bytes = 65535,
	};
}

struct talk *talk_new(const struct streams_limits *limits)
{
	struct talk *talk = calloc(1, sizeof(*talk));

	cr_assert(talk);
	cr_assert_eq(streams__new(limits, 7, on_message, talk, &talk->streams), 0);
	talk->counters = streams__counters(talk->streams);
	talk->now_ns = EPOCH;
	talk->port = 40000;
	talk->side[0].start = 1000;
	talk->side[1].start = 5000;
	return talk;
}

void talk_free(struct talk *talk)
{
	const struct streams_counters *c = talk->counters;

	cr_assert_eq(c->opened, c->connections + c->closed + c->idle + c->evicted);
	cr_assert_eq(c->cut + c->over_message, talk->cut);
	streams__finish(talk->streams);
	cr_assert_eq(c->held_bytes, 0);
	cr_assert_eq(c->connections, 0);
	streams__free(talk->streams);
	free(talk);
}

void talk_say_bytes(struct talk *talk, char side, const void *bytes, unsigned count)
{
	struct side *s = &talk->side[side - 'a'];

	cr_assert_leq(s->said + count, sizeof(s->stream));
	memcpy(s->stream + s->said, bytes, count);
	s->said += count;
}

void talk_say(struct talk *talk, char side, uint16_t id, unsigned bytes)
{
	struct side *s = &talk->side[side - 'a'];

	talk_say_bytes(talk, side, (uint8_t[]){(uint8_t)(bytes >> 8), (uint8_t)bytes}, 2);
	cr_assert_leq(s->said + bytes, sizeof(s->stream));
	for (unsigned i = 0; i < bytes; i++)
		s->stream[s->said++] = byte_of(id, i);
}

/* Events end where their payload does, so that AddressSanitizer sees each byte read too far. */
static void send_event(struct talk *talk, char side, const uint32_t at[3], uint8_t tcp_flags)
{
	const struct side *s = &talk->side[side - 'a'];
	struct odd_event *event = calloc(1, sizeof(*event) + at[1] - at[0]);

	cr_assert(event);
	event->time_ns = talk->now_ns;
	memset(event->src + 10, 0xff, 2);
	memset(event->dst + 10, 0xff, 2);
	event->src[15] = side == 'a' ? 1 : 2;
	event->dst[15] = side == 'a' ? 2 : 1;
	event->src_port = side == 'a' ? talk->port : 53;
	event->dst_port = side == 'a' ? 53 : talk->port;
	event->sequence = s->start + at[0];
	event->captured_bytes = (uint16_t)(at[1] - at[0]);
	event->message_bytes = (uint16_t)(at[2] - at[0]);
	event->protocol = IPPROTO_TCP;
	event->flags = talk->flags;
	event->tcp_flags = tcp_flags;
	event->tunnel = talk->tunnel & 0xf;
	event->tunnel_id = talk->tunnel_id;
	memcpy(event->payload, s->stream + at[0], at[1] - at[0]);
	streams__event(talk->streams, event);
	free(event);
}

void talk_event(struct talk *talk, char side, uint32_t from, uint32_t to, uint8_t tcp_flags)
{
	send_event(talk, side, (uint32_t[]){from, to, to}, tcp_flags);
}

void talk_send(struct talk *talk, char side, uint32_t from, uint32_t to)
{
	talk_event(talk, side, from, to, ODD_TCP_ACK);
}

void talk_send_cut(struct talk *talk, char side, uint32_t from, uint32_t captured, uint32_t to)
{
	send_event(talk, side, (uint32_t[]){from, captured, to}, ODD_TCP_ACK);
}

void talk_open(struct talk *talk)
{
	talk_event(talk, 'a', 0, 0, ODD_TCP_SYN);
	talk_event(talk, 'b', 0, 0, ODD_TCP_SYN | ODD_TCP_ACK);
}

void talk_wait(struct talk *talk, uint64_t ns)
{
	talk->now_ns += ns;
	streams__tick(talk->streams, talk->now_ns);
}

const char *talk_told(struct talk *talk)
{
	static char told[TOLD_MAX];

	memcpy(told, talk->told, talk->told_bytes);
	told[talk->told_bytes] = 0;
	talk->told_bytes = 0;
	return told;
}
