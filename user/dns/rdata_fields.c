// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Each field is read and written by one function, in the form that RFC 1035 section 5.1 and the
 * RFC of its type give it. Its code, a letter or digit, stands for it in the table of types.
 */
#include "rdata_fields.h"

#include <string.h>

#include "base/digits.h"
#include "dns/codes.h"

void rdata_put(struct rdata_pass *pass, const char *text)
{
	size_t length = strlen(text);
	char *to = rdata_room(pass, length);

	if (!to)
		return;
	memcpy(to, text, length);
	pass->out = to + length;
}

void rdata_put_number(struct rdata_pass *pass, uint64_t number)
{
	char *to = rdata_room(pass, DIGITS_NUMBER_MAX);

	if (to)
		pass->out = digits_number(to, number);
}

bool rdata_put_base64(struct rdata_pass *pass, const uint8_t *bytes, size_t length)
{
	char *to = rdata_room(pass, DIGITS_BASE64(length));

	if (to)
		pass->out = digits_base64(to, bytes, length);
	return true;
}

static bool read_u8(struct rdata_pass *pass)
{
	const uint8_t *bytes = rdata_take(pass, 1);

	if (bytes)
		rdata_put_number(pass, *bytes);
	return bytes;
}

static bool read_u16(struct rdata_pass *pass)
{
	const uint8_t *bytes = rdata_take(pass, 2);

	if (bytes)
		rdata_put_number(pass, dns_read16(bytes));
	return bytes;
}

static bool read_u32(struct rdata_pass *pass)
{
	const uint8_t *bytes = rdata_take(pass, 4);

	if (bytes)
		rdata_put_number(pass, dns_read32(bytes));
	return bytes;
}

bool rdata_ipv4(struct rdata_pass *pass)
{
	const uint8_t *bytes = rdata_take(pass, 4);
	char *to;

	if (!bytes)
		return false;
	to = rdata_room(pass, DIGITS_IPV4_MAX);
	if (to)
		pass->out = digits_ipv4(to, bytes);
	return true;
}

bool rdata_ipv6(struct rdata_pass *pass)
{
	const uint8_t *bytes = rdata_take(pass, 16);
	char *to;

	if (!bytes)
		return false;
	to = rdata_room(pass, DIGITS_IPV6_MAX);
	if (to)
		pass->out = digits_ipv6(to, bytes);
	return true;
}

/*
 * Reading is held against the end of the data, as far as the name itself stands in them. So a
 * name that overruns tells of a wrong length of the record, not of a wrong name.
 */
static bool refuse_name(struct rdata_pass *pass, enum dns_name_verdict verdict)
{
	pass->cut = verdict == DNS_NAME_CUT;
	if (!pass->cut && verdict != DNS_NAME_OVERRUN)
		pass->name = verdict;
	return false;
}

bool rdata_name(struct rdata_pass *pass)
{
	struct dns_name name;
	enum dns_name_verdict verdict = dns_name_read(&pass->bytes, pass->at, &name, &pass->at);
	char *to;

	if (verdict != DNS_NAME_OK)
		return refuse_name(pass, verdict);
	/* each byte as "\DDD"; the dot, and the NUL that dns_name_text() writes */
	to = rdata_room(pass, 4 * (size_t)name.length + 2);
	if (!to)
		return true;
	to += dns_name_text(name.wire, name.length, to);
	if (name.length > 1)
		*to++ = '.';
	pass->out = to;
	return true;
}

static bool read_names(struct rdata_pass *pass)
{
	while (rdata_left(pass) > 0)
		if (!rdata_name(pass))
			return false;
	return true;
}

static void put_quoted(struct rdata_pass *pass, const uint8_t *bytes, size_t length)
{
	char *to = rdata_room(pass, DIGITS_QUOTED(length));

	if (to)
		pass->out = digits_quoted(to, bytes, length);
}

static bool read_string(struct rdata_pass *pass)
{
	size_t length;
	const uint8_t *bytes = rdata_take_string(pass, &length);

	if (bytes)
		put_quoted(pass, bytes, length);
	return bytes;
}

