/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The servers that were seen and, for each, a series of interval statistics.
 * servers.c opens with the idea: who is remembered when strangers flood.
 */
#ifndef STATS_SERVERS_H
#define STATS_SERVERS_H

#include "flow/exchange.h"

/* RCODEs 0..23 (BADCOOKIE) each have a counter, the rest share the last. */
#define INTERVAL_RCODES 25

/* One interval of one server. */
struct interval {
	uint64_t start_ns; /* since 1970 in UTC; a multiple of the interval's length */
	uint32_t queries;  /* transmissions, retransmitted ones too */
	uint32_t answered;
	uint32_t unanswered; /* that expired in this interval */
	uint32_t late;
	uint32_t samples; /* latencies of answered exchanges */
	uint64_t median_ns;
	uint64_t p90_ns;
	uint64_t p99_ns;
	uint32_t rcodes[INTERVAL_RCODES]; /* of answered and late responses */
};

struct servers_limits {
	uint64_t interval_ns;
	unsigned window;  /* intervals kept for each server, 5..360 */
	unsigned servers; /* servers remembered at once, 2..65536 */
};

struct server; /* opaque, owned by the table */
struct server_table;

/**
 * interval_fn - Receives each server's interval as it closes.
 * @server: valid during the call
 */
typedef void (*interval_fn)(void *context, const struct server *server,
			    const struct interval *interval);

int server_table__new(const struct servers_limits *limits, struct server_table **ret_table);
void server_table__free(struct server_table *table);

/**
 * server_table__pin() - Remember a configured server whatever happens.
 *
 * Return: 0, -ENOSPC when all places are pinned, -ENOMEM
 */
int server_table__pin(struct server_table *table, const uint8_t addr[16]);

/** server_table__unpin_all() - Let all be forgotten again (before a reload pins anew). */
void server_table__unpin_all(struct server_table *table);

/**
 * server_table__knows() - Has this server answered before, or is it pinned?
 *
 * The exchange table asks this to give up strangers' queries first.
 */
bool server_table__knows(const struct server_table *table, const uint8_t addr[16]);

/**
 * server_table__exchange() - Count an exchange that ended.
 *
 * A server is entered when it first answers; unanswered queries to a server
 * that never answered, and orphans, do not make one.
 */
void server_table__exchange(struct server_table *table, const struct exchange *exchange);

/**
 * server_table__close() - Close the interval that ends at @end_ns for all servers.
 * @start_ns: of the interval
 * @on_interval: called for each server in order of address; a server that was not
 *	used in the interval gets one with zeros, so that series stay aligned
 */
void server_table__close(struct server_table *table, uint64_t start_ns, interval_fn on_interval,
			 void *context);

/** Servers in order of address: number, and the i-th. */
unsigned server_table__count(const struct server_table *table);
const struct server *server_table__at(const struct server_table *table, unsigned i);

/** server_table__evicted() - Servers that were forgotten for want of room. */
uint64_t server_table__evicted(const struct server_table *table);

/** Facts of one server. */
const uint8_t *server__address(const struct server *server); /* 16 bytes */
bool server__recursive(const struct server *server);	     /* answered a query with RD */
bool server__pinned(const struct server *server);

/**
 * server__series() - The server's closed intervals, oldest first.
 * @ret: room for limits.window pointers, into the server, valid until the next close
 *
 * Return: how many
 */
unsigned server__series(const struct server *server, const struct interval **ret);

/** server__totals() - Sums since the server was entered; median and percentiles of the window's
 *  intervals' medians. */
void server__totals(const struct server *server, struct interval *ret);

/** server_table__bytes() - Memory for one server, with its series and histogram. */
size_t server_table__bytes(const struct server_table *table);

#endif
