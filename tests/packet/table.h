/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What each kind of packet must become. One table for the native parser and for
 * the programs at each hook; the expected values are written by hand from the
 * RFCs, for ports 53, 5353 and 60001..60014.
 */
#ifndef PACKET_TABLE_H
#define PACKET_TABLE_H

#include "build.h"

#include <oddns/abi.h>

#include <stddef.h>

/* row.fate besides an enum odd_drop: no trace in events and counters */
#define PACKET_OTHER (-1)

struct packet_event {
	const char *src; /* in IPv6 notation */
	const char *dst;
	uint16_t src_port;
	uint16_t dst_port;
	uint16_t vlan[ODD_VLANS_MAX];
	uint8_t protocol;
	/* of each message, bytes up to the first 0 */
	uint16_t bytes[ODD_TCP_MESSAGES_MAX];
	uint16_t there[ODD_TCP_MESSAGES_MAX]; /* in the frame, 0: all; snaplen comes on top */
	uint8_t flags[ODD_TCP_MESSAGES_MAX];
};

struct packet_row {
	const char *name;
	struct packet packet;
	int fate; /* ODD_DROP_NONE: events */
	struct packet_event event;
	const char *server; /* key of server_rcode */
	enum odd_rcode rcode;
};

struct packet_table {
	const struct packet_row *rows;
	size_t count;
};

/* Link and IP, UDP, TCP. */
#define PACKET_TABLES 3
extern const struct packet_table packet_ip_table;
extern const struct packet_table packet_udp_table;
extern const struct packet_table packet_tcp_table;

/** packet_table() - The n-th of them. */
const struct packet_table *packet_table(size_t n);

/** packet_ports() - The ports that the table is written for. */
const struct odd_ports *packet_ports(void);

/* The two ends, and what a query and its response look like between them. */
#define PACKET_CLIENT4 "::ffff:192.0.2.1"
#define PACKET_SERVER4 "::ffff:198.51.100.53"
#define PACKET_CLIENT6 "2001:db8::1"
#define PACKET_SERVER6 "2001:db8:53::53"

#define PACKET_UP   .src_port = 40000, .dst_port = 53
#define PACKET_DOWN .from_server = true, .response = true, .src_port = 53, .dst_port = 40000

#define PACKET_SENT(ip, l4)                                                                        \
	.src = PACKET_CLIENT##ip, .dst = PACKET_SERVER##ip, .src_port = 40000, .dst_port = 53,     \
	.protocol = l4
#define PACKET_CAME(ip, l4)                                                                        \
	.src = PACKET_SERVER##ip, .dst = PACKET_CLIENT##ip, .src_port = 53, .dst_port = 40000,     \
	.protocol = l4

#endif
