/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Random exchanges, and what groups of them come to, counted the slow way. */
#ifndef UNIT_AGGREGATE_ORACLE_H
#define UNIT_AGGREGATE_ORACLE_H

#include "query/aggregate.h"

#define ORACLE_KEY_MAX 512

struct oracle_group {
	char key[ORACLE_KEY_MAX]; /* values joined by '|'; '-' for none */
	struct measures sums;
	int64_t *latencies;
	unsigned samples;
};

struct oracle {
	const struct operand *const *by;
	unsigned by_count;
	struct oracle_group *groups;
	unsigned used;
	struct oracle_group all;
};

/** oracle_exchange() - A random exchange of any state, among few of everything. */
void oracle_exchange(uint64_t *state, struct exchange *ret);

/** oracle_directions() - Some of the flows that it has, not none. */
unsigned oracle_directions(uint64_t *state, const struct exchange *exchange);

/** oracle_add() - Count an exchange by its values as text. */
void oracle_add(struct oracle *oracle, const struct exchange *exchange, unsigned directions);

/** oracle_find() - The group of a row; NULL: there is none. */
const struct oracle_group *oracle_find(const struct oracle *oracle,
				       const struct aggregate_row *row);

/** oracle_expect_row() - Criterion: the row is what the group comes to. */
void oracle_expect_row(const struct oracle_group *group, const struct aggregate_row *row);

/** oracle_expect_latency() - Criterion: @found is the quantile, but for 1/128. */
void oracle_expect_latency(const struct oracle_group *group, double share, int64_t found);

void oracle_done(struct oracle *oracle);

#endif
