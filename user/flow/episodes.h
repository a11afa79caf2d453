/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Joins exchanges to episodes. episodes.c opens with the idea. */
#ifndef FLOW_EPISODES_H
#define FLOW_EPISODES_H

#include "flow/episode.h"

/* Exact between two calls: exchanges = sum of episode.exchanges of those delivered + held. */
struct episodes_counters {
	/*
	 * Taken: all but orphans, multicast and LLMNR, zone transfers (AXFR, IXFR, several
	 * messages), opcodes other than QUERY, those without a name, and the outlived.
	 */
	uint64_t exchanges;
	uint64_t held;			     /* exchanges that belong to no delivered episode yet */
	uint64_t outcomes[EPISODE_OUTCOMES]; /* episodes delivered */
	uint64_t open;	   /* now: pairs of client and name of which anything is held */
	uint64_t hurried;  /* episodes delivered before their time, for want of room */
	uint64_t crowded;  /* exchanges put to an episode before their time, for want of room */
	uint64_t outlived; /* late answers to a query whose episode was over: not taken */
};

struct episodes_limits {
	uint64_t window_ns; /* silence after the last failure that ends an episode, up to 2^60 */
	/*
	 * How long after its query an exchange may be told, up to 2^60: the exchanges' timeout, so
	 * nothing may stand between that holds them back. Those told later may find their episode
	 * delivered, and then are one of their own.
	 */
	uint64_t timeout_ns;
	unsigned open; /* clients and names at once, 1..2^20 */
};

struct episodes;

/**
 * episodes__new() - Make it, empty.
 * @limits: copied
 * @seed: of the hash, chosen at random in production so that nobody can aim at a bucket
 * @on_end: receives episodes during the calls below, and must not call back
 *
 * Memory: reserved at the limit and touched as it fills: for each of limits->open 512 bytes, room
 * for 4 exchanges of 48 bytes and 4 to 8 bytes of hash, 712 bytes at most.
 * Return: 0, -ENOMEM, -EINVAL when a limit is out of its range
 */
int episodes__new(const struct episodes_limits *limits, uint64_t seed, episode_fn on_end,
		  void *context, struct episodes **ret_episodes);

/** episodes__free() - Forget everything without a word; NULL is fine. */
void episodes__free(struct episodes *episodes);

/**
 * episodes__exchange() - Take an exchange, in the order in which they are told.
 *
 * Its end lets time pass, too. One that ended longer than window and timeout before the latest time
 * is of another clock: all that is open is delivered. Cost: one look-up, a sorted insert and its
 * share of the delivery, 130 to 170 ns; with 60 000 open, beyond the caches, 280 ns.
 */
void episodes__exchange(struct episodes *episodes, const struct exchange *exchange);

/**
 * episodes__tick() - Let time pass: deliver those to which nothing can come any more.
 * @now_ns: only after the exchange table was ticked to the same time, or exchanges that it still
 *	has to tell come too late for their episode
 *
 * Cost: two comparisons when nothing is due.
 */
void episodes__tick(struct episodes *episodes, uint64_t now_ns);

/** episodes__finish() - Deliver all that are open; more may follow. */
void episodes__finish(struct episodes *episodes);

/** episodes__set_limits() - Take new times at once, in range; @limits->open cannot change. */
void episodes__set_limits(struct episodes *episodes, const struct episodes_limits *limits);

/** episodes__counters() - Live, owned by the object. */
const struct episodes_counters *episodes__counters(const struct episodes *episodes);

#endif
