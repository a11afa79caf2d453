/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes as hexadecimal digits, to and from the programs of this test. */
#ifndef RECORDS_HEX_H
#define RECORDS_HEX_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* a message of 65535 bytes, a slash and a length */
#define HEX_LINE_MAX (2 * 65535 + 32)

static inline int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/** read_hex() - The bytes that a line starts with, in memory of just that size (to be freed). */
static inline uint8_t *read_hex(const char *line, size_t *ret_length)
{
	size_t length = 0;
	uint8_t *data;

	while (hex_digit(line[2 * length]) >= 0 && hex_digit(line[2 * length + 1]) >= 0)
		length++;
	data = malloc(length ? length : 1);
	if (!data)
		abort();
	for (size_t i = 0; i < length; i++)
		data[i] = (uint8_t)(hex_digit(line[2 * i]) << 4 | hex_digit(line[2 * i + 1]));
	*ret_length = length;
	return data;
}

static inline void print_hex(const uint8_t *data, size_t length)
{
	for (size_t i = 0; i < length; i++)
		printf("%02x", data[i]);
}

#endif
