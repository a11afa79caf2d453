/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Do two messages come from one network? exchange_table.c tells which VLANs and tunnels fit. */
#ifndef FLOW_NETWORK_H
#define FLOW_NETWORK_H

#include <oddns/abi.h>

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/** network_same_vlan() - The same tags, or none on one side. @a, @b: ODD_VLANS_MAX tags */
static inline bool network_same_vlan(const uint16_t *a, const uint16_t *b)
{
	static const uint16_t none[ODD_VLANS_MAX];

	return memcmp(a, b, sizeof(none)) == 0 || memcmp(a, none, sizeof(none)) == 0 ||
	       memcmp(b, none, sizeof(none)) == 0;
}

/** network_is_told_by() - Do the kind and id of a tunnel tell networks apart? */
static inline bool network_is_told_by(enum odd_tunnel tunnel)
{
	return tunnel != ODD_TUNNEL_NONE && tunnel <= ODD_TUNNEL_PPPOE;
}

/** network_same_tunnel() - The same tunnel, or one that tells no network on one side. */
static inline bool network_same_tunnel(enum odd_tunnel a, uint32_t a_id, enum odd_tunnel b,
				       uint32_t b_id)
{
	return !network_is_told_by(a) || !network_is_told_by(b) || (a == b && a_id == b_id);
}

#endif
