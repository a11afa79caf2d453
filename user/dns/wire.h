/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers on the wire, in network order and at any address. */
#ifndef DNS_WIRE_H
#define DNS_WIRE_H

#include <stdint.h>

/** dns_read16() - Two bytes as a number. */
static inline uint16_t dns_read16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

/** dns_read32() - Four bytes as a number. */
static inline uint32_t dns_read32(const uint8_t *p)
{
	return (uint32_t)dns_read16(p) << 16 | dns_read16(p + 2);
}

#endif
