// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tables of IANA's registry "Domain Name System (DNS) Parameters",
 * https://www.iana.org/assignments/dns-parameters, indexed by the code itself.
 * Mnemonics in upper case, as users of dig know them: ANY for "*".
 */
#include "codes.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/digits.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *const types[] = {
	[1] = "A",	    [2] = "NS",	       [3] = "MD",	    [4] = "MF",
	[5] = "CNAME",	    [6] = "SOA",       [7] = "MB",	    [8] = "MG",
	[9] = "MR",	    [10] = "NULL",     [11] = "WKS",	    [12] = "PTR",
	[13] = "HINFO",	    [14] = "MINFO",    [15] = "MX",	    [16] = "TXT",
	[17] = "RP",	    [18] = "AFSDB",    [19] = "X25",	    [20] = "ISDN",
	[21] = "RT",	    [22] = "NSAP",     [23] = "NSAP-PTR",   [24] = "SIG",
	[25] = "KEY",	    [26] = "PX",       [27] = "GPOS",	    [28] = "AAAA",
	[29] = "LOC",	    [30] = "NXT",      [31] = "EID",	    [32] = "NIMLOC",
	[33] = "SRV",	    [34] = "ATMA",     [35] = "NAPTR",	    [36] = "KX",
	[37] = "CERT",	    [38] = "A6",       [39] = "DNAME",	    [40] = "SINK",
	[41] = "OPT",	    [42] = "APL",      [43] = "DS",	    [44] = "SSHFP",
	[45] = "IPSECKEY",  [46] = "RRSIG",    [47] = "NSEC",	    [48] = "DNSKEY",
	[49] = "DHCID",	    [50] = "NSEC3",    [51] = "NSEC3PARAM", [52] = "TLSA",
	[53] = "SMIMEA",    [55] = "HIP",      [56] = "NINFO",	    [57] = "RKEY",
	[58] = "TALINK",    [59] = "CDS",      [60] = "CDNSKEY",    [61] = "OPENPGPKEY",
	[62] = "CSYNC",	    [63] = "ZONEMD",   [64] = "SVCB",	    [65] = "HTTPS",
	[66] = "DSYNC",	    [67] = "HHIT",     [68] = "BRID",	    [69] = "UNECE",
	[70] = "ISO",	    [99] = "SPF",      [100] = "UINFO",	    [101] = "UID",
	[102] = "GID",	    [103] = "UNSPEC",  [104] = "NID",	    [105] = "L32",
	[106] = "L64",	    [107] = "LP",      [108] = "EUI48",	    [109] = "EUI64",
	[128] = "NXNAME",   [249] = "TKEY",    [250] = "TSIG",	    [251] = "IXFR",
	[252] = "AXFR",	    [253] = "MAILB",   [254] = "MAILA",	    [255] = "ANY",
	[256] = "URI",	    [257] = "CAA",     [258] = "AVC",	    [259] = "DOA",
	[260] = "AMTRELAY", [261] = "RESINFO", [262] = "WALLET",    [263] = "CLA",
	[264] = "IPN",
};

/* The two assigned types that lie far behind the others. */
#define FAR_TYPES_FIRST 32768
static const char *const far_types[] = {"TA", "DLV"};

static const char *const classes[] = {
	[1] = "IN", [3] = "CH", [4] = "HS", [254] = "NONE", [255] = "ANY",
};

/* 16 is BADVERS in a header, BADSIG only inside TSIG records (RFC 8945 section 3). */
static const char *const rcodes[] = {
	[0] = "NOERROR",  [1] = "FORMERR", [2] = "SERVFAIL",  [3] = "NXDOMAIN",
	[4] = "NOTIMP",	  [5] = "REFUSED", [6] = "YXDOMAIN",  [7] = "YXRRSET",
	[8] = "NXRRSET",  [9] = "NOTAUTH", [10] = "NOTZONE",  [11] = "DSOTYPENI",
	[16] = "BADVERS", [17] = "BADKEY", [18] = "BADTIME",  [19] = "BADMODE",
	[20] = "BADNAME", [21] = "BADALG", [22] = "BADTRUNC", [23] = "BADCOOKIE",
};

static const char *const opcodes[] = {
	[0] = "QUERY", [1] = "IQUERY", [2] = "STATUS", [4] = "NOTIFY", [5] = "UPDATE", [6] = "DSO",
};

/* @code: 16 bits at the most */
static const char *numbered(const char *prefix, uint16_t code, char *buf)
{
	size_t length = strlen(prefix);

	/* no printf: a hostile NSEC lists thousands of unknown types */
	memcpy(buf, prefix, length);
	*digits_number(buf + length, code) = '\0';
	return buf;
}

const char *dns_type_text(uint16_t type, char *buf)
{
	if (type < COUNT(types) && types[type])
		return types[type];
	if (type >= FAR_TYPES_FIRST && type - FAR_TYPES_FIRST < (int)COUNT(far_types))
		return far_types[type - FAR_TYPES_FIRST];
	return numbered("TYPE", type, buf);
}

const char *dns_class_text(uint16_t class, char *buf)
{
	if (class < COUNT(classes) && classes[class])
		return classes[class];
	return numbered("CLASS", class, buf);
}

const char *dns_rcode_text(uint16_t rcode, char *buf)
{
	if (rcode < COUNT(rcodes) && rcodes[rcode])
		return rcodes[rcode];
	return numbered("RCODE", rcode, buf);
}

const char *dns_opcode_text(uint8_t opcode, char *buf)
{
	if (opcode < COUNT(opcodes) && opcodes[opcode])
		return opcodes[opcode];
	return numbered("OPCODE", opcode, buf);
}

/* --- from text -----------------------------------------------------------------------------------
 */

static bool find_code(const char *const *names, size_t count, const char *text, uint16_t *ret)
{
	for (size_t i = 0; i < count; i++) {
		if (!names[i] || strcasecmp(names[i], text) != 0)
			continue;
		*ret = (uint16_t)i;
		return true;
	}
	return false;
}

/* "TYPE123": the prefix and a number of at most @max. */
static bool find_numbered(const char *prefix, const char *text, uint16_t max, uint16_t *ret)
{
	size_t length = strlen(prefix);
	unsigned code = 0;

	if (strncasecmp(text, prefix, length) != 0 || !text[length])
		return false;
	for (text += length; *text; text++) {
		if (!isdigit((unsigned char)*text))
			return false;
		code = code * 10 + (unsigned)(*text - '0');
		if (code > max)
			return false;
	}
	*ret = (uint16_t)code;
	return true;
}

bool dns_type_code(const char *text, uint16_t *ret_type)
{
	if (find_code(types, COUNT(types), text, ret_type))
		return true;
	if (find_code(far_types, COUNT(far_types), text, ret_type)) {
		*ret_type += FAR_TYPES_FIRST;
		return true;
	}
	return find_numbered("TYPE", text, UINT16_MAX, ret_type);
}

bool dns_class_code(const char *text, uint16_t *ret_class)
{
	return find_code(classes, COUNT(classes), text, ret_class) ||
	       find_numbered("CLASS", text, UINT16_MAX, ret_class);
}

bool dns_rcode_code(const char *text, uint16_t *ret_rcode)
{
	return find_code(rcodes, COUNT(rcodes), text, ret_rcode) ||
	       find_numbered("RCODE", text, DNS_RCODE_MAX, ret_rcode);
}

bool dns_opcode_code(const char *text, uint16_t *ret_opcode)
{
	return find_code(opcodes, COUNT(opcodes), text, ret_opcode) ||
	       find_numbered("OPCODE", text, DNS_OPCODE_MAX, ret_opcode);
}
