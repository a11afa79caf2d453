// SPDX-License-Identifier: GPL-2.0-or-later
/* Values as people write and read them. */
#include "text.h"

#include "digits.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NS_PER_S 1000000000LL
/* Rounded to three digits, this and what is above needs a fourth. */
#define THREE_DIGITS_END 999.5

static const uint8_t ipv4_mapped[12] = {[10] = 0xff, [11] = 0xff};

const char *text_address(const uint8_t addr[16], char *buf)
{
	bool is_ipv4 = memcmp(addr, ipv4_mapped, sizeof(ipv4_mapped)) == 0;

	*(is_ipv4 ? digits_ipv4(buf, addr + 12) : digits_ipv6(buf, addr)) = '\0';
	return buf;
}

const char *text_duration(int64_t ns, char *buf)
{
	static const struct {
		const char *unit;
		double ns;
	} units[] = {{"s", 1e9}, {"ms", 1e6}, {"us", 1e3}, {"ns", 1}};
	double size = fabs((double)ns), value;
	size_t i = 3;

	/* with three digits, 999.5 of one unit is 1 of the next */
	while (i > 0 && size >= THREE_DIGITS_END * units[i].ns)
		i--;
	value = size / units[i].ns;
	if (i < 3 && value < 1)
		value = 1;
	snprintf(buf, TEXT_DURATION_MAX, value < THREE_DIGITS_END ? "%s%.3g %s" : "%s%.0f %s",
		 ns < 0 ? "-" : "", value, units[i].unit);
	return buf;
}

const char *text_time(int64_t ns, char *buf)
{
	int64_t fraction = ns % NS_PER_S;
	time_t seconds = ns / NS_PER_S;
	struct tm tm;
	size_t n;

	if (fraction < 0) {
		fraction += NS_PER_S;
		seconds--;
	}
	gmtime_r(&seconds, &tm);
	n = strftime(buf, TEXT_TIME_MAX, "%Y-%m-%dT%H:%M:%S.000000000Z", &tm);
	/* by hand: this is called for each exchange, and printf takes longer than all before it */
	for (char *digit = buf + n - 2; fraction; fraction /= 10)
		*digit-- = (char)('0' + fraction % 10);
	return buf;
}

const char *text_printable(const char *src, size_t len, char *buf, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; i < len && n + 5 <= size; i++) {
		unsigned char c = (unsigned char)src[i];

		if (c >= 0x20 && c < 0x7f && c != '\\')
			buf[n++] = (char)c;
		else
			n += (size_t)snprintf(buf + n, size - n, "\\%03u", c);
	}
	buf[n] = '\0';
	return buf;
}

int text_parse_address(const char *text, uint8_t ret_addr[16])
{
	uint8_t addr[16];

	if (inet_pton(AF_INET6, text, addr) == 1) {
		memcpy(ret_addr, addr, sizeof(addr));
		return 0;
	}
	memcpy(addr, ipv4_mapped, sizeof(ipv4_mapped));
	if (inet_pton(AF_INET, text, addr + 12) != 1)
		return -EINVAL;
	memcpy(ret_addr, addr, sizeof(addr));
	return 0;
}

/* A finite number of at least 0 in decimal, and what follows it. */
static int parse_number(const char *text, double *ret, const char **ret_rest)
{
	char *end;
	double number;

	if (!isdigit((unsigned char)*text) && *text != '.')
		return -EINVAL;
	if (text[0] == '0' && tolower((unsigned char)text[1]) == 'x')
		return -EINVAL;
	number = strtod(text, &end);
	if (end == text)
		return -EINVAL;
	if (!isfinite(number))
		return -ERANGE;
	while (*end == ' ')
		end++;
	*ret = number;
	*ret_rest = end;
	return 0;
}

struct suffix {
	const char *text;
	double factor;
};

static int parse_scaled(const char *text, const struct suffix *suffixes, uint64_t *ret)
{
	const char *rest;
	double number;
	int r = parse_number(text, &number, &rest);

	if (r < 0)
		return r;
	for (; suffixes->text; suffixes++)
		if (strcasecmp(rest, suffixes->text) == 0)
			break;
	if (!suffixes->text)
		return -EINVAL;
	number *= suffixes->factor;
	if (number >= 0x1p63)
		return -ERANGE;
	*ret = (uint64_t)llround(number);
	return 0;
}

int text_parse_duration(const char *text, uint64_t *ret_ns)
{
	static const struct suffix suffixes[] = {
		{"", 1e9},   {"s", 1e9},    {"ms", 1e6},   {"us", 1e3},	   {"ns", 1},
		{"m", 60e9}, {"min", 60e9}, {"h", 3600e9}, {"d", 86400e9}, {NULL, 0},
	};

	return parse_scaled(text, suffixes, ret_ns);
}

int text_parse_size(const char *text, uint64_t *ret)
{
	static const struct suffix suffixes[] = {
		{"", 1}, {"k", 0x1p10}, {"m", 0x1p20}, {"g", 0x1p30}, {NULL, 0},
	};

	return parse_scaled(text, suffixes, ret);
}

int text_parse_share(const char *text, double *ret)
{
	const char *rest;
	double number;
	int r = parse_number(text, &number, &rest);

	if (r < 0)
		return r;
	if (strcmp(rest, "%") == 0)
		number /= 100;
	else if (*rest)
		return -EINVAL;
	*ret = number;
	return 0;
}

const char *text_size(uint64_t bytes, char *buf)
{
	static const char *const units[] = {"KiB", "MiB", "GiB", "TiB"};
	double value = (double)bytes / 1024;
	unsigned unit = 0;

	/* 1023.95 would be written as 1024.0 */
	while (value >= 1023.95 && unit + 1 < sizeof(units) / sizeof(units[0])) {
		value /= 1024;
		unit++;
	}
	snprintf(buf, TEXT_SIZE_MAX, "%.1f %s", value, units[unit]);
	return buf;
}
