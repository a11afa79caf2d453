/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DNS that cannot be read, as far as the walk tells it: the first packet of a
 * connection to port 853 (DNS over TLS, RFC 7858; over QUIC, RFC 9250) or to 443
 * (HTTPS, where the address must say whether it is DNS: RFC 8484 and HTTP/3).
 *
 * A connection over TCP is opened by a SYN without ACK, and by nothing else; one
 * over QUIC by an Initial packet, whose type stands in the first byte. So a packet
 * on these ports is known for what it is by at most five bytes, and all but the
 * first of a connection are let go by one.
 */
#ifndef ODDNS_ENCRYPTED_H
#define ODDNS_ENCRYPTED_H

#include "layers.h"

#define ODD_PORT_TLS   853 /* and QUIC */
#define ODD_PORT_HTTPS 443

/* Of UDP or TCP, from its start: up to TCP's flags, up to the version of QUIC. */
#define ODD_OPENING_BYTES 16

#define ODD_QUIC_V2 0x6b3343cfU /* RFC 9369 section 3.1 */

/*
 * A connection that was counted. Its TCP sequence number is in it, so that a port used anew is a
 * connection anew, and a SYN sent again is not; QUIC has nothing such that all its Initials share.
 * The tunnel is not: a packet that is seen plain and wrapped is one.
 */
struct odd_connection {
	__u8 src[16];
	__u8 dst[16];
	__u32 sequence; /* of TCP; 0 */
	__u16 src_port;
	__u16 dst_port;
	__u32 protocol; /* IPPROTO_TCP or IPPROTO_UDP */
};

_Static_assert(sizeof(struct odd_connection) == 44, "odd_connection: hashed as bytes");

/* Port 443 or 853? Both are 205 from 648, so it is one comparison. */
static __always_inline int odd_is_encrypted_port(__u16 port)
{
	__u32 distance = (__u32)port - 648;

	return distance * distance == 205 * 205; /* below 2^32 for each port, so exact */
}

/*
 * Can this packet begin a connection? SYN alone: what has ACK, too, is the answer, and with RST or
 * FIN it opens nothing (RFC 9293 section 3.10.7.2). A long header of one of two types of QUIC,
 * which of them odd_connection_fill() tells: so much is asked of each packet to these ports.
 * @l4: ODD_OPENING_BYTES from the header of UDP or TCP on
 */
static __always_inline int odd_is_opening(const __u8 *l4, __u8 protocol)
{
	if (protocol == ODD_IPPROTO_TCP)
		return (l4[13] & (ODD_TCP_FIN | ODD_TCP_SYN | ODD_TCP_RST | ODD_TCP_ACK)) ==
		       ODD_TCP_SYN;
	return (l4[8] & 0xe0) == 0xc0;
}

/*
 * A long header of type Initial, which is 0 in version 1 and those like it (RFC 9000 section
 * 17.2.2), 1 in version 2 (RFC 9369 section 3.2). Version 0 is a negotiation, and a server's.
 */
static __always_inline int odd_is_initial(const __u8 *udp)
{
	__u32 version = odd_read32(udp + 8) << 8 | udp[12];
	__u8 type = version == ODD_QUIC_V2 ? 0xd0 : 0xc0;

	return version && (udp[8] & 0xf0) == type && odd_read16(udp + 4) >= ODD_OPENING_BYTES;
}

/*
 * What of a connection stands in the header of UDP or TCP. @l4: of a packet that can begin one
 * Return: 0 when it does not
 */
static __always_inline int odd_connection_fill(struct odd_connection *connection, const __u8 *l4,
					       __u8 protocol)
{
	if (protocol != ODD_IPPROTO_TCP && !odd_is_initial(l4))
		return 0;
	connection->src_port = odd_read16(l4);
	connection->dst_port = odd_read16(l4 + 2);
	connection->sequence = protocol == ODD_IPPROTO_TCP ? odd_read32(l4 + 4) : 0;
	connection->protocol = protocol;
	return 1;
}

/* How it is counted, if its server is one of DNS: on 443 that is for the list to say. */
static __always_inline enum odd_encrypted odd_encrypted_kind(const struct odd_connection *c)
{
	if (c->protocol == ODD_IPPROTO_TCP)
		return c->dst_port == ODD_PORT_TLS ? DOT : DOH;
	return c->dst_port == ODD_PORT_TLS ? DOQ : DOH3;
}

#endif
