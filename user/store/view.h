/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A segment opened for reading, by one thread. view.c tells how nothing is written. */
#ifndef STORE_VIEW_H
#define STORE_VIEW_H

#include "query/filter.h"

#include <signal.h>
#include <sqlite3.h>
#include <sys/stat.h>

/* All zero: closed. Stays where it is while it is open. */
struct view {
	sqlite3 *db;
	const char *path;  /* the caller's */
	int *error;	   /* the caller's: 0, or what has been reported of this segment already */
	int64_t start_ns;  /* what times of rows count from */
	bool at_rest;	   /* read as a file that does not change... */
	struct stat found; /* ...from this on */

	/* Set by the caller, once it is open, as long as statements run. */
	const struct filter *filter;	   /* whose expressions dns_regex() is asked for */
	const volatile sig_atomic_t *stop; /* set: statements end with SQLITE_INTERRUPT */
	const bool *ended;		   /* as well; another thread may set it */
};

/**
 * view__open() - Open a segment.
 * @path, @error: see struct view; outlive @ret
 *
 * Return: 0; -ENODATA when it is empty and about to be made; -ENOENT when it is gone, -ENOTSUP when
 * it is of a newer version, -EBADMSG when it is no segment, else why it cannot be read; all but the
 * first are reported
 */
int view__open(const char *path, int *error, struct view *ret);
void view__close(struct view *view);

/** view__prepare() - Compile a statement. Return: 0, negative errno; reported */
int view__prepare(struct view *view, const char *sql, sqlite3_stmt **ret_row);

/**
 * view__step() - Go to the next row.
 *
 * Return: 1 when there is one, 0 behind the last, -EINTR when stopped, else why it cannot be read;
 * reported
 */
int view__step(struct view *view, sqlite3_stmt *row);

/**
 * view__failed() - Report what SQLite said (@code), if it is the first failure of this segment.
 *
 * Return: negative errno
 */
int view__failed(struct view *view, int code);

#endif
