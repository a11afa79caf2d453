// SPDX-License-Identifier: GPL-2.0-or-later
/* The tables together, and the ports that they are written for. */
#include "table.h"

const struct packet_table *packet_table(size_t n)
{
	static const struct packet_table *const tables[PACKET_TABLES] = {
		&packet_ip_table,	&packet_udp_table,     &packet_tcp_table,
		&packet_fragment_table, &packet_overlay_table, &packet_gre_table,
		&packet_label_table,	&packet_icmp_table};

	return tables[n];
}

const struct odd_ports *packet_ports(void)
{
	static const struct odd_ports ports = {
		.port = {53, 5353, 60001, 60002, 60003, 60004, 60005, 60006, 60007, 60008, 60009,
			 60010, 60011, 60012, 60013, 60014},
		.count = 16,
	};

	return &ports;
}

void packet_table_each(void (*call)(void *context, const struct packet_row *row), void *context)
{
	for (size_t t = 0; t < PACKET_TABLES; t++)
		for (size_t i = 0; i < packet_table(t)->count; i++)
			call(context, &packet_table(t)->rows[i]);
}
