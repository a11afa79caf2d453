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
	const char *src; /* in IPv6 notation; NULL: no event */
	const char *dst;
	uint16_t src_port;
	uint16_t dst_port;
	uint16_t vlan[ODD_VLANS_MAX];
	uint8_t protocol;
	uint8_t flags; /* ODD_EVENT_FRAGMENT, _LATER, _MORE, _QUOTED; the others follow from what is
			  below */
	uint8_t tunnel; /* enum odd_tunnel */
	uint32_t tunnel_id;
	const char *outer_src; /* NULL: :: */
	const char *outer_dst;
	uint16_t fragment_offset;
	unsigned bytes; /* of the message over UDP, of the payload of TCP, of a later fragment */
	unsigned here;	/* of the message in a first fragment; 0: no fragment, all */
	unsigned there; /* of it in the frame, 0: all; snaplen comes on top */
};

struct packet_row {
	const char *name;
	struct packet packet;
	const struct packet *before; /* seen before it, by the same program; not checked */
	unsigned before_count;
	int fate; /* ODD_DROP_NONE: the event; ODD_DROP_TCP_CONTROL may have one */
	struct packet_event event;
	const char *server;   /* key of server_rcode, NULL: none; */
	enum odd_rcode rcode; /* SEGMENT: counts one, with the payload's bytes */
	bool any_server;      /* do not look */
};

struct packet_table {
	const struct packet_row *rows;
	size_t count;
};

#define PACKET_TABLES 8
extern const struct packet_table packet_ip_table;
extern const struct packet_table packet_udp_table;
extern const struct packet_table packet_tcp_table;
extern const struct packet_table packet_fragment_table;
extern const struct packet_table packet_overlay_table; /* tunnels over UDP */
extern const struct packet_table packet_gre_table;     /* GRE, ERSPAN, IP in IP */
extern const struct packet_table packet_label_table;   /* MPLS, PPPoE, tunnels in tunnels */
extern const struct packet_table packet_icmp_table;    /* ICMP errors and what they quote */

/** packet_table() - The n-th of them. */
const struct packet_table *packet_table(size_t n);

/**
 * packet_table_each() - Call for each row of all tables.
 */
void packet_table_each(void (*call)(void *context, const struct packet_row *row), void *context);

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

/* The ends of a tunnel whose IP header has this hop. */
#define PACKET_OUTER4(hop) .outer_src = "::ffff:10.1.0." #hop, .outer_dst = "::ffff:10.2.0." #hop
#define PACKET_OUTER6(hop) .outer_src = "2001:db8:1::" #hop, .outer_dst = "2001:db8:2::" #hop

#endif
