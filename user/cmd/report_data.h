/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the chapters of a report are written from. */
#ifndef CMD_REPORT_DATA_H
#define CMD_REPORT_DATA_H

#include "cmd/query.h"
#include "cmd/report_tally.h"
#include "cmd/report_totals.h"
#include "cmd/server_history.h"
#include "sink/state.h"

/* Alerts listed in a report, the latest; all are counted. */
#define REPORT_ALERTS_MAX 20

/* An alert of the span; texts are cut, as those of rules and groups are short. */
struct report_alert {
	int64_t time_ns;
	uint8_t subject[16];
	double value, baseline;
	char rule[32], state[16], group[64], metric[32];
};

struct report_alerts {
	uint64_t raised, cleared;
	int64_t first_ns, last_ns;		       /* raised; valid when raised > 0 */
	struct report_alert latest[REPORT_ALERTS_MAX]; /* a ring */
	uint64_t count;				       /* that went through it */
};

/* What of the store a chapter wants beside tallies. */
enum report_need {
	REPORT_TOTALS = 1 << 0,	 /* of the exchanges */
	REPORT_SERVERS = 1 << 1, /* intervals, and alerts */
	REPORT_STATE = 1 << 2,	 /* of the daemon */
};

struct report {
	struct query *query;
	struct document *document;
	bool csv;		/* numbers without units */
	struct store_span span; /* with open ends closed: what there is */
	struct report_tallies tallies;
	struct report_totals totals;
	struct report_alerts alerts;
	struct server_history *servers;
	struct state *state; /* NULL: no daemon has left any */
	bool running;	     /* it is of one that runs */
};

struct report_chapter {
	const char *name; /* as in report.chapters */
	const char *title;
	const char *about;		     /* one sentence */
	unsigned needs;			     /* REPORT_* */
	uint32_t tallies;		     /* TALLY_BIT()s */
	int (*write)(struct report *report); /* 0, -ENOMEM */
};

#endif
