// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes as a sequence of fragments. The first two choose the limits; then each
 * fragment takes eight:
 *
 *	0	identification (3 bits), tunnel (1), time in steps of 0, 1 ms, 200 ms, 3 s (2),
 *		a tick before it (1), back in time instead of on (1)
 *	1	flags as in an event, FRAGMENT goes without saying; top bit: other bytes
 *	2, 3	fragment offset
 *	4, 5	message_bytes
 *	6, 7	captured_bytes, at most message_bytes
 *
 * Payload is a heap block of exactly its size. What is handed on must be made of
 * bytes that were given, the counters must agree with it, and what is said to be
 * held is counted again from the allocator.
 */
#include "flow/fragments.h"

#include <netinet/in.h>
#include <sanitizer/allocator_interface.h>
#include <stdlib.h>
#include <string.h>

#define EPOCH	       1700000000000000000ULL
#define SETTINGS_BYTES 2
#define FRAGMENT_BYTES 8
/* More than fill the table three times over; a larger input would only be slow. */
#define FRAGMENTS_MAX 128
/* Of struct datagram: what is held of each besides what is allocated for it. */
#define DATAGRAM_BYTES 240

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct trial {
	struct fragments *fragments;
	const struct fragments_counters *counters;
	struct fragments_limits limits;
	uint64_t now_ns;
	uint64_t messages;
	uint64_t cut;
	size_t allocated; /* with nothing held */
};

/* abort() and not assert(): holds whatever NDEBUG says */
static void hold(bool true_here)
{
	if (!true_here)
		abort();
}

/* All fragments have the same byte in the same place, but for the last bit of some. */
static const uint8_t *bytes_at(uint32_t position, bool other)
{
	static uint8_t bytes[2][2 * 65536];

	for (uint32_t i = 0; !bytes[1][0] && i < sizeof(bytes[0]); i++) {
		bytes[0][i] = (uint8_t)((i * 31 + (i >> 8) * 7) & 0xfe);
		bytes[1][i] = bytes[0][i] | 1;
	}
	return bytes[other] + position % 65536;
}

/* Bytes 8 at a time: sanitizers look at each step. */
static bool is_made_of_given(const struct odd_event *message)
{
	const uint8_t *bytes = bytes_at(0, false);
	uint32_t whole = message->captured_bytes & ~7U;
	uint64_t differ = 0;

	for (uint32_t i = 0; i < whole; i += 8) {
		uint64_t is, was;

		memcpy(&is, message->payload + i, 8);
		memcpy(&was, bytes + i, 8);
		differ |= is ^ was;
	}
	for (uint32_t i = whole; i < message->captured_bytes; i++)
		differ |= message->payload[i] ^ bytes[i];
	return !(differ & 0xfefefefefefefefeULL);
}

static void take(void *context, const struct odd_event *message)
{
	struct trial *trial = context;

	hold(message->captured_bytes <= message->message_bytes);
	hold(!(message->flags & ~ODD_EVENT_CUT));
	hold(!!(message->flags & ODD_EVENT_CUT) ==
	     (message->captured_bytes < message->message_bytes));
	hold(message->protocol == IPPROTO_UDP);
	hold(message->time_ns == trial->now_ns || message->flags & ODD_EVENT_CUT);
	hold(message->src_port == 53 && message->identification == 0);
	hold(is_made_of_given(message));
	trial->messages++;
	trial->cut += !!(message->flags & ODD_EVENT_CUT);
}

static void hold_counters(const struct trial *trial)
{
	const struct fragments_counters *c = trial->counters;

	hold(c->held_bytes <= trial->limits.bytes);
	hold(c->held <= trial->limits.datagrams);
	hold(trial->messages >= c->reassembled + c->partial);
	hold(trial->messages <= c->reassembled + c->partial + c->evicted);
	hold(trial->cut >= c->partial);
	hold(c->reassembled + c->partial + c->overlapping + c->unclaimed + c->evicted + c->held <=
	     c->fragments);
	hold(c->misshapen + c->repeated <= c->fragments);
}

