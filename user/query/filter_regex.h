/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Regular expressions of filters: PCRE2 without regard to case, on bytes, with limits. */
#ifndef QUERY_FILTER_REGEX_H
#define QUERY_FILTER_REGEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct filter_regex;

/**
 * filter_regex__new() - Compile an expression.
 * @pattern: @length bytes
 * @ret_why: why it is none, printable, 128 bytes
 *
 * Return: 0, -EINVAL with @ret_why, -ENOMEM
 */
int filter_regex__new(const char *pattern, size_t length, struct filter_regex **ret_regex,
		      char *ret_why);
void filter_regex__free(struct filter_regex *regex);

/**
 * filter_regex__match() - Is it found in the text?
 *
 * By several threads at a time. What takes more than the limits is not found, and counted.
 */
bool filter_regex__match(const struct filter_regex *regex, const char *text, size_t length);

/** filter_regex__given_up() - Texts so far that took more than the limits, or more memory. */
uint64_t filter_regex__given_up(const struct filter_regex *regex);

#endif
