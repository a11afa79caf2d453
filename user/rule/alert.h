/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An alert: what a rule says of one server, with the proof. */
#ifndef RULE_ALERT_H
#define RULE_ALERT_H

#include "rule/rule_rows.h"

#include <stdbool.h>
#include <stdint.h>

enum alert_state { ALERT_RAISED, ALERT_CLEARED };

/* One server's part in the proof. */
struct alert_evidence {
	uint8_t server[16];
	bool eligible; /* had enough intervals to be compared */
	bool odd;
	double median;	    /* in the metric's unit */
	unsigned intervals; /* with enough samples */
	uint64_t samples;
};

/* Lives during the callback only. */
struct alert {
	int64_t time_ns;
	const struct rule_row *rule;
	enum alert_state state;
	const char *group;
	uint8_t subject[16];
	double value; /* median of the subject, in the metric's unit; the last known if forgotten */
	double baseline;  /* of the group, same unit; the last known if forgotten */
	double absolute;  /* X in force, same unit */
	double relative;  /* Y in force, 0.3 = 30 % */
	uint64_t samples; /* behind value; 0 when the subject is not in the group any more */
	bool forgotten;	  /* cleared because there was no more evidence: see rules__evaluate() */
	const struct alert_evidence *evidence; /* of each server of the group now, by address */
	unsigned evidence_count;
};

typedef void (*alert_fn)(void *context, const struct alert *alert);

#endif
