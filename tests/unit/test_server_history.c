// SPDX-License-Identifier: GPL-2.0-or-later
/* Servers of a span, and which of them a picture shows; figures by hand, and odd.c's example. */
#include "base/text.h"
#include "cmd/server_chart.h"
#include "cmd/server_history.h"
#include "cmd/servers_table.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MS	1000000ULL
#define S	1000000000LL
#define ROWS(a) (sizeof(a) / sizeof((a)[0]))

static struct settings *settings;
static struct server_history *history;

static void setup(void)
{
	settings = settings__new();
	cr_assert_not_null(settings);
	cr_assert_eq(server_history__new(settings, &history), 0);
}

static void teardown(void)
{
	server_history__free(history);
	settings__free(settings);
}

TestSuite(server_history, .init = setup, .fini = teardown);

static struct store_interval_row row_of(const char *address, const char *group, int64_t time_ns,
					uint64_t median_ns)
{
	struct store_interval_row row = {
		.time_ns = time_ns,
		.group = group,
		.queries = 7,
		.answered = 7,
		.samples = 7,
		.sampled = 1,
		.median_ns = median_ns,
		.p90_ns = 2 * median_ns,
		.p99_ns = 3 * median_ns,
	};

	cr_assert_eq(text_parse_address(address, row.server), 0);
	row.rcodes[0] = 7;
	return row;
}

static void add(const char *address, const char *group, int64_t time_ns, uint64_t median_ns)
{
	struct store_interval_row row = row_of(address, group, time_ns, median_ns);

	cr_assert_eq(server_history__add(history, &row), 0);
}

static const struct server_past *find(const char *address)
{
	uint8_t wanted[16];

	cr_assert_eq(text_parse_address(address, wanted), 0);
	for (unsigned i = 0; i < server_history__count(history); i++)
		if (memcmp(server_history__at(history, i)->state.address, wanted, 16) == 0)
			return server_history__at(history, i);
	cr_assert_fail("%s is not there", address);
	return NULL;
}

/* The example of odd.c: medians 14, 61, 18 and baseline 18. */
static void add_example(const char *group)
{
	static const uint64_t ms[][7] = {
		{14, 12, 15, 13, 14, 90, 13},
		{61, 58, 64, 60, 59, 62, 63},
		{17, 19, 16, 18, 17, 20, 18},
	};
	static const char *const servers[] = {"1.1.1.1", "2.2.2.2", "8.8.8.8"};

	for (unsigned i = 0; i < 7; i++)
		for (unsigned j = 0; j < 3; j++)
			add(servers[j], group, i * 10 * S, ms[j][i] * MS);
}

Test(server_history, a_server_far_above_the_baseline_of_its_group_is_odd)
{
	add_example("public");
	cr_assert_eq(server_history__judge(history), 0);
	cr_assert_eq(server_history__count(history), 3);
	cr_expect_eq(find("1.1.1.1")->state.totals.median_ns, 14 * MS);
	cr_expect_eq(find("2.2.2.2")->state.totals.median_ns, 61 * MS);
	cr_expect_eq(find("2.2.2.2")->state.totals.p90_ns, 122 * MS);
	cr_expect_eq(find("2.2.2.2")->state.totals.p99_ns, 183 * MS);
	cr_expect_eq(find("8.8.8.8")->state.baseline_ns, 18 * MS);
	cr_expect_str_eq(state_server__standing(&find("1.1.1.1")->state), "ok");
	cr_expect_str_eq(state_server__standing(&find("2.2.2.2")->state), "odd");
	cr_expect(find("2.2.2.2")->odd[RULE_LATENCY]);
	cr_expect_not(find("2.2.2.2")->odd[RULE_UNANSWERED]);
	cr_expect_str_eq(state_server__standing(&find("8.8.8.8")->state), "ok");
}

Test(server_history, limits_of_a_configured_group_are_its_own)
{
	cr_assert_eq(settings__set(settings, "group lan.servers=1.1.1.1,2.2.2.0/24"), 0);
	cr_assert_eq(settings__set(settings, "group lan.absolute=43ms"), 0);
	add_example("lan"); /* 61 is 43 above 18, not more */
	cr_assert_eq(server_history__judge(history), 0);
	cr_expect_str_eq(state_server__standing(&find("2.2.2.2")->state), "ok");
	cr_expect(find("1.1.1.1")->state.pinned, "named by its address");
	cr_expect_not(find("2.2.2.2")->state.pinned, "a network is no name");
	cr_expect_not(find("1.1.1.1")->state.recursive, "a group takes any");
}

