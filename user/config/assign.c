// SPDX-License-Identifier: GPL-2.0-or-later
/* From section, key and value to the row of the table, or to the words that would have fitted. */
#include "assign.h"

#include "base/log.h"
#include "base/nearest.h"
#include "base/text.h"
#include "value.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* As much of a foreign text as is shown; each byte may become "\DDD". */
#define SHOWN_MAX 160
/* All keys of the largest section ("sensor"), or all sections, with commas. */
#define WORDS_MAX 512

/* Printable copy of what somebody wrote; cut with "..." when long. */
static const char *shown(const char *text, char *buf)
{
	size_t length = strlen(text), end;

	text_printable(text, length, buf, SHOWN_MAX - 3);
	end = strlen(buf);
	if (end < length)
		memcpy(buf + end, "...", sizeof("...")); /* room was left */
	return buf;
}

int assign_error(const struct assignment *a, const char *fmt, ...)
{
	char section[SHOWN_MAX], key[SHOWN_MAX], value[SHOWN_MAX], why[512];
	va_list args;

	va_start(args, fmt);
	vsnprintf(why, sizeof(why), fmt, args);
	va_end(args);
	shown(a->section, section);
	shown(a->key ? a->key : "", key);
	shown(a->value ? a->value : "", value);
	if (!a->file)
		log_err(0, "%s.%s=%s: %s", section, key, value, why);
	else if (a->key && *a->section)
		log_err(0, "%s:%u: [%s] %s = %s: %s", a->file, a->line, section, key, value, why);
	else if (a->key)
		log_err(0, "%s:%u: %s = %s: %s", a->file, a->line, key, value, why);
	else
		log_err(0, "%s:%u: [%s]: %s", a->file, a->line, section, why);
	return -EINVAL;
}

static void add_word(char *words, const char *before, const char *word)
{
	size_t n = strlen(words);

	snprintf(words + n, WORDS_MAX - n, "%s%s%s%s", n ? ", " : "", before, word,
		 *before ? "]" : "");
}

static bool opens_section(const struct setting_row *row)
{
	return row == setting_rows || strcmp(row->section, row[-1].section) != 0;
}

static int unknown_section(const struct assignment *a)
{
	struct nearest nearest = {.word = a->section};
	char words[WORDS_MAX] = "";

	for (unsigned i = 0; i < setting_row_count; i++) {
		if (!opens_section(&setting_rows[i]))
			continue;
		add_word(words, "[", setting_rows[i].section);
		nearest__offer(&nearest, setting_rows[i].section);
	}
	if (!*a->section)
		return assign_error(a, "stands before the first section; allowed %s", words);
	if (nearest.best)
		return assign_error(a, "unknown section, did you mean [%s]?; allowed %s",
				    nearest.best, words);
	return assign_error(a, "unknown section; allowed %s", words);
}

/* "group " of "group NAME" */
static size_t prefix_length(const char *section)
{
	return strlen(section) - strlen("NAME");
}

static bool in_section(const struct setting_row *row, const char *section)
{
	return setting_is_named(row)
		       ? strncmp(row->section, section, prefix_length(row->section)) == 0
		       : strcmp(row->section, section) == 0;
}

static int unknown_key(const struct assignment *a)
{
	struct nearest nearest = {.word = a->key};
	char words[WORDS_MAX] = "";

	for (unsigned i = 0; i < setting_row_count; i++) {
		if (!in_section(&setting_rows[i], a->section))
			continue;
		add_word(words, "", setting_rows[i].key);
		nearest__offer(&nearest, setting_rows[i].key);
	}
	if (nearest.best)
		return assign_error(a, "unknown key, did you mean '%s'?; allowed %s", nearest.best,
				    words);
	return assign_error(a, "unknown key; allowed %s", words);
}

/* Names of groups go into alerts, the journal and file lines: printable ASCII, no brackets. */
static bool is_group_name(const char *name)
{
	if (name[strlen(name) - 1] == ' ')
		return false;
	for (; *name; name++)
		if (*name < 0x20 || *name > 0x7e || strchr("[]=;#\"\\", *name))
			return false;
	return true;
}

