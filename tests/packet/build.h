/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Frames, built field by field. What is not set is right: lengths, data
 * offset, chain of next headers. What is set goes onto the wire as it is, right
 * or wrong. Checksums are 0: nothing under test reads them.
 */
#ifndef PACKET_BUILD_H
#define PACKET_BUILD_H

#include <stdbool.h>
#include <stdint.h>

/* The largest IPv4 packet, Ethernet and five tags. */
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

/* Addresses: 192.0.2.1 or 2001:db8::1 is the client, 198.51.100.HOST or 2001:db8:53::HOST the
 * server. */
struct packet {
	struct packet_tag tags[PACKET_TAGS_MAX]; /* up to the first of type 0 */
	uint16_t ethertype;			 /* 0: of the IP version */

	uint8_t version; /* 4 or 6 */
	uint8_t nibble;	 /* first four bits, 0: version */
	uint8_t options; /* bytes of IPv4 options, multiple of 4 */
	uint8_t ihl;	 /* 0: right */
	int total;	 /* IPv4 total length or IPv6 payload length, 0: right */
	uint16_t fragment;
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

	/* the payload, as built from these */
	uint16_t messages[PACKET_MESSAGES_MAX]; /* bytes of each, up to the first 0 */
	bool response;
	uint8_t rcode;
	int prefix;	      /* of the last message over TCP, 0: right */
	unsigned garbage;     /* bytes that follow the messages */
	int payload_bytes;    /* cut to so many before lengths are computed, 0: not */
	unsigned padded_to;   /* Ethernet padding, no zeros */
	unsigned frame_bytes; /* cut to so many after all, 0: not */
};

/**
 * packet_build() - Write a frame.
 * @frame: PACKET_FRAME_MAX bytes
 *
 * Return: its length
 */
unsigned packet_build(const struct packet *packet, uint8_t *frame);

#endif
