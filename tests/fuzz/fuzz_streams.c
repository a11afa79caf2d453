// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any TCP segments. The input is a list of steps of 8 bytes, each a segment of
 * one of a few connections near the last ones, in a few of them far away, or
 * time that passes. Payload comes from the input or is a message, so that
 * streams are read and not only skipped. After each step limits and counters
 * must hold, and each message must be one that can be.
 */
#include <netinet/in.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "flow/streams.h"

#define STEP_BYTES  8
#define CONNECTIONS 19 /* more than the limit */
#define NS_PER_STEP 1000000ULL

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* abort() and not assert(): holds whatever NDEBUG says */
static void hold(bool true_here)
{
	if (!true_here)
		abort();
}

static const struct streams_limits limits = {
	.idle_ns = 2000 * NS_PER_STEP,
	.hole_ns = 100 * NS_PER_STEP,
	.connections = 16,
	.connection_bytes = 8192,
	.bytes = 3 * 8192,
	.message_bytes = 600,
};

struct run {
	struct streams *streams;
	const struct streams_counters *counters;
	uint64_t now_ns;
	uint64_t messages, cut;
	uint32_t next[CONNECTIONS][2];
};

struct step {
	uint8_t connection; /* and side */
	uint8_t what;
	uint8_t tcp_flags;
	int8_t shift; /* of the sequence */
	uint16_t bytes;
	uint8_t missing;
	uint8_t fill;
};

static void take_message(void *context, const struct odd_event *message)
{
	struct run *run = context;
	uint8_t sum = 0;

	run->messages++;
	hold(message->captured_bytes >= 12);
	hold(message->captured_bytes <= message->message_bytes);
	hold(!!(message->flags & ODD_EVENT_CUT) ==
	     (message->captured_bytes < message->message_bytes));
	hold(!(message->flags & ODD_EVENT_FOLLOWS));
	run->cut += message->captured_bytes < message->message_bytes;
	/* each byte can be read */
	for (unsigned i = 0; i < message->captured_bytes; i++)
		sum ^= message->payload[i];
	hold(sum == (sum & 0xff));
}

static void hold_counters(const struct run *run)
{
	const struct streams_counters *c = run->counters;

	hold(c->held_bytes <= limits.bytes);
	hold(c->connections <= limits.connections);
	hold(c->held_bytes <= c->connections * limits.connection_bytes);
	hold(c->opened == c->connections + c->closed + c->idle + c->evicted);
	hold(c->messages == run->messages);
	hold(c->cut + c->over_message == run->cut);
	hold(c->reordered + c->retransmitted + c->skipped <= 3 * c->segments);
}

/* Messages of 12 + fill bytes one behind the other, or what the input says. */
static void fill(struct odd_event *event, const struct step *step, const uint8_t *rest,
		 size_t rest_bytes)
{
	const uint8_t header[14] = {
		0, (uint8_t)(12 + step->fill), step->fill, 1, 1, 0, 0, step->fill >= 5};

	for (unsigned i = 0; i < event->captured_bytes; i++) {
		unsigned at = i % (14U + step->fill);

		if (step->what & 1)
			event->payload[i] = i < rest_bytes ? rest[i] : 0;
		else
			event->payload[i] = at < sizeof(header) ? header[at] : 0x99;
	}
}

static void send_segment(struct run *run, const struct step *step, const uint8_t *rest,
			 size_t rest_bytes)
{
	unsigned connection = step->connection >> 1, side = step->connection & 1;
	uint32_t *next = &run->next[connection % CONNECTIONS][side];
	uint16_t bytes = step->what & 8 ? step->bytes % 4097 : step->bytes % 64;
	uint16_t captured =
		step->missing < 32 && step->missing < bytes ? bytes - step->missing : bytes;
	struct odd_event *event = calloc(1, sizeof(*event) + captured);

	if (!event)
		return;
	event->time_ns = run->now_ns;
	event->src[15] = side ? 2 : 1;
	event->dst[15] = side ? 1 : 2;
	event->src_port = side ? 53 : (uint16_t)(connection % CONNECTIONS);
	event->dst_port = side ? (uint16_t)(connection % CONNECTIONS) : 53;
	event->protocol = IPPROTO_TCP;
	event->tcp_flags = step->tcp_flags & 0x1f;
	event->tunnel = step->tcp_flags >> 5;
	event->sequence =
		*next + (uint32_t)(step->what & 4 ? step->shift * 33554432LL : step->shift);
	event->message_bytes = bytes;
	event->captured_bytes = captured;
	fill(event, step, rest, rest_bytes);
	streams__event(run->streams, event);
	if (step->what & 2)
		*next = event->sequence + bytes;
	free(event);
}

static void take_step(struct run *run, const struct step *step, const uint8_t *rest,
		      size_t rest_bytes)
{
	if (step->what >= 240)
		run->now_ns -= step->bytes * NS_PER_STEP;
	else
		run->now_ns += step->what >= 224 ? step->bytes * NS_PER_STEP : NS_PER_STEP;
	if (step->what == 223)
		streams__finish(run->streams);
	else if (step->what >= 224)
		streams__tick(run->streams, run->now_ns);
	else
		send_segment(run, step, rest, rest_bytes);
	hold_counters(run);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct run run = {.now_ns = 1ULL << 60};

	if (streams__new(&limits, 1, take_message, &run, &run.streams) < 0)
		return 0;
	run.counters = streams__counters(run.streams);
	for (; size >= STEP_BYTES; data += STEP_BYTES, size -= STEP_BYTES) {
		struct step step;

		memcpy(&step, data, sizeof(step));
		take_step(&run, &step, data, size);
	}
	streams__finish(run.streams);
	hold_counters(&run);
	hold(run.counters->held_bytes == 0 && run.counters->connections == 0);
	streams__free(run.streams);
	return 0;
}
