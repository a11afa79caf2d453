// SPDX-License-Identifier: GPL-2.0-or-later
/* What was stored, read with SQLite: each column against what a person works out. */
#include "writer_fixture.h"

#include "base/lock_file.h"
#include "rule/rule_rows.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

TestSuite(store, .fini = writer_fixture_remove);

static const char *text(const char *sql)
{
	return writer_fixture_text(FIXTURE_FILE, sql);
}

static int64_t number(const char *sql)
{
	return writer_fixture_number(FIXTURE_FILE, sql);
}

/* Store some exchanges and close. */
static void store_all(const struct store_options *options, const struct exchange *const *exchanges,
		      size_t count)
{
	struct store *store;

	cr_assert_eq(store__open(options, &store), 0);
	for (size_t i = 0; i < count; i++)
		store__exchange(store, exchanges[i]);
	cr_assert_eq(store__close(store, NULL), 0);
}

static void store_one(const struct store_options *options, const struct exchange *exchange)
{
	store_all(options, &exchange, 1);
}

static const char *name_interface(void *context, uint32_t ifindex)
{
	return ifindex == 7 ? context : NULL;
}

static const char *name_user(void *context, uint32_t uid)
{
	(void)context;
	return uid == 1003 ? "al\nice" : NULL;
}

static const char *name_unit(void *context, uint64_t cgroup_id)
{
	(void)context;
	return cgroup_id == 0x123456789abcULL ? "mail.service" : NULL;
}

/* Expect "column" to be "value" in row 1 of view exchange. */
static void expect(const char *const (*rows)[2], size_t count)
{
	char sql[128];

	for (size_t i = 0; i < count; i++) {
		snprintf(sql, sizeof(sql), "SELECT %s FROM exchange WHERE id=1", rows[i][0]);
		cr_expect_str_eq(text(sql), rows[i][1], "%s is %s", rows[i][0], text(sql));
	}
}

Test(store, every_column_of_an_exchange_is_what_the_sensor_saw)
{
	static const char *const rows[][2] = {
		{"time", "2026-11-22T07:00:17.000000001Z"},
		{"time_ns", "1795330817000000001"},
		{"client", "2001:0db8:0000:0000:0000:0000:0000:0017"},
		{"client_port", "65535"},
		{"server", "198.51.100.53"},
		{"server_port", "5300"},
		{"proto", "tcp"},
		{"dns_id", "4660"},
		{"opcode", "QUERY"},
		{"qname", "email.seznam.cz"},
		{"qtype", "TYPE65280"},
		{"qclass", "CH"},
		{"rcode", "BADVERS"},
		{"state", "late"},
		{"tries", "3"},
		{"latency_ns", "7000000000"},
		{"wait_ns", "9000000000"},
		{"query_bytes", "44"},
		{"response_bytes", "5000000000"},
		{"messages", "19"},
		{"flags", "33152"}, /* 0x8180 */
		{"ancount", "1"},
		{"nscount", "0"},
		{"arcount", "1"},
		{"ifname", "eth7"},
		{"vlan", "113"},
		{"tunnel", "vxlan"},
		{"tunnel_id", "4099"},
		{"outer_src", "203.0.113.9"},
		{"outer_dst", "NULL"},
		{"user", "x'616c0a696365'"},
		{"uid", "1003"},
		{"pid", "4242"},
		{"comm", "dig"},
		{"unit", "mail.service"},
		{"service", "llmnr"},
		{"cause", "late"},
		{"retry_of", "513"},
		{"verdict", "ok"},
		{"has_query", "1"},
		{"has_response", "1"},
		/* what stands behind the question of the message */
		{"hex(records)", "C00C000100010000012C0004C000024D00002904D0000000000000"},
	};
	struct store_options options = writer_fixture_options();
	struct exchange e = *writer_fixture_exchange(17 * FIXTURE_S + 1);

	memcpy(e.client, (uint8_t[16]){0x20, 0x01, 0x0d, 0xb8, [15] = 0x17}, 16);
	e.client_port = 65535;
	e.server_port = 5300;
	e.protocol = IPPROTO_TCP;
	e.qtype = 65280;
	e.qclass = 3;
	e.rcode = 16;
	e.state = EXCHANGE_LATE;
	e.cause = CAUSE_LATE;
	e.tries = 3;
	e.latency_ns = 7 * FIXTURE_S;
	e.wait_ns = 9 * FIXTURE_S;
	e.response_bytes = 5000000000;
	e.messages = 19;
	e.ifindex = 7;
	e.vlan[0] = 113;
	e.vlan[1] = 1017;
	e.tunnel = ODD_TUNNEL_VXLAN;
	e.tunnel_id = 4099;
	memcpy(e.outer_src, (uint8_t[16]){[10] = 0xff, 0xff, 203, 0, 113, 9}, 16);
	e.uid = 1003;
	e.pid = 4242;
	e.cgroup_id = 0x123456789abcULL;
	memcpy(e.comm, "dig\0left over", 13);
	e.service = SERVICE_LLMNR;
	e.is_retry = true;
	e.retry_of = 513;
	options.names_of = (struct exchange_names){name_interface, name_user, name_unit, "eth7"};
	store_one(&options, &e);
	expect(rows, sizeof(rows) / sizeof(rows[0]));
	/* 2 late, 2 llmnr, 6 late, tcp, query, response, rd, retry, all kept, ok, latency */
	cr_expect_eq(number("SELECT kind FROM exchange_row"),
		     2 | 2 << 3 | CAUSE_LATE << 5 | 1 << 8 | 1 << 9 | 1 << 10 | 1 << 11 | 1 << 13 |
			     2 << 14 | 1 << 16 | 1 << 21);
	cr_expect_eq(number("SELECT vlan2 FROM origin"), 1017);
	cr_expect_str_eq(text("SELECT typeof(comm)||length(comm) FROM origin"), "blob3");
	writer_fixture_check(FIXTURE_FILE);
}

