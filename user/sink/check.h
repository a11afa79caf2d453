/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One finding of `oddns doctor`, as it is told to programs. */
#ifndef SINK_CHECK_H
#define SINK_CHECK_H

#include <stdio.h>

enum check_result {
	CHECK_OK,
	CHECK_NOTE,    /* works, but less well, or it is worth knowing */
	CHECK_PROBLEM, /* `oddns run` cannot start */
};

/* Texts are printable ASCII. */
struct check {
	enum check_result result;
	const char *name;      /* "kernel-btf": one word, the same on every host */
	const char *interface; /* NULL: about the host */
	const char *finding;
	const char *advice; /* what to do, "" when there is nothing to do */
};

/** check_result_name() - "ok", "note", "problem". */
const char *check_result_name(enum check_result result);

/**
 * check__print() - A check as one line of JSON: type "check", name, interface (string or null),
 * result, finding, advice (strings).
 */
void check__print(FILE *out, const struct check *check);

#endif
