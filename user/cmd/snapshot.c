// SPDX-License-Identifier: GPL-2.0-or-later
/* Copies what `status` and `servers` show out of the stages. */
#include "snapshot.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const directions[] = {
	[DIRECTION_UNKNOWN] = "unknown",
	[DIRECTION_BOTH] = "both",
	[DIRECTION_QUERIES_ONLY] = "queries only",
	[DIRECTION_RESPONSES_ONLY] = "responses only",
};

int snapshot__init(struct snapshot *ret)
{
	struct state_server *servers = calloc(STATE_SERVERS_MAX, sizeof(*servers));

	if (!servers)
		return -ENOMEM;
	ret->servers = servers;
	return 0;
}

void snapshot__done(struct snapshot *snapshot)
{
	free(snapshot->servers);
}

static void copy_server(const struct server *server, const struct rules *rules,
			struct state_server *ret)
{
	struct rule_standing standing;

	rules__standing(rules, server, &standing);
	memset(ret, 0, sizeof(*ret));
	memcpy(ret->address, server__address(server), sizeof(ret->address));
	ret->group = rules__group_of(rules, server);
	ret->recursive = server__recursive(server);
	ret->pinned = server__pinned(server);
	ret->sufficient = standing.sufficient;
	ret->eligible = standing.eligible;
	ret->raised = standing.raised;
	ret->baseline_ns = (uint64_t)standing.baseline_ns;
	server__totals(server, &ret->totals);
}

static bool matters(const struct server *server, const struct rules *rules)
{
	struct rule_standing standing;

	if (server__pinned(server))
		return true;
	rules__standing(rules, server, &standing);
	return standing.raised;
}

/* Return: how many were copied */
static unsigned copy_servers(const struct pipeline *pipeline, struct state_server *ret)
{
	const struct server_table *table = pipeline__servers(pipeline);
	const struct rules *rules = pipeline__rules(pipeline);
	unsigned known = server_table__count(table), n = 0;
	bool all = known <= STATE_SERVERS_MAX;

	for (unsigned i = 0; i < known && n < STATE_SERVERS_MAX; i++)
		if (all || matters(server_table__at(table, i), rules))
			copy_server(server_table__at(table, i), rules, &ret[n++]);
	if (all)
		return n;
	for (unsigned i = 0; i < known && n < STATE_SERVERS_MAX; i++)
		if (!matters(server_table__at(table, i), rules))
			copy_server(server_table__at(table, i), rules, &ret[n++]);
	return n;
}

void snapshot__take(struct snapshot *snapshot, const struct pipeline *pipeline,
		    const struct settings *settings, struct state *ret_state)
{
	const struct server_table *table = pipeline__servers(pipeline);

	ret_state->timeout_ns = settings->timeout_ns;
	ret_state->interval_ns = settings->interval_ns;
	ret_state->window = settings->window;
	ret_state->absolute_ns = (uint64_t)settings->rules[RULE_LATENCY].absolute;
	ret_state->relative = settings->rules[RULE_LATENCY].relative;
	ret_state->direction = directions[pipeline__direction(pipeline)];
	ret_state->exchanges = *pipeline__counters(pipeline);
	ret_state->usage = pipeline__usage(pipeline);
	ret_state->alerts_raised = rules__raised(pipeline__rules(pipeline));
	ret_state->servers_known = server_table__count(table);
	ret_state->servers_evicted = server_table__evicted(table);
	ret_state->servers = snapshot->servers;
	ret_state->server_count = copy_servers(pipeline, snapshot->servers);
}

uint64_t snapshot__resident_bytes(void)
{
	FILE *file = fopen("/proc/self/statm", "re");
	uint64_t pages = 0;

	if (!file)
		return 0;
	if (fscanf(file, "%*s %" SCNu64, &pages) != 1)
		pages = 0;
	fclose(file);
	return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}
