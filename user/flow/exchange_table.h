/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The exchange table: joins queries with responses. exchange_table.c opens with the idea. */
#ifndef FLOW_EXCHANGE_TABLE_H
#define FLOW_EXCHANGE_TABLE_H

#include "exchange_data.h"
#include "sampling.h"

struct exchange_table;

/**
 * exchange_table__new() - Make an empty table.
 * @limits: copied
 * @seed: of the hash, chosen at random in production so that nobody can aim at a bucket
 * @listener: copied
 *
 * Return: 0, -ENOMEM, -EINVAL when a limit is out of its range
 */
int exchange_table__new(const struct exchange_limits *limits, uint64_t seed,
			const struct exchange_listener *listener,
			struct exchange_table **ret_table);

/** exchange_table__free() - Forget everything without a word; NULL is fine. */
void exchange_table__free(struct exchange_table *table);

/**
 * exchange_table__event() - Take one DNS message.
 * @event: with its payload; times may lie in any order. A step back by more than timeout and
 *	grace is a new clock or another capture: all ends as in exchange_table__finish().
 *
 * Expires first what is due at the event's time. Cost: about 100 ns.
 */
void exchange_table__event(struct exchange_table *table, const struct odd_event *event);

/**
 * exchange_table__tick() - Let time pass: expire what is due at @now_ns.
 */
void exchange_table__tick(struct exchange_table *table, uint64_t now_ns);

/**
 * exchange_table__finish() - Deliver the queries that are still pending as EXCHANGE_PENDING, and
 * the zone transfers that are under way.
 *
 * The counters keep them as pending; the table takes no more events.
 */
void exchange_table__finish(struct exchange_table *table);

/**
 * exchange_table__set_limits() - Take new times, and how much to keep, at once; @limits->entries
 * cannot change.
 */
void exchange_table__set_limits(struct exchange_table *table, const struct exchange_limits *limits);

/**
 * exchange_table__sample() - Some exchanges are left out from now on, or no longer.
 * @order: its mask and seed tell which; no event of those is handed in any more
 *
 * Pending queries of them cannot see their response and are evicted. Of those that are no
 * longer left out, responses may come to queries that were: they are counted as unsampled.
 * Cost: a look at each pending query.
 */
void exchange_table__sample(struct exchange_table *table, const struct odd_shedding *order);

/** exchange_table__counters() - Live counters, owned by the table. */
const struct exchange_counters *exchange_table__counters(const struct exchange_table *table);
/** exchange_table__usage() - How full the table is. */
struct exchange_usage exchange_table__usage(const struct exchange_table *table);

#endif
