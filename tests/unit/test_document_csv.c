// SPDX-License-Identifier: GPL-2.0-or-later
/* Documents as CSV. What is wanted was written by Python's csv module, or by hand from RFC 4180. */
#include "document_fixture.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct style plain;
static const struct document_column columns[] = {
	{.title = "Name", .width = 20},
	{.title = "Queries", .width = 9, .right = true},
	{.title = "Share", .width = 16, .bar = true},
};

/* A table of one column and these rows. */
static char *written(const char *const *cells, unsigned count)
{
	struct document *document = document_fixture_open(DOCUMENT_CSV, false, plain);

	document__table(document, NULL, columns, 1);
	for (unsigned i = 0; i < count; i++)
		document__row(document, &cells[i], NULL);
	return document_fixture_close(document);
}

/* csv.writer(sys.stdout).writerows([["Name"], ["plain"], ['a,b'], ['say "a"'], ['"'], [""], ...])
 */
Test(document_csv, fields_are_quoted_when_they_must_be)
{
	static const char *const cells[] = {"plain", "a,b", "say \"a\"", "\"", "", NULL, "a;b c"};
	char *got = written(cells, 7);

	cr_expect_str_eq(got, "Name\r\nplain\r\n\"a,b\"\r\n\"say \"\"a\"\"\"\r\n\"\"\"\"\r\n"
			      "\"\"\r\n\"\"\r\na;b c\r\n");
	free(got);
}

/* What OWASP's "CSV Injection" names, and the numbers that begin alike. */
Test(document_csv, formulas_are_text_and_numbers_are_numbers)
{
	static const char *const cells[][2] = {
		{"=1+1", "'=1+1"},
		{"+cmd", "'+cmd"},
		{"-2+3", "'-2+3"},
		{"@SUM(A1)", "'@SUM(A1)"},
		{"=cmd|'/c calc'!A1", "'=cmd|'/c calc'!A1"},
		{"=A1,\"b\"", "\"'=A1,\"\"b\"\"\""},
		{"  =1", "'  =1"},
		{"\357\274\235A1", "'\357\274\235A1"},
		{"\357\274\213A1", "'\357\274\213A1"},
		{"\357\274\215A1", "'\357\274\215A1"},
		{"\357\274\240A1", "'\357\274\240A1"},
		{"\t=1", "\\009=1"},
		{"\r=1", "\\013=1"},
		{"\n=1", "\\010=1"},
		{"-", "'-"},
		{"-.", "'-."},
		{"-1e", "'-1e"},
		{"-1e+", "'-1e+"},
		{"-5", "-5"},
		{"+5", "+5"},
		{"-0.25", "-0.25"},
		{"-.5", "-.5"},
		{"-1e-9", "-1e-9"},
		{"+1E5", "+1E5"},
		{"a=1", "a=1"},
	};

	for (unsigned i = 0; i < sizeof(cells) / sizeof(cells[0]); i++) {
		char *got = written(&cells[i][0], 1), want[128];

		snprintf(want, sizeof(want), "Name\r\n%s\r\n", cells[i][1]);
		cr_expect_str_eq(got, want);
		free(got);
	}
}

Test(document_csv, no_control_but_the_ends_of_lines_comes_out)
{
	char *got = written(document_nasty, document_nasty_count);

	for (const unsigned char *c = (unsigned char *)got; *c; c++)
		cr_assert(*c >= 0x20 || (c[0] == '\r' && c[1] == '\n') || c[0] == '\n');
	cr_expect_eq(document_fixture_count(got, "\r\n"), document_nasty_count + 1);
	cr_expect_not(strstr(got, "\302\233") || strstr(got, "\342\200\256"));
	free(got);
}

Test(document_csv, list_begins_with_its_titles_and_shares_are_percents)
{
	static const char *const rows[][3] = {
		{"a.example", "7", "0.2345"}, {"b.example", NULL, "1"}, {"c", "0", "none"}};
	struct document *document = document_fixture_open(DOCUMENT_CSV, false, plain);
	char *got;

	document__table(document, "Names", columns, 3);
	for (unsigned i = 0; i < 3; i++)
		document__row(document, rows[i], NULL);
	document__table_end(document, "nothing");
	got = document_fixture_close(document);
	cr_expect_str_eq(got, "Name,Queries,Share\r\na.example,7,23.45\r\nb.example,,100\r\n"
			      "c,0,none\r\n");
	free(got);
}

Test(document_csv, report_has_its_head_and_says_what_each_table_is)
{
	static const char *const row[] = {"x", "2", "0.07"};
	struct document *document = document_fixture_open(DOCUMENT_CSV, true, plain);
	char *got;

	document__chapter(document, "Names", "What was asked.");
	document__paragraph(document, "Not here.");
	document__table(document, "Top, 10", columns, 3);
	document__row(document, row, NULL);
	document__chapter(document, "Clients", NULL);
	document__table(document, NULL, columns, 2);
	document__table_end(document, "No clients.");
	got = document_fixture_close(document);
	cr_expect_str_eq(got, "title,DNS report\r\nhost,ns1.example\r\n"
			      "since,2026-11-21T07:00:00.000000000Z\r\n"
			      "until,2026-11-22T07:00:00.000000000Z\r\n"
			      "filter,\"dns-qname \"\"a\"\"\"\r\n"
			      "made,2026-11-22T07:00:07.000000000Z\r\n"
			      "\r\nNames,\"Top, 10\"\r\nName,Queries,Share\r\nx,2,7\r\n"
			      "\r\nClients\r\nName,Queries\r\n");
	free(got);
}

Test(document_csv, second_table_stands_behind_an_empty_line)
{
	struct document *document = document_fixture_open(DOCUMENT_CSV, false, plain);
	char *got;

	document__table(document, "One", columns, 1);
	document__table(document, "Two", columns, 2);
	document__table(document, NULL, columns, 1);
	got = document_fixture_close(document);
	cr_expect_str_eq(got, "Name\r\n\r\nTwo\r\nName,Queries\r\n\r\nName\r\n");
	free(got);
}

Test(document_csv, chart_is_a_table_of_the_values_that_can_be_drawn)
{
	static const struct chart_point points[] = {{DOCUMENT_SINCE, 0.1},
						    {DOCUMENT_SINCE + 1, NAN},
						    {DOCUMENT_SINCE + 2, -INFINITY},
						    {DOCUMENT_UNTIL, 1e300},
						    {DOCUMENT_UNTIL + 1, 5}};
	struct chart_series series[] = {{"=a", points, 5, false}, {"b", NULL, 0, true}};
	struct chart chart = {"Latency", "ms", DOCUMENT_SINCE, DOCUMENT_UNTIL, 0, series, 2};
	char *got = document_fixture_chart(DOCUMENT_CSV, plain, &chart);

	cr_expect_str_eq(got, "series,time,value [ms]\r\n"
			      "'=a,2026-11-21T07:00:00.000000000Z,0.1\r\n"
			      "'=a,2026-11-22T07:00:00.000000000Z,1e+300\r\n");
	free(got);
}
