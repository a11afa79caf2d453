/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of servers, as `oddns servers` and the report show it. */
#ifndef CMD_SERVERS_TABLE_H
#define CMD_SERVERS_TABLE_H

#include "sink/state_data.h"
#include "ui/document.h"

/* "+9223372037 s, +18446744073709551616 %" and its NUL */
#define SERVERS_DISTANCE_MAX 64

/**
 * servers_distance_text() - How far a latency is from the baseline: "+12.3 ms, +45 %".
 * @baseline_ns: 0: there is no share of it
 * @buf: SERVERS_DISTANCE_MAX bytes
 *
 * Return: @buf
 */
const char *servers_distance_text(uint64_t median_ns, uint64_t baseline_ns, char *buf);

/** servers_table__begin() - Begin the table. CSV has numbers without units, and more of them. */
void servers_table__begin(struct document *document, bool csv, const char *caption);

/** servers_table__row() - A server. */
void servers_table__row(struct document *document, bool csv, const struct state_server *server);

#endif
