// SPDX-License-Identifier: GPL-2.0-or-later
/* From series of a real table of servers to alerts: hysteresis, proof, forgetting. */
#include "rules_bench.h"

#include "base/text.h"

#include <criterion/criterion.h>

Test(rules, table_is_complete)
{
	static const char *const names[] = {"odd-one-out", "odd-unanswered", "odd-servfail"};
	static const char *const metrics[] = {"latency_ns", "unanswered_share", "servfail_share"};

	for (unsigned i = 0; i < RULES; i++) {
		cr_expect_eq((unsigned)rule_rows[i].id, i);
		cr_expect_str_eq(rule_rows[i].name, names[i]);
		cr_expect_str_eq(rule_rows[i].metric, metrics[i]);
		cr_expect(rule_rows[i].what && rule_rows[i].advice && rule_rows[i].samples &&
			  rule_rows[i].value);
	}
}

/* One verdict a letter: o odd, . not odd, ? none; below, what is delivered: R, C or -. */
static const struct {
	const char *verdicts;
	const char *delivered;
} scripts[] = {
	{"oo", "-R"},		{"o", "-"},
	{"o.o.o.o", "-------"}, {"ooooo", "-R---"},
	{"oo...", "-R--C"},	{"oo..o...", "-R-----C"},
	{"o?o", "--R"},		{"oo.?..", "-R---C"},
	{"oo...oo", "-R--C-R"}, {".o.o?o..o...", "-----R-----C"}, /* the example of rules.c */
};

static void give(struct bench *bench, char verdict)
{
	fill(bench, three, verdict == '.' ? alike : third_slow, 3);
	if (verdict != '?')
		return;
	/* one interval with 4 samples leaves 4 that count, too few for a verdict */
	for (unsigned i = 0; i < 3; i++)
		answer(bench, three[i], 5 * MS, 4);
	close_interval(bench);
}

Test(rules, raised_after_2_in_a_row_cleared_after_3)
{
	for (size_t s = 0; s < sizeof(scripts) / sizeof(scripts[0]); s++) {
		struct bench *bench = new_bench(NULL, 7);
		bool stands = false;

		for (size_t i = 0; scripts[s].verdicts[i]; i++) {
			char expected = scripts[s].delivered[i];

			give(bench, scripts[s].verdicts[i]);
			evaluate(bench);
			cr_assert_eq(bench->told.count, expected != '-', "script %zu, step %zu", s,
				     i);
			if (expected != '-') {
				stands = expected == 'R';
				cr_expect_eq(bench->told.alert[0].state,
					     stands ? ALERT_RAISED : ALERT_CLEARED);
				cr_expect_not(bench->told.alert[0].forgotten);
			}
			cr_expect_eq(rules__raised(bench->rules), stands);
			bench->told.count = 0;
		}
		free_bench(bench);
	}
}

Test(rules, an_alert_is_its_own_proof)
{
	struct bench *bench = new_bench(NULL, 7);
	const struct alert *alert = &bench->told.alert[0];

	fill(bench, three, third_slow, 3);
	evaluate(bench);
	evaluate(bench);
	cr_assert_eq(bench->told.count, 1);
	cr_expect_str_eq(bench->told.text[0], "odd-one-out private 10.0.0.3 raised");
	cr_expect_eq(alert->time_ns, 5 * MINUTE);
	/* medians as the histogram has them: within 1/128 */
	cr_expect_float_eq(alert->value, 62e6, 62e6 / 128);
	cr_expect_float_eq(alert->baseline, 6e6, 6e6 / 128);
	cr_expect_eq(alert->absolute, 20e6);
	cr_expect_eq(alert->relative, 0.3);
	cr_expect_eq(alert->samples, 35);
	cr_assert_eq(alert->evidence_count, 3);
	for (unsigned i = 0; i < 3; i++) {
		const struct alert_evidence *evidence = &bench->told.evidence[0][i];

		cr_expect_eq(evidence->server[15], i + 1);
		cr_expect(evidence->eligible);
		cr_expect_eq(evidence->odd, i == 2);
		cr_expect_eq(evidence->intervals, 5);
		cr_expect_eq(evidence->samples, 35);
		cr_expect_float_eq(evidence->median, third_slow[i], third_slow[i] / 128.0);
	}
	free_bench(bench);
}

