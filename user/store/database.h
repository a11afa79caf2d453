/* SPDX-License-Identifier: GPL-2.0-or-later */
/* SQLite as the writer uses it: its errors as errno, rows that are inserted again and again. */
#ifndef STORE_DATABASE_H
#define STORE_DATABASE_H

#include <sqlite3.h>
#include <stddef.h>
#include <stdint.h>

/* A value of a row. What bytes point to must live until the row is inserted. */
struct cell {
	enum { CELL_NULL, CELL_NUMBER, CELL_REAL, CELL_TEXT, CELL_BLOB } type;
	int length; /* of bytes */
	union {
		int64_t number;
		double real;
		const void *bytes;
	};
};

/** cell_number() - An integer. */
static inline struct cell cell_number(int64_t number)
{
	return (struct cell){.type = CELL_NUMBER, .number = number};
}

/** cell_real() - A floating-point number. */
static inline struct cell cell_real(double real)
{
	return (struct cell){.type = CELL_REAL, .real = real};
}

/** cell_bytes() - A blob; NULL when @bytes is. */
static inline struct cell cell_bytes(const void *bytes, size_t length)
{
	return (struct cell){
		.type = bytes ? CELL_BLOB : CELL_NULL, .length = (int)length, .bytes = bytes};
}

/** cell_text() - A text with its NUL, or NULL. */
struct cell cell_text(const char *text);

/* An INSERT that is prepared. At most 64 columns. */
struct insert {
	sqlite3_stmt *stmt;
	uint64_t bound; /* columns whose last value was not NULL */
};

/**
 * insert__prepare() - INSERT INTO a table.
 * @columns: how many; the table's first, in order
 *
 * Return: 0, negative errno
 */
int insert__prepare(struct insert *insert, sqlite3 *db, const char *table, unsigned columns);
void insert__done(struct insert *insert);

/** insert__row() - Insert a row. @cells: one for each column. Return: 0, negative errno */
int insert__row(struct insert *insert, const struct cell *cells, unsigned columns);

/**
 * database_setup() - Let SQLite keep no accounts of its memory, which take a lock for each piece.
 *
 * Of the whole process, before its first database; later it does nothing.
 */
void database_setup(void);

/**
 * database_error() - What a code of SQLite means.
 *
 * -EBADMSG: this file is at fault (corrupt, no database); else the system's errno if SQLite knows
 * it, or what is nearest: -ENOSPC, -EROFS, -EBUSY, -ENOMEM, -EIO.
 *
 * Return: 0 for SQLITE_OK, SQLITE_ROW, SQLITE_DONE
 */
int database_error(sqlite3 *db, int code);

/** database_exec() - Run statements, as sqlite3_exec(). Return: 0, negative errno */
int database_exec(sqlite3 *db, const char *sql);

/** database_number() - First column of the first row, 0 when NULL or none. Return: as exec */
int database_number(sqlite3 *db, const char *sql, int64_t *ret);

/**
 * database_migrate() - Bring a database forward, in one transaction.
 * @from, @to: versions
 * @migrations: SQL from version i to i + 1, for each i in @from..@to - 1; NULL: there is no way
 *
 * Return: 0, -ENOTSUP when there is no way, negative errno; but for 0 nothing has changed
 */
int database_migrate(sqlite3 *db, int from, int to, const char *const *migrations);

#endif
