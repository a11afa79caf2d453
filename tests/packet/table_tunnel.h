/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words that rows of tunnels are told in, within braces that may say more. */
#ifndef PACKET_TABLE_TUNNEL_H
#define PACKET_TABLE_TUNNEL_H

#include "table.h"

#define IP4(number)	   .kind = PACKET_IP4, .hop = number
#define IP6(number)	   .kind = PACKET_IP6, .hop = number
#define TO_PORT		   .kind = PACKET_UDP /* of the tunnel that follows */
#define ETHERNET	   .kind = PACKET_ETHERNET
#define VXLAN(vni)	   .kind = PACKET_VXLAN, .id = vni
#define GENEVE(vni)	   .kind = PACKET_GENEVE, .id = vni
#define GTP(teid)	   .kind = PACKET_GTP, .id = teid
#define GRE		   .kind = PACKET_GRE
#define ERSPAN1		   .kind = PACKET_GRE, .type = 0x88be
#define ERSPAN2(sess)	   .kind = PACKET_ERSPAN2, .id = sess
#define ERSPAN3(sess)	   .kind = PACKET_ERSPAN3, .id = sess
#define ICMP(type, code_)  .kind = PACKET_ICMP, .id = (type) << 8 | (code_)
#define ICMP6(type, code_) .kind = PACKET_ICMP6, .id = (type) << 8 | (code_)
#define MPLS(label)	   .kind = PACKET_MPLS, .id = label
#define PSEUDOWIRE	   .kind = PACKET_CONTROL
#define PPPOE(sess)	   .kind = PACKET_PPPOE, .id = sess

/* The packet inside: a query of 29 bytes */
#define QUERY4 .version = 4, PACKET_UP, .messages = {29}
#define QUERY6 .version = 6, PACKET_UP, .messages = {29}

/* That query, as it came through a tunnel */
#define THROUGH(ip, tunnel_, id, ...)                                                              \
	.event = {PACKET_SENT(ip, 17), .bytes = 29, .tunnel = ODD_TUNNEL_##tunnel_,                \
		  .tunnel_id = id, ##__VA_ARGS__},                                                 \
	.server = PACKET_SERVER##ip, .rcode = QUERY

#define TAGS(...) .tags = {__VA_ARGS__}

#endif
