// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How servers stood in a span of time that is over.
 *
 * The daemon compares the last 30 intervals, again and again; here the same
 * rule (rule/odd.c) looks once at all intervals of a span: the median of a
 * server is that of its intervals' medians, the baseline that of all values of
 * its group together, and X and Y are those of the configuration. So a server
 * that was slow for an hour of a day is not odd in the day: its alerts tell of
 * that, and the picture shows it.
 *
 *	intervals of a span       a server's moments            judged by group
 *	10:00:00 A  15 ms ...     A  15  14  16 ...  m = 15     B = 16
 *	10:00:00 B  61 ms ...     B  61  64  60 ...  m = 61     B + 20 ms < 61: odd
 *	10:00:10 A  14 ms ...     C  16  16  17 ...  m = 16
 *
 * Groups are those that the daemon wrote beside the intervals, so a store tells
 * the same on another host; only their limits come from the configuration. A
 * server that has changed its group is in its last one.
 *
 * Rows come in order of time and server, and servers are few: they are kept in
 * order of address and found by bisection.
 */
#include "server_history.h"

#include "rule/odd.h"
#include "rule/rule_rows.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* As rules.c has it: one alone cannot be odd. */
#define MIN_MEMBERS 2

struct server_history {
	const struct settings *settings;
	struct server_past **servers; /* by address; when judged by group */
	unsigned count, room;
	uint64_t moments;
	uint64_t left_out;
	int64_t interval_ns;
	unsigned sampled;
	double *scratch; /* values of the group or server that is looked at */
	struct odd_series *series;
	struct odd_member *findings;
};

int server_history__new(const struct settings *settings, struct server_history **ret_history)
{
	struct server_history *history = calloc(1, sizeof(*history));

	if (!history)
		return -ENOMEM;
	history->settings = settings;
	history->sampled = 1;
	*ret_history = history;
	return 0;
}

void server_history__free(struct server_history *history)
{
	if (!history)
		return;
	for (unsigned i = 0; i < history->count; i++) {
		free((char *)history->servers[i]->state.group);
		free(history->servers[i]->moments);
		free(history->servers[i]);
	}
	free(history->servers);
	free(history->scratch);
	free(history->series);
	free(history->findings);
	free(history);
}

static int make_room(void **array, unsigned *room, unsigned count, size_t size)
{
	unsigned wanted = *room ? 2 * *room : 16;
	void *larger;

	if (count < *room)
		return 0;
	larger = reallocarray(*array, wanted, size);
	if (!larger)
		return -ENOMEM;
	*array = larger;
	*room = wanted;
	return 0;
}

