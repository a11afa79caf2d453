/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What everybody may ask of one server; server.h, which holds it, is for the table alone. */
#ifndef STATS_FACTS_H
#define STATS_FACTS_H

#include "stats/interval.h"

#include <stdbool.h>
#include <stdint.h>

struct server; /* opaque, owned by the table of servers.h */

/** Who it is, and how it stands with the table. */
const uint8_t *server__address(const struct server *server); /* 16 bytes */
bool server__recursive(const struct server *server);	     /* answered a query with RD */
bool server__pinned(const struct server *server);

/**
 * server__series() - The server's closed intervals, oldest first.
 * @ret: room for limits.window pointers, into the server, valid until the next close
 *
 * Return: how many
 */
unsigned server__series(const struct server *server, const struct interval **ret);

/** server__last_closed() - The interval closed last, valid until the next close; NULL: none yet. */
const struct interval *server__last_closed(const struct server *server);

/** server__totals() - Sums since the server was entered, the open interval included. */
void server__totals(const struct server *server, struct server_totals *ret);

#endif
