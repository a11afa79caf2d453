/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Exchanges for the benches of the store: by number, the same ones each time;
 * ten million in an hour. Names have 24 characters. 1009 clients, 7 servers;
 * each is answered with one address and OPT, but every 17th with NXDOMAIN, and
 * every 101st not at all.
 */
#ifndef BENCH_OFFICE_H
#define BENCH_OFFICE_H

#include "flow/exchange.h"

#define OFFICE_ROWS	10000000U
#define OFFICE_GAP_NS	359000LL
#define OFFICE_CLIENTS	1009
#define OFFICE_SERVERS	7
#define OFFICE_START_NS 1800000000000000000LL /* 2027-01-15T08:00:00Z, on the hour */

/* How often names are asked for. */
enum office_names {
	OFFICE_SKEWED, /* as people do: of 100 003, the n-th 1/n as often as the first */
	OFFICE_FLAT,   /* one half 1009 of them, the other half any of 16 million */
};

struct office_exchange {
	struct exchange exchange; /* points to what follows */
	struct dns_message message;
	uint8_t wire[128];
};

/**
 * office_exchange() - The @i-th exchange.
 * @ret: not to be moved
 *
 * Cost: about 150 ns.
 */
void office_exchange(uint32_t i, enum office_names names, struct office_exchange *ret);

/** office_name() - The @rank-th name (0: the commonest) as text. @buf: 32 bytes. Return: @buf */
const char *office_name(uint32_t rank, char *buf);

/** office_client() - Address of the @i-th client as text. @buf: 32 bytes. Return: @buf */
const char *office_client(uint32_t i, char *buf);

#endif
