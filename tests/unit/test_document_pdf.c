// SPDX-License-Identifier: GPL-2.0-or-later
/* PDF documents as poppler reads them: what is in them, on which page, and what is not. */
#include "ui/document.h"
#include "ui/pdf_columns.h"
#include "ui/pdf_table.h"
#include "ui/winansi.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* 2025-11-21 08:00:00 UTC: date -u -d @1763712000 */
#define SINCE (1763712000 * INT64_C(1000000000))
#define HOUR  (3600 * INT64_C(1000000000))

#define TEXT_MAX (4 << 20)

static const struct document_head head = {.title = "DNS report",
					  .host = "ns1.example",
					  .filter = "dns-rcode \"NXDomain\"",
					  .since_ns = SINCE,
					  .until_ns = SINCE + HOUR,
					  .made_ns = SINCE + 2 * HOUR};

static const struct document_column columns[] = {{"question name", 30, .right = false},
						 {"queries", 8, .right = true},
						 {"share of all", 12, .bar = true}};

struct desk {
	char path[32];
	FILE *out;
	struct document *document;
};

static void desk_begin(struct desk *desk, const struct document_head *with)
{
	int fd;

	snprintf(desk->path, sizeof(desk->path), "/tmp/oddns-pdf-XXXXXX");
	fd = mkstemp(desk->path);
	cr_assert(fd >= 0);
	desk->out = fdopen(fd, "w");
	cr_assert(desk->out);
	cr_assert_eq(
		document__open(DOCUMENT_PDF, desk->out, with, (struct style){0}, &desk->document),
		0);
}

static void desk_open(struct desk *desk, bool report)
{
	struct document_head shown = head;

	shown.shown = report;
	desk_begin(desk, &shown);
}

static void desk_close(struct desk *desk)
{
	cr_assert_eq(document__close(desk->document), 0);
	fclose(desk->out);
}

/* What a program of poppler says of the file. To be freed. */
static char *desk_read(const struct desk *desk, const char *command, const char *to)
{
	char *text = calloc(1, TEXT_MAX), line[128];
	FILE *in;

	snprintf(line, sizeof(line), "%s %s %s 2>&1", command, desk->path, to);
	in = popen(line, "r");
	cr_assert(text && in);
	cr_assert_lt(fread(text, 1, TEXT_MAX - 1, in), TEXT_MAX - 1);
	cr_assert_eq(pclose(in), 0, "%s: %s", line, text);
	return text;
}

static char *desk_text(const struct desk *desk, unsigned first, unsigned last)
{
	char command[64];

	snprintf(command, sizeof(command), "pdftotext -enc UTF-8 -layout -f %u -l %u", first, last);
	return desk_read(desk, command, "-");
}

static unsigned desk_pages(const struct desk *desk)
{
	char *text = desk_read(desk, "pdfinfo", ""), *at = strstr(text, "Pages:");
	unsigned pages;

	cr_assert(at);
	pages = (unsigned)atoi(at + 6);
	free(text);
	return pages;
}

static void expect_text(const struct desk *desk, unsigned page, const char *wanted)
{
	char *text = desk_text(desk, page, page);

	cr_expect(strstr(text, wanted), "'%s' is not on page %u: %s", wanted, page, text);
	free(text);
}

static unsigned count_of(const char *text, const char *word)
{
	unsigned count = 0;

	for (; (text = strstr(text, word)); text++)
		count++;
	return count;
}

static void add_rows(struct desk *desk, const char *prefix, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		char name[64], queries[16];
		const char *cells[] = {name, queries, "0.25"};

		snprintf(name, sizeof(name), "%s-%u.example", prefix, i);
		snprintf(queries, sizeof(queries), "%u", 1000000 + i);
		document__row(desk->document, cells, NULL);
	}
}

Test(document_pdf, empty_one_has_a_page_with_its_head)
{
	struct desk desk;
	char *info;

	desk_open(&desk, false);
	desk_close(&desk);
	info = desk_read(&desk, "TZ=UTC pdfinfo", "");
	cr_expect(strstr(info, "Title:           DNS report\n"), "%s", info);
	cr_expect(strstr(info, "Creator:         oddns"), "%s", info);
	cr_expect(strstr(info, "Fri Nov 21 10:00:00 2025 UTC"), "%s", info);
	free(info);
	cr_expect_eq(desk_pages(&desk), 1);
	expect_text(&desk, 1, "2025-11-21 08:00:00 UTC to 2025-11-21 09:00:00 UTC");
	expect_text(&desk, 1, "ns1.example");
	expect_text(&desk, 1, "dns-rcode \"NXDomain\"");
	expect_text(&desk, 1, "page 1 of 1");
	unlink(desk.path);
}

