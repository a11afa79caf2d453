// SPDX-License-Identifier: GPL-2.0-or-later
/* Sums over intervals. */
#include "interval.h"

void server_totals__add(struct server_totals *totals, const struct interval *interval)
{
	totals->queries += interval->queries;
	totals->answered += interval->answered;
	totals->unanswered += interval->unanswered;
	totals->late += interval->late;
	totals->samples += interval->samples;
	for (unsigned i = 0; i < INTERVAL_RCODES; i++)
		totals->rcodes[i] += interval->rcodes[i];
}