/* Names of lists are words of the filter language. */
static bool is_list_name(const char *name)
{
	for (; *name; name++)
		if (!isalnum((unsigned char)*name) && !strchr("_-", *name))
			return false;
	return true;
}

/*
 * The element of that name in an array whose elements begin with it, made when new. NULL when out
 * of memory.
 */
static void *named_element(void **array, unsigned *count, size_t bytes, const char *name)
{
	char *elements = *array, *element;

	for (unsigned i = 0; i < *count; i++)
		if (strcmp(*(char **)(elements + i * bytes), name) == 0)
			return elements + i * bytes;
	elements = reallocarray(elements, *count + 1, bytes);
	if (!elements)
		return NULL;
	*array = elements;
	element = elements + *count * bytes;
	memset(element, 0, bytes);
	*(char **)element = strdup(name);
	if (!*(char **)element)
		return NULL;
	(*count)++;
	return element;
}

_Static_assert(offsetof(struct group_settings, name) == 0, "named_element() finds it there");
_Static_assert(offsetof(struct list_settings, name) == 0, "named_element() finds it there");

static void *group_of(struct settings *settings, const char *name)
{
	return named_element((void **)&settings->groups, &settings->group_count,
			     sizeof(*settings->groups), name);
}

static void *list_of(struct settings *settings, const char *name)
{
	return named_element((void **)&settings->lists, &settings->list_count,
			     sizeof(*settings->lists), name);
}

/* Sections of which there may be many. */
static const struct {
	const char *section;
	bool (*is_name)(const char *name); /* not empty, up to SECTION_MAX */
	void *(*open)(struct settings *settings, const char *name);
	const char *allowed;
} named[] = {
	{SETTING_GROUP, is_group_name, group_of, "printable ASCII characters without []=;#\"\\"},
	{SETTING_LIST, is_list_name, list_of, "letters, digits, '_' and '-'"},
};

/* Where the values of the @i-th kind of named section are stored. */
static int open_named(struct settings *settings, const struct assignment *a, size_t i,
		      void **ret_base)
{
	size_t prefix = prefix_length(named[i].section);
	const char *name = a->section + prefix;

	name += strspn(name, " ");
	if (!*name || strlen(name) > SECTION_MAX - prefix || !named[i].is_name(name))
		return assign_error(a, "not a name of a %.*s; allowed 1 to %zu %s", (int)prefix - 1,
				    named[i].section, SECTION_MAX - prefix, named[i].allowed);
	*ret_base = named[i].open(settings, name);
	return *ret_base ? 0 : log_err(-ENOMEM, "%s", a->section);
}

/* Where the section's values are stored. */
static int open_section(struct settings *settings, const struct assignment *a, void **ret_base)
{
	for (size_t i = 0; i < sizeof(named) / sizeof(named[0]); i++)
		if (strncmp(a->section, named[i].section, prefix_length(named[i].section)) == 0)
			return open_named(settings, a, i, ret_base);
	for (unsigned i = 0; i < setting_row_count; i++) {
		if (!in_section(&setting_rows[i], a->section))
			continue;
		*ret_base = settings;
		return 0;
	}
	return unknown_section(a);
}

int assign_section(struct settings *settings, const struct assignment *a)
{
	void *base;

	return open_section(settings, a, &base);
}

int assign(struct settings *settings, const struct assignment *a)
{
	char why[REFUSAL_MAX], allowed[VALUE_ALLOWED_MAX];
	void *base;
	int r = open_section(settings, a, &base);

	if (r < 0)
		return r;
	for (unsigned i = 0; i < setting_row_count; i++) {
		const struct setting_row *row = &setting_rows[i];

		if (strcmp(row->key, a->key) != 0 || !in_section(row, a->section))
			continue;
		r = value_set(row, base, a->value, why);
		if (r == -EINVAL)
			return assign_error(a, "%s; allowed %s", *a->value ? why : "empty value",
					    value_allowed(row, allowed));
		return r < 0 ? log_err(r, "set %s.%s", a->section, a->key) : 0;
	}
	return unknown_key(a);
}
