/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The frames on which the kernel programs are measured. */
#ifndef BENCH_FRAMES_H
#define BENCH_FRAMES_H

#include "traffic.h"

#define FRAMES_VXLAN 50 /* bytes around a frame: Ethernet, IPv4, UDP, VXLAN */

struct frame {
	unsigned bytes;
	uint8_t at[TRAFFIC_FRAME_MAX + FRAMES_VXLAN];
};

struct frames {
	struct frame query, response; /* UDP */
	struct frame tcp;	      /* a segment with that query */
	struct frame first, later;    /* the fragments of a response, the first of full length */
	struct frame vxlan;	      /* that query, mirrored */
	struct frame large;	      /* a response of 1 232 bytes */
	/* no DNS: a full segment of a web server, tagged, mirrored; QUIC */
	struct frame other, other_vlan, other_vxlan, other_udp;
	struct frame icmp, echo; /* an error that quotes that query; another ICMP */
	/* a full segment to a web server, its SYN, a SYN to port 853 */
	struct frame https, https_syn, encrypted;
};

void frames_make(struct frames *ret);

#endif
