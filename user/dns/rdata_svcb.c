// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * SvcParams (RFC 9460 section 2.2): keys in rising order, each with a value whose form the key
 * tells. A key is one row here.
 */
#include <string.h>

#include "base/digits.h"
#include "dns/rdata_pass.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* "key65535" */
#define KEY_TEXT_MAX 24

/* Write a value; false when it is not in the form of its key. */
typedef bool (*value_fn)(struct rdata_pass *pass, const uint8_t *value, size_t length);

static bool value_mandatory(struct rdata_pass *pass, const uint8_t *value, size_t length);
static bool value_alpn(struct rdata_pass *pass, const uint8_t *value, size_t length);
static bool value_none(struct rdata_pass *pass, const uint8_t *value, size_t length);
static bool value_port(struct rdata_pass *pass, const uint8_t *value, size_t length);
static bool value_ipv4(struct rdata_pass *pass, const uint8_t *value, size_t length);
static bool value_base64(struct rdata_pass *pass, const uint8_t *value, size_t length);
static bool value_ipv6(struct rdata_pass *pass, const uint8_t *value, size_t length);
static bool value_quoted(struct rdata_pass *pass, const uint8_t *value, size_t length);

static const struct key_row {
	const char *name;
	value_fn value;
} keys[] = {
	{"mandatory", value_mandatory}, /* RFC 9460 section 8 */
	{"alpn", value_alpn},		/* section 7.1.1 */
	{"no-default-alpn", value_none},
	{"port", value_port},	   /* section 7.2 */
	{"ipv4hint", value_ipv4},  /* section 7.3 */
	{"ech", value_base64},	   /* draft-ietf-tls-svcb-ech */
	{"ipv6hint", value_ipv6},  /* RFC 9460 section 7.3 */
	{"dohpath", value_quoted}, /* RFC 9461 section 5 */
	{"ohttp", value_none},	   /* RFC 9540 section 4 */
};

static void put_text(struct rdata_pass *pass, const char *text)
{
	size_t length = strlen(text);
	char *to = rdata_more(pass, length);

	if (!to)
		return;
	memcpy(to, text, length);
	pass->out = to + length;
}

static void put_key(struct rdata_pass *pass, uint16_t key)
{
	char *to;

	if (key < COUNT(keys)) {
		put_text(pass, keys[key].name);
		return;
	}
	put_text(pass, "key");
	to = rdata_more(pass, DIGITS_NUMBER_MAX);
	if (to)
		pass->out = digits_number(to, key);
}

/* Section 8: one key at least; which ones is up to rdata_svc_params() */
static bool value_mandatory(struct rdata_pass *pass, const uint8_t *value, size_t length)
{
	if (length == 0 || length % 2 != 0)
		return false;
	for (size_t i = 0; i < length; i += 2) {
		put_text(pass, i > 0 ? "," : "=");
		put_key(pass, dns_read16(value + i));
	}
	return true;
}

/*
 * Appendix A.1: within a list a comma and a backslash stand behind a backslash, and the list as a
 * whole is a quoted string, which doubles each backslash.
 */
static char *write_alpn(char *to, const uint8_t *id, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (id[i] == ',' || id[i] == '\\') {
			*to++ = '\\';
			*to++ = '\\';
		}
		to = digits_escaped(to, id[i]);
	}
	return to;
}

/* Section 7.1.1: ids of 1 to 255 bytes, one at least */
static bool value_alpn(struct rdata_pass *pass, const uint8_t *value, size_t length)
{
	size_t next;

	if (length == 0)
		return false;
	put_text(pass, "=\"");
	for (size_t i = 0; i < length; i = next) {
		char *to;

		next = i + 1 + value[i];
		if (value[i] == 0 || next > length)
			return false;
		if (i > 0)
			put_text(pass, ",");
		to = rdata_more(pass, 4 * (size_t)value[i]);
		if (to)
			pass->out = write_alpn(to, value + i + 1, value[i]);
	}
	put_text(pass, "\"");
	return true;
}

static bool value_none(struct rdata_pass *pass, const uint8_t *value, size_t length)
{
	(void)pass;
	(void)value;
	return length == 0;
}

static bool value_port(struct rdata_pass *pass, const uint8_t *value, size_t length)
{
	char *to;

	if (length != 2)
		return false;
	put_text(pass, "=");
	to = rdata_more(pass, DIGITS_NUMBER_MAX);
	if (to)
		pass->out = digits_number(to, dns_read16(value));
	return true;
}

static bool value_ipv4(struct rdata_pass *pass, const uint8_t *value, size_t length)
{
	if (length == 0 || length % 4 != 0)
		return false;
	for (size_t i = 0; i < length; i += 4) {
		char *to;

		put_text(pass, i > 0 ? "," : "=");
		to = rdata_more(pass, DIGITS_IPV4_MAX);
		if (to)
			pass->out = digits_ipv4(to, value + i);
	}
	return true;
}

static bool value_ipv6(struct rdata_pass *pass, const uint8_t *value, size_t length)
{
	if (length == 0 || length % 16 != 0)
		return false;
	for (size_t i = 0; i < length; i += 16) {
		char *to;

		put_text(pass, i > 0 ? "," : "=");
		to = rdata_more(pass, DIGITS_IPV6_MAX);
		if (to)
			pass->out = digits_ipv6(to, value + i);
	}
	return true;
}

static bool value_base64(struct rdata_pass *pass, const uint8_t *value, size_t length)
{
	char *to;

	if (length == 0)
		return false;
	put_text(pass, "=");
	to = rdata_more(pass, DIGITS_BASE64(length));
	if (to)
		pass->out = digits_base64(to, value, length);
	return true;
}

/* Section 2.1: any bytes; a key alone has an empty value */
static bool value_quoted(struct rdata_pass *pass, const uint8_t *value, size_t length)
{
	char *to;

	if (length == 0)
		return true;
	put_text(pass, "=");
	to = rdata_more(pass, DIGITS_QUOTED(length));
	if (to)
		pass->out = digits_quoted(to, value, length);
	return true;
}

/*
 * The keys that "mandatory" lists and that are still to come. It is the first param, and both its
 * keys and those of the params rise. So if one of its keys is missing, comes twice, does not rise,
 * or is "mandatory" itself, that one is never met, and something is left (section 8, appendix D.3).
 */
struct mandatory {
	const uint8_t *next;
	const uint8_t *end;
};

static void meet_mandatory(struct mandatory *mandatory, uint16_t key)
{
	if (mandatory->next != mandatory->end && dns_read16(mandatory->next) == key)
		mandatory->next += 2;
}

static bool put_param(struct rdata_pass *pass, uint16_t key, const uint8_t *value, size_t length)
{
	value_fn put = key < COUNT(keys) ? keys[key].value : value_quoted;

	rdata_room(pass, KEY_TEXT_MAX);
	put_key(pass, key);
	return put(pass, value, length);
}

bool rdata_svc_params(struct rdata_pass *pass)
{
	struct mandatory mandatory = {NULL, NULL};
	int before = -1;

	while (rdata_left(pass) > 0) {
		const uint8_t *head = rdata_take(pass, 4);
		const uint8_t *value;
		uint16_t key, length;

		if (!head)
			return false;
		key = dns_read16(head);
		length = dns_read16(head + 2);
		value = rdata_take(pass, length);
		if (!value)
			return false;
		if (key <= before || !put_param(pass, key, value, length))
			return false;
		meet_mandatory(&mandatory, key);
		if (key == 0)
			mandatory = (struct mandatory){value, value + length};
		before = key;
	}
	return mandatory.next == mandatory.end;
}
