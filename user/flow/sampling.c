// SPDX-License-Identifier: GPL-2.0-or-later
/* Which exchanges are left out under overload. */
#include "sampling.h"

#include <arpa/inet.h>
#include <string.h>

void sampling__order(struct sampling *sampling, const struct odd_shedding *order, uint64_t until_ns)
{
	if (sampling->order.mask & ~order->mask) {
		sampling->former_mask |= sampling->order.mask;
		sampling->former_until_ns = until_ns;
	}
	sampling->order = *order;
}

uint32_t sampling__hash(const struct sampling *sampling, const uint8_t *a, const uint8_t *b,
			uint16_t ports, uint16_t id)
{
	uint64_t one[2], other[2];

	memcpy(one, a, sizeof(one));
	memcpy(other, b, sizeof(other));
	/* the kernel takes the id as it lies in the packet */
	return odd_exchange_hash(one[0] ^ other[0], one[1] ^ other[1],
				 ports | (uint32_t)htons(id) << 16, sampling->order.seed);
}

static uint32_t hash_of(const struct sampling *sampling, const struct odd_event *event)
{
	uint16_t id = 0;

	if (event->protocol == ODD_IPPROTO_UDP && event->captured_bytes >= 2)
		id = (uint16_t)(event->payload[0] << 8 | event->payload[1]);
	return sampling__hash(sampling, event->src, event->dst, event->src_port ^ event->dst_port,
			      id);
}

bool sampling__leaves_out(const struct sampling *sampling, const struct odd_event *event)
{
	return sampling->order.mask && !(event->flags & ODD_EVENT_LATER) &&
	       hash_of(sampling, event) & sampling->order.mask;
}

bool sampling__left_out(const struct sampling *sampling, const struct odd_event *event)
{
	uint32_t mask = sampling->order.mask;

	if (event->time_ns <= sampling->former_until_ns)
		mask |= sampling->former_mask;
	return mask && hash_of(sampling, event) & mask;
}
