/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One assignment to the settings, from a file or the command line, checked against the table. */
#ifndef CONFIG_ASSIGN_H
#define CONFIG_ASSIGN_H

#include "rows.h"
#include "settings.h"

/* Section names of at most this length: inih's MAX_SECTION less the NUL (it cuts longer ones). */
#define SECTION_MAX 49

struct assignment {
	const char *file; /* NULL: the command line */
	unsigned line;
	const char *section; /* "" before the first section */
	const char *key;
	const char *value;
};

/**
 * assign_section() - Open the section that @a names; a group that is new is made.
 *
 * Return: 0, -EINVAL after reporting the section, -ENOMEM
 */
int assign_section(struct settings *settings, const struct assignment *a);

/**
 * assign() - Find the row of @a and store its value; opens the section too.
 *
 * Return: 0, -EINVAL after reporting what is wrong and what is allowed, -ENOMEM
 */
int assign(struct settings *settings, const struct assignment *a);

/**
 * assign_error() - Report on stderr where @a stands and what is wrong with it.
 *
 * Return: -EINVAL
 */
int assign_error(const struct assignment *a, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

#endif