Test(server_history, a_group_is_compared_by_itself)
{
	add_example("public");
	for (unsigned i = 0; i < 7; i++) {
		add("10.0.0.1", "private", (70 + i * 10) * S, 100 * MS);
		add("10.0.0.2", "private", (70 + i * 10) * S, 101 * MS);
	}
	cr_assert_eq(server_history__judge(history), 0);
	/* 7 of 100 and 7 of 101: the mean of the two in the middle */
	cr_expect_eq(find("10.0.0.1")->state.baseline_ns, 100500000);
	cr_expect_str_eq(state_server__standing(&find("10.0.0.2")->state), "ok");
	cr_expect_str_eq(server_history__at(history, 0)->state.group, "private");
	cr_expect_str_eq(server_history__at(history, 4)->state.group, "public");
}

Test(server_history, too_few_intervals_or_samples_make_no_verdict)
{
	struct store_interval_row row;

	add_example("public");
	for (unsigned i = 0; i < 4; i++) /* sensor.min_intervals is 5 */
		add("9.9.9.9", "public", (70 + i * 10) * S, 500 * MS);
	row = row_of("9.9.9.9", "public", 110 * S, 500 * MS);
	row.samples = 4; /* sensor.min_samples is 5 */
	cr_assert_eq(server_history__add(history, &row), 0);
	cr_assert_eq(server_history__judge(history), 0);
	cr_expect_str_eq(state_server__standing(&find("9.9.9.9")->state), "insufficient");
	cr_expect(find("9.9.9.9")->state.sufficient, "the group could be compared");
	cr_expect_eq(find("9.9.9.9")->state.totals.median_ns, 500 * MS);
	cr_expect_eq(find("9.9.9.9")->state.totals.samples, 32);
}

Test(server_history, a_server_alone_or_in_no_group_is_not_compared)
{
	for (unsigned i = 0; i < 7; i++) {
		add("10.0.0.1", "private", i * 10 * S, 100 * MS);
		add("10.0.0.3", NULL, i * 10 * S, 7 * MS);
	}
	cr_assert_eq(server_history__judge(history), 0);
	cr_expect_not(find("10.0.0.1")->state.sufficient);
	cr_expect_str_eq(state_server__standing(&find("10.0.0.1")->state), "insufficient");
	cr_expect_null(find("10.0.0.3")->state.group);
	cr_expect_null(server_history__at(history, 1)->state.group, "they come last");
}

Test(server_history, servers_are_odd_by_the_share_of_unanswered_queries_too)
{
	for (unsigned i = 0; i < 7; i++) {
		struct store_interval_row row = row_of("8.8.8.8", "public", i * 10 * S, 17 * MS);

		add("1.1.1.1", "public", i * 10 * S, 17 * MS);
		row.unanswered = 7; /* a half */
		cr_assert_eq(server_history__add(history, &row), 0);
		add("9.9.9.9", "public", i * 10 * S, 17 * MS);
	}
	cr_assert_eq(server_history__judge(history), 0);
	cr_expect(find("8.8.8.8")->odd[RULE_UNANSWERED]);
	cr_expect_not(find("8.8.8.8")->odd[RULE_LATENCY]);
	cr_expect(find("8.8.8.8")->state.raised);
	cr_expect_eq(find("8.8.8.8")->state.totals.unanswered, 49);
}

Test(server_history, a_rule_that_is_disabled_judges_nobody)
{
	cr_assert_eq(settings__set(settings, "rule odd-one-out.enabled=no"), 0);
	add_example("public");
	cr_assert_eq(server_history__judge(history), 0);
	cr_expect_str_eq(state_server__standing(&find("2.2.2.2")->state), "insufficient");
	cr_expect_not(find("2.2.2.2")->state.sufficient);
}

Test(server_history, a_server_without_samples_has_no_median)
{
	struct store_interval_row row = row_of("1.1.1.1", "public", 0, 0);

	row.answered = row.samples = 0;
	row.unanswered = 3;
	cr_assert_eq(server_history__add(history, &row), 0);
	cr_assert_eq(server_history__judge(history), 0);
	cr_expect_eq(find("1.1.1.1")->state.totals.median_ns, 0);
	cr_expect_eq(find("1.1.1.1")->state.totals.unanswered, 3);
}

Test(server_history, the_last_group_of_a_server_is_its_group)
{
	add("1.1.1.1", "old", 0, 5 * MS);
	add("1.1.1.1", NULL, 10 * S, 5 * MS);
	add("1.1.1.1", "new", 20 * S, 5 * MS);
	cr_assert_eq(server_history__judge(history), 0);
	cr_expect_str_eq(find("1.1.1.1")->state.group, "new");
	cr_expect_eq(server_history__interval_ns(history), 10 * S);
}

Test(server_history, an_empty_history_has_no_servers)
{
	cr_assert_eq(server_history__judge(history), 0);
	cr_expect_eq(server_history__count(history), 0);
	cr_expect_eq(server_history__interval_ns(history), 0);
}

