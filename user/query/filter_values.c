// SPDX-License-Identifier: GPL-2.0-or-later
/* The right side of a term: what its items are for the type of its field. */
#include "filter.h"
#include "filter_parse.h"

#include "filter_regex.h"
#include "literal.h"
#include "special.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OF(op)	 (1U << (op))
#define EQUALITY (OF(OPERATOR_NONE) | OF(OPERATOR_IN) | OF(OPERATOR_EQUAL) | OF(OPERATOR_NOT_EQUAL))
#define ORDER                                                                                      \
	(OF(OPERATOR_LESS) | OF(OPERATOR_AT_MOST) | OF(OPERATOR_GREATER) | OF(OPERATOR_AT_LEAST))
#define PATTERN (OF(OPERATOR_REGEX) | OF(OPERATOR_NOT_REGEX))

/* What is written for a type, and how it may be compared. */
static const struct {
	unsigned operators;
	const char *expected;
} types[OPERAND_TYPES] = {
	[OPERAND_NUMBER] = {EQUALITY | ORDER, "a number"},
	[OPERAND_DURATION] = {EQUALITY | ORDER, "a duration such as 50ms"},
	[OPERAND_CODE] = {EQUALITY | ORDER, "a mnemonic or a number"},
	[OPERAND_ADDRESS] = {EQUALITY, "an address or a network"},
	[OPERAND_COUNTRY] = {EQUALITY, "0"},
	[OPERAND_NAME] = {EQUALITY | PATTERN, "a name"},
	[OPERAND_TEXT] = {EQUALITY | PATTERN, "a text"},
	[OPERAND_FLAGS] = {EQUALITY, "flags such as \"aa rd\""},
	[OPERAND_TIME] = {EQUALITY | ORDER, "a time such as 2026-11-22T07:30:00Z"},
};

/* A term's values in the making. */
struct maker {
	struct filter_parser *parser;
	enum filter_operator op;
	struct filter_values *values;
};

/* The item as a string. */
struct word {
	char text[FILTER_WORD_MAX + 1];
};

static const char *word_of(const struct filter_item *item, struct word *word)
{
	memcpy(word->text, item->text, item->length);
	word->text[item->length] = '\0';
	return word->text;
}

static int unexpected(struct filter_parser *parser, const struct filter_item *item,
		      const char *near)
{
	const struct filter_subject *subject = &parser->subject;
	char found[FILTER_FOUND_MAX], after[FILTER_FOUND_MAX];
	bool empty = item->length == 0;

	filter_found(parser->text + subject->place.begin, subject->place.end - subject->place.begin,
		     after);
	return filter_fail(parser, item->place, "expected %s after %s, found %s%s%s%s",
			   types[subject->type].expected, after,
			   empty ? "''" : filter_found(item->text, item->length, found),
			   near ? "; did you mean " : "", near ? near : "", near ? "?" : "");
}

static int add_number(struct maker *maker, const struct filter_item *item)
{
	const struct filter_subject *subject = &maker->parser->subject;
	const struct operand *operand = subject->operands[0];
	bool is_code = subject->type == OPERAND_CODE;
	struct word word;
	int64_t n;
	int r;

	word_of(item, &word);
	if (is_code)
		r = literal_code(operand, word.text, &n);
	else if (subject->type == OPERAND_DURATION)
		r = literal_duration(word.text, &n);
	else if (subject->type == OPERAND_TIME)
		r = literal_time(word.text, &n);
	else
		r = literal_number(word.text, &n);
	if (r == -ERANGE)
		return filter_fail(maker->parser, item->place, "a number that is too large");
	if (r < 0)
		return unexpected(maker->parser, item,
				  is_code ? literal_nearest(operand, word.text) : NULL);
	maker->values->ranges[maker->values->count++] = (struct number_range){n, n};
	return 0;
}

/* Only the one value of a comparison. */
static void open_range(enum filter_operator op, struct number_range *range)
{
	switch (op) {
	case OPERATOR_LESS:
		*range = (struct number_range){INT64_MIN, range->low - 1};
		break;
	case OPERATOR_AT_MOST:
		range->low = INT64_MIN;
		break;
	case OPERATOR_GREATER:
		*range = (struct number_range){range->low + 1, INT64_MAX};
		break;
	case OPERATOR_AT_LEAST:
		range->high = INT64_MAX;
		break;
	default:
		break;
	}
}

static int add_address(struct maker *maker, const struct filter_item *item)
{
	struct word word;
	uint8_t address[16];
	unsigned bits;

	if (literal_network(word_of(item, &word), address, &bits) < 0)
		return unexpected(maker->parser, item, NULL);
	if (address_set__add(&maker->values->addresses, address, bits) < 0)
		return filter_no_memory(maker->parser);
	return 0;
}

