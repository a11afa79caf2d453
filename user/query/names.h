/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is cut out of a domain name in presentation form (dns_name_text()). */
#ifndef QUERY_NAMES_H
#define QUERY_NAMES_H

#include <stddef.h>

/**
 * name_second_level() - The last two labels: "seznam.cz" of "email.seznam.cz".
 * @name: @length bytes; escaped dots do not count
 * @ret_length: of what is returned
 *
 * Return: a place in @name; all of it when it has no more labels
 */
const char *name_second_level(const char *name, size_t length, size_t *ret_length);

/**
 * name_domain() - The registrable domain by the public suffix list: "example.co.uk" of
 * "www.example.co.uk".
 * @ret_length: of what is returned
 *
 * What is itself a public suffix, or the root, has none: the name as it is. Private suffixes
 * (github.io) count, too. The list is the one built into libpsl. Remembers what it looked up, in
 * each thread.
 *
 * Cost: about 30 ns for a name that is remembered, else 1 to 2 us.
 *
 * Return: a place in @name
 * Source: https://publicsuffix.org/list/
 */
const char *name_domain(const char *name, size_t length, size_t *ret_length);

#endif
