// SPDX-License-Identifier: GPL-2.0-or-later
/* Answers about one server, from its ring of intervals. */
#include "facts.h"

#include "stats/server.h"

#include <stdlib.h>

const uint8_t *server__address(const struct server *server)
{
	return server->addr;
}

bool server__recursive(const struct server *server)
{
	return server->recursive;
}

bool server__pinned(const struct server *server)
{
	return server->tenure == SERVER_PINNED;
}

unsigned server__series(const struct server *server, const struct interval **ret)
{
	unsigned oldest = server->open_place + server->window - server->closed;

	for (unsigned i = 0; i < server->closed; i++)
		ret[i] = &server->series[(oldest + i) % server->window];
	return server->closed;
}

const struct interval *server__last_closed(const struct server *server)
{
	return server->closed ? server__latest(server) : NULL;
}

static int compare_ns(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* The value of rank ceil(percent * n / 100), as the histogram has it; of the sorted @values. */
static uint64_t percentile(const uint64_t *values, unsigned n, unsigned percent)
{
	return values[(percent * n + 99) / 100 - 1];
}

void server__totals(const struct server *server, struct server_totals *ret)
{
	uint64_t medians[SERVER_WINDOW_MAX];
	unsigned n = 0;

	*ret = server->totals;
	server_totals__add(ret, &server->current);
	for (unsigned i = 0; i < server->closed; i++)
		if (server->series[i].samples)
			medians[n++] = server->series[i].median_ns;
	if (n == 0)
		return;
	qsort(medians, n, sizeof(*medians), compare_ns);
	ret->median_ns = percentile(medians, n, 50);
	ret->p90_ns = percentile(medians, n, 90);
	ret->p99_ns = percentile(medians, n, 99);
}
