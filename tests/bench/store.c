// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What it costs to keep exchanges: on the sensor's thread, on the writer's, on disk.
 *
 * An hour of 10 million exchanges: names of 24 characters, half of all queries for a thousand of
 * them and the others for any of 16 million; 4093 clients, 7 servers; each answered with an A
 * record and OPT, one in 13 with NXDOMAIN. They are stored as a replay does, so that the sensor's
 * side waits for the writer. user.store is the sensor's side alone: so many as the queue takes,
 * while the writer works.
 */
#include "bench.h"

#include "store/store.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef ROWS
#define ROWS 10000000U
#endif
#define START_NS    1800000000000000000LL /* 2027-01-15T08:00:00Z */
#define GAP_NS	    359000LL		  /* so that all lie within an hour */
#define QUEUE_BYTES (64 << 20)
#define BURST	    50021U
#define ROUNDS	    11

/* 8 letters, 10 and 4, with two dots 24 characters */
#define NAME_WIRE 26

#define FOLDER "build/bench-store"

struct talk {
	struct exchange exchange;
	struct dns_message message;
	uint8_t name[NAME_WIRE];
	uint8_t bytes[DNS_HEADER_BYTES + NAME_WIRE + 4 + 16 + 11];
};

static uint64_t mix(uint64_t x)
{
	x = (x ^ x >> 31) * 0x7fb5d329728ea185ULL;
	x = (x ^ x >> 27) * 0x81dadef4bc2dd44dULL;
	return x ^ x >> 33;
}

static void put_name(struct talk *talk, uint64_t random)
{
	uint32_t number =
		random & 1 ? (uint32_t)(random >> 8) % 1009 : (uint32_t)(random >> 8) & 0xffffff;

	for (unsigned i = 0; i < 8; i++, number /= 16)
		talk->name[1 + i] = (uint8_t)('a' + number % 16);
	memcpy(talk->bytes + DNS_HEADER_BYTES, talk->name, NAME_WIRE);
}

static void begin_talk(struct talk *talk)
{
	static const uint8_t name[NAME_WIRE] = "\x08"
					       "abcdefgh"
					       "\x0a"
					       "customerxy"
					       "\x04"
					       "test";
	static const uint8_t tail[] = {0,   1, 0, 1, 0xc0, 12, 0,  1, 0,   1, 0, 0, 1, 44, 0, 4,
				       192, 0, 2, 1, 0,	   0,  41, 4, 208, 0, 0, 0, 0, 0,  0};
	struct exchange *e = &talk->exchange;

	memset(talk, 0, sizeof(*talk));
	memcpy(talk->name, name, NAME_WIRE);
	memcpy(talk->bytes + DNS_HEADER_BYTES + NAME_WIRE, tail, sizeof(tail));
	talk->bytes[5] = talk->bytes[7] = talk->bytes[11] = 1;
	talk->message.qdcount = talk->message.ancount = talk->message.arcount = 1;
	talk->message.has_edns = true;
	talk->message.records = DNS_HEADER_BYTES + NAME_WIRE + 4;
	*e = (struct exchange){
		.state = EXCHANGE_ANSWERED,
		.has_latency = true,
		.server_port = 53,
		.protocol = IPPROTO_UDP,
		.ifindex = 2,
		.flags = 0x8180,
		.has_query = true,
		.has_response = true,
		.recursion_desired = true,
		.ancount = 1,
		.arcount = 1,
		.tries = 1,
		.query_bytes = 53,
		.response_bytes = sizeof(talk->bytes),
		.messages = 1,
		.qtype = 1,
		.qclass = 1,
		.qname_length = NAME_WIRE,
		.qname = talk->name,
		.uid = ODD_NO_UID,
		.keep = KEEP_ALL,
		.message = &talk->message,
		.bytes = {talk->bytes, sizeof(talk->bytes), sizeof(talk->bytes)},
	};
	e->client[10] = e->client[11] = e->server[10] = e->server[11] = 0xff;
	e->client[12] = e->server[12] = 10;
}

