/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The files of a store: which there are, and what their names say of their time. */
#ifndef STORE_FILES_H
#define STORE_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* "2026-11-22T07.db" and its NUL; times in ns have years of four digits (1677 to 2262) */
#define FILES_NAME_MAX 24

/* A segment's file. */
struct file {
	int64_t start_ns; /* start <= time < end, since 1970 in UTC */
	int64_t end_ns;
	uint64_t bytes; /* on disk, with the journal beside it */
	char name[FILES_NAME_MAX];
};

/**
 * files_segment() - The segment that holds a moment.
 * @segment_ns: an hour or a day
 * @ret: bytes is 0
 *
 * Return: 0, -ERANGE at the ends of 64 bits, where a segment's span does not fit
 */
int files_segment(int64_t time_ns, int64_t segment_ns, struct file *ret);

/**
 * files_parse() - Is this the name of a segment, and of which?
 * @name: without folder, from anywhere
 * @ret: bytes is 0
 */
bool files_parse(const char *name, struct file *ret);

/**
 * files_list() - The segments in a folder, in order of start, then end.
 * @ret_files: freed by the caller with free(); NULL when there are none
 *
 * What is no segment by its name is passed over; nothing is opened.
 *
 * Cost: three stat() a file.
 * Return: how many, negative errno of the folder, -ENOMEM
 */
int64_t files_list(const char *dir, struct file **ret_files);

#endif
