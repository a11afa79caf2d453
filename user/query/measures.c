// SPDX-License-Identifier: GPL-2.0-or-later
/* Sums of exchanges. */
#include "measures.h"

void measures__add_exchange(struct measures *measures, const struct exchange *exchange,
			    unsigned directions)
{
	struct flow flow = {.exchange = exchange};

	measures->exchanges++;
	measures->unanswered += exchange->state == EXCHANGE_UNANSWERED;
	for (unsigned i = 0; i < FLOW_DIRECTIONS; i++) {
		if (!(directions & FLOW_BIT(i)))
			continue;
		flow.direction = (enum flow_direction)i;
		measures->flows++;
		measures->packets += flow_packets(&flow);
		measures->bytes += flow_bytes(&flow);
	}
}

void measures__add(struct measures *measures, const struct measures *more)
{
	measures->exchanges += more->exchanges;
	measures->flows += more->flows;
	measures->packets += more->packets;
	measures->bytes += more->bytes;
	measures->unanswered += more->unanswered;
}
