// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A table of unknown length on paper of known width.
 *
 * Widths must be chosen before the first row is drawn, and a list may have 100 000 rows. So the
 * first 200 are kept and measured; the columns are laid out for them, they are drawn, and from then
 * on each row is drawn when it comes. Below 200 rows that is exact; above, a later cell that is
 * wider than its column is wrapped in it, so nothing is ever clipped.
 *
 *   upright, all cells on one line                       if that fits
 *   upright, one cell of ten in two lines or more        else
 *   in landscape, the same two                           else
 *   in landscape, wrapped down to words, smaller         else
 *
 * Cells are lines within their column; a row is as high as its highest cell. A row stays together
 * unless it is higher than KEEP_LINES: those are cut between lines wherever the page ends, since a
 * cell may be higher than any page. The titles stand at the top of each page, and a table never
 * begins with its titles alone at the foot of one.
 */
#include "pdf_table.h"
#include "document_format.h"
#include "pdf_columns.h"
#include "winansi.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SAMPLE_ROWS 200
#define KEEP_LINES  12
/* Rows that stay with the titles above them. */
#define FIRST_ROWS 3

#define TEXT_SIZE    8.0f
#define SMALL_SIZE   6.5f
#define TINY_SIZE    5.0f  /* for a score of columns: small words are better than broken ones */
#define LEADING	     1.25f /* of the size */
#define PADDING	     3.0f  /* above and below the lines of a row, together */
#define CAPTION_ROOM 17.0f
#define TABLE_AFTER  16.0f

/* Signs below which a column of words is not squeezed. */
#define LEAST_SIGNS 9
/* Signs up to which no cell is wrapped for the sake of others: mnemonics, states, IPv4 addresses.
 */
#define SHORT_SIGNS 15
/* Signs above which a cell is wrapped before the page is turned for it. */
#define LONG_SIGNS 48
#define BAR_WIDTH  90.0f
#define BAR_LEAST  40.0f
#define BAR_GAP	   5.0f
/* "100 %", right of the bar */
#define BAR_SIGNS "100 %"

struct row {
	char *memory; /* of all cells, WinAnsi */
	const char *cells[TABLE_COLUMNS_MAX];
	float shares[TABLE_COLUMNS_MAX]; /* of bars; below 0: none */
	enum table_colour colours[TABLE_COLUMNS_MAX];
};

struct pdf_table {
	struct pdf *pdf;
	struct paper *paper;
	const struct document_column *columns;
	unsigned count;
	char *caption;			 /* WinAnsi; NULL: none */
	char *titles[TABLE_COLUMNS_MAX]; /* WinAnsi */
	struct row *sample;		 /* rows kept */
	unsigned kept;
	bool laid_out;
	float size;				/* of the text */
	float widths[TABLE_COLUMNS_MAX], width; /* of the columns without gaps, of all */
	bool odd;				/* the row in hand has a shade */
	uint64_t hidden;			/* rows that are not shown */
};

static const struct paper_type caption_type = {PAPER_BOLD, 9.5f, &paper_black},
			       none_type = {PAPER_PLAIN, 9, &paper_grey},
			       hidden_type = {PAPER_BOLD, 9, &paper_red};

static float leading_of(const struct pdf_table *table)
{
	return table->size * LEADING;
}

/* --- rows --------------------------------------------------------------------------------------
 */

static void row_done(struct row *row)
{
	free(row->memory);
	row->memory = NULL;
}

/* A bar's cell says its percentage, anything else itself; an en dash is no value. */
static const char *spell(const struct document_column *column, const char *cell, char *percent,
			 float *ret_share)
{
	static const char no_value[] = "\xe2\x80\x93";
	double share;

	*ret_share = -1;
	if (!cell)
		return no_value;
	if (!column->bar || !document_share(cell, &share))
		return cell;
	*ret_share = share < 1 ? (float)share : 1;
	return document_percent(share, percent);
}

