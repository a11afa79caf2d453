// SPDX-License-Identifier: GPL-2.0-or-later
/* One server: counters of the open interval, and the ring of those that are closed. */
#include "server.h"

#include <string.h>

static const double shares[] = {0.5, 0.9, 0.99};

size_t server__bytes(unsigned window)
{
	return sizeof(struct server) + window * sizeof(struct interval);
}

void server__init(struct server *server, const uint8_t addr[16], unsigned window)
{
	/* the series stays as it is: nothing of it is read before it is written */
	memset(server, 0, sizeof(*server));
	memcpy(server->addr, addr, sizeof(server->addr));
	server->window = window;
}

static void add_rcode(struct interval *interval, uint16_t rcode)
{
	interval->rcodes[rcode < INTERVAL_RCODES ? rcode : INTERVAL_RCODES - 1]++;
}

void server__add(struct server *server, const struct exchange *exchange)
{
	struct interval *current = &server->current;

	switch (exchange->state) {
	case EXCHANGE_ANSWERED:
		current->queries += exchange->tries;
		current->answered++;
		current->samples++;
		histogram__add(&server->histogram, exchange->latency_ns);
		add_rcode(current, exchange->rcode);
		server->recursive |= exchange->recursion_desired;
		break;
	case EXCHANGE_UNANSWERED:
		current->queries += exchange->tries;
		current->unanswered++;
		break;
	case EXCHANGE_LATE:
		/* its transmissions were counted when it expired */
		current->late++;
		add_rcode(current, exchange->rcode);
		break;
	case EXCHANGE_PENDING:
		current->queries += exchange->tries;
		break;
	case EXCHANGE_ORPHAN:
	case EXCHANGE_MULTICAST:
	case EXCHANGE_STATES:
		break;
	}
}

const struct interval *server__close(struct server *server, uint64_t start_ns)
{
	struct interval *closed = &server->series[server->open_place];

	*closed = server->current;
	closed->start_ns = start_ns;
	if (closed->samples) {
		uint64_t quantiles[3];

		histogram__quantiles(&server->histogram, closed->samples, shares, 3, quantiles);
		closed->median_ns = quantiles[0];
		closed->p90_ns = quantiles[1];
		closed->p99_ns = quantiles[2];
		histogram__clear(&server->histogram);
	}
	server_totals__add(&server->totals, closed);
	memset(&server->current, 0, sizeof(server->current));
	server->open_place = (server->open_place + 1) % server->window;
	if (server->closed < server->window)
		server->closed++;
	return closed;
}

const struct interval *server__latest(const struct server *server)
{
	return &server->series[(server->open_place + server->window - 1) % server->window];
}