static void next_talk(struct talk *talk, uint32_t i)
{
	struct exchange *e = &talk->exchange;
	uint64_t random = mix(i + 1), client = random % 4093, more = mix(random);

	put_name(talk, random >> 13);
	e->time_ns = START_NS + (int64_t)i * GAP_NS;
	e->latency_ns = e->wait_ns = 200000 + (int64_t)(more % 30000000);
	e->end_ns = e->time_ns + e->latency_ns;
	e->client[14] = (uint8_t)(client >> 8);
	e->client[15] = (uint8_t)client;
	e->server[15] = (uint8_t)(1 + more % 7);
	e->client_port = (uint16_t)(1024 + (more >> 16) % 64000);
	e->id = (uint16_t)(more >> 32);
	e->rcode = (more >> 48) % 13 ? 0 : 3;
	e->flags = 0x8180 | e->rcode;
	e->qtype = (more >> 52) % 4 ? 1 : 28;
}

static const char *name_of_interface(void *context, uint32_t ifindex)
{
	(void)context;
	(void)ifindex;
	return "eth0";
}

static int open_store(bool wait, struct store **ret_store)
{
	const struct store_options options = {
		.dir = FOLDER,
		.segment_ns = STORE_HOUR_NS,
		.queue_bytes = QUEUE_BYTES,
		.wait = wait,
		.names = true,
		.records = KEEP_ALL,
		.seed = 4711,
		.names_of = {.interface = name_of_interface},
	};

	return store__open(&options, ret_store);
}

static void remove_folder(void)
{
	static const char *const names[] = {"lock", "2027-01-15T08.db", "2027-01-15T08.db-wal",
					    "2027-01-15T08.db-shm"};
	char path[128];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), FOLDER "/%s", names[i]);
		unlink(path);
	}
	rmdir(FOLDER);
}

/* Ticks come each second of the exchanges' time. */
static void feed(struct store *store, uint32_t rows)
{
	struct talk talk;
	int64_t tick_ns = START_NS;

	begin_talk(&talk);
	for (uint32_t i = 0; i < rows; i++) {
		next_talk(&talk, i);
		if (talk.exchange.time_ns >= tick_ns + 1000000000) {
			tick_ns += 1000000000;
			store__tick(store, tick_ns);
		}
		store__exchange(store, &talk.exchange);
	}
}

static int measure_insert(struct bench *bench, uint32_t rows)
{
	struct store *store;
	struct stat st;
	uint64_t start;
	int r = open_store(true, &store);

	if (r < 0)
		return r;
	start = bench_now_ns();
	feed(store, rows);
	r = store__close(store, NULL);
	if (r == 0 && stat(FOLDER "/2027-01-15T08.db", &st) < 0)
		r = -errno;
	if (r < 0)
		return r;
	bench__row(bench, "store.insert", rows / ((double)(bench_now_ns() - start) / 1e9));
	bench__row(bench, "store.row", (double)st.st_size / rows);
	return 0;
}

static void wait_until_empty(const struct store *store)
{
	struct store_counters counters;

	do {
		usleep(1000);
		store__counters(store, &counters);
	} while (counters.queue_bytes > 0);
}

static int measure_sensor(struct bench *bench)
{
	struct talk *talks = calloc(BURST, sizeof(*talks));
	struct store_counters counters;
	struct store *store;
	double values[ROUNDS];
	int r = talks ? open_store(false, &store) : -ENOMEM;

	if (r < 0) {
		free(talks);
		return r;
	}
	for (uint32_t i = 0; i < BURST; i++) {
		begin_talk(&talks[i]);
		next_talk(&talks[i], i);
	}
	for (unsigned round = 0; round < ROUNDS; round++) {
		uint64_t start = bench_now_ns();

		for (uint32_t i = 0; i < BURST; i++)
			store__exchange(store, &talks[i].exchange);
		values[round] = (double)(bench_now_ns() - start) / BURST;
		wait_until_empty(store);
	}
	store__counters(store, &counters);
	bench__rounds(bench, "user.store", values, ROUNDS);
	r = store__close(store, NULL);
	free(talks);
	return r < 0 ? r : counters.overflow ? -EIO : 0;
}

static int say(int r)
{
	remove_folder();
	if (r < 0)
		fprintf(stderr, "bench: store: %s\n", strerror(-r));
	return r;
}

int bench_store_sensor(struct bench *bench)
{
	if (!bench__wants(bench, "user.store"))
		return 0;
	remove_folder();
	return say(measure_sensor(bench));
}

int bench_store(struct bench *bench)
{
	remove_folder();
	return say(measure_insert(bench, ROWS));
}