Test(store, what_an_exchange_does_not_have_is_null)
{
	static const char *const rows[][2] = {
		{"client", "192.0.2.1"}, {"qname", "NULL"},	 {"qtype", "NULL"},
		{"qclass", "NULL"},	 {"rcode", "NULL"},	 {"state", "unanswered"},
		{"tries", "1"},		 {"latency_ns", "NULL"}, {"wait_ns", "NULL"},
		{"query_bytes", "44"},	 {"messages", "0"},	 {"response_bytes", "NULL"},
		{"ifname", "NULL"},	 {"vlan", "NULL"},	 {"tunnel", "NULL"},
		{"tunnel_id", "NULL"},	 {"uid", "NULL"},	 {"user", "NULL"},
		{"pid", "NULL"},	 {"comm", "NULL"},	 {"unit", "NULL"},
		{"cause", "none"},	 {"retry_of", "NULL"},	 {"verdict", "NULL"},
		{"has_response", "0"},	 {"records", "NULL"},	 {"outer_src", "NULL"},
	};
	const struct store_options options = writer_fixture_options();
	struct exchange e = *writer_fixture_exchange(0);

	e.state = EXCHANGE_UNANSWERED;
	e.cause = CAUSE_NONE;
	e.has_latency = e.has_response = false;
	e.latency_ns = e.wait_ns = -1;
	e.messages = 0;
	e.response_bytes = 0;
	e.qname_length = 0;
	e.message = NULL;
	e.bytes = (struct dns_bytes){0};
	store_one(&options, &e);
	expect(rows, sizeof(rows) / sizeof(rows[0]));
	cr_expect_str_eq(text("SELECT origin FROM exchange_row"), "NULL");
	cr_expect_eq(number("SELECT count(*) FROM origin"), 0);
}

