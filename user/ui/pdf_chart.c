// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A chart in print. Each series has a colour (Okabe and Ito's, told apart by the colour-blind), a
 * dash pattern and a mark, so that a copy in black and white is read by the last two. The reference
 * is drawn first, so that no series hides behind it, thick, dashed and grey.
 *
 *   title
 *   ms                                 the unit above its axis
 *   20 ┤- - - - - - - - - - - - - -
 *   10 ┤- - - ~~~~~~~- - - - - - - -
 *    0 ┼──────┬───────┬───────┬────
 *           10:00   11:00   12:00
 *                      2026-11-21, UTC
 *   ─●─ 10.0.0.1   ─■─ 10.0.0.2
 */
#include "pdf_chart.h"
#include "trace.h"
#include "winansi.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define TITLE_ROOM   18.0f
#define UNIT_ROOM    20.0f
#define PLOT_HEIGHT  170.0f
#define TICKS_ROOM   27.0f /* labels and, below them, the days */
#define LEGEND_LINE  14.0f
#define CHART_AFTER  16.0f
#define SAMPLE_WIDTH 30.0f /* of a line, in the legend */
#define LEGEND_GAP   18.0f
#define VALUE_TICKS  6
#define TICK_ROOM    74.0f /* of a time's label and the space around it */
/* A column of a trace: half a point is finer than a line is wide. */
#define COLUMN	   0.5f
#define MARK_SIZE  2.3f	 /* half of its height */
#define MARK_EVERY 46.0f /* points between marks of a series */

static const struct paper_type title_type = {PAPER_BOLD, 9.5f, &paper_black},
			       label_type = {PAPER_PLAIN, 7.5f, &paper_grey},
			       legend_type = {PAPER_PLAIN, 8, &paper_black},
			       empty_type = {PAPER_PLAIN, 9, &paper_grey};

enum mark { DISC, SQUARE, TRIANGLE, DIAMOND, WEDGE, RING, CROSS, FRAME, NO_MARK };

/* How a series is drawn. Dashes are lengths on and off, ended by 0. */
struct look {
	struct paper_ink ink;
	HPDF_UINT16 dashes[7];
	enum mark mark;
	float width;
};

static const struct look looks[CHART_SERIES_MAX] = {
	{{0.000f, 0.447f, 0.698f}, {0}, DISC, 1.1f},
	{{0.835f, 0.369f, 0.000f}, {5, 2, 0}, SQUARE, 1.1f},
	{{0.000f, 0.520f, 0.390f}, {2, 2, 0}, TRIANGLE, 1.1f},
	{{0.000f, 0.000f, 0.000f}, {7, 2, 2, 2, 0}, DIAMOND, 1.1f},
	{{0.700f, 0.380f, 0.560f}, {9, 3, 0}, WEDGE, 1.1f},
	{{0.780f, 0.520f, 0.000f}, {0}, RING, 1.1f},
	{{0.200f, 0.560f, 0.800f}, {7, 2, 2, 2, 2, 2, 0}, CROSS, 1.1f},
	{{0.560f, 0.500f, 0.000f}, {3, 3, 0}, FRAME, 1.1f},
};
static const struct look reference_look = {{0.55f, 0.55f, 0.55f}, {6, 4, 0}, NO_MARK, 2.6f};

struct drawing {
	struct pdf *pdf;
	struct paper *paper;
	const struct chart *chart;
	struct chart_frame frame;
	struct paper_box plot;
	char *names[CHART_SERIES_MAX];
	unsigned legend_columns, legend_lines;
	float legend_width; /* of a column */
	bool empty[CHART_SERIES_MAX];
};

/* Each series but references has a look of its own. */
static const struct look *look_of(const struct chart *chart, unsigned number)
{
	unsigned before = 0;

	if (chart->series[number].reference)
		return &reference_look;
	for (unsigned i = 0; i < number; i++)
		before += !chart->series[i].reference;
	return &looks[before];
}

static void use(struct drawing *drawing, const struct look *look)
{
	unsigned count = 0;

	while (look->dashes[count])
		count++;
	paper__pen(drawing->paper, &(struct paper_pen){look->width, &look->ink,
						       count ? look->dashes : NULL, count});
}

/* --- marks -------------------------------------------------------------------------------------
 */

