// SPDX-License-Identifier: GPL-2.0-or-later
/* Documents as HTML: well-formed whatever names there are, and nothing that runs or loads. */
#include "document_fixture.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 32

static const struct style plain;
static const struct document_column columns[] = {
	{.title = "Name", .width = 20},
	{.title = "Queries", .width = 9, .right = true},
	{.title = "Share", .width = 16, .bar = true},
};

/* The end of a tag that begins at @tag: attributes are quoted, so ">" within quotes is not it. */
static const char *end_of_tag(const char *tag)
{
	bool quoted = false;

	for (; *tag && (quoted || *tag != '>'); tag++) {
		cr_assert(*tag != '<' || !quoted, "< in an attribute");
		quoted ^= *tag == '"';
	}
	cr_assert(*tag);
	return tag;
}

/* Each tag ends what began last; <meta> is empty, paths end themselves. Returns how many. */
static unsigned expect_balanced(const char *html)
{
	const char *open[DEPTH_MAX];
	unsigned depth = 0, count = 0;

	for (const char *tag = strchr(html, '<'); tag; tag = strchr(tag, '<')) {
		const char *end = end_of_tag(tag), *name = tag + 1;
		size_t length;

		tag++;
		count++;
		if (*name == '!' || end[-1] == '/' || strncmp(name, "meta", 4) == 0)
			continue;
		name += *name == '/';
		length = strspn(name, "abcdefghijklmnopqrstuvwxyz123456");
		cr_assert_gt(length, 0, "no tag: %.40s", tag);
		if (name == tag) {
			cr_assert_lt(depth, DEPTH_MAX);
			open[depth++] = name;
			continue;
		}
		cr_assert_gt(depth, 0);
		depth--;
		cr_assert_eq(strncmp(open[depth], name, length), 0, "%.20s ends %.20s", name,
			     open[depth]);
	}
	cr_expect_eq(depth, 0);
	return count;
}

/* One of everything, with the same text wherever there is one. */
static char *document_of(const char *name, bool shown)
{
	static const struct chart_point points[] = {{DOCUMENT_SINCE, 1}, {DOCUMENT_UNTIL, 2}};
	static const enum table_colour colours[] = {TABLE_RED, TABLE_YELLOW, TABLE_PLAIN};
	const char *const row[] = {name, name, name}, *const bar[] = {NULL, "23", "0.07"};
	struct chart_series series[] = {{name, points, 2, false}, {name, points, 2, true}};
	struct chart chart = {name, name, DOCUMENT_SINCE, DOCUMENT_UNTIL, 0, series, 2};
	struct document_column named[] = {{.title = name, .width = 20},
					  {.title = name, .right = true},
					  {.title = name, .bar = true}};
	struct document *document = document_fixture_open(DOCUMENT_HTML, shown, plain);

	document__chapter(document, name, name);
	document__paragraph(document, name);
	document__table(document, name, named, 3);
	document__row(document, row, colours);
	document__row(document, bar, NULL);
	document__chapter(document, name, NULL);
	document__table(document, NULL, named, 3);
	document__table_end(document, name);
	document__chart(document, &chart);
	return document_fixture_close(document);
}

Test(document_html, names_are_text_wherever_they_stand)
{
	char *good = document_of("name", true);
	unsigned tags = expect_balanced(good);

	for (unsigned i = 0; i < document_nasty_count; i++) {
		char *got = document_of(document_nasty[i], true);

		cr_expect_eq(expect_balanced(got), tags, "%u", i);
		cr_expect_not(strstr(got, "<script") || strstr(got, "\" onload"), "%u", i);
		cr_expect_not(strstr(got, "' onload"), "%u", i);
		for (const unsigned char *c = (unsigned char *)got; *c; c++)
			cr_assert(*c == '\n' || (*c >= 0x20 && *c != 0x7f), "%u", i);
		cr_expect_not(strstr(got, "\302\233") || strstr(got, "\342\200\256"), "%u", i);
		free(got);
	}
	free(good);
}