/* 307 rows: the 200 that are measured, and some behind them. */
Test(document_pdf, each_row_is_there_once_and_titles_stand_on_each_page)
{
	struct desk desk;
	unsigned pages;
	char *text;

	desk_open(&desk, false);
	document__table(desk.document, "Names", columns, 3);
	add_rows(&desk, "host", 307);
	document__table_end(desk.document, NULL);
	desk_close(&desk);
	pages = desk_pages(&desk);
	cr_expect_gt(pages, 4);
	text = desk_text(&desk, 1, pages);
	for (unsigned i = 0; i < 307; i++) {
		char name[64];

		snprintf(name, sizeof(name), "host-%u.example ", i);
		cr_expect_eq(count_of(text, name), 1, "%s", name);
		snprintf(name, sizeof(name), " %u ", 1000000 + i);
		cr_expect_eq(count_of(text, name), 1, "%s", name);
	}
	cr_expect_eq(count_of(text, " 25 %"), 307);
	free(text);
	for (unsigned page = 1; page <= pages; page++) {
		char foot[32];

		snprintf(foot, sizeof(foot), "page %u of %u", page, pages);
		expect_text(&desk, page, foot);
		expect_text(&desk, page, "question name");
		expect_text(&desk, page, "dns-rcode \"NXDomain\"");
	}
	unlink(desk.path);
}

Test(document_pdf, contents_name_the_page_that_a_chapter_begins_on)
{
	static const char *const titles[] = {"Overview", "Servers", "Clients"};
	struct desk desk;
	unsigned page = 2;
	char *cover;

	desk_open(&desk, true);
	for (unsigned i = 0; i < 3; i++) {
		document__chapter(desk.document, titles[i], "About it.");
		document__table(desk.document, NULL, columns, 3);
		add_rows(&desk, titles[i], 97);
		document__table_end(desk.document, NULL);
	}
	desk_close(&desk);
	cover = desk_text(&desk, 1, 1);
	for (unsigned i = 0; i < 3; i++) {
		char *line = strstr(cover, titles[i]);
		char row[64];

		cr_assert(line, "%s", cover);
		page = (unsigned)strtoul(line + strlen(titles[i]), NULL, 10);
		cr_expect_geq(page, 2);
		snprintf(row, sizeof(row), "%s-0.example", titles[i]);
		expect_text(&desk, page, row);
		expect_text(&desk, page, "About it.");
	}
	cr_expect_geq(page, 4);
	free(cover);
	unlink(desk.path);
}

/* Compared without the line breaks that a narrow column makes. */
Test(document_pdf, hostile_texts_are_seen_and_do_nothing)
{
	static const struct {
		const char *cell, *shown;
	} rows[] = {
		{"a(b)c)d\\e%f", "a(b)c)d\\e%f"},
		{")Tj ET Q endstream", ")TjETQendstream"},
		{"bell\a esc\033[31m line\n", "bell\\007esc\\027[31mline\\010"},
		{"\xff\xc3(", "\\255\\195("},
		{"caf\xc3\xa9 \xe2\x82\xac", "caf\xc3\xa9\xe2\x82\xac"},
		{"\xce\xb1\xf0\x9f\x98\x80", "\\u{3b1}\\u{1f600}"},
		{"", ""},
	};
	char word[256], *text, *to;
	struct desk desk;

	for (unsigned i = 0; i < 255; i++)
		word[i] = (char)('A' + i * 7 % 26);
	word[255] = '\0';
	desk_open(&desk, false);
	document__chapter(desk.document, "(\\", "%)\x01");
	document__paragraph(desk.document, word);
	document__table(desk.document, ")", columns, 3);
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		document__row(desk.document, (const char *const[]){rows[i].cell, NULL, "no number"},
			      NULL);
	document__row(desk.document, (const char *const[]){word, "1", "7e300"}, NULL);
	document__table_end(desk.document, NULL);
	desk_close(&desk);
	text = to = desk_text(&desk, 1, 1);
	for (const char *from = text; *from; from++)
		if (*from != ' ' && *from != '\n')
			*to++ = *from;
	*to = '\0';
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		cr_expect(strstr(text, rows[i].shown), "%s: %s", rows[i].shown, text);
	cr_expect(strstr(text, word), "the paragraph: %s", text);
	cr_expect_eq(count_of(text, "nonumber"), 7);
	for (const char *c = text; *c; c++)
		cr_expect((unsigned char)*c >= 0x20 || *c == '\f', "%d", *c);
	free(text);
	unlink(desk.path);
}