Test(store, as_many_records_are_kept_as_both_settings_allow)
{
	static const struct {
		enum exchange_keep setting, keep;
		const char *records;
		int64_t bits; /* opt, kept */
	} rows[] = {
		{KEEP_ALL, KEEP_ALL, "C00C000100010000012C0004C000024D00002904D0000000000000",
		 2 << 14},
		{KEEP_FIRST, KEEP_ALL, "C00C000100010000012C0004C000024D00002904D0000000000000",
		 1 << 14 | 1 << 20},
		{KEEP_ALL, KEEP_FIRST, "C00C000100010000012C0004C000024D00002904D0000000000000",
		 1 << 14 | 1 << 20},
		{KEEP_NONE, KEEP_ALL, "00002904D0000000000000", 1 << 20},
		{KEEP_ALL, KEEP_NONE, "00002904D0000000000000", 1 << 20},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct store_options options = writer_fixture_options();
		struct exchange e = *writer_fixture_exchange(0);

		options.records = rows[i].setting;
		e.keep = rows[i].keep;
		store_one(&options, &e);
		cr_expect_str_eq(text("SELECT hex(records) FROM exchange_row"), rows[i].records,
				 "%zu", i);
		cr_expect_eq(number("SELECT kind & ((3<<14) | (1<<20)) FROM exchange_row"),
			     rows[i].bits, "%zu", i);
		writer_fixture_remove();
	}
}

/* Two A records, NS, OPT and TSIG-like bytes behind: of these the first and OPT are kept. */
Test(store, of_many_records_the_first_and_opt_are_cut_out)
{
	static const uint8_t bytes[] = {
		0,    1,    0x81, 0x80, 0, 1, 0, 2, 0, 1, 0, 1, 1,    'x', 0, 0, 1, 0,
		1,    0xc0, 12,	  0,	1, 0, 1, 0, 0, 0, 5, 0, 4,    1,   2, 3, 4, /* A 1.2.3.4 */
		0xc0, 12,   0,	  1,	0, 1, 0, 0, 0, 5, 0, 4, 5,    6,   7, 8,    /* A 5.6.7.8 */
		0xc0, 12,   0,	  2,	0, 1, 0, 0, 0, 5, 0, 2, 0xc0, 12,	    /* NS x */
		0,    0,    41,	  0x10, 0, 0, 0, 0, 0, 0, 4, 0, 3,    0,   0,	    /* OPT, NSID */
	};
	struct store_options options = writer_fixture_options();
	struct exchange e = *writer_fixture_exchange(0);
	struct dns_message message;

	e.bytes = (struct dns_bytes){bytes, sizeof(bytes), sizeof(bytes)};
	cr_assert_eq(dns_message_read(&e.bytes, DNS_DEPTH_RDATA, &message), DNS_MESSAGE_OK);
	e.message = &message;
	e.qname = message.qname.wire;
	e.qname_length = message.qname.length;
	e.ancount = 2;
	e.nscount = 1;
	options.records = KEEP_FIRST;
	store_one(&options, &e);
	cr_expect_str_eq(text("SELECT hex(records) FROM exchange_row"),
			 "C00C0001000100000005000401020304"
			 "00002910000000000000040003"
			 "0000");
}

