// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a message over TCP costs in the reassembler, from event to event.
 *
 * user.tcp: a connection for each exchange, the dearest way to ask: SYN of both,
 * query, response, FIN of both, so a message is three events. user.tcp_long:
 * connections that stay, a segment for each message; every 7th message spans
 * two segments. user.tcp_reordered: the same, and the second of those two comes
 * first. Events lie in memory as in user.c and are walked again and
 * again; the walk itself, user.floor, is part of the figures.
 */
#include "bench.h"
#include "traffic.h"

#include "flow/streams.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXCHANGES   65536
#define GAP_NS	    10000ULL
#define LONG_ONES   1009 /* connections that stay */
#define CYCLES	    4
#define ROUNDS	    11
#define EVENTS_MAX  (6 * EXCHANGES)
#define RECORD_ROOM (8 + sizeof(struct odd_event) + TRAFFIC_MESSAGE_MAX + 2)
#define ODD_ONE	    7
#define START_NS    1800000000000000000ULL /* 2027 */

enum shape { SHAPE_SHORT, SHAPE_LONG, SHAPE_REORDERED };

struct tape {
	uint8_t *memory;
	size_t bytes;
	uint32_t messages;
	uint32_t next[LONG_ONES][2]; /* sequence of each long connection's side */
};

struct segment {
	const struct traffic_exchange *exchange;
	const struct traffic_moment *moment;
	const uint8_t *payload;
	uint32_t sequence;
	uint16_t bytes;
	uint8_t tcp_flags;
	bool reversed; /* sent by the other side */
};

static void put(struct tape *tape, const struct segment *segment)
{
	uint8_t *at = tape->memory + tape->bytes;
	struct odd_event *event = (struct odd_event *)(at + 8);
	bool is_response = segment->moment->is_response != segment->reversed;
	const struct traffic_exchange *x = segment->exchange;
	uint32_t src = __builtin_bswap32(is_response ? x->server : x->client);
	uint32_t dst = __builtin_bswap32(is_response ? x->client : x->server);
	uint64_t record = (sizeof(*event) + segment->bytes + 7) & ~7ULL;

	memset(event, 0, sizeof(*event));
	memset(event->src + 10, 0xff, 2);
	memset(event->dst + 10, 0xff, 2);
	memcpy(event->src + 12, &src, 4);
	memcpy(event->dst + 12, &dst, 4);
	event->time_ns = START_NS + segment->moment->time_ns;
	event->src_port = is_response ? 53 : x->client_port;
	event->dst_port = is_response ? x->client_port : 53;
	event->sequence = segment->sequence;
	event->ifindex = segment->moment->exchange % LONG_ONES;
	event->message_bytes = segment->bytes;
	event->captured_bytes = segment->bytes;
	event->protocol = IPPROTO_TCP;
	event->tcp_flags = segment->tcp_flags;
	memcpy(event->payload, segment->payload, segment->bytes);
	memcpy(at, &record, sizeof(record));
	tape->bytes += 8 + record;
}

/* @segment: with what the message shares with others */
static void put_short(struct tape *tape, struct segment *segment, uint16_t bytes)
{
	segment->sequence = 1;
	if (!segment->moment->is_response) {
		segment->tcp_flags = ODD_TCP_SYN;
		put(tape, segment);
		segment->tcp_flags = ODD_TCP_SYN | ODD_TCP_ACK;
		segment->reversed = true;
		put(tape, segment);
		segment->reversed = false;
	}
	segment->bytes = bytes;
	segment->tcp_flags = ODD_TCP_ACK;
	put(tape, segment);
	if (!segment->moment->is_response)
		return;
	segment->sequence += bytes;
	segment->bytes = 0;
	segment->tcp_flags = ODD_TCP_FIN | ODD_TCP_ACK;
	put(tape, segment);
	segment->reversed = true;
	put(tape, segment);
}

static void put_long(struct tape *tape, struct segment *segment, uint16_t bytes, enum shape shape)
{
	uint32_t *next =
		&tape->next[segment->moment->exchange % LONG_ONES][segment->moment->is_response];
	bool in_two = tape->messages % ODD_ONE == 0;
	bool swapped = in_two && shape == SHAPE_REORDERED;
	const uint8_t *payload = segment->payload;
	uint16_t first = in_two ? bytes / 2 : bytes;

	segment->tcp_flags = ODD_TCP_ACK;
	for (int i = 0; i < 1 + in_two; i++) {
		bool is_first = swapped ? i == 1 : i == 0;

		segment->payload = is_first ? payload : payload + first;
		segment->sequence = is_first ? *next : *next + first;
		segment->bytes = is_first ? first : (uint16_t)(bytes - first);
		put(tape, segment);
	}
	*next += bytes;
}

