// SPDX-License-Identifier: GPL-2.0-or-later
/* Random exchanges, in disorder and under a clock that is set at times: as the oracle says. */
#include "retries_desk.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static uint32_t dice(uint32_t *x, uint32_t sides)
{
	*x ^= *x << 13;
	*x ^= *x >> 17;
	*x ^= *x << 5;
	return *x % sides;
}

static struct exchange exchange_of(const struct talked *t)
{
	struct exchange e = t->is_tcp ? desk_tcp(t->id, t->time_ns, t->end_ns)
				      : desk_answered(t->id, t->end_ns);

	if (t->is_truncated)
		e.flags |= DNS_FLAG_TC;
	e.client[15] = t->who & 1;
	e.qtype = 1 + (t->who >> 1 & 1);
	e.server[15] = t->who >> 2 & 1;
	return e;
}

/* Often the same one, so that its places run out; times in coarse steps, so that edges are met. */
static struct talked random_talked(uint32_t *x, int64_t now_ns, uint16_t id)
{
	uint32_t kind = dice(x, 8);
	struct talked t = {
		.end_ns = now_ns - dice(x, 3) * WINDOW / 4 * dice(x, 2),
		.id = id,
		.who = dice(x, 2) ? 0 : (uint8_t)dice(x, 8),
		.is_tcp = kind == 0,
		.is_truncated = kind >= 3,
	};

	t.time_ns = t.end_ns - dice(x, 9) * WINDOW / 4;
	return t;
}

static void expect_same_told(const struct desk *d, const struct retries_oracle *o, unsigned step)
{
	desk_expect_identity(d);
	cr_assert_eq(d->told_count, o->told_count, "step %u", step);
	cr_assert_arr_eq(d->told, o->told, o->told_count * sizeof(o->told[0]), "step %u", step);
	cr_assert_eq(d->counters->truncated, o->truncated);
	cr_assert_eq(d->counters->retried, o->retried);
	cr_assert_eq(d->counters->abandoned, o->abandoned);
	cr_assert_eq(d->counters->unknown, o->unknown);
	cr_assert_eq(d->counters->open, o->open);
}

static void one_step(struct desk *d, struct retries_oracle *o, uint32_t *x, int64_t *now_ns,
		     unsigned step)
{
	uint32_t kind = dice(x, 1000);

	*now_ns += dice(x, 2) * (dice(x, 40) ? WINDOW / 16 : WINDOW / 4);
	if (kind == 0)
		*now_ns -= SPAN * dice(x, 3);
	if (kind == 1) {
		retries__finish(d->retries);
		retries_oracle_finish(o);
	} else if (kind < 100) {
		retries__tick(d->retries, (uint64_t)*now_ns);
		retries_oracle_tick(o, *now_ns);
	} else {
		struct talked t = random_talked(x, *now_ns, (uint16_t)step);
		struct exchange e = exchange_of(&t);

		retries__exchange(d->retries, &e);
		retries_oracle_exchange(o, &t);
	}
	expect_same_told(d, o, step);
	d->told_count = 0;
	d->line[0] = '\0';
}

Test(retries, random_exchanges_fare_as_the_rules_say)
{
	static const unsigned places[] = {1, 7, 31, ORACLE_HELD};

	for (unsigned i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		struct retries_oracle *o = calloc(1, sizeof(*o));
		int64_t now_ns = T0;
		uint32_t x = 23 + i;
		struct desk d;

		desk_open(&d, places[i]);
		o->window_ns = WINDOW;
		o->timeout_ns = TIMEOUT;
		o->places = places[i];
		o->same_max = SAME_MAX;
		for (unsigned step = 0; step < 100003; step++)
			one_step(&d, o, &x, &now_ns, step);
		cr_expect(places[i] < 31 || o->retried > 20000);
		cr_expect(places[i] < 31 || o->abandoned > 3000);
		cr_expect_gt(o->unknown, 10000);
		desk_close(&d);
		free(o);
	}
}