/* Where a server is, or would have to be. */
static unsigned place_of(const struct server_history *history, const uint8_t address[16])
{
	unsigned low = 0, high = history->count;

	while (low < high) {
		unsigned middle = low + (high - low) / 2;

		if (memcmp(history->servers[middle]->state.address, address, 16) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Its own address in a group: the daemon never forgets such a server. */
static bool is_pinned(const struct settings *settings, const uint8_t address[16])
{
	for (unsigned i = 0; i < settings->group_count; i++)
		for (unsigned j = 0; j < settings->groups[i].server_count; j++)
			if (settings->groups[i].servers[j].prefix_bits == 128 &&
			    network__contains(&settings->groups[i].servers[j], address))
				return true;
	return false;
}

static int enter(struct server_history *history, unsigned place, const uint8_t address[16])
{
	struct server_past *server;

	if (make_room((void **)&history->servers, &history->room, history->count,
		      sizeof(struct server_past *)) < 0)
		return -ENOMEM;
	server = calloc(1, sizeof(*server));
	if (!server)
		return -ENOMEM;
	memcpy(server->state.address, address, 16);
	server->state.pinned = is_pinned(history->settings, address);
	memmove(history->servers + place + 1, history->servers + place,
		(history->count - place) * sizeof(struct server_past *));
	history->servers[place] = server;
	history->count++;
	return 0;
}

/* The interval as the daemon's rules saw it. */
static void interval_of(const struct store_interval_row *row, struct interval *ret)
{
	*ret = (struct interval){
		.start_ns = (uint64_t)row->time_ns,
		.queries = (uint32_t)row->queries,
		.answered = (uint32_t)row->answered,
		.unanswered = (uint32_t)row->unanswered,
		.late = (uint32_t)row->late,
		.samples = (uint32_t)row->samples,
		.sampled = row->sampled,
		.median_ns = row->median_ns,
		.p90_ns = row->p90_ns,
		.p99_ns = row->p99_ns,
	};
	memcpy(ret->rcodes, row->rcodes, sizeof(ret->rcodes));
}

static void read_values(const struct settings *settings, const struct interval *interval,
			struct server_moment *ret)
{
	for (unsigned i = 0; i < RULES; i++) {
		uint64_t samples = rule_rows[i].samples(interval);

		ret->values[i] = samples > 0 && samples >= settings->min_samples
					 ? rule_rows[i].value(interval)
					 : NAN;
	}
	ret->median_ns = interval->samples ? (double)interval->median_ns : NAN;
	ret->p90_ns = interval->samples ? (double)interval->p90_ns : NAN;
	ret->p99_ns = interval->samples ? (double)interval->p99_ns : NAN;
}

/* Return: 0, -ENOMEM */
static int take_group(struct server_past *server, const char *group)
{
	char *copy = NULL;

	if (server->state.group && group && strcmp(server->state.group, group) == 0)
		return 0;
	if (group && !(copy = strdup(group)))
		return -ENOMEM;
	free((char *)server->state.group);
	server->state.group = copy;
	return 0;
}

static int add_moment(struct server_history *history, struct server_past *server,
		      const struct store_interval_row *row, const struct interval *interval)
{
	struct server_moment *moment;

	if (history->moments >= SERVER_HISTORY_MAX) {
		history->left_out++;
		return 0;
	}
	if (make_room((void **)&server->moments, &server->room, server->count, sizeof(*moment)) < 0)
		return -ENOMEM;
	moment = &server->moments[server->count];
	moment->time_ns = row->time_ns;
	moment->baseline_ns = row->baseline_ns;
	read_values(history->settings, interval, moment);
	if (server->count > 0) {
		int64_t distance = row->time_ns - moment[-1].time_ns;

		if (distance > 0 && (!history->interval_ns || distance < history->interval_ns))
			history->interval_ns = distance;
	}
	server->count++;
	history->moments++;
	return 0;
}

int server_history__add(void *context, const struct store_interval_row *row)
{
	struct server_history *history = context;
	unsigned place = place_of(history, row->server);
	struct server_past *server;
	struct interval interval;
	int r = 0;

	if (place == history->count ||
	    memcmp(history->servers[place]->state.address, row->server, 16) != 0)
		r = enter(history, place, row->server);
	if (r < 0)
		return r;
	server = history->servers[place];
	r = take_group(server, row->group);
	if (r < 0)
		return r;
	interval_of(row, &interval);
	server_totals__add(&server->state.totals, &interval);
	if (row->sampled > history->sampled)
		history->sampled = row->sampled;
	return add_moment(history, server, row, &interval);
}

/* The median of one of a moment's values, over those that have it; 0 when none has. */
static uint64_t median_of(struct server_history *history, const struct server_past *server,
			  size_t offset)
{
	size_t n = 0;

	for (unsigned i = 0; i < server->count; i++) {
		double value = *(const double *)((const char *)&server->moments[i] + offset);

		if (!isnan(value))
			history->scratch[n++] = value;
	}
	return (uint64_t)llround(median(history->scratch, n));
}

static void sum_up(struct server_history *history, struct server_past *server)
{
	struct server_totals *totals = &server->state.totals;

	totals->median_ns = median_of(history, server, offsetof(struct server_moment, median_ns));
	totals->p90_ns = median_of(history, server, offsetof(struct server_moment, p90_ns));
	totals->p99_ns = median_of(history, server, offsetof(struct server_moment, p99_ns));
}

/* Those in no group last. */
static int by_group(const void *a, const void *b)
{
	const struct state_server *x = &(*(const struct server_past *const *)a)->state;
	const struct state_server *y = &(*(const struct server_past *const *)b)->state;
	int order;

	if (!x->group || !y->group)
		order = !x->group - !y->group;
	else
		order = strcmp(x->group, y->group);
	return order ? order : memcmp(x->address, y->address, 16);
}

static const struct group_settings *settings_of(const struct settings *settings, const char *group)
{
	for (unsigned i = 0; i < settings->group_count; i++)
		if (strcmp(settings->groups[i].name, group) == 0)
			return &settings->groups[i];
	return NULL;
}

/* X and Y: a group's own are latencies, so they are for that rule only. */
static struct odd_limits limits_of(const struct settings *settings, enum rule_id rule,
				   const char *group)
{
	const struct group_settings *own =
		rule == RULE_LATENCY ? settings_of(settings, group) : NULL;

	return (struct odd_limits){
		.absolute =
			own && own->has_absolute ? own->absolute : settings->rules[rule].absolute,
		.relative =
			own && own->has_relative ? own->relative : settings->rules[rule].relative,
		.min_members = MIN_MEMBERS,
		.min_intervals = settings->min_intervals,
	};
}

/* Compare servers @first to before @end, a group, by a rule. */
static void compare(struct server_history *history, enum rule_id rule, unsigned first, unsigned end)
{
	const char *group = history->servers[first]->state.group;
	struct odd_limits limits = limits_of(history->settings, rule, group);
	double *at = history->scratch;
	struct odd_verdict verdict;

	for (unsigned i = first; i < end; i++) {
		const struct server_past *server = history->servers[i];
		struct odd_series *series = &history->series[i - first];

		*series = (struct odd_series){.values = at};
		for (unsigned j = 0; j < server->count; j++)
			if (!isnan(server->moments[j].values[rule]))
				at[series->count++] = server->moments[j].values[rule];
		at += series->count;
	}
	/* the rest of the room: as many values at the most */
	verdict = odd_one_out(history->series, end - first, &limits, at, history->findings);
	for (unsigned i = first; i < end; i++) {
		struct server_past *server = history->servers[i];
		const struct odd_member *finding = &history->findings[i - first];

		server->odd[rule] = finding->odd;
		server->state.raised |= finding->odd;
		if (rule != RULE_LATENCY)
			continue;
		server->state.eligible = finding->eligible;
		server->state.sufficient = verdict.sufficient;
		server->state.baseline_ns = (uint64_t)llround(verdict.baseline);
	}
}

static void judge_groups(struct server_history *history)
{
	for (unsigned first = 0, end; first < history->count; first = end) {
		const char *group = history->servers[first]->state.group;

		if (!group)
			break;
		for (end = first + 1; end < history->count; end++)
			if (!history->servers[end]->state.group ||
			    strcmp(history->servers[end]->state.group, group) != 0)
				break;
		for (unsigned i = first; i < end; i++) /* scopes take those that recurse only */
			history->servers[i]->state.recursive =
				!settings_of(history->settings, group);
		for (unsigned rule = 0; rule < RULES; rule++)
			if (history->settings->rules[rule].enabled)
				compare(history, (enum rule_id)rule, first, end);
	}
}

int server_history__judge(struct server_history *history)
{
	/* twice: the series, and what the rule reorders */
	history->scratch = calloc(2 * history->moments + 1, sizeof(*history->scratch));
	history->series = calloc(history->count + 1, sizeof(*history->series));
	history->findings = calloc(history->count + 1, sizeof(*history->findings));
	if (!history->scratch || !history->series || !history->findings)
		return -ENOMEM;
	for (unsigned i = 0; i < history->count; i++)
		sum_up(history, history->servers[i]);
	if (history->count)
		qsort(history->servers, history->count, sizeof(struct server_past *), by_group);
	judge_groups(history);
	return 0;
}

void server_history__alert(struct server_history *history, const uint8_t address[16])
{
	for (unsigned i = 0; i < history->count; i++)
		if (memcmp(history->servers[i]->state.address, address, 16) == 0)
			history->servers[i]->alerts++;
}

unsigned server_history__count(const struct server_history *history)
{
	return history->count;
}

const struct server_past *server_history__at(const struct server_history *history, unsigned i)
{
	return history->servers[i];
}

int64_t server_history__interval_ns(const struct server_history *history)
{
	return history->interval_ns;
}

uint64_t server_history__left_out(const struct server_history *history)
{
	return history->left_out;
}

unsigned server_history__sampled(const struct server_history *history)
{
	return history->sampled;
}