Test(rules, standing_tells_what_status_shows)
{
	struct bench *bench = new_bench(NULL, 7);
	struct rule_standing standing;

	fill(bench, three, third_slow, 3);
	rules__standing(bench->rules, server_table__at(bench->servers, 2), &standing);
	cr_expect_not(standing.sufficient);
	evaluate(bench);
	evaluate(bench);
	for (unsigned i = 0; i < 3; i++) {
		rules__standing(bench->rules, server_table__at(bench->servers, i), &standing);
		cr_expect(standing.sufficient);
		cr_expect(standing.eligible);
		cr_expect_eq(standing.raised, i == 2);
		cr_expect_float_eq(standing.median_ns, third_slow[i], third_slow[i] / 128.0);
		cr_expect_float_eq(standing.baseline_ns, 6e6, 6e6 / 128);
	}
	free_bench(bench);
}

Test(rules, silent_when_not_odd)
{
	static const struct {
		const char *what;
		int64_t latency_ns[3];
	} rows[] = {
		{"all equally slow", {900 * MS, 900 * MS, 900 * MS}},
		{"8 ms against 3 ms", {3 * MS, 3 * MS, 8 * MS}},
		{"5 % at 400 ms", {400 * MS, 400 * MS, 420 * MS}},
		{"one only", {0, 0, 900 * MS}},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct bench *bench = new_bench(NULL, 7);

		fill(bench, three, rows[i].latency_ns, 3);
		for (unsigned j = 0; j < 7; j++)
			evaluate(bench);
		cr_expect_eq(bench->told.count, 0, "%s", rows[i].what);
		free_bench(bench);
	}
}

Test(rules, unanswered_share_raises_and_a_dead_server_stays_raised)
{
	struct bench *bench = new_bench(NULL, 7);
	struct rule_standing standing;

	for (unsigned interval = 0; interval < 2 * WINDOW; interval++) {
		for (unsigned i = 0; i < 3; i++)
			answer(bench, three[i], 5 * MS, i == 2 && interval >= WINDOW ? 0 : 19);
		/* the first loses 1 of 20: exactly the 5 % of the limit */
		end_badly(bench, three[0], EXCHANGE_UNANSWERED, 1);
		end_badly(bench, three[2], EXCHANGE_UNANSWERED, interval >= WINDOW ? 11 : 0);
		close_interval(bench);
	}
	for (unsigned i = 0; i < 11; i++)
		evaluate(bench);
	cr_expect_eq(bench->told.alert[0].value, 1);
	cr_expect_eq(bench->told.alert[0].baseline, 0.05);
	cr_expect_eq(bench->told.alert[0].samples, 55);
	EXPECT(bench, "dead", "odd-unanswered private 10.0.0.3 raised");
	for (unsigned i = 0; i < 3; i++) {
		rules__standing(bench->rules, server_table__at(bench->servers, i), &standing);
		cr_expect_eq(standing.raised, i == 2, "an alert of any rule shows");
	}
	free_bench(bench);
}

Test(rules, servfail_share_counts_late_answers_too)
{
	struct bench *bench = new_bench(NULL, 7);

	for (unsigned interval = 0; interval < WINDOW; interval++) {
		for (unsigned i = 0; i < 3; i++)
			answer(bench, three[i], 5 * MS, 9);
		/* 2 of 11 in time, 2 of 13 late: 4 of 13 */
		end_badly(bench, three[1], EXCHANGE_ANSWERED, 2);
		end_badly(bench, three[1], EXCHANGE_LATE, 2);
		close_interval(bench);
	}
	evaluate(bench);
	evaluate(bench);
	cr_expect_float_eq(bench->told.alert[0].value, 4 / 13.0, 1e-12);
	cr_expect_eq(bench->told.alert[0].baseline, 0);
	cr_expect_eq(bench->told.alert[0].samples, 65);
	EXPECT(bench, "servfail", "odd-servfail private 10.0.0.2 raised");
	free_bench(bench);
}

/* --- forgetting ------------------------------------------------------------------------------- */