static int row_init(struct row *row, const struct pdf_table *table, const char *const *cells,
		    const enum table_colour *colours)
{
	char percents[TABLE_COLUMNS_MAX][DOCUMENT_PERCENT_MAX];
	const char *texts[TABLE_COLUMNS_MAX];
	size_t sizes[TABLE_COLUMNS_MAX], size = 0;
	char *at;

	for (unsigned i = 0; i < table->count; i++) {
		texts[i] = spell(&table->columns[i], cells[i], percents[i], &row->shares[i]);
		sizes[i] = winansi_encode(texts[i], (char[1]){0}, 1) + 1;
		size += sizes[i];
		row->colours[i] = !cells[i] ? TABLE_DIM : colours ? colours[i] : TABLE_PLAIN;
	}
	row->memory = at = malloc(size);
	if (!at)
		return -ENOMEM;
	for (unsigned i = 0; i < table->count; i++) {
		winansi_encode(texts[i], at, sizes[i]);
		row->cells[i] = at;
		at += sizes[i];
	}
	return 0;
}

/* --- widths ------------------------------------------------------------------------------------
 */

static int by_width(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return (x > y) - (x < y);
}

/* A title may be wrapped at its spaces. */
static float longest_word(const struct paper *paper, const struct paper_type *type,
			  const char *title)
{
	float longest = 0;

	while (*title) {
		size_t len = strcspn(title, " ");
		float width = paper__measure(paper, type, title, len);

		longest = width > longest ? width : longest;
		title += len + strspn(title + len, " ");
	}
	return longest;
}

static void want_column(const struct pdf_table *table, unsigned i, float size,
			struct pdf_want *ret_want)
{
	const struct paper_type type = {PAPER_PLAIN, size, &paper_black};
	const struct paper_type title = {PAPER_BOLD, size, &paper_black};
	float sign = paper__measure(table->paper, &type, "n", 1), cells[SAMPLE_ROWS];
	float word = longest_word(table->paper, &title, table->titles[i]), least;
	struct pdf_want want = {.usual = word, .most = word};

	for (unsigned row = 0; row < table->kept; row++) {
		const char *cell = table->sample[row].cells[i];

		cells[row] = paper__measure(table->paper, &title, cell, strlen(cell));
	}
	qsort(cells, table->kept, sizeof(*cells), by_width);
	if (table->kept) {
		want.most = cells[table->kept - 1];
		want.usual = cells[(table->kept - 1) * 9 / 10];
	}
	if (want.most <= SHORT_SIGNS * sign)
		want.usual = want.most;
	if (want.usual > LONG_SIGNS * sign)
		want.usual = LONG_SIGNS * sign;
	/* What comes behind the sample is as wide as the caller said. */
	if (table->kept == SAMPLE_ROWS && want.most < (float)table->columns[i].width * sign)
		want.most = (float)table->columns[i].width * sign;
	if (table->columns[i].bar) {
		float percent =
			paper__measure(table->paper, &title, BAR_SIGNS, sizeof(BAR_SIGNS) - 1);

		want.usual = BAR_LEAST + BAR_GAP + percent;
		want.most = BAR_WIDTH + BAR_GAP + percent;
	}
	least = table->columns[i].right || table->columns[i].bar ? want.usual : LEAST_SIGNS * sign;
	want.usual = want.usual > word ? want.usual : word;
	want.most = want.most > want.usual ? want.most : want.usual;
	least = least < want.usual ? least : want.usual;
	want.least = least > word ? least : word;
	*ret_want = want;
}

static int fit(struct pdf_table *table, float size, float room)
{
	struct pdf_want wants[TABLE_COLUMNS_MAX];

	table->size = size;
	for (unsigned i = 0; i < table->count; i++) {
		want_column(table, i, size, &wants[i]);
		/* One column of long names must not take all that there is. */
		if (wants[i].most > room / 2)
			wants[i].most = wants[i].usual > room / 2 ? wants[i].usual : room / 2;
	}
	return pdf_columns_fit(wants, table->count, room, table->widths);
}

