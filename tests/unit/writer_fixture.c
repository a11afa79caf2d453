// SPDX-License-Identifier: GPL-2.0-or-later
/* A store in a folder of its own. */
#include "writer_fixture.h"

#include <criterion/criterion.h>
#include <ftw.h>
#include <netinet/in.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEMPLATE "/tmp/oddns-store-XXXXXX"

static char dir[sizeof(TEMPLATE)];
static bool made;

const char *writer_fixture_dir(void)
{
	if (!made) {
		memcpy(dir, TEMPLATE, sizeof(dir));
		cr_assert(mkdtemp(dir));
	}
	made = true;
	return dir;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

void writer_fixture_remove(void)
{
	if (made)
		nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
	made = false;
}

struct store_options writer_fixture_options(void)
{
	return (struct store_options){
		.dir = writer_fixture_dir(),
		.segment_ns = STORE_HOUR_NS,
		.queue_bytes = 1 << 20,
		.wait = true,
		.names = true,
		.records = KEEP_ALL,
		.seed = 4711,
	};
}

const char *writer_fixture_path(const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", writer_fixture_dir(), name);
	return path;
}

/* email.seznam.cz A: answered with 192.0.2.77 by a server that knows EDNS */
static const uint8_t bytes[] = {
	0x12, 0x34, 0x81, 0x80, 0,    1,   0, 1,   0,	0,   0,	  1, /* header */
	5,    'e',  'm',  'a',	'i',  'l', 6, 's', 'e', 'z', 'n', 'a', 'm', 2, 'c', 'z',
	0,    0,    1,	  0,	1, /* question */
	0xc0, 12,   0,	  1,	0,    1,   0, 0,   1,	44,  0,	  4,   192, 0, 2,   77, /* A */
	0,    0,    41,	  0x04, 0xd0, 0,   0, 0,   0,	0,   0,				/* OPT */
};

const struct exchange *writer_fixture_exchange(int64_t at_ns)
{
	static struct dns_message message;
	static struct exchange e;

	dns_message_read(&(struct dns_bytes){bytes, sizeof(bytes), sizeof(bytes)}, DNS_DEPTH_RDATA,
			 &message);
	e = (struct exchange){
		.state = EXCHANGE_ANSWERED,
		.time_ns = FIXTURE_START + at_ns,
		.end_ns = FIXTURE_START + at_ns + 2500000,
		.has_latency = true,
		.latency_ns = 2500000,
		.wait_ns = 2500000,
		.client = {[10] = 0xff, 0xff, 192, 0, 2, 1},
		.server = {[10] = 0xff, 0xff, 198, 51, 100, 53},
		.client_port = 40001,
		.server_port = 53,
		.protocol = IPPROTO_UDP,
		.id = 0x1234,
		.flags = message.flags,
		.has_query = true,
		.has_response = true,
		.recursion_desired = true,
		.ancount = 1,
		.arcount = 1,
		.tries = 1,
		.query_bytes = 44,
		.response_bytes = sizeof(bytes),
		.messages = 1,
		.qtype = 1,
		.qclass = 1,
		.qname_length = message.qname.length,
		.qname = message.qname.wire,
		.uid = ODD_NO_UID,
		.keep = KEEP_ALL,
		.message = &message,
		.bytes = {bytes, sizeof(bytes), sizeof(bytes)},
	};
	return &e;
}

struct writer *writer_fixture_writer(const struct store_options *options)
{
	struct privacy privacy;
	struct writer *writer;

	cr_assert_eq(privacy__init(&privacy, options), 0);
	cr_assert_eq(writer__new(options, &privacy, 3, &writer), 0);
	return writer;
}

void writer_fixture_put(struct writer *writer, const struct exchange *exchange)
{
	const struct item_policy policy = {.messages = true, .records = KEEP_ALL};
	struct item_head head;
	struct item_exchange *item = malloc(item_exchange_bytes(&policy, exchange, &head));

	item_exchange_fill(item, &head, exchange);
	writer__item(writer, &item->head.item);
	free(item);
}

void writer_fixture_tick(struct writer *writer, int64_t now_ns)
{
	const struct item_tick tick = {.item = {ITEM_TICK}, .now_ns = now_ns};

	writer__item(writer, &tick.item);
}

const char *writer_fixture_text(const char *file, const char *sql)
{
	static char text[65536];
	sqlite3 *db;
	sqlite3_stmt *stmt;
	const unsigned char *value;

	cr_assert_eq(sqlite3_open_v2(writer_fixture_path(file), &db, SQLITE_OPEN_READONLY, NULL),
		     SQLITE_OK);
	cr_assert_eq(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK, "%s: %s", sql,
		     sqlite3_errmsg(db));
	cr_assert_eq(sqlite3_step(stmt), SQLITE_ROW, "%s", sql);
	value = sqlite3_column_text(stmt, 0);
	snprintf(text, sizeof(text), "%s", value ? (const char *)value : "NULL");
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	return text;
}

int64_t writer_fixture_number(const char *file, const char *sql)
{
	return strtoll(writer_fixture_text(file, sql), NULL, 10);
}

void writer_fixture_check(const char *file)
{
	cr_expect_str_eq(writer_fixture_text(file, "PRAGMA integrity_check"), "ok");
	cr_expect_eq(writer_fixture_number(file, "SELECT count(*) FROM exchange_row AS r WHERE 1 <>"
						 " (SELECT count(*) FROM batch WHERE r.id BETWEEN"
						 " first_id AND last_id AND r.time BETWEEN min_time"
						 " AND max_time)"),
		     0, "each row is in one batch");
	cr_expect_eq(writer_fixture_number(file, "SELECT count(*) FROM exchange_row AS r WHERE 1 <"
						 " (SELECT count(*) FROM rollup WHERE r.id BETWEEN"
						 " first_id AND last_id)"),
		     0, "no row is in two rollups");
	cr_expect_eq(writer_fixture_number(file, "SELECT count(*) FROM rollup AS u WHERE exchanges"
						 " <> (SELECT count(*) FROM exchange_row WHERE id"
						 " BETWEEN u.first_id AND u.last_id)"),
		     0, "a rollup covers its ids");
}