static void polygon(HPDF_Page page, struct paper_point at, const float (*corners)[2],
		    unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		float x = at.x + corners[i][0] * MARK_SIZE, y = at.y + corners[i][1] * MARK_SIZE;

		if (i)
			HPDF_Page_LineTo(page, x, y);
		else
			HPDF_Page_MoveTo(page, x, y);
	}
	HPDF_Page_ClosePath(page);
}

/* Areas of one weight for the eye: a square is smaller than a triangle of the same height. */
static void mark_path(HPDF_Page page, enum mark mark, struct paper_point at)
{
	static const float square[][2] = {{-.9f, -.9f}, {.9f, -.9f}, {.9f, .9f}, {-.9f, .9f}},
			   triangle[][2] = {{-1.1f, -.9f}, {1.1f, -.9f}, {0, 1.2f}},
			   diamond[][2] = {{-1.3f, 0}, {0, -1.3f}, {1.3f, 0}, {0, 1.3f}},
			   wedge[][2] = {{-1.1f, .9f}, {1.1f, .9f}, {0, -1.2f}};

	if (mark == DISC || mark == RING)
		HPDF_Page_Circle(page, at.x, at.y, MARK_SIZE);
	else if (mark == SQUARE || mark == FRAME)
		polygon(page, at, square, 4);
	else if (mark == TRIANGLE)
		polygon(page, at, triangle, 3);
	else if (mark == DIAMOND)
		polygon(page, at, diamond, 4);
	else
		polygon(page, at, wedge, 3);
}

static void draw_mark(struct drawing *drawing, const struct look *look, struct paper_point at)
{
	struct paper *paper = drawing->paper;
	const struct paper_pen pen = {0.9f, &look->ink, NULL, 0};
	bool hollow = look->mark == RING || look->mark == FRAME;
	const struct paper_ink *ink = hollow ? &paper_white : &look->ink;
	HPDF_Page page = paper__graphics(paper);

	if (!page || look->mark == NO_MARK)
		return;
	paper__pen(paper, &pen);
	if (look->mark == CROSS) {
		float r = MARK_SIZE;

		paper__line(paper, (struct paper_point){at.x - r, at.y - r},
			    (struct paper_point){at.x + r, at.y + r});
		paper__line(paper, (struct paper_point){at.x - r, at.y + r},
			    (struct paper_point){at.x + r, at.y - r});
		return;
	}
	HPDF_Page_SetRGBFill(page, ink->red, ink->green, ink->blue);
	paper->type.ink = NULL; /* of which nothing is known by its address */
	mark_path(page, look->mark, at);
	HPDF_Page_FillStroke(page);
}

/* --- axes --------------------------------------------------------------------------------------
 */

static void draw_values(struct drawing *drawing)
{
	const struct paper_pen grid = {0.4f, &paper_track, NULL, 0};
	const struct axis *axis = &drawing->frame.values;
	struct paper *paper = drawing->paper;
	struct paper_box plot = drawing->plot;

	paper__pen(paper, &grid);
	for (unsigned i = 0; i < axis->count; i++) {
		float y = plot.y + (float)axis->ticks[i].at * plot.height;

		paper__line(paper, (struct paper_point){plot.x, y},
			    (struct paper_point){plot.x + plot.width, y});
	}
	for (unsigned i = 0; i < axis->count; i++) {
		float y = plot.y + (float)axis->ticks[i].at * plot.height;

		paper__right(paper, &label_type, (struct paper_point){plot.x - 5, y - 2.6f},
			     axis->ticks[i].label);
	}
}

/* Labels stand in the middle below their ticks, but within the page, and none touches the last. */
static void draw_times(struct drawing *drawing)
{
	const struct axis *axis = &drawing->frame.times;
	const struct paper_pen pen = {0.7f, &paper_black, NULL, 0};
	struct paper *paper = drawing->paper;
	struct paper_box plot = drawing->plot;
	float free_from = 0, right = paper->width - PAPER_MARGIN;

	paper__pen(paper, &pen);
	paper__line(paper, (struct paper_point){plot.x, plot.y},
		    (struct paper_point){plot.x + plot.width, plot.y});
	for (unsigned i = 0; i < axis->count; i++) {
		float x = plot.x + (float)axis->ticks[i].at * plot.width;

		paper__line(paper, (struct paper_point){x, plot.y},
			    (struct paper_point){x, plot.y - 3});
	}
	for (unsigned i = 0; i < axis->count; i++) {
		const char *label = axis->ticks[i].label;
		float width = paper__measure(paper, &label_type, label, strlen(label));
		float x = plot.x + (float)axis->ticks[i].at * plot.width - width / 2;

		x = x + width > right ? right - width : x;
		if (x < free_from)
			continue;
		free_from = x + width + 6;
		paper__text(paper, &label_type, (struct paper_point){x, plot.y - 12}, label,
			    strlen(label));
	}
	paper__right(paper, &label_type, (struct paper_point){right, plot.y - 23}, axis->caption);
}

