/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ICMP errors that quote a query: what they say of its fate, and to whom it is said. */
#ifndef FLOW_ICMP_H
#define FLOW_ICMP_H

#include "exchange_room.h"

/**
 * icmp_cause() - What an ICMP error says.
 * @is_v6: whether it is one of ICMPv6
 * @type_code: type << 8 | code, as struct odd_event.tunnel_id has it
 *
 * Return: CAUSE_PORT, _HOST, _ADMIN or _TOO_BIG; CAUSE_UNKNOWN: nothing of a query's fate
 * Source: RFC 792, RFC 1122 section 3.2.2.1, RFC 1812 section 5.2.7.1, RFC 4443 section 3
 */
enum exchange_cause icmp_cause(bool is_v6, uint32_t type_code);

/**
 * icmp_take() - Take the query that an ICMP error quotes, an event with ODD_EVENT_QUOTED.
 *
 * Marks the pending query that it quotes, and only that: the exchange goes on, for anybody can
 * forge an error. Counts it as quoted, and as quoted_unmatched when there is no such query.
 */
void icmp_take(struct exchange_table *table, const struct odd_event *event);

#endif
