/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One server's counters, series and histogram. Only servers.c and facts.c look inside. */
#ifndef STATS_SERVER_H
#define STATS_SERVER_H

#include "flow/exchange.h"
#include "stats/histogram.h"
#include "stats/interval.h"

/* What protects a server from being forgotten. servers.c opens with the idea. */
enum server_tenure {
	SERVER_PROBATION,
	SERVER_ESTABLISHED,
	SERVER_PINNED,
};

struct server {
	uint8_t addr[16];
	enum server_tenure tenure;
	bool recursive;
	unsigned position;	     /* in the table's order of addresses */
	struct server *bucket_next;  /* same bucket of the hash */
	struct server *prev, *next;  /* in the list of the tenure */
	struct interval current;     /* open: counts, no quantiles yet */
	struct server_totals totals; /* of closed intervals: counts, no quantiles */
	unsigned window;	     /* places in series */
	unsigned closed;	     /* intervals in series, up to window */
	unsigned open_place;	     /* in series, for the open interval */
	struct histogram histogram;  /* of current */
	struct interval series[];    /* a ring */
};

/** server__bytes() - Size of a server with its series. */
size_t server__bytes(unsigned window);

/** server__init() - Make fresh memory, or that of a forgotten server, into a new one. */
void server__init(struct server *server, const uint8_t addr[16], unsigned window);

/** server__add() - Count an exchange in the open interval. */
void server__add(struct server *server, const struct exchange *exchange);

/**
 * server__close() - End the open interval and put it into the series.
 *
 * Return: the closed interval, in the series
 */
const struct interval *server__close(struct server *server, uint64_t start_ns);

/** server__latest() - The interval closed last; there is one. */
const struct interval *server__latest(const struct server *server);

#endif
