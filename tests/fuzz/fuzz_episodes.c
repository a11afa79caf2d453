// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes as a sequence of exchanges. The first two choose the limits; then each exchange takes
 * eight:
 *
 *	0	state (3 bits), over TCP (1), truncated (1), client (2), tunnel (1)
 *	1	name (3 bits), one of them of 255 bytes; type (3); rcode (2)
 *	2	server (4 bits), transmissions (4)
 *	3	what else happens: nothing, a tick, the end, other limits, a wild time
 *	4, 5	end: signed, from the last one's, in steps of 1, 100 ms or 1 h by the third byte
 *	6, 7	query: before the end, signed
 *
 * What is delivered must be possible, and make up what was taken, after every call.
 */
#include "flow/episodes.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#define EPOCH	       1700000000000000000LL
#define MS	       1000000LL
#define SETTINGS_BYTES 2
#define EXCHANGE_BYTES 8
/* Enough to fill every table several times; a larger input would only be slow. */
#define EXCHANGES_MAX 512

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct trial {
	struct episodes *episodes;
	const struct episodes_counters *counters;
	struct episodes_limits limits;
	int64_t now_ns;
	uint64_t told;
	uint64_t delivered;
	uint64_t joined;
};

/* abort() and not assert(): holds whatever NDEBUG says */
static void hold(bool true_here)
{
	if (!true_here)
		abort();
}

static void hold_unlike(const struct episode *e)
{
	for (unsigned i = 0; i < e->type_count; i++)
		for (unsigned j = 0; j < i; j++)
			hold(e->types[i] != e->types[j]);
	for (unsigned i = 0; i < e->server_count; i++)
		for (unsigned j = 0; j < i; j++)
			hold(memcmp(e->servers[i], e->servers[j], 16) != 0);
}

static void take(void *context, const struct episode *e)
{
	struct trial *trial = context;
	unsigned name_bytes = 0;

	hold(e->outcome < EPISODE_OUTCOMES && episode_outcome_name(e->outcome));
	hold(e->wait_ns >= 0 && e->wait_ns == e->end_ns - e->time_ns);
	hold(e->exchanges >= 1);
	hold(e->type_count >= 1 && e->type_count <= EPISODE_TYPES_MAX);
	hold(e->server_count >= 1 && e->server_count <= EPISODE_SERVERS_MAX);
	hold(e->type_count <= e->exchanges && e->server_count <= e->exchanges);
	hold(e->has_rcode == (e->outcome <= EPISODE_TRUNCATED));
	hold(e->has_rcode || e->rcode == 0);
	hold(e->over_udp || e->over_tcp);
	hold(e->outcome != EPISODE_TRUNCATED || (e->was_truncated && e->over_udp));
	hold(e->outcome != EPISODE_ANSWERED || e->rcode == 0 || e->rcode == 3);
	hold_unlike(e);
	for (unsigned i = 0; i < e->qname_length; i++)
		name_bytes += e->qname[i] == e->qname[0];
	hold(name_bytes == e->qname_length);
	trial->delivered++;
	trial->joined += e->exchanges;
}

static void hold_counters(const struct trial *trial)
{
	const struct episodes_counters *c = trial->counters;
	uint64_t outcomes = 0;

	for (unsigned i = 0; i < EPISODE_OUTCOMES; i++)
		outcomes += c->outcomes[i];
	hold(outcomes == trial->delivered);
	hold(c->exchanges == trial->joined + c->held);
	hold(c->open <= trial->limits.open && c->open <= c->held);
	hold(c->exchanges + c->outlived <= trial->told);
	hold(c->hurried <= outcomes && c->crowded <= c->exchanges);
}

static int64_t read16(const uint8_t *data)
{
	return (int16_t)(data[0] << 8 | data[1]);
}

/* Sums of wild times are meant to wrap. */
static int64_t later(int64_t time_ns, int64_t steps, int64_t step_ns)
{
	return (int64_t)((uint64_t)time_ns + (uint64_t)steps * (uint64_t)step_ns);
}

