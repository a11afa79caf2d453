/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Exchanges that filters are tried on, and filters by their text. */
#ifndef UNIT_FILTER_FIXTURE_H
#define UNIT_FILTER_FIXTURE_H

#include "query/filter.h"

/* Names of interface 7, uid 1013 and cgroup 4711. */
extern const struct exchange_names fixture_names;

/* An answered AAAA query of 10.0.0.7:40961 to 192.0.2.53:53; see filter_fixture.c. */
extern const struct exchange fixture_exchange;

/* @dns_servers, @empty, and @nonsense, which holds a word beside an address. */
extern const struct filter_lists fixture_lists;

/** fixture_compile() - Compile; fails the test when that cannot be. */
struct filter *fixture_compile(const char *text);

/** fixture_match() - Which flows of an exchange match: FLOW_BIT()s. */
unsigned fixture_match(const char *text, const struct exchange *exchange);

#endif
