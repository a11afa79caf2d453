/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One group compared by one rule: from servers to findings, with the memory that takes. */
#ifndef RULE_COMPARISON_H
#define RULE_COMPARISON_H

#include "rule/alert.h"
#include "rule/odd.h"
#include "stats/facts.h"

struct comparison {
	/* results, of members in the order given */
	unsigned count;
	struct odd_series *series;
	struct odd_member *findings;
	struct odd_verdict verdict;
	/* memory, kept from one to the next */
	const struct server **members;
	const struct interval **window;
	double *values;
	double *scratch;
	struct alert_evidence *evidence;
	bool has_evidence; /* of this comparison */
	unsigned members_max;
	unsigned window_max;
};

/**
 * comparison__reserve() - Make room for groups of up to @members with series of up to @window.
 *
 * Takes 16 bytes for each interval of each member and 112 for each member;
 * never shrinks.
 *
 * Return: 0, -ENOMEM
 */
int comparison__reserve(struct comparison *comparison, unsigned members, unsigned window);
void comparison__done(struct comparison *comparison);

/** comparison__start() - Begin with a group of no members. */
void comparison__start(struct comparison *comparison);

/** comparison__add() - Add the next member; there is room for it. */
void comparison__add(struct comparison *comparison, const struct server *server);

/**
 * comparison__run() - Compare the members.
 * @min_samples: of an interval that has a value; 0 counts as 1
 */
void comparison__run(struct comparison *comparison, const struct rule_row *row,
		     unsigned min_samples, const struct odd_limits *limits);

/** comparison__evidence() - Each member's part in the proof, comparison->count of them. */
const struct alert_evidence *comparison__evidence(struct comparison *comparison);

#endif
