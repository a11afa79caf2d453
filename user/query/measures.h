/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is added up of exchanges: by statistics, and minute by minute in the store. */
#ifndef QUERY_MEASURES_H
#define QUERY_MEASURES_H

#include "flow/flow.h"

struct measures {
	uint64_t exchanges; /* of which at least one flow counts here */
	uint64_t flows;
	uint64_t packets;    /* messages, see flow_packets() */
	uint64_t bytes;	     /* of these messages, see flow_bytes() */
	uint64_t unanswered; /* exchanges in that state */
};

/**
 * measures__add_exchange() - Count an exchange.
 * @directions: the flows of it that count here, FLOW_BIT()s, not empty
 */
void measures__add_exchange(struct measures *measures, const struct exchange *exchange,
			    unsigned directions);

/** measures__add() - Add sums to sums. */
void measures__add(struct measures *measures, const struct measures *more);

#endif
