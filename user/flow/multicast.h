/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DNS by multicast, when it is watched: which messages it is, and what is made of them.
 *
 * Multicast DNS (RFC 6762) has no exchanges: a query goes to all, ids are 0, responses go to all
 * too, some unasked. Each message is one record. LLMNR (RFC 4795) has: the query goes to the
 * group, and whoever has the name responds from its own address, so the group stands for the
 * server in the key. That nobody responds is the usual way to say that there is no such name.
 */
#ifndef FLOW_MULTICAST_H
#define FLOW_MULTICAST_H

#include "exchange_room.h"

/**
 * multicast_take() - Take a message of multicast DNS: deliver it at once.
 * @s: event and message
 *
 * Counts it as multicast, or as folded when the same came at another hook just before.
 */
void multicast_take(struct exchange_table *table, const struct seen *s);

#endif
