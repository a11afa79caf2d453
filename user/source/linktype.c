// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Link types, one row each: how long the header is and where it tells what
 * follows. The made header differs from a real one in its addresses only,
 * which nothing here reads.
 *
 * ARCNET has a second header behind the first, of a length that it tells itself.
 */
#include "linktype.h"

#include "engine.h"

#include <linux/if_ether.h>
#include <pcap/dlt.h>
#include <stddef.h>
#include <string.h>

/* EtherType of what follows the link header, 0 when it is not IP. */
typedef uint16_t (*protocol_fn)(const uint8_t *frame);

/* Bytes between the link header and IP, more than @left when there is no start of an IP packet. */
typedef uint32_t (*second_fn)(const uint8_t *behind, uint32_t left);

struct linktype {
	int dlt;
	uint32_t header_bytes; /* cut off */
	uint32_t needed_bytes; /* that must be there to read the protocol */
	protocol_fn protocol;  /* NULL: is Ethernet already */
	second_fn second;      /* NULL: IP follows the link header */
};

static uint16_t read_be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static uint16_t carried(uint16_t ethertype)
{
	switch (ethertype) {
	case ETH_P_IP:
	case ETH_P_IPV6:
	case ETH_P_8021Q:
	case ETH_P_8021AD:
	case ETH_P_QINQ1:
		return ethertype;
	default:
		return 0;
	}
}

/* Linux cooked v1: packet type, ARPHRD_, address length, address (8), protocol. */
static uint16_t sll_protocol(const uint8_t *frame)
{
	return carried(read_be16(frame + 14));
}

/* Linux cooked v2 starts with the protocol; reserved, ifindex, ARPHRD_ and address follow. */
static uint16_t sll2_protocol(const uint8_t *frame)
{
	return carried(read_be16(frame));
}

/* RFC 791 section 3.1, RFC 8200 section 3: the version is in the first four bits. */
static uint16_t raw_protocol(const uint8_t *frame)
{
	switch (frame[0] >> 4) {
	case 4:
		return ETH_P_IP;
	case 6:
		return ETH_P_IPV6;
	default:
		return 0;
	}
}

/*
 * An address family in the byte order of the capturing host (null) or of the
 * network (loop). All families are below 256, so either order is told by where
 * the one byte is. AF_INET is 2 everywhere; AF_INET6 is 10 on Linux, 24 on
 * NetBSD and OpenBSD, 28 on FreeBSD, 30 on Darwin.
 */
static uint16_t null_protocol(const uint8_t *frame)
{
	if (frame[1] || frame[2] || (frame[0] && frame[3]))
		return 0;
	switch (frame[0] | frame[3]) {
	case 2:
		return ETH_P_IP;
	case 10:
	case 24:
	case 28:
	case 30:
		return ETH_P_IPV6;
	default:
		return 0;
	}
}

/* ARCNET's system codes: RFC 1201 section 3, RFC 2497 section 3, RFC 1051. */
#define ARCNET_IPV4	 212
#define ARCNET_IPV6	 196
#define ARCNET_IPV4_1051 240

static uint16_t arcnet_protocol(uint8_t code)
{
	switch (code) {
	case ARCNET_IPV4:
	case ARCNET_IPV4_1051:
		return ETH_P_IP;
	case ARCNET_IPV6:
		return ETH_P_IPV6;
	default:
		return 0;
	}
}

/* Source, destination, system code. */
static uint16_t arcnet_bsd_protocol(const uint8_t *frame)
{
	return arcnet_protocol(frame[2]);
}

/* Linux has two bytes of offset before the system code. */
static uint16_t arcnet_linux_protocol(const uint8_t *frame)
{
	return arcnet_protocol(frame[4]);
}

#define ARCNET_SOFT_BYTES      3 /* split flag, sequence number (2) */
#define ARCNET_EXCEPTION_BYTES 7 /* flag 255, padding (2), system code, and those three */
#define ARCNET_EXCEPTION       255