static enum pdf_turn choose_widths(struct pdf_table *table)
{
	static const float sizes[] = {TEXT_SIZE, SMALL_SIZE, TINY_SIZE};
	enum pdf_turn turn = PDF_ANY;

	if (fit(table, TEXT_SIZE, pdf__inner(table->pdf, turn)) < 1) {
		turn = PDF_LANDSCAPE;
		for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
			if (fit(table, sizes[i], pdf__inner(table->pdf, turn)) >= 1)
				break;
	}
	table->width = (float)table->count * PDF_COLUMN_GAP;
	for (unsigned i = 0; i < table->count; i++)
		table->width += table->widths[i];
	return turn;
}

/* --- drawing -----------------------------------------------------------------------------------
 */

static struct paper_type cell_type(const struct pdf_table *table, enum table_colour colour)
{
	static const struct {
		enum paper_face face;
		const struct paper_ink *ink;
	} looks[] = {
		[TABLE_PLAIN] = {PAPER_PLAIN, &paper_black},
		[TABLE_DIM] = {PAPER_PLAIN, &paper_grey},
		[TABLE_GREEN] = {PAPER_PLAIN, &paper_black},
		[TABLE_YELLOW] = {PAPER_BOLD, &paper_amber},
		[TABLE_RED] = {PAPER_BOLD, &paper_red},
	};

	return (struct paper_type){looks[colour].face, table->size, looks[colour].ink};
}

/* Lines that a text takes in a column. */
static unsigned count_lines(const struct pdf_table *table, const struct paper_type *type,
			    const char *text, float width)
{
	unsigned lines = 0;

	do {
		text += paper__break(table->paper, type, text, width);
		lines++;
	} while (*text);
	return lines;
}

static unsigned row_lines(const struct pdf_table *table, const struct row *row)
{
	unsigned most = 1;

	for (unsigned i = 0; i < table->count; i++) {
		struct paper_type type = cell_type(table, row->colours[i]);
		unsigned lines = count_lines(table, &type, row->cells[i], table->widths[i]);

		most = lines > most ? lines : most;
	}
	return most;
}

static void rule(const struct pdf_table *table, float width, const struct paper_ink *ink)
{
	struct paper *paper = table->paper;

	paper__pen(paper, &(struct paper_pen){width, ink, NULL, 0});
	paper__line(paper, (struct paper_point){PAPER_MARGIN, paper->y},
		    (struct paper_point){PAPER_MARGIN + table->width, paper->y});
}

/*
 * The next line of a cell, @x being the column's left edge, @y the line's base.
 * Return: what of the text is left
 */
static const char *draw_line(const struct pdf_table *table, unsigned i,
			     const struct paper_type *type, struct paper_point at, const char *text)
{
	float width = table->widths[i];
	size_t len = paper__break(table->paper, type, text, width), seen = len;

	while (seen && text[seen - 1] == ' ' && text[len])
		seen--; /* the space that it was broken at */
	at.x += PDF_COLUMN_GAP / 2.0f;
	if (table->columns[i].right || table->columns[i].bar)
		at.x += width - paper__measure(table->paper, type, text, seen);
	paper__text(table->paper, type, at, text, seen);
	return text + len;
}

static void draw_bar(const struct pdf_table *table, unsigned i, struct paper_point at, float share)
{
	const struct paper_type type = {PAPER_BOLD, table->size, &paper_black};
	float percent = paper__measure(table->paper, &type, BAR_SIGNS, sizeof(BAR_SIGNS) - 1);
	float width = table->widths[i] - percent - BAR_GAP, height = table->size * 0.62f;
	struct paper_box box = {at.x + PDF_COLUMN_GAP / 2.0f, at.y, width, height};

	if (width <= 0)
		return;
	paper__fill(table->paper, box, &paper_track);
	box.width = width * share;
	if (box.width > 0)
		paper__fill(table->paper, box, &paper_blue);
}

