// SPDX-License-Identifier: GPL-2.0-or-later
/* Documents as text, for terminals and pipes; what is wanted was laid out by hand. */
#include "document_fixture.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct style plain, utf8 = {.utf8 = true}, colour = {.colour = true, .utf8 = true};
static const struct document_column columns[] = {
	{.title = "NAME", .width = 6},
	{.title = "N", .width = 4, .right = true},
	{.title = "SHARE", .bar = true},
	{.title = "NOTE", .width = 4},
};
static const struct document_column wide[] = {
	{.title = "NAME", .width = 6},
	{.title = "NOTE", .width = 4},
};

Test(document_text, report_has_a_head_and_underlined_titles)
{
	struct document *document = document_fixture_open(DOCUMENT_TEXT, true, plain);
	char *got;

	document__chapter(document, "Names", "What was asked.");
	document__table(document, "Top", wide, 2);
	document__table_end(document, "No names.");
	got = document_fixture_close(document);
	cr_expect_str_eq(got, "DNS report\n==========\n"
			      "Host    ns1.example\n"
			      "Time    2026-11-21 07:00:00 UTC to 2026-11-22 07:00:00 UTC\n"
			      "Filter  dns-qname \"a\"\n"
			      "Made    2026-11-22 07:00:07 UTC\n"
			      "\n\nNames\n-----\nWhat was asked.\n"
			      "\nTop\nNAME    NOTE\nNo names.\n");
	free(got);
}

Test(document_text, bars_are_drawn_to_an_eighth_of_a_character)
{
	static const char *const rows[][4] = {
		{"a", "1", "0.5", "x"},	   {"b", "23", "1", NULL},  {"c", NULL, "0", "z"},
		{"d", "4", "0.0001", "z"}, {"e", "5", "17.5", "z"}, {"f", "6", "0.025", "z"},
		{"g", "7", "-1", "z"},	   {"h", "8", "nan", "z"},  {"i", "9", "0.997", ""},
	};
	struct document *document = document_fixture_open(DOCUMENT_TEXT, false, utf8);
	char *got;

	document__table(document, NULL, columns, 4);
	for (unsigned i = 0; i < 9; i++)
		document__row(document, rows[i], NULL);
	got = document_fixture_close(document);
	cr_expect_str_eq(got, "NAME       N  SHARE         NOTE\n"
			      "a          1  ██▌     50 %  x\n"
			      "b         23  █████  100 %  -\n"
			      "c          -           0 %  z\n"
			      "d          4  ▏     <0.1 %  z\n"
			      "e          5  █████ 1750 %  z\n"
			      "f          6  ▏      2.5 %  z\n"
			      "g          7  -1            z\n"
			      "h          8  nan           z\n"
			      "i          9  █████  >99 %\n");
	free(got);
}

Test(document_text, bars_without_utf8_are_made_of_marks)
{
	static const char *const row[] = {"a", "1", "0.5", "x"};
	struct document *document = document_fixture_open(DOCUMENT_TEXT, false, plain);
	char *got;

	document__table(document, NULL, columns, 4);
	document__row(document, row, NULL);
	got = document_fixture_close(document);
	cr_expect_str_eq(got, "NAME       N  SHARE         NOTE\n"
			      "a          1  ###     50 %  x\n");
	free(got);
}

Test(document_text, long_value_widens_its_column_and_a_huge_one_only_its_row)
{
	static const char *const rows[][2] = {
		{"a", "x"}, {"twelve chars", "x"}, {"a", "x"}, {"thirteen char", "x"}, {"a", "x"}};
	struct document *document = document_fixture_open(DOCUMENT_TEXT, false, plain);
	char *got;

	document__table(document, NULL, wide, 2);
	for (unsigned i = 0; i < 5; i++)
		document__row(document, rows[i], NULL);
	document__table_end(document, "No rows.");
	got = document_fixture_close(document);
	cr_expect_str_eq(got, "NAME    NOTE\na       x\ntwelve chars  x\na             x\n"
			      "thirteen char  x\na             x\n");
	free(got);
}

Test(document_text, rows_of_a_list_are_written_at_once)
{
	static const char *const row[] = {"a", "x"};
	struct document_head head = {.title = "t"};
	struct document *document;
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	/* what a stream in memory holds is told when it is flushed */
	cr_assert_eq(document__open(DOCUMENT_TEXT, out, &head, plain, &document), 0);
	document__table(document, NULL, wide, 2);
	cr_expect_str_eq(text, "NAME    NOTE\n");
	document__row(document, row, NULL);
	cr_expect_str_eq(text, "NAME    NOTE\na       x\n");
	cr_expect_eq(document__close(document), 0);
	fclose(out);
	free(text);
}

