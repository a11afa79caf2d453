// SPDX-License-Identifier: GPL-2.0-or-later
/* Which servers are compared with which, and what a reload changes. */
#include "rules_bench.h"

#include "base/text.h"

#include <criterion/criterion.h>

static struct network network(const char *text, uint8_t bits)
{
	struct network network = {.prefix_bits = bits};

	cr_assert_eq(text_parse_address(text, network.addr), 0);
	return network;
}

static const char *group_of(struct bench *bench, const char *text)
{
	uint8_t addr[16];

	cr_assert_eq(text_parse_address(text, addr), 0);
	for (unsigned i = 0; i < server_table__count(bench->servers); i++) {
		const struct server *server = server_table__at(bench->servers, i);

		if (memcmp(server__address(server), addr, 16) == 0)
			return rules__group_of(bench->rules, server);
	}
	return "unknown";
}

Test(groups, scope_is_the_group_of_who_is_in_none)
{
	static const struct {
		const char *addr;
		const char *group;
	} rows[] = {
		{"127.0.0.1", "loopback"},
		{"127.255.255.255", "loopback"},
		{"::1", "loopback"},
		{"::2", "public"},
		{"9.255.255.255", "public"},
		{"10.0.0.0", "private"},
		{"10.255.255.255", "private"},
		{"11.0.0.0", "public"},
		{"172.15.255.255", "public"},
		{"172.16.0.0", "private"},
		{"172.31.255.255", "private"},
		{"172.32.0.0", "public"},
		{"192.167.255.255", "public"},
		{"192.168.0.0", "private"},
		{"192.168.255.255", "private"},
		{"192.169.0.0", "public"},
		{"100.63.255.255", "public"},
		{"100.64.0.0", "private"},
		{"100.127.255.255", "private"},
		{"100.128.0.0", "public"},
		{"169.253.255.255", "public"},
		{"169.254.0.1", "private"},
		{"169.255.0.0", "public"},
		{"fbff::1", "public"},
		{"fc00::1", "private"},
		{"fdff::1", "private"},
		{"fe00::1", "public"},
		{"fe80::1", "private"},
		{"febf::1", "private"},
		{"fec0::1", "public"},
		{"2606:4700:4700::1111", "public"},
		{"8.8.8.8", "public"},
		{"a00::1", "public"}, /* the bytes of 10.0.0.0, but not mapped */
	};
	struct bench *bench = new_bench(NULL, 101);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		answer(bench, rows[i].addr, MS, 1);
		cr_expect_str_eq(group_of(bench, rows[i].addr), rows[i].group, "%s", rows[i].addr);
	}
	free_bench(bench);
}

Test(groups, who_answers_no_recursive_queries_is_in_a_configured_group_or_none)
{
	struct network networks[] = {network("192.0.2.0", 96 + 24)};
	struct group_settings groups[] = {{.name = "lan", .servers = networks, .server_count = 1}};
	struct settings settings;
	struct exchange exchange = ended("198.51.100.1", EXCHANGE_ANSWERED);
	struct bench *bench;

	defaults(&settings);
	settings.groups = groups;
	settings.group_count = 1;
	bench = new_bench(&settings, 7);
	exchange.recursion_desired = false;
	server_table__exchange(bench->servers, &exchange);
	cr_expect_null(group_of(bench, "198.51.100.1"));
	exchange = ended("192.0.2.1", EXCHANGE_ANSWERED);
	exchange.recursion_desired = false;
	server_table__exchange(bench->servers, &exchange);
	cr_expect_str_eq(group_of(bench, "192.0.2.1"), "lan");
	free_bench(bench);
}

Test(groups, the_first_group_in_the_file_takes_a_server)
{
	struct network one[] = {network("10.0.0.2", 128)};
	struct network all[] = {network("2001:db8::", 32), network("10.0.0.0", 96 + 8)};
	struct group_settings groups[] = {{.name = "one", .servers = one, .server_count = 1},
					  {.name = "all", .servers = all, .server_count = 2}};
	struct settings settings;
	struct bench *bench;

	defaults(&settings);
	settings.groups = groups;
	settings.group_count = 2;
	bench = new_bench(&settings, 7);
	answer(bench, "10.0.0.2", MS, 1);
	answer(bench, "10.0.0.3", MS, 1);
	answer(bench, "2001:db8::7", MS, 1);
	answer(bench, "192.168.0.1", MS, 1);
	cr_expect_str_eq(group_of(bench, "10.0.0.2"), "one");
	cr_expect_str_eq(group_of(bench, "10.0.0.3"), "all");
	cr_expect_str_eq(group_of(bench, "2001:db8::7"), "all");
	cr_expect_str_eq(group_of(bench, "192.168.0.1"), "private");
	free_bench(bench);
}

