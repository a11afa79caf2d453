/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a store is told: how to keep records, and of what. */
#ifndef STORE_OPTIONS_H
#define STORE_OPTIONS_H

#include "flow/field_value.h"
#include "stats/interval.h"

#include <stdbool.h>
#include <stdint.h>

#define STORE_HOUR_NS (3600LL * 1000000000)
#define STORE_DAY_NS  (24 * STORE_HOUR_NS)

enum store_clients {
	STORE_CLIENTS_FULL,
	STORE_CLIENTS_PREFIX, /* first bits only */
	STORE_CLIENTS_HASH,   /* a keyed hash in fd00::/8, the key in DIR/key */
};

struct store_options {
	const char *dir;      /* made when missing, mode 0750; copied */
	int64_t segment_ns;   /* STORE_HOUR_NS or STORE_DAY_NS */
	uint64_t max_bytes;   /* of all segments; 0: no bound */
	int64_t max_age_ns;   /* of a segment's end; 0: no bound */
	uint64_t queue_bytes; /* power of two */
	/*
	 * Replay: a full queue makes store__exchange() wait instead of losing, and trouble with the
	 * disk is reported. A daemon has no time, and tells of trouble by store__counters().
	 */
	bool wait;
	bool names; /* false: no names and no records are stored */
	enum store_clients clients;
	unsigned prefix4, prefix6;  /* bits kept of a client's address */
	enum exchange_keep records; /* at most as many as exchange.keep */
	uint64_t seed;		    /* of hashes */
	/* called by the writer's thread only */
	struct exchange_names names_of;
};

/* A server's closed interval with where it stood. */
struct store_interval {
	const uint8_t *server; /* 16 bytes */
	const char *group;     /* NULL: in none */
	const struct interval *interval;
	uint64_t baseline_ns; /* of the group; 0: none */
};

#endif