/* From QDCOUNT on: counts, a question in mixed case, the record that points to it. */
Test(store, questions_stand_before_records_when_they_are_not_the_exchange_s)
{
	static const uint8_t mixed[] = {
		0, 1,	 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0, 1, 'X', 0, 0, 1, 0,
		1, 0xc0, 12,   0,    1, 0, 1, 0, 0, 0, 5, 0, 4, 1,   2, 3, 4, /* A 1.2.3.4 */
	};
	static const uint8_t none[] = {0, 1, 0x81, 0x81, 0, 0, 0, 0, 0, 0, 0, 0};
	const struct store_options options = writer_fixture_options();
	struct exchange e = *writer_fixture_exchange(0), other = e;
	const struct exchange *both[] = {&e, &other};
	struct dns_message message, empty;

	e.bytes = (struct dns_bytes){mixed, sizeof(mixed), sizeof(mixed)};
	cr_assert_eq(dns_message_read(&e.bytes, DNS_DEPTH_RDATA, &message), DNS_MESSAGE_OK);
	e.message = &message;
	e.qname = message.qname.wire;
	e.qname_length = message.qname.length;
	other.bytes = (struct dns_bytes){none, sizeof(none), sizeof(none)};
	cr_assert_eq(dns_message_read(&other.bytes, DNS_DEPTH_RDATA, &empty), DNS_MESSAGE_OK);
	other.message = &empty;
	store_all(&options, both, 2);
	cr_expect_str_eq(text("SELECT hex(records) FROM exchange_row WHERE id=1"),
			 "0001000100000000"
			 "01580000010001"
			 "C00C0001000100000005000401020304");
	cr_expect_str_eq(text("SELECT hex(records) FROM exchange_row WHERE id=2"),
			 "0000000000000000");
	cr_expect_eq(number("SELECT count(*) FROM exchange_row WHERE kind>>22 = 1"), 2);
	cr_expect_eq(number("SELECT count(*) FROM exchange_row WHERE (kind>>14)&3 = 2"), 2);
}

/* --- privacy ----------------------------------------------------------------------------------
 */

Test(store, without_names_neither_names_nor_records_are_anywhere)
{
	struct store_options options = writer_fixture_options();

	options.names = false;
	store_one(&options, writer_fixture_exchange(0));
	cr_expect_str_eq(text("SELECT qname FROM exchange"), "NULL");
	cr_expect_str_eq(text("SELECT qtype FROM exchange"), "A");
	cr_expect_str_eq(text("SELECT records FROM exchange"), "NULL");
	cr_expect_str_eq(text("SELECT group_concat(DISTINCT dimension) FROM rollup_key"),
			 "0,1,2,3");
	cr_expect_str_eq(text("SELECT verdict FROM exchange"), "ok");
}

Test(store, clients_are_cut_to_their_networks)
{
	struct store_options options = writer_fixture_options();
	struct exchange four = *writer_fixture_exchange(0), six = four;
	const struct exchange *both[] = {&four, &six};

	options.clients = STORE_CLIENTS_PREFIX;
	options.prefix4 = 22;
	options.prefix6 = 45;
	memcpy(four.client + 12, (uint8_t[]){203, 0, 115, 255}, 4);
	memset(six.client, 0xff, 16);
	store_all(&options, both, 2);
	cr_expect_str_eq(text("SELECT client FROM exchange WHERE id=1"), "203.0.112.0");
	cr_expect_str_eq(text("SELECT client FROM exchange WHERE id=2"),
			 "ffff:ffff:fff8:0000:0000:0000:0000:0000");
	cr_expect_str_eq(text("SELECT server FROM exchange WHERE id=1"), "198.51.100.53");
	cr_expect_eq(number("SELECT count(*) FROM exchange WHERE records IS NULL"), 2,
		     "a client's network may stand in them");
	cr_expect_str_eq(text("SELECT group_concat(key) FROM rollup_key WHERE dimension=1"),
			 "203.0.112.0,ffff:ffff:fff8::");
}

Test(store, clients_are_hashed_with_the_key_of_the_folder)
{
	struct store_options options = writer_fixture_options();
	const struct exchange *e = writer_fixture_exchange(0);
	uint8_t key[16], hash[16];
	char hex[33], sql[128];
	struct stat st;
	FILE *file;

	options.clients = STORE_CLIENTS_HASH;
	store_one(&options, e);
	store_one(&options, e);
	cr_assert_eq(stat(writer_fixture_path("key"), &st), 0);
	cr_expect_eq(st.st_mode & 07777, 0600);
	cr_expect_eq(st.st_size, 16);
	file = fopen(writer_fixture_path("key"), "re");
	cr_assert_eq(fread(key, 1, 16, file), 16);
	fclose(file);
	crypto_shorthash_siphashx24(hash, e->client, 16, key);
	sodium_bin2hex(hex, sizeof(hex), hash, 15);
	snprintf(sql, sizeof(sql),
		 "SELECT count(*) FROM exchange_row WHERE hex(client)=upper('fd%s')", hex);
	cr_expect_eq(number(sql), 2, "%s", hex);
	cr_expect_eq(number("SELECT count(*) FROM exchange_row WHERE records IS NULL"), 2);
}

