// SPDX-License-Identifier: GPL-2.0-or-later
/* Fields that only one type has, or two. */
#include <string.h>

#include "base/digits.h"
#include "dns/codes.h"
#include "dns/rdata_pass.h"

/* IANA's registry "CERT RR Certificate Types" (RFC 4398 section 2.1) */
bool rdata_cert_type(struct rdata_pass *pass)
{
	static const char *const names[] = {
		[1] = "PKIX", [2] = "SPKI",   [3] = "PGP",     [4] = "IPKIX", [5] = "ISPKI",
		[6] = "IPGP", [7] = "ACPKIX", [8] = "IACPKIX", [253] = "URI", [254] = "OID",
	};
	const uint8_t *bytes = rdata_take(pass, 2);
	uint16_t type;

	if (!bytes)
		return false;
	type = dns_read16(bytes);
	if (type < sizeof(names) / sizeof(names[0]) && names[type])
		rdata_put(pass, names[type]);
	else
		rdata_put_number(pass, type);
	return true;
}

/* RFC 9859 section 2.3 */
bool rdata_scheme(struct rdata_pass *pass)
{
	const uint8_t *bytes = rdata_take(pass, 1);

	if (!bytes)
		return false;
	if (*bytes == 1)
		rdata_put(pass, "NOTIFY");
	else
		rdata_put_number(pass, *bytes);
	return true;
}

/* RFC 8945 section 3: 16 is BADSIG here */
bool rdata_error(struct rdata_pass *pass)
{
	const uint8_t *bytes = rdata_take(pass, 2);
	char buf[DNS_CODE_TEXT_MAX];
	uint16_t error;

	if (!bytes)
		return false;
	error = dns_read16(bytes);
	rdata_put(pass, error == 16 ? "BADSIG" : dns_rcode_text(error, buf));
	return true;
}

bool rdata_time48(struct rdata_pass *pass)
{
	const uint8_t *bytes = rdata_take(pass, 6);

	if (bytes)
		rdata_put_number(pass, (uint64_t)dns_read16(bytes) << 32 | dns_read32(bytes + 2));
	return bytes;
}

bool rdata_sized_base64(struct rdata_pass *pass)
{
	const uint8_t *size = rdata_take(pass, 2);
	const uint8_t *bytes;

	if (!size)
		return false;
	bytes = rdata_take(pass, dns_read16(size));
	if (!bytes)
		return false;
	rdata_put_number(pass, dns_read16(size));
	return dns_read16(size) == 0 || rdata_put_base64(pass, bytes, dns_read16(size));
}

/* RFC 4025 section 2.5, RFC 8777 section 4.2.4: what kind of gateway, or relay, it is */
static bool read_gateway(struct rdata_pass *pass, uint8_t type)
{
	switch (type) {
	case 0:
		rdata_put(pass, ".");
		return true;
	case 1:
		return rdata_ipv4(pass);
	case 2:
		return rdata_ipv6(pass);
	case 3:
		return rdata_name(pass);
	default:
		return false;
	}
}

bool rdata_ipsec_gateway(struct rdata_pass *pass)
{
	const uint8_t *bytes = rdata_take(pass, 2);

	if (!bytes)
		return false;
	rdata_put_number(pass, bytes[0]);
	rdata_put_number(pass, bytes[1]);
	return read_gateway(pass, bytes[0]);
}

/* RFC 8777 section 4.2: the top bit tells that discovery is optional */
bool rdata_relay(struct rdata_pass *pass)
{
	const uint8_t *bytes = rdata_take(pass, 1);

	if (!bytes)
		return false;
	rdata_put_number(pass, *bytes >> 7);
	rdata_put_number(pass, *bytes & 0x7f);
	return read_gateway(pass, *bytes & 0x7f);
}

/* RFC 8005 section 5: the lengths come first, and neither tag nor key is empty in its text */
bool rdata_host_identity(struct rdata_pass *pass)
{
	const uint8_t *head = rdata_take(pass, 4);
	const uint8_t *tag, *key;
	char *to;

	if (!head)
		return false;
	if (head[0] == 0 || dns_read16(head + 2) == 0)
		return false;
	tag = rdata_take(pass, head[0]);
	if (!tag)
		return false;
	key = rdata_take(pass, dns_read16(head + 2));
	if (!key)
		return false;
	rdata_put_number(pass, head[1]);
	to = rdata_room(pass, DIGITS_HEX(head[0]));
	if (to)
		pass->out = digits_hex(to, tag, head[0]);
	return rdata_put_base64(pass, key, dns_read16(head + 2));
}

/* Address families of APL (RFC 3123 section 4). */
#define FAMILY_IPV4 1
#define FAMILY_IPV6 2
/* "!1:", an address, "/128" */
#define PREFIX_TEXT_MAX (3 + DIGITS_IPV6_MAX + DIGITS_NUMBER_MAX)

