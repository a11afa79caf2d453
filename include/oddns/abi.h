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

#define ODD_ABI_VERSION 3

/* DNS ports that can be watched at once: 53, 5353, 5355, 853 and some private ones. */
#define ODD_PORTS_MAX  16
#define ODD_PORT_MDNS  5353 /* RFC 6762 */
#define ODD_PORT_LLMNR 5355 /* RFC 4795 */
/* Two tags are in daily use (802.1ad: S-VID, C-VID), four leave room for a mirror's own. */
#define ODD_VLANS_MAX 4
/* RFC 8200 section 4.1 names seven headers, each once but destination options (twice). */
#define ODD_IP6_EXT_MAX 8
/* Pipelined queries of one segment that are counted by server; a query takes at least 2 + 17. */
#define ODD_TCP_MESSAGES_MAX 16
/* Bytes of a message that may travel to user space: the largest EDNS size in use (RFC 9715). */
#define ODD_SNAPLEN_MAX 4096
/*
 * TCP segments and fragments travel whole, in parts of so many bytes. The kernel hands
 * segments of up to 64 KiB to the hooks (GSO, GRO), which is 16 of them.
 */
#define ODD_PART_BYTES 4096
#define ODD_PARTS_MAX  16
/* Tunnels around tunnels: a mirror's own, the overlay that it mirrors, two for odd networks. */
#define ODD_TUNNELS_MAX 4
/* Headers of one frame that the walk looks at: 4 tags, 4 tunnels of 5 headers, 8 extensions. */
#define ODD_STEPS_MAX 32
/* The RCODE of the DNS header has 4 bits (RFC 1035 section 4.1.1). */
#define ODD_HEADER_RCODES 16

/*
 * Second half of a server_rcode key: RCODE of a response, or QUERY, or SEGMENT: a TCP
 * segment that does not consist of whole messages, so that only the daemon can read it.
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
	SEGMENT,
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
	ODD_DROP_LINK_SHORT, /* Ethernet, VLAN, MPLS or PPPoE header cut */
	ODD_DROP_VLAN_DEPTH, /* more than ODD_VLANS_MAX tags */
	ODD_DROP_IP_HEADER,  /* IP header cut, or a length that cannot be (RFC 791 section 3.1) */
	ODD_DROP_IP6_EXT_DEPTH, /* more than ODD_IP6_EXT_MAX extension headers */
	ODD_DROP_TUNNEL_HEADER, /* header of a tunnel cut */
	ODD_DROP_TUNNEL_DEPTH,	/* more tunnels than the setting allows, or ODD_STEPS_MAX headers */
	ODD_DROP_FRAGMENT,	/* a later fragment of TCP, or behind IPv6 options: has no ports */
	ODD_DROP_L4_SHORT,	/* UDP, TCP or ICMP header cut */
	ODD_DROP_ICMP_SHORT,	/* a DNS port, but an ICMP error quotes no whole DNS header */
	ODD_DROP_TCP_CONTROL,	/* DNS port, but a TCP segment without payload */
	/* on a DNS port, unparsable */
	ODD_DROP_UDP_LENGTH, /* UDP length below 8 or beyond the IP payload (RFC 768) */
	ODD_DROP_TCP_HEADER, /* TCP data offset cut or below 20 bytes (RFC 9293 section 3.1) */
	ODD_DROP_DNS_SHORT,  /* fewer than the 12 bytes of a DNS header */
	/* on a DNS port, lost */
	ODD_DROP_RING_FULL, /* the daemon reads too slowly; counted in server_rcode */
	ODD_DROP_SHED,	    /* given up by the daemon's order, see struct odd_shedding; as above */
	ODD_DROP_COPY_FAILED, /* the kernel refused to copy the bytes; as above */
	/* not a lost packet: server_rcode had no room, counted in overflow_rcode */
	ODD_DROP_SERVER_RCODE_FULL,
	/* not a lost packet: a further part of one, or a TCP SYN, FIN or RST, found no room */
	ODD_DROP_PART_LOST,
	ODD_DROP_COUNT,
};

#define ODD_DROP_FIRST		  ODD_DROP_LINK_SHORT
#define ODD_DROP_FIRST_UNPARSABLE ODD_DROP_UDP_LENGTH
#define ODD_DROP_FIRST_LOST	  ODD_DROP_RING_FULL

