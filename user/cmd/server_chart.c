// SPDX-License-Identifier: GPL-2.0-or-later
/* Pictures of groups: which lines, and how many points of them. */
#include "server_chart.h"

#include "base/text.h"
#include "rule/odd.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NS_PER_MS 1e6

static bool is_notable(const struct server_past *server)
{
	return server->state.raised || server->alerts > 0;
}

static int64_t distance_of(const struct server_past *server)
{
	return (int64_t)server->state.totals.median_ns - (int64_t)server->state.baseline_ns;
}

static bool comes_before(const struct server_past *a, const struct server_past *b)
{
	if (is_notable(a) != is_notable(b))
		return is_notable(a);
	if (is_notable(a) && distance_of(a) != distance_of(b))
		return distance_of(a) > distance_of(b);
	if (a->state.totals.queries != b->state.totals.queries)
		return a->state.totals.queries > b->state.totals.queries;
	return memcmp(a->state.address, b->state.address, 16) < 0;
}

unsigned server_chart_choose(const struct server_past *const *servers, unsigned count, unsigned max,
			     unsigned *ret_chosen)
{
	unsigned n = 0;

	for (unsigned i = 0; i < count; i++) {
		unsigned place = n;

		if (!servers[i]->state.totals.median_ns)
			continue;
		while (place > 0 && comes_before(servers[i], servers[ret_chosen[place - 1]]))
			place--;
		if (place >= max)
			continue;
		n += n < max;
		memmove(ret_chosen + place + 1, ret_chosen + place,
			(n - place - 1) * sizeof(*ret_chosen));
		ret_chosen[place] = i;
	}
	return n;
}

/* What a moment adds to its step; NAN: nothing. */
static double value_at(const struct server_moment *moment, bool baseline)
{
	if (!baseline)
		return moment->median_ns;
	return moment->baseline_ns ? (double)moment->baseline_ns : NAN;
}

int server_chart_points(const struct server_past *server, bool baseline, int64_t since_ns,
			int64_t step_ns, struct chart_point **ret_points)
{
	struct chart_point *points = calloc(server->count + 1u, sizeof(*points));
	double *values = calloc(server->count + 1u, sizeof(*values));
	int n = 0;

	if (!points || !values) {
		free(points);
		free(values);
		return -ENOMEM;
	}
	for (unsigned i = 0; i < server->count;) {
		int64_t step = (server->moments[i].time_ns - since_ns) / step_ns;
		size_t count = 0;

		for (; i < server->count; i++) {
			double value = value_at(&server->moments[i], baseline);

			if ((server->moments[i].time_ns - since_ns) / step_ns != step)
				break;
			if (!isnan(value))
				values[count++] = value;
		}
		if (count > 0)
			points[n++] = (struct chart_point){
				.time_ns = since_ns + step * step_ns + step_ns / 2,
				.value = median(values, count) / NS_PER_MS,
			};
	}
	free(values);
	*ret_points = points;
	return n;
}

/* The server that has seen the group's baseline most often. */
static const struct server_past *witness_of(const struct server_past *const *servers,
					    unsigned count)
{
	const struct server_past *best = NULL;
	unsigned most = 0;

	for (unsigned i = 0; i < count; i++) {
		unsigned seen = 0;

		for (unsigned j = 0; j < servers[i]->count; j++)
			seen += servers[i]->moments[j].baseline_ns > 0;
		if (seen > most) {
			most = seen;
			best = servers[i];
		}
	}
	return best;
}

/* A chart in the making. */
struct drawing {
	struct chart chart;
	struct chart_series series[CHART_SERIES_MAX];
	char names[CHART_SERIES_MAX][TEXT_ADDRESS_MAX + 8];
	int64_t step_ns;
};

/* Return: 0, -ENOMEM */
static int add_line(struct drawing *drawing, const struct server_past *server, bool baseline)
{
	struct chart_series *series = &drawing->series[drawing->chart.count];
	char *name = drawing->names[drawing->chart.count];
	struct chart_point *points;
	char address[TEXT_ADDRESS_MAX];
	int n = server_chart_points(server, baseline, drawing->chart.since_ns, drawing->step_ns,
				    &points);

	if (n < 0)
		return n;
	if (baseline)
		snprintf(name, sizeof(drawing->names[0]), "baseline");
	else
		snprintf(name, sizeof(drawing->names[0]), "%s%s",
			 text_address(server->state.address, address),
			 server->state.raised ? " (odd)" : "");
	*series = (struct chart_series){
		.name = name, .points = points, .count = (unsigned)n, .reference = baseline};
	drawing->chart.count++;
	return 0;
}

static int add_lines(struct drawing *drawing, const struct server_past *const *servers,
		     unsigned count)
{
	const struct server_past *witness = witness_of(servers, count);
	unsigned chosen[CHART_SERIES_MAX];
	unsigned n = server_chart_choose(servers, count,
					 witness ? CHART_SERIES_MAX - 1 : CHART_SERIES_MAX, chosen);
	int r = 0;

	if (n == 0)
		return 0;
	if (witness)
		r = add_line(drawing, witness, true);
	for (unsigned i = 0; i < n && r == 0; i++)
		r = add_line(drawing, servers[chosen[i]], false);
	return r;
}

static void tell_left_out(struct document *document, const struct drawing *drawing,
			  const struct server_past *const *servers, unsigned count)
{
	unsigned shown = 0, with_median = 0;
	char text[160];

	for (unsigned i = 0; i < drawing->chart.count; i++)
		shown += !drawing->series[i].reference;
	for (unsigned i = 0; i < count; i++)
		with_median += servers[i]->state.totals.median_ns > 0;
	if (with_median <= shown)
		return;
	snprintf(text, sizeof(text),
		 "The picture leaves out %u of %u servers: it shows those that are odd or had "
		 "alerts, then the busiest.",
		 with_median - shown, with_median);
	document__paragraph(document, text);
}

int server_chart__draw(struct document *document, const struct server_past *const *servers,
		       unsigned count, const struct store_span *span, int64_t interval_ns)
{
	struct drawing drawing = {.step_ns = interval_ns > 0 ? interval_ns : 1};
	char title[160], step[TEXT_DURATION_MAX];
	int64_t longest = (span->until_ns - span->since_ns) / SERVER_CHART_POINTS;
	int r;

	if (longest > drawing.step_ns)
		drawing.step_ns = longest / drawing.step_ns * drawing.step_ns;
	drawing.chart = (struct chart){
		.title = title,
		.unit = "ms",
		.since_ns = span->since_ns,
		.until_ns = span->until_ns,
		/* one step may be missing: the sensor's clock and ours need not agree on steps */
		.gap_ns = drawing.step_ns * 5 / 2,
		.series = drawing.series,
	};
	snprintf(title, sizeof(title), "Group %s: median latency, a point for %s",
		 servers[0]->state.group ? servers[0]->state.group : "of no name",
		 text_duration(drawing.step_ns, step));
	r = add_lines(&drawing, servers, count);
	if (r == 0 && drawing.chart.count > 0) {
		document__chart(document, &drawing.chart);
		tell_left_out(document, &drawing, servers, count);
	}
	for (unsigned i = 0; i < drawing.chart.count; i++)
		free((void *)drawing.series[i].points);
	return r;
}