Test(server_history, distances_are_told_in_time_and_percent)
{
	static const struct {
		uint64_t median, baseline;
		const char *text;
	} rows[] = {
		{39600000, 27300000, "+12.3 ms, +45 %"}, /* 12.3 of 27.3 is 0.4505 */
		{27300000, 39600000, "-12.3 ms, -31 %"}, /* 12.3 of 39.6 is 0.3106 */
		{5000000, 5000000, "0 s, 0 %"},		 {850000, 0, "+850 us"},
		{61000000, 18000000, "+43 ms, +239 %"}, /* 43 of 18 is 2.3888 */
	};
	char buf[SERVERS_DISTANCE_MAX], zero[TEXT_DURATION_MAX];

	for (size_t i = 0; i < ROWS(rows); i++)
		if (rows[i].median != rows[i].baseline)
			cr_expect_str_eq(
				servers_distance_text(rows[i].median, rows[i].baseline, buf),
				rows[i].text);
	text_duration(0, zero);
	cr_expect_eq(strncmp(servers_distance_text(5, 5, buf), zero, strlen(zero)), 0);
	cr_expect_str_eq(buf + strlen(zero), ", 0 %");
}

/* Names of the chosen ones by their last byte. */
static void expect_choice(const struct server_past *servers, unsigned count, unsigned max,
			  const char *wanted)
{
	const struct server_past *pointers[16];
	unsigned chosen[16], n;
	char got[17] = "";

	for (unsigned i = 0; i < count; i++)
		pointers[i] = &servers[i];
	n = server_chart_choose(pointers, count, max, chosen);
	for (unsigned i = 0; i < n; i++)
		got[i] = (char)servers[chosen[i]].state.address[15];
	cr_expect_str_eq(got, wanted, "at most %u: %s, not %s", max, got, wanted);
}

static struct server_past candidate(char name, uint64_t queries, uint64_t median_ms)
{
	struct server_past past = {
		.state.totals = {.queries = queries, .median_ns = median_ms * MS},
		.state.baseline_ns = 20 * MS};

	past.state.address[15] = (uint8_t)name;
	return past;
}

Test(server_chart, the_odd_ones_are_shown_first_then_the_busiest)
{
	struct server_past servers[] = {
		candidate('a', 7, 19),	 candidate('b', 701, 21), candidate('c', 3, 67),
		candidate('d', 97, 0),	 candidate('e', 701, 20), candidate('f', 2, 23),
		candidate('g', 11, 101),
	};

	servers[2].state.raised = true;
	servers[5].alerts = 1; /* odd for a while only */
	servers[6].state.raised = true;
	expect_choice(servers, 7, 7, "gcfbea");
	expect_choice(servers, 7, 4, "gcfb");
	expect_choice(servers, 7, 2, "gc");
	expect_choice(servers, 7, 1, "g");
	expect_choice(servers, 0, 7, "");
}

Test(server_chart, without_odd_ones_the_busiest_are_shown_and_silent_ones_never)
{
	struct server_past servers[] = {candidate('a', 5, 0), candidate('b', 3, 31),
					candidate('c', 13, 29)};

	expect_choice(servers, 3, 7, "cb");
	expect_choice(servers, 3, 1, "c");
}

Test(server_chart, a_step_is_the_median_of_its_intervals)
{
	struct server_moment moments[] = {
		{.time_ns = 100 * S, .median_ns = 3.0 * MS, .baseline_ns = 2 * MS},
		{.time_ns = 110 * S, .median_ns = 90.0 * MS, .baseline_ns = 0},
		{.time_ns = 120 * S, .median_ns = 5.0 * MS, .baseline_ns = 4 * MS},
		{.time_ns = 130 * S, .median_ns = NAN, .baseline_ns = 0},
		{.time_ns = 190 * S, .median_ns = 7.0 * MS, .baseline_ns = 0},
	};
	struct server_past past = {.moments = moments, .count = 5};
	struct chart_point *points;

	cr_assert_eq(server_chart_points(&past, false, 100 * S, 30 * S, &points), 2);
	cr_expect_eq(points[0].time_ns, 115 * S);
	cr_expect_float_eq(points[0].value, 5, 1e-9, "of 3, 90, 5");
	cr_expect_eq(points[1].time_ns, 205 * S, "190 is in the step from 190");
	cr_expect_float_eq(points[1].value, 7, 1e-9);
	free(points);
	cr_assert_eq(server_chart_points(&past, true, 100 * S, 30 * S, &points), 1);
	cr_expect_float_eq(points[0].value, 3, 1e-9, "of 2 and 4");
	free(points);
}
