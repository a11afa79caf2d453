/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Frames, built field by field. What is not set is right: lengths, data
 * offset, chain of next headers. What is set goes onto the wire as it is, right
 * or wrong. Checksums are 0: nothing under test reads them.
 *
 * A frame is Ethernet with its tags, then the headers of the tunnels around the
 * packet from outside in (struct packet_layer), then the packet: IP, UDP or
 * TCP, messages.
 */
#ifndef PACKET_BUILD_H
#define PACKET_BUILD_H

#include <stdbool.h>
#include <stdint.h>

/* The largest IPv4 packet, Ethernet and five tags; not larger than what engines take. */
#define PACKET_FRAME_MAX (65535 + 14 + 5 * 4)
#define PACKET_TAGS_MAX	 5
#define PACKET_EXTS_MAX	 9
/* One more than the walk follows. */
#define PACKET_MESSAGES_MAX 17
/* For fields where 0 means "right". */
#define PACKET_ZERO (-1)

/* The one question that all messages ask makes a query this long: example.com A IN. */
#define PACKET_QUERY_BYTES 29
/* DNS id of the first message; the next ones count up. */
#define PACKET_FIRST_ID 0x1234
/* Of all IP packets that do not say another. */
#define PACKET_IDENTIFICATION 0x4711

struct packet_tag {
	uint16_t type; /* 0x8100, 0x88a8, 0x9100 */
	uint16_t tci;  /* priority, VID */
};

/* An IPv6 extension header. */
struct packet_ext {
	uint8_t kind;	   /* IANA protocol number */
	uint16_t bytes;	   /* whole header, 0: 8 */
	uint16_t fragment; /* RFC 8200 section 4.5: offset in units of 8 << 3 | M */
};

enum packet_kind {
	PACKET_NONE, /* ends the list of layers */
	PACKET_ETHERNET,
	PACKET_CONTROL, /* word of a pseudowire, between MPLS and Ethernet (RFC 4448 section 4.6) */
	PACKET_IP4,
	PACKET_IP6,
	PACKET_UDP,
	PACKET_TCP, /* the packet's own only, as PACKET_OTHER_L4 */
	PACKET_OTHER_L4,
	PACKET_ICMP, /* behind it the packet that it quotes */
	PACKET_ICMP6,
	PACKET_VXLAN,
	PACKET_GENEVE,
	PACKET_GTP,
	PACKET_GRE,	/* and ERSPAN I: type 0x88be, then Ethernet */
	PACKET_ERSPAN2, /* behind GRE, which needs PACKET_GRE_S */
	PACKET_ERSPAN3,
	PACKET_MPLS, /* one label */
	PACKET_PPPOE,
};

/* struct packet_layer.flags */
#define PACKET_GRE_C	0x80 /* checksum */
#define PACKET_GRE_K	0x20 /* key */
#define PACKET_GRE_S	0x10 /* sequence number */
#define PACKET_ERSPAN_O 0x01 /* platform specific subheader */
#define PACKET_GTP_E	0x04 /* extension headers */
#define PACKET_GTP_S	0x02 /* sequence number */
#define PACKET_GTP_PN	0x01 /* N-PDU number */

/* A header of a tunnel. */
struct packet_layer {
	uint8_t kind;  /* enum packet_kind */
	uint8_t hop;   /* IP: 10.1.0.HOP sends to 10.2.0.HOP, 2001:db8:1::HOP to 2001:db8:2::HOP */
	uint8_t flags; /* see above; ICMP: length of what is quoted (RFC 4884 section 4) */
	uint8_t code;  /* GTP: message type, 0: 255; PPPoE: code; GRE: version */
	uint8_t options;	 /* IPv4, GENEVE: bytes, multiple of 4; GTP: extension headers */
	int first;		 /* first byte of the header but Ethernet's and MPLS's, 0: right */
	int length;		 /* of IP, UDP, GTP or PPPoE as it says, 0: right */
	uint16_t type;		 /* what it says to follow, 0: right */
	uint16_t port;		 /* UDP: destination, 0: of what follows */
	uint16_t fragment;	 /* IPv4 */
	uint16_t vlan;		 /* ERSPAN: of the mirrored frame */
	uint32_t identification; /* IP, 0: that of all packets */
	uint32_t id;		 /* VNI, key, session, label, TEID; ICMP: type << 8 | code */
	const struct packet_ext *exts; /* IPv6 */
	unsigned ext_count;
	struct packet_tag tags[PACKET_TAGS_MAX]; /* Ethernet */
};

