/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Truncated answers and their retries, for tests, under a virtual clock. What is handed on is read
 * as a line: "7" an exchange with id 7 as it came, "7+" with was_retried, "7!" truncated-no-tcp,
 * "9>7" a retry of 7. Whenever something is handed on, and whenever a line is read, the counters'
 * identity must hold.
 */
#ifndef RETRIES_DESK_H
#define RETRIES_DESK_H

#include "flow/retries.h"
#include "retries_oracle.h"

#define MS	1000000LL
#define T0	(1700000000LL * 1000 * MS)
#define WINDOW	(2003 * MS)
#define TIMEOUT (5003 * MS)
#define SPAN	(WINDOW + TIMEOUT)
/* truncated answers to one question of one client that wait: retries.c tells why */
#define SAME_MAX 16

struct desk {
	struct retries *retries;
	const struct retries_counters *counters;
	char line[1024];
	void (*look)(const struct exchange *exchange); /* at each that is handed on */
	struct told told[ORACLE_TOLD];		       /* as the line */
	unsigned told_count;
};

/* example.org, which desk's exchanges ask for */
extern const uint8_t desk_name[13];

/** desk_open() - With WINDOW, TIMEOUT and so many places. */
void desk_open(struct desk *desk, unsigned held);
void desk_close(struct desk *desk);
void desk_expect_identity(const struct desk *desk);

/** desk_line() - What was handed on since the last time. */
const char *desk_line(struct desk *desk);

/* Each returns desk_line(). */
const char *desk_take(struct desk *desk, const struct exchange *exchange);
const char *desk_tick(struct desk *desk, int64_t now_ns);
const char *desk_finish(struct desk *desk);

/** desk_answered() - 192.0.2.1 asks 192.0.2.53 for example.org TXT over UDP, port 40001. */
struct exchange desk_answered(uint16_t id, int64_t end_ns);
/** desk_truncated() - The same with TC. */
struct exchange desk_truncated(uint16_t id, int64_t end_ns);
/** desk_tcp() - The same over TCP. */
struct exchange desk_tcp(uint16_t id, int64_t time_ns, int64_t end_ns);

/* Each takes such an exchange and returns desk_line(). */
const char *desk_take_answered(struct desk *desk, uint16_t id, int64_t end_ns);
const char *desk_take_truncated(struct desk *desk, uint16_t id, int64_t end_ns);
const char *desk_take_tcp(struct desk *desk, uint16_t id, int64_t time_ns, int64_t end_ns);

#endif
