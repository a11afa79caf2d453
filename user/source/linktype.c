// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Link types, one row each: how long the header is and where it tells what
 * follows. The made header differs from a real one in its addresses only,
 * which nothing here reads.
 */
#include "linktype.h"

#include "engine.h"

#include <linux/if_ether.h>
#include <pcap/dlt.h>
#include <stddef.h>
#include <string.h>

/* EtherType of what follows the link header, 0 when it is not IP. */
typedef uint16_t (*protocol_fn)(const uint8_t *frame);

struct linktype {
	int dlt;
	uint32_t header_bytes; /* cut off */
	uint32_t needed_bytes; /* that must be there to read the protocol */
	protocol_fn protocol;  /* NULL: is Ethernet already */
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

/* Raw IP is 101 in files; libpcap gives 12 for it, on OpenBSD 14. */
#define DLT_RAW_OPENBSD 14
#define LINKTYPE_RAW	101

static const struct linktype linktypes[] = {
	{DLT_EN10MB, 0, ETH_HLEN, NULL},	 {DLT_LINUX_SLL, 16, 16, sll_protocol},
	{DLT_LINUX_SLL2, 20, 20, sll2_protocol}, {DLT_RAW, 0, 1, raw_protocol},
	{DLT_RAW_OPENBSD, 0, 1, raw_protocol},	 {LINKTYPE_RAW, 0, 1, raw_protocol},
	{DLT_IPV4, 0, 1, raw_protocol},		 {DLT_IPV6, 0, 1, raw_protocol},
	{DLT_NULL, 4, 4, null_protocol},	 {DLT_LOOP, 4, 4, null_protocol},
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
	return "Ethernet, Linux cooked v1 and v2, raw IP, null and loopback";
}

uint32_t linktype_to_ethernet(int dlt, const uint8_t *frame, uint32_t length, uint8_t *buf,
			      const uint8_t **ret_frame)
{
	const struct linktype *type = find(dlt);
	uint32_t payload_bytes;
	uint16_t protocol;

	if (!type || length < type->needed_bytes)
		return 0;
	if (!type->protocol) {
		if (length > ENGINE_FRAME_MAX)
			return 0;
		*ret_frame = frame;
		return length;
	}
	protocol = type->protocol(frame);
	payload_bytes = length - type->header_bytes;
	if (!protocol || payload_bytes > ENGINE_FRAME_MAX - ETH_HLEN)
		return 0;
	memset(buf, 0, 2 * ETH_ALEN);
	buf[12] = (uint8_t)(protocol >> 8);
	buf[13] = (uint8_t)protocol;
	memcpy(buf + ETH_HLEN, frame + type->header_bytes, payload_bytes);
	*ret_frame = buf;
	return ETH_HLEN + payload_bytes;
}