/* Layers of a row: PACKET_OVER({.kind = PACKET_MPLS, .id = 17}) */
#define PACKET_OVER(...)                                                                           \
	.outer = (const struct packet_layer[])                                                     \
	{                                                                                          \
		__VA_ARGS__,                                                                       \
		{                                                                                  \
			.kind = PACKET_NONE                                                        \
		}                                                                                  \
	}

/* Addresses: 192.0.2.1 or 2001:db8::1 is the client, 198.51.100.HOST or 2001:db8:53::HOST the
 * server. */
struct packet {
	struct packet_tag tags[PACKET_TAGS_MAX]; /* up to the first of type 0 */
	uint16_t ethertype;			 /* 0: of what follows */

	const struct packet_layer *outer; /* NULL: none */

	uint8_t version; /* 4 or 6 */
	uint8_t nibble;	 /* first four bits, 0: version */
	uint8_t options; /* bytes of IPv4 options, multiple of 4 */
	uint8_t ihl;	 /* 0: right */
	int total;	 /* IPv4 total length or IPv6 payload length, 0: right */
	uint16_t fragment;
	uint32_t identification; /* IPv4: low 16 bits; 0: PACKET_IDENTIFICATION */
	struct packet_ext exts[PACKET_EXTS_MAX];
	unsigned ext_count;
	bool from_server; /* addresses swapped */
	uint8_t host;	  /* of the server, 0: 53 */

	uint8_t protocol; /* 0: UDP */
	uint16_t src_port;
	uint16_t dst_port;
	int udp_length;	     /* 0: right */
	uint8_t tcp_options; /* bytes, multiple of 4 */
	uint8_t data_offset; /* in words, 0: right */
	int tcp_flags;	     /* 0: PSH and ACK */
	uint32_t sequence;   /* 0: 1 */

	/* the payload, as built from these */
	uint16_t messages[PACKET_MESSAGES_MAX]; /* bytes of each, up to the first 0 */
	bool response;
	uint8_t rcode;
	int prefix;	     /* of the last message over TCP, 0: right */
	const char *opening; /* what follows the messages, ... */
	unsigned opening_bytes;
	unsigned garbage;     /* ... bytes that follow it */
	int payload_bytes;    /* cut to so many before lengths are computed, 0: not */
	unsigned padded_to;   /* Ethernet padding, no zeros */
	unsigned frame_bytes; /* cut to so many after all, 0: not */

	unsigned wrong; /* this piece's length, counted from 0 as in struct packet_layout, ... */
	int wrong_by;	/* ... says so many more; 0: it does not */
};

/* Ethernet, 24 layers, IP, UDP or TCP. */
#define PACKET_PIECES_MAX 27

/* Where things lie in a frame, offsets from its start. The last two pieces are IP and what
 * follows it. */
struct packet_layout {
	unsigned count;
	struct {
		uint8_t kind; /* enum packet_kind */
		unsigned at;
	} piece[PACKET_PIECES_MAX];
	unsigned payload; /* of UDP or TCP */
	unsigned end;	  /* of it, padding follows */
};

/**
 * packet_build() - Write a frame.
 * @frame: PACKET_FRAME_MAX bytes
 * @ret_layout: NULL: not wanted; of the frame before it was cut to frame_bytes
 *
 * Return: its length
 */
unsigned packet_build(const struct packet *packet, uint8_t *frame,
		      struct packet_layout *ret_layout);

#endif
