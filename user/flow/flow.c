// SPDX-License-Identifier: GPL-2.0-or-later
/* The two flows of an exchange. */
#include "flow.h"

static bool is_query(const struct flow *flow)
{
	return flow->direction == FLOW_QUERY;
}

unsigned flow_directions(const struct exchange *exchange)
{
	unsigned directions = 0;

	if (exchange->has_query && exchange->state != EXCHANGE_LATE)
		directions |= FLOW_BIT(FLOW_QUERY);
	if (exchange->has_response)
		directions |= FLOW_BIT(FLOW_RESPONSE);
	return directions;
}

const uint8_t *flow_source(const struct flow *flow)
{
	return is_query(flow) ? flow->exchange->client : flow->exchange->server;
}

const uint8_t *flow_destination(const struct flow *flow)
{
	return is_query(flow) ? flow->exchange->server : flow->exchange->client;
}

uint16_t flow_source_port(const struct flow *flow)
{
	return is_query(flow) ? flow->exchange->client_port : flow->exchange->server_port;
}

uint16_t flow_destination_port(const struct flow *flow)
{
	return is_query(flow) ? flow->exchange->server_port : flow->exchange->client_port;
}

int64_t flow_time(const struct flow *flow)
{
	const struct exchange *e = flow->exchange;

	return is_query(flow) || !e->has_latency ? e->time_ns : e->time_ns + e->wait_ns;
}

/* The last transmission lies before the response by the latency, as the first does by the wait. */
int64_t flow_end(const struct flow *flow)
{
	const struct exchange *e = flow->exchange;

	if (!e->has_latency)
		return e->time_ns;
	return e->time_ns + e->wait_ns - (is_query(flow) ? e->latency_ns : 0);
}

uint32_t flow_packets(const struct flow *flow)
{
	return is_query(flow) ? flow->exchange->tries : flow->exchange->messages;
}

uint64_t flow_bytes(const struct flow *flow)
{
	const struct exchange *e = flow->exchange;

	return is_query(flow) ? (uint64_t)e->tries * e->query_bytes : e->response_bytes;
}

const char *flow_direction_name(enum flow_direction direction)
{
	return direction == FLOW_QUERY ? "query" : "response";
}