Test(store, a_key_that_is_cut_short_is_an_error)
{
	struct store_options options = writer_fixture_options();
	struct store *store = NULL;
	FILE *file = fopen(writer_fixture_path("key"), "we");

	fputs("short", file);
	fclose(file);
	options.clients = STORE_CLIENTS_HASH;
	cr_expect_eq(store__open(&options, &store), -EBADMSG);
	cr_expect_null(store);
}

Test(store, a_key_that_is_too_long_or_a_pipe_is_an_error)
{
	struct store_options options = writer_fixture_options();
	const char *path = writer_fixture_path("key");
	struct store *store = NULL;
	FILE *file = fopen(path, "we");

	fputs("seventeen bytes!!", file);
	fclose(file);
	options.clients = STORE_CLIENTS_HASH;
	cr_expect_eq(store__open(&options, &store), -EBADMSG);
	unlink(path);
	cr_assert_eq(mkfifo(path, 0600), 0); /* nobody writes */
	cr_expect_eq(store__open(&options, &store), -EBADMSG);
	cr_expect_null(store);
}

/* --- segments and the rest --------------------------------------------------------------------
 */

Test(store, an_exchange_lies_in_the_segment_of_its_first_query)
{
	const struct store_options options = writer_fixture_options();
	struct exchange e[3];
	const struct exchange *all[] = {&e[0], &e[1], &e[2]};

	e[0] = e[1] = e[2] = *writer_fixture_exchange(0);
	e[0].time_ns += STORE_HOUR_NS - 1;
	e[1].time_ns += STORE_HOUR_NS;
	e[2].time_ns -= 1;
	store_all(&options, all, 3);
	cr_expect_eq(number("SELECT time_ns FROM exchange"), FIXTURE_START + STORE_HOUR_NS - 1);
	cr_expect_eq(writer_fixture_number("2026-11-22T08.db", "SELECT time FROM exchange_row"), 0);
	cr_expect_eq(writer_fixture_number("2026-11-22T06.db", "SELECT time FROM exchange_row"),
		     STORE_HOUR_NS - 1);
	cr_expect_eq(number("SELECT value FROM meta WHERE key='start_ns'"), FIXTURE_START);
	cr_expect_eq(number("SELECT value FROM meta WHERE key='end_ns'"),
		     FIXTURE_START + STORE_HOUR_NS);
	cr_expect_eq(number("PRAGMA application_id"), 0x4f444e53);
	cr_expect_eq(number("PRAGMA user_version"), 1);
	cr_expect_str_eq(text("PRAGMA journal_mode"), "delete");
}

Test(store, folder_and_files_are_not_for_everybody)
{
	struct store_options options = writer_fixture_options();
	char dir[256];
	struct stat st;

	snprintf(dir, sizeof(dir), "%s/made", writer_fixture_dir());
	options.dir = dir;
	store_one(&options, writer_fixture_exchange(0));
	cr_assert_eq(stat(dir, &st), 0);
	cr_expect_eq(st.st_mode & 07777, 0750);
	cr_assert_eq(stat(writer_fixture_path("made/" FIXTURE_FILE), &st), 0);
	cr_expect_eq(st.st_mode & 07777, 0640);
}

Test(store, a_second_writer_is_refused)
{
	const struct store_options options = writer_fixture_options();
	struct store *first, *second = NULL;
	int64_t pid = 0;

	cr_expect_eq(store_holder(options.dir, &pid), 0);
	cr_assert_eq(store__open(&options, &first), 0);
	cr_expect_eq(store__open(&options, &second), -EBUSY);
	cr_expect_null(second);
	cr_expect_eq(store_holder(options.dir, &pid), 1);
	cr_expect_eq(pid, getpid());
	store__close(first, NULL);
	cr_expect_eq(store_holder(options.dir, &pid), 0);
	cr_assert_eq(store__open(&options, &second), 0);
	store__close(second, NULL);
	cr_expect_eq(store__close(NULL, NULL), 0);
}

