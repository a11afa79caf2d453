/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The contract between the kernel programs and the daemon: events, map keys
 * and values, reasons, limits. Both sides compile this file; a change of
 * layout or meaning raises ODD_ABI_VERSION.
 *
 * Numbers are in host byte order unless a name ends in _be. Addresses are 16
 * bytes in network order, IPv4 mapped into IPv6 (RFC 4291 section 2.5.5.2).
 */
#ifndef ODDNS_ABI_H
#define ODDNS_ABI_H

#ifdef __bpf__
#include "vmlinux.h"
#else
#include <linux/types.h>
#endif

#define ODD_ABI_VERSION 1

/* DNS ports that can be watched at once: 53, 5353, 5355, 853 and some private ones. */
#define ODD_PORTS_MAX 16
/* Two tags are in daily use (802.1ad: S-VID, C-VID), four leave room for a mirror's own. */
#define ODD_VLANS_MAX 4
/* RFC 8200 section 4.1 names seven headers, each once but destination options (twice). */
#define ODD_IP6_EXT_MAX 8
/* Pipelined queries that one segment may hold; a query takes at least 2 + 17 bytes. */
#define ODD_TCP_MESSAGES_MAX 16
/* Bytes of a message that may travel to user space: the largest EDNS size in use (RFC 9715). */
#define ODD_SNAPLEN_MAX 4096
/* The RCODE of the DNS header has 4 bits (RFC 1035 section 4.1.1). */
#define ODD_HEADER_RCODES 16

/*
 * Second half of a server_rcode key: RCODE of a response, or QUERY.
 * Named as IANA's registry names them, because bpftool prints these names.
 */
enum odd_rcode {
	NOERROR,
	FORMERR,
	SERVFAIL,
	NXDOMAIN,
	NOTIMP,
	REFUSED,
	YXDOMAIN,
	YXRRSET,
	NXRRSET,
	NOTAUTH,
	NOTZONE,
	DSOTYPENI,
	RCODE12,
	RCODE13,
	RCODE14,
	RCODE15,
	QUERY,
	ODD_RCODE_COUNT,
};

/* Where a packet was seen. */
enum odd_hook {
	ODD_HOOK_XDP,
	ODD_HOOK_TC_INGRESS,
	ODD_HOOK_TC_EGRESS,
	ODD_HOOK_COUNT,
};

/*
 * Why a packet, or a part of it, gave no event. Three kinds, in this order:
 * the port was never reached; the packet was on a DNS port but holds no
 * message that can be read; the message was read but the event was lost.
 */
enum odd_drop {
	ODD_DROP_NONE, /* so that 0 can mean "go on" in the walk; never counted */
	/* not known to be DNS */
	ODD_DROP_LINK_SHORT, /* Ethernet or VLAN header cut */
	ODD_DROP_VLAN_DEPTH, /* more than ODD_VLANS_MAX tags */
	ODD_DROP_IP_HEADER,  /* IP header cut, or a length that cannot be (RFC 791 section 3.1) */
	ODD_DROP_IP6_EXT_DEPTH, /* more than ODD_IP6_EXT_MAX extension headers */
	ODD_DROP_FRAGMENT,	/* a later fragment of UDP or TCP: has no ports */
	ODD_DROP_L4_SHORT,	/* UDP or TCP header cut */
	ODD_DROP_TCP_CONTROL,	/* DNS port, but a TCP segment without payload */
	/* on a DNS port, unparsable */
	ODD_DROP_UDP_LENGTH, /* UDP length below 8 or beyond the IP payload (RFC 768) */
	ODD_DROP_TCP_HEADER, /* TCP data offset cut or below 20 bytes (RFC 9293 section 3.1) */
	ODD_DROP_DNS_SHORT,  /* fewer than the 12 bytes of a DNS header */
	ODD_DROP_TCP_STREAM, /* segment that does not hold whole messages */
	ODD_DROP_TCP_DEPTH,  /* whole messages, but more than ODD_TCP_MESSAGES_MAX */
	/* on a DNS port, lost */
	ODD_DROP_RING_FULL,   /* the daemon reads too slowly; counted in server_rcode */
	ODD_DROP_COPY_FAILED, /* the kernel refused to copy the bytes; not in server_rcode */
	/* not a lost packet: server_rcode had no room, counted in overflow_rcode */
	ODD_DROP_SERVER_RCODE_FULL,
	ODD_DROP_COUNT,
};

#define ODD_DROP_FIRST		  ODD_DROP_LINK_SHORT
#define ODD_DROP_FIRST_UNPARSABLE ODD_DROP_UDP_LENGTH
#define ODD_DROP_FIRST_LOST	  ODD_DROP_RING_FULL

/* The DNS ports that are watched. */
struct odd_ports {
	__u16 port[ODD_PORTS_MAX];
	__u32 count; /* 1..ODD_PORTS_MAX */
};

/* struct odd_event.flags */
#define ODD_EVENT_FRAGMENT 0x01 /* first fragment: the message goes on in later ones */
#define ODD_EVENT_CUT	   0x02 /* the frame ends before the message does */
#define ODD_EVENT_FOLLOWS  0x04 /* not the first message of its TCP segment */

#define ODD_NO_UID 0xffffffffU

/*
 * One DNS message seen on the wire, in the ring buffer; payload follows.
 * time_ns counts from 1970 in UTC; its pace is that of CLOCK_MONOTONIC.
 * cgroup_id, uid, pid and comm are the sender's, on egress only, else 0,
 * ODD_NO_UID, 0 and "". vlan holds tags' VIDs, outermost first, 0 for none.
 */
struct odd_event {
	__u64 time_ns;
	__u64 cgroup_id;
	__u8 src[16];
	__u8 dst[16];
	__u32 ifindex;
	__u32 uid;
	__u32 pid;
	char comm[16];
	__u16 src_port;
	__u16 dst_port;
	__u16 vlan[ODD_VLANS_MAX];
	__u16 message_bytes;  /* length of the DNS message as its UDP or TCP length says */
	__u16 captured_bytes; /* of which this many are in payload */
	__u8 protocol;	      /* IPPROTO_UDP or IPPROTO_TCP */
	__u8 hook;	      /* enum odd_hook */
	__u8 flags;	      /* ODD_EVENT_* */
	__u8 pad;
	__u8 payload[];
};

/* Key of server_rcode. The server is the sender of a response, the receiver of a query. */
struct odd_server_key {
	__u8 server[16];
	enum odd_rcode rcode;
};

/* Value of server_rcode, per CPU. */
struct odd_server_count {
	__u64 packets; /* messages: one UDP datagram, or one of those in a TCP segment */
	__u64 bytes;   /* of DNS message */
};

_Static_assert(sizeof(struct odd_event) == 96, "odd_event: no hidden padding");
_Static_assert(sizeof(struct odd_server_key) == 20, "odd_server_key: hashed as bytes");
_Static_assert(sizeof(struct odd_server_count) == 16, "odd_server_count: per-CPU slots of 8");
_Static_assert((int)QUERY == ODD_HEADER_RCODES, "QUERY follows the 16 RCODEs of the header");

#endif
