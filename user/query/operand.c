// SPDX-License-Identifier: GPL-2.0-or-later
/* Operands by their words, as text, and explained. The table is in operand_rows.c. */
#include "operand.h"

#include "special.h"

#include "base/digits.h"
#include "base/nearest.h"
#include "base/text.h"
#include "dns/codes.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

static char plain(char c)
{
	return c == '_' ? '-' : (char)tolower((unsigned char)c);
}

static bool same_word(const char *a, const char *b)
{
	while (*a && plain(*a) == plain(*b)) {
		a++;
		b++;
	}
	return !*a && !*b;
}

static const char *nearest_word(const char *word)
{
	struct nearest nearest = {.word = word};

	for (unsigned i = 0; i < operand_count; i++) {
		nearest__offer(&nearest, operands[i].word);
		if (operands[i].alias)
			nearest__offer(&nearest, operands[i].alias);
	}
	return nearest.best;
}

const struct operand *operand_find(const char *word, const char **ret_nearest)
{
	for (unsigned i = 0; i < operand_count; i++) {
		const struct operand *operand = &operands[i];

		if (same_word(operand->word, word) ||
		    (operand->alias && same_word(operand->alias, word)))
			return operand;
	}
	if (ret_nearest)
		*ret_nearest = nearest_word(word);
	return NULL;
}

/* "qr rd ra" */
static const char *flags_text(const struct operand *operand, int64_t bits, char *buf)
{
	size_t n = 0;

	buf[0] = '\0';
	for (int64_t bit = 0x8000; bit; bit >>= 1) {
		const char *name = bits & bit ? operand->code_text(bit, NULL) : NULL;

		if (name)
			n += (size_t)snprintf(buf + n, FIELD_TEXT_MAX - n, "%s%s", n ? " " : "",
					      name);
	}
	return buf;
}

static const char *number_text(int64_t number, char *buf)
{
	char *to = buf;

	if (number < 0)
		*to++ = '-';
	*digits_number(to, number < 0 ? -(uint64_t)number : (uint64_t)number) = '\0';
	return buf;
}

static const char *code_text(const struct operand *operand, int64_t number, char *buf)
{
	const char *text = operand->code_text(number, buf);

	return text ? text : number_text(number, buf);
}

/* What stands in the value's own buffer is printable, and has its escapes. */
static const char *copy_text(const struct operand_value *value, char *buf)
{
	if (value->text < value->field.buf ||
	    value->text >= value->field.buf + sizeof(value->field.buf))
		return text_printable(value->text, value->length, buf, FIELD_TEXT_MAX);
	memcpy(buf, value->text, value->length);
	buf[value->length] = '\0';
	return buf;
}

const char *operand_value_text(const struct operand *operand, const struct operand_value *value,
			       bool is_plain, char *buf)
{
	switch (operand->type) {
	case OPERAND_NUMBER:
		return number_text(value->number, buf);
	case OPERAND_DURATION:
		return is_plain ? number_text(value->number, buf)
				: text_duration(value->number, buf);
	case OPERAND_CODE:
		return code_text(operand, value->number, buf);
	case OPERAND_ADDRESS:
		return text_address(value->address, buf);
	case OPERAND_COUNTRY:
		return special_address(value->address) ? "0" : NULL;
	case OPERAND_NAME:
	case OPERAND_TEXT:
		return copy_text(value, buf);
	case OPERAND_FLAGS:
		return flags_text(operand, value->number, buf);
	default:
		return text_time(value->number, buf);
	}
}

const char *operand_text(const struct operand *operand, const struct flow *flow, bool is_plain,
			 char *buf)
{
	struct operand_value value;

	operand->get(flow, &value);
	return value.known ? operand_value_text(operand, &value, is_plain, buf) : NULL;
}

static unsigned longest(unsigned width, const char *text)
{
	unsigned length = (unsigned)strlen(text);

	return length > width ? length : width;
}

void operands_help(FILE *out)
{
	static const char *const types[OPERAND_TYPES] = {
		[OPERAND_NUMBER] = "number",   [OPERAND_DURATION] = "duration",
		[OPERAND_CODE] = "code",       [OPERAND_ADDRESS] = "address",
		[OPERAND_COUNTRY] = "country", [OPERAND_NAME] = "name",
		[OPERAND_TEXT] = "text",       [OPERAND_FLAGS] = "flags",
		[OPERAND_TIME] = "time",
	};
	unsigned words = 0, kinds = 0, examples = 0;

	for (unsigned i = 0; i < operand_count; i++) {
		words = longest(words, operands[i].word);
		kinds = longest(kinds, types[operands[i].type]);
		examples = longest(examples, operands[i].example);
	}
	for (unsigned i = 0; i < operand_count; i++) {
		const struct operand *operand = &operands[i];

		fprintf(out, "%-*s  %-*s  %-*s  %s\n", (int)words, operand->word, (int)kinds,
			types[operand->type], (int)examples, operand->example, operand->help);
	}
}
