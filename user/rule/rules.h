/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rules that watch groups of servers, and the memory that a verdict needs
 * before it becomes an alert: raised after some evaluations in a row, cleared
 * after some others.
 */
#ifndef RULE_RULES_H
#define RULE_RULES_H

#include "config/settings.h"
#include "rule/alert.h"
#include "stats/servers.h"

struct rules;

/**
 * rules__new() - Make the rules' memory.
 * @settings: what is needed is copied
 * @on_alert: NULL: nobody is told
 *
 * Return: 0, -ENOMEM
 */
int rules__new(const struct settings *settings, alert_fn on_alert, void *context,
	       struct rules **ret_rules);
void rules__free(struct rules *rules);

/**
 * rules__configure() - Take new settings at once (reload); raised alerts stay raised.
 *
 * Those whose rule is disabled now, or whose group has lost the subject, are
 * cleared (forgotten) by the next evaluation, under the old group's name.
 *
 * Return: 0, -ENOMEM; nothing has changed then
 */
int rules__configure(struct rules *rules, const struct settings *settings);

/**
 * rules__evaluate() - Compare all groups by all enabled rules, after an interval has closed.
 * @now_ns: end of the interval
 *
 * Groups: those configured; a server in none of them belongs to "loopback",
 * "private" or "public" by its address, if it answers recursive queries.
 * Alerts are delivered in order of rule, group, address.
 *
 * Raised after settings.raise_after evaluations in a row that find the subject
 * odd, cleared after settings.clear_after that do not. An evaluation without a
 * verdict (too few members or intervals) counts neither way. Cleared as
 * forgotten when the server is not remembered any more, has left the group, has
 * had no interval with enough samples for a whole window, or could not be
 * compared for as many evaluations as a window has intervals.
 *
 * Cost: about 0.7 us a server and rule; no allocation but when there are more
 * servers than ever before. Memory: 120 bytes a server, and comparison.h's.
 *
 * Return: 0, -ENOMEM; nothing was evaluated then
 */
int rules__evaluate(struct rules *rules, const struct server_table *servers, int64_t now_ns);

/** rules__group_of() - Name of the group that a server belongs to; NULL when it is in none. */
const char *rules__group_of(const struct rules *rules, const struct server *server);

/* Where a server stands: with rule odd-one-out but for @raised, for status. */
struct rule_standing {
	bool sufficient;
	bool eligible;
	bool raised; /* an alert of any rule stands */
	double median_ns;
	double baseline_ns;
};

/**
 * rules__standing() - Where a server stood at the last evaluation.
 * @ret: all zero when the server is new or in no group; zero but for raised when
 *	 rule odd-one-out is disabled
 */
void rules__standing(const struct rules *rules, const struct server *server,
		     struct rule_standing *ret);

/** rules__raised() - Alerts that stand now. */
unsigned rules__raised(const struct rules *rules);

#endif
