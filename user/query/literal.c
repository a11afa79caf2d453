// SPDX-License-Identifier: GPL-2.0-or-later
/* Readers of the values in filters. */
#include "literal.h"

#include "base/nearest.h"
#include "base/text.h"
#include "dns/codes.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define NS_PER_S 1000000000LL

static int hexadecimal(const char *text, uint64_t *ret)
{
	uint64_t number = 0;

	if (!*text)
		return -EINVAL;
	for (; *text; text++) {
		if (!isxdigit((unsigned char)*text))
			return -EINVAL;
		if (number >> 60)
			return -ERANGE;
		number = number << 4 |
			 (uint64_t)(isdigit((unsigned char)*text) ? *text - '0'
								  : (*text | 0x20) - 'a' + 10);
	}
	*ret = number;
	return 0;
}

static int whole(const char *text, uint64_t *ret)
{
	size_t digits = strspn(text, "0123456789");
	char *end;

	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
		return hexadecimal(text + 2, ret);
	if (text[digits]) /* a fraction only of k, M, G */
		return isalpha((unsigned char)text[strlen(text) - 1]) ? text_parse_size(text, ret)
								      : -EINVAL;
	if (!digits)
		return -EINVAL;
	errno = 0;
	*ret = strtoull(text, &end, 10);
	return errno == ERANGE ? -ERANGE : 0;
}

static int with_sign(const char *text, int (*read)(const char *text, uint64_t *ret), int64_t *ret)
{
	bool negative = *text == '-';
	uint64_t number;
	int r = read(text + negative, &number);

	if (r < 0)
		return r;
	if (number > (uint64_t)LITERAL_NUMBER_MAX)
		return -ERANGE;
	*ret = negative ? -(int64_t)number : (int64_t)number;
	return 0;
}

int literal_number(const char *text, int64_t *ret)
{
	return with_sign(text, whole, ret);
}

int literal_duration(const char *text, int64_t *ret_ns)
{
	return with_sign(text, text_parse_duration, ret_ns);
}

/* Exactly @digits digits. Return: what is behind them, NULL: there are fewer */
static const char *fixed(const char *text, unsigned digits, int *ret)
{
	int number = 0;

	for (; digits; digits--, text++) {
		if (!isdigit((unsigned char)*text))
			return NULL;
		number = 10 * number + *text - '0';
	}
	*ret = number;
	return text;
}

/* ":SS" and ".123456789", both may be missing. */
static const char *seconds(const char *text, int *ret_s, int64_t *ret_ns)
{
	int64_t unit = NS_PER_S;

	if (*text != ':')
		return text;
	text = fixed(text + 1, 2, ret_s);
	if (!text || *text != '.')
		return text;
	if (!isdigit((unsigned char)text[1]))
		return NULL;
	for (text++; isdigit((unsigned char)*text); text++) {
		unit /= 10;
		*ret_ns += unit * (*text - '0');
	}
	return text;
}

/* "Z", "+01:00", or nothing. */
static const char *zone(const char *text, int64_t *ret_s)
{
	int hours, minutes, sign = *text == '-' ? -1 : 1;

	*ret_s = 0;
	if (*text == 'Z' || *text == 'z')
		return text + 1;
	if (*text != '+' && *text != '-')
		return text;
	text = fixed(text + 1, 2, &hours);
	if (!text || *text != ':')
		return NULL;
	text = fixed(text + 1, 2, &minutes);
	if (!text || hours > 23 || minutes > 59)
		return NULL;
	*ret_s = sign * (hours * 3600 + minutes * 60);
	return text;
}

static const char *date(const char *text, struct tm *tm)
{
	text = fixed(text, 4, &tm->tm_year);
	if (!text || *text != '-')
		return NULL;
	text = fixed(text + 1, 2, &tm->tm_mon);
	if (!text || *text != '-')
		return NULL;
	text = fixed(text + 1, 2, &tm->tm_mday);
	tm->tm_year -= 1900;
	tm->tm_mon -= 1;
	return text;
}

/* timegm() makes 30 February a day in March; 60 s is a leap second. */
static bool is_moment(const struct tm *tm, time_t as)
{
	struct tm again;

	gmtime_r(&as, &again);
	return tm->tm_hour < 24 && tm->tm_min < 60 && tm->tm_sec <= 60 &&
	       tm->tm_mon == again.tm_mon && tm->tm_mday == again.tm_mday;
}

int literal_time(const char *text, int64_t *ret_ns)
{
	struct tm tm = {0}, day;
	int64_t fraction = 0, offset = 0, since;

	text = date(text, &tm);
	if (!text)
		return -EINVAL;
	day = tm;
	if (*text == 'T' || *text == 't' || *text == ' ') {
		text = fixed(text + 1, 2, &tm.tm_hour);
		text = text && *text == ':' ? fixed(text + 1, 2, &tm.tm_min) : NULL;
		text = text ? seconds(text, &tm.tm_sec, &fraction) : NULL;
		text = text ? zone(text, &offset) : NULL;
	}
	if (!text || *text)
		return -EINVAL;
	since = timegm(&day);
	if (!is_moment(&tm, since))
		return -EINVAL;
	since += tm.tm_hour * 3600 + tm.tm_min * 60 + tm.tm_sec - offset;
	if (llabs(since) > LITERAL_NUMBER_MAX / NS_PER_S)
		return -ERANGE;
	*ret_ns = since * NS_PER_S + fraction;
	return 0;
}

int literal_network(const char *text, uint8_t ret_address[16], unsigned *ret_bits)
{
	const char *slash = strchr(text, '/');
	char address[TEXT_ADDRESS_MAX];
	size_t length = slash ? (size_t)(slash - text) : strlen(text);
	unsigned most = memchr(text, ':', length) ? 128 : 32;
	int64_t bits = most;

	if (length >= sizeof(address))
		return -EINVAL;
	memcpy(address, text, length);
	address[length] = '\0';
	if (slash && (slash[strspn(slash + 1, "0123456789") + 1] ||
		      literal_number(slash + 1, &bits) < 0 || bits > most))
		return -EINVAL;
	if (text_parse_address(address, ret_address) < 0)
		return -EINVAL;
	*ret_bits = (unsigned)bits + 128 - most;
	return 0;
}

int literal_code(const struct operand *operand, const char *text, int64_t *ret)
{
	if (operand->code(text, ret))
		return 0;
	return literal_number(text, ret) < 0 ? -EINVAL : 0;
}

/* Mnemonics that a buffer would be needed for are numbers, which are near to any other. */
const char *literal_nearest(const struct operand *operand, const char *text)
{
	struct nearest nearest = {.word = text};
	char buf[DNS_CODE_TEXT_MAX];

	for (int64_t number = 0; number <= UINT16_MAX; number++) {
		const char *name = operand->code_text(number, buf);

		if (name && name != buf)
			nearest__offer(&nearest, name);
	}
	return nearest.best;
}
