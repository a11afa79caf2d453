/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file that appears under its name when it is whole, so that nobody opens half a report. */
#ifndef CMD_QUERY_FILE_H
#define CMD_QUERY_FILE_H

#include <stdbool.h>
#include <stdio.h>

struct query_file;

/**
 * query_file__open() - Begin to write what will be @path.
 *
 * It is written beside, under a name that ends in six random characters. What is there but is no
 * file (a pipe, /dev/null) is written to at once.
 *
 * Return: 0, negative errno; reported
 */
int query_file__open(const char *path, struct query_file **ret_file);

/** query_file__out() - Where to write. */
FILE *query_file__out(const struct query_file *file);

/**
 * query_file__close() - End it; NULL is allowed.
 * @whole: false: nothing is left of it, and what was there before stays
 *
 * Return: 0, negative errno when it could not be written, then nothing is left of it; reported
 */
int query_file__close(struct query_file *file, bool whole);

#endif
