/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values as they are written in filters: numbers, durations, moments, addresses, names. */
#ifndef QUERY_LITERAL_H
#define QUERY_LITERAL_H

#include "query/operand.h"

/* Numbers beyond are refused, so that a comparison can take the next one. */
#define LITERAL_NUMBER_MAX ((int64_t)1 << 62)

/**
 * literal_number() - Read "53", "-7", "0x1f2e", "4k", "1.5M" (powers of 1024).
 *
 * Return: 0, -EINVAL when no such number, -ERANGE when it does not fit
 */
int literal_number(const char *text, int64_t *ret);

/** literal_duration() - Read "50ms", "1.5s", "-3us"; a bare number is seconds. Return: as above */
int literal_duration(const char *text, int64_t *ret_ns);

/**
 * literal_time() - Read "2026-11-22T07:30:00.5Z", "2026-11-22 07:30", "2026-11-22", "...+01:00".
 *
 * RFC 3339; what is left out at the end is 0, without a zone it is UTC. Return: as above
 */
int literal_time(const char *text, int64_t *ret_ns);

/**
 * literal_network() - Read an address, or a network such as "10.0.0.0/8".
 * @ret_address: 16 bytes, IPv4 mapped
 * @ret_bits: of the 128
 *
 * Return: 0, -EINVAL
 */
int literal_network(const char *text, uint8_t ret_address[16], unsigned *ret_bits);

/**
 * literal_code() - Read a mnemonic of a row, in any case, or a number.
 *
 * Return: 0, -EINVAL when it is neither
 */
int literal_code(const struct operand *operand, const char *text, int64_t *ret);

/** literal_nearest() - The mnemonic of a row that was probably meant, NULL: none. */
const char *literal_nearest(const struct operand *operand, const char *text);

#endif