Test(document_text, sentences_are_wrapped_at_79_columns)
{
	struct document *document = document_fixture_open(DOCUMENT_TEXT, false, plain);
	char words[41 * 4], *got;

	for (unsigned i = 0; i < 41; i++)
		snprintf(words + 4 * i, sizeof(words) - 4 * i, i < 40 ? "abc " : "abc");
	document__paragraph(document, words);
	document__paragraph(document, "  next  one ");
	got = document_fixture_close(document);
	cr_expect_eq(strcspn(got, "\n"), 79); /* 20 words of 3 and 19 spaces */
	cr_expect_eq(strcspn(got + 80, "\n"), 79);
	cr_expect_str_eq(got + 160, "abc\n\nnext one\n");
	free(got);
	document = document_fixture_open(DOCUMENT_TEXT, false, plain);
	snprintf(words, sizeof(words), "%039d %040d", 1, 2); /* 80 with the space between */
	document__paragraph(document, words);
	got = document_fixture_close(document);
	cr_expect_eq(strcspn(got, "\n"), 39);
	free(got);
}

Test(document_text, colour_is_for_terminals_only)
{
	static const char *const row[] = {"a", "x"};
	static const enum table_colour colours[] = {TABLE_RED, TABLE_PLAIN};
	const struct style styles[] = {plain, colour};

	for (unsigned i = 0; i < 2; i++) {
		struct document *document = document_fixture_open(DOCUMENT_TEXT, true, styles[i]);
		char *got;

		document__table(document, NULL, wide, 2);
		document__row(document, row, colours);
		got = document_fixture_close(document);
		if (i)
			cr_expect(strstr(got, "\n\033[31ma\033[0m       x\n"), "%s", got);
		else
			cr_expect(!strchr(got, '\033'), "%s", got);
		free(got);
	}
}

Test(document_text, names_cannot_do_anything_to_a_terminal)
{
	static const struct chart_point point = {DOCUMENT_SINCE, 1};

	for (unsigned i = 0; i < document_nasty_count; i++) {
		const char *name = document_nasty[i], *const row[] = {name, name};
		struct chart_series series = {name, &point, 1, false};
		struct chart chart = {name, name, DOCUMENT_SINCE, DOCUMENT_UNTIL, 0, &series, 1};
		struct document_column named[] = {{.title = name, .width = 3}, {.title = name}};
		struct document *document = document_fixture_open(DOCUMENT_TEXT, true, utf8);
		char *got;

		document__chapter(document, name, name);
		document__paragraph(document, name);
		document__table(document, name, named, 2);
		document__row(document, row, NULL);
		document__table(document, name, named, 2);
		document__table_end(document, name);
		document__chart(document, &chart);
		got = document_fixture_close(document);
		for (const unsigned char *c = (unsigned char *)got; *c; c++)
			cr_assert(*c == '\n' || (*c >= 0x20 && *c != 0x7f), "%u", i);
		cr_expect_not(strstr(got, "\302\233") || strstr(got, "\342\200\256") ||
				      strchr(got, '\377'),
			      "%u", i);
		free(got);
	}
}

/*
 * A line from the lower left to the upper right, by a few lines of Python: 12 rows of 68, the point
 * at column x in row 11 - 11 x / 67, the tick of each hour h at column 67 h / 24.
 */
Test(document_text, chart_has_axes_unit_and_a_legend)
{
	static const struct chart_point points[] = {{DOCUMENT_SINCE, 0}, {DOCUMENT_UNTIL, 50}};
	struct chart_series series[] = {{"b1", points, 2, false}, {"base", points, 1, true}};
	struct chart chart = {"Latency", "ms", DOCUMENT_SINCE, DOCUMENT_UNTIL, 0, series, 2};
	char *got = document_fixture_chart(DOCUMENT_TEXT, plain, &chart);

	cr_expect_str_eq(
		got, "Latency [ms]\n"
		     "50 +                                                                AAAA\n"
		     "   |                                                          AAAAAA\n"
		     "40 +                                                    AAAAAA\n"
		     "   |                                              AAAAAA\n"
		     "30 +                                        AAAAAA\n"
		     "   |                                  AAAAAA\n"
		     "   |                            AAAAAA\n"
		     "20 +                      AAAAAA\n"
		     "   |                AAAAAA\n"
		     "10 +          AAAAAA\n"
		     "   |    AAAAAA\n"
		     " 0 +=AAA\n"
		     "   +--------------+----------------+---------------+----------------+---\n"
		     "                12:00            18:00          22 Nov            06:00\n"
		     "                                           2026-11-21 to 2026-11-22, UTC\n"
		     "  A  b1\n"
		     "  =  base (dashed)\n");
	free(got);
}

/* How many characters of braille, U+2800 to U+28FF, and how many dots they have. */
static void count_braille(const char *text, unsigned *ret_characters, unsigned *ret_dots)
{
	*ret_characters = *ret_dots = 0;
	for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
		if (c[0] != 0xe2 || c[1] < 0xa0 || c[1] > 0xa3)
			continue;
		(*ret_characters)++;
		*ret_dots += (unsigned)__builtin_popcount((c[1] & 3U) << 6 | (c[2] & 0x3fU));
	}
}

