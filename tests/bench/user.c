// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What an exchange costs behind the ring, and what is remembered.
 *
 * user.exchange: the events lie in memory one behind the other as they do in
 * the ring, each behind 8 bytes with its length. 65 536 exchanges are
 * 40 MB, so they come from memory and not from a cache, as after another
 * processor wrote them. They are walked again and again, later by their whole
 * duration each time, so at 100 000 queries a second an interval closes in each
 * round. The floor is the same walk with a callback that does nothing.
 */
#include "bench.h"
#include "traffic.h"

#include "pipeline.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXCHANGES 65536
#define GAP_NS	  10000ULL
#define CYCLES	  16 /* in a round: 10.5 s of traffic */
#define ROUNDS	  11
#define WARM_UP	  32 /* cycles: 21 s, so that two intervals have closed */

#define LATER_NS (EXCHANGES * GAP_NS)

#define PENDING (1U << 20)

#define START_NS 1800000000000000000ULL /* 2027 */

/* Records as bpf/emit.bpf.h reserves them. */
#define SHORT_ROOM 96
#define LONG_ROOM  256

struct records {
	uint8_t *memory;
	size_t bytes;
};

/* Return: bytes of the record with its length in front */
static size_t put_record(uint8_t *at, const struct traffic_exchange *exchange,
			 const struct traffic_moment *moment)
{
	struct odd_event *event = (struct odd_event *)(at + 8);
	uint32_t src = moment->is_response ? exchange->server : exchange->client;
	uint32_t dst = moment->is_response ? exchange->client : exchange->server;
	unsigned bytes = traffic_message(exchange, moment->is_response, event->payload);
	uint64_t room = bytes <= SHORT_ROOM ? SHORT_ROOM : LONG_ROOM;
	uint64_t record = sizeof(*event) + room;

	src = __builtin_bswap32(src);
	dst = __builtin_bswap32(dst);
	memset(event, 0, sizeof(*event));
	memset(event->src + 10, 0xff, 2);
	memset(event->dst + 10, 0xff, 2);
	memcpy(event->src + 12, &src, 4);
	memcpy(event->dst + 12, &dst, 4);
	event->time_ns = START_NS + moment->time_ns;
	event->src_port = moment->is_response ? 53 : exchange->client_port;
	event->dst_port = moment->is_response ? exchange->client_port : 53;
	event->ifindex = 2;
	event->uid = ODD_NO_UID;
	event->message_bytes = (uint16_t)bytes;
	event->captured_bytes = (uint16_t)bytes;
	event->protocol = 17;
	memcpy(at, &record, sizeof(record));
	return 8 + record;
}

static int make_records(struct records *ret)
{
	struct traffic_moment *moments = traffic_order(EXCHANGES, GAP_NS, true);
	const size_t most = 2 * EXCHANGES * (8 + sizeof(struct odd_event) + LONG_ROOM);
	struct traffic_exchange exchange;

	ret->bytes = 0;
	ret->memory = malloc(most);
	if (!moments || !ret->memory) {
		free(moments);
		return -ENOMEM;
	}
	for (unsigned i = 0; i < 2 * EXCHANGES; i++) {
		traffic_exchange(moments[i].exchange, (struct traffic_names){10, TRAFFIC_NAME_MAX},
				 &exchange);
		ret->bytes += put_record(ret->memory + ret->bytes, &exchange, &moments[i]);
	}
	free(moments);
	return 0;
}

/* Hand each event out, @later than the last time. */
static void walk(const struct records *records, uint64_t later, event_fn on_event, void *context)
{
	uint8_t *at = records->memory, *end = records->memory + records->bytes;

	while (at < end) {
		struct odd_event *event = (struct odd_event *)(at + 8);
		uint64_t record;

		memcpy(&record, at, sizeof(record));
		event->time_ns += later;
		on_event(context, event);
		at += 8 + record;
	}
}

static void take_nothing(void *context, const struct odd_event *event)
{
	(void)context;
	(void)event;
}

static void take_event(void *context, const struct odd_event *event)
{
	pipeline__event(context, event);
}

/* Return: ns for each exchange */
static double measure(const struct records *records, uint64_t later, event_fn volatile on_event,
		      void *context)
{
	uint64_t start = bench_now_ns();

	for (unsigned i = 0; i < CYCLES; i++)
		walk(records, later, on_event, context);
	return (double)(bench_now_ns() - start) / ((double)EXCHANGES * CYCLES);
}

/* Was it what was to be measured? All but the responses before the first query were answered. */
static int check_exchanges(const struct pipeline *pipeline)
{
	const struct exchange_counters *c = pipeline__counters(pipeline);

	if (c->unanswered == 0 && c->retransmitted == 0 && c->duplicate == 0 && c->evicted == 0 &&
	    c->orphan < EXCHANGES / 10)
		return 0;
	fprintf(stderr,
		"bench: user.exchange: %llu answered, but %llu unanswered, %llu orphans, %llu "
		"retransmitted\n",
		(unsigned long long)c->answered, (unsigned long long)c->unanswered,
		(unsigned long long)c->orphan, (unsigned long long)c->retransmitted);
	return -EIO;
}

