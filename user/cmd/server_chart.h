/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The picture of a group: each server's median over time against the baseline. */
#ifndef CMD_SERVER_CHART_H
#define CMD_SERVER_CHART_H

#include "cmd/server_history.h"
#include "ui/document.h"

/* Points of a line: more than a page has room for are made into so many, 5 minutes of a day. */
#define SERVER_CHART_POINTS 288

/**
 * server_chart_choose() - Which servers are shown when there are more than can be told apart.
 * @servers: @count of them
 * @max: room of @ret_chosen
 * @ret_chosen: indices, the first being the most worth seeing
 *
 * Those that are odd or had alerts come first, the one farthest above its baseline leading; then
 * the busiest. Servers without a median are never shown.
 *
 * Return: how many
 */
unsigned server_chart_choose(const struct server_past *const *servers, unsigned count, unsigned max,
			     unsigned *ret_chosen);

/**
 * server_chart_points() - A server's line: the median of the interval medians of each step, in ms.
 * @baseline: of the baselines instead
 * @step_ns: > 0
 * @ret_points: freed by the caller with free()
 *
 * Points are in the middle of their steps, which begin at @since_ns; steps without intervals have
 * none.
 *
 * Return: how many, -ENOMEM
 */
int server_chart_points(const struct server_past *server, bool baseline, int64_t since_ns,
			int64_t step_ns, struct chart_point **ret_points);

/**
 * server_chart__draw() - Draw a group.
 * @servers: @count of them, of one group
 * @interval_ns: see server_history__interval_ns()
 *
 * Draws nothing when no server has a median.
 *
 * Return: 0, -ENOMEM
 */
int server_chart__draw(struct document *document, const struct server_past *const *servers,
		       unsigned count, const struct store_span *span, int64_t interval_ns);

#endif
