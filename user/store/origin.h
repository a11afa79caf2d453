/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the exchanges of a segment were seen and who asked: rows of table origin, remembered. */
#ifndef STORE_ORIGIN_H
#define STORE_ORIGIN_H

#include "flow/exchange.h"

#include <sqlite3.h>

/*
 * Slots for rows that are remembered. A host has some dozens of origins at a time: an interface
 * and a few processes.
 */
#define ORIGINS_CACHED 256

struct origin {
	int64_t id;
	const char *interface, *user, *unit; /* NULL: not known; behind this struct */
	uint16_t vlan[2];
	enum odd_tunnel tunnel;
	uint32_t tunnel_id;
	uint8_t outer_src[16], outer_dst[16];
	uint32_t uid; /* ODD_NO_UID: not known */
	uint32_t pid;
	char comm[16];
};

/* Of one segment and one thread. All zero: of none yet. */
struct origins {
	sqlite3_stmt *find;
	struct origin *slots[ORIGINS_CACHED];
};

/** origins__open() - For the segment of @db. Return: 0, else SQLite's code */
int origins__open(struct origins *origins, sqlite3 *db);
void origins__close(struct origins *origins);

/**
 * origins__find() - The origin of an id.
 *
 * Return: valid until the next call; one of which nothing is known when there is no such row
 */
const struct origin *origins__find(struct origins *origins, int64_t id);

/** origin_apply() - Tell the exchange where it comes from. */
void origin_apply(const struct origin *origin, struct exchange *exchange);

/** origin_address() - Column @i, 4 or 16 bytes, as 16; anything else is "::". */
void origin_address(sqlite3_stmt *row, int i, uint8_t ret[16]);

#endif
