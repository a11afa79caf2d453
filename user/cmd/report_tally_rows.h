/* SPDX-License-Identifier: GPL-2.0-or-later */
/* THE table of what reports count: by which fields, of which flows. */
#ifndef CMD_REPORT_TALLY_ROWS_H
#define CMD_REPORT_TALLY_ROWS_H

#include "query/aggregate_options.h"

enum tally_id {
	TALLY_RCODES,
	TALLY_NAMES,
	TALLY_NAMES2,
	TALLY_CLIENTS,
	TALLY_NXDOMAIN,
	TALLY_NXDOMAIN_NAMES,
	TALLY_REVERSE,
	TALLY_REVERSE_NXDOMAIN,
	TALLY_REVERSE_FAILED,
	TALLY_FOREIGN,
	TALLY_FOREIGN_SERVERS,
	TALLY_SERVICES,
	TALLY_SERVICES_FOUND,
	TALLIES,
};

#define TALLY_BIT(id) (1u << (id))

/* Lists that chapters ask for, see query_lists.h. */
#define TALLY_MAIL_SERVERS "mail_servers"

struct tally_row {
	const char *by[AGGREGATE_BY_MAX]; /* words of operands, which there are */
	const char *filter;		  /* NULL: all; or none, when there is one with a list */
	const char *list;		  /* that list_filter asks for; NULL: none */
	const char *list_filter;	  /* instead of filter, if there is such a list */
};

extern const struct tally_row tally_rows[TALLIES];

#endif
