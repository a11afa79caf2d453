/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A store in a folder of its own, exchanges to put in, SQL to look at it. */
#ifndef TESTS_WRITER_FIXTURE_H
#define TESTS_WRITER_FIXTURE_H

#include "store/item.h"
#include "store/store.h"
#include "store/writer.h"

#define FIXTURE_S     1000000000LL
#define FIXTURE_START (1795330800LL * FIXTURE_S) /* date -u -d @1795330800: 2026-11-22T07:00:00 */
#define FIXTURE_FILE  "2026-11-22T07.db"

/* A folder below the temporary one that goes away with writer_fixture_remove(). */
const char *writer_fixture_dir(void);
void writer_fixture_remove(void);

/* What a daemon would have: by the hour, all kept, no bounds. */
struct store_options writer_fixture_options(void);

/* Path of a file in the folder; valid until the next call. */
const char *writer_fixture_path(const char *name);

/* An exchange as ordinary as can be, @at_ns after FIXTURE_START, with its message. */
const struct exchange *writer_fixture_exchange(int64_t at_ns);

/* Put into a writer without a queue and a thread. */
void writer_fixture_put(struct writer *writer, const struct exchange *exchange);
void writer_fixture_tick(struct writer *writer, int64_t now_ns);
struct writer *writer_fixture_writer(const struct store_options *options);

/* First column of the first row of a query to a file of the folder; "NULL"; valid until the next
 * call */
const char *writer_fixture_text(const char *file, const char *sql);
int64_t writer_fixture_number(const char *file, const char *sql);

/* sqlite3's own check of a file, and that of schema.h: each row in one batch, at most one rollup */
void writer_fixture_check(const char *file);

#endif
