/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values as people write and read them: addresses, durations, sizes, shares, times. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* INET6_ADDRSTRLEN: "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255" and its NUL */
#define TEXT_ADDRESS_MAX  46
#define TEXT_DURATION_MAX 32
/* "2026-11-21T21:47:31.123456789Z" and its NUL, with room for years beyond 9999 */
#define TEXT_TIME_MAX 40

/**
 * text_address() - Write an address; an IPv4-mapped one as dotted quad (RFC 5952).
 * @addr: 16 bytes, network order
 * @buf: TEXT_ADDRESS_MAX bytes
 *
 * Return: @buf
 */
const char *text_address(const uint8_t addr[16], char *buf);

/**
 * text_duration() - Write a duration for people with three digits: "62.1 ms", "850 us", "5 s".
 * @ns: nanoseconds, may be negative
 * @buf: TEXT_DURATION_MAX bytes
 *
 * From 1000 s on in whole seconds with all digits.
 *
 * Return: @buf
 */
const char *text_duration(int64_t ns, char *buf);

/**
 * text_time() - Write a moment as RFC 3339, UTC, 9 decimals.
 * @ns: nanoseconds since 1970-01-01 UTC, may be negative
 * @buf: TEXT_TIME_MAX bytes
 *
 * Return: @buf
 */
const char *text_time(int64_t ns, char *buf);

/**
 * text_printable() - Copy bytes that others chose, each that is not printable ASCII as "\DDD".
 * @src: @len bytes, NULs allowed; reading ends at @len
 * @buf: @size bytes, always NUL-terminated; cut when too small
 *
 * Return: @buf
 */
const char *text_printable(const char *src, size_t len, char *buf, size_t size);

/**
 * text_parse_address() - Read an IPv4 or IPv6 address.
 * @ret_addr: 16 bytes, IPv4 mapped
 *
 * Return: 0, -EINVAL when @text is no address
 */
int text_parse_address(const char *text, uint8_t ret_addr[16]);

/**
 * text_parse_duration() - Read "5s", "20ms", "250us", "10m", "1h"; a bare number is seconds.
 *
 * Return: 0, -EINVAL when no such number, -ERANGE when it does not fit
 */
int text_parse_duration(const char *text, uint64_t *ret_ns);

/**
 * text_parse_time() - Read a moment as people write it.
 * @text: RFC 3339 with "Z" or an offset ("2026-11-22T07:00:30.5Z"); "2026-11-22 07:00[:30]" and
 *	"2026-11-22" in local time; "07:00" of today; "now", "today", "yesterday" (midnight);
 *	"-1h" before now; "@1795331359" seconds since 1970
 * @now_ns: what now is, ns since 1970 in UTC
 * @ret_ns: ns since 1970 in UTC
 *
 * Of a local time that is there twice the earlier is meant; one that a change of the clock leaves
 * out is read with the offset before the change.
 *
 * Return: 0, -EINVAL when no such moment, -ERANGE when it is before 1678 or behind 2261
 */
int text_parse_time(const char *text, int64_t now_ns, int64_t *ret_ns);

/* "16777216.0 TiB" is more than 64 bits hold. */
#define TEXT_SIZE_MAX 24

/**
 * text_size() - "0.0 KiB", "1.5 MiB", "2.0 GiB", "1.0 TiB": one decimal, the largest unit that
 * fits.
 * @buf: TEXT_SIZE_MAX bytes
 *
 * Return: @buf
 */
const char *text_size(uint64_t bytes, char *buf);

/**
 * text_parse_size() - Read a count or a size: "4096", "4k", "16M", "1G" (powers of 1024).
 *
 * Return: 0, -EINVAL when no such number, -ERANGE when it does not fit
 */
int text_parse_size(const char *text, uint64_t *ret);

/**
 * text_parse_share() - Read a share: "30%" or "0.3".
 *
 * Return: 0, -EINVAL when no such number, -ERANGE when negative or not finite
 */
int text_parse_share(const char *text, double *ret);

#endif
