// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The options of EDNS stand one behind the other: code, length, data (RFC 6891 section 6.1.2). A
 * table has a reader for each code that we show; the others are stepped over.
 */
#include "edns.h"

#include <string.h>

#include "dns/wire.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* IANA's registry "DNS EDNS0 Option Codes (OPT)" */
#define OPTION_NSID	 3
#define OPTION_ECS	 8
#define OPTION_EXPIRE	 9
#define OPTION_COOKIE	 10
#define OPTION_KEEPALIVE 11
#define OPTION_PADDING	 12
#define OPTION_EDE	 15
#define OPTION_REPORT	 18

/* RFC 7871 section 6: FAMILY (IANA's "Address Family Numbers"), SOURCE and SCOPE PREFIX-LENGTH */
#define ECS_FIXED  4
#define FAMILY_IP  1
#define FAMILY_IP6 2

/* RFC 7873 section 4, RFC 9018 section 3 */
#define COOKIE_CLIENT	  8
#define COOKIE_SERVER_MIN 8

/* RFC 1035 section 2.3.4 */
#define LABEL_MAX 63

static bool read_nsid(const uint8_t *data, uint16_t length, struct dns_edns *ret)
{
	if (ret->nsid)
		return true;
	ret->nsid = data;
	ret->nsid_length = length;
	return true;
}

/* Are the bits of @address behind the first @prefix zero? (RFC 7871 section 6) */
static bool ends_with_prefix(const uint8_t *address, unsigned prefix)
{
	return prefix % 8 == 0 || (address[prefix / 8] & 0xff >> prefix % 8) == 0;
}

/*
 * Addresses are as long as the prefix needs, and no longer. Clients that hide their address may
 * send family 0 with no prefix (dig +subnet=0): shown as 0.0.0.0/0. Of a family that is not
 * known only the length can be checked.
 */
static bool read_ecs(const uint8_t *data, uint16_t length, struct dns_edns *ret)
{
	const uint8_t *address = data + ECS_FIXED;
	unsigned family, source, scope, most;

	if (length < ECS_FIXED)
		return false;
	family = dns_read16(data);
	source = data[2];
	scope = data[3];
	most = family == FAMILY_IP ? 32 : family == FAMILY_IP6 ? 128 : family == 0 ? 0 : 255;
	if (source > most || scope > most || length - ECS_FIXED != (int)(source + 7) / 8 ||
	    !ends_with_prefix(address, source))
		return false;
	if (ret->has_ecs || family > FAMILY_IP6)
		return true;
	ret->has_ecs = true;
	ret->ecs_source = (uint8_t)source;
	ret->ecs_scope = (uint8_t)scope;
	memset(ret->ecs_address, 0, sizeof(ret->ecs_address));
	if (family == FAMILY_IP6) {
		memcpy(ret->ecs_address, address, (source + 7) / 8);
		return true;
	}
	memset(ret->ecs_address + 10, 0xff, 2);
	memcpy(ret->ecs_address + 12, address, (source + 7) / 8);
	return true;
}

static bool read_expire(const uint8_t *data, uint16_t length, struct dns_edns *ret)
{
	if (length != 0 && length != 4)
		return false;
	if (ret->has_expire)
		return true;
	ret->has_expire = true;
	ret->expire_s = length ? dns_read32(data) : 0;
	return true;
}

static bool read_cookie(const uint8_t *data, uint16_t length, struct dns_edns *ret)
{
	if (length != COOKIE_CLIENT &&
	    (length < COOKIE_CLIENT + COOKIE_SERVER_MIN || length > DNS_COOKIE_MAX))
		return false;
	if (ret->cookie_length)
		return true;
	ret->cookie = data;
	ret->cookie_length = (uint8_t)length;
	return true;
}

static bool read_keepalive(const uint8_t *data, uint16_t length, struct dns_edns *ret)
{
	if (length != 0 && length != 2)
		return false;
	if (ret->has_keepalive)
		return true;
	ret->has_keepalive = true;
	ret->keepalive_100ms = length ? dns_read16(data) : 0;
	return true;
}

static bool read_padding(const uint8_t *data, uint16_t length, struct dns_edns *ret)
{
	(void)data;
	if (ret->has_padding)
		return true;
	ret->has_padding = true;
	ret->padding_bytes = length;
	return true;
}

