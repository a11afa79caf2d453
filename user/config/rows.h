/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The table of settings. One row is all that a setting needs: the file, --set, help and
 * the tests that hold the manual, the example and the completion against it read it here.
 */
#ifndef CONFIG_ROWS_H
#define CONFIG_ROWS_H

#include <stdbool.h>
#include <stddef.h>

/* How a value is written; value.c has one entry for each. */
enum setting_type {
	SETTING_INTERFACES, /* char **, NULL-terminated */
	SETTING_PORTS,	    /* uint16_t[ODD_PORTS_MAX], unsigned count at offset2 */
	SETTING_CHOICE,	    /* an enum, 4 bytes, whose values are the row's choices in order */
	SETTING_DURATION,   /* uint64_t ns */
	SETTING_COUNT,	    /* unsigned */
	SETTING_SIZE,	    /* uint64_t */
	SETTING_POWER,	    /* uint64_t, a power of two */
	SETTING_PATH,	    /* char * */
	SETTING_FLAG,	    /* bool */
	SETTING_LATENCY,    /* double ns; bool at offset2, if any: was given */
	SETTING_SHARE,	    /* double, 0.3 = 30 %; bool at offset2, if any: was given */
	SETTING_NETWORKS,   /* struct network *, unsigned count at offset2 */
	SETTING_RESOLVERS,  /* uint8_t (*)[16], unsigned count at offset2 */
	SETTING_WORDS,	    /* char **, NULL-terminated, or NULL */
	SETTING_TYPES,
};

struct setting_row {
	const char *section; /* "sensor", "rule odd-one-out"; one that ends with NAME for many */
	const char *key;
	enum setting_type type;
	size_t offset;	      /* in struct settings, or in what a named section has */
	size_t offset2;	      /* of the count or flag that goes with it; 0: none */
	const char *fallback; /* default as one would write it; NULL: none */
	/* as one would write them; NULL where the type has no range; min: the choices in a row */
	const char *min, *max;
	const char *unit; /* what a number counts; "" when the value says it */
	const char *help; /* one sentence, no full stop, ASCII */
};

/* Sections of which there may be many, each with a name. */
#define SETTING_GROUP "group NAME" /* struct group_settings */
#define SETTING_LIST  "list NAME"  /* struct list_settings */

extern const struct setting_row setting_rows[];
extern const unsigned setting_row_count;

/** setting_is_named() - Does the row belong to many sections, such as each [group NAME]? */
bool setting_is_named(const struct setting_row *row);

/** setting_member() - Place of a member: @offset (of a row) bytes into @base. */
static inline void *setting_member(void *base, size_t offset)
{
	return (char *)base + offset;
}

#endif
