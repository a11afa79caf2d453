/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Joins the stages once, for run and replay alike: event in; exchanges,
 * intervals and alerts out to whoever registered. Reads no clock.
 */
#ifndef PIPELINE_H
#define PIPELINE_H

#include "config/settings.h"
#include "flow/assembly.h"
#include "flow/episodes.h"
#include "flow/exchange_table.h"
#include "flow/retries.h"
#include "rule/rules.h"
#include "source/source.h"
#include "stats/servers.h"

/* Which half of the talk is seen, as far as traffic has shown. */
enum direction {
	DIRECTION_UNKNOWN,
	DIRECTION_BOTH,
	DIRECTION_QUERIES_ONLY,
	DIRECTION_RESPONSES_ONLY,
};

/**
 * evaluated_fn - Told when an interval has closed and the rules have looked at it.
 * @end_ns: of the interval
 *
 * Each server's server__latest() is that interval, rules__standing() tells where it stands.
 */
typedef void (*evaluated_fn)(void *context, uint64_t end_ns);

/* Who gets what; each may be NULL. All share the context. */
struct pipeline_sinks {
	exchange_fn on_exchange;
	episode_fn on_episode; /* NULL: nothing is spent on them */
	interval_fn on_interval;
	alert_fn on_alert;
	evaluated_fn on_evaluated;
	void *context;
};

struct pipeline;

/**
 * pipeline__new() - Make the stages.
 * @settings: must outlive the pipeline, or be replaced by pipeline__configure()
 * @seed: of the hash; random in production, constant in tests
 * @sinks: copied
 */
int pipeline__new(const struct settings *settings, uint64_t seed,
		  const struct pipeline_sinks *sinks, struct pipeline **ret_pipeline);
void pipeline__free(struct pipeline *pipeline);

/**
 * pipeline__configure() - Take reloaded settings: timeouts, rules and groups.
 *
 * Interval, window and sizes of tables stay as they were.
 *
 * Return: 0, -ENOMEM, -ENOSPC when more servers are configured than the table has places;
 * nothing has changed then, but for -ENOMEM some servers may not be pinned
 */
int pipeline__configure(struct pipeline *pipeline, const struct settings *settings);

/** pipeline__event() - One event of a source. Lets time pass up to the event's. */
void pipeline__event(struct pipeline *pipeline, const struct odd_event *event);

/** pipeline__tick() - Time passes without events: expire, close intervals, evaluate. */
void pipeline__tick(struct pipeline *pipeline, uint64_t now_ns);

/** pipeline__finish() - End of input: close the open interval, deliver what is pending. */
void pipeline__finish(struct pipeline *pipeline);

/**
 * pipeline__sample() - Some exchanges are left out from now on, or no longer.
 * @order: what the programs were told; its mask is 2^n - 1
 *
 * Intervals say that they are a sample.
 */
void pipeline__sample(struct pipeline *pipeline, const struct odd_shedding *order);

/** pipeline__assembly() - What became of packets before they were messages. */
void pipeline__assembly(const struct pipeline *pipeline, struct assembly_totals *ret);

/** pipeline__counters() - The exchange table's counters: live, valid as long as the pipeline. */
const struct exchange_counters *pipeline__counters(const struct pipeline *pipeline);

/** pipeline__retries() - What became of truncated answers. */
const struct retries_counters *pipeline__retries(const struct pipeline *pipeline);

/** pipeline__episodes() - NULL when nobody registered for them. */
const struct episodes_counters *pipeline__episodes(const struct pipeline *pipeline);

/** pipeline__usage() - How full the exchange table is. */
struct exchange_usage pipeline__usage(const struct pipeline *pipeline);

/** pipeline__servers() - The table of servers, to read between two calls. */
const struct server_table *pipeline__servers(const struct pipeline *pipeline);

/** pipeline__rules() - The rules' memory, to read between two calls. */
const struct rules *pipeline__rules(const struct pipeline *pipeline);

/** pipeline__direction() - What traffic has shown so far; see enum direction. */
enum direction pipeline__direction(const struct pipeline *pipeline);

#endif