Test(document_html, each_character_of_markup_is_escaped_once)
{
	char *got = document_of("&<>\"'", false);

	cr_expect(strstr(got, "<p>&amp;&lt;&gt;&quot;&#39;</p>"), "%s", got);
	cr_expect(strstr(got, "aria-label=\"&amp;&lt;&gt;&quot;&#39;\""), "%s", got);
	free(got);
}

Test(document_html, one_file_loads_nothing_and_runs_nothing)
{
	static const char *const absent[] = {"<script", "<link", "<img", "<iframe",
					     "@import", "url(",	 "src=", "javascript:"};
	char *got = document_of("name", true), *title = strstr(got, "<title>");

	cr_expect(strstr(got, "<!DOCTYPE html>\n<html lang=\"en\">\n") == got);
	cr_assert(title);
	cr_expect(strstr(got, "<meta charset=\"utf-8\">") < title);
	cr_expect(strstr(got, "content=\"default-src 'none'; style-src 'unsafe-inline'\"") < title);
	cr_expect(strstr(got, "content=\"default-src 'none'; style-src 'unsafe-inline'\""));
	for (unsigned i = 0; i < sizeof(absent) / sizeof(absent[0]); i++)
		cr_expect_not(strstr(got, absent[i]), "%s", absent[i]);
	/* the only address is the name of SVG, which nothing is loaded from */
	cr_expect_eq(document_fixture_count(got, "://"),
		     document_fixture_count(got, "xmlns=\"http://www.w3.org/2000/svg\""));
	free(got);
}

Test(document_html, contents_lead_to_the_chapters)
{
	char *got = document_of("Names", true);

	cr_expect_eq(document_fixture_count(got, "<a href=\"#c"), 2);
	cr_expect(strstr(got, "<li><a href=\"#c1\">Names</a></li>\n<li><a href=\"#c2\">"));
	cr_expect(strstr(got, "<h2 id=\"c1\">Names</h2>") > strstr(got, "</nav>"));
	cr_expect(strstr(got, "<h2 id=\"c2\">Names</h2>") > strstr(got, "</nav>"));
	free(got);
	got = document_of("Names", false);
	cr_expect_not(strstr(got, "<nav"));
	expect_balanced(got);
	free(got);
}

Test(document_html, rows_have_numbers_bars_and_colours)
{
	static const char *const rows[][3] = {
		{"a", "23", "0.2345"}, {NULL, "7", "17"}, {"c", NULL, "inf"}};
	static const enum table_colour colours[] = {TABLE_RED, TABLE_YELLOW, TABLE_GREEN};
	struct document *document = document_fixture_open(DOCUMENT_HTML, false, plain);
	char *got;

	document__table(document, "Top", columns, 3);
	for (unsigned i = 0; i < 3; i++)
		document__row(document, rows[i], i ? NULL : colours);
	document__table_end(document, "No rows.");
	got = document_fixture_close(document);
	cr_expect_not(strstr(got, "No rows."));
	cr_expect(strstr(got, "<caption>Top</caption>"));
	cr_expect_eq(document_fixture_count(got, "<th scope=\"col\""), 3);
	cr_expect(strstr(got, "<tr><td><span class=\"red\">a</span></td><td class=\"num\">"
			      "<span class=\"yellow\">23</span></td><td class=\"bar\">"
			      "<span class=\"track\"><span style=\"width:23.4%\"></span></span>"
			      "23 %</td></tr>\n"),
		  "%s", got);
	cr_expect(strstr(got, "<td>–</td><td class=\"num\">7</td><td class=\"bar\">"
			      "<span class=\"track\"><span style=\"width:100.0%\"></span></span>"
			      "1700 %</td>"));
	cr_expect(strstr(got, "<td>c</td><td class=\"num\">–</td><td class=\"bar\">inf</td>"));
	free(got);
}

