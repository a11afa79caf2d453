/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an aggregate is made of, for the files that make and read it; aggregate.c has the idea. */
#ifndef QUERY_AGGREGATE_DATA_H
#define QUERY_AGGREGATE_DATA_H

#include "query/aggregate_key.h"
#include "query/aggregate_options.h"
#include "query/measures.h"
#include "stats/histogram.h"
#include "stats/latencies.h"

/* Lies in a chunk, with its key behind it. */
struct group {
	struct measures measures;
	struct latencies latencies;
	uint64_t error;	 /* of packets, from sums */
	uint64_t floors; /* of the lists of sums that named it */
	uint32_t key_length;
	uint8_t key[];
};

/* at: where the group lies, in units of 8 bytes through all chunks; 0: empty, as chunk 0 is. */
struct slot {
	uint32_t hash;
	uint32_t at;
};

/* Counted soon: its lines are on the way from memory. */
struct waiting {
	struct measures sums;
	int64_t latency_ns;
	bool has_sample;
	uint32_t hash;
	struct key key;
};

/* How many wait at most, a power of two: so many exchanges take longer than memory does. */
#define WAITING_MAX 32U

struct aggregate {
	struct aggregate_options options;
	bool same_key; /* both flows of an exchange have the same values */
	struct slot *slots;
	uint32_t slot_mask;
	uint32_t groups;
	uint8_t **chunks;
	uint32_t chunk_count;
	uint32_t next;		 /* first free unit */
	uint32_t next_max;	 /* behind the last unit that may be used */
	struct waiting *waiting; /* WAITING_MAX; added % WAITING_MAX is the next free one */
	uint64_t added;
	uint64_t settled; /* of those added */
	struct measures all;
	uint64_t crowded;
	uint64_t floor; /* of all lists of sums */
	uint64_t samples;
	struct histogram histogram; /* of all */
};

#define CHUNK_BYTES (1U << 20)
#define CHUNK_UNITS (CHUNK_BYTES / 8)

/**
 * aggregate_settle() - Count all that wait.
 *
 * Whoever looks at the result does this first.
 *
 * Return: 0, -ENOMEM
 */
int aggregate_settle(struct aggregate *aggregate);

/** group_at() - The group of a slot that is not empty. */
static inline struct group *group_at(const struct aggregate *aggregate, uint32_t at)
{
	return (struct group *)(aggregate->chunks[at / CHUNK_UNITS] + at % CHUNK_UNITS * 8);
}

#endif