/* RFC 8914 section 2: the text may end with a NUL, which is no part of it. */
static bool read_ede(const uint8_t *data, uint16_t length, struct dns_edns *ret)
{
	struct dns_ede *ede = &ret->ede[ret->ede_count];

	if (length < 2)
		return false;
	if (ret->ede_count == DNS_EDE_MAX)
		return true;
	ret->ede_count++;
	*ede = (struct dns_ede){
		.code = dns_read16(data), .text_length = length - 2, .text = data + 2};
	if (ede->text_length && ede->text[ede->text_length - 1] == 0)
		ede->text_length--;
	return true;
}

/* RFC 9567 section 5: a name in wire form, without compression. */
static bool read_report(const uint8_t *data, uint16_t length, struct dns_edns *ret)
{
	unsigned at = 0;

	if (length == 0 || length > DNS_NAME_MAX)
		return false;
	while (at < length && data[at] != 0) {
		if (data[at] > LABEL_MAX)
			return false;
		at += 1U + data[at];
	}
	if (at + 1 != length)
		return false;
	if (ret->report_length)
		return true;
	ret->report = data;
	ret->report_length = (uint8_t)length;
	return true;
}

/*
 * Each adds what the option says; what was there before stays. Return: false when malformed.
 */
static bool (*const readers[])(const uint8_t *data, uint16_t length, struct dns_edns *ret) = {
	[OPTION_NSID] = read_nsid,	     /* RFC 5001 section 2.3 */
	[OPTION_ECS] = read_ecs,	     /* RFC 7871 section 6 */
	[OPTION_EXPIRE] = read_expire,	     /* RFC 7314 section 3 */
	[OPTION_COOKIE] = read_cookie,	     /* RFC 7873 section 4 */
	[OPTION_KEEPALIVE] = read_keepalive, /* RFC 7828 section 3.1 */
	[OPTION_PADDING] = read_padding,     /* RFC 7830 section 3 */
	[OPTION_EDE] = read_ede,	     /* RFC 8914 section 2 */
	[OPTION_REPORT] = read_report,	     /* RFC 9567 section 5 */
};

bool dns_edns_read(const uint8_t *options, size_t length, struct dns_edns *ret)
{
	bool good = true;
	size_t at = 0;

	while (at < length) {
		const uint8_t *option = options + at;
		uint16_t code, bytes;

		if (length - at < DNS_OPTION_FIXED)
			return false;
		code = dns_read16(option);
		bytes = dns_read16(option + 2);
		at += DNS_OPTION_FIXED;
		if (bytes > length - at)
			return false;
		at += bytes;
		if (code < COUNT(readers) && readers[code])
			good &= readers[code](option + DNS_OPTION_FIXED, bytes, ret);
	}
	return good;
}

const char *dns_ede_name(uint16_t code)
{
	static const char *const names[] = {
		[0] = "Other Error",
		[1] = "Unsupported DNSKEY Algorithm",
		[2] = "Unsupported DS Digest Type",
		[3] = "Stale Answer",
		[4] = "Forged Answer",
		[5] = "DNSSEC Indeterminate",
		[6] = "DNSSEC Bogus",
		[7] = "Signature Expired",
		[8] = "Signature Not Yet Valid",
		[9] = "DNSKEY Missing",
		[10] = "RRSIGs Missing",
		[11] = "No Zone Key Bit Set",
		[12] = "NSEC Missing",
		[13] = "Cached Error",
		[14] = "Not Ready",
		[15] = "Blocked",
		[16] = "Censored",
		[17] = "Filtered",
		[18] = "Prohibited",
		[19] = "Stale NXDomain Answer",
		[20] = "Not Authoritative",
		[21] = "Not Supported",
		[22] = "No Reachable Authority",
		[23] = "Network Error",
		[24] = "Invalid Data",
		[25] = "Signature Expired before Valid",
		[26] = "Too Early",
		[27] = "Unsupported NSEC3 Iterations Value",
		[28] = "Unable to conform to policy",
		[29] = "Synthesized",
		[30] = "Invalid Query Type",
		[31] = "Rate Limited",
		[32] = "Over Quota",
		[33] = "Negative Trust Anchor",
		[34] = "New Delegation Only",
		[35] = "Blocked by Upstream DNS Server",
	};

	return code < COUNT(names) ? names[code] : NULL;
}