Test(document_html, table_without_rows_says_why)
{
	struct document *document = document_fixture_open(DOCUMENT_HTML, false, plain);
	char *got;

	document__table(document, NULL, columns, 3);
	document__table_end(document, "Nothing <yet>.");
	got = document_fixture_close(document);
	cr_expect(
		strstr(got, "<tr><td class=\"none\" colspan=\"3\">Nothing &lt;yet&gt;.</td></tr>"));
	expect_balanced(got);
	free(got);
}

/* The lines have 21 to 774 (labels of one digit) by 256 to 28 units of the picture. */
Test(document_html, chart_is_svg_with_lines_marks_and_names)
{
	static const struct chart_point points[] = {{DOCUMENT_SINCE, 0}, {DOCUMENT_UNTIL, 5}};
	struct chart_series series[] = {{"s-1", points, 2, false}, {"base", points, 2, true}};
	struct chart chart = {"Latency", "ms", DOCUMENT_SINCE, DOCUMENT_UNTIL, 0, series, 2};
	char *got = document_fixture_chart(DOCUMENT_HTML, plain, &chart);

	cr_expect(strstr(got, "viewBox=\"0 0 800 300\" role=\"img\" aria-labelledby=\"t1 d1\""));
	cr_expect(strstr(got,
			 "<title id=\"t1\">Latency</title>\n<desc id=\"d1\">ms over time, from "
			 "2026-11-21 07:00:00 UTC to 2026-11-22 07:00:00 UTC, 0 to 5 on the "
			 "axis. Lines: s-1, base.</desc>"),
		  "%s", got);
	cr_expect(strstr(got, "<path class=\"line s0\" d=\"M21.0 256.0L774.0 28.0\"/>"), "%s", got);
	cr_expect(strstr(got, "<path class=\"line reference\" d=\"M21.0 256.0L774.0 28.0\"/>"));
	cr_expect(strstr(got, ">2026-11-21 to 2026-11-22, UTC</text>"));
	cr_expect_eq(document_fixture_count(got, "<li>"), 2);
	cr_expect_eq(document_fixture_count(got, "class=\"mark s0\""), 2, "one line, its legend");
	cr_expect_not(strstr(got, "mark reference"));
	expect_balanced(got);
	free(got);
}

Test(document_html, baseline_is_drawn_above_the_other_lines)
{
	static const struct chart_point points[] = {{DOCUMENT_SINCE, 0}, {DOCUMENT_UNTIL, 5}};
	struct chart_series series[] = {{"base", points, 2, true}, {"s", points, 2, false}};
	struct chart chart = {"Latency", "ms", DOCUMENT_SINCE, DOCUMENT_UNTIL, 0, series, 2};
	char *got = document_fixture_chart(DOCUMENT_HTML, plain, &chart);

	cr_expect(strstr(got, "class=\"line reference\"") > strstr(got, "class=\"line s1\""));
	free(got);
}

Test(document_html, charts_are_well_formed_whatever_values_they_have)
{
	static const struct chart_point points[] = {
		{DOCUMENT_SINCE, NAN},
		{DOCUMENT_SINCE + 1, -1e308},
		{DOCUMENT_SINCE + 2, 1e308},
		{DOCUMENT_SINCE + 3, 5e-324},
		{DOCUMENT_SINCE + DOCUMENT_HOUR, 1},
		{DOCUMENT_SINCE + 2 * DOCUMENT_HOUR, 1},
		{DOCUMENT_UNTIL, INFINITY},
	};
	struct chart_series series[CHART_SERIES_MAX];
	struct chart chart = {"a", "b", DOCUMENT_SINCE, DOCUMENT_UNTIL, 1, series, 0};

	for (unsigned count = 0; count <= CHART_SERIES_MAX; count++) {
		char *got;

		for (unsigned i = 0; i < count; i++)
			series[i] = (struct chart_series){"s", points, count - 1 - i, i == 2};
		chart.count = count;
		got = document_fixture_chart(DOCUMENT_HTML, plain, &chart);
		expect_balanced(got);
		cr_expect_not(strstr(got, " nan") || strstr(got, "inf") || strstr(got, "Mnan"));
		cr_expect_eq(!strstr(got, "No values in this time."), count > 2, "%u", count);
		free(got);
	}
}
