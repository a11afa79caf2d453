/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A histogram of latencies for those who need many small ones: buckets and
 * error of stats/histogram.h, memory for the buckets in use only, sorted. Two
 * buckets need no allocation. From LATENCIES_SPREAD buckets on there is a place
 * for each of the 1601, 13 KB, so that adding need not search.
 */
#ifndef STATS_LATENCIES_H
#define STATS_LATENCIES_H

#include <stddef.h>
#include <stdint.h>

struct latency_bucket {
	uint32_t bucket; /* histogram_bucket() */
	uint32_t count;	 /* stops at 2^32 - 1; 0 in a place that waits for its first */
};

#define LATENCIES_INLINE 2
#define LATENCIES_SPREAD 128

/* All zero is empty. */
struct latencies {
	uint64_t samples;
	uint32_t used;
	uint32_t room; /* 0: the buckets are in here */
	union {
		struct latency_bucket in[LATENCIES_INLINE];
		struct latency_bucket *out;
	};
};

/** latencies__done() - Free what it holds; empty again. */
void latencies__done(struct latencies *latencies);

/**
 * latencies__add() - Count a latency.
 * @ns: negative counts as 0
 *
 * Cost: about 10 ns; an allocation when a bucket is new, up to LATENCIES_SPREAD of them.
 * Return: 0, -ENOMEM
 */
int latencies__add(struct latencies *latencies, int64_t ns);

/** latencies__expect() - Ask memory for where latencies__add() will count @ns, to hide the wait. */
void latencies__expect(const struct latencies *latencies, int64_t ns);

/**
 * latencies__buckets() - What it holds: used ones in rising order, some perhaps with count 0.
 * Valid until it changes.
 */
static inline const struct latency_bucket *latencies__buckets(const struct latencies *latencies)
{
	return latencies->room ? latencies->out : latencies->in;
}

/** latencies__merge() - Add all samples of @more. Return: 0, -ENOMEM; some may be added then */
int latencies__merge(struct latencies *latencies, const struct latencies *more);

/**
 * latencies__quantile() - The value below which a share of the samples lies.
 * @share: 0..1
 *
 * Return: ns, wrong by at most 1/128; -1 when there are no samples
 */
int64_t latencies__quantile(const struct latencies *latencies, double share);

/* Bytes that latencies__pack() may need: two varints of 5 bytes a bucket. */
#define LATENCIES_PACKED(used) ((size_t)(used)*10)

/**
 * latencies__pack() - As bytes: pairs of LEB128 numbers, each bucket as the distance from the one
 * before (the first from 0), and its count.
 * @buf: LATENCIES_PACKED(latencies->used) bytes
 *
 * Return: bytes written
 */
size_t latencies__pack(const struct latencies *latencies, uint8_t *buf);

/**
 * latencies__unpack() - Add what latencies__pack() wrote.
 *
 * Return: 0, -ENOMEM, -EINVAL when these are no such bytes; some may be added then
 */
int latencies__unpack(struct latencies *latencies, const uint8_t *bytes, size_t length);

#endif