static float header_height(const struct pdf_table *table, unsigned *ret_lines)
{
	const struct paper_type type = {PAPER_BOLD, table->size, &paper_black};

	*ret_lines = 1;
	for (unsigned i = 0; i < table->count; i++) {
		unsigned lines = count_lines(table, &type, table->titles[i], table->widths[i]);

		*ret_lines = lines > *ret_lines ? lines : *ret_lines;
	}
	return (float)*ret_lines * leading_of(table) + 2 * PADDING;
}

/* Titles stand on the rule below them, however many lines they have. */
static void draw_header(struct pdf_table *table)
{
	const struct paper_type type = {PAPER_BOLD, table->size, &paper_black};
	struct paper *paper = table->paper;
	unsigned highest;
	float x = PAPER_MARGIN, height = header_height(table, &highest);

	for (unsigned i = 0; i < table->count; i++) {
		unsigned lines = count_lines(table, &type, table->titles[i], table->widths[i]);
		const char *text = table->titles[i];
		float y = paper->y - PADDING - table->size;

		y -= (float)(highest - lines) * leading_of(table);
		for (; *text; y -= leading_of(table))
			text = draw_line(table, i, &type, (struct paper_point){x, y}, text);
		x += table->widths[i] + PDF_COLUMN_GAP;
	}
	paper->y -= height;
	rule(table, 0.9f, &paper_black);
}

static void next_page(struct pdf_table *table)
{
	rule(table, 0.5f, &paper_rule);
	pdf__new_page(table->pdf);
	draw_header(table);
}

/* @lines lines of a row, what is left of its cells in @rests. */
static void draw_lines(struct pdf_table *table, const struct row *row, const char **rests,
		       unsigned lines)
{
	struct paper *paper = table->paper;
	float x = PAPER_MARGIN, height = (float)lines * leading_of(table) + PADDING;
	float top = paper->y - PADDING / 2 - table->size;

	if (table->odd)
		paper__fill(paper, (struct paper_box){x, paper->y - height, table->width, height},
			    &paper_zebra);
	for (unsigned i = 0; i < table->count; i++) {
		if (row->shares[i] >= 0 && rests[i] == row->cells[i])
			draw_bar(table, i, (struct paper_point){x, top}, row->shares[i]);
		x += table->widths[i] + PDF_COLUMN_GAP;
	}
	x = PAPER_MARGIN;
	for (unsigned i = 0; i < table->count; i++) {
		struct paper_type type = cell_type(table, row->colours[i]);
		struct paper_point at = {x, top};

		for (unsigned line = 0; line < lines && *rests[i]; line++) {
			rests[i] = draw_line(table, i, &type, at, rests[i]);
			at.y -= leading_of(table);
		}
		x += table->widths[i] + PDF_COLUMN_GAP;
	}
	paper->y -= height;
}

static void draw_row(struct pdf_table *table, const struct row *row)
{
	const char *rests[TABLE_COLUMNS_MAX];
	unsigned lines = row_lines(table, row);
	bool turned = false;

	/* Once a row is hidden all that follow are, so that what is shown has no holes. */
	if (table->hidden || lines > PDF_LINES_MAX - table->pdf->lines) {
		table->hidden++;
		return;
	}
	table->pdf->lines += lines;
	memcpy(rests, row->cells, sizeof(rests));
	while (lines && !table->paper->error) {
		float left = paper__left(table->paper) - PADDING;
		unsigned room = left > 0 ? (unsigned)(left / leading_of(table)) : 0;

		if (!turned && (!room || (lines > room && lines <= KEEP_LINES))) {
			next_page(table);
			turned = true;
			continue;
		}
		turned = false; /* a page takes a line, whatever the titles leave of it */
		room = room < lines ? room : lines;
		room = room ? room : 1;
		draw_lines(table, row, rests, room);
		lines -= room;
	}
	table->odd = !table->odd;
}