/* --- series ------------------------------------------------------------------------------------
 */

static struct paper_point place(const struct drawing *drawing, const struct chart_step *step)
{
	const struct paper_box *plot = &drawing->plot;

	return (struct paper_point){plot->x + (float)step->x * plot->width,
				    plot->y + (float)step->y * plot->height};
}

static void draw_path(struct drawing *drawing, const struct look *look,
		      const struct chart_step *steps, int count)
{
	HPDF_Page page;

	use(drawing, look);
	page = paper__graphics(drawing->paper);
	if (!page)
		return;
	for (int i = 0; i < count; i++) {
		struct paper_point at = place(drawing, &steps[i]);

		if (steps[i].begins)
			HPDF_Page_MoveTo(page, at.x, at.y);
		else
			HPDF_Page_LineTo(page, at.x, at.y);
		if (steps[i].alone) /* a line of no length, which round caps make a dot */
			HPDF_Page_LineTo(page, at.x, at.y);
	}
	HPDF_Page_Stroke(page);
}

/* Marks of different series begin apart, so that equal lines do not hide each other's. */
static void draw_marks(struct drawing *drawing, unsigned number, const struct chart_step *steps,
		       int count)
{
	const struct look *look = look_of(drawing->chart, number);
	float next = drawing->plot.x + (float)number * MARK_EVERY / CHART_SERIES_MAX;

	for (int i = 0; i < count; i++) {
		struct paper_point at = place(drawing, &steps[i]);

		if (at.x < next && !steps[i].alone && count > 2)
			continue;
		draw_mark(drawing, look, at);
		if (at.x >= next)
			next = at.x + MARK_EVERY;
	}
}

static void draw_series(struct drawing *drawing, unsigned number)
{
	const struct chart *chart = drawing->chart;
	struct chart_step *steps;
	int count = chart_trace(chart, &drawing->frame, &chart->series[number],
				(unsigned)(drawing->plot.width / COLUMN), &steps);

	if (count < 0) {
		pdf__fail(drawing->pdf, count);
		return;
	}
	drawing->empty[number] = !count;
	if (count) {
		draw_path(drawing, look_of(chart, number), steps, count);
		draw_marks(drawing, number, steps, count);
	}
	free(steps);
}

static void draw_all_series(struct drawing *drawing)
{
	static const char nothing[] = "no values in this time";
	const struct chart *chart = drawing->chart;
	struct paper_box plot = drawing->plot;
	HPDF_Page page = paper__graphics(drawing->paper);
	bool any = false;

	if (page)
		HPDF_Page_SetLineCap(page, HPDF_ROUND_END);
	if (page)
		HPDF_Page_SetLineJoin(page, HPDF_ROUND_JOIN);
	for (unsigned i = 0; i < chart->count; i++)
		if (chart->series[i].reference)
			draw_series(drawing, i);
	for (unsigned i = 0; i < chart->count; i++)
		if (!chart->series[i].reference)
			draw_series(drawing, i);
	page = paper__graphics(drawing->paper);
	if (page)
		HPDF_Page_SetLineCap(page, HPDF_BUTT_END);
	for (unsigned i = 0; i < chart->count; i++)
		any = any || !drawing->empty[i];
	if (!any)
		paper__text(drawing->paper, &empty_type,
			    (struct paper_point){plot.x + plot.width / 2 - 45,
						 plot.y + plot.height / 2},
			    nothing, sizeof(nothing) - 1);
}

/* --- legend ------------------------------------------------------------------------------------
 */

static void measure_legend(struct drawing *drawing, float inner)
{
	float widest = 0;
	unsigned count = drawing->chart->count;

	for (unsigned i = 0; i < count; i++) {
		const char *name = drawing->names[i];
		float width =
			name ? paper__measure(drawing->paper, &legend_type, name, strlen(name)) : 0;

		widest = width > widest ? width : widest;
	}
	widest += SAMPLE_WIDTH + 6 + LEGEND_GAP;
	drawing->legend_width = widest < inner ? widest : inner;
	drawing->legend_columns = (unsigned)(inner / drawing->legend_width);
	drawing->legend_lines = (count + drawing->legend_columns - 1) / drawing->legend_columns;
}

