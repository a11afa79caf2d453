/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the pipeline delivered, and what a scenario expects of it. */
#ifndef SCENARIO_OUTCOME_H
#define SCENARIO_OUTCOME_H

#include "pipeline.h"
#include "words.h"

#define OUTCOME_TEXT_MAX 512
#define OUTCOME_SERVERS	 64

/* An exchange with the name that it pointed to. */
struct delivered {
	struct exchange exchange;
	uint8_t name[DNS_NAME_MAX];
};

struct latest {
	uint8_t server[16];
	struct interval interval;
};

struct told {
	struct alert alert;
	char group[64];
};

struct outcome {
	uint64_t epoch_ns; /* what scenarios call 0 */
	struct delivered *exchanges;
	unsigned exchange_count, exchange_next, exchange_max;
	struct told alerts[64];
	unsigned alert_count, alert_next;
	struct latest latest[OUTCOME_SERVERS];
	unsigned server_count;
	uint64_t intervals;		 /* delivered in all */
	uint64_t ended[EXCHANGE_STATES]; /* exchanges delivered, by state */
	uint64_t handed, follows;	 /* events that went in; those with ODD_EVENT_FOLLOWS */
	char why[OUTCOME_TEXT_MAX];	 /* the first thing that is wrong; empty: nothing */
};

/** outcome_fail() - Note what is wrong, unless something was before. */
void outcome_fail(struct outcome *outcome, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/** outcome_sinks() - Callbacks that fill an outcome. */
struct pipeline_sinks outcome_sinks(struct outcome *outcome);

/** outcome_done() - Give memory back. */
void outcome_done(struct outcome *outcome);

/** outcome_check() - The identities of the design, section 4, and that counters tell what came. */
void outcome_check(struct outcome *outcome, const struct pipeline *pipeline);

/** outcome_expect() - Carry out "expect ..." (without that word). */
void outcome_expect(struct outcome *outcome, const struct pipeline *pipeline, struct words *words);

/** outcome_left() - Fail when something came that the scenario did not speak of. */
void outcome_left(struct outcome *outcome);

#endif
