// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Charts made of characters.
 *
 * A character of braille has two by four dots, so that 66 characters beside each other are 132
 * dots, and twelve lines 48: enough for a line to look like one. Braille cannot show whose line
 * it is, nor can colour in a pipe or for everybody: now and then a line's letter stands in place
 * of its dots, where the legend finds it. Each line has columns of its own for that, since lines
 * of servers that are alike lie on each other.
 *
 *	50 ┤                 ⢀⠔A⠢⡀
 *	   │   ⣀⣀⡠⠤A⠤⠤⢄⣀⣀⠤⠔⠊⠁    ⠈⠑⠤⣀
 *	 0 └──────┬───────────┬───────
 *
 * Without UTF-8 a character is one dot and the letter is drawn for each of them. A reference is
 * dashed, its mark is "=". It is drawn last: what it covers is seen between its dashes, and it
 * would not be seen at all below lines that are as thick as a letter.
 */
#include "document_text.h"
#include "glyph.h"
#include "trace.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH	    72 /* of all, labels and axis included */
#define HEIGHT	    12 /* of the lines' part */
#define TIME_TICKS  7  /* "07:18:08" and a space each, most of the time */
#define VALUE_TICKS 6
#define MARK_EVERY  6  /* columns between marks, of whatever line */
#define MARK_SAME   18 /* columns between marks of one line, at least */

struct cell {
	uint8_t dots; /* of braille, as in U+2800 to U+28FF */
	char mark;
	enum table_colour colour;
};

struct canvas {
	struct style style;
	unsigned columns;      /* of cells */
	unsigned across, down; /* dots in a cell */
	struct cell cells[HEIGHT][WIDTH];
};

/* The line in hand. */
struct line {
	char mark;
	bool dashed;
	enum table_colour colour;
	unsigned mark_first, mark_every;
	int marked;	     /* column of the last mark; -1: none yet */
	struct cell *latest; /* that was drawn to; NULL: none */
};

static void put_dot(struct canvas *canvas, struct line *line, unsigned x, unsigned y)
{
	/* by columns from the left, then the fourth line, which came later (Unicode 15, 2800) */
	static const uint8_t bits[4][2] = {{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}};
	unsigned column = x / canvas->across;
	struct cell *cell = &canvas->cells[y / canvas->down][column];

	if (line->dashed && x / (2 * canvas->across) % 2)
		return; /* a gap of the dashes */
	cell->dots |= bits[y % canvas->down][x % canvas->across];
	cell->colour = line->colour;
	line->latest = cell;
	if (!canvas->style.utf8) {
		cell->mark = line->mark;
	} else if (column % line->mark_every == line->mark_first && line->marked != (int)column) {
		cell->mark = line->mark;
		line->marked = (int)column;
	}
}

static unsigned dot_x(const struct canvas *canvas, double x)
{
	return (unsigned)lround(x * (canvas->columns * canvas->across - 1));
}

static unsigned dot_y(const struct canvas *canvas, double y)
{
	return (unsigned)lround((1 - y) * (HEIGHT * canvas->down - 1));
}

static void draw_step(struct canvas *canvas, struct line *line, const struct chart_step *from,
		      const struct chart_step *to)
{
	int x = (int)dot_x(canvas, from->x), y = (int)dot_y(canvas, from->y);
	int dx = (int)dot_x(canvas, to->x) - x, dy = (int)dot_y(canvas, to->y) - y;
	int count = abs(dx) > abs(dy) ? abs(dx) : abs(dy);

	for (int i = 0; i <= count; i++) {
		double part = count ? (double)i / count : 0;

		put_dot(canvas, line, (unsigned)lround(x + dx * part),
			(unsigned)lround(y + dy * part));
	}
}

static char mark_of(const struct chart *chart, unsigned series)
{
	return chart->series[series].reference ? '=' : (char)('A' + series);
}

static enum table_colour colour_of(const struct chart *chart, unsigned series)
{
	static const enum table_colour colours[] = {TABLE_GREEN, TABLE_YELLOW, TABLE_RED,
						    TABLE_PLAIN};

	return chart->series[series].reference ? TABLE_DIM : colours[series % 4];
}

/* Returns how many steps the line has, or an error. */
static int draw_line(struct canvas *canvas, const struct chart *chart,
		     const struct chart_frame *frame, unsigned series)
{
	unsigned every = MARK_EVERY * chart->count;
	struct line line = {
		.mark = mark_of(chart, series),
		.colour = colour_of(chart, series),
		.mark_every = every < MARK_SAME ? MARK_SAME : every,
		.mark_first = MARK_EVERY / 2 + MARK_EVERY * series,
		.marked = -1,
	};
	struct chart_step *steps;
	int count = chart_trace(chart, frame, &chart->series[series],
				canvas->columns * canvas->across, &steps);

	for (int i = 0; i < count; i++) {
		line.dashed = chart->series[series].reference && !steps[i].alone;
		draw_step(canvas, &line, &steps[steps[i].begins ? i : i - 1], &steps[i]);
	}
	if (line.latest && line.marked < 0)
		line.latest->mark = line.mark;
	if (count >= 0)
		free(steps);
	return count;
}

