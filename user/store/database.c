// SPDX-License-Identifier: GPL-2.0-or-later
/* SQLite's errors as errno, and rows that are inserted again and again. */
#include "database.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct cell cell_text(const char *text)
{
	return (struct cell){.type = text ? CELL_TEXT : CELL_NULL,
			     .length = text ? (int)strlen(text) : 0,
			     .bytes = text};
}

void database_setup(void)
{
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

int database_error(sqlite3 *db, int code)
{
	int error = db ? sqlite3_system_errno(db) : 0;

	switch (code & 0xff) { /* primary codes are the low byte: sqlite.org/rescode.html */
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return 0;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_FORMAT:
	case SQLITE_SCHEMA:
	case SQLITE_ERROR: /* SQL that does not fit: somebody changed the tables */
	case SQLITE_CONSTRAINT:
	case SQLITE_MISMATCH:
		return -EBADMSG;
	case SQLITE_FULL:
		return -ENOSPC;
	case SQLITE_READONLY:
		return -EROFS;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return -EBUSY;
	case SQLITE_NOMEM:
		return -ENOMEM;
	default:
		return error > 0 ? -error : -EIO;
	}
}

int database_exec(sqlite3 *db, const char *sql)
{
	return database_error(db, sqlite3_exec(db, sql, NULL, NULL, NULL));
}

int database_number(sqlite3 *db, const char *sql, int64_t *ret)
{
	sqlite3_stmt *stmt = NULL;
	int code = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), r;

	if (code == SQLITE_OK)
		code = sqlite3_step(stmt);
	if (code == SQLITE_ROW)
		*ret = sqlite3_column_int64(stmt, 0);
	else if (code == SQLITE_DONE)
		*ret = 0;
	r = database_error(db, code);
	sqlite3_finalize(stmt);
	return r;
}

static int migrate(sqlite3 *db, int from, int to, const char *const *migrations)
{
	char sql[64];
	int r = 0;

	for (int i = from; r == 0 && i < to; i++)
		r = migrations[i] ? database_exec(db, migrations[i]) : -ENOTSUP;
	if (r < 0)
		return r;
	snprintf(sql, sizeof(sql), "PRAGMA user_version=%d", to);
	r = database_exec(db, sql);
	return r < 0 ? r : database_exec(db, "COMMIT");
}

int database_migrate(sqlite3 *db, int from, int to, const char *const *migrations)
{
	int r = database_exec(db, "BEGIN IMMEDIATE");

	if (r < 0)
		return r;
	r = migrate(db, from, to, migrations);
	if (r < 0)
		sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
	return r;
}

/* --- inserting --- */

/* "INSERT INTO rollup_dimension VALUES(" and "?," for each column */
#define SQL_MAX 256

int insert__prepare(struct insert *insert, sqlite3 *db, const char *table, unsigned columns)
{
	char sql[SQL_MAX];
	int length = snprintf(sql, sizeof(sql), "INSERT INTO %s VALUES(?", table);

	for (unsigned i = 1; i < columns; i++)
		length += snprintf(sql + length, sizeof(sql) - (size_t)length, ",?");
	snprintf(sql + length, sizeof(sql) - (size_t)length, ")");
	insert->bound = 0;
	return database_error(db, sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT,
						     &insert->stmt, NULL));
}

void insert__done(struct insert *insert)
{
	sqlite3_finalize(insert->stmt);
	*insert = (struct insert){0};
}

static void bind(sqlite3_stmt *stmt, int column, const struct cell *cell)
{
	switch (cell->type) {
	case CELL_NULL:
		sqlite3_bind_null(stmt, column);
		break;
	case CELL_NUMBER:
		sqlite3_bind_int64(stmt, column, cell->number);
		break;
	case CELL_REAL:
		sqlite3_bind_double(stmt, column, cell->real);
		break;
	case CELL_TEXT:
		sqlite3_bind_text(stmt, column, cell->bytes, cell->length, SQLITE_STATIC);
		break;
	case CELL_BLOB:
		sqlite3_bind_blob(stmt, column, cell->bytes, cell->length, SQLITE_STATIC);
		break;
	}
}

int insert__row(struct insert *insert, const struct cell *cells, unsigned columns)
{
	int code;

	for (unsigned i = 0; i < columns; i++) {
		uint64_t bit = 1ULL << i;

		if (cells[i].type == CELL_NULL && !(insert->bound & bit))
			continue;
		bind(insert->stmt, (int)i + 1, &cells[i]);
		insert->bound =
			cells[i].type == CELL_NULL ? insert->bound & ~bit : insert->bound | bit;
	}
	code = sqlite3_step(insert->stmt);
	sqlite3_reset(insert->stmt);
	return database_error(sqlite3_db_handle(insert->stmt), code);
}