static void draw_legend(struct drawing *drawing)
{
	struct paper *paper = drawing->paper;

	for (unsigned i = 0; i < drawing->chart->count && !paper->error; i++) {
		const struct look *look = look_of(drawing->chart, i);
		float x =
			PAPER_MARGIN + (float)(i % drawing->legend_columns) * drawing->legend_width;
		float y = paper->y - 8 - (float)(i / drawing->legend_columns) * LEGEND_LINE;
		struct paper_point from = {x, y + 2.6f}, to = {x + SAMPLE_WIDTH, y + 2.6f};

		use(drawing, look);
		paper__line(paper, from, to);
		draw_mark(drawing, look, (struct paper_point){x + SAMPLE_WIDTH / 2, y + 2.6f});
		paper__shorten(paper, &legend_type, drawing->names[i],
			       drawing->legend_width - SAMPLE_WIDTH - 6);
		paper__text(paper, drawing->empty[i] ? &label_type : &legend_type,
			    (struct paper_point){x + SAMPLE_WIDTH + 6, y}, drawing->names[i],
			    strlen(drawing->names[i]));
	}
	paper->y -= (float)drawing->legend_lines * LEGEND_LINE;
}

/* --- the chart ---------------------------------------------------------------------------------
 */

static void place_plot(struct drawing *drawing)
{
	const struct axis *axis = &drawing->frame.values;
	struct paper *paper = drawing->paper;
	float widest = 0;

	for (unsigned i = 0; i < axis->count; i++) {
		const char *label = axis->ticks[i].label;
		float width = paper__measure(paper, &label_type, label, strlen(label));

		widest = width > widest ? width : widest;
	}
	drawing->plot.x = PAPER_MARGIN + widest + 6;
	drawing->plot.width = paper->width - PAPER_MARGIN - drawing->plot.x;
	drawing->plot.height = PLOT_HEIGHT;
	drawing->plot.y = paper->y - PLOT_HEIGHT;
}

static void draw_titles(struct drawing *drawing)
{
	struct paper *paper = drawing->paper;
	char *title = pdf_text(drawing->pdf, drawing->chart->title);
	char *unit = pdf_text(drawing->pdf, drawing->chart->unit);
	struct paper_point at = {PAPER_MARGIN, paper->y - title_type.size};

	if (title && unit) {
		paper__shorten(paper, &title_type, title, paper__inner(paper));
		paper__text(paper, &title_type, at, title, strlen(title));
		paper__shorten(paper, &label_type, unit, paper__inner(paper));
		at.y -= TITLE_ROOM;
		paper__text(paper, &label_type, at, unit, strlen(unit));
	}
	free(title);
	free(unit);
	paper->y -= TITLE_ROOM + UNIT_ROOM;
}

static void draw(struct drawing *drawing)
{
	struct pdf *pdf = drawing->pdf;
	unsigned ticks;

	measure_legend(drawing, pdf__inner(pdf, PDF_ANY));
	pdf__begin(pdf,
		   TITLE_ROOM + UNIT_ROOM + PLOT_HEIGHT + TICKS_ROOM +
			   (float)drawing->legend_lines * LEGEND_LINE,
		   PDF_ANY);
	ticks = (unsigned)(paper__inner(drawing->paper) / TICK_ROOM);
	chart_frame__fit(&drawing->frame, drawing->chart,
			 ticks < AXIS_TICKS_MAX ? ticks : AXIS_TICKS_MAX, VALUE_TICKS);
	draw_titles(drawing);
	place_plot(drawing);
	draw_values(drawing);
	draw_times(drawing);
	draw_all_series(drawing);
	drawing->paper->y = drawing->plot.y - TICKS_ROOM;
	draw_legend(drawing);
	drawing->paper->y -= CHART_AFTER;
}

void pdf_chart_draw(struct pdf *pdf, const struct chart *chart)
{
	struct drawing drawing = {.pdf = pdf, .paper = &pdf->paper, .chart = chart};

	for (unsigned i = 0; i < chart->count; i++)
		drawing.names[i] = pdf_text(pdf, chart->series[i].name);
	if (!pdf->paper.error)
		draw(&drawing);
	for (unsigned i = 0; i < chart->count; i++)
		free(drawing.names[i]);
}
