/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A bench for the rules: a real table of servers, fed by hand, and a list of what was told. */
#ifndef RULES_BENCH_H
#define RULES_BENCH_H

#include "rule/rules.h"

#define MS	 1000000LL
#define WINDOW	 5
#define MINUTE	 60000000000LL
#define TOLD_MAX 23

/* What was delivered, as "odd-one-out private 10.0.0.3 raised". */
struct told {
	unsigned count;
	char text[TOLD_MAX][128];
	struct alert alert[TOLD_MAX];		     /* its pointers are invalid after the call */
	struct alert_evidence evidence[TOLD_MAX][3]; /* so the first of it are kept here */
};

struct bench {
	struct settings settings;
	struct server_table *servers;
	struct rules *rules;
	struct told told;
	uint64_t now_ns;
};

/* Three servers of one group, and what they may be like. */
extern const char *const three[3];
extern const int64_t alike[3];
extern const int64_t third_slow[3];

void defaults(struct settings *settings);

/* settings: NULL for the defaults */
struct bench *new_bench(const struct settings *settings, unsigned servers);
void free_bench(struct bench *bench);

/* A bench on which 10.0.0.3 is raised as slow, and nothing told. */
struct bench *raise_third(const struct settings *settings, unsigned servers);

struct exchange ended(const char *server, enum exchange_state state);
void answer(struct bench *bench, const char *server, int64_t latency_ns, unsigned times);

/* Exchanges without an answer, or with SERVFAIL. */
void end_badly(struct bench *bench, const char *server, enum exchange_state state, unsigned times);

void close_interval(struct bench *bench);

/* Fill the window of each server with one latency; 0: not used. */
void fill(struct bench *bench, const char *const *servers, const int64_t *latencies, unsigned n);

void evaluate(struct bench *bench);

/* These alerts were told and no others; forget them. */
void expect(struct bench *bench, unsigned n, const char *const *texts, const char *when);

#define EXPECT(bench, when, ...)                                                                   \
	expect(bench, sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *),                      \
	       (const char *[]){__VA_ARGS__}, when)

#endif
