/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The statistics of a report: a table of them, and the passes over the store
 * that fill them. report_tally.c opens with the idea.
 */
#ifndef CMD_REPORT_TALLY_H
#define CMD_REPORT_TALLY_H

#include "cmd/query.h"
#include "cmd/report_tally_rows.h"
#include "cmd/report_totals.h"
#include "query/aggregate.h"

/* Groups of a tally: 200 bytes each in every worker, so 400 MB for names on 4 processors. */
#define TALLY_GROUPS_MAX 500000

struct report_tallies {
	struct aggregate *aggregates[TALLIES]; /* NULL: not asked for, or without its list */
	bool has_mail_servers, has_dns_servers;
};

struct report_pass {
	struct query *query;
	uint32_t tallies;	      /* TALLY_BIT()s that are wanted */
	struct report_totals *totals; /* initialized; NULL: not wanted */
};

/**
 * report_tallies__fill() - Read the store.
 * @ret: filled; free with report_tallies__done() in any case
 *
 * Return: 0, -EINTR when somebody asked for an end, else what went wrong; reported but -EINTR
 */
int report_tallies__fill(const struct report_pass *pass, struct report_tallies *ret);
void report_tallies__done(struct report_tallies *tallies);

#endif
