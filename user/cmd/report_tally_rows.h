/* SPDX-License-Identifier: GPL-2.0-or-later */
/* THE table of what reports count: by which fields, of which flows. */
#ifndef CMD_REPORT_TALLY_ROWS_H
#define CMD_REPORT_TALLY_ROWS_H

#include "cmd/report_tally.h"

struct tally_row {
	const char *by[AGGREGATE_BY_MAX]; /* words of operands, which there are */
	const char *filter;		  /* NULL: all; or none, when there is one with a list */
	const char *list;		  /* that list_filter asks for; NULL: none */
	const char *list_filter;	  /* instead of filter, if there is such a list */
};

extern const struct tally_row tally_rows[TALLIES];

#endif
