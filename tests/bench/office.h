/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Exchanges for the benches of the store: by number, the same ones each time.
 * 100 003 names of 24 characters, of which the n-th is asked about 1/n as often
 * as the first; 1009 clients, 7 servers; each answered with one address and
 * OPT, but every 17th with NXDOMAIN, and every 101st not at all.
 */
#ifndef BENCH_OFFICE_H
#define BENCH_OFFICE_H

#include "flow/exchange.h"

#define OFFICE_NAMES	100003
#define OFFICE_CLIENTS	1009
#define OFFICE_SERVERS	7
#define OFFICE_START_NS 1800000000000000000LL /* 2027-01-15T08:00:00Z, on the hour */

struct office_exchange {
	struct exchange exchange; /* points to what follows */
	struct dns_message message;
	uint8_t wire[128];
};

/**
 * office_exchange() - The @i-th exchange.
 * @gap_ns: between queries
 * @ret: not to be moved
 */
void office_exchange(uint64_t i, int64_t gap_ns, struct office_exchange *ret);

/** office_name() - The @rank-th name (0: the commonest) as text. @buf: 32 bytes. Return: @buf */
const char *office_name(uint32_t rank, char *buf);

/** office_client() - Address of the @i-th client as text. @buf: 32 bytes. Return: @buf */
const char *office_client(uint32_t i, char *buf);

#endif
