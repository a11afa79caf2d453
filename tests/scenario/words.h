/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A line of a scenario as words: positional ones, and key=value. */
#ifndef SCENARIO_WORDS_H
#define SCENARIO_WORDS_H

#include <stdbool.h>
#include <stdint.h>

#define WORDS_MAX      96
#define WORDS_TEXT_MAX 4096

/* Loop variables in force: "$name" is replaced by the value. */
struct variable {
	const char *name;
	char value[64];
};

struct variables {
	struct variable at[16];
	unsigned count;
};

struct words {
	char text[WORDS_TEXT_MAX];
	char *at[WORDS_MAX];
	bool used[WORDS_MAX]; /* so that a word that nobody understands is an error */
	unsigned count;
};

/**
 * words_split() - Replace variables, cut off the comment, split at blanks.
 *
 * Return: NULL, or what is wrong
 */
const char *words_split(const char *line, const struct variables *variables, struct words *ret);

/** words_value() - Value of the first unused "key=value"; NULL when there is none. Marks it used.
 */
const char *words_value(struct words *words, const char *key);

/** words_flag() - Is there an unused word of this text? Marks it used. */
bool words_flag(struct words *words, const char *text);

/** words_next() - The first unused word without "="; NULL when there is none. Marks it used. */
const char *words_next(struct words *words);

/** words_unused() - The first word that nobody asked for; NULL when there is none. */
const char *words_unused(const struct words *words);

/** words_number() - Read a decimal number, all of the text. */
bool words_number(const char *text, uint64_t *ret);

/**
 * words_duration() - Read "3ms", "-1.003s", "5us", "7ns", "2h" or seconds, exact to the nanosecond.
 */
bool words_duration(const char *text, int64_t *ret_ns);

#endif