/*
 * Behind the system code; RFC 1051 has nothing there. The split flag of fragments is odd
 * in the first and even in the others; 0 means that there is one. Only BSD captures
 * have fragments, of up to 504 bytes: Linux shows them joined. The first is taken
 * for a packet that was cut, which is enough to match its message; the others go.
 */
static uint32_t arcnet_second(const uint8_t *behind, uint32_t left)
{
	uint32_t bytes = ARCNET_SOFT_BYTES;
	uint8_t flag;

	if (behind[-1] == ARCNET_IPV4_1051)
		return 0;
	if (left > 0 && behind[0] == ARCNET_EXCEPTION)
		bytes = ARCNET_EXCEPTION_BYTES;
	if (left < bytes)
		return UINT32_MAX;
	flag = behind[bytes - ARCNET_SOFT_BYTES];
	return flag == 0 || flag % 2 ? bytes : UINT32_MAX;
}

/* Raw IP is 101 in files; libpcap gives 12 for it, on OpenBSD 14. */
#define DLT_RAW_OPENBSD 14
#define LINKTYPE_RAW	101

static const struct linktype linktypes[] = {
	{DLT_EN10MB, 0, ETH_HLEN, NULL, NULL},
	{DLT_LINUX_SLL, 16, 16, sll_protocol, NULL},
	{DLT_LINUX_SLL2, 20, 20, sll2_protocol, NULL},
	{DLT_RAW, 0, 1, raw_protocol, NULL},
	{DLT_RAW_OPENBSD, 0, 1, raw_protocol, NULL},
	{LINKTYPE_RAW, 0, 1, raw_protocol, NULL},
	{DLT_IPV4, 0, 1, raw_protocol, NULL},
	{DLT_IPV6, 0, 1, raw_protocol, NULL},
	{DLT_NULL, 4, 4, null_protocol, NULL},
	{DLT_LOOP, 4, 4, null_protocol, NULL},
	{DLT_ARCNET, 3, 3, arcnet_bsd_protocol, arcnet_second},
	{DLT_ARCNET_LINUX, 5, 5, arcnet_linux_protocol, arcnet_second},
};

static const struct linktype *find(int dlt)
{
	for (size_t i = 0; i < sizeof(linktypes) / sizeof(linktypes[0]); i++)
		if (linktypes[i].dlt == dlt)
			return &linktypes[i];
	return NULL;
}

bool linktype_is_known(int dlt)
{
	return find(dlt) != NULL;
}

const char *linktype_names(void)
{
	return "Ethernet, Linux cooked v1 and v2, raw IP, null, loopback and ARCNET";
}

/* Bytes in front of the IP packet, more than @length when there is none. */
static uint32_t header_bytes(const struct linktype *type, const uint8_t *frame, uint32_t length)
{
	uint32_t bytes = type->header_bytes, second;

	if (!type->second)
		return bytes;
	second = type->second(frame + bytes, length - bytes);
	return second > length - bytes ? UINT32_MAX : bytes + second;
}

static uint32_t put_ethernet(uint16_t protocol, const uint8_t *payload, uint32_t bytes,
			     uint8_t *buf)
{
	if (bytes > ENGINE_FRAME_MAX - ETH_HLEN)
		return 0;
	memset(buf, 0, 2 * ETH_ALEN);
	buf[12] = (uint8_t)(protocol >> 8);
	buf[13] = (uint8_t)protocol;
	memcpy(buf + ETH_HLEN, payload, bytes);
	return ETH_HLEN + bytes;
}

uint32_t linktype_to_ethernet(int dlt, const uint8_t *frame, uint32_t length, uint8_t *buf,
			      const uint8_t **ret_frame)
{
	const struct linktype *type = find(dlt);
	uint16_t protocol;
	uint32_t header;

	if (!type || length < type->needed_bytes)
		return 0;
	if (!type->protocol) {
		if (length > ENGINE_FRAME_MAX)
			return 0;
		*ret_frame = frame;
		return length;
	}
	protocol = type->protocol(frame);
	header = header_bytes(type, frame, length);
	if (!protocol || header > length)
		return 0;
	length = put_ethernet(protocol, frame + header, length - header, buf);
	if (length)
		*ret_frame = buf;
	return length;
}
