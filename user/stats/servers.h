/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The servers that were seen and, for each, a series of interval statistics.
 * servers.c opens with the idea: who is remembered when strangers flood.
 */
#ifndef STATS_SERVERS_H
#define STATS_SERVERS_H

#include "flow/exchange.h"
#include "stats/facts.h"
#include "stats/interval.h"

struct servers_limits {
	unsigned window;  /* intervals kept for each server, 5..SERVER_WINDOW_MAX */
	unsigned servers; /* servers remembered at once, 2..65536 */
};

struct server_table;

/**
 * interval_fn - Receives each server's interval as it closes.
 * @server: valid during the call
 */
typedef void (*interval_fn)(void *context, const struct server *server,
			    const struct interval *interval);

/**
 * server_table__new() - Make an empty table.
 * @limits: copied
 * @seed: of the hash, chosen at random in production so that nobody can aim at a bucket
 *
 * Servers take memory as they come (server_table__bytes() each), the empty
 * table 24 bytes a place.
 *
 * Return: 0, -ENOMEM, -EINVAL when a limit is out of its range
 */
int server_table__new(const struct servers_limits *limits, uint64_t seed,
		      struct server_table **ret_table);
void server_table__free(struct server_table *table);

/**
 * server_table__pin() - Remember a configured server whatever happens.
 *
 * When the table is full, one that is not pinned has to go.
 *
 * Return: 0, -ENOSPC when all places are pinned, -ENOMEM
 */
int server_table__pin(struct server_table *table, const uint8_t addr[16]);

/**
 * server_table__unpin_all() - Let all be forgotten again (before a reload pins anew).
 *
 * Nothing is forgotten by this call: they stay, and are the last to go.
 */
void server_table__unpin_all(struct server_table *table);

/**
 * server_table__knows() - Has this server answered before, or is it pinned?
 * @addr: 16 bytes, IPv4 mapped
 *
 * The exchange table asks this to give up strangers' queries first.
 */
bool server_table__knows(const struct server_table *table, const uint8_t addr[16]);

/**
 * server_table__exchange() - Count an exchange that ended.
 *
 * A server is entered when it first answers, in time or late; unanswered
 * queries to a server that never answered, and orphans, do not make one.
 *
 * Samples are the latencies of answered exchanges, a negative one counts as 0.
 * Late answers count with their rcode, but are no samples. Orphans count
 * nowhere. Cost: about 30 ns; for a newcomer to a full table about 130 ns.
 */
void server_table__exchange(struct server_table *table, const struct exchange *exchange);

/**
 * server_table__sample() - Mark intervals from the open one on as a sample.
 * @one_of: of so many exchanges one is handed in; 1: all
 */
void server_table__sample(struct server_table *table, uint32_t one_of);

/**
 * server_table__close() - Close the interval that ends now, for all servers.
 * @start_ns: of the interval that ends
 * @on_interval: called for each server in order of address, the interval being the last of its
 *	series; a server that was not used gets one with zeros, so that series stay aligned. NULL:
 *	nobody is told.
 *
 * Cost: about 0.5 us for a server with samples, 0.1 us for one without.
 */
void server_table__close(struct server_table *table, uint64_t start_ns, interval_fn on_interval,
			 void *context);

/** Servers in order of address: number, and the i-th (valid until the next exchange or pin). */
unsigned server_table__count(const struct server_table *table);
const struct server *server_table__at(const struct server_table *table, unsigned i);

/** server_table__window() - limits.window: the longest that a series can be. */
unsigned server_table__window(const struct server_table *table);

/** server_table__evicted() - Servers that were forgotten, or never entered, for want of room. */
uint64_t server_table__evicted(const struct server_table *table);

/** server_table__bytes() - Memory for one server, with its series and histogram. */
size_t server_table__bytes(const struct server_table *table);

#endif
