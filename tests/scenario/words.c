// SPDX-License-Identifier: GPL-2.0-or-later
/* A line of a scenario as words. */
#include "words.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const struct variable *variable_at(const struct variables *variables, const char *text,
					  size_t length)
{
	for (unsigned i = variables->count; i-- > 0;) /* the innermost loop's first */
		if (strlen(variables->at[i].name) == length &&
		    strncmp(variables->at[i].name, text, length) == 0)
			return &variables->at[i];
	return NULL;
}

/* Replace "$name", also inside of a word: "id=$i", "$ams" would be the variable "ams": "${a}ms". */
static const char *replace(const char *line, const struct variables *variables, char *text)
{
	size_t at = 0;

	while (*line && *line != '#' && *line != '\n') {
		const struct variable *variable;
		bool braces;
		size_t length = 0;

		if (at + sizeof(variable->value) >= WORDS_TEXT_MAX)
			return "line too long";
		if (*line != '$') {
			text[at++] = *line++;
			continue;
		}
		braces = *++line == '{';
		line += braces;
		while (isalnum((unsigned char)line[length]))
			length++;
		variable = variable_at(variables, line, length);
		if (!variable)
			return "no such loop variable";
		line += length + braces;
		memcpy(text + at, variable->value, strlen(variable->value));
		at += strlen(variable->value);
	}
	text[at] = '\0';
	return NULL;
}

const char *words_split(const char *line, const struct variables *variables, struct words *ret)
{
	const char *wrong = replace(line, variables, ret->text);
	char *rest = ret->text, *word;

	ret->count = 0;
	if (wrong)
		return wrong;
	while ((word = strsep(&rest, " \t"))) {
		if (!*word)
			continue;
		if (ret->count == WORDS_MAX)
			return "too many words";
		ret->used[ret->count] = false;
		ret->at[ret->count++] = word;
	}
	return NULL;
}

const char *words_value(struct words *words, const char *key)
{
	size_t length = strlen(key);

	for (unsigned i = 0; i < words->count; i++) {
		const char *word = words->at[i];

		if (words->used[i] || strncmp(word, key, length) != 0 || word[length] != '=')
			continue;
		words->used[i] = true;
		return word + length + 1;
	}
	return NULL;
}

bool words_flag(struct words *words, const char *text)
{
	for (unsigned i = 0; i < words->count; i++) {
		if (words->used[i] || strcmp(words->at[i], text) != 0)
			continue;
		words->used[i] = true;
		return true;
	}
	return false;
}

const char *words_next(struct words *words)
{
	for (unsigned i = 0; i < words->count; i++) {
		if (words->used[i] || strchr(words->at[i], '='))
			continue;
		words->used[i] = true;
		return words->at[i];
	}
	return NULL;
}

const char *words_unused(const struct words *words)
{
	for (unsigned i = 0; i < words->count; i++)
		if (!words->used[i])
			return words->at[i];
	return NULL;
}

bool words_number(const char *text, uint64_t *ret)
{
	char *end;

	if (!isdigit((unsigned char)*text))
		return false;
	*ret = strtoull(text, &end, 10);
	return *end == '\0';
}

static int64_t unit_ns(const char *text)
{
	static const struct {
		const char *unit;
		int64_t ns;
	} units[] = {{"", 1000000000}, {"s", 1000000000},  {"ms", 1000000},	{"us", 1000},
		     {"ns", 1},	       {"m", 60000000000}, {"h", 3600000000000}};

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (strcmp(text, units[i].unit) == 0)
			return units[i].ns;
	return 0;
}

bool words_duration(const char *text, int64_t *ret_ns)
{
	bool negative = *text == '-';
	int64_t ns, digits = 0, scale = 1;
	char *end;

	text += negative;
	if (!isdigit((unsigned char)*text))
		return false;
	ns = strtoll(text, &end, 10);
	if (*end == '.')
		for (end++; isdigit((unsigned char)*end) && scale < 1000000000; end++) {
			digits = digits * 10 + (*end - '0');
			scale *= 10;
		}
	if (!unit_ns(end) || unit_ns(end) % scale)
		return false;
	ns = ns * unit_ns(end) + digits * (unit_ns(end) / scale);
	*ret_ns = negative ? -ns : ns;
	return true;
}
