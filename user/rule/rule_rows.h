/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of rules. */
#ifndef RULE_RULE_ROWS_H
#define RULE_RULE_ROWS_H

#include "config/settings.h"
#include "stats/interval.h"

#include <stdint.h>

enum metric_unit { UNIT_NS, UNIT_SHARE };

/* A row of the table of rules: what is compared and how people call it. */
struct rule_row {
	enum rule_id id;    /* index of its settings */
	const char *name;   /* "odd-one-out" */
	const char *metric; /* "latency_ns" */
	enum metric_unit unit;
	const char *what;   /* "latency", in sentences */
	const char *advice; /* what a person should look at */
	/* how much an interval has to say: what min_samples is held against */
	uint64_t (*samples)(const struct interval *interval);
	/* value of an interval that has samples */
	double (*value)(const struct interval *interval);
};

extern const struct rule_row rule_rows[RULES];

/**
 * rule_row_of() - The rule of a stored alert.
 * @metric: tells the unit of a rule that is not in the table, as of a newer version
 *
 * Return: never NULL; in a row that is not in the table only metric's unit is set
 */
const struct rule_row *rule_row_of(const char *name, const char *metric);

#endif
