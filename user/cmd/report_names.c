// SPDX-License-Identifier: GPL-2.0-or-later
/* The chapters of names and of those who ask for them. */
#include "cmd/report_chapters.h"
#include "cmd/report_top.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

/* Names shown beside a host. */
#define NAMES_OF_HOST 3

int report_names(struct report *report)
{
	struct report_top top = {
		.tally = TALLY_NAMES,
		.order = ORDER_PACKETS,
		.caption = "Whole names, by packets",
		.none = "No names were asked for, or none are stored.",
		.columns =
			{
				{TOP_VALUE, "NAME", 40},
				{TOP_PACKETS, "PACKETS", 0},
				{TOP_SHARE, "SHARE", 0},
				{TOP_EXCHANGES, "EXCHANGES", 0},
				{TOP_UNANSWERED, "UNANSWERED", 0},
				{TOP_MEDIAN, "MEDIAN", 0},
			},
	};
	int r = report_top(report, &top);

	if (r < 0)
		return r;
	top.tally = TALLY_NAMES2;
	top.caption = "Second-level names, by packets";
	return report_top(report, &top);
}

int report_clients(struct report *report)
{
	static const struct report_top top = {
		.tally = TALLY_CLIENTS,
		.order = ORDER_PACKETS,
		.caption = "Clients, by packets",
		.none = "Nobody asked.",
		.columns =
			{
				{TOP_VALUE, "CLIENT", 24},
				{TOP_PACKETS, "PACKETS", 0},
				{TOP_SHARE, "SHARE", 0},
				{TOP_EXCHANGES, "EXCHANGES", 0},
				{TOP_UNANSWERED, "UNANSWERED", 0},
				{TOP_UNANSWERED_SHARE, "UNANSWERED %", 0},
				{TOP_MEDIAN, "MEDIAN", 0},
				{TOP_P95, "P95", 0},
			},
	};

	return report_top(report, &top);
}

/* What is looked up beside a host. */
struct beside {
	const struct report *report;
	struct tally_index clients, names;
	char share[32];
	char parts[TALLY_PARTS_MAX];
};

/* Share of its exchanges, then the names: many NXDOMAIN mean less when a host asks for all. */
static const char *nxdomain_extra(void *context, const struct aggregate_row *row, unsigned i)
{
	struct beside *beside = context;
	const struct aggregate_row *client;

	if (i == 1)
		return tally_index__parts(&beside->names, row->values[0], NAMES_OF_HOST,
					  beside->parts);
	client = tally_index__find(&beside->clients, row->values[0], NULL);
	if (!client || !client->measures.exchanges)
		return NULL;
	snprintf(beside->share, sizeof(beside->share), beside->report->csv ? "%.8g" : "%.3g %%",
		 100 * (double)row->measures.exchanges / (double)client->measures.exchanges);
	return beside->share;
}

int report_nxdomain(struct report *report)
{
	struct beside beside = {.report = report};
	const struct report_top top = {
		.tally = TALLY_NXDOMAIN,
		.order = ORDER_PACKETS,
		.caption = "Hosts without a country (private networks) that receive NXDOMAIN",
		.none = "No host received NXDOMAIN.",
		.columns =
			{
				{TOP_VALUE, "HOST", 20},
				{TOP_PACKETS, "NXDOMAIN", 0},
				{TOP_SHARE, "SHARE OF ALL", 0},
				{TOP_EXTRA, "OF ITS QUERIES", 14},
				{TOP_EXTRA, "NAMES ASKED MOST", 60},
			},
		.extra = nxdomain_extra,
		.context = &beside,
	};
	int r = tally_index__init(&beside.clients, report, TALLY_CLIENTS);

	if (r == 0)
		r = tally_index__init(&beside.names, report, TALLY_NXDOMAIN_NAMES);
	if (r == 0)
		r = report_top(report, &top);
	tally_index__done(&beside.clients);
	tally_index__done(&beside.names);
	return r;
}