/*
 * What a DNS packet was wrapped in. Of tunnels in tunnels the innermost. Those up to
 * ODD_TUNNEL_PPPOE have an id that both directions share and that tells networks apart.
 * The last is no tunnel: it goes with ODD_EVENT_QUOTED, whatever tunnels are around.
 */
enum odd_tunnel {
	ODD_TUNNEL_NONE,
	ODD_TUNNEL_VXLAN,  /* RFC 7348, id: VNI */
	ODD_TUNNEL_GENEVE, /* RFC 8926, id: VNI */
	ODD_TUNNEL_GRE,	   /* RFC 2784, RFC 2890, id: key or 0 */
	ODD_TUNNEL_PPPOE,  /* RFC 2516, id: session */
	ODD_TUNNEL_ERSPAN, /* draft-foschiano-erspan-03, id: session */
	ODD_TUNNEL_GTP,	   /* 3GPP TS 29.281, id: TEID, another one for each direction */
	ODD_TUNNEL_MPLS,   /* RFC 3032, id: label at the bottom, another one for each direction */
	ODD_TUNNEL_IP,	   /* IP in IP, 6in4: RFC 2003, RFC 2473, RFC 4213; id: 0 */
	ODD_TUNNEL_ICMP,   /* RFC 792, RFC 4443, id: type << 8 | code */
	ODD_TUNNEL_COUNT,
};

/* The ports that are watched. */
struct odd_ports {
	__u16 port[ODD_PORTS_MAX]; /* of DNS that can be read */
	__u32 count;		   /* 1..ODD_PORTS_MAX */
	__u32 encrypted;	   /* 1: connections to 853 and 443, too; where not of these */
};

/*
 * What the daemon gives up when it falls behind, set in the programs' memory. Packets of
 * an exchange have one hash, whatever their direction, so what remains is whole exchanges.
 */
struct odd_shedding {
	__u32 snaplen; /* of messages over UDP, 12..ODD_SNAPLEN_MAX */
	__u32 mask;    /* an exchange goes when its hash has one of these bits; 0: none goes */
	__u64 seed;    /* of that hash, so that nobody can choose what goes */
	__u32 later;   /* 1: later fragments and later parts of segments go, too: payload */
	__u32 pad;
};

/* struct odd_event.flags */
#define ODD_EVENT_FRAGMENT                                                                         \
	0x01		       /* part of a datagram that IP has split; the first has the ports    \
				*/
#define ODD_EVENT_CUT	  0x02 /* the frame ends before the message does */
#define ODD_EVENT_FOLLOWS 0x04 /* not the first event of its packet */
#define ODD_EVENT_LATER	  0x08 /* a fragment that is not the first: fragment_offset, no ports */
#define ODD_EVENT_MORE	  0x10 /* of a fragment: others follow behind it */
#define ODD_EVENT_QUOTED  0x20 /* an ICMP error quotes it: a query that did not arrive */

/* struct odd_event.tcp_flags, as they lie in the header (RFC 9293 section 3.1) */
#define ODD_TCP_FIN 0x01
#define ODD_TCP_SYN 0x02
#define ODD_TCP_RST 0x04
#define ODD_TCP_ACK 0x10

#define ODD_NO_UID 0xffffffffU

/*
 * What was seen on the wire, in the ring buffer; payload follows. One of:
 *
 * - a DNS message over UDP;
 * - TCP payload on a DNS port, whole, in parts of ODD_PART_BYTES, and SYN, FIN and RST
 *   without payload (message_bytes 0);
 * - a fragment of a datagram that may be DNS, whole, in such parts too. The payload of the
 *   first begins behind the UDP header, that of a later one at its fragment_offset;
 * - a DNS query over UDP, or the beginning of it, that an ICMP error quotes: ODD_EVENT_QUOTED.
 *   Addresses, ports and message_bytes are those of the query; outer_src and outer_dst tell who
 *   sent the error to whom, tunnel_id which. No server_rcode counts it.
 *
 * time_ns counts from 1970 in UTC; its pace is that of CLOCK_MONOTONIC.
 * cgroup_id, uid, pid and comm are the sender's, on egress only, else 0,
 * ODD_NO_UID, 0 and "". A packet that came through a tunnel has the tunnel's
 * ends in their place (:: when it has none). vlan holds tags' VIDs, outermost
 * first, 0 for none, of the innermost frame that has any.
 */