static bool read_strings(struct rdata_pass *pass)
{
	while (rdata_left(pass) > 0)
		if (!read_string(pass))
			return false;
	return true;
}

static bool read_quoted_rest(struct rdata_pass *pass)
{
	size_t length = rdata_left(pass);
	const uint8_t *bytes = rdata_take(pass, length);

	if (bytes)
		put_quoted(pass, bytes, length);
	return bytes;
}

static bool is_alphanumeric(uint8_t c)
{
	return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/* RFC 8659 section 4.1: a property tag is one or more letters and digits, and not quoted */
static bool read_tag(struct rdata_pass *pass)
{
	size_t length;
	const uint8_t *bytes = rdata_take_string(pass, &length);
	char *to;

	if (!bytes)
		return false;
	for (size_t i = 0; i < length; i++)
		if (!is_alphanumeric(bytes[i]))
			return false;
	if (length == 0)
		return false;
	to = rdata_room(pass, length);
	if (!to)
		return true;
	memcpy(to, bytes, length);
	pass->out = to + length;
	return true;
}

static bool read_base64(struct rdata_pass *pass)
{
	size_t length = rdata_left(pass);
	const uint8_t *bytes = rdata_take(pass, length);

	return bytes && rdata_put_base64(pass, bytes, length);
}

static bool put_hex(struct rdata_pass *pass, const uint8_t *bytes, size_t length)
{
	char *to = rdata_room(pass, DIGITS_HEX(length));

	if (to)
		pass->out = digits_hex(to, bytes, length);
	return true;
}

static bool read_hex(struct rdata_pass *pass)
{
	size_t length = rdata_left(pass);
	const uint8_t *bytes = rdata_take(pass, length);

	return bytes && put_hex(pass, bytes, length);
}

/* RFC 1706 section 6 */
static bool read_nsap(struct rdata_pass *pass)
{
	size_t length = rdata_left(pass);
	const uint8_t *bytes = rdata_take(pass, length);
	char *to;

	if (!bytes)
		return false;
	to = rdata_room(pass, 2 + DIGITS_HEX(length));
	if (!to)
		return true;
	*to++ = '0';
	*to++ = 'x';
	pass->out = digits_hex(to, bytes, length);
	return true;
}

/* RFC 5155 section 3.3: "-" for none */
static bool read_salt(struct rdata_pass *pass)
{
	size_t length;
	const uint8_t *bytes = rdata_take_string(pass, &length);

	if (!bytes)
		return false;
	if (length > 0)
		return put_hex(pass, bytes, length);
	rdata_put(pass, "-");
	return true;
}

/* RFC 5155 sections 3.2 and 3.3: one byte at least */
static bool read_hash(struct rdata_pass *pass)
{
	size_t length;
	const uint8_t *bytes = rdata_take_string(pass, &length);
	char *to;

	if (!bytes)
		return false;
	if (length == 0)
		return false;
	to = rdata_room(pass, DIGITS_BASE32(length));
	if (to)
		pass->out = digits_base32hex(to, bytes, length);
	return true;
}

static bool read_groups(struct rdata_pass *pass, size_t length, size_t group, char mark)
{
	const uint8_t *bytes = rdata_take(pass, length);
	char *to;

	if (!bytes)
		return false;
	to = rdata_room(pass, 3 * length);
	if (to)
		pass->out = digits_hex_groups(to, bytes, length, group, mark);
	return true;
}

/* RFC 7043 sections 3.2 and 4.2 */
static bool read_eui48(struct rdata_pass *pass)
{
	return read_groups(pass, 6, 1, '-');
}

static bool read_eui64(struct rdata_pass *pass)
{
	return read_groups(pass, 8, 1, '-');
}

/* RFC 6742 sections 2.1.1 and 2.3.1: half an IPv6 address, no group shortened */
static bool read_locator64(struct rdata_pass *pass)
{
	return read_groups(pass, 8, 2, ':');
}

static bool read_time(struct rdata_pass *pass)
{
	const uint8_t *bytes = rdata_take(pass, 4);
	char *to;

	if (!bytes)
		return false;
	to = rdata_room(pass, DIGITS_MOMENT_MAX);
	if (to)
		pass->out = digits_moment(to, dns_read32(bytes));
	return true;
}

static void put_type(struct rdata_pass *pass, uint16_t type)
{
	char buf[DNS_CODE_TEXT_MAX];

	rdata_put(pass, dns_type_text(type, buf));
}

static bool read_type(struct rdata_pass *pass)
{
	const uint8_t *bytes = rdata_take(pass, 2);

	if (bytes)
		put_type(pass, dns_read16(bytes));
	return bytes;
}

static void put_window(struct rdata_pass *pass, uint8_t window, const uint8_t *bits, size_t length)
{
	for (unsigned int i = 0; i < length && !pass->full; i++)
		for (unsigned int bit = 0; bits[i] << bit & 0xff; bit++)
			if (bits[i] << bit & 0x80)
				put_type(pass, (uint16_t)(window << 8 | i << 3 | bit));
}

/*
 * RFC 4034 section 4.1.2: windows in order, each with 1 to 32 bytes, of which the last is not
 * zero.
 */
static bool read_bitmap(struct rdata_pass *pass)
{
	int before = -1;

	while (rdata_left(pass) > 0) {
		const uint8_t *window = rdata_take(pass, 1);
		const uint8_t *bits;
		size_t length;

		if (!window)
			return false;
		bits = rdata_take_string(pass, &length);
		if (!bits)
			return false;
		if (*window <= before || length == 0 || length > 32 || bits[length - 1] == 0)
			return false;
		put_window(pass, *window, bits, length);
		before = *window;
	}
	return true;
}

const struct rdata_field rdata_fields[RDATA_CODES] = {
	['1'] = {read_u8, 1},		  /* a number of one byte */
	['2'] = {read_u16, 2},		  /* of two */
	['4'] = {read_u32, 4},		  /* of four */
	['a'] = {rdata_ipv4, 4},	  /* an address as A has it */
	['A'] = {rdata_ipv6, 16},	  /* as AAAA has it */
	['b'] = {read_base64, 0},	  /* the rest in base64 */
	['B'] = {rdata_sized_base64, 0},  /* bytes behind their number, both written */
	['c'] = {rdata_cert_type, 2},	  /* CERT's type, as mnemonic */
	['d'] = {read_time, 4},		  /* 32 bits of seconds, as a date */
	['D'] = {rdata_time48, 6},	  /* 48 bits of seconds, as a number */
	['e'] = {read_eui48, 6},	  /* six bytes with hyphens */
	['E'] = {read_eui64, 8},	  /* eight */
	['g'] = {read_tag, 0},		  /* letters and digits behind their number, not quoted */
	['G'] = {rdata_ipsec_gateway, 0}, /* IPSECKEY's gateway type, algorithm and gateway */
	['h'] = {read_hash, 0},		  /* base32hex of bytes behind their number */
	['H'] = {rdata_host_identity, 0}, /* HIP's algorithm, tag and key */
	['l'] = {rdata_location, 0},	  /* all of LOC */
	['L'] = {read_locator64, 8},	  /* eight bytes with colons */
	['m'] = {read_bitmap, 0},	  /* types to the end */
	['n'] = {rdata_name, 0},	  /* a name */
	['N'] = {read_names, 0},	  /* names to the end */
	['p'] = {rdata_svc_params, 0},	  /* SvcParams to the end */
	['P'] = {rdata_prefixes, 0},	  /* APL's prefixes to the end */
	['q'] = {read_quoted_rest, 0},	  /* the rest as one quoted string */
	['r'] = {rdata_error, 2},	  /* RCODE as mnemonic, of two bytes */
	['R'] = {rdata_relay, 0},	  /* AMTRELAY's flag, type and relay */
	['s'] = {read_string, 0},	  /* a character-string, quoted */
	['S'] = {read_strings, 0},	  /* character-strings to the end */
	['t'] = {read_type, 2},		  /* a type as mnemonic */
	['u'] = {rdata_scheme, 1},	  /* DSYNC's scheme */
	['x'] = {read_hex, 0},		  /* the rest in hex */
	['X'] = {read_nsap, 0},		  /* the rest in hex, with 0x */
	['y'] = {read_salt, 0},		  /* hex of bytes behind their number, "-" for none */
};
