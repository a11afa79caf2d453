// SPDX-License-Identifier: GPL-2.0-or-later
/* Gathers what the running daemon tells. */
#include "snapshot.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const direction_names[] = {
	[DIRECTION_UNKNOWN] = "unknown",
	[DIRECTION_BOTH] = "both",
	[DIRECTION_QUERIES_ONLY] = "queries only",
	[DIRECTION_RESPONSES_ONLY] = "responses only",
};

static int make_room(void **array, unsigned *room, unsigned count, size_t size)
{
	void *larger;

	if (count <= *room)
		return 0;
	larger = realloc(*array, (size_t)count * size);
	if (!larger)
		return -ENOMEM;
	*array = larger;
	*room = count;
	return 0;
}

/* Second field of /proc/self/statm, in pages (proc(5)). */
static uint64_t resident_bytes(void)
{
	unsigned long pages = 0;
	FILE *file = fopen("/proc/self/statm", "re");

	if (!file)
		return 0;
	if (fscanf(file, "%*u %lu", &pages) != 1)
		pages = 0;
	fclose(file);
	return (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static int take_interfaces(const struct live *live, struct snapshot *s)
{
	unsigned count = live__interface_count(live);

	if (make_room((void **)&s->interfaces, &s->interface_room, count, sizeof(*s->interfaces)) <
	    0)
		return -ENOMEM;
	for (unsigned i = 0; i < count; i++) {
		const struct attachment *a = live__interface(live, i);

		s->interfaces[i] = (struct state_interface){
			.name = a->ifname,
			.ingress = attach_hook_name(a->ingress),
			.egress = attach_hook_name(a->egress),
			.note = a->ifindex ? a->note : "the interface is gone",
		};
	}
	s->state.interfaces = s->interfaces;
	s->state.interface_count = count;
	return 0;
}

static void take_server(const struct rules *rules, const struct server *server,
			struct state_server *ret)
{
	struct rule_standing standing;

	rules__standing(rules, server, &standing);
	*ret = (struct state_server){
		.group = rules__group_of(rules, server),
		.recursive = server__recursive(server),
		.pinned = server__pinned(server),
		.sufficient = standing.sufficient,
		.eligible = standing.eligible,
		.raised = standing.raised,
		.baseline_ns = (uint64_t)standing.baseline_ns,
	};
	memcpy(ret->address, server__address(server), sizeof(ret->address));
	server__totals(server, &ret->totals);
}

/* Of more servers than are listed, the configured and the odd ones must not be missing. */
static bool matters(const struct rules *rules, const struct server *server)
{
	struct rule_standing standing;

	if (server__pinned(server))
		return true;
	rules__standing(rules, server, &standing);
	return standing.raised;
}

/* Return: how many servers @ret holds now, those that matter (or the others) appended. */
static unsigned list_servers(const struct pipeline *pipeline, bool mattering, unsigned count,
			     struct state_server *ret)
{
	const struct server_table *servers = pipeline__servers(pipeline);
	const struct rules *rules = pipeline__rules(pipeline);
	unsigned known = server_table__count(servers);

	for (unsigned i = 0; i < known && count < STATE_SERVERS_MAX; i++)
		if (matters(rules, server_table__at(servers, i)) == mattering)
			take_server(rules, server_table__at(servers, i), &ret[count++]);
	return count;
}

static int take_servers(const struct pipeline *pipeline, struct snapshot *s)
{
	const struct server_table *servers = pipeline__servers(pipeline);
	unsigned known = server_table__count(servers);
	unsigned count = known < STATE_SERVERS_MAX ? known : STATE_SERVERS_MAX;

	if (make_room((void **)&s->servers, &s->server_room, count, sizeof(*s->servers)) < 0)
		return -ENOMEM;
	if (known <= STATE_SERVERS_MAX)
		for (unsigned i = 0; i < count; i++)
			take_server(pipeline__rules(pipeline), server_table__at(servers, i),
				    &s->servers[i]);
	else
		list_servers(pipeline, false, list_servers(pipeline, true, 0, s->servers),
			     s->servers);
	s->state.servers_known = known;
	s->state.servers_evicted = server_table__evicted(servers);
	s->state.servers = s->servers;
	s->state.server_count = count;
	return 0;
}

static struct state_store take_store(const struct recorder *recorder)
{
	struct store_counters counters;

	if (!recorder)
		return (struct state_store){0};
	recorder__counters(recorder, &counters);
	return (struct state_store){
		.on = 1,
		.written = counters.written,
		.overflow = counters.overflow,
		.failed = counters.failed,
		.bytes = counters.bytes,
		.segments = counters.segments,
		.error = (uint64_t)-counters.error,
	};
}

int snapshot__take(const struct snapshot_sources *from, int64_t now_ns, struct snapshot *ret)
{
	const struct settings *settings = from->settings;
	const struct pipeline *pipeline = from->pipeline;

	ret->state = (struct state){
		.pid = getpid(),
		.version = ODDNS_VERSION,
		.started_ns = from->started_ns,
		.now_ns = now_ns,
		.direction = direction_names[pipeline__direction(pipeline)],
		.journal = journal__is_up(from->journal),
		.timeout_ns = settings->timeout_ns,
		.interval_ns = settings->interval_ns,
		.window = settings->window,
		.absolute_ns = (uint64_t)settings->rules[RULE_LATENCY].absolute,
		.relative = settings->rules[RULE_LATENCY].relative,
		.encrypted = settings->encrypted,
		.exchanges = *pipeline__counters(pipeline),
		.retries = *pipeline__retries(pipeline),
		.usage = pipeline__usage(pipeline),
		.pressure = from->pressure->level,
		.sampled = pressure__kept(from->pressure),
		.resident_bytes = resident_bytes(),
		.alerts_raised = rules__raised(pipeline__rules(pipeline)),
		.alerts_unsent = journal__unsent(from->journal),
		.alerts_held = journal__held(from->journal),
		.store = take_store(from->recorder),
	};
	pipeline__assembly(pipeline, &ret->state.assembly);
	live__counters(from->live, &ret->state.source);
	if (take_interfaces(from->live, ret) < 0)
		return -ENOMEM;
	return take_servers(pipeline, ret);
}

void snapshot__done(struct snapshot *snapshot)
{
	free(snapshot->interfaces);
	free(snapshot->servers);
	*snapshot = (struct snapshot){0};
}
