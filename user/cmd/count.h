/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Flows of the store counted into one aggregate: by stats, and by a report's lists of names. */
#ifndef CMD_COUNT_H
#define CMD_COUNT_H

#include "cmd/query.h"
#include "query/aggregate.h"

/**
 * count_dimension() - Does the store keep sums that answer this?
 * @ret: of which kind, when it does
 */
bool count_dimension(const struct aggregate_options *options, enum rollup_dimension *ret);

/**
 * count_flows() - Count what the query asks for, by as many threads as there are processors.
 * @by_sums: where the store keeps sums for all that is asked, take them instead of rows; of a
 *	query with a filter it keeps none. aggregate_totals.floor tells whether they left out any
 *
 * Return: 0 with @ret, to be freed with aggregate__free(); -EINTR when somebody asked for an end,
 * else why not; all but -EINTR reported
 */
int count_flows(struct query *query, const struct aggregate_options *options, bool by_sums,
		struct aggregate **ret);

#endif
