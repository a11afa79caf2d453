/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sums that the writer has made, instead of the rows that they are of. */
#ifndef STORE_ROLLUPS_H
#define STORE_ROLLUPS_H

#include "store/plan.h"

/**
 * rollups_deliver() - Hand over the rollups of a segment that lie wholly in the scan's span.
 * @plan: their ids are taken out of its pieces from @from on
 * @ret_ended: set when a callback has ended the scan
 *
 * Return: 0, what on_rollup returned, negative errno; reported
 */
int rollups_deliver(struct view *view, const struct store_scan *scan, struct plan *plan,
		    size_t from, bool *ret_ended);

#endif
