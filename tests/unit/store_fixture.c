// SPDX-License-Identifier: GPL-2.0-or-later
#include "store_fixture.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *fixture_dir(void)
{
	char template[] = "/tmp/store.XXXXXX";

	cr_assert(mkdtemp(template));
	return strdup(template);
}

static int remove_entry(const char *path, const struct stat *st __attribute__((unused)),
			int type __attribute__((unused)), struct FTW *ftw __attribute__((unused)))
{
	return remove(path);
}

void fixture_remove(char *dir)
{
	nftw(dir, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
	free(dir);
}

void fixture_sql(sqlite3 *db, const char *format, ...)
{
	va_list args;
	char *sql;

	va_start(args, format);
	sql = sqlite3_vmprintf(format, args);
	va_end(args);
	cr_assert_eq(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK, "%s: %s",
		     sqlite3_errmsg(db), sql);
	sqlite3_free(sql);
}

sqlite3 *fixture_segment(const char *dir, const char *name, int64_t start_ns)
{
	char path[200];
	sqlite3 *db;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	cr_assert_eq(sqlite3_open(path, &db), SQLITE_OK);
	/* what a crash of the machine leaves is no matter here */
	fixture_sql(db, "PRAGMA synchronous=OFF");
	cr_assert_eq(sqlite3_exec(db, schema_sql, NULL, NULL, NULL), SQLITE_OK, "%s",
		     sqlite3_errmsg(db));
	fixture_sql(db, "PRAGMA application_id=%d; PRAGMA user_version=%d", STORE_APPLICATION_ID,
		    STORE_VERSION);
	fixture_sql(db, "INSERT INTO meta VALUES('start_ns', %lld), ('end_ns', %lld)",
		    (long long)start_ns, (long long)(start_ns + HOUR));
	return db;
}

void fixture_rows(sqlite3 *db, int64_t first, int64_t count, int64_t time, int64_t step)
{
	fixture_sql(db,
		    "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i+1 FROM n WHERE i<%lld-1)"
		    " INSERT INTO exchange_row(id,time,client,server,client_port,server_port,"
		    "dns_id,flags,kind,rcode,ancount,nscount,arcount,tries,latency,query_bytes,"
		    "response_bytes,qname,qtype,qclass)"
		    " SELECT %lld+i, %lld+i*%lld, x'c0000201', x'c6336401', 40000+i%%7919, 53,"
		    " i&65535, 33152, %d, 0, 1, 0, 0, 1, 1000000+i, 30, 46,"
		    " 'n'||(%lld+i)||'.example', 1, 1 FROM n",
		    (long long)count, (long long)first, (long long)time, (long long)step,
		    KIND_PLAIN, (long long)first);
	fixture_sql(db,
		    "INSERT INTO batch SELECT min(id), max(id), min(time), max(time)"
		    " FROM exchange_row WHERE id BETWEEN %lld AND %lld",
		    (long long)first, (long long)(first + count - 1));
}

void fixture_file(const char *dir, const char *name, const void *bytes, size_t length)
{
	char path[200];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	file = fopen(path, "w");
	cr_assert(file);
	cr_assert_eq(fwrite(bytes, 1, length, file), length);
	fclose(file);
}

int seen_row(void *context, const struct exchange *exchange, const struct exchange_names *names,
	     unsigned directions __attribute__((unused)))
{
	struct seen *seen = context;
	static _Thread_local struct field_value value;

	if (seen->rows > 0 && exchange->time_ns < seen->last_ns)
		seen->sorted = false;
	if (seen->rows > 0 && exchange->time_ns > seen->last_ns)
		seen->falling = false;
	seen->rows++;
	/* a crafted time may be any */
	seen->sum_ns = (int64_t)((uint64_t)seen->sum_ns + (uint64_t)exchange->time_ns - HOUR_7);
	seen->last_ns = exchange->time_ns;
	fields[FIELD_QNAME].get(exchange, names, &value);
	snprintf(seen->qname, sizeof(seen->qname), "%s", value.known ? value.text : "");
	return seen->fail_at && seen->rows == (uint64_t)seen->fail_at ? -ECANCELED : 0;
}

int fixture_scan(const char *dir, struct store_scan scan, struct seen *ret)
{
	unsigned workers = store_scan_workers(&scan);
	struct seen *seen = calloc(workers, sizeof(*seen));
	void **contexts = calloc(workers, sizeof(*contexts));
	struct store_reader *reader;
	int r = store_reader__open(dir, &reader);

	for (unsigned i = 0; i < workers; i++) {
		seen[i] = *ret;
		seen[i].sorted = seen[i].falling = true;
		contexts[i] = &seen[i];
	}
	scan.contexts = contexts;
	scan.on_row = seen_row;
	if (r == 0) {
		r = store_reader__scan(reader, &scan);
		store_reader__close(reader);
	}
	*ret = seen[0];
	for (unsigned i = 1; i < workers; i++) {
		ret->rows += seen[i].rows;
		ret->sum_ns += seen[i].sum_ns;
	}
	free(contexts);
	free(seen);
	return r;
}

static int kept_stderr = -1;
static FILE *said;

void hush(void)
{
	fflush(stderr);
	kept_stderr = dup(2);
	said = tmpfile();
	dup2(fileno(said), 2);
}

unsigned unhush(char *buf, size_t size)
{
	unsigned lines = 0;
	size_t n;

	fflush(stderr);
	dup2(kept_stderr, 2);
	close(kept_stderr);
	rewind(said);
	n = fread(buf, 1, size - 1, said);
	buf[n] = '\0';
	fclose(said);
	for (size_t i = 0; i < n; i++)
		lines += buf[i] == '\n';
	return lines;
}
