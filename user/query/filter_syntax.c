// SPDX-License-Identifier: GPL-2.0-or-later
/* What people are told when a filter cannot be read: where, what was expected, what was found. */
#include "filter.h"
#include "filter_syntax.h"

#include "base/nearest.h"
#include "base/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Bytes of a word that are shown. */
#define SHOWN_MAX 32

/* Characters of UTF-8 are counted by the bytes that do not continue one. */
static unsigned column_of(const struct filter_parser *parser, unsigned offset)
{
	unsigned column = 1;

	for (unsigned i = 0; i < offset && i < parser->length; i++)
		column += ((unsigned char)parser->text[i] & 0xc0) != 0x80;
	return column;
}

int filter_fail(struct filter_parser *parser, struct filter_place place, const char *format, ...)
{
	char message[sizeof(parser->error->message)];
	va_list args;

	if (parser->result < 0)
		return parser->result;
	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	/* names of lists and fields are other people's, too */
	for (char *c = message; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
	memcpy(parser->error->message, message, sizeof(message));
	parser->error->column = column_of(parser, place.begin);
	parser->result = -EINVAL;
	return parser->result;
}

int filter_no_memory(struct filter_parser *parser)
{
	parser->result = -ENOMEM;
	return parser->result;
}

const char *filter_found(const char *text, size_t length, char *buf)
{
	char shown[4 * SHOWN_MAX + 8];

	if (length == 0)
		return "the end";
	text_printable(text, length < SHOWN_MAX ? length : SHOWN_MAX, shown, sizeof(shown));
	snprintf(buf, FILTER_FOUND_MAX, "'%s'%s", shown, length > SHOWN_MAX ? "..." : "");
	return buf;
}

/* The word "and" or "or" that was meant, or what was written in its place is a field's word. */
static const char *hint(enum filter_wanted wanted, const char *word, char *buf, size_t size)
{
	struct nearest nearest = {.word = word};

	if (wanted == WANTED_END_WORD) {
		static const char *const words[] = {"ip", "host", "net", "port", "ctry"};

		for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
			nearest__offer(&nearest, words[i]);
	} else if (wanted == WANTED_AND_OR || wanted == WANTED_AND_OR_CLOSE) {
		nearest__offer(&nearest, "and");
		nearest__offer(&nearest, "or");
	}
	buf[0] = '\0';
	if (nearest.best)
		snprintf(buf, size, "; did you mean %s?", nearest.best);
	return buf;
}

void filter_report_syntax(struct filter_parser *parser, enum filter_wanted wanted,
			  struct filter_place place)
{
	static const char *const texts[FILTER_WANTED] = {
		[WANTED_TERM] = "a field such as dns-qname, 'not' or '('",
		[WANTED_END_WORD] = "ip, host, net, port or ctry",
		[WANTED_COMPARISON] = "a value or a comparison",
		[WANTED_VALUE] = "a value",
		[WANTED_ITEM_OR_END] = "a value or ']'",
		[WANTED_AND_OR] = "'and' or 'or'",
		[WANTED_AND_OR_CLOSE] = "'and', 'or' or ')'",
	};
	const char *text = parser->text + place.begin;
	unsigned length = place.end - place.begin, behind = 0;
	char found[FILTER_FOUND_MAX], near[64], word[SHOWN_MAX] = "", after[FILTER_FOUND_MAX + 8];

	if (length < sizeof(word))
		memcpy(word, text, length);
	/* behind a field it is good to know which */
	after[0] = '\0';
	if (wanted == WANTED_COMPARISON) {
		struct filter_place subject = parser->subject.place;

		behind = subject.end - subject.begin;
		snprintf(after, sizeof(after), " after %s",
			 filter_found(parser->text + subject.begin, behind, found));
	}
	hint(wanted, word, near, sizeof(near));
	filter_fail(parser, place, "expected %s%s, found %s%s", texts[wanted], after,
		    filter_found(text, length, found), near);
}
