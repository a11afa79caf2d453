/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of options: which verbs take them, and what argp is told. */
#ifndef CMD_OPTION_ROWS_H
#define CMD_OPTION_ROWS_H

#include <argp.h>

/* Keys of long options; 'i', 'c', 'f', 'n', 'o', '?' and 'h' are short ones. */
enum {
	KEY_HOOK = 0x100,
	KEY_SET,
	KEY_ENGINE,
	KEY_FORMAT,
	KEY_TRY,
	KEY_USAGE,
	KEY_STORE,
	KEY_LAST,
	KEY_SINCE,
	KEY_UNTIL,
	KEY_UNIFLOW,
	KEY_SORT,
	KEY_OUTPUT,
	KEY_BY,
	KEY_TOP,
	KEY_ORDER,
	KEY_FIELDS,
};

/* Which options a verb takes: a mask. */
enum {
	OPTION_INTERFACE = 1 << 0, /* -i, --interface; sugar for sensor.interfaces */
	OPTION_CONFIG = 1 << 1,	   /* -c, --config, and the default file */
	OPTION_HOOK = 1 << 2,	   /* --hook; sugar for sensor.hook */
	OPTION_SET = 1 << 3,	   /* --set; the help ends with the list of settings */
	OPTION_ENGINE = 1 << 4,	   /* --engine */
	OPTION_FORMAT = 1 << 5,	   /* --format */
	OPTION_FILES = 1 << 6,	   /* at least one positional argument */
	OPTION_TRY = 1 << 7,	   /* --try */
	OPTION_FILTER = 1 << 8,	   /* positional arguments: a filter, joined by spaces */
	OPTION_STORE = 1 << 9,	   /* --store; sugar for store.path */
	OPTION_SPAN = 1 << 10,	   /* --last, --since, --until */
	OPTION_UNIFLOW = 1 << 11,  /* --uniflow */
	OPTION_FOLLOW = 1 << 12,   /* --follow, -f */
	OPTION_LIMIT = 1 << 13,	   /* --limit, -n */
	OPTION_SORT = 1 << 14,	   /* --sort */
	OPTION_COLUMNS = 1 << 15,  /* -o, --columns */
	OPTION_OUTPUT = 1 << 16,   /* --output, and -o where it does not stand for columns */
	OPTION_BY = 1 << 17,	   /* --by, --top, --order */
	OPTION_FIELDS = 1 << 18,   /* --help-fields */
};

/* In each verb's mask. */
#define OPTION_HELP (1u << 31)

struct option_row {
	unsigned bit; /* of the verb's mask */
	struct argp_option option;
};

/* As many as the table has; the compiler holds it against that. */
#define OPTION_ROWS 24

extern const struct option_row option_rows[OPTION_ROWS];

#endif