Test(rules, a_server_without_evidence_for_a_whole_window_is_cleared_as_forgotten)
{
	struct settings settings;
	struct bench *bench;

	defaults(&settings);
	settings.min_intervals = 2; /* not comparable for one interval only */
	bench = raise_third(&settings, 7);
	for (unsigned i = 0; i < WINDOW - 1; i++) {
		answer(bench, three[0], 5 * MS, 7);
		answer(bench, three[1], 6 * MS, 7);
		answer(bench, three[2], 6 * MS, 4); /* too few */
		close_interval(bench);
		evaluate(bench);
		cr_expect_eq(bench->told.count, 0, "interval %u", i);
	}
	close_interval(bench);
	evaluate(bench);
	cr_expect_float_eq(bench->told.alert[0].value, 62e6, 62e6 / 128, "the last known");
	cr_expect_eq(bench->told.alert[0].samples, 0);
	EXPECT(bench, "gone", "odd-one-out private 10.0.0.3 cleared forgotten");
	cr_expect_eq(rules__raised(bench->rules), 0);
	free_bench(bench);
}

Test(rules, a_server_whose_peers_are_gone_is_cleared_after_a_window)
{
	static const int64_t only_third[] = {0, 0, 62 * MS};
	struct bench *bench = raise_third(NULL, 7);

	fill(bench, three, only_third, 3);
	for (unsigned i = 0; i < WINDOW - 1; i++) {
		evaluate(bench);
		cr_expect_eq(bench->told.count, 0, "evaluation %u", i);
	}
	evaluate(bench);
	EXPECT(bench, "alone", "odd-one-out private 10.0.0.3 cleared forgotten");
	free_bench(bench);
}

Test(rules, a_server_that_the_table_forgot_is_cleared_with_the_rest_as_evidence)
{
	struct bench *bench = raise_third(NULL, 3);

	/* unused for an interval, the third is the one to go for a newcomer */
	answer(bench, three[0], 5 * MS, 7);
	answer(bench, three[1], 6 * MS, 7);
	close_interval(bench);
	answer(bench, "10.0.0.77", MS, 1);
	evaluate(bench);
	cr_expect_eq(bench->told.alert[0].evidence_count, 3);
	cr_expect_eq(bench->told.evidence[0][2].server[15], 77);
	cr_expect_float_eq(bench->told.alert[0].value, 62e6, 62e6 / 128);
	EXPECT(bench, "forgotten", "odd-one-out private 10.0.0.3 cleared forgotten");
	evaluate(bench);
	cr_expect_eq(bench->told.count, 0);
	cr_expect_eq(rules__raised(bench->rules), 0);
	free_bench(bench);
}

Test(rules, memory_is_that_of_known_servers_under_a_flood)
{
	struct bench *bench = raise_third(NULL, 11);
	char addr[TEXT_ADDRESS_MAX];

	for (unsigned i = 0; i < 1009; i++) {
		snprintf(addr, sizeof(addr), "10.1.%u.%u", i / 256, i % 256);
		answer(bench, addr, 900 * MS, 1);
		if (i % 101 == 0)
			evaluate(bench);
	}
	cr_expect_eq(bench->told.count, 0);
	cr_expect_eq(rules__raised(bench->rules), 1);
	free_bench(bench);
}

Test(rules, who_is_forgotten_is_told_of_at_its_place_in_the_order)
{
	static const char *const seven[] = {"10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4",
					    "10.0.0.6", "10.0.0.7", "10.0.0.8"};
	static const int64_t latencies[] = {90 * MS, 5 * MS,  62 * MS, 5 * MS,
					    5 * MS,  90 * MS, 5 * MS};
	struct bench *bench = raise_third(NULL, 7);

	fill(bench, seven, latencies, 7);
	evaluate(bench);
	cr_expect_eq(bench->told.count, 0, "the first time is not enough");
	for (unsigned i = 0; i < 7; i++)
		answer(bench, seven[i], latencies[i], i == 2 ? 0 : 7);
	close_interval(bench);
	answer(bench, "10.0.0.9", MS, 1);
	evaluate(bench);
	EXPECT(bench, "in order", "odd-one-out private 10.0.0.1 raised",
	       "odd-one-out private 10.0.0.3 cleared forgotten",
	       "odd-one-out private 10.0.0.7 raised");
	free_bench(bench);
}
