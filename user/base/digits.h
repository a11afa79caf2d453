/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers and bytes as digits, for text that is written for each record of a message: no printf,
 * no locale, no NUL at the end. Each function writes at @to and returns the place behind.
 */
#ifndef BASE_DIGITS_H
#define BASE_DIGITS_H

#include <stddef.h>
#include <stdint.h>

/* Characters that the functions below write at most. */
#define DIGITS_NUMBER_MAX    20 /* 18446744073709551615 */
#define DIGITS_IPV4_MAX	     15
#define DIGITS_IPV6_MAX	     45 /* eight groups are 39; with the last two as dotted quad 45 */
#define DIGITS_MOMENT_MAX    14
#define DIGITS_HEX(bytes)    (2 * (size_t)(bytes))
#define DIGITS_BASE64(bytes) (((size_t)(bytes) + 2) / 3 * 4)
#define DIGITS_BASE32(bytes) (((size_t)(bytes)*8 + 4) / 5)
#define DIGITS_QUOTED(bytes) (4 * (size_t)(bytes) + 2)

/** digits_number() - A number in decimal. Cost: 1 to 5 ns. */
char *digits_number(char *to, uint64_t number);

/** digits_padded() - The last @width digits of a number, with leading zeros. */
char *digits_padded(char *to, uint64_t number, int width);

/** digits_hex() - Bytes as hex digits in upper case. */
char *digits_hex(char *to, const uint8_t *bytes, size_t length);

/** digits_hex_groups() - Bytes as hex digits in lower case, a mark behind every @group bytes. */
char *digits_hex_groups(char *to, const uint8_t *bytes, size_t length, size_t group, char mark);

/** digits_base64() - RFC 4648 section 4, with padding. */
char *digits_base64(char *to, const uint8_t *bytes, size_t length);

/** digits_base32hex() - RFC 4648 section 7 in upper case, without padding. */
char *digits_base32hex(char *to, const uint8_t *bytes, size_t length);

/** digits_ipv4() - Four bytes as dotted quad. Cost: 5 ns. */
char *digits_ipv4(char *to, const uint8_t bytes[4]);

/**
 * digits_ipv6() - Sixteen bytes by RFC 5952: lower case, the longest run of zeros as "::", the
 * last four bytes of IPv4-mapped and IPv4-compatible addresses as dotted quad.
 *
 * Cost: 15 ns, inet_ntop() takes ten times as long.
 */
char *digits_ipv6(char *to, const uint8_t bytes[16]);

/** digits_moment() - Seconds since 1970-01-01 UTC as YYYYMMDDHHmmSS (RFC 4034 section 3.2). */
char *digits_moment(char *to, uint32_t seconds);

/**
 * digits_escaped() - One byte as within a quoted string (RFC 1035 section 5.1): a quotation mark
 * and a backslash behind a backslash, what is not printable ASCII as "\DDD".
 */
static inline char *digits_escaped(char *to, uint8_t byte)
{
	if (byte == '"' || byte == '\\') {
		*to++ = '\\';
	} else if (byte < ' ' || byte > '~') {
		*to++ = '\\';
		return digits_padded(to, byte, 3);
	}
	*to++ = (char)byte;
	return to;
}

/** digits_quoted() - Bytes as a quoted string, each as digits_escaped(). */
char *digits_quoted(char *to, const uint8_t *bytes, size_t length);

#endif