static int measure_exchange(struct bench *bench, struct pipeline *pipeline,
			    const struct records *records, const char *name)
{
	const uint64_t later = EXCHANGES * GAP_NS;
	double floors[ROUNDS], ours[ROUNDS];

	walk(records, 0, take_event, pipeline);
	for (unsigned i = 0; i < WARM_UP; i++)
		walk(records, later, take_event, pipeline);
	for (unsigned i = 0; i < ROUNDS; i++) {
		floors[i] = measure(records, 0, take_nothing, NULL);
		ours[i] = measure(records, later, take_event, pipeline);
	}
	bench__row(bench, "user.floor", bench_median(floors, ROUNDS));
	bench__rounds(bench, name, ours, ROUNDS);
	return check_exchanges(pipeline);
}

static int exchange(struct bench *bench, const struct settings *settings, const char *name)
{
	const struct pipeline_sinks none = {0};
	struct records records = {0};
	struct pipeline *pipeline = NULL;
	int r = pipeline__new(settings, 1, &none, &pipeline);

	if (r == 0)
		r = make_records(&records);
	if (r == 0)
		r = measure_exchange(bench, pipeline, &records, name);
	else
		fprintf(stderr, "bench: %s: %s\n", name, strerror(-r));
	free(records.memory);
	pipeline__free(pipeline);
	return r;
}

/* With all records of an answer kept and checked, as by default, and with none. */
static int exchanges(struct bench *bench, const struct settings *settings)
{
	struct settings bare = *settings;
	int r = 0;

	bare.answers = ANSWERS_NONE;
	if (bench__wants(bench, "user.exchange") || bench__wants(bench, "user.floor"))
		r = exchange(bench, settings, "user.exchange");
	if (r == 0 && bench__wants(bench, "user.exchange_bare"))
		r = exchange(bench, &bare, "user.exchange_bare");
	return r;
}

/* --- memory ----------------------------------------------------------------------------------- */

static uint64_t resident_bytes(void)
{
	FILE *file = fopen("/proc/self/statm", "re");
	unsigned long long all, resident = 0;

	if (!file)
		return 0;
	if (fscanf(file, "%llu %llu", &all, &resident) != 2)
		resident = 0;
	fclose(file);
	return resident * (uint64_t)sysconf(_SC_PAGESIZE);
}

static void ignore_exchange(void *context, const struct exchange *exchange)
{
	(void)context;
	(void)exchange;
}

static bool knows_nobody(void *context, const uint8_t *server)
{
	(void)context;
	(void)server;
	return false;
}

static void put_queries(struct exchange_table *table)
{
	uint64_t memory[(8 + sizeof(struct odd_event) + LONG_ROOM) / 8];
	struct traffic_exchange query;

	for (uint32_t i = 0; i < PENDING; i++) {
		const struct traffic_moment moment = {.time_ns = i, .exchange = i};

		traffic_exchange(i, (struct traffic_names){20, 33}, &query);
		put_record((uint8_t *)memory, &query, &moment);
		exchange_table__event(table, (struct odd_event *)(memory + 1));
	}
}

/* What the table says of itself, and what the kernel says, whichever is more. */
static int pending(struct bench *bench, const struct settings *settings)
{
	const struct exchange_limits limits = {
		.timeout_ns = settings->timeout_ns,
		.grace_ns = settings->grace_ns,
		.entries = PENDING,
	};
	const struct exchange_listener listener = {.on_end = ignore_exchange,
						   .knows = knows_nobody};
	uint64_t before = resident_bytes(), bytes, resident, count;
	struct exchange_table *table;
	int r = exchange_table__new(&limits, 1, &listener, &table);

	if (r < 0) {
		fprintf(stderr, "bench: user.pending: %s\n", strerror(-r));
		return r;
	}
	put_queries(table);
	resident = resident_bytes() - before;
	bytes = exchange_table__usage(table).bytes;
	count = exchange_table__counters(table)->pending;
	exchange_table__free(table);
	/* a handful of random keys come twice with the same name length, never with the same name
	 */
	if (count < PENDING - PENDING / 100) {
		fprintf(stderr, "bench: user.pending: only %llu of %u queries are pending\n",
			(unsigned long long)count, PENDING);
		return -EIO;
	}
	bench__row(bench, "user.pending",
		   (double)(resident > bytes ? resident : bytes) / (double)count);
	return 0;
}

static int server(struct bench *bench, const struct settings *settings)
{
	const struct servers_limits limits = {
		.window = settings->window,
		.servers = settings->servers,
	};
	struct server_table *table;
	int r = server_table__new(&limits, 1, &table);

	if (r < 0) {
		fprintf(stderr, "bench: user.server: %s\n", strerror(-r));
		return r;
	}
	bench__row(bench, "user.server", (double)server_table__bytes(table));
	server_table__free(table);
	return 0;
}

/* Memory first: what others freed would be used again and not show as growth. */
int bench_user(struct bench *bench)
{
	struct settings *settings = settings__new();
	int r = settings ? 0 : -ENOMEM;

	if (r == 0 && bench__wants(bench, "user.pending"))
		r = pending(bench, settings);
	if (r == 0 && bench__wants(bench, "user.server"))
		r = server(bench, settings);
	if (r == 0)
		r = exchanges(bench, settings);
	settings__free(settings);
	if (r == 0)
		r = bench_tcp(bench);
	if (r == 0)
		r = bench_decode(bench);
	if (r == 0)
		r = bench_episode(bench);
	if (r == 0)
		r = bench_store_sensor(bench);
	return r;
}