/* The folder is moved at once, as the writer looks for it all the time. */
static const char *other_path(const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s-other%s", writer_fixture_dir(), name);
	return path;
}

/* One may have met the hole where the folder was. */
Test(store, a_folder_that_is_deleted_is_made_again_with_lock_and_key)
{
	struct store_options options = writer_fixture_options();
	struct store_counters end;
	struct store *store, *second = NULL;

	options.wait = false;
	options.clients = STORE_CLIENTS_HASH;
	cr_assert_eq(store__open(&options, &store), 0);
	cr_assert_eq(rename(writer_fixture_dir(), other_path("")), 0);
	for (unsigned i = 0; i < 23; i++)
		store__exchange(store, writer_fixture_exchange(i));
	cr_expect_eq(store__close(store, &end), 0);
	cr_expect_geq(end.written, 22);
	cr_expect_eq(end.written + end.failed, 23);
	cr_expect_eq(number("SELECT count(*) FROM exchange_row"), (int64_t)end.written);
	cr_assert_eq(store__open(&options, &store), 0);
	cr_expect_eq(store__open(&options, &second), -EBUSY);
	store__exchange(store, writer_fixture_exchange(100));
	cr_expect_eq(store__close(store, NULL), 0);
	cr_expect_eq(number("SELECT count(DISTINCT client) FROM exchange_row"), 1, "the same key");
	unlink(other_path("/key"));
	unlink(other_path("/lock"));
	cr_expect_eq(rmdir(other_path("")), 0, "nothing else is there");
}

Test(store, a_folder_that_another_has_made_again_is_left_to_it)
{
	const struct store_options options = writer_fixture_options();
	struct store *store;
	int lock;

	cr_assert_eq(mkdir(other_path(""), 0700), 0);
	lock = open(other_path("/lock"), O_RDWR | O_CREAT, 0600);
	cr_assert_geq(lock, 0);
	cr_assert_eq(lock_file_take(lock), 0);
	cr_assert_eq(store__open(&options, &store), 0);
	cr_assert_eq(renameat2(AT_FDCWD, writer_fixture_dir(), AT_FDCWD, other_path(""),
			       RENAME_EXCHANGE),
		     0);
	cr_expect_eq(store__close(store, NULL), -EBUSY);
	cr_expect_neq(access(writer_fixture_path(FIXTURE_FILE), F_OK), 0);
	close(lock);
	unlink(other_path("/lock"));
	cr_expect_eq(rmdir(other_path("")), 0);
}

Test(store, a_full_queue_loses_as_many_as_it_counts)
{
	struct store_options options = writer_fixture_options();
	struct store_counters counters;
	struct exchange e = *writer_fixture_exchange(0);
	struct store *store;

	options.queue_bytes = 4096;
	options.wait = false;
	cr_assert_eq(store__open(&options, &store), 0);
	for (unsigned i = 0; i < 20011; i++)
		store__exchange(store, &e);
	store__counters(store, &counters);
	cr_assert_eq(store__close(store, NULL), 0);
	cr_expect_gt(counters.overflow, 0);
	cr_expect_eq(number("SELECT count(*) FROM exchange_row"), 20011 - counters.overflow);
	writer_fixture_check(FIXTURE_FILE);
}

Test(store, a_replay_waits_and_loses_nothing)
{
	struct store_options options = writer_fixture_options();
	struct store_counters counters;
	struct store *store;

	options.queue_bytes = 4096;
	cr_assert_eq(store__open(&options, &store), 0);
	for (unsigned i = 0; i < 20011; i++)
		store__exchange(store, writer_fixture_exchange(i));
	cr_assert_eq(store__close(store, &counters), 0);
	cr_expect_eq(counters.overflow, 0);
	cr_expect_eq(counters.failed, 0);
	cr_expect_eq(counters.written, 20011, "those that waited are among them");
	cr_expect_eq(counters.queue_bytes, 0);
	cr_expect_eq(number("SELECT sum(id=1+(time)) FROM exchange_row"), 20011, "in order");
	cr_expect_geq(number("SELECT count(*) FROM batch"), 3);
	writer_fixture_check(FIXTURE_FILE);
}

