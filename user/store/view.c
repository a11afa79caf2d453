// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Opening a segment without writing anything.
 *
 * A segment that is being written has a journal beside it (NAME.db-wal), and
 * readers take part in its protocol by shared memory (NAME.db-shm): they see
 * the state of the last commit for as long as they need it, and hold nobody up.
 * SQLite would make both files also for a segment that nobody writes, and leave
 * them behind; as another user, or on a medium that is read-only, it would fail
 * to. A segment without a journal is at rest: nobody has it open for writing,
 * as the writer's journal is there for as long as the writer is. So it is read
 * as a file that does not change ("immutable").
 *
 * The writer may open such a file again for a late row, or after a restart. To
 * lock it meanwhile would make the writer wait for whoever reads, a pager that
 * nobody closes included. So it is not locked, but its size and time are looked
 * at again when something does not fit, and its size at the end: what was
 * written while it was read is told as that, and not as corrupt.
 *
 * With a journal, but without the right to take part (the medium is read-only,
 * or the shared memory is someone else's), it is read the same way only if the
 * journal is empty. Otherwise its last commits would be missing, and pages may
 * change while they are read: that is refused, with what to do.
 *
 * Files are not mapped into memory: one that another process cuts off, or that
 * lies on a failing disk, would end this process by a signal.
 */
#include "view.h"

#include "base/log.h"
#include "query/names.h"
#include "store/schema.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* A writer holds the database for moments only: to make or to recover its journal. */
#define BUSY_MS 2000

/* Pages of an index of this store's size and of the rows around; scans read each page once. */
#define CACHE_KIB 2000

/* Instructions of SQLite's machine between two looks at the stop flag: some hundred rows. */
#define STOP_STEPS 5000

/* --- functions that filters call in SQL --------------------------------------------------------
 */

static void call_regex(sqlite3_context *context, int count __attribute__((unused)),
		       sqlite3_value **values)
{
	const struct view *view = sqlite3_user_data(context);
	const char *text = (const char *)sqlite3_value_text(values[1]);

	if (text && view->filter)
		sqlite3_result_int(
			context, filter__regex(view->filter, (unsigned)sqlite3_value_int(values[0]),
					       text, (size_t)sqlite3_value_bytes(values[1])));
}

/* user data: which part of a name */
static void call_name(sqlite3_context *context, int count __attribute__((unused)),
		      sqlite3_value **values)
{
	const char *(*const *part)(const char *, size_t, size_t *) = sqlite3_user_data(context);
	const char *text = (const char *)sqlite3_value_text(values[0]);
	size_t length;

	if (!text)
		return;
	text = (*part)(text, (size_t)sqlite3_value_bytes(values[0]), &length);
	sqlite3_result_text(context, text, (int)length, SQLITE_TRANSIENT);
}

static int add_functions(struct view *view)
{
	static const char *(*const second_level)(const char *, size_t, size_t *) =
		name_second_level;
	static const char *(*const domain)(const char *, size_t, size_t *) = name_domain;
	const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC;
	int code = sqlite3_create_function(view->db, "dns_regex", 2, flags, view, call_regex, NULL,
					   NULL);

	if (code == SQLITE_OK)
		code = sqlite3_create_function(view->db, "dns_qname2", 1, flags,
					       (void *)&second_level, call_name, NULL, NULL);
	if (code == SQLITE_OK)
		code = sqlite3_create_function(view->db, "dns_domain", 1, flags, (void *)&domain,
					       call_name, NULL, NULL);
	return code;
}

/* --- errors ------------------------------------------------------------------------------------
 */

static int errno_of(int code)
{
	switch (code & 0xff) {
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_ERROR: /* a table that is missing */
	case SQLITE_SCHEMA:
		return -EBADMSG;
	case SQLITE_CANTOPEN:
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return -EACCES;
	case SQLITE_NOMEM:
		return -ENOMEM;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return -EBUSY;
	case SQLITE_INTERRUPT:
		return -EINTR;
	case SQLITE_FULL:
		return -ENOSPC;
	default:
		return -EIO;
	}
}

/* Several threads may find the same. Return: true for the first */
static bool is_first(const struct view *view, int r)
{
	int none = 0;

	return __atomic_compare_exchange_n(view->error, &none, r, false, __ATOMIC_RELAXED,
					   __ATOMIC_RELAXED);
}

/* What SQLite said last may be of another statement, or nothing: the code is what counts. */
static const char *reason(const struct view *view, int code)
{
	if (!view->db || (sqlite3_errcode(view->db) & 0xff) != (code & 0xff))
		return sqlite3_errstr(code);
	return sqlite3_errmsg(view->db);
}

/* A corrupt schema is quoted by the reason, over pages: what to do is to be seen behind it. */
#define REASON_MAX 200
static bool has_grown(const struct view *view)
{
	struct stat now;

	return view->at_rest && stat(view->path, &now) == 0 && now.st_size != view->found.st_size;
}

/* Since it was opened as a file that does not change. */
static bool has_changed(const struct view *view)
{
	struct stat now;

	return has_grown(view) || (view->at_rest && stat(view->path, &now) == 0 &&
				   (now.st_ino != view->found.st_ino ||
				    now.st_mtim.tv_sec != view->found.st_mtim.tv_sec ||
				    now.st_mtim.tv_nsec != view->found.st_mtim.tv_nsec));
}

static int tell_change(const struct view *view)
{
	if (is_first(view, -EBUSY))
		log_err(0,
			"'%s' of the store was written while it was read; exchanges may be missing "
			"here, ask again",
			view->path);
	return -EBUSY;
}

int view__failed(struct view *view, int code)
{
	int r = errno_of(code);

	if (r == -EBADMSG && has_changed(view))
		return tell_change(view);
	if (r == -EINTR || !is_first(view, r))
		return r;
	log_err(0, "cannot read '%s' of the store: %.*s; its exchanges are missing here%s",
		view->path, REASON_MAX, reason(view, code),
		r == -EBADMSG ? ", remove it if it stays so" : "");
	return r;
}

int view__prepare(struct view *view, const char *sql, sqlite3_stmt **ret_row)
{
	int code = sqlite3_prepare_v2(view->db, sql, -1, ret_row, NULL);

	return code == SQLITE_OK ? 0 : view__failed(view, code);
}

int view__step(struct view *view, sqlite3_stmt *row)
{
	int code = sqlite3_step(row);

	if (code == SQLITE_ROW)
		return 1;
	return code == SQLITE_DONE ? 0 : view__failed(view, code);
}

static int is_stopped(void *context)
{
	const struct view *view = context;

	return (view->stop && *view->stop) ||
	       (view->ended && __atomic_load_n(view->ended, __ATOMIC_RELAXED));
}

/* --- opening -----------------------------------------------------------------------------------
 */

/* Bytes of the journal; -1: there is none. */
static int64_t journal_bytes(const char *path)
{
	char name[PATH_MAX];
	struct stat st;

	if ((size_t)snprintf(name, sizeof(name), "%s-wal", path) >= sizeof(name) ||
	    stat(name, &st) < 0)
		return -1;
	return st.st_size;
}

/* The file's name in a URI (RFC 3986 section 2.1). Return: false when it is too long */
static bool write_uri(const char *path, char *buf, size_t size)
{
	static const char tail[] = "?immutable=1";
	size_t n = (size_t)snprintf(buf, size, "file:%s", path[0] == '/' ? "//" : "");

	for (; *path; path++) {
		if (n + 3 + sizeof(tail) > size)
			return false;
		if (strchr("%?#", *path))
			n += (size_t)snprintf(buf + n, size - n, "%%%02X", (unsigned char)*path);
		else
			buf[n++] = *path;
	}
	memcpy(buf + n, tail, sizeof(tail));
	return true;
}

/* Return: SQLite's code; the database is open or to be closed in either case */
static int try_open(struct view *view, bool at_rest)
{
	const int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI;
	char uri[3 * PATH_MAX];
	int code;

	sqlite3_close(view->db);
	view->db = NULL;
	if (!write_uri(view->path, uri, sizeof(uri)))
		return SQLITE_CANTOPEN;
	if (!at_rest)
		*strrchr(uri, '?') = '\0';
	code = sqlite3_open_v2(uri, &view->db, flags, NULL);
	if (code == SQLITE_OK)
		code = sqlite3_busy_timeout(view->db, BUSY_MS);
	/* the first look at the file */
	if (code == SQLITE_OK)
		code = sqlite3_exec(view->db,
				    "PRAGMA query_only=1; PRAGMA trusted_schema=0;"
				    "PRAGMA cell_size_check=1; PRAGMA schema_version",
				    NULL, NULL, NULL);
	return code;
}

/* Is it not the file's fault, but that of our rights or of a medium that is read-only? */
static bool is_barred(int code)
{
	return (code & 0xff) == SQLITE_CANTOPEN || (code & 0xff) == SQLITE_READONLY;
}

static int open_database(struct view *view)
{
	int64_t journal = journal_bytes(view->path);
	int code;

	view->at_rest = journal < 0;
	code = try_open(view, view->at_rest);
	if (!is_barred(code) || journal != 0)
		return code;
	view->at_rest = true;
	return try_open(view, true);
}

static int failed_to_open(struct view *view, int code)
{
	if (!is_barred(code) || journal_bytes(view->path) <= 0)
		return view__failed(view, code);
	if (is_first(view, -EACCES))
		log_err(0,
			"cannot read '%s' of the store: its journal (-wal) has commits, which "
			"takes "
			"the right to write in the folder; copy both files to where you have it, "
			"or read as the user who wrote them",
			view->path);
	return -EACCES;
}

/* Return: 0, -ENODATA when there is none, negative errno */
static int ask_number(struct view *view, const char *sql, int64_t *ret)
{
	sqlite3_stmt *row;
	int r = view__prepare(view, sql, &row);

	if (r < 0)
		return r;
	r = view__step(view, row);
	if (r > 0 && sqlite3_column_type(row, 0) == SQLITE_INTEGER)
		*ret = sqlite3_column_int64(row, 0);
	else if (r >= 0)
		r = -ENODATA;
	sqlite3_finalize(row);
	return r < 0 ? r : 0;
}

static int refuse(const struct view *view, int64_t application, int64_t version)
{
	bool newer = application == STORE_APPLICATION_ID && version > STORE_VERSION;
	int r = newer ? -ENOTSUP : -EBADMSG;

	if (!is_first(view, r))
		return r;
	if (newer)
		log_err(0,
			"'%s' is of version %lld, this program knows %d; left out, read it with "
			"the program that wrote it",
			view->path, (long long)version, STORE_VERSION);
	else
		log_err(0, "'%s' is no segment of a store; left out", view->path);
	return r;
}

static int check_kind(struct view *view)
{
	int64_t application, version, schema;
	int r = ask_number(view, "PRAGMA schema_version", &schema);

	if (r == 0 && schema == 0 && journal_bytes(view->path) >= 0)
		return -ENODATA; /* about to be made */
	if (r == 0)
		r = ask_number(view, "PRAGMA application_id", &application);
	if (r == 0)
		r = ask_number(view, "PRAGMA user_version", &version);
	if (r < 0)
		return r;
	if (application != STORE_APPLICATION_ID || version != STORE_VERSION)
		return refuse(view, application, version);
	r = ask_number(view, "SELECT value FROM meta WHERE key='start_ns'", &view->start_ns);
	return r == -ENODATA ? refuse(view, 0, 0) : r;
}

/* Return: 0, -ENODATA when it is empty, -EBADMSG for what is no file, as a pipe that would block */
static int check_file(struct view *view)
{
	int r;

	if (stat(view->path, &view->found) < 0) {
		r = -errno;
		return is_first(view, r) ? log_err(r, "cannot read '%s' of the store", view->path)
					 : r;
	}
	if (!S_ISREG(view->found.st_mode))
		return refuse(view, 0, 0);
	return view->found.st_size == 0 && journal_bytes(view->path) < 0 ? -ENODATA : 0;
}

static int open_checked(struct view *view)
{
	int r = check_file(view);
	int code;

	if (r < 0)
		return r;
	code = open_database(view);
	if (code != SQLITE_OK)
		return failed_to_open(view, code);
	r = check_kind(view);
	if (r < 0)
		return r;
	code = add_functions(view);
	if (code != SQLITE_OK)
		return view__failed(view, code);
	sqlite3_progress_handler(view->db, STOP_STEPS, is_stopped, view);
	return 0;
}

int view__open(const char *path, int *error, struct view *ret)
{
	int r;

	*ret = (struct view){.path = path, .error = error};
	r = open_checked(ret);
	if (r < 0)
		view__close(ret);
	return r;
}

void view__close(struct view *view)
{
	if (view->db && has_grown(view))
		tell_change(view);
	sqlite3_close(view->db);
	memset(view, 0, sizeof(*view));
}