static void put_message(struct tape *tape, const struct traffic_moment *moment, enum shape shape)
{
	uint8_t message[2 + TRAFFIC_MESSAGE_MAX];
	struct traffic_exchange x;
	struct segment segment = {.exchange = &x, .moment = moment, .payload = message};
	unsigned bytes;

	traffic_exchange(moment->exchange, (struct traffic_names){10, TRAFFIC_NAME_MAX}, &x);
	bytes = traffic_message(&x, moment->is_response, message + 2);
	message[0] = (uint8_t)(bytes >> 8);
	message[1] = (uint8_t)bytes;
	if (shape == SHAPE_SHORT) {
		/* a connection of its own, whatever was drawn */
		x.client += moment->exchange << 8;
		put_short(tape, &segment, (uint16_t)(bytes + 2));
	} else {
		x.client = 0x0a000000 + moment->exchange % LONG_ONES;
		x.server = 0x0b000001;
		x.client_port = 50000;
		put_long(tape, &segment, (uint16_t)(bytes + 2), shape);
	}
	tape->messages++;
}

static int make_tape(struct tape *tape, enum shape shape)
{
	struct traffic_moment *moments = traffic_order(EXCHANGES, GAP_NS, true);

	*tape = (struct tape){.memory = malloc(EVENTS_MAX * RECORD_ROOM)};
	if (!moments || !tape->memory) {
		free(moments);
		return -ENOMEM;
	}
	for (unsigned i = 0; i < 2 * EXCHANGES; i++)
		put_message(tape, &moments[i], shape);
	free(moments);
	return 0;
}

/* @on: long connections go on where they were, short ones begin anew */
static void walk(const struct tape *tape, uint64_t later, bool on, struct streams *streams)
{
	uint8_t *at = tape->memory, *end = tape->memory + tape->bytes;

	while (at < end) {
		struct odd_event *event = (struct odd_event *)(at + 8);
		uint64_t record;

		memcpy(&record, at, sizeof(record));
		event->time_ns += later;
		if (on)
			event->sequence += tape->next[event->ifindex][event->src_port == 53];
		streams__event(streams, event);
		at += 8 + record;
	}
}

static void take_message(void *context, const struct odd_event *message)
{
	*(uint64_t *)context += message->captured_bytes;
}

static double measure(const struct tape *tape, bool is_long, struct streams *streams)
{
	uint64_t start = bench_now_ns();

	for (unsigned i = 0; i < CYCLES; i++)
		walk(tape, EXCHANGES * GAP_NS, is_long, streams);
	return (double)(bench_now_ns() - start) / ((double)tape->messages * CYCLES);
}

/* Was it what was to be measured? The first responses come before their queries. */
static int check(const char *name, const struct streams_counters *c, const struct tape *tape)
{
	uint64_t expected = (uint64_t)tape->messages * (1 + CYCLES * ROUNDS);

	if (c->messages >= expected - tape->messages / 10 && c->messages <= expected &&
	    c->cut == 0 && c->holes == 0 && c->evicted == 0)
		return 0;
	fprintf(stderr, "bench: %s: %llu of %llu messages, %llu cut, %llu holes, %llu evicted\n",
		name, (unsigned long long)c->messages, (unsigned long long)expected,
		(unsigned long long)c->cut, (unsigned long long)c->holes,
		(unsigned long long)c->evicted);
	return -EIO;
}

static int measure_shape(struct bench *bench, const char *name, enum shape shape)
{
	const struct streams_limits limits = {
		.idle_ns = 60000000000ULL,
		.hole_ns = 500000000, /* less than a walk lasts: ports are used again */
		.connections = 1 << 18,
		.connection_bytes = 1 << 18,
		.bytes = 1 << 26,
		.message_bytes = 65535,
	};
	uint64_t bytes = 0;
	struct streams *streams = NULL;
	struct tape tape = {0};
	double ours[ROUNDS];
	int r = streams__new(&limits, 1, take_message, &bytes, &streams);

	if (r == 0)
		r = make_tape(&tape, shape);
	if (r == 0) {
		walk(&tape, 0, false, streams);
		for (unsigned i = 0; i < ROUNDS; i++)
			ours[i] = measure(&tape, shape != SHAPE_SHORT, streams);
		bench__row(bench, name, bench_median(ours, ROUNDS));
		r = check(name, streams__counters(streams), &tape);
	} else {
		fprintf(stderr, "bench: %s: %s\n", name, strerror(-r));
	}
	free(tape.memory);
	streams__free(streams);
	return r;
}

int bench_tcp(struct bench *bench)
{
	static const char *const names[] = {
		[SHAPE_SHORT] = "user.tcp",
		[SHAPE_LONG] = "user.tcp_long",
		[SHAPE_REORDERED] = "user.tcp_reordered",
	};
	int r = 0;

	for (unsigned shape = 0; shape < sizeof(names) / sizeof(names[0]) && r == 0; shape++)
		if (bench__wants(bench, names[shape]))
			r = measure_shape(bench, names[shape], shape);
	return r;
}