struct odd_event {
	__u64 time_ns;
	union {
		struct { /* tunnel == ODD_TUNNEL_NONE */
			__u64 cgroup_id;
			__u32 uid;
			__u32 pid;
			char comm[16];
		};
		struct { /* else */
			__u8 outer_src[16];
			__u8 outer_dst[16];
		};
	};
	__u8 src[16];
	__u8 dst[16];
	__u32 ifindex;
	__u32 tunnel_id;
	union {
		__u32 sequence;	      /* TCP: of the first byte of payload; a SYN's is one before */
		__u32 identification; /* of a fragment (RFC 791, RFC 8200 section 4.5) */
	};
	union {
		struct {
			__u16 src_port;
			__u16 dst_port;
		};
		struct {		       /* ODD_EVENT_LATER */
			__u16 fragment_offset; /* from the UDP header on, units of 8 bytes */
			__u16 no_port;	       /* 0 */
		};
	};
	__u16 vlan[ODD_VLANS_MAX];
	/*
	 * Length as headers say: of the DNS message as UDP's length says, of a first fragment
	 * too; of this part of a later fragment or of a TCP segment
	 */
	__u16 message_bytes;
	__u16 captured_bytes; /* of which this many are in payload */
	__u8 protocol;	      /* IPPROTO_UDP or IPPROTO_TCP */
	__u8 flags;	      /* ODD_EVENT_* */
	__u8 tcp_flags;	      /* ODD_TCP_* and others; 0 for UDP */
	__u8 hook : 4;	      /* enum odd_hook */
	__u8 tunnel : 4;      /* enum odd_tunnel */
	__u8 payload[];
};

/* Key of server_rcode. The server is the sender of a response, the receiver of a query. */
struct odd_server_key {
	__u8 server[16];
	enum odd_rcode rcode;
};

/* Second half of a key of encrypted: how a connection carries DNS. Named as above. */
enum odd_encrypted {
	DOT,  /* TLS to port 853, RFC 7858 */
	DOQ,  /* QUIC to port 853, RFC 9250 */
	DOH,  /* TCP to port 443 of a known resolver, RFC 8484 */
	DOH3, /* QUIC to port 443 of a known resolver, RFC 9114 */
	ODD_ENCRYPTED_COUNT,
};

/*
 * Key of encrypted; its value, per CPU, is a number of connections. Server :: has those for whose
 * server there was no room.
 */
struct odd_encrypted_key {
	__u8 server[16];
	enum odd_encrypted kind;
};

/* Addresses whose port 443 is taken for DNS: the well-known ones are 167, and half as many. */
#define ODD_RESOLVERS_MAX 256
/*
 * Servers and kinds told apart: each resolver by TCP and QUIC, as many on 853, and those for which
 * there is no room.
 */
#define ODD_ENCRYPTED_KEYS_MAX (4 * ODD_RESOLVERS_MAX + ODD_ENCRYPTED_COUNT)

/* Value of server_rcode, per CPU. */
struct odd_server_count {
	__u64 packets; /* messages: UDP datagrams, those in TCP segments; SEGMENT: segments */
	__u64 bytes;   /* of DNS message; SEGMENT: of payload */
};

_Static_assert(sizeof(struct odd_event) == 104, "odd_event: no hidden padding");
_Static_assert(sizeof(struct odd_server_key) == 20, "odd_server_key: hashed as bytes");
_Static_assert(sizeof(struct odd_encrypted_key) == 20, "odd_encrypted_key: hashed as bytes");
_Static_assert(sizeof(struct odd_server_count) == 16, "odd_server_count: per-CPU slots of 8");
_Static_assert(ODD_TUNNEL_COUNT <= 16 && ODD_HOOK_COUNT <= 16, "odd_event: they have 4 bits");
_Static_assert(ODD_TUNNEL_ICMP + 1 == ODD_TUNNEL_COUNT, "ODD_TUNNEL_ICMP is no tunnel: the last");
_Static_assert(ODD_DROP_ICMP_SHORT < ODD_DROP_FIRST_UNPARSABLE, "an ICMP error is no DNS packet");
_Static_assert((int)QUERY == ODD_HEADER_RCODES, "QUERY follows the 16 RCODEs of the header");

#endif
