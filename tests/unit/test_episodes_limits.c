// SPDX-License-Identifier: GPL-2.0-or-later
/* When episodes are delivered, and what becomes of them without room, time or order. */
#include "episodes_fixture.h"

#include <criterion/criterion.h>
#include <errno.h>

/* A client that asks for a broken name every second, for 131 s. */
Test(episodes_limits, lasts_no_longer_than_a_minute)
{
	struct trial trial;

	episodes_begin(&trial, &episodes_usual);
	for (int i = 0; i <= 131; i++)
		episodes_tell(&trial, &(struct told)ASK(1000 * i, 1000 * i + 10, A, SERVFAIL, 1));
	episodes_end(&trial);
	cr_assert_eq(trial.count, 3);
	cr_expect_eq(trial.heard[0].exchanges, 60);
	cr_expect_eq(trial.heard[1].exchanges, 60);
	cr_expect_eq(trial.heard[1].time_ns, EPOCH + 60 * S);
	cr_expect_eq(trial.heard[2].exchanges, 12);
}

/* Final: linger + timeout after it was told; not final: window + timeout. */
Test(episodes_limits, is_delivered_when_nothing_can_come_any_more)
{
	struct trial trial;

	episodes_begin(&trial, &episodes_usual);
	episodes_tell(&trial, &(struct told)ASK(0, 10, A, OK, 1));
	episodes_tell(&trial, &(struct told)ASK(0, 10, A, SERVFAIL, 1, 1, 5));
	episodes_at(&trial, 6010);
	cr_expect_eq(trial.count, 0);
	episodes_at(&trial, 6011);
	cr_assert_eq(trial.count, 1);
	cr_expect_eq(trial.heard[0].client[15], 0);
	episodes_at(&trial, 9010);
	cr_expect_eq(trial.count, 1);
	episodes_at(&trial, 9011);
	cr_assert_eq(trial.count, 2);
	cr_expect_eq(trial.heard[1].client[15], 5);
	cr_expect_eq(trial.counters->hurried, 0);
	episodes_end(&trial);
}

Test(episodes_limits, exchange_of_another_name_lets_time_pass)
{
	struct trial trial;

	episodes_begin(&trial, &episodes_usual);
	episodes_tell(&trial, &(struct told)ASK(0, 10, A, OK, 1));
	episodes_tell(&trial, &(struct told)ASK(6000, 6010, A, OK, 1, 1, 5));
	cr_expect_eq(trial.count, 0);
	episodes_tell(&trial, &(struct told)ASK(6000, 6011, A, OK, 1, 1, 6));
	cr_expect_eq(trial.count, 1);
	episodes_end(&trial);
}

Test(episodes_limits, step_back_is_another_clock)
{
	struct trial trial;

	episodes_begin(&trial, &episodes_usual);
	episodes_tell(&trial, &(struct told)ASK(20000, 20010, A, SERVFAIL, 1));
	episodes_tell(&trial, &(struct told)ASK(11000, 11010, AAAA, OK, 1));
	cr_expect_eq(trial.count, 0, "9 s, no more than window and timeout");
	episodes_tell(&trial, &(struct told)ASK(11000, 11009, A, OK, 1));
	cr_expect_gt(trial.count, 0);
	cr_expect_eq(trial.counters->held, 1);
	episodes_at(&trial, 17009);
	cr_expect_eq(trial.counters->held, 1, "the clock begins anew");
	episodes_at(&trial, 17010);
	cr_expect_eq(trial.counters->held, 0);
	episodes_end(&trial);
}

