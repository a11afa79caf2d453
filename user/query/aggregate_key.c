// SPDX-License-Identifier: GPL-2.0-or-later
/* Keys of groups as bytes, and back to text. */
#include "aggregate_key.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum { PART_NONE, PART_NUMBER, PART_ADDRESS, PART_TEXT };

static void append(struct key *key, uint8_t kind, const void *bytes, size_t length)
{
	key->bytes[key->length] = kind;
	memcpy(key->bytes + key->length + 1, bytes, length);
	key->length += 1 + (unsigned)length;
}

static void append_text(struct key *key, const char *text, size_t length)
{
	uint16_t cut = length < KEY_TEXT_MAX ? (uint16_t)length : KEY_TEXT_MAX;

	append(key, PART_TEXT, &cut, sizeof(cut));
	memcpy(key->bytes + key->length, text, cut);
	key->length += cut;
}

static void append_number(struct key *key, int64_t number)
{
	append(key, PART_NUMBER, &number, sizeof(number));
}

void key__append_none(struct key *key)
{
	key->bytes[key->length++] = PART_NONE;
}

/* What stands in the value's own buffer is printable. */
static bool is_shown(const struct operand_value *value)
{
	return value->text >= value->field.buf &&
	       value->text < value->field.buf + sizeof(value->field.buf);
}

/* What is no number and no address; most are in the value's own buffer and printable. */
static void append_shown(struct key *key, const struct operand *operand,
			 const struct operand_value *value)
{
	char buf[FIELD_TEXT_MAX];
	const char *text;

	if (operand->type != OPERAND_COUNTRY && is_shown(value)) {
		append_text(key, value->text, value->length);
		return;
	}
	text = operand_value_text(operand, value, true, buf);
	if (text)
		append_text(key, text, strlen(text));
	else
		key__append_none(key);
}

void key__append(struct key *key, const struct operand *operand, const struct flow *flow)
{
	struct operand_value value;

	operand->get(flow, &value);
	if (!value.known) {
		key__append_none(key);
		return;
	}
	switch (operand->type) {
	case OPERAND_ADDRESS:
		append(key, PART_ADDRESS, value.address, 16);
		break;
	case OPERAND_COUNTRY:
	case OPERAND_NAME:
	case OPERAND_TEXT:
		append_shown(key, operand, &value);
		break;
	default:
		append_number(key, value.number);
	}
}

static bool read_number(const struct operand *operand, const char *text, int64_t *ret)
{
	char *end;

	if (operand->code && operand->code(text, ret))
		return true;
	*ret = strtoll(text, &end, 10);
	return *text && !*end;
}

void key__append_text(struct key *key, const struct operand *operand, const char *text,
		      size_t length)
{
	bool is_number = operand->type == OPERAND_NUMBER || operand->type == OPERAND_CODE;
	char buf[KEY_VALUE_TEXT_MAX];
	uint8_t address[16];
	int64_t number;

	if (length < sizeof(buf)) {
		memcpy(buf, text, length);
		buf[length] = '\0';
		if (operand->type == OPERAND_ADDRESS && text_parse_address(buf, address) == 0) {
			append(key, PART_ADDRESS, address, sizeof(address));
			return;
		}
		if (is_number && read_number(operand, buf, &number)) {
			append_number(key, number);
			return;
		}
	}
	append_text(key, text, length);
}

/* --- reading ---------------------------------------------------------------------------------- */

static unsigned text_length(const uint8_t *part)
{
	uint16_t length;

	memcpy(&length, part + 1, sizeof(length));
	return length;
}

static int64_t number_of(const uint8_t *part)
{
	int64_t number;

	memcpy(&number, part + 1, sizeof(number));
	return number;
}

const uint8_t *key_next(const uint8_t *part)
{
	switch (*part) {
	case PART_NUMBER:
		return part + 1 + sizeof(int64_t);
	case PART_ADDRESS:
		return part + 1 + 16;
	case PART_TEXT:
		return part + 3 + text_length(part);
	default:
		return part + 1;
	}
}

static int compare_texts(const uint8_t *a, const uint8_t *b)
{
	unsigned a_length = text_length(a), b_length = text_length(b);
	int order = memcmp(a + 3, b + 3, a_length < b_length ? a_length : b_length);

	return order ? order : (a_length > b_length) - (a_length < b_length);
}

static int compare_parts(const uint8_t *a, const uint8_t *b)
{
	if (*a != *b)
		return *a < *b ? -1 : 1;
	switch (*a) {
	case PART_NUMBER:
		return (number_of(a) > number_of(b)) - (number_of(a) < number_of(b));
	case PART_ADDRESS:
		return memcmp(a + 1, b + 1, 16);
	case PART_TEXT:
		return compare_texts(a, b);
	default:
		return 0;
	}
}

int key_compare(const uint8_t *a, const uint8_t *b, unsigned parts)
{
	int order = 0;

	for (; parts > 0 && order == 0; parts--) {
		order = compare_parts(a, b);
		a = key_next(a);
		b = key_next(b);
	}
	return order;
}

size_t key_text_room(const uint8_t *part)
{
	return *part == PART_TEXT ? text_length(part) + 1 : KEY_VALUE_TEXT_MAX;
}

/* Operands of numbers write into room for any text, codes as much as a static string says. */
static const char *value_text(const uint8_t *part, const struct operand *operand, char *buf)
{
	struct operand_value value;
	char shown[FIELD_TEXT_MAX];
	const char *text;

	if (*part == PART_NUMBER)
		value.number = number_of(part);
	else
		value.address = part + 1;
	text = operand_value_text(operand, &value, true, shown);
	return text_printable(text, strlen(text), buf, KEY_VALUE_TEXT_MAX);
}

const char *key_text(const uint8_t *part, const struct operand *operand, char *buf)
{
	if (*part == PART_NONE)
		return NULL;
	if (*part != PART_TEXT)
		return value_text(part, operand, buf);
	memcpy(buf, part + 3, text_length(part));
	buf[text_length(part)] = '\0';
	return buf;
}
