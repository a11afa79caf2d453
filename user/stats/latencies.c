// SPDX-License-Identifier: GPL-2.0-or-later
/* Small histograms: the buckets in use in rising order, found by halving. */
#include "latencies.h"

#include "stats/histogram.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* The first buckets on the heap: 32 bytes, the least that malloc() hands out beside its own. */
#define ROOM_FIRST 4

/* A number below 2^32 takes so many groups of 7 bits. */
#define LEB128_MAX 5

void latencies__done(struct latencies *latencies)
{
	if (latencies->room)
		free(latencies->out);
	memset(latencies, 0, sizeof(*latencies));
}

/* The first bucket that is not below @bucket; without branches, as any way is as likely. */
static unsigned find(const struct latencies *l, uint32_t bucket)
{
	const struct latency_bucket *at = latencies__buckets(l), *first = at;
	unsigned n = l->used;

	if (n == 0)
		return 0;
	while (n > 1) {
		unsigned half = n / 2;

		at = at[half - 1].bucket < bucket ? at + half : at;
		n -= half;
	}
	return (unsigned)(at - first) + (at->bucket < bucket);
}

static int make_room(struct latencies *l)
{
	unsigned room = l->room ? l->room * 2 : ROOM_FIRST;
	struct latency_bucket *grown;

	if (l->used < (l->room ? l->room : LATENCIES_INLINE))
		return 0;
	grown = realloc(l->room ? l->out : NULL, room * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	if (!l->room)
		memcpy(grown, l->in, sizeof(l->in));
	l->out = grown;
	l->room = room;
	return 0;
}

/* Give each bucket a place of its own. */
static int spread(struct latencies *l)
{
	struct latency_bucket *places = malloc(HISTOGRAM_BUCKETS * sizeof(*places));

	if (!places)
		return -ENOMEM;
	for (uint32_t i = 0; i < HISTOGRAM_BUCKETS; i++)
		places[i] = (struct latency_bucket){i, 0};
	for (unsigned i = 0; i < l->used; i++)
		places[l->out[i].bucket].count = l->out[i].count;
	free(l->out);
	l->out = places;
	l->used = l->room = HISTOGRAM_BUCKETS;
	return 0;
}

/* Where @bucket is counted, made when it is new. Return: 0, -ENOMEM */
static int place_of(struct latencies *l, uint32_t bucket, struct latency_bucket **ret)
{
	unsigned i = find(l, bucket);
	struct latency_bucket *at = (l->room ? l->out : l->in) + i;
	int r = 0;

	if (i == l->used || at->bucket != bucket) {
		r = make_room(l);
		if (r < 0)
			return r;
		at = (l->room ? l->out : l->in) + i;
		memmove(at + 1, at, (l->used - i) * sizeof(*at));
		*at = (struct latency_bucket){bucket, 0};
		l->used++;
	}
	if (l->used == LATENCIES_SPREAD) {
		r = spread(l);
		at = l->out + bucket;
	}
	if (r == 0)
		*ret = at;
	return r;
}

/* @count: not 0 */
static int count_bucket(struct latencies *l, uint32_t bucket, uint32_t count)
{
	struct latency_bucket *at;
	int r = 0;

	if (l->used == HISTOGRAM_BUCKETS)
		at = l->out + bucket;
	else
		r = place_of(l, bucket, &at);
	if (r < 0)
		return r;
	at->count = count > UINT32_MAX - at->count ? UINT32_MAX : at->count + count;
	l->samples += count;
	return 0;
}

static uint32_t bucket_of(int64_t ns)
{
	return histogram_bucket(ns < 0 ? 0 : (uint64_t)ns);
}

int latencies__add(struct latencies *latencies, int64_t ns)
{
	return count_bucket(latencies, bucket_of(ns), 1);
}

void latencies__expect(const struct latencies *latencies, int64_t ns)
{
	if (latencies->used == HISTOGRAM_BUCKETS)
		__builtin_prefetch(latencies->out + bucket_of(ns), 1);
	else if (latencies->room)
		__builtin_prefetch(latencies->out, 1);
}

int latencies__merge(struct latencies *latencies, const struct latencies *more)
{
	const struct latency_bucket *from = latencies__buckets(more);
	uint64_t samples = latencies->samples + more->samples;

	for (unsigned i = 0; i < more->used; i++) {
		int r = from[i].count ? count_bucket(latencies, from[i].bucket, from[i].count) : 0;

		if (r < 0)
			return r;
	}
	latencies->samples = samples; /* which a bucket that is full does not stop */
	return 0;
}

/* Ranks are among what the buckets hold, which is all but what a full one did not take. */
int64_t latencies__quantile(const struct latencies *latencies, double share)
{
	const struct latency_bucket *at = latencies__buckets(latencies);
	uint64_t held = 0, sum = 0, rank;
	unsigned i = 0;

	for (unsigned j = 0; j < latencies->used; j++)
		held += at[j].count;
	if (held == 0)
		return -1;
	rank = histogram_rank(share, held);
	for (sum = at[0].count; sum < rank && i < latencies->used - 1; sum += at[i].count)
		i++;
	return (int64_t)histogram_middle(at[i].bucket);
}

static uint8_t *put_leb128(uint8_t *to, uint32_t number)
{
	for (; number >= 0x80; number >>= 7)
		*to++ = (uint8_t)(number | 0x80);
	*to++ = (uint8_t)number;
	return to;
}

size_t latencies__pack(const struct latencies *latencies, uint8_t *buf)
{
	const struct latency_bucket *at = latencies__buckets(latencies);
	uint32_t before = 0;
	uint8_t *to = buf;

	for (unsigned i = 0; i < latencies->used; i++) {
		if (!at[i].count)
			continue;
		to = put_leb128(to, at[i].bucket - before);
		to = put_leb128(to, at[i].count);
		before = at[i].bucket;
	}
	return (size_t)(to - buf);
}

/*
 * Read a number in its shortest form, as it was written. Return: the place behind, NULL when there
 * is none.
 */
static const uint8_t *get_leb128(const uint8_t *at, const uint8_t *end, uint32_t *ret)
{
	uint64_t number = 0;

	for (unsigned i = 0; i < LEB128_MAX && at < end; i++) {
		uint8_t byte = *at++;

		number |= (uint64_t)(byte & 0x7f) << (7 * i);
		if (byte & 0x80)
			continue;
		if (number > UINT32_MAX || (byte == 0 && i > 0))
			return NULL;
		*ret = (uint32_t)number;
		return at;
	}
	return NULL;
}

int latencies__unpack(struct latencies *latencies, const uint8_t *bytes, size_t length)
{
	const uint8_t *at = bytes, *end = bytes + length;
	uint64_t bucket = 0;

	while (at < end) {
		bool is_first = at == bytes;
		uint32_t distance, count;
		int r;

		at = get_leb128(at, end, &distance);
		at = at ? get_leb128(at, end, &count) : NULL;
		if (!at || count == 0 || (distance == 0 && !is_first))
			return -EINVAL;
		bucket += distance;
		if (bucket >= HISTOGRAM_BUCKETS)
			return -EINVAL;
		r = count_bucket(latencies, (uint32_t)bucket, count);
		if (r < 0)
			return r;
	}
	return 0;
}
