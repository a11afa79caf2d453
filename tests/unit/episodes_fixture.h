/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Exchanges as a test says them, and the episodes that come of them. Times are in milliseconds
 * after EPOCH. Each call holds the counters' identity.
 */
#ifndef EPISODES_FIXTURE_H
#define EPISODES_FIXTURE_H

#include "flow/episodes.h"

#define MS	     1000000LL
#define S	     (1000 * MS)
#define EPOCH	     (1700000000 * S)
#define LENGTH(rows) (sizeof(rows) / sizeof((rows)[0]))

#define A     1
#define SOA   6
#define TXT   16
#define AAAA  28
#define IXFR  251
#define AXFR  252
#define HTTPS 65

#define OK	 0
#define SERVFAIL 2
#define NXDOMAIN 3
#define REFUSED	 5
#define TC	 0x100 /* over UDP */
#define TCP	 0x200
#define GONE	 0x400 /* unanswered */
#define LATE	 0x800
#define PENDING	 0x1000

#define TOLD_MAX  80
#define HEARD_MAX 128

/* Timeout 5 s, window 4 s, 64 open. */
extern const struct episodes_limits episodes_usual;

/* An exchange. tries: 0 for 1 */
struct told {
	int ms, end_ms;
	uint16_t type;
	unsigned how; /* rcode and flags */
	unsigned server, tries, client, name;
};

/* Those behind ms, as many as matter: end_ms, type, how, server, tries */
#define ASK(...)                                                                                   \
	{                                                                                          \
		.ms = __VA_ARGS__                                                                  \
	}

struct want {
	enum episode_outcome outcome;
	int ms, wait_ms;
	unsigned exchanges, attempts, servers, types;
	int rcode; /* -1: none */
};

struct story {
	const char *text;
	struct told told[TOLD_MAX];
	struct want wants[4];
};

struct trial {
	struct episodes *episodes;
	const struct episodes_counters *counters;
	struct episode heard[HEARD_MAX];
	uint8_t name[256]; /* of the last */
	unsigned count;
	uint64_t exchanges;
};

/* The name of told.name 0 and 1, wire form. */
extern const uint8_t episodes_names[2][9];

void episodes_begin(struct trial *trial, const struct episodes_limits *with);
struct exchange episodes_exchange_of(const struct told *told);
void episodes_tell(struct trial *trial, const struct told *told);
void episodes_at(struct trial *trial, int ms);
void episodes_end(struct trial *trial);
void episodes_stories(const struct story *stories, size_t count);

/* Short names of outcomes, so that a row fits a line. */
#define DONE	   EPISODE_ANSWERED
#define FAILED	   EPISODE_FAILED
#define TRUNCATED  EPISODE_TRUNCATED
#define UNANSWERED EPISODE_UNANSWERED

#endif
