// SPDX-License-Identifier: GPL-2.0-or-later
/* Space-Saving's list and its bounds against an exact count. */
#include "stats/topk.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEYS 20011

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static double next_share(uint64_t *state)
{
	return (double)(next_random(state) >> 11) / 0x1p53;
}

/* A stream gives the number of the i-th key. */
typedef unsigned (*stream_fn)(unsigned i, uint64_t *state);

static unsigned zipf(unsigned i, uint64_t *state)
{
	(void)i;
	return (unsigned)fmin(pow(KEYS, next_share(state)), KEYS - 1);
}

static unsigned uniform(unsigned i, uint64_t *state)
{
	(void)i;
	return (unsigned)(next_random(state) % KEYS);
}

/* Each key once more before it could become heavy: the worst for such a list. */
static unsigned in_turn(unsigned i, uint64_t *state)
{
	(void)state;
	return i % KEYS;
}

/* A few heavy keys among strangers that never come back within the list's reach. */
static unsigned strangers(unsigned i, uint64_t *state)
{
	return i % 5 == 0 ? (unsigned)(next_random(state) % 7) : 7 + i % (KEYS - 7);
}

/* Heavy ones early, then a flood. */
static unsigned early(unsigned i, uint64_t *state)
{
	return i < 3001 ? i % 11 : (unsigned)(11 + next_random(state) % (KEYS - 11));
}

static const stream_fn streams[] = {zipf, uniform, in_turn, strangers, early};
#define STREAMS (sizeof(streams) / sizeof(streams[0]))

static size_t key_of(unsigned number, char *buf)
{
	return (size_t)snprintf(buf, 32, "host-%u.example", number);
}

struct outcome {
	bool listed[KEYS];
	uint64_t exact[KEYS], total, sum;
};

static void check_entries(struct topk *topk, struct outcome *o, unsigned capacity)
{
	for (unsigned slot = 0; slot < topk__used(topk); slot++) {
		const struct topk_entry *entry = topk__at(topk, slot);
		unsigned number;
		char text[TOPK_KEY_MAX + 1] = {0};

		memcpy(text, entry->key, entry->key_length);
		cr_assert_eq(sscanf(text, "host-%u.example", &number), 1);
		cr_assert_not(o->listed[number], "%s is listed once", text);
		o->listed[number] = true;
		o->sum += entry->weight;
		cr_assert_geq(entry->weight, o->exact[number], "%s", text);
		cr_assert_leq(entry->weight - entry->error, o->exact[number], "%s", text);
		cr_assert_leq(entry->error, o->total / capacity);
	}
}

static void run(stream_fn stream, unsigned capacity, unsigned length)
{
	struct outcome *o = calloc(1, sizeof(*o));
	uint64_t state = 88172645463325252ULL;
	struct topk *topk;
	char key[32];

	cr_assert_eq(topk__new(capacity, 4711, &topk), 0);
	for (unsigned i = 0; i < length; i++) {
		unsigned number = stream(i, &state), weight = 1 + i % 3;
		unsigned slot = topk__add(topk, key, key_of(number, key), weight);

		o->exact[number] += weight;
		o->total += weight;
		cr_assert_lt(slot, topk__used(topk));
		cr_assert_eq(memcmp(topk__at(topk, slot)->key, key, strlen(key)), 0);
	}
	check_entries(topk, o, capacity);
	cr_expect_eq(o->sum, o->total, "the weights of the list are those of the stream");
	cr_expect_leq(topk__floor(topk), o->total / capacity);
	for (unsigned i = 0; i < KEYS; i++)
		cr_assert(o->listed[i] || o->exact[i] <= topk__floor(topk), "key %u", i);
	topk__free(topk);
	free(o);
}

Test(topk, each_weight_is_within_its_bound_and_no_heavy_key_is_missing)
{
	static const unsigned capacities[] = {1, 2, 3, 64, 1024};

	for (size_t i = 0; i < STREAMS; i++)
		for (size_t j = 0; j < sizeof(capacities) / sizeof(capacities[0]); j++)
			run(streams[i], capacities[j], 100003);
}

Test(topk, as_long_as_there_is_room_all_is_exact)
{
	struct topk *topk;

	cr_assert_eq(topk__new(3, 1, &topk), 0);
	for (unsigned i = 0; i < 13; i++)
		topk__add(topk, i % 3 ? i % 3 == 1 ? "b" : "" : "a", i % 3 == 2 ? 0 : 1, 2 + i);
	cr_expect_eq(topk__used(topk), 3);
	cr_expect_eq(topk__floor(topk), 0);
	/* 2+5+8+11+14, 3+6+9+12, 4+7+10+13 */
	cr_expect_eq(topk__at(topk, 0)->weight, 40);
	cr_expect_eq(topk__at(topk, 1)->weight, 30);
	cr_expect_eq(topk__at(topk, 2)->weight, 34);
	cr_expect_eq(topk__at(topk, 2)->key_length, 0, "the empty key is one as any other");
	for (unsigned slot = 0; slot < 3; slot++)
		cr_expect_eq(topk__at(topk, slot)->error, 0);
	topk__free(topk);
}

Test(topk, a_key_that_comes_takes_the_place_and_the_weight_of_the_lightest)
{
	struct topk *topk;
	unsigned slot;

	cr_assert_eq(topk__new(3, 1, &topk), 0);
	topk__add(topk, "a", 1, 9);
	topk__add(topk, "b", 1, 4);
	slot = topk__add(topk, "c", 1, 2);
	cr_expect(topk__at(topk, slot)->fresh);
	topk__at(topk, slot)->fresh = false;
	topk__add(topk, "c", 1, 0);
	cr_expect_not(topk__at(topk, slot)->fresh, "it stays its own");
	cr_expect_eq(topk__add(topk, "d", 1, 1), slot);
	cr_expect(topk__at(topk, slot)->fresh);
	cr_expect_eq(topk__at(topk, slot)->weight, 3);
	cr_expect_eq(topk__at(topk, slot)->error, 2);
	cr_expect_eq(topk__floor(topk), 3);
	topk__free(topk);
}

Test(topk, a_key_is_cut_at_its_longest)
{
	char longer[TOPK_KEY_MAX + 3];
	struct topk *topk;

	memset(longer, 'x', sizeof(longer));
	cr_assert_eq(topk__new(5, 1, &topk), 0);
	cr_expect_eq(topk__add(topk, longer, TOPK_KEY_MAX + 1, 1),
		     topk__add(topk, longer, TOPK_KEY_MAX + 3, 1));
	cr_expect_neq(topk__add(topk, longer, TOPK_KEY_MAX - 1, 1), 0);
	cr_expect_eq(topk__at(topk, 0)->key_length, TOPK_KEY_MAX);
	topk__free(topk);
}

Test(topk, after_clear_nothing_is_left)
{
	struct topk *topk;

	cr_assert_eq(topk__new(2, 1, &topk), 0);
	for (unsigned i = 0; i < 7; i++)
		topk__add(topk, &i, sizeof(i), 5);
	topk__clear(topk);
	cr_expect_eq(topk__used(topk), 0);
	cr_expect_eq(topk__floor(topk), 0);
	topk__add(topk, "a", 1, 3);
	cr_expect_eq(topk__at(topk, 0)->weight, 3);
	cr_expect_eq(topk__at(topk, 0)->error, 0);
	topk__free(topk);
}
