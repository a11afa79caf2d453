// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Charts as inline SVG: as sharp as the screen or the paper, and readable for programs that read
 * aloud, by title and description. Lines differ by colour, by dashes and by the shape of their
 * marks, so that two of the three may fail.
 */
#include "document_html.h"
#include "trace.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* In units of the picture, which is as wide as the page. */
#define WIDTH	    800
#define HEIGHT	    300
#define TOP	    28 /* the unit stands above the axis of values */
#define RIGHT	    26 /* half of the last label */
#define BOTTOM	    44 /* labels, and below them the days */
#define LETTER	    7  /* of labels, rather wide */
#define TIME_TICKS  9
#define VALUE_TICKS 6
#define MARK_EVERY  110

struct picture {
	FILE *out;
	const struct chart *chart;
	struct chart_frame frame;
	double left; /* where the lines' part begins */
	struct chart_step *steps[CHART_SERIES_MAX];
	int counts[CHART_SERIES_MAX];
};

/* Around the pen's place. */
static const char *const shapes[CHART_SERIES_MAX] = {
	"m-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z",
	"m-3.5-3.5h7v7h-7z",
	"m0-4.8l4.6 8.2h-9.2z",
	"m0-5l5 5-5 5-5-5z",
	"m0 4.8l4.6-8.2h-9.2z",
	"m-4.5 0h9m-4.5-4.5v9",
	"m-3.5-3.5l7 7m0-7l-7 7",
	"m-4.6 0l2.3-4h4.6l2.3 4-2.3 4h-4.6z",
};

static double place_x(const struct picture *picture, double x)
{
	return picture->left + x * (WIDTH - RIGHT - picture->left);
}

static double place_y(double y)
{
	return TOP + (1 - y) * (HEIGHT - TOP - BOTTOM);
}

static void write_class(const struct picture *picture, const char *kind, unsigned series)
{
	if (picture->chart->series[series].reference)
		fprintf(picture->out, "<path class=\"%s reference\" d=\"", kind);
	else
		fprintf(picture->out, "<path class=\"%s s%u\" d=\"", kind, series);
}

static void draw_line(const struct picture *picture, unsigned series)
{
	const struct chart_step *steps = picture->steps[series];

	if (!picture->counts[series])
		return;
	write_class(picture, "line", series);
	for (int i = 0; i < picture->counts[series]; i++) {
		fprintf(picture->out, "%c%.1f %.1f", steps[i].begins ? 'M' : 'L',
			place_x(picture, steps[i].x), place_y(steps[i].y));
		if (steps[i].alone)
			fputs("h.1", picture->out); /* round ends make it a dot */
	}
	fputs("\"/>\n", picture->out);
}

/* Marks of different lines stand beside each other where the lines lie on each other. */
static void draw_marks(const struct picture *picture, unsigned series)
{
	const struct chart_step *steps = picture->steps[series];
	int count = picture->counts[series];
	double next = picture->left + MARK_EVERY * (series + 0.5) /
					      (picture->chart->count ? picture->chart->count : 1);
	bool marked = false;

	if (!count || picture->chart->series[series].reference)
		return;
	write_class(picture, "mark", series);
	for (int i = 0; i < count; i++) {
		double x = place_x(picture, steps[i].x);
		bool last_chance = i + 1 == count && !marked;

		if (x < next && !steps[i].alone && !last_chance)
			continue;
		fprintf(picture->out, "M%.1f %.1f%s", x, place_y(steps[i].y), shapes[series]);
		marked = true;
		while (next <= x)
			next += MARK_EVERY;
	}
	fputs("\"/>\n", picture->out);
}

static void draw_values(const struct picture *picture)
{
	const struct axis *values = &picture->frame.values;

	for (unsigned i = 0; i < values->count; i++) {
		double y = place_y(values->ticks[i].at);

		fprintf(picture->out,
			"<path class=\"grid\" d=\"M%.1f %.1fH%d\"/>"
			"<text class=\"end\" x=\"%.1f\" y=\"%.1f\">%s</text>\n",
			picture->left, y, WIDTH - RIGHT, picture->left - 8, y + 4,
			values->ticks[i].label);
	}
	fprintf(picture->out, "<text x=\"2\" y=\"14\">");
	document_html_write(picture->out, picture->chart->unit);
	fputs("</text>\n", picture->out);
}