static int add_country(struct maker *maker, const struct filter_item *item)
{
	struct address_set *set = &maker->values->addresses;
	char found[FILTER_FOUND_MAX];

	if (item->length != 1 || item->text[0] != '0')
		return filter_fail(maker->parser, item->place,
				   "expected 0, found %s: there is no database of countries, only "
				   "addresses of none are known (private, loopback, ...)",
				   filter_found(item->text, item->length, found));
	if (set->count) /* named twice */
		return 0;
	for (unsigned i = 0; i < special_prefix_count; i++)
		if (address_set__add(set, special_prefixes[i].address, special_prefixes[i].bits) <
		    0)
			return filter_no_memory(maker->parser);
	return 0;
}

/* Mnemonics with blanks or commas between them, or a number; = asks for no other mnemonics. */
static int add_flags(struct maker *maker, const struct filter_item *item)
{
	const struct operand *operand = maker->parser->subject.operands[0];
	struct filter_flags flags = {0, 0};
	struct word word;
	char *rest = NULL;
	int64_t bit;

	if (literal_number(word_of(item, &word), &flags.bits) == 0) {
		if (flags.bits < 0 || flags.bits > UINT16_MAX)
			return unexpected(maker->parser, item, NULL);
		flags.mask = maker->op == OPERATOR_NONE ? flags.bits : UINT16_MAX;
		maker->values->flags[maker->values->count++] = flags;
		return 0;
	}
	for (char *each = strtok_r(word.text, ", \t", &rest); each;
	     each = strtok_r(NULL, ", \t", &rest)) {
		if (!operand->code(each, &bit))
			return unexpected(maker->parser, item, literal_nearest(operand, each));
		flags.bits |= bit;
	}
	for (bit = 1; bit <= UINT16_MAX; bit <<= 1)
		if (operand->code_text(bit, NULL))
			flags.mask |= bit;
	if (maker->op == OPERATOR_NONE)
		flags.mask = flags.bits;
	maker->values->flags[maker->values->count++] = flags;
	return 0;
}

/* "example.com." is "example.com", but not when the last dot is part of a label. */
static size_t without_root(const char *text, size_t length)
{
	size_t backslashes = 0;

	if (length < 2 || text[length - 1] != '.')
		return length;
	while (backslashes < length - 1 && text[length - 2 - backslashes] == '\\')
		backslashes++;
	return backslashes % 2 ? length : length - 1;
}

static int add_text(struct maker *maker, const struct filter_item *item)
{
	struct filter_text *text = &maker->values->texts[maker->values->count];
	bool is_name = maker->parser->subject.type == OPERAND_NAME;

	text->text = malloc(item->length + 1);
	if (!text->text)
		return filter_no_memory(maker->parser);
	text->length = item->length;
	if (is_name && maker->values->test == TEST_EXACT)
		text->length = without_root(item->text, item->length);
	for (size_t i = 0; i < text->length; i++) {
		char c = item->text[i];

		text->text[i] = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
	}
	text->text[text->length] = '\0';
	maker->values->count++;
	return 0;
}

static int add_regex(struct maker *maker, const struct filter_item *item)
{
	struct filter_parser *parser = maker->parser;
	struct filter *filter = parser->filter;
	char why[128], found[FILTER_FOUND_MAX];
	int r;

	if (filter->regex_count == parser->regex_room) {
		unsigned room = parser->regex_room ? 2 * parser->regex_room : 4;
		struct filter_regex **more = reallocarray(filter->regexes, room, sizeof(*more));

		if (!more)
			return filter_no_memory(parser);
		filter->regexes = more;
		parser->regex_room = room;
	}
	r = filter_regex__new(item->text, item->length, &filter->regexes[filter->regex_count], why);
	if (r == -EINVAL)
		return filter_fail(parser, item->place,
				   "expected a regular expression, found %s: %s",
				   filter_found(item->text, item->length, found), why);
	if (r < 0)
		return filter_no_memory(parser);
	filter->regex_count++;
	maker->values->count++;
	return 0;
}

/* --- all items -----------------------------------------------------------------------------------
 */

static enum filter_test test_of(enum operand_type type, enum filter_operator op)
{
	switch (type) {
	case OPERAND_ADDRESS:
	case OPERAND_COUNTRY:
		return TEST_ADDRESSES;
	case OPERAND_FLAGS:
		return TEST_FLAGS;
	case OPERAND_NAME:
	case OPERAND_TEXT:
		if (OF(op) & PATTERN)
			return TEST_REGEX;
		return op == OPERATOR_NONE ? TEST_CONTAINS : TEST_EXACT;
	default:
		return TEST_NUMBERS;
	}
}

