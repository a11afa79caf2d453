/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which exchanges are left out while the sensor is overloaded (source/pressure.c
 * says why). An order takes effect at once for what is remembered, for what the
 * programs send, and for what waits in the ring, so no exchange is left half.
 */
#ifndef FLOW_SAMPLING_H
#define FLOW_SAMPLING_H

#include <oddns/event.h>

#include <stdbool.h>
#include <stdint.h>

struct sampling {
	struct odd_shedding order;
	uint32_t former_mask; /* what was left out until former_until_ns */
	uint64_t former_until_ns;
};

/**
 * sampling__order() - Take an order.
 * @until_ns: how long a response may come to a query that was left out before
 */
void sampling__order(struct sampling *sampling, const struct odd_shedding *order,
		     uint64_t until_ns);

/**
 * sampling__leaves_out() - Does the order say so of this event? Never of a later fragment.
 *
 * Cost: a comparison while nothing is left out.
 */
bool sampling__leaves_out(const struct sampling *sampling, const struct odd_event *event);

/** sampling__left_out() - Was the query left out, to which this is a response without one? */
bool sampling__left_out(const struct sampling *sampling, const struct odd_event *event);

/**
 * sampling__hash() - As odd_exchange_hash(), of an exchange's own numbers.
 * @a: one end's address, 16 bytes, @b: the other's
 * @ports: one xor the other
 * @id: of the DNS header in host order, 0 for TCP
 */
uint32_t sampling__hash(const struct sampling *sampling, const uint8_t *a, const uint8_t *b,
			uint16_t ports, uint16_t id);

#endif
