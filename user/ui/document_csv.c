// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Documents as CSV (RFC 4180): lines end in CR LF, a field with a comma or a quotation mark is
 * quoted, its quotation marks are doubled.
 *
 * Spreadsheets run cells as formulas, and somebody else chose the names in them: a query for
 * =cmd|... is enough. OWASP ("CSV Injection") lists what a formula begins with: = + - @, tab, CR,
 * LF, and the full-width forms of the first four, which some programs fold. In front of those
 * goes an apostrophe, which spreadsheets show as text. Tab, CR and LF never come so far, being
 * controls. Numbers have signs, too, and are to be added up: what is nothing but a number stays.
 *
 * A cell without value is empty. A line of one such cell would be an empty line, which separates
 * tables; it is written as "".
 */
#include "base/text.h"
#include "document_format.h"
#include "glyph.h"
#include "trace.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool is_number(const char *text)
{
	size_t digits, more = 0;

	text += *text == '+' || *text == '-';
	digits = strspn(text, "0123456789");
	text += digits;
	if (*text == '.') {
		more = strspn(text + 1, "0123456789");
		text += 1 + more;
	}
	if (digits + more == 0)
		return false;
	if (*text == 'e' || *text == 'E') {
		text += text[1] == '+' || text[1] == '-' ? 2 : 1;
		digits = strspn(text, "0123456789");
		if (!digits)
			return false;
		text += digits;
	}
	return !*text;
}

static bool is_formula(const char *text)
{
	static const char *const begins[] = {"=", "+", "-", "@", "＝", "＋", "－", "＠"};

	text += strspn(text, " "); /* some programs trim cells */
	for (unsigned i = 0; i < sizeof(begins) / sizeof(begins[0]); i++)
		if (strncmp(text, begins[i], strlen(begins[i])) == 0)
			return !is_number(text);
	return false;
}

static void write_field(FILE *out, const char *text)
{
	bool quoted = strpbrk(text, ",\"");
	struct glyph glyph;
	size_t plain;

	if (quoted)
		fputc('"', out);
	if (is_formula(text))
		fputc('\'', out);
	plain = glyph_plain(text, "\"");
	fwrite(text, 1, plain, out);
	text += plain;
	while (*text) {
		text = glyph__next(text, &glyph);
		if (glyph.bytes[0] == '"')
			fputc('"', out);
		fputs(glyph.bytes, out);
	}
	if (quoted)
		fputc('"', out);
}

static void write_line(FILE *out, const char *const *fields, unsigned count)
{
	if (count == 1 && (!fields[0] || !*fields[0]))
		fputs("\"\"", out);
	for (unsigned i = 0; i < count; i++) {
		if (i)
			fputc(',', out);
		if (fields[i])
			write_field(out, fields[i]);
	}
	fputs("\r\n", out);
}

static void csv_open(struct document *document)
{
	const struct document_head *head = &document->head;
	char since[TEXT_TIME_MAX], until[TEXT_TIME_MAX], made[TEXT_TIME_MAX];
	const char *const rows[][2] = {
		{"title", head->title},
		{"host", head->host},
		{"since", text_time(head->since_ns, since)},
		{"until", text_time(head->until_ns, until)},
		{"filter", head->filter},
		{"made", text_time(head->made_ns, made)},
	};

	if (!document->head.shown)
		return;
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i][1])
			write_line(document->out, rows[i], 2);
}

/* Nothing before the only table of a list; else an empty line and a line that says what comes. */
static void begin_table(struct document *document, const char *caption)
{
	const char *titles[2] = {document->chapter, caption};
	unsigned first = document->chapter ? 0 : 1, end = caption ? 2 : 1;

	if (document->tables == 1 && !document->head.shown)
		return;
	fputs("\r\n", document->out);
	if (first < end)
		write_line(document->out, titles + first, end - first);
}

static void csv_table(struct document *document, const char *caption)
{
	const char *titles[TABLE_COLUMNS_MAX];

	begin_table(document, caption);
	for (unsigned i = 0; i < document->column_count; i++)
		titles[i] = document->columns[i].title;
	write_line(document->out, titles, document->column_count);
}

static void csv_row(struct document *document, const char *const *cells,
		    const enum table_colour *colours)
{
	const char *fields[TABLE_COLUMNS_MAX];
	char percents[TABLE_COLUMNS_MAX][DOCUMENT_PERCENT_MAX];
	double share;

	(void)colours;
	for (unsigned i = 0; i < document->column_count; i++) {
		fields[i] = cells[i];
		if (!document->columns[i].bar || !document_share(cells[i], &share))
			continue;
		snprintf(percents[i], sizeof(percents[i]), "%.8g", 100 * share);
		fields[i] = percents[i];
	}
	write_line(document->out, fields, document->column_count);
}

/* The shortest decimals that are read as the same number again: 17 digits always are. */
static void write_value(double value, char buf[32])
{
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(buf, 32, "%.*g", digits, value);
		if (strtod(buf, NULL) == value)
			return;
	}
}

static void write_points(struct document *document, const struct chart *chart,
			 const struct chart_series *series)
{
	char time[TEXT_TIME_MAX], value[32];
	const char *const fields[] = {series->name, time, value};

	for (unsigned i = 0; i < series->count; i++) {
		if (!chart_shows(chart, &series->points[i]))
			continue;
		text_time(series->points[i].time_ns, time);
		write_value(series->points[i].value, value);
		write_line(document->out, fields, 3);
	}
}

static void csv_chart(struct document *document, const struct chart *chart)
{
	char *unit = NULL;
	const char *titles[3] = {"series", "time"};

	if (asprintf(&unit, "value [%s]", chart->unit) < 0) {
		document_fail(document, -ENOMEM);
		return;
	}
	titles[2] = unit;
	begin_table(document, chart->title);
	write_line(document->out, titles, 3);
	for (unsigned i = 0; i < chart->count; i++)
		write_points(document, chart, &chart->series[i]);
	free(unit);
}

/* Chapters are named where their tables begin, and that there are no rows is to be seen. */
const struct document_writer document_csv_writer = {
	.open = csv_open,
	.table = csv_table,
	.row = csv_row,
	.chart = csv_chart,
};