static void draw_times(const struct picture *picture)
{
	const struct axis *times = &picture->frame.times;
	double below = place_y(0);

	for (unsigned i = 0; i < times->count; i++) {
		double x = place_x(picture, times->ticks[i].at);

		fprintf(picture->out,
			"<path class=\"axis\" d=\"M%.1f %.1fv5\"/>"
			"<text class=\"middle\" x=\"%.1f\" y=\"%.1f\">%s</text>\n",
			x, below, x, below + 19, times->ticks[i].label);
	}
	fprintf(picture->out,
		"<path class=\"axis\" d=\"M%.1f %.1fH%d\"/>"
		"<text class=\"end\" x=\"%d\" y=\"%d\">%s</text>\n",
		picture->left, below, WIDTH - RIGHT, WIDTH - RIGHT, HEIGHT - 7, times->caption);
}

static void describe(const struct picture *picture)
{
	const struct chart *chart = picture->chart;
	char since[DOCUMENT_MOMENT_MAX], until[DOCUMENT_MOMENT_MAX];

	document_html_write(picture->out, chart->unit);
	fprintf(picture->out, " over time, from %s to %s, %s to %s on the axis. Lines: ",
		document_moment(chart->since_ns, since), document_moment(chart->until_ns, until),
		picture->frame.values.ticks[0].label,
		picture->frame.values.ticks[picture->frame.values.count - 1].label);
	for (unsigned i = 0; i < chart->count; i++) {
		fputs(i ? ", " : "", picture->out);
		document_html_write(picture->out, chart->series[i].name);
	}
	fputs(".", picture->out);
}

static void draw_legend(const struct picture *picture)
{
	fputs("<ul class=\"legend\">\n", picture->out);
	for (unsigned i = 0; i < picture->chart->count; i++) {
		const struct chart_series *series = &picture->chart->series[i];

		fputs("<li><svg viewBox=\"0 0 44 14\" aria-hidden=\"true\">", picture->out);
		write_class(picture, "line", i);
		fputs("M3 7h38\"/>", picture->out);
		if (!series->reference) {
			write_class(picture, "mark", i);
			fprintf(picture->out, "M22 7%s\"/>", shapes[i]);
		}
		fputs("</svg><span>", picture->out);
		document_html_write(picture->out, series->name);
		fputs("</span></li>\n", picture->out);
	}
	fputs("</ul>\n", picture->out);
}

static void draw(const struct picture *picture, unsigned number)
{
	FILE *out = picture->out;

	fputs("<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"", out);
	document_html_write(out, picture->chart->title);
	fprintf(out,
		"\">\n<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\" "
		"aria-labelledby=\"t%u d%u\">\n<title id=\"t%u\">",
		WIDTH, HEIGHT, number, number, number);
	document_html_write(out, picture->chart->title);
	fprintf(out, "</title>\n<desc id=\"d%u\">", number);
	describe(picture);
	fputs("</desc>\n", out);
	draw_values(picture);
	draw_times(picture);
	for (int last = 0; last < 2; last++) /* the baseline above all that is compared with it */
		for (unsigned i = 0; i < picture->chart->count; i++)
			if (picture->chart->series[i].reference == last)
				draw_line(picture, i);
	for (unsigned i = 0; i < picture->chart->count; i++)
		draw_marks(picture, i);
	fputs("</svg>\n</div>\n", out);
	draw_legend(picture);
}

/* Returns whether there is something to see, or an error. */
static int trace_lines(struct picture *picture)
{
	int seen = 0;

	for (unsigned i = 0; i < picture->chart->count; i++) {
		int count = chart_trace(picture->chart, &picture->frame, &picture->chart->series[i],
					WIDTH, &picture->steps[i]);

		if (count < 0)
			return count;
		picture->counts[i] = count;
		seen |= count > 0;
	}
	return seen;
}

void document_html_chart(struct document *document, FILE *out, const struct chart *chart)
{
	struct picture picture = {.out = out, .chart = chart};
	size_t letters = 0;
	int r;

	chart_frame__fit(&picture.frame, chart, TIME_TICKS, VALUE_TICKS);
	for (unsigned i = 0; i < picture.frame.values.count; i++) {
		size_t length = strlen(picture.frame.values.ticks[i].label);

		letters = length > letters ? length : letters;
	}
	picture.left = (double)(letters * LETTER + 14);
	fputs("<figure>\n<figcaption>", out);
	document_html_write(out, chart->title);
	fputs("</figcaption>\n", out);
	r = trace_lines(&picture);
	if (r < 0)
		document_fail(document, r);
	else if (!r)
		fputs("<p class=\"none\">" DOCUMENT_NO_VALUES "</p>\n", out);
	else
		draw(&picture, document->tables);
	fputs("</figure>\n", out);
	for (unsigned i = 0; i < chart->count; i++)
		free(picture.steps[i]);
}
