/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Exchanges, alerts and the summary as lines for people, without control characters. */
#ifndef SINK_TEXT_OUT_H
#define SINK_TEXT_OUT_H

#include "flow/field.h"
#include "rule/rules.h"
#include "sink/summary.h"
#include "stats/servers.h"

#include <stdio.h>

struct text_out {
	FILE *file;
	bool colour; /* the caller knows whether a person looks at a terminal */
};

/** text_header() - Titles of the columns that text_exchange() writes. */
void text_header(const struct text_out *out);

/**
 * text_exchange() - One exchange in one line, aligned; the name comes last, it has no bound.
 *
 * Cost: about 1 us.
 */
void text_exchange(const struct text_out *out, const struct exchange_names *names,
		   const struct exchange *exchange);

/**
 * text_alert() - One alert in one line.
 * @message: the alert in one sentence, see alert_message()
 */
void text_alert(const struct text_out *out, const struct alert *alert, const char *message);

/**
 * text_summary() - Servers with where they stand, counters, and losses with what to do.
 * @rules: knows where servers stand; NULL: nobody does
 */
void text_summary(const struct text_out *out, const struct summary *summary,
		  const struct server_table *servers, const struct rules *rules);

#endif