static void write_cell(const struct canvas *canvas, FILE *out, const struct cell *cell)
{
	/* U+2800 + dots in UTF-8 */
	const char braille[] = {'\xe2', (char)(0xa0 | cell->dots >> 6),
				(char)(0x80 | (cell->dots & 0x3f)), '\0'};

	fputs(colour__on(canvas->style, cell->colour), out);
	if (cell->mark)
		fputc(cell->mark, out);
	else
		fputs(braille, out);
	fputs(colour__off(canvas->style, cell->colour), out);
}

static void write_cells(const struct canvas *canvas, FILE *out, const struct cell *cells)
{
	unsigned owed = 0;

	for (unsigned i = 0; i < canvas->columns; i++) {
		if (!cells[i].mark && !cells[i].dots) {
			owed++;
			continue;
		}
		fprintf(out, "%*s", (int)owed, "");
		owed = 0;
		write_cell(canvas, out, &cells[i]);
	}
	fputc('\n', out);
}

static unsigned label_width(const struct axis *axis)
{
	unsigned width = 0;

	for (unsigned i = 0; i < axis->count; i++)
		if (strlen(axis->ticks[i].label) > width)
			width = (unsigned)strlen(axis->ticks[i].label);
	return width;
}

static const struct axis_tick *tick_of_row(const struct canvas *canvas, const struct axis *axis,
					   unsigned row)
{
	for (unsigned i = 0; i < axis->count; i++)
		if (dot_y(canvas, axis->ticks[i].at) / canvas->down == row)
			return &axis->ticks[i];
	return NULL;
}

static void write_rows(const struct canvas *canvas, FILE *out, const struct axis *values)
{
	const char *line = canvas->style.utf8 ? "│" : "|", *mark = canvas->style.utf8 ? "┤" : "+";
	int width = (int)label_width(values);

	for (unsigned row = 0; row < HEIGHT; row++) {
		const struct axis_tick *tick = tick_of_row(canvas, values, row);

		fprintf(out, "%*s %s", width, tick ? tick->label : "", tick ? mark : line);
		write_cells(canvas, out, canvas->cells[row]);
	}
}

/* Labels stand below the middle of their ticks, as far as there is room. */
static void write_times(const struct canvas *canvas, FILE *out, const struct axis *times,
			unsigned indent)
{
	bool utf8 = canvas->style.utf8, ticks[WIDTH] = {false};
	char labels[WIDTH + 1];
	unsigned free_from = 0, end = 0;

	memset(labels, ' ', sizeof(labels));
	for (unsigned i = 0; i < times->count; i++) {
		unsigned length = (unsigned)strlen(times->ticks[i].label);
		unsigned at = dot_x(canvas, times->ticks[i].at) / canvas->across;
		unsigned from = at < length / 2 ? 0 : at - length / 2;

		ticks[at] = true;
		if (from + length > canvas->columns)
			from = canvas->columns - length;
		if (from < free_from)
			continue;
		memcpy(labels + from, times->ticks[i].label, length);
		end = from + length;
		free_from = end + 1;
	}
	fprintf(out, "%*s%s", (int)indent - 1, "", utf8 ? "└" : "+");
	for (unsigned i = 0; i < canvas->columns; i++)
		fputs(utf8 ? ticks[i] ? "┬" : "─" : ticks[i] ? "+" : "-", out);
	fprintf(out, "\n%*s%.*s\n", (int)indent, "", (int)end, labels);
	fprintf(out, "%*s\n", (int)(indent + canvas->columns), times->caption);
}

static void write_legend(const struct canvas *canvas, FILE *out, const struct chart *chart)
{
	for (unsigned i = 0; i < chart->count; i++) {
		enum table_colour colour = colour_of(chart, i);

		fprintf(out, "  %s%c%s  ", colour__on(canvas->style, colour), mark_of(chart, i),
			colour__off(canvas->style, colour));
		document_text_write(out, chart->series[i].name);
		fputs(chart->series[i].reference ? " (dashed)\n" : "\n", out);
	}
}

/* Returns whether there is something to see, or an error. */
static int draw_lines(struct canvas *canvas, const struct chart *chart,
		      const struct chart_frame *frame)
{
	int seen = 0;

	for (int pass = 0; pass < 2; pass++)
		for (unsigned i = 0; i < chart->count; i++) {
			int count;

			if (chart->series[i].reference != pass)
				continue;
			count = draw_line(canvas, chart, frame, i);
			if (count < 0)
				return count;
			seen |= count > 0;
		}
	return seen;
}

void document_text_chart(struct document *document, const struct chart *chart)
{
	struct canvas canvas = {
		.style = document->style,
		.across = document->style.utf8 ? 2 : 1,
		.down = document->style.utf8 ? 4 : 1,
	};
	struct chart_frame frame;
	unsigned indent;
	int r;

	chart_frame__fit(&frame, chart, TIME_TICKS, VALUE_TICKS);
	indent = label_width(&frame.values) + 2;
	canvas.columns = WIDTH - indent;
	document_text_write(document->out, chart->title);
	fputs(" [", document->out);
	document_text_write(document->out, chart->unit);
	fputs("]\n", document->out);
	r = draw_lines(&canvas, chart, &frame);
	if (r < 0) {
		document_fail(document, r);
	} else if (!r) {
		fputs(DOCUMENT_NO_VALUES "\n", document->out);
	} else {
		write_rows(&canvas, document->out, &frame.values);
		write_times(&canvas, document->out, &frame.times, indent);
		write_legend(&canvas, document->out, chart);
	}
}
