// SPDX-License-Identifier: GPL-2.0-or-later
/* One reader for each type of setting; lists are in list.c. */
#include "value.h"

#include "base/text.h"
#include "list.h"
#include "settings.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Longest path of a folder: leaves room for file names below PATH_MAX (4096). */
#define FOLDER_MAX 3072

/* A number of the row in its base unit; counts are plain decimal integers. */
static int parse_number(const struct setting_row *row, const char *text, double *ret)
{
	uint64_t integer = 0;
	int r;

	switch (row->type) {
	case SETTING_SHARE:
		return text_parse_share(text, ret);
	case SETTING_DURATION:
	case SETTING_LATENCY:
		r = text_parse_duration(text, &integer);
		break;
	case SETTING_COUNT:
		if (!*text || text[strspn(text, "0123456789")])
			return -EINVAL;
		__attribute__((fallthrough));
	default:
		r = text_parse_size(text, &integer);
	}
	if (r < 0)
		return r;
	*ret = (double)integer; /* exact: no setting goes beyond 2^53 */
	return 0;
}

static const char *kind_of(enum setting_type type)
{
	switch (type) {
	case SETTING_SHARE:
		return "not a share (such as 30% or 0.3)";
	case SETTING_DURATION:
	case SETTING_LATENCY:
		return "not a duration (such as 20ms, 5s, 10m)";
	case SETTING_COUNT:
		return "not a whole number";
	default:
		return "not a size (such as 4096, 64k, 4M)";
	}
}

/* The number within the row's range; min and max are read as a value would be. */
static int read_number(const struct setting_row *row, const char *text, double *ret, char *ret_why)
{
	double number, min = 0, max = 0;
	int r = parse_number(row, text, &number);

	if (r == -ERANGE)
		return refuse(ret_why, "too large");
	if (r < 0)
		return refuse(ret_why, "%s", kind_of(row->type));
	parse_number(row, row->min, &min);
	parse_number(row, row->max, &max);
	if (number < min)
		return refuse(ret_why, "too small");
	if (number > max)
		return refuse(ret_why, "too large");
	*ret = number;
	return 0;
}

static int set_uint64(const struct setting_row *row, void *base, const char *text, char *ret_why)
{
	double number;
	int r = read_number(row, text, &number, ret_why);

	if (r < 0)
		return r;
	*(uint64_t *)setting_member(base, row->offset) = (uint64_t)number;
	return 0;
}

static int set_power(const struct setting_row *row, void *base, const char *text, char *ret_why)
{
	double number;
	int r = read_number(row, text, &number, ret_why);

	if (r < 0)
		return r;
	if ((uint64_t)number & ((uint64_t)number - 1))
		return refuse(ret_why, "not a power of two");
	*(uint64_t *)setting_member(base, row->offset) = (uint64_t)number;
	return 0;
}

static int set_unsigned(const struct setting_row *row, void *base, const char *text, char *ret_why)
{
	double number;
	int r = read_number(row, text, &number, ret_why);

	if (r < 0)
		return r;
	*(unsigned *)setting_member(base, row->offset) = (unsigned)number;
	return 0;
}

static int set_double(const struct setting_row *row, void *base, const char *text, char *ret_why)
{
	double number;
	int r = read_number(row, text, &number, ret_why);

	if (r < 0)
		return r;
	*(double *)setting_member(base, row->offset) = number;
	if (row->offset2)
		*(bool *)setting_member(base, row->offset2) = true;
	return 0;
}

static int set_choice(const struct setting_row *row, void *base, const char *text, char *ret_why)
{
	const char *choice = row->min;
	size_t length = strlen(text);

	for (unsigned i = 0; *choice; i++) {
		size_t end = strcspn(choice, ",");

		if (length == end && memcmp(text, choice, end) == 0) {
			*(unsigned *)setting_member(base, row->offset) = i;
			return 0;
		}
		choice += end;
		choice += strspn(choice, ", ");
	}
	return refuse(ret_why, "unknown %s", row->key);
}

_Static_assert(sizeof(enum hook_choice) == sizeof(unsigned), "set_choice() writes an unsigned");

static int set_flag(const struct setting_row *row, void *base, const char *text, char *ret_why)
{
	static const char *const words[][2] = {
		{"no", "yes"}, {"off", "on"}, {"false", "true"}, {"0", "1"}};

	for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		bool yes = strcasecmp(text, words[i][1]) == 0;

		if (!yes && strcasecmp(text, words[i][0]) != 0)
			continue;
		*(bool *)setting_member(base, row->offset) = yes;
		return 0;
	}
	return refuse(ret_why, "neither yes nor no");
}

static int set_path(const struct setting_row *row, void *base, const char *text, char *ret_why)
{
	char **path = setting_member(base, row->offset), *copy;

	if (text[0] != '/')
		return refuse(ret_why, "not an absolute path");
	if (strlen(text) > FOLDER_MAX)
		return refuse(ret_why, "too long");
	for (const char *c = text; *c; c++)
		if (iscntrl((unsigned char)*c))
			return refuse(ret_why, "holds a control character");
	copy = strdup(text);
	if (!copy)
		return -ENOMEM;
	free(*path);
	*path = copy;
	return 0;
}

typedef int (*value_set_fn)(const struct setting_row *row, void *base, const char *text,
			    char *ret_why);

/* allowed: NULL when the row's min and max say it */
static const struct {
	value_set_fn set;
	const char *allowed;
} types[SETTING_TYPES] = {
	[SETTING_INTERFACES] = {list_set_interfaces,
				"names of interfaces, up to 15 bytes each; empty: default routes"},
	[SETTING_PORTS] = {list_set_ports, "1 to 16 ports, each 1 to 65535"},
	[SETTING_CHOICE] = {set_choice, NULL},
	[SETTING_DURATION] = {set_uint64, NULL},
	[SETTING_COUNT] = {set_unsigned, NULL},
	[SETTING_SIZE] = {set_uint64, NULL},
	[SETTING_POWER] = {set_power, NULL},
	[SETTING_PATH] = {set_path, "an absolute path"},
	[SETTING_FLAG] = {set_flag, "yes, no"},
	[SETTING_LATENCY] = {set_double, NULL},
	[SETTING_SHARE] = {set_double, NULL},
	[SETTING_NETWORKS] =
		{list_set_networks,
		 "addresses and networks, such as 192.0.2.1, 10.0.0.0/8, 2001:db8::/32"},
	[SETTING_WORDS] = {list_set_words, "words, with commas or spaces between"},
	[SETTING_RESOLVERS] = {list_set_resolvers,
			       "up to 256 addresses; public: the well-known ones; empty: none"},
};

int value_set(const struct setting_row *row, void *base, const char *text, char *ret_why)
{
	return types[row->type].set(row, base, text, ret_why);
}

const char *value_allowed(const struct setting_row *row, char *buf)
{
	if (types[row->type].allowed)
		snprintf(buf, VALUE_ALLOWED_MAX, "%s", types[row->type].allowed);
	else if (row->type == SETTING_CHOICE)
		snprintf(buf, VALUE_ALLOWED_MAX, "%s", row->min);
	else
		snprintf(buf, VALUE_ALLOWED_MAX, "%s to %s%s%s%s", row->min, row->max,
			 *row->unit ? " " : "", row->unit,
			 row->type == SETTING_POWER ? ", a power of two" : "");
	return buf;
}
