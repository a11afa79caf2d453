// SPDX-License-Identifier: GPL-2.0-or-later
/* What is given up when the ring fills, by the rule's own words: half full, a sixteenth, 2 s. */
#include "source/pressure.h"

#include <criterion/criterion.h>

#define RING  (1U << 20)
#define HALF  (RING / 2)
#define CALM  (RING / 16 - 1)
#define MS    1000000ULL
#define START (1000 * MS)

static struct pressure pressure;

static void begin(void)
{
	pressure__init(&pressure, RING, 512, 4711);
}

/* Look each 20 ms at a ring that stays half full. */
static void press(unsigned looks)
{
	for (unsigned i = 0; i < looks; i++)
		pressure__look(&pressure, HALF, START + (i + 1) * 20 * MS);
}

Test(pressure, nothing_is_given_up_below_half_of_the_ring)
{
	struct odd_shedding order;

	begin();
	for (unsigned i = 1; i < 1000; i++)
		cr_assert_not(pressure__look(&pressure, HALF - 1, i * 1000 * MS));
	order = pressure__order(&pressure);
	cr_expect_eq(order.snaplen, 512);
	cr_expect_eq(order.mask, 0);
	cr_expect_eq(order.later, 0);
	cr_expect_eq(pressure__kept(&pressure), 1);
}

Test(pressure, payload_goes_first_and_then_half_of_the_exchanges_for_each_level)
{
	static const struct {
		unsigned snaplen, mask, kept;
	} levels[] = {{128, 0, 1}, {128, 1, 2}, {128, 3, 4}, {128, 7, 8}, {128, 15, 16}};

	begin();
	for (unsigned i = 0; i < 5; i++) {
		struct odd_shedding order;

		cr_expect(pressure__look(&pressure, HALF, START + i * 20 * MS));
		order = pressure__order(&pressure);
		cr_expect_eq(order.snaplen, levels[i].snaplen);
		cr_expect_eq(order.mask, levels[i].mask, "level %u: %x", i + 1, order.mask);
		cr_expect_eq(pressure__kept(&pressure), levels[i].kept);
		cr_expect_eq(order.seed, 4711);
		cr_expect_eq(order.later, 1, "fragments without a header are payload");
	}
}

Test(pressure, an_order_is_given_time_to_work)
{
	begin();
	cr_expect(pressure__look(&pressure, HALF, START));
	cr_expect_not(pressure__look(&pressure, RING, START + 20 * MS - 1));
	cr_expect(pressure__look(&pressure, RING, START + 20 * MS));
}

Test(pressure, it_ends_at_one_exchange_of_256)
{
	begin();
	press(100);
	cr_expect_eq(pressure.level, PRESSURE_LEVEL_MAX);
	cr_expect_eq(pressure__kept(&pressure), 256);
	cr_expect_eq(pressure__order(&pressure).mask, 255);
}

Test(pressure, it_falls_by_one_after_two_calm_seconds)
{
	begin();
	press(3);
	cr_expect_not(pressure__look(&pressure, CALM, 10000 * MS));
	cr_expect_not(pressure__look(&pressure, CALM, 12000 * MS - 1));
	cr_expect(pressure__look(&pressure, CALM, 12000 * MS));
	cr_expect_eq(pressure.level, 2);
	cr_expect_not(pressure__look(&pressure, CALM, 12001 * MS), "calm counts anew");
	cr_expect_not(pressure__look(&pressure, CALM, 14001 * MS - 1));
	cr_expect(pressure__look(&pressure, CALM, 14001 * MS));
	cr_expect_eq(pressure.level, 1);
}

Test(pressure, a_burst_interrupts_the_calm)
{
	begin();
	press(1);
	pressure__look(&pressure, CALM, 10000 * MS);
	cr_expect_not(pressure__look(&pressure, CALM + 1, 11000 * MS));
	cr_expect_not(pressure__look(&pressure, CALM, 12500 * MS));
	cr_expect_eq(pressure.level, 1);
}

Test(pressure, a_short_snaplen_stays)
{
	pressure__init(&pressure, RING, 64, 1);
	press(1);
	cr_expect_eq(pressure__order(&pressure).snaplen, 64);
}