Test(store, intervals_are_stored_unless_nothing_happened)
{
	static const uint8_t server[16] = {[10] = 0xff, 0xff, 198, 51, 100, 53};
	struct interval some = {
		.start_ns = (uint64_t)FIXTURE_START + 10000000000,
		.queries = 101,
		.answered = 89,
		.unanswered = 11,
		.late = 1,
		.samples = 89,
		.sampled = 3,
		.median_ns = 12,
		.p90_ns = 34,
		.p99_ns = 56,
		.rcodes = {[0] = 80, [3] = 7, [INTERVAL_RCODES - 1] = 2},
	};
	const struct interval none = {.start_ns = (uint64_t)FIXTURE_START};
	struct interval bare = {.start_ns = (uint64_t)FIXTURE_START, .queries = 1};
	const struct store_options options = writer_fixture_options();
	struct store *store;

	cr_assert_eq(store__open(&options, &store), 0);
	store__interval(store, &(struct store_interval){server, "office", &some, 78});
	store__interval(store, &(struct store_interval){server, "office", &none, 78});
	store__interval(store, &(struct store_interval){server, NULL, &bare, 0});
	cr_assert_eq(store__close(store, NULL), 0);
	cr_expect_eq(number("SELECT count(*) FROM interval"), 2);
	cr_expect_str_eq(text("SELECT concat FROM (SELECT time||' '||server||' '||\"group\"||' '||"
			      "queries||' '||answered||' '||unanswered||' '||late||' '||samples||"
			      "' '||sampled||' '||median_ns||' '||p90_ns||' '||p99_ns||' '||"
			      "baseline_ns||' '||rcodes AS concat FROM interval WHERE id=1)"),
			 "2026-11-22T07:00:10.000000000Z 198.51.100.53 office 101 89 11 1 89 3 12 "
			 "34 56 78 {\"NOERROR\":80,\"NXDOMAIN\":7,\"OTHER\":2}");
	cr_expect_eq(number("SELECT count(*) FROM interval WHERE id=2 AND \"group\" IS NULL AND "
			    "median_ns IS NULL AND p99_ns IS NULL AND baseline_ns IS NULL AND "
			    "rcodes='{}'"),
		     1);
	cr_expect_eq(number("SELECT count(*) FROM batch"), 0);
}

Test(store, alerts_are_stored_with_their_sentence_and_their_proof)
{
	const struct alert alert = {
		.time_ns = FIXTURE_START + 5,
		.rule = &rule_rows[0],
		.state = ALERT_CLEARED,
		.group = NULL,
		.subject = {[15] = 1},
		.value = 0.25,
		.baseline = 2e7,
		.absolute = 3,
		.relative = 0.3,
		.samples = 17,
	};
	const struct store_options options = writer_fixture_options();
	struct store *store;

	cr_assert_eq(store__open(&options, &store), 0);
	store__alert(store, &alert, "it's \"odd\"", "{\"a\":1}\n");
	cr_assert_eq(store__close(store, NULL), 0);
	cr_expect_str_eq(text("SELECT time||' '||state||' '||severity||' '||subject||' '||value||' "
			      "'||baseline||' '||absolute||' '||relative||' '||samples||' '||"
			      "message||' '||json FROM alert WHERE \"group\" IS NULL"),
			 "2026-11-22T07:00:00.000000005Z cleared notice "
			 "0000:0000:0000:0000:0000:0000:0000:0001 0.25 20000000.0 3.0 0.3 17 "
			 "it's \"odd\" {\"a\":1}");
	cr_expect_str_eq(text("SELECT rule||' '||metric FROM alert"), "odd-one-out latency_ns");
}