typedef int (*add_fn)(struct maker *maker, const struct filter_item *item);

static add_fn add_of(const struct maker *maker)
{
	switch (maker->values->test) {
	case TEST_ADDRESSES:
		return maker->parser->subject.type == OPERAND_COUNTRY ? add_country : add_address;
	case TEST_FLAGS:
		return add_flags;
	case TEST_EXACT:
	case TEST_CONTAINS:
		return add_text;
	case TEST_REGEX:
		return add_regex;
	default:
		return add_number;
	}
}

static int check_operator(struct filter_parser *parser, enum filter_operator op)
{
	const struct filter_subject *subject = &parser->subject;
	char found[FILTER_FOUND_MAX], after[FILTER_FOUND_MAX];
	struct filter_place place = parser->operator_place;

	filter_found(parser->text + subject->place.begin, subject->place.end - subject->place.begin,
		     after);
	if (!(types[subject->type].operators & OF(op)))
		return filter_fail(
			parser, place, "%s cannot be compared by %s", after,
			filter_found(parser->text + place.begin, place.end - place.begin, found));
	if (OF(op) & ORDER && parser->item_count > 1)
		return filter_fail(
			parser, parser->items[1].place,
			"expected one value behind %s, found a list",
			filter_found(parser->text + place.begin, place.end - place.begin, found));
	return 0;
}

/* Room for as many items as there are, whatever they are; zeroed. */
static struct filter_values *values_new(const struct filter_parser *parser, enum filter_test test)
{
	struct filter_values *values = calloc(1, sizeof(*values));
	size_t n = parser->item_count;

	if (!values)
		return NULL;
	values->test = test;
	if (test == TEST_NUMBERS)
		values->ranges = calloc(n, sizeof(*values->ranges));
	else if (test == TEST_FLAGS)
		values->flags = calloc(n, sizeof(*values->flags));
	else if (test == TEST_EXACT || test == TEST_CONTAINS)
		values->texts = calloc(n, sizeof(*values->texts));
	else if (test == TEST_REGEX)
		values->first_regex = parser->filter->regex_count;
	if ((test == TEST_NUMBERS && !values->ranges) || (test == TEST_FLAGS && !values->flags) ||
	    ((test == TEST_EXACT || test == TEST_CONTAINS) && !values->texts)) {
		free(values);
		return NULL;
	}
	return values;
}

static int keep_values(struct filter_parser *parser, struct filter_values *values)
{
	struct filter *filter = parser->filter;

	if (filter->value_count == parser->value_room) {
		unsigned room = parser->value_room ? 2 * parser->value_room : 16;
		struct filter_values **more = reallocarray(filter->values, room, sizeof(*more));

		if (!more) {
			filter_values__free(values);
			return filter_no_memory(parser);
		}
		filter->values = more;
		parser->value_room = room;
	}
	filter->values[filter->value_count++] = values;
	return 0;
}

int filter_make_values(struct filter_parser *parser, enum filter_operator op,
		       const struct filter_values **ret_values)
{
	struct maker maker = {parser, op, NULL};
	add_fn add;

	if (check_operator(parser, op) < 0)
		return parser->result;
	maker.values = values_new(parser, test_of(parser->subject.type, op));
	if (!maker.values)
		return filter_no_memory(parser);
	maker.values->has_case = parser->subject.type == OPERAND_TEXT;
	if (keep_values(parser, maker.values) < 0)
		return parser->result;
	add = add_of(&maker);
	for (unsigned i = 0; i < parser->item_count; i++)
		if (add(&maker, &parser->items[i]) < 0)
			return parser->result;
	if (maker.values->test == TEST_NUMBERS)
		open_range(op, maker.values->ranges);
	if (maker.values->test == TEST_ADDRESSES)
		address_set__finish(&maker.values->addresses);
	*ret_values = maker.values;
	return 0;
}

void filter_values__free(struct filter_values *values)
{
	if (!values)
		return;
	switch (values->test) {
	case TEST_NUMBERS:
		free(values->ranges);
		break;
	case TEST_ADDRESSES:
		address_set__done(&values->addresses);
		break;
	case TEST_FLAGS:
		free(values->flags);
		break;
	case TEST_EXACT:
	case TEST_CONTAINS:
		for (unsigned i = 0; i < values->count; i++)
			free(values->texts[i].text);
		free(values->texts);
		break;
	case TEST_REGEX:
		break;
	}
	free(values);
}
