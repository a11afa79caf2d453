// SPDX-License-Identifier: GPL-2.0-or-later
/* An error in a filter, with the place where it is. */
#include "query_error.h"

#include "base/log.h"

#include <stdio.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

/* The longest character of UTF-8, and dots at either end. */
#define SHOWN_BYTES (4 * QUERY_ERROR_SHOWN + 8)

/* A piece of a filter that fits in a line. */
struct excerpt {
	char text[SHOWN_BYTES];
	unsigned column; /* of the error in it, from 0 */
};

/* Bytes of the character that begins here: a byte and those that continue it. */
static size_t character_length(const char *text)
{
	size_t length = 1;

	while (((unsigned char)text[length] & 0xc0) == 0x80 && length < 4)
		length++;
	return length;
}

static const char *skip(const char *text, unsigned characters)
{
	while (characters-- && *text)
		text += character_length(text);
	return text;
}

static char *put_character(char *to, const char *text, size_t length)
{
	mbstate_t state = {0};
	wchar_t c;

	if (mbrtowc(&c, text, length, &state) != length || !iswprint((wint_t)c)) {
		*to = '?';
		return to + 1;
	}
	memcpy(to, text, length);
	return to + length;
}

static const char dots[] = "...";

static void take_excerpt(const char *filter, unsigned column, struct excerpt *ret)
{
	unsigned before = column > 0 ? column - 1 : 0;
	unsigned first = before > QUERY_ERROR_SHOWN / 2 ? before - QUERY_ERROR_SHOWN / 2 : 0;
	const char *text = skip(filter, first);
	char *to = ret->text;

	if (first > 0)
		to = mempcpy(to, dots, sizeof(dots) - 1);
	ret->column = before - first + (unsigned)(first > 0 ? sizeof(dots) - 1 : 0);
	for (unsigned i = 0; i < QUERY_ERROR_SHOWN && *text; i++) {
		size_t length = character_length(text);

		to = put_character(to, text, length);
		text += length;
	}
	if (*text)
		to = mempcpy(to, dots, sizeof(dots) - 1);
	*to = '\0';
}

void query_error__show(const char *filter, const struct filter_error *error, const char *hint,
		       bool lines)
{
	struct excerpt excerpt;

	take_excerpt(filter, error->column, &excerpt);
	if (!lines) {
		log_err(0, "filter '%s', column %u: %s%s%s", excerpt.text, error->column,
			error->message, hint ? "; " : "", hint ? hint : "");
		return;
	}
	log_err(0, "filter, column %u: %s%s%s", error->column, error->message, hint ? "; " : "",
		hint ? hint : "");
	fprintf(stderr, "  %s\n  %*s^\n", excerpt.text, (int)excerpt.column, "");
}
