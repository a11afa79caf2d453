// SPDX-License-Identifier: GPL-2.0-or-later
/* Rows of statistics as JSON, CSV and text, worked out by hand. */
#include "cmd/stats_table.h"
#include "sink/json.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static const struct aggregate_row rows[] = {
	{.values = {"a\\\".cz", "62000000"},
	 .measures = {7, 13, 50, 5003, 3},
	 .packets_low = 41,
	 .samples = 4,
	 .latency_p50_ns = 62128128,
	 .latency_p95_ns = 1500000000},
	{.values = {"=cmd()", NULL},
	 .measures = {1, 1, 1, 41, 0},
	 .packets_low = 1,
	 .latency_p50_ns = -1,
	 .latency_p95_ns = -1},
};

static struct aggregate_options by_name_and_latency(void)
{
	struct aggregate_options options = {.by_count = 2, .groups_max = 1};

	options.by[0] = operand_find("dns-qname", NULL);
	options.by[1] = operand_find("dns-latency", NULL);
	return options;
}

/* Free the text. */
static char *written(enum document_format format, const struct stats_table *table)
{
	const struct document_head head = {.title = "DNS statistics"};
	struct document *document;
	size_t length;
	char *text;
	FILE *out = open_memstream(&text, &length);

	cr_assert_eq(document__open(format, out, &head, (struct style){0}, &document), 0);
	stats_table__write(table, document, NULL);
	stats_table__tell(table, document);
	cr_assert_eq(document__close(document), 0);
	fclose(out);
	/* lines are broken where the screen ends, here anywhere */
	for (char *at = text; format == DOCUMENT_TEXT && *at; at++)
		*at = *at == '\n' ? ' ' : *at;
	return text;
}

static void expect_said(const char *text, const char *said)
{
	cr_expect(strstr(text, said), "'%s' is not in '%s'", said, text);
}

Test(stats_table, json_has_numbers_as_numbers_and_null_for_what_is_not_known)
{
	static const char expected[] =
		"{\"type\":\"stat\",\"by\":{\"dns-qname\":\"a\\\\\\\".cz\",\"dns-latency\":"
		"62000000},\"flows\":13,\"exchanges\":7,\"packets\":50,\"packets_low\":41,"
		"\"bytes\":5003,\"unanswered\":3,\"samples\":4,\"latency_p50_ns\":62128128,"
		"\"latency_p95_ns\":1500000000}\n"
		"{\"type\":\"stat\",\"by\":{\"dns-qname\":\"=cmd()\",\"dns-latency\":null},"
		"\"flows\":1,\"exchanges\":1,\"packets\":1,\"packets_low\":1,\"bytes\":41,"
		"\"unanswered\":0,\"samples\":0,\"latency_p50_ns\":null,\"latency_p95_ns\":null}\n";
	struct aggregate_options options = by_name_and_latency();
	size_t length;
	char *text;
	FILE *out = open_memstream(&text, &length);

	json_stat(out, &options, &rows[0]);
	json_stat(out, &options, &rows[1]);
	fclose(out);
	cr_expect_str_eq(text, expected);
	free(text);
}

/* 50 of 400 packets are 12.5 %, 3 of 7 are 42.9 %. */
Test(stats_table, csv_has_plain_numbers_and_no_formulas)
{
	static const char expected[] =
		"QNAME,LATENCY,EXCHANGES,PACKETS,SHARE,BYTES,UNANSWERED,UNANSWERED_PCT,MEDIAN,"
		"P95\r\n"
		"\"a\\\"\".cz\",62000000,7,50,12.5,5003,3,42.9,62128128,1500000000\r\n"
		"'=cmd(),,1,1,0.25,41,0,0.0,,\r\n";
	struct aggregate_options options = by_name_and_latency();
	struct stats_table table = {
		.options = &options,
		.rows = rows,
		.count = 2,
		.totals = {.all = {.packets = 400}},
		.exact = true,
	};
	char *text = written(DOCUMENT_CSV, &table);

	cr_expect_str_eq(text, expected);
	free(text);
}

Test(stats_table, text_tells_totals_and_every_bound)
{
	struct aggregate_options options = by_name_and_latency();
	struct stats_table table = {
		.options = &options,
		.rows = rows,
		.count = 2,
		.totals = {.all = {401, 802, 900, 40009, 100},
			   .groups = 23,
			   .crowded = 17,
			   .floor = 11,
			   .latency_p50_ns = 1500000,
			   .latency_p95_ns = 30000000},
	};
	char *text = written(DOCUMENT_TEXT, &table);

	expect_said(text, " 62 ms ");
	expect_said(text, "62.1 ms");
	expect_said(text, "All: 401 exchanges, 900 packets, 40009 bytes, 100 unanswered (24.9 %), "
			  "median 1.5 ms, 95 % within 30 ms.");
	expect_said(text, "Shown are 2 of 23 groups.");
	expect_said(text, "Packets are at most 9 too high");
	expect_said(text, "A value that is not among the groups has at most 11 packets.");
	expect_said(text, "17 flows are in the totals only: there was room for 23 groups.");
	free(text);
}

Test(stats_table, nothing_is_said_of_bounds_that_are_not_there)
{
	struct aggregate_options options = by_name_and_latency();
	struct stats_table table = {
		.options = &options,
		.rows = &rows[1],
		.count = 1,
		.totals = {.all = {1, 1, 1, 41, 0},
			   .groups = 1,
			   .latency_p50_ns = -1,
			   .latency_p95_ns = -1},
	};
	char *text = written(DOCUMENT_TEXT, &table);

	expect_said(text, "All: 1 exchanges, 1 packets, 41 bytes, 0 unanswered (0.0 %). Shown are "
			  "1 of 1 groups. ");
	cr_expect_null(strstr(text, "too high"));
	cr_expect_null(strstr(text, "at most"));
	cr_expect_null(strstr(text, "totals only"));
	free(text);
}