Test(groups, limits_of_a_group_hold_for_latency_only)
{
	struct network networks[] = {network("10.0.0.0", 96 + 8)};
	struct group_settings groups[] = {{.name = "far",
					   .servers = networks,
					   .server_count = 1,
					   .has_absolute = true,
					   .absolute = 100 * MS,
					   .has_relative = true,
					   .relative = 0.7}};
	struct settings settings;
	struct bench *bench;

	defaults(&settings);
	settings.groups = groups;
	settings.group_count = 1;
	bench = new_bench(&settings, 7);
	for (unsigned interval = 0; interval < WINDOW; interval++) {
		for (unsigned i = 0; i < 3; i++)
			answer(bench, three[i], third_slow[i], 7);
		end_badly(bench, three[0], EXCHANGE_UNANSWERED, 7);
		close_interval(bench);
	}
	evaluate(bench);
	evaluate(bench);
	cr_expect_eq(bench->told.alert[0].absolute, 0.05);
	EXPECT(bench, "62 ms is within 100 ms", "odd-unanswered far 10.0.0.1 raised");
	groups[0].has_absolute = false;
	cr_assert_eq(rules__configure(bench->rules, &settings), 0);
	evaluate(bench);
	evaluate(bench);
	cr_expect_eq(bench->told.alert[0].absolute, 20e6);
	cr_expect_eq(bench->told.alert[0].relative, 0.7);
	EXPECT(bench, "its own Y, the rule's X", "odd-one-out far 10.0.0.3 raised");
	free_bench(bench);
}

Test(groups, groups_are_compared_apart_and_alerts_come_in_order)
{
	static const char *const servers[] = {"8.8.8.8",  "1.1.1.1",   "2.2.2.2",
					      "10.0.0.2", "10.0.0.1",  "10.0.0.3",
					      "10.0.0.4", "127.0.0.1", "127.0.0.2"};
	static const int64_t latencies[] = {5 * MS, 5 * MS, 62 * MS, 90 * MS, 91 * MS,
					    1 * MS, 1 * MS, 1 * MS,  1 * MS};
	struct bench *bench = new_bench(NULL, 11);

	/* of four, two with 90 ms: baseline 45.5 ms, both are above; all in order */
	fill(bench, servers, latencies, 9);
	evaluate(bench);
	evaluate(bench);
	EXPECT(bench, "two groups", "odd-one-out private 10.0.0.1 raised",
	       "odd-one-out private 10.0.0.2 raised", "odd-one-out public 2.2.2.2 raised");
	free_bench(bench);
}

/* --- reload ----------------------------------------------------------------------------------- */

Test(groups, a_reload_keeps_what_stands_and_counts_on)
{
	struct network networks[] = {network("10.0.0.0", 96 + 8)};
	struct network others[] = {network("192.0.2.0", 96 + 24)};
	struct group_settings groups[] = {{.name = "other", .servers = others, .server_count = 1},
					  {.name = "lan", .servers = networks, .server_count = 1}};
	struct settings settings;
	struct bench *bench;

	defaults(&settings);
	settings.groups = groups + 1;
	settings.group_count = 1;
	bench = raise_third(&settings, 7);
	settings.groups = groups; /* the same group is the second now */
	settings.group_count = 2;
	cr_assert_eq(rules__configure(bench->rules, &settings), 0);
	evaluate(bench);
	cr_expect_eq(bench->told.count, 0);
	cr_expect_eq(rules__raised(bench->rules), 1);
	fill(bench, three, alike, 3);
	for (unsigned i = 0; i < 3; i++)
		evaluate(bench);
	EXPECT(bench, "recovered", "odd-one-out lan 10.0.0.3 cleared");
	free_bench(bench);
}

Test(groups, a_group_that_a_reload_takes_away_clears_under_its_name)
{
	struct network networks[] = {network("10.0.0.0", 96 + 8)};
	struct group_settings groups[] = {{.name = "lan", .servers = networks, .server_count = 1}};
	struct settings settings, without;
	struct bench *bench;

	defaults(&settings);
	defaults(&without);
	settings.groups = groups;
	settings.group_count = 1;
	bench = raise_third(&settings, 7);
	/* twice, as nothing may have been evaluated in between */
	cr_assert_eq(rules__configure(bench->rules, &without), 0);
	cr_assert_eq(rules__configure(bench->rules, &without), 0);
	evaluate(bench);
	EXPECT(bench, "moved", "odd-one-out lan 10.0.0.3 cleared forgotten");
	evaluate(bench);
	EXPECT(bench, "and judged anew", "odd-one-out private 10.0.0.3 raised");
	free_bench(bench);
}

Test(groups, a_rule_that_is_disabled_clears_and_is_silent)
{
	struct settings settings;
	struct bench *bench = raise_third(NULL, 7);
	struct rule_standing standing;

	defaults(&settings);
	settings.rules[RULE_LATENCY].enabled = false;
	cr_assert_eq(rules__configure(bench->rules, &settings), 0);
	for (unsigned i = 0; i < 3; i++)
		evaluate(bench);
	EXPECT(bench, "disabled", "odd-one-out private 10.0.0.3 cleared forgotten");
	rules__standing(bench->rules, server_table__at(bench->servers, 2), &standing);
	cr_expect_not(standing.raised || standing.sufficient);
	free_bench(bench);
}
