// SPDX-License-Identifier: GPL-2.0-or-later
/* What all formats of documents have in common: errors stay, tables end, sizes are bounded. */
#include "document_fixture.h"
#include "ui/document_format.h"

#include <criterion/criterion.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const enum document_format formats[] = {DOCUMENT_TEXT, DOCUMENT_CSV, DOCUMENT_HTML};
static const struct document_column column = {.title = "Name", .width = 7};
static const struct style plain;
static const struct document_head head = {.title = "t", .shown = true};

/* Texts of a report, a row of 16 long cells among them. */
static void fill(struct document *document)
{
	static const struct chart_point point = {7, 1};
	struct chart_series series = {"s", &point, 1, false};
	struct chart chart = {"t", "ms", 0, 23, 0, &series, 1};
	struct document_column columns[TABLE_COLUMNS_MAX];
	const char *cells[TABLE_COLUMNS_MAX];
	static char lengthy[5003];

	memset(lengthy, 'x', sizeof(lengthy) - 1);
	for (unsigned i = 0; i < TABLE_COLUMNS_MAX; i++) {
		columns[i] = column;
		cells[i] = lengthy;
	}
	document__chapter(document, "c", "about");
	document__paragraph(document, "p");
	document__table(document, "t", columns, TABLE_COLUMNS_MAX);
	document__row(document, cells, NULL);
	document__table_end(document, NULL);
	document__chart(document, &chart);
}

Test(document, full_disk_is_told_when_it_is_closed)
{
	for (unsigned i = 0; i < 2 * 3; i++) {
		FILE *out = fopen("/dev/full", "w");
		struct document *document;

		cr_assert_eq(document__open(formats[i % 3], out, &head, plain, &document), 0);
		for (unsigned times = 0; times < 2 * (i / 3); times++)
			fill(document);
		cr_expect_eq(document__close(document), -ENOSPC, "%u", i);
		fclose(out);
	}
}

Test(document, sixteen_columns_of_long_cells_come_out_whole)
{
	for (unsigned i = 0; i < 3; i++) {
		struct document *document = document_fixture_open(formats[i], true, plain);
		size_t cells = 0;
		char *got;

		fill(document);
		got = document_fixture_close(document);
		for (const char *c = got; *c;) {
			size_t run = strspn(c, "x");

			cells += run == 5002;
			c += run ? run : 1;
		}
		cr_expect_eq(cells, TABLE_COLUMNS_MAX, "%u", i);
		free(got);
	}
}

Test(document, what_is_asked_of_it_wrongly_is_an_error_and_nothing_is_written_after_it)
{
	const char *const cells[] = {"x"};
	struct chart chart = {.title = "t", .unit = "ms", .count = CHART_SERIES_MAX + 1};

	for (unsigned i = 0; i < 3 * 4; i++) {
		struct document *document;
		char *text;
		size_t size;
		FILE *out = open_memstream(&text, &size);

		cr_assert_eq(document__open(formats[i / 4], out, &head, plain, &document), 0);
		if (i % 4 == 0)
			document__row(document, cells, NULL);
		else if (i % 4 == 3)
			document__chart(document, &chart);
		else
			document__table(document, NULL, &column,
					i % 4 == 1 ? 0 : TABLE_COLUMNS_MAX + 1);
		document__chapter(document, "afterwards", NULL);
		document__paragraph(document, "afterwards");
		document__table(document, "afterwards", &column, 1);
		document__row(document, cells, NULL);
		document__table_end(document, NULL);
		cr_expect_eq(document__close(document), -EINVAL, "%u", i);
		fclose(out);
		cr_expect_not(strstr(text, "afterwards"));
		free(text);
	}
}

Test(document, format_that_there_is_not_is_refused)
{
	struct document *document = NULL;

	cr_expect_eq(document__open(DOCUMENT_FORMATS, stdout, &head, plain, &document), -EINVAL);
	cr_expect_null(document);
}

Test(document, share_is_a_number_of_at_least_0)
{
	static const char *const bad[] = {"",	  "-0.1", "nan", "inf",	  "1e999", "0x1",
					  "0.1 ", " 0.1", "1,5", "0.1.2", "e"};
	double share = 0;

	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		cr_expect_not(document_share(bad[i], &share), "%s", bad[i]);
	cr_expect_not(document_share(NULL, &share));
	cr_expect(document_share("0.23", &share));
	cr_expect_eq(share, 0.23);
	cr_expect(document_share("7e-3", &share));
	cr_expect_eq(share, 7e-3);
}

Test(document, percents_have_two_digits_and_say_when_something_is_left)
{
	static const struct {
		double share;
		const char *want;
	} rows[] = {{0, "0 %"},	       {1e-9, "<0.1 %"}, {0.0005, "0.1 %"}, {0.043, "4.3 %"},
		    {0.0994, "9.9 %"}, {0.0996, "10 %"}, {0.23, "23 %"},    {0.994, "99 %"},
		    {0.997, ">99 %"},  {1, "100 %"},	 {17, "1700 %"},    {1e300, "1e+302 %"}};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char got[DOCUMENT_PERCENT_MAX];

		cr_expect_str_eq(document_percent(rows[i].share, got), rows[i].want);
	}
}
