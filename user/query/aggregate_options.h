/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an aggregate is asked for. */
#ifndef QUERY_AGGREGATE_OPTIONS_H
#define QUERY_AGGREGATE_OPTIONS_H

#include "query/operand.h"

#define AGGREGATE_BY_MAX 4
/* Different groups remembered at once, by default: some 200 bytes each, so 1 GB at the most. */
#define AGGREGATE_GROUPS_MAX 5000000

struct aggregate_options {
	const struct operand *by[AGGREGATE_BY_MAX];
	unsigned by_count; /* 1..AGGREGATE_BY_MAX */
	unsigned groups_max;
	uint64_t seed; /* of the hash; random, as keys are chosen by others */
};

#endif
