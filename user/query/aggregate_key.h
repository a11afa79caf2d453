/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Keys of groups: the values of some operands one behind the other, as bytes
 * that are the same when the values are. Numbers and addresses stay what they
 * are; they become text for the few rows that are shown.
 *
 *	0				no value
 *	1 NUMBER			8 bytes, the processor's order
 *	2 ADDRESS			16 bytes
 *	3 LENGTH TEXT			2 bytes, the processor's order; printable ASCII
 */
#ifndef QUERY_AGGREGATE_KEY_H
#define QUERY_AGGREGATE_KEY_H

#include "dns/name.h"
#include "query/aggregate_options.h"

/* Texts are cut there, which no name needs: what others chose must not fill the memory. */
#define KEY_TEXT_MAX (DNS_NAME_TEXT_MAX - 1)
#define KEY_MAX	     (AGGREGATE_BY_MAX * (3 + KEY_TEXT_MAX))
/* Text of a part that is no text: a time is the longest, and all flags are 21 characters. */
#define KEY_VALUE_TEXT_MAX 64
_Static_assert(KEY_VALUE_TEXT_MAX >= TEXT_TIME_MAX && KEY_VALUE_TEXT_MAX >= TEXT_ADDRESS_MAX,
	       "room for any");

struct key {
	unsigned length;
	uint8_t bytes[KEY_MAX];
};

/** key__append() - A flow's value of an operand. */
void key__append(struct key *key, const struct operand *operand, const struct flow *flow);

/**
 * key__append_text() - A value that is given as operand_text() shows it, of @length bytes.
 *
 * The same bytes as key__append(), for numbers, codes, addresses, names and texts.
 */
void key__append_text(struct key *key, const struct operand *operand, const char *text,
		      size_t length);

/** key__append_none() - No value. */
void key__append_none(struct key *key);

/**
 * key_compare() - By the parts in turn: no value, numbers, addresses, texts.
 *
 * Return: below, at or above 0
 */
int key_compare(const uint8_t *a, const uint8_t *b, unsigned parts);

/** key_text_room() - Bytes that key_text() needs for the part at @part, with its NUL. */
size_t key_text_room(const uint8_t *part);

/**
 * key_text() - A part as text; durations in nanoseconds.
 * @buf: key_text_room() bytes
 *
 * Return: @buf, or NULL when there is no value
 */
const char *key_text(const uint8_t *part, const struct operand *operand, char *buf);

/** key_next() - The part behind @part. */
const uint8_t *key_next(const uint8_t *part);

#endif
