// SPDX-License-Identifier: GPL-2.0-or-later
/* The chapter of sums: totals, states, RCODEs, the course of time. */
#include "base/text.h"
#include "cmd/report_chapters.h"
#include "cmd/report_top.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NS_PER_S 1000000000LL

static const struct document_column columns[] = {
	{"FIGURE", 36, false, false},
	{"VALUE", 24, true, false},
	{"SHARE", 10, true, false},
};

static void add_text(struct report *report, const char *name, const char *value)
{
	const char *cells[] = {name, value, NULL};

	document__row(report->document, cells, NULL);
}

/* @whole 0: without a share. */
static void add_count(struct report *report, const char *name, uint64_t part, uint64_t whole)
{
	char value[32], share[32];
	const char *cells[] = {name, value, whole ? share : NULL};

	snprintf(value, sizeof(value), "%" PRIu64, part);
	if (whole)
		snprintf(share, sizeof(share), report->csv ? "%.8g" : "%.3g %%",
			 100 * (double)part / (double)whole);
	document__row(report->document, cells, NULL);
}

static void add_latency(struct report *report, const char *name, int64_t ns)
{
	char text[TEXT_DURATION_MAX];

	if (ns < 0)
		return;
	if (report->csv)
		snprintf(text, sizeof(text), "%" PRId64, ns);
	else
		text_duration(ns, text);
	add_text(report, name, text);
}

static void add_time(struct report *report, const char *name, int64_t ns)
{
	char text[TEXT_TIME_MAX];

	text_time(ns, text);
	memcpy(text + strcspn(text, "."), "Z", 2);
	add_text(report, name, text);
}

static void add_rate(struct report *report, const char *name, uint64_t count)
{
	double seconds = (double)(report->span.until_ns - report->span.since_ns) / NS_PER_S;
	char text[48];

	if (seconds <= 0)
		return;
	snprintf(text, sizeof(text), "%.3g", (double)count / seconds);
	add_text(report, name, text);
}

/* Late answers belong to queries that are counted as unanswered; orphans to none that was seen. */
static void add_exchanges(struct report *report)
{
	const struct report_totals *totals = &report->totals;
	uint64_t queries = report_totals__queries(totals);

	add_count(report, "Exchanges", queries, 0);
	add_rate(report, "Exchanges a second", queries);
	add_count(report, "Answered in time", totals->states[EXCHANGE_ANSWERED], queries);
	add_count(report, "Unanswered", totals->states[EXCHANGE_UNANSWERED], queries);
	add_count(report, "Still waiting at the end", totals->states[EXCHANGE_PENDING], queries);
	add_count(report, "Late answers, to unanswered queries", totals->states[EXCHANGE_LATE],
		  totals->states[EXCHANGE_UNANSWERED]);
	add_count(report, "Responses without a query seen", totals->states[EXCHANGE_ORPHAN], 0);
	if (totals->states[EXCHANGE_MULTICAST])
		add_count(report, "Messages of multicast DNS", totals->states[EXCHANGE_MULTICAST],
			  0);
	add_count(report, "DNS messages", totals->packets, 0);
	add_count(report, "Bytes of DNS", totals->bytes, 0);
}

static void add_alerts(struct report *report)
{
	const struct report_alerts *alerts = &report->alerts;

	add_count(report, "Servers", server_history__count(report->servers), 0);
	add_count(report, "Alerts raised", alerts->raised, 0);
	add_count(report, "Alerts cleared", alerts->cleared, 0);
	if (alerts->raised) {
		add_time(report, "First alert raised", alerts->first_ns);
		add_time(report, "Last alert raised", alerts->last_ns);
	}
}

static void write_figures(struct report *report)
{
	struct aggregate_totals sums;
	int64_t hour_ns = 0;
	uint64_t most = report_totals__busiest(&report->totals, &hour_ns);

	aggregate__totals(report->tallies.aggregates[TALLY_RCODES], &sums);
	document__table(report->document, "Sums", columns, sizeof(columns) / sizeof(columns[0]));
	add_exchanges(report);
	add_latency(report, report->csv ? "Latency, median, ns" : "Latency, median",
		    sums.latency_p50_ns);
	add_latency(report,
		    report->csv ? "Latency, 95th percentile, ns" : "Latency, 95th percentile",
		    sums.latency_p95_ns);
	add_alerts(report);
	if (most) {
		add_time(report, "Busiest hour begins", hour_ns);
		add_count(report, "Exchanges in the busiest hour", most,
			  report_totals__queries(&report->totals));
	}
	document__table_end(report->document, NULL);
}

/* Exchanges a second, of bins. */
static void fill_points(const struct report_totals *totals, bool unanswered,
			struct chart_point *points)
{
	double seconds = (double)totals->bin_ns / NS_PER_S;

	for (unsigned i = 0; i < totals->bin_count; i++) {
		const struct report_bin *bin = &totals->bins[i];

		points[i] = (struct chart_point){
			.time_ns =
				totals->first_ns + (int64_t)i * totals->bin_ns + totals->bin_ns / 2,
			.value = (double)(unanswered ? bin->unanswered : bin->exchanges) / seconds,
		};
	}
}

static int draw_course(struct report *report)
{
	const struct report_totals *totals = &report->totals;
	unsigned n = totals->bin_count;
	struct chart_point *points = calloc(2 * (size_t)n, sizeof(*points));
	char title[96], step[TEXT_DURATION_MAX];
	const struct chart_series series[] = {
		{.name = "exchanges", .points = points, .count = n},
		{.name = "unanswered", .points = points + n, .count = n},
	};
	const struct chart chart = {
		.title = title,
		.unit = "a second",
		.since_ns = totals->first_ns,
		.until_ns = totals->first_ns + (int64_t)n * totals->bin_ns,
		.gap_ns = totals->bin_ns * 3 / 2,
		.series = series,
		.count = 2,
	};

	if (!points)
		return -ENOMEM;
	fill_points(totals, false, points);
	fill_points(totals, true, points + n);
	snprintf(title, sizeof(title), "Exchanges a second, a point for %s",
		 text_duration(totals->bin_ns, step));
	document__chart(report->document, &chart);
	free(points);
	return 0;
}

int report_overview(struct report *report)
{
	static const struct report_top rcodes = {
		.tally = TALLY_RCODES,
		.order = ORDER_PACKETS,
		.caption = "Response codes",
		.none = "No responses.",
		.columns =
			{
				{TOP_VALUE, "RCODE", 12},
				{TOP_PACKETS, "RESPONSES", 0},
				{TOP_SHARE, "SHARE", 0},
				{TOP_MEDIAN, "MEDIAN", 0},
				{TOP_P95, "P95", 0},
			},
	};
	int r;

	write_figures(report);
	r = draw_course(report);
	return r < 0 ? r : report_top(report, &rcodes);
}
