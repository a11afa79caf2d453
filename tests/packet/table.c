// SPDX-License-Identifier: GPL-2.0-or-later
/* The tables together, and the ports that they are written for. */
#include "table.h"

const struct packet_table *packet_table(size_t n)
{
	static const struct packet_table *const tables[PACKET_TABLES] = {
		&packet_ip_table, &packet_udp_table, &packet_tcp_table};

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