/* Height of titles and the first rows, which stay together. */
static float first_height(const struct pdf_table *table)
{
	unsigned lines;
	float height = header_height(table, &lines);

	for (unsigned i = 0; i < table->kept && i < FIRST_ROWS; i++) {
		lines = row_lines(table, &table->sample[i]);
		height += (float)(lines < KEEP_LINES ? lines : KEEP_LINES) * leading_of(table);
		height += PADDING;
	}
	return height + (table->caption ? CAPTION_ROOM : 0);
}

static void draw_caption(struct pdf_table *table)
{
	struct paper *paper = table->paper;

	if (table->caption && *table->caption)
		paper__wrapped(paper, &caption_type, table->caption, CAPTION_ROOM - 3);
	paper->y -= table->caption ? 3 : 0;
}

/* All that is kept. */
static void lay_out(struct pdf_table *table)
{
	enum pdf_turn turn = choose_widths(table);

	table->laid_out = true;
	pdf__begin(table->pdf, first_height(table), turn);
	draw_caption(table);
	draw_header(table);
	for (unsigned i = 0; i < table->kept; i++) {
		draw_row(table, &table->sample[i]);
		row_done(&table->sample[i]);
	}
	table->kept = 0;
}

/* --- the table ---------------------------------------------------------------------------------
 */

struct pdf_table *pdf_table__new(struct pdf *pdf, const char *caption,
				 const struct document_column *columns, unsigned count)
{
	struct pdf_table *table = calloc(1, sizeof(*table));

	if (!table) {
		pdf__fail(pdf, -ENOMEM);
		return NULL;
	}
	table->pdf = pdf;
	table->paper = &pdf->paper;
	table->columns = columns;
	table->count = count;
	table->sample = calloc(SAMPLE_ROWS, sizeof(*table->sample));
	if (!table->sample)
		pdf__fail(pdf, -ENOMEM);
	if (caption)
		table->caption = pdf_text(pdf, caption);
	for (unsigned i = 0; i < count; i++)
		table->titles[i] = pdf_text(pdf, columns[i].title);
	if (!pdf->paper.error)
		return table;
	pdf_table__free(table);
	return NULL;
}

void pdf_table__free(struct pdf_table *table)
{
	if (!table)
		return;
	for (unsigned i = 0; i < table->kept; i++)
		row_done(&table->sample[i]);
	for (unsigned i = 0; i < table->count; i++)
		free(table->titles[i]);
	free(table->sample);
	free(table->caption);
	free(table);
}

void pdf_table__row(struct pdf_table *table, const char *const *cells,
		    const enum table_colour *colours)
{
	struct row row;

	if (table->hidden) {
		table->hidden++;
		return;
	}
	if (row_init(&row, table, cells, colours) < 0) {
		pdf__fail(table->pdf, -ENOMEM);
		return;
	}
	if (table->laid_out) {
		draw_row(table, &row);
		row_done(&row);
		return;
	}
	table->sample[table->kept++] = row;
	if (table->kept == SAMPLE_ROWS)
		lay_out(table);
}

static void tell_hidden(struct pdf_table *table)
{
	char text[128];

	snprintf(text, sizeof(text),
		 "%llu more rows are not shown: a PDF has at most %u lines of tables. CSV has all.",
		 (unsigned long long)table->hidden, PDF_LINES_MAX);
	pdf__begin(table->pdf, 14, PDF_ANY);
	table->paper->y -= 4;
	paper__wrapped(table->paper, &hidden_type, text, 13);
}

void pdf_table__end(struct pdf_table *table, const char *none)
{
	char *text;

	if (!table->laid_out && (table->kept || !none))
		lay_out(table);
	if (table->laid_out) {
		rule(table, 0.5f, &paper_rule);
		if (table->hidden)
			tell_hidden(table);
	} else {
		text = pdf_text(table->pdf, none);
		pdf__begin(table->pdf, CAPTION_ROOM + 14, PDF_ANY);
		draw_caption(table);
		if (text)
			paper__wrapped(table->paper, &none_type, text, 13);
		free(text);
	}
	table->paper->y -= TABLE_AFTER;
}