Test(document_pdf, cell_higher_than_a_page_goes_on_on_the_next)
{
	struct desk desk;
	unsigned pages, found = 0;
	char *cell = malloc(40000), *text;

	for (unsigned i = 0; i < 39999; i++)
		cell[i] = i % 40 ? 'x' : 'Q'; /* 1000 of the latter */
	cell[39999] = '\0';
	desk_open(&desk, false);
	document__table(desk.document, NULL, columns, 3);
	document__row(desk.document, (const char *const[]){cell, "1", "1"}, NULL);
	document__row(desk.document, (const char *const[]){"the next row", "2", "0"}, NULL);
	document__table_end(desk.document, NULL);
	desk_close(&desk);
	pages = desk_pages(&desk);
	cr_expect_gt(pages, 4);
	text = desk_text(&desk, 1, pages);
	for (const char *c = text; *c; c++)
		found += *c == 'Q';
	cr_expect_eq(found, 1000);
	free(text);
	free(cell);
	expect_text(&desk, pages, "the next row");
	unlink(desk.path);
}

/* The titles run over the foot of the page; each page has a row all the same. */
Test(document_pdf, titles_higher_than_a_page_end)
{
	char *title = malloc(20000);
	struct document_column column = {.width = 9};
	struct desk desk;

	memset(title, 'T', 19999);
	title[19999] = '\0';
	column.title = title;
	desk_open(&desk, false);
	document__table(desk.document, NULL, &column, 1);
	for (unsigned i = 0; i < 3; i++)
		document__row(desk.document, (const char *const[]){"x"}, NULL);
	document__table_end(desk.document, NULL);
	desk_close(&desk);
	cr_expect_leq(desk_pages(&desk), 5);
	free(title);
	unlink(desk.path);
}

Test(document_pdf, table_without_rows_says_so)
{
	struct desk desk;

	desk_open(&desk, false);
	document__table(desk.document, "Hosts", columns, 3);
	document__table_end(desk.document, "No host did.");
	document__table(desk.document, NULL, columns, 3);
	document__table_end(desk.document, NULL);
	desk_close(&desk);
	cr_expect_eq(desk_pages(&desk), 1);
	expect_text(&desk, 1, "Hosts");
	expect_text(&desk, 1, "No host did.");
	unlink(desk.path);
}

Test(document_pdf, table_too_wide_for_a_page_upright_is_in_landscape)
{
	static const struct document_column wide[] = {
		{"a", 50, .right = false}, {"b", 50, .right = false}, {"c", 50, .right = false}};
	const char *name = "fifteen.letters.and.more.of.them.example.net";
	struct desk desk;
	char *info;

	desk_open(&desk, false);
	document__table(desk.document, NULL, wide, 3);
	document__row(desk.document, (const char *const[]){name, name, name}, NULL);
	document__table_end(desk.document, NULL);
	desk_close(&desk);
	info = desk_read(&desk, "pdfinfo", "");
	cr_expect(strstr(info, "841.89 x 595.276 pts"), "%s", info);
	free(info);
	unlink(desk.path);
}

Test(document_pdf, rows_beyond_the_limit_are_counted_for_the_reader)
{
	struct desk desk;
	char *text;

	desk_open(&desk, false);
	document__table(desk.document, NULL, columns, 1);
	for (unsigned i = 0; i < PDF_LINES_MAX + 7; i++)
		document__row(desk.document, (const char *const[]){"x"}, NULL);
	document__table_end(desk.document, NULL);
	desk_close(&desk);
	text = desk_text(&desk, desk_pages(&desk), desk_pages(&desk));
	cr_expect(strstr(text, "7 more rows are not shown"), "%s", text);
	free(text);
	unlink(desk.path);
}