/* Each datagram that is remembered has its place in a table, all else is allocated. */
static void hold_bytes(const struct trial *trial)
{
	size_t pieces = __sanitizer_get_current_allocated_bytes() - trial->allocated;
	uint64_t datagrams = (trial->counters->held_bytes - pieces) / DATAGRAM_BYTES;

	hold(trial->counters->held_bytes == pieces + datagrams * DATAGRAM_BYTES);
	hold(datagrams >= trial->counters->held && datagrams <= trial->limits.datagrams);
}

static uint16_t read16(const uint8_t *data)
{
	return (uint16_t)(data[0] << 8 | data[1]);
}

static uint64_t step_ns(uint8_t choice)
{
	static const uint64_t steps[4] = {0, 1000000, 200000000, 3000000000};

	return steps[choice & 3];
}

static void fill(const struct trial *trial, const uint8_t *data, struct odd_event *event)
{
	bool later = data[1] & ODD_EVENT_LATER;
	uint32_t start = later ? (read16(data + 2) - 1U) * 8 : 0;

	memset(event, 0, sizeof(*event));
	event->time_ns = trial->now_ns;
	event->identification = data[0] & 7;
	event->tunnel = data[0] & 8 ? ODD_TUNNEL_VXLAN : ODD_TUNNEL_NONE;
	event->flags = ODD_EVENT_FRAGMENT | (data[1] & 0x1f);
	event->message_bytes = read16(data + 4);
	event->captured_bytes = read16(data + 6);
	if (event->captured_bytes > event->message_bytes)
		event->captured_bytes = event->message_bytes;
	event->protocol = IPPROTO_UDP;
	if (later)
		event->fragment_offset = read16(data + 2);
	else
		event->src_port = 53;
	memcpy(event->payload, bytes_at(start, data[1] & 0x80), event->captured_bytes);
}

static void give(struct trial *trial, const uint8_t *data)
{
	uint16_t length = read16(data + 4) < read16(data + 6) ? read16(data + 4) : read16(data + 6);
	struct odd_event *event = malloc(sizeof(*event) + length);

	if (!event)
		return;
	if (data[0] & 0x80)
		trial->now_ns -= step_ns(data[0] >> 4);
	else
		trial->now_ns += step_ns(data[0] >> 4);
	if (data[0] & 0x40)
		fragments__tick(trial->fragments, trial->now_ns);
	fill(trial, data, event);
	fragments__event(trial->fragments, event);
	free(event);
	hold_counters(trial);
	hold_bytes(trial);
}

/* All is given back, and what was counted is what was there. */
static void end(struct trial *trial)
{
	const struct fragments_counters *c = trial->counters;

	fragments__finish(trial->fragments);
	hold_counters(trial);
	hold(c->held == 0 && c->held_bytes == 0);
	fragments__free(trial->fragments);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct trial trial = {.now_ns = EPOCH};

	if (size < SETTINGS_BYTES)
		return 0;
	trial.limits.timeout_ns = 1000000000ULL * (1 + data[0] % 4);
	trial.limits.datagrams = 16 + data[1] % 16;
	trial.limits.bytes = 256 << 10;
	hold(fragments__new(&trial.limits, 1, take, &trial, &trial.fragments) == 0);
	trial.counters = fragments__counters(trial.fragments);
	trial.allocated = __sanitizer_get_current_allocated_bytes();
	if (size > SETTINGS_BYTES + FRAGMENTS_MAX * FRAGMENT_BYTES)
		size = SETTINGS_BYTES + FRAGMENTS_MAX * FRAGMENT_BYTES;
	for (size_t at = SETTINGS_BYTES; at + FRAGMENT_BYTES <= size; at += FRAGMENT_BYTES)
		give(&trial, data + at);
	end(&trial);
	return 0;
}