Test(episodes_limits, without_room_that_whose_time_comes_first_is_delivered)
{
	static const struct episodes_limits few = {
		.window_ns = 4 * S, .timeout_ns = 5 * S, .open = 3};
	struct trial trial;

	episodes_begin(&trial, &few);
	episodes_tell(&trial, &(struct told)ASK(0, 1000, A, SERVFAIL, 1, 1, 1)); /* until 10 s */
	episodes_tell(&trial, &(struct told)ASK(0, 2000, A, OK, 1, 1, 2));	 /* until 8 s */
	episodes_tell(&trial, &(struct told)ASK(0, 5000, A, OK, 1, 1, 3));	 /* until 11 s */
	episodes_tell(&trial, &(struct told)ASK(0, 5001, A, OK, 1, 1, 4));
	cr_assert_eq(trial.count, 1);
	cr_expect_eq(trial.heard[0].client[15], 2);
	episodes_tell(&trial, &(struct told)ASK(0, 5001, A, OK, 1, 1, 5));
	cr_assert_eq(trial.count, 2);
	cr_expect_eq(trial.heard[1].client[15], 1);
	cr_expect_eq(trial.counters->hurried, 2);
	cr_expect_eq(trial.counters->open, 3);
	episodes_end(&trial);
	cr_expect_eq(trial.counters->hurried, 2);
}

/* 4 places for each: with one name the 5th exchange needs the place of the oldest. */
Test(episodes_limits, without_room_to_wait_the_oldest_goes_on_unsorted)
{
	static const struct episodes_limits one = {
		.window_ns = 4 * S, .timeout_ns = 5 * S, .open = 1};
	struct trial trial;

	episodes_begin(&trial, &one);
	for (int i = 0; i < 4; i++)
		episodes_tell(&trial, &(struct told)ASK(i, 10 + i, A, SERVFAIL, 1));
	cr_expect_eq(trial.counters->crowded, 0);
	episodes_tell(&trial, &(struct told)ASK(4, 14, A, SERVFAIL, 1));
	cr_expect_eq(trial.counters->crowded, 1);
	episodes_end(&trial);
	cr_expect_eq(trial.count, 1);
	cr_expect_eq(trial.heard[0].exchanges, 5);
}

Test(episodes_limits, no_more_than_64_wait_in_one)
{
	struct trial trial;

	episodes_begin(&trial, &episodes_usual);
	for (int i = 0; i < 67; i++)
		episodes_tell(&trial, &(struct told)ASK(i, 100 + i, A, SERVFAIL, 1));
	cr_expect_eq(trial.counters->crowded, 3);
	episodes_end(&trial);
	cr_expect_eq(trial.count, 1);
	cr_expect_eq(trial.heard[0].exchanges, 67);
}

Test(episodes_limits, new_limits_hold_at_once)
{
	const struct episodes_limits shorter = {
		.window_ns = 1 * S, .timeout_ns = 1 * S, .open = 64};
	struct trial trial;

	episodes_begin(&trial, &episodes_usual);
	episodes_tell(&trial, &(struct told)ASK(0, 10, A, SERVFAIL, 1));
	episodes_at(&trial, 2011);
	cr_expect_eq(trial.count, 0);
	episodes__set_limits(trial.episodes, &shorter);
	episodes_at(&trial, 2011);
	cr_expect_eq(trial.count, 1);
	episodes_end(&trial);
}

static void ignore(void *context, const struct episode *episode)
{
	(void)context;
	(void)episode;
}

Test(episodes_limits, limits_out_of_range_are_refused)
{
	static const struct episodes_limits rows[] = {
		{.window_ns = 1, .timeout_ns = 1, .open = 0},
		{.window_ns = 1, .timeout_ns = 1, .open = (1 << 20) + 1},
		{.window_ns = (1ULL << 60) + 1, .timeout_ns = 1, .open = 1},
		{.window_ns = 1, .timeout_ns = (1ULL << 60) + 1, .open = 1},
	};
	struct episodes *episodes = NULL;

	for (unsigned i = 0; i < LENGTH(rows); i++) {
		cr_expect_eq(episodes__new(&rows[i], 1, ignore, NULL, &episodes), -EINVAL);
		cr_expect_null(episodes);
	}
	episodes__free(NULL);
}

Test(episodes_limits, outcomes_have_names)
{
	static const char *const wants[] = {"answered", "failed", "truncated", "unanswered",
					    "pending"};

	cr_assert_eq(LENGTH(wants), EPISODE_OUTCOMES);
	for (unsigned i = 0; i < LENGTH(wants); i++)
		cr_expect_str_eq(episode_outcome_name(i), wants[i]);
}
