/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rules of episodes, apart from memory and time: what one attempt is, whether a run of
 * attempts goes on with the next one, and what comes out of it. episodes.c opens with the idea.
 * Times are 0..EPISODE_TIME_NS_MAX, lengths of time up to 2^60 ns, so that no sum overflows.
 */
#ifndef FLOW_EPISODE_RUN_H
#define FLOW_EPISODE_RUN_H

#include "flow/episode.h"

/* Year 2116 */
#define EPISODE_TIME_NS_MAX (1LL << 62)
/*
 * How long after the last answer another type may be asked: the answer travels to the client, the
 * next query back, past a sensor that may stand at the server: 0.6 s over a geostationary
 * satellite, and time to think. More would count a user's idle time as waiting.
 */
#define EPISODE_LINGER_NS 1000000000LL
/*
 * No longer than this from first to last query, or a program that asks for a broken name every
 * second would make one episode of its whole life. glibc gives up after 30 s: 3 servers, 5 s, 2
 * rounds (resolv.conf(5)).
 */
#define EPISODE_LENGTH_NS 60000000000LL

/* What matters of an exchange. */
struct attempt {
	int64_t time_ns;
	int64_t end_ns; /* not before time_ns */
	uint8_t server[16];
	uint32_t tries; /* 0 for a late answer: its query was told as unanswered before */
	uint32_t next;	/* of those that wait, in order of time */
	uint16_t type;
	uint16_t rcode;
	uint8_t outcome; /* enum episode_outcome; EPISODE_ANSWERED is final, the others are not */
	bool is_late : 1;
	bool over_tcp : 1;
};

/* Attempts in the order of their queries, added up. All zero: none. */
struct run {
	int64_t time_ns;		 /* of the first query */
	int64_t ends[EPISODE_TYPES_MAX]; /* answered: the first final answer; else the latest end */
	uint32_t attempts;		 /* stays at its greatest value */
	uint32_t exchanges;
	uint16_t types[EPISODE_TYPES_MAX];
	uint16_t rcodes[EPISODE_TYPES_MAX];
	uint8_t outcomes[EPISODE_TYPES_MAX];
	uint8_t type_count;
	uint8_t server_count;
	bool over_udp : 1;
	bool over_tcp : 1;
	bool was_truncated : 1;
	uint8_t servers[EPISODE_SERVERS_MAX][16];
};

_Static_assert(sizeof(struct attempt) == 48, "attempt: what episodes.h promises");

/**
 * attempt__read() - Take from an exchange what matters.
 *
 * Return: whether it is wanted: struct episodes_counters.exchanges says which are not
 */
bool attempt__read(const struct exchange *exchange, struct attempt *ret);

/** run__has_type() - Was this type asked? */
bool run__has_type(const struct run *run, uint16_t type);

/**
 * run__takes() - Does it go on with the next attempt?
 * @run: not empty
 * @time_ns: of the attempt's query, not before the run's first
 * @window_ns: silence after a failure that ends it
 */
bool run__takes(const struct run *run, int64_t time_ns, uint16_t type, uint64_t window_ns);

/**
 * run__add() - Add an attempt, for which run__takes() said yes or which is the first.
 *
 * One that is late only counts when its type was never asked.
 */
void run__add(struct run *run, const struct attempt *attempt);

/** run__report() - What came out of it; all but client and name. @run is not empty. */
void run__report(const struct run *run, struct episode *ret);

#endif
