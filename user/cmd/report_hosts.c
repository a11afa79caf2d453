// SPDX-License-Identifier: GPL-2.0-or-later
/* The chapters of hosts that do something particular: mail, foreign servers, services. */
#include "cmd/report_chapters.h"
#include "cmd/report_top.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#define SERVERS_OF_HOST 3

/* A row of another tally with the same values, and the text made of it. */
struct beside {
	struct tally_index index;
	char text[TALLY_PARTS_MAX];
};

/* How many exchanges the other tally has of the same. */
static const char *counted_extra(void *context, const struct aggregate_row *row,
				 unsigned i __attribute__((unused)))
{
	struct beside *beside = context;
	const struct aggregate_row *other =
		tally_index__find(&beside->index, row->values[0], row->values[1]);

	snprintf(beside->text, sizeof(beside->text), "%" PRIu64,
		 other ? other->measures.exchanges : 0);
	return beside->text;
}

static const char *servers_extra(void *context, const struct aggregate_row *row,
				 unsigned i __attribute__((unused)))
{
	struct beside *beside = context;

	return tally_index__parts(&beside->index, row->values[0], SERVERS_OF_HOST, beside->text);
}

/* A table beside another tally. */
static int top_beside(struct report *report, enum tally_id other, struct report_top *top)
{
	struct beside beside;
	int r = tally_index__init(&beside.index, report, other);

	if (r < 0)
		return r;
	top->context = &beside;
	r = report_top(report, top);
	tally_index__done(&beside.index);
	return r;
}

int report_mail(struct report *report)
{
	struct report_top hosts = {
		.tally = TALLY_REVERSE,
		.order = ORDER_PACKETS,
		.caption = "Hosts that ask for names of addresses",
		.none = "Nobody asked for the name of an address.",
		.columns =
			{
				{TOP_VALUE, "HOST", 24},
				{TOP_EXCHANGES, "QUERIES", 0},
				{TOP_EXTRA, "NXDOMAIN", 0},
				{TOP_UNANSWERED, "UNANSWERED", 0},
				{TOP_UNANSWERED_SHARE, "UNANSWERED %", 0},
				{TOP_MEDIAN, "MEDIAN", 0},
			},
		.extra = counted_extra,
	};
	const struct report_top failed = {
		.tally = TALLY_REVERSE_FAILED,
		.order = ORDER_PACKETS,
		.caption = "Addresses whose name could not be told",
		.none = "All that was answered had a name.",
		.columns =
			{
				{TOP_VALUE, "NAME", 44},
				{TOP_VALUE2, "RCODE", 12},
				{TOP_EXCHANGES, "RESPONSES", 0},
			},
	};
	int r;

	document__paragraph(report->document, report->tallies.has_mail_servers
						      ? "Of the hosts in list @" TALLY_MAIL_SERVERS
							"."
						      : "Of all hosts: no [list " TALLY_MAIL_SERVERS
							"] names the mail servers.");
	r = top_beside(report, TALLY_REVERSE_NXDOMAIN, &hosts);
	return r < 0 ? r : report_top(report, &failed);
}

int report_foreign(struct report *report)
{
	struct report_top hosts = {
		.tally = TALLY_FOREIGN,
		.order = ORDER_PACKETS,
		.caption = "Hosts that ask servers outside of @dns_servers",
		.none = "Nobody asks other servers.",
		.columns =
			{
				{TOP_VALUE, "HOST", 24},
				{TOP_PACKETS, "PACKETS", 0},
				{TOP_SHARE, "SHARE", 0},
				{TOP_EXCHANGES, "QUERIES", 0},
				{TOP_UNANSWERED, "UNANSWERED", 0},
				{TOP_EXTRA, "SERVERS ASKED MOST", 50},
			},
		.extra = servers_extra,
	};

	if (!report->tallies.has_dns_servers) {
		document__paragraph(report->document,
				    "Not looked for: it is not configured which servers are "
				    "allowed. Name them in a [group NAME] or in [list "
				    "dns_servers].");
		return 0;
	}
	return top_beside(report, TALLY_FOREIGN_SERVERS, &hosts);
}

int report_services(struct report *report)
{
	struct report_top top = {
		.tally = TALLY_SERVICES,
		.order = ORDER_PACKETS,
		.caption = "Services by host and name",
		.none = "Nobody looked for a service.",
		.columns =
			{
				{TOP_VALUE, "HOST", 20},
				{TOP_VALUE2, "SERVICE", 40},
				{TOP_EXCHANGES, "QUERIES", 0},
				{TOP_EXTRA, "FOUND", 0},
				{TOP_UNANSWERED, "UNANSWERED", 0},
				{TOP_MEDIAN, "MEDIAN", 0},
			},
		.extra = counted_extra,
	};

	return top_beside(report, TALLY_SERVICES_FOUND, &top);
}