static void happen(struct trial *trial, uint8_t what)
{
	static const int64_t wild[] = {0, -1, INT64_MIN, INT64_MAX, 1LL << 62, EPOCH};

	if ((what & 7) == 1)
		episodes__tick(trial->episodes, (uint64_t)trial->now_ns);
	else if (what == 0xfa)
		episodes__finish(trial->episodes);
	else if (what == 0xfb)
		trial->limits.window_ns ^= 1000 * (uint64_t)MS;
	else if (what >= 0xe0 && what < 0xe6)
		trial->now_ns = wild[what - 0xe0];
	if (what == 0xfb)
		episodes__set_limits(trial->episodes, &trial->limits);
	hold_counters(trial);
}

static void fill(const struct trial *trial, const uint8_t *data, struct exchange *ret)
{
	static const uint16_t types[] = {1, 28, 65, 5, 15, 16, 33, 251};
	static const uint16_t rcodes[] = {0, 0, 3, 2};
	static const int64_t steps[] = {MS, MS, 100 * MS, 3600000 * MS};

	memset(ret, 0, sizeof(*ret));
	ret->state = (data[0] & 7) % EXCHANGE_STATES;
	ret->end_ns = trial->now_ns;
	ret->time_ns = later(trial->now_ns, -read16(data + 6), steps[data[2] & 3]);
	ret->latency_ns = later(ret->end_ns, -1, ret->time_ns);
	ret->protocol = data[0] & 8 ? IPPROTO_TCP : IPPROTO_UDP;
	ret->flags = data[0] & 0x10 ? 0x8200 : 0x8000;
	ret->client[0] = data[0] >> 5 & 3;
	ret->tunnel = data[0] & 0x80 ? ODD_TUNNEL_GRE : ODD_TUNNEL_NONE;
	ret->qtype = types[data[1] >> 3 & 7];
	ret->rcode = rcodes[data[1] >> 6];
	ret->server[15] = data[2] >> 4;
	ret->tries = data[2] & 15 ? data[2] & 15 : UINT32_MAX;
	ret->messages = data[3] == 0xff ? 2 : 1;
}

/* The name in a block of its size, so that each byte read too far is seen. */
static void give(struct trial *trial, const uint8_t *data)
{
	uint8_t number = data[1] & 7;
	uint8_t length = number == 7 ? 255 : number;
	static const int64_t steps[] = {MS, MS, 100 * MS, 3600000 * MS};
	struct exchange exchange;
	uint8_t *name = malloc(length ? length : 1);

	if (!name)
		return;
	memset(name, number, length);
	trial->now_ns = later(trial->now_ns, read16(data + 4), steps[data[3] >> 3 & 3]);
	happen(trial, data[3]);
	fill(trial, data, &exchange);
	exchange.qname = name;
	exchange.qname_length = length;
	trial->told++;
	episodes__exchange(trial->episodes, &exchange);
	free(name);
	hold_counters(trial);
}

static void end(struct trial *trial)
{
	episodes__finish(trial->episodes);
	hold_counters(trial);
	hold(trial->counters->open == 0 && trial->counters->held == 0);
	hold(trial->counters->exchanges == trial->joined);
	episodes__free(trial->episodes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct trial trial = {.now_ns = EPOCH};

	if (size < SETTINGS_BYTES)
		return 0;
	trial.limits.window_ns = (data[0] & 15) * 1000ULL * MS;
	trial.limits.timeout_ns = (data[0] >> 4) * 1000ULL * MS;
	if (data[1] == 0xff)
		trial.limits.timeout_ns = 1ULL << 60;
	trial.limits.open = 1 + data[1] % 32;
	hold(episodes__new(&trial.limits, 1, take, &trial, &trial.episodes) == 0);
	trial.counters = episodes__counters(trial.episodes);
	if (size > SETTINGS_BYTES + EXCHANGES_MAX * EXCHANGE_BYTES)
		size = SETTINGS_BYTES + EXCHANGES_MAX * EXCHANGE_BYTES;
	for (size_t at = SETTINGS_BYTES; at + EXCHANGE_BYTES <= size; at += EXCHANGE_BYTES)
		give(&trial, data + at);
	end(&trial);
	return 0;
}
