/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The servers of a span, made from the store's intervals: `oddns servers --last
 * 24h` and the report. server_history.c opens with how they are judged.
 */
#ifndef CMD_SERVER_HISTORY_H
#define CMD_SERVER_HISTORY_H

#include "config/settings.h"
#include "sink/state_data.h"
#include "store/reader.h"

/* Intervals remembered, of all servers: 64 bytes each, so 1 GB; 19 servers for 100 days. */
#define SERVER_HISTORY_MAX (16 << 20)

/* An interval of a server. */
struct server_moment {
	int64_t time_ns;
	double values[RULES]; /* by the rules, NAN when it had too few samples */
	double median_ns;     /* NAN without samples, the next two as well */
	double p90_ns;
	double p99_ns;
	uint64_t baseline_ns; /* that the daemon had then; 0: none */
};

struct server_past {
	struct state_server state; /* judged, as of the whole span; group is owned by the history */
	struct server_moment *moments; /* in order of time */
	unsigned count;
	unsigned room;
	bool odd[RULES]; /* by which rules, over the whole span */
	unsigned alerts; /* raised in the span, see server_history__alert() */
};

struct server_history;

/**
 * server_history__new() - A history without intervals.
 * @settings: rules and groups; must outlive the history
 *
 * Return: 0, -ENOMEM
 */
int server_history__new(const struct settings *settings, struct server_history **ret_history);
void server_history__free(struct server_history *history);

/**
 * server_history__add() - The next interval, in order of time.
 * @history: a struct server_history; a store_interval_row_fn
 *
 * Cost: about 0.1 us.
 * Return: 0, -ENOMEM
 */
int server_history__add(void *history, const struct store_interval_row *row);

/**
 * server_history__judge() - Compare the servers, once all intervals are there.
 *
 * Return: 0, -ENOMEM
 */
int server_history__judge(struct server_history *history);

/** server_history__alert() - An alert was raised for a server; one without intervals is none. */
void server_history__alert(struct server_history *history, const uint8_t address[16]);

/** Servers in order of group and address; those in no group come last. After judging. */
unsigned server_history__count(const struct server_history *history);
const struct server_past *server_history__at(const struct server_history *history, unsigned i);

/** server_history__interval_ns() - The shortest distance between intervals of a server; 0: none. */
int64_t server_history__interval_ns(const struct server_history *history);

/** server_history__left_out() - Intervals for which there was no room: SERVER_HISTORY_MAX. */
uint64_t server_history__left_out(const struct server_history *history);

/** server_history__sampled() - The most exchanges that one of was read for; 1: all were read. */
unsigned server_history__sampled(const struct server_history *history);

#endif