Test(document_pdf, chart_has_title_unit_names_and_utc)
{
	static const struct chart_point points[] = {{SINCE + HOUR / 2, 3.5}};
	static const struct chart_series series[] = {{"192.0.2.1", points, 1, false},
						     {"nothing", NULL, 0, false},
						     {"baseline", points, 1, true}};
	static const struct chart chart = {"Median latency", "ms", SINCE, SINCE + HOUR, HOUR,
					   series,	     3};
	static const char *const wanted[] = {"Median latency",	 "ms\n",     "192.0.2.1",
					     "nothing",		 "baseline", "08:30",
					     "2025-11-21, UTC\n"};
	struct desk desk;

	desk_open(&desk, false);
	document__chart(desk.document, &chart);
	desk_close(&desk);
	for (unsigned i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		expect_text(&desk, 1, wanted[i]);
	unlink(desk.path);
}

Test(document_pdf, full_disk_is_told)
{
	for (unsigned i = 0; i < 2; i++) {
		FILE *full = fopen("/dev/full", "w");
		struct document *document;

		cr_assert(full);
		setvbuf(full, NULL, i ? _IONBF : _IOFBF, BUFSIZ);
		cr_assert_eq(
			document__open(DOCUMENT_PDF, full, &head, (struct style){0}, &document), 0);
		document__paragraph(document, "It is lost.");
		cr_expect_eq(document__close(document), -ENOSPC, "%s", i ? "unbuffered" : "");
		fclose(full);
	}
}

/* By the number of lines for what is wide, by bytes for what is narrow. */
Test(document_pdf, head_of_a_megabyte_is_cut_with_an_ellipsis)
{
	struct document_head huge = head;
	char *text = malloc(1 << 20), *narrow = malloc(1 << 20), *all;
	struct desk desk;

	memset(text, 'w', (1 << 20) - 1);
	text[(1 << 20) - 1] = '\0';
	memset(narrow, 'i', (1 << 20) - 1);
	narrow[(1 << 20) - 1] = '\0';
	huge.title = huge.host = text;
	huge.filter = narrow;
	desk_begin(&desk, &huge);
	document__table(desk.document, NULL, columns, 3);
	add_rows(&desk, "host", 3);
	document__table_end(desk.document, NULL);
	desk_close(&desk);
	free(text);
	free(narrow);
	cr_expect_eq(desk_pages(&desk), 1);
	expect_text(&desk, 1, "w\xe2\x80\xa6\n");
	expect_text(&desk, 1, "i\xe2\x80\xa6\n");
	expect_text(&desk, 1, "host-2.example");
	all = desk_text(&desk, 1, 1);
	cr_expect_lt(count_of(all, "w"), 1000, "a line holds 67 of the 2047 that are kept");
	free(all);
	unlink(desk.path);
}

/* Widths of Adobe's Helvetica.afm: i 222, space 278, full stop 278, a and the dash 556, ellipsis
 * 1000. */
Test(paper, lines_are_broken_and_cut_by_the_measures_of_the_font)
{
	static const struct paper_type type = {PAPER_PLAIN, 10, &paper_black};
	static const struct {
		const char *text;
		float width;
		size_t len;
	} rows[] = {
		{"iiiiiii", 11.1f, 5}, {"iiiiiii", 11.0f, 4}, {"iiiii", 11.1f, 5},
		{"aaa aaa", 19.6f, 4}, {"aaa aaa", 16.7f, 4}, {"aaa aaa", 30, 4},
		{"aaa.aaa", 30, 4},    {"a.aaaaaaa", 30, 5},  {"aaa", 1, 1},
		{"", 10, 0},
	};
	struct paper paper;
	char text[] = "iiiiiiiiiii";

	cr_assert_eq(paper__open(&paper), 0);
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		cr_expect_eq(paper__break(&paper, &type, rows[i].text, rows[i].width), rows[i].len,
			     "row %u", i);
	cr_expect_str_eq(paper__shorten(&paper, &type, text, 24.5f), "iiiiiiiiiii");
	cr_expect_str_eq(paper__shorten(&paper, &type, text, 16.7f), "iii\x85");
	paper__close(&paper);
}

/* By hand from ISO 32000-1 annex D.2, which Python's cp1252 agrees with. */
Test(winansi, signs_are_mapped_and_the_rest_is_escaped)
{
	char buf[16];

	cr_expect_eq(winansi_encode("\xe2\x82\xac\xc3\xa9\xc5\xbe~", buf, sizeof(buf)), 4);
	cr_expect_str_eq(buf, "\x80\xe9\x9e~");
	cr_expect_eq(winansi_encode("\xc2\xa0\xc2\xad", buf, sizeof(buf)), 7);
	cr_expect_str_eq(buf, " \\u{ad}");
	cr_expect_eq(winansi_encode("ab\xce\xb1z", buf, 9), 10, "cut before what does not fit");
	cr_expect_str_eq(buf, "ab");
	cr_expect_eq(winansi_encode(NULL, buf, 1), 0);
	cr_expect_str_eq(buf, "");
}

/* Rooms are without the gaps. */
Test(pdf_columns, what_is_missing_is_taken_from_the_widest)
{
	static const struct pdf_want wants[] = {{20, 40, 50}, {20, 140, 250}, {20, 20, 20}};
	static const struct {
		float room, widths[3];
		int r;
	} rows[] = {
		{320, {50, 250, 20}, 2},
		{270, {50, 200, 20}, 1},
		{170, {40, 110, 20}, 0},
		{30, {10, 10, 10}, -1},
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		float widths[3];

		cr_expect_eq(pdf_columns_fit(wants, 3, rows[i].room + 3 * PDF_COLUMN_GAP, widths),
			     rows[i].r, "row %u", i);
		for (unsigned k = 0; k < 3; k++)
			cr_expect_float_eq(widths[k], rows[i].widths[k], 0.01, "row %u: %f", i,
					   (double)widths[k]);
	}
}
