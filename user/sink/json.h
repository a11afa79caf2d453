/* SPDX-License-Identifier: GPL-2.0-or-later */
/* JSON Lines of the contract (design section 6): one object a line, keys in its order. */
#ifndef SINK_JSON_H
#define SINK_JSON_H

#include "flow/episode.h"
#include "flow/flow.h"
#include "query/aggregate.h"
#include "rule/rules.h"
#include "sink/summary.h"
#include "stats/servers.h"

#include <stdio.h>

/* What a line needs that is not in the record itself. */
struct json_names {
	struct exchange_names exchange;
	/* name of a group, NULL when in none; may itself be NULL */
	const char *(*group)(void *context, const struct server *server);
	void *context;
};

/*
 * Each writes one line to @out; errors show in ferror(@out). What is not known
 * is null. All bytes are ASCII. Wants one thread for each @out.
 */

/**
 * json_exchange() - One exchange, all fields of flow/field.h.
 *
 * Cost: about 1.5 us, and 0.3 us for each record; no allocation.
 */
void json_exchange(FILE *out, const struct json_names *names, const struct exchange *exchange);

/**
 * json_flow() - One flow: time, end, src, src_port, dst, dst_port, direction, packets, bytes, then
 * the fields of its exchange from proto on, without those that packets and bytes stand for.
 *
 * What the response tells is null in the query's flow, unless there is no response: then header
 * and message are the query's.
 *
 * Cost: as json_exchange().
 */
void json_flow(FILE *out, const struct flow *flow);

/** json_episode() - One episode. */
void json_episode(FILE *out, const struct episode *episode);

/** json_interval() - One closed interval of one server. RCODEs without responses are left out. */
void json_interval(FILE *out, const struct json_names *names, const struct server *server,
		   const struct interval *interval);

/**
 * json_stat() - One row of statistics.
 * @options: of the aggregate that the row comes from
 *
 * "by" has the value of each field, numbers and durations (in ns) as integers. Packets are
 * between "packets_low" and "packets".
 */
void json_stat(FILE *out, const struct aggregate_options *options, const struct aggregate_row *row);

/**
 * json_alert() - An alert with its proof.
 * @message: the alert in one sentence, see alert_message()
 *
 * value, baseline, absolute and medians are in the metric's unit: integers of
 * nanoseconds, or shares of 1. A server without enough intervals has median null.
 */
void json_alert(FILE *out, const struct alert *alert, const char *message);

/**
 * json_summary() - Every counter of the conservation identities, by name.
 *
 * "malformed" are those of queries, responses, folded and multicast that are not all readable.
 *
 *   packets + coalesced = queries + responses + folded + joined + quoted + multicast +
 *                         sum(unparsable) + sum(lost)
 *   unanswered = sum(causes)
 */
void json_summary(FILE *out, const struct summary *summary);

#endif
