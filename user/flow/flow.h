/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An exchange is two flows: the query (client to server) and the response
 * (server to client). Filters, `flows --uniflow` and statistics by source and
 * destination look at flows; a packet is in one flow only, so counts add up.
 *
 * A late response is a record of its own, beside the unanswered one that told
 * of its query: it has no query flow.
 */
#ifndef FLOW_FLOW_H
#define FLOW_FLOW_H

#include "flow/field.h"

enum flow_direction { FLOW_QUERY, FLOW_RESPONSE, FLOW_DIRECTIONS };

/* Sets of directions. */
#define FLOW_BIT(direction) (1u << (direction))
#define FLOW_BOTH	    (FLOW_BIT(FLOW_QUERY) | FLOW_BIT(FLOW_RESPONSE))

/* Valid as long as what it points to. */
struct flow {
	const struct exchange *exchange;
	const struct exchange_names *names;
	enum flow_direction direction;
};

/** flow_directions() - Which flows an exchange has, as a set; never empty. */
unsigned flow_directions(const struct exchange *exchange);

/** flow_source(), flow_destination() - Address (16 bytes) and port of either end. */
const uint8_t *flow_source(const struct flow *flow);
const uint8_t *flow_destination(const struct flow *flow);
uint16_t flow_source_port(const struct flow *flow);
uint16_t flow_destination_port(const struct flow *flow);

/** flow_time() - When its first message was seen: ns since 1970 in UTC. */
int64_t flow_time(const struct flow *flow);

/** flow_end() - When its last message was seen, as far as the exchange tells: ns since 1970. */
int64_t flow_end(const struct flow *flow);

/** flow_packets() - Messages: transmissions of the query, messages of the response. */
uint32_t flow_packets(const struct flow *flow);

/** flow_bytes() - Length of those messages together; retransmissions count as the last one. */
uint64_t flow_bytes(const struct flow *flow);

/** flow_direction_name() - "query", "response". */
const char *flow_direction_name(enum flow_direction direction);

#endif