/* One prefix; @head: family, prefix length, negation and length of the address */
static void put_prefix(struct rdata_pass *pass, const uint8_t head[4], const uint8_t address[16])
{
	char *to = rdata_room(pass, PREFIX_TEXT_MAX);

	if (!to)
		return;
	if (head[3] & 0x80)
		*to++ = '!';
	*to++ = (char)('0' + head[1]);
	*to++ = ':';
	if (head[1] == FAMILY_IPV4)
		to = digits_ipv4(to, address);
	else
		to = digits_ipv6(to, address);
	*to++ = '/';
	pass->out = digits_number(to, head[2]);
}

/* RFC 3123 section 4: zeros at the end of an address are left out, and must be */
static bool read_prefix(struct rdata_pass *pass)
{
	const uint8_t *head = rdata_take(pass, 4);
	uint8_t address[16] = {0};
	const uint8_t *bytes;
	size_t length, bits;

	if (!head)
		return false;
	length = head[3] & 0x7f;
	bits = dns_read16(head) == FAMILY_IPV4 ? 32 : dns_read16(head) == FAMILY_IPV6 ? 128 : 0;
	if (bits == 0 || head[2] > bits || length > bits / 8)
		return false;
	bytes = rdata_take(pass, length);
	if (!bytes)
		return false;
	if (length > 0 && bytes[length - 1] == 0)
		return false;
	memcpy(address, bytes, length);
	put_prefix(pass, head, address);
	return true;
}

bool rdata_prefixes(struct rdata_pass *pass)
{
	while (rdata_left(pass) > 0)
		if (!read_prefix(pass))
			return false;
	return true;
}

/* RFC 1876 section 2: thousandths of a second of arc from the equator or prime meridian */
#define ARC_ZERO   0x80000000U
#define ARC_DEGREE 3600000U
/* centimetres from 100 km below the WGS 84 ellipsoid */
#define ALTITUDE_ZERO 10000000U
/* "90 00 00.000 N 180 00 00.000 W -42849672.95m" and three of "90000000.00m" */
#define LOCATION_TEXT_MAX 96

static char *write_arc(char *to, uint32_t wire, const char sides[2])
{
	bool beyond = wire >= ARC_ZERO;
	uint32_t arc = beyond ? wire - ARC_ZERO : ARC_ZERO - wire;

	to = digits_number(to, arc / ARC_DEGREE);
	*to++ = ' ';
	to = digits_padded(to, arc / 60000 % 60, 2);
	*to++ = ' ';
	to = digits_padded(to, arc / 1000 % 60, 2);
	*to++ = '.';
	to = digits_padded(to, arc % 1000, 3);
	*to++ = ' ';
	*to++ = sides[beyond];
	*to++ = ' ';
	return to;
}

static char *write_metres(char *to, uint64_t cm)
{
	to = digits_number(to, cm / 100);
	*to++ = '.';
	to = digits_padded(to, cm % 100, 2);
	*to++ = 'm';
	return to;
}

/* A size or precision in centimetres: a digit, and a power of ten. */
static uint64_t centimetres(uint8_t wire)
{
	uint64_t cm = wire >> 4;

	for (int i = wire & 0xf; i > 0; i--)
		cm *= 10;
	return cm;
}

static bool arc_within(uint32_t wire, uint32_t degrees)
{
	return wire >= ARC_ZERO - degrees * ARC_DEGREE && wire <= ARC_ZERO + degrees * ARC_DEGREE;
}

/* Version 0; digits up to 9; latitude to 90 degrees, longitude to 180 */
static bool location_good(const uint8_t bytes[16])
{
	for (int i = 1; i <= 3; i++)
		if (bytes[i] >> 4 > 9 || (bytes[i] & 0xf) > 9)
			return false;
	return bytes[0] == 0 && arc_within(dns_read32(bytes + 4), 90) &&
	       arc_within(dns_read32(bytes + 8), 180);
}

bool rdata_location(struct rdata_pass *pass)
{
	const uint8_t *bytes = rdata_take(pass, 16);
	uint32_t altitude;
	char *to;

	if (!bytes)
		return false;
	if (!location_good(bytes))
		return false;
	to = rdata_room(pass, LOCATION_TEXT_MAX);
	if (!to)
		return true;
	to = write_arc(to, dns_read32(bytes + 4), "SN");
	to = write_arc(to, dns_read32(bytes + 8), "WE");
	altitude = dns_read32(bytes + 12);
	if (altitude < ALTITUDE_ZERO)
		*to++ = '-';
	to = write_metres(to, altitude < ALTITUDE_ZERO ? ALTITUDE_ZERO - altitude
						       : altitude - ALTITUDE_ZERO);
	for (int i = 1; i <= 3; i++) {
		*to++ = ' ';
		to = write_metres(to, centimetres(bytes[i]));
	}
	pass->out = to;
	return true;
}