Test(document_text, lines_are_braille_with_their_letter_now_and_then)
{
	static const struct chart_point points[] = {{DOCUMENT_SINCE, 50}, {DOCUMENT_UNTIL, 50}};
	struct chart_series series[] = {{"a", points, 2, false}, {"base", points, 2, true}};
	struct chart chart = {"Latency", "ms", DOCUMENT_SINCE, DOCUMENT_UNTIL, 0, series, 1};
	unsigned characters, dots;
	char *got = document_fixture_chart(DOCUMENT_TEXT, utf8, &chart);

	/* 68 columns of 2 dots; a letter in each 18th of them, from the fourth on: 4 */
	count_braille(got, &characters, &dots);
	cr_expect_eq(characters, 68 - 4);
	cr_expect_eq(dots, 2 * (68 - 4));
	cr_expect_eq(document_fixture_count(got, "A"), 4 + 1);
	cr_expect(strstr(got, "50 ┤⠉⠉⠉A⠉⠉"), "%s", got);
	free(got);
	chart.series = series + 1;
	got = document_fixture_chart(DOCUMENT_TEXT, utf8, &chart);
	cr_expect(strstr(got, "50 ┤⠉⠉  ⠉⠉  ⠉⠉"), "%s", got);
	free(got);
}

/* Dots 1, 2, 3 and 7 on the left, 4, 5, 6 and 8 on the right (Unicode, Braille Patterns). */
Test(document_text, dots_of_braille_are_where_unicode_has_them)
{
	const int64_t second_dot = DOCUMENT_SINCE + (DOCUMENT_UNTIL - DOCUMENT_SINCE) / 135;
	struct chart_point points[] = {{DOCUMENT_SINCE, 0}, {DOCUMENT_SINCE, 50}};
	struct chart_series series = {"a", points, 2, false};
	struct chart chart = {"Latency", "ms", DOCUMENT_SINCE, DOCUMENT_UNTIL, 0, &series, 1};
	char *got = document_fixture_chart(DOCUMENT_TEXT, utf8, &chart);

	/* the twelfth is the line's letter */
	cr_expect_eq(document_fixture_count(got, "⡇"), 11, "%s", got);
	free(got);
	points[0].time_ns = points[1].time_ns = second_dot;
	got = document_fixture_chart(DOCUMENT_TEXT, utf8, &chart);
	cr_expect_eq(document_fixture_count(got, "⢸"), 11, "%s", got);
	free(got);
}

Test(document_text, label_at_the_end_of_an_axis_stays_within_the_width)
{
	static const struct chart_point point = {1795305600000000000, 1}; /* 2026-11-22 00:00 */
	struct chart_series series = {"a", &point, 1, false};
	struct chart chart = {"Latency", "ms", point.time_ns, 1795392000000000000, 0, &series, 1};
	char *got = document_fixture_chart(DOCUMENT_TEXT, plain, &chart);

	cr_expect(strstr(got, " 23 Nov\n"), "%s", got);
	for (const char *line = got; *line; line += strcspn(line, "\n") + 1)
		cr_expect_leq(strcspn(line, "\n"), 72, "%s", got);
	free(got);
}

Test(document_text, line_of_a_single_point_is_its_letter)
{
	static const struct chart_point late = {DOCUMENT_UNTIL, 7},
					soon = {DOCUMENT_SINCE + DOCUMENT_HOUR, 7};
	struct chart_series series[] = {{"a", &late, 1, false}, {"base", &soon, 1, true}};
	struct chart chart = {"Latency", "ms", DOCUMENT_SINCE, DOCUMENT_UNTIL, 0, series, 2};
	char *got = document_fixture_chart(DOCUMENT_TEXT, utf8, &chart);

	cr_expect_eq(document_fixture_count(got, "A"), 2, "%s", got);
	cr_expect_eq(document_fixture_count(got, "="), 2, "%s", got);
	free(got);
}

Test(document_text, chart_without_values_says_so)
{
	static const struct chart_point points[] = {{DOCUMENT_SINCE, NAN}, {DOCUMENT_SINCE - 1, 5}};
	struct chart_series series[] = {{"a", points, 2, false}, {"b", NULL, 0, false}};
	struct chart chart = {"Latency", "ms", DOCUMENT_SINCE, DOCUMENT_UNTIL, 0, series, 2};

	for (unsigned count = 0; count <= 2; count++) {
		char *got;

		chart.count = count;
		got = document_fixture_chart(DOCUMENT_TEXT, utf8, &chart);
		cr_expect_str_eq(got, "Latency [ms]\nNo values in this time.\n");
		free(got);
	}
}
