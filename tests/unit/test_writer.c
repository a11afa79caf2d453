// SPDX-License-Identifier: GPL-2.0-or-later
/* The writer without its thread: trouble with disk and files, what is removed, what is summed up.
 */
#include "store_fixture.h"
#include "writer_fixture.h"

#include "store/database.h"
#include "store/schema.h"

#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

TestSuite(writer, .fini = writer_fixture_remove);

static int64_t number(const char *sql)
{
	return writer_fixture_number(FIXTURE_FILE, sql);
}

static bool exists(const char *name)
{
	return access(writer_fixture_path(name), F_OK) == 0;
}

static void put_many(struct writer *writer, unsigned count, int64_t at_ns)
{
	for (unsigned i = 0; i < count; i++)
		writer_fixture_put(writer, writer_fixture_exchange(at_ns + i));
}

static void write_file(const char *name, const void *bytes, size_t length)
{
	FILE *file = fopen(writer_fixture_path(name), "we");

	cr_assert(file);
	cr_assert_eq(fwrite(bytes, 1, length, file), length);
	fclose(file);
}

static bool same_file(const char *name, const void *bytes, size_t length)
{
	FILE *file = fopen(writer_fixture_path(name), "re");
	char *there = malloc(length + 1);
	size_t n = fread(there, 1, length + 1, file);
	bool same = n == length && memcmp(there, bytes, length) == 0;

	fclose(file);
	free(there);
	return same;
}

/* --- commits ---------------------------------------------------------------------------------- */

Test(writer, a_commit_comes_with_ten_thousand_rows_or_a_second)
{
	const struct store_options options = writer_fixture_options();
	struct writer *writer = writer_fixture_writer(&options);
	const struct writer_counters *c = writer__counters(writer);

	put_many(writer, 9999, 0);
	cr_expect_eq(c->written, 0);
	put_many(writer, 1, 9999);
	cr_expect_eq(c->written, 10000);
	put_many(writer, 17, 10000);
	cr_expect_eq(c->written, 10000);
	writer__second(writer, INT64_MIN);
	cr_expect_eq(c->written, 10017);
	cr_expect_eq(number("SELECT count(*) FROM exchange_row"), 10017, "readers see them");
	cr_expect_eq(number("SELECT sum(last_id-first_id+1) FROM batch"), 10017);
	put_many(writer, 3, 20000);
	cr_expect_eq(writer__finish(writer), 0);
	cr_expect_eq(c->written, 10020);
	cr_expect_eq(c->failed, 0);
	cr_expect_eq(c->segments, 1);
	cr_expect_gt(c->bytes, 500000);
	writer__free(writer);
	writer_fixture_check(FIXTURE_FILE);
}

Test(writer, a_segment_is_closed_a_minute_after_its_end_and_opened_again_for_a_late_one)
{
	const struct store_options options = writer_fixture_options();
	struct writer *writer = writer_fixture_writer(&options);

	put_many(writer, 7, 0);
	writer_fixture_tick(writer, FIXTURE_START + STORE_HOUR_NS + 60 * FIXTURE_S);
	cr_expect(exists(FIXTURE_FILE "-wal"));
	writer_fixture_tick(writer, FIXTURE_START + STORE_HOUR_NS + 61 * FIXTURE_S);
	cr_expect_not(exists(FIXTURE_FILE "-wal"), "it is one file");
	put_many(writer, 5, 7);
	writer__finish(writer);
	writer__free(writer);
	cr_expect_eq(number("SELECT max(id)*1000+count(*) FROM exchange_row"), 12012);
	cr_expect_eq(number("SELECT count(*) FROM rollup"), 2);
	writer_fixture_check(FIXTURE_FILE);
}

Test(writer, more_segments_than_can_be_open_take_turns)
{
	struct store_options options = writer_fixture_options();
	struct writer *writer;

	options.wait = false;
	writer = writer_fixture_writer(&options);
	for (unsigned i = 0; i < 61; i++)
		writer_fixture_put(writer,
				   writer_fixture_exchange((i * 3 % 7) * STORE_HOUR_NS + i));
	writer__finish(writer);
	cr_expect_eq(writer__counters(writer)->written, 61);
	cr_expect_eq(writer__counters(writer)->segments, 7);
	writer__free(writer);
	cr_expect_eq(number("SELECT count(*) FROM exchange_row"), 9);
	writer_fixture_check("2026-11-22T13.db");
}

Test(writer, wild_times_make_no_more_segments_than_allowed)
{
	const struct store_options options = writer_fixture_options(); /* a replay */
	struct writer *writer = writer_fixture_writer(&options);       /* of 3 segments */
	struct exchange e = *writer_fixture_exchange(0);

	for (unsigned i = 0; i < 23; i++) {
		e.time_ns = FIXTURE_START - (int64_t)i * 1009 * STORE_DAY_NS;
		writer_fixture_put(writer, &e);
	}
	e.time_ns = INT64_MIN;
	writer_fixture_put(writer, &e);
	e.time_ns = INT64_MAX;
	writer_fixture_put(writer, &e);
	writer_fixture_put(writer, writer_fixture_exchange(1));
	writer__second(writer, FIXTURE_START + 2 * STORE_DAY_NS); /* closes them */
	writer_fixture_put(writer, writer_fixture_exchange(2));
	writer__finish(writer);
	cr_expect_eq(writer__counters(writer)->written, 5);
	cr_expect_eq(writer__counters(writer)->failed, 22);
	cr_expect_eq(writer__counters(writer)->segments, 3);
	cr_expect_eq(writer__counters(writer)->error, 0);
	writer__free(writer);
	cr_expect_eq(number("SELECT count(*) FROM exchange_row"), 3);
}

/* --- files in trouble ------------------------------------------------------------------------- */

static void expect_refused(const char *what, const void *bytes, size_t length)
{
	const struct store_options options = writer_fixture_options();
	struct writer *writer = writer_fixture_writer(&options);
	const struct writer_counters *c = writer__counters(writer);

	put_many(writer, 13, 0);
	put_many(writer, 11, STORE_HOUR_NS);
	writer__second(writer, INT64_MIN);
	cr_expect_eq(c->failed, 13, "%s", what);
	cr_expect_eq(c->written, 11, "%s", what);
	cr_expect_eq(c->error, 0, "%s: the others go on", what);
	cr_expect(same_file(FIXTURE_FILE, bytes, length), "%s is left as it was", what);
	unlink(writer_fixture_path(FIXTURE_FILE));
	writer__second(writer, INT64_MIN);
	put_many(writer, 5, 0);
	writer__finish(writer);
	cr_expect_eq(c->written, 16, "%s was moved away", what);
	writer__free(writer);
	writer_fixture_remove();
}

/* A good segment as bytes, after SQL has changed it. */
static size_t changed_segment(const char *sql, uint8_t *buf, size_t size)
{
	const struct store_options options = writer_fixture_options();
	struct writer *writer = writer_fixture_writer(&options);
	sqlite3 *db;
	FILE *file;
	size_t length;

	put_many(writer, 3, 0);
	writer__finish(writer);
	writer__free(writer);
	cr_assert_eq(sqlite3_open(writer_fixture_path(FIXTURE_FILE), &db), SQLITE_OK);
	cr_assert_eq(database_exec(db, sql), 0);
	sqlite3_close(db);
	file = fopen(writer_fixture_path(FIXTURE_FILE), "re");
	length = fread(buf, 1, size, file);
	fclose(file);
	cr_assert_lt(length, size);
	return length;
}

Test(writer, a_file_that_is_not_ours_or_newer_or_corrupt_is_left_alone_and_others_go_on)
{
	static const char *const changes[] = {
		"PRAGMA user_version=2",
		"PRAGMA application_id=17",
		"UPDATE meta SET value=value+1 WHERE key='start_ns'",
		"DROP VIEW exchange; DROP VIEW flow; DROP TABLE exchange_row",
	};
	const size_t size = 1 << 20;
	uint8_t *buf = malloc(size);
	size_t length;

	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		length = changed_segment(changes[i], buf, size);
		expect_refused(changes[i], buf, length);
	}
	length = changed_segment("SELECT 1", buf, size);
	memset(buf + 16, 0x5a, 8000);
	write_file(FIXTURE_FILE, buf, length);
	expect_refused("a spoiled page", buf, length);
	write_file(FIXTURE_FILE, "hello", 5);
	expect_refused("text", "hello", 5);
	free(buf);
}

static void make_folder(const char *path)
{
	cr_assert_eq(mkdir(path, 0700), 0);
}

static void make_link(const char *path)
{
	cr_assert_eq(symlink("/etc/hostname", path), 0);
}

static void make_pipe(const char *path)
{
	cr_assert_eq(mkfifo(path, 0600), 0);
}

static void make_protected(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int flags = FS_IMMUTABLE_FL;

	if (ioctl(fd, FS_IOC_SETFLAGS, &flags) < 0)
		unlink(path); /* not by this file system: nothing to try */
	close(fd);
}

static void remove_it(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK), flags = 0;

	if (fd >= 0)
		ioctl(fd, FS_IOC_SETFLAGS, &flags);
	close(fd);
	remove(path);
}

/* They are one hour's trouble: a writer that took them for the disk's would lose other hours. */
Test(writer, what_stands_where_a_file_should_is_left_alone_and_others_go_on)
{
	static const struct {
		void (*make)(const char *path);
		const char *name;
	} rows[] = {
		{make_folder, FIXTURE_FILE},	    {make_link, FIXTURE_FILE},
		{make_pipe, FIXTURE_FILE},	    {make_protected, FIXTURE_FILE},
		{make_folder, FIXTURE_FILE "-wal"}, {make_pipe, FIXTURE_FILE "-journal"},
		{make_pipe, FIXTURE_FILE "-shm"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct store_options options = writer_fixture_options();
		struct writer *writer = writer_fixture_writer(&options);
		const struct writer_counters *c = writer__counters(writer);
		bool made;

		rows[i].make(writer_fixture_path(rows[i].name));
		made = exists(rows[i].name);
		put_many(writer, 13, 0);
		put_many(writer, 11, STORE_HOUR_NS);
		writer__second(writer, INT64_MIN);
		cr_expect_eq(c->failed, made ? 13 : 0, "%zu: %lu", i, (unsigned long)c->failed);
		cr_expect_eq(c->error, 0, "%zu: the others go on", i);
		remove_it(writer_fixture_path(rows[i].name));
		remove(writer_fixture_path(FIXTURE_FILE));
		writer__second(writer, INT64_MIN);
		put_many(writer, 5, 0);
		writer__finish(writer);
		cr_expect_geq(c->written, 16, "%zu: it was moved away", i);
		writer__free(writer);
		writer_fixture_remove();
	}
}

Test(writer, an_empty_file_is_what_a_crash_left_and_is_filled)
{
	const struct store_options options = writer_fixture_options();
	struct writer *writer = writer_fixture_writer(&options);

	write_file(FIXTURE_FILE, "", 0);
	put_many(writer, 3, 0);
	writer__finish(writer);
	writer__free(writer);
	cr_expect_eq(number("SELECT count(*) FROM exchange"), 3);
}

Test(writer, a_file_that_is_deleted_is_begun_again)
{
	const struct store_options options = writer_fixture_options();
	struct writer *writer = writer_fixture_writer(&options);
	const struct writer_counters *c = writer__counters(writer);

	put_many(writer, 7, 0);
	writer__second(writer, INT64_MIN);
	unlink(writer_fixture_path(FIXTURE_FILE));
	put_many(writer, 5, 7);
	writer_fixture_tick(writer, FIXTURE_START + FIXTURE_S);
	cr_expect_eq(c->failed, 5, "those that were on their way");
	put_many(writer, 3, 100);
	writer__second(writer, INT64_MIN);
	unlink(writer_fixture_path(FIXTURE_FILE));
	put_many(writer, 11, 200);
	writer__second(writer, INT64_MIN);
	cr_expect_eq(c->failed, 5 + 11, "seen before they were written into nowhere");
	put_many(writer, 2, 300);
	writer__finish(writer);
	cr_expect_eq(c->written, 7 + 3 + 2, "ten went with the files");
	cr_expect_eq(c->failed, 5 + 11);
	writer__free(writer);
	cr_expect_eq(number("SELECT count(*) FROM exchange_row"), 2);
	writer_fixture_check(FIXTURE_FILE);
}

Test(writer, versions_are_brought_forward_one_by_one_or_not_at_all)
{
	static const char *const good[] = {NULL, "CREATE TABLE a (x); INSERT INTO a VALUES (1)",
					   "UPDATE a SET x=x*17"};
	static const char *const bad[] = {NULL, "CREATE TABLE b (x)", "no SQL"};
	static const char *const none[] = {NULL, "CREATE TABLE b (x)", NULL};
	sqlite3 *db;
	int64_t value = 0;

	cr_assert_eq(sqlite3_open(":memory:", &db), SQLITE_OK);
	cr_expect_eq(database_migrate(db, 1, 3, good), 0);
	database_number(db, "SELECT x FROM a", &value);
	cr_expect_eq(value, 17);
	database_number(db, "PRAGMA user_version", &value);
	cr_expect_eq(value, 3);
	cr_expect_eq(database_migrate(db, 1, 3, bad), -EBADMSG);
	cr_expect_eq(database_migrate(db, 1, 3, none), -ENOTSUP);
	database_number(db, "SELECT count(*) FROM sqlite_schema WHERE name='b'", &value);
	cr_expect_eq(value, 0, "nothing is left of half a way");
	database_number(db, "PRAGMA user_version", &value);
	cr_expect_eq(value, 3);
	cr_expect(sqlite3_get_autocommit(db));
	sqlite3_close(db);
}

/* --- the disk --------------------------------------------------------------------------------- */

/* The folder becomes a disk of its own, for this process only. @bytes: how large */
static bool mount_disk(const char *bytes)
{
	char data[64];

	snprintf(data, sizeof(data), "size=%s", bytes);
	return unshare(CLONE_NEWNS) == 0 &&
	       mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	       mount("none", writer_fixture_dir(), "tmpfs", 0, data) == 0;
}

static void fill_disk(void)
{
	static const uint8_t block[4096];
	FILE *file = fopen(writer_fixture_path("filler"), "we");

	setvbuf(file, NULL, _IONBF, 0);
	while (fwrite(block, sizeof(block), 1, file) == 1)
		;
	fclose(file);
}

Test(writer, a_full_disk_is_counted_and_work_goes_on_when_there_is_room_again)
{
	struct store_options options = writer_fixture_options();
	const struct writer_counters *c;
	struct writer *writer;

	if (!mount_disk("8m"))
		cr_skip_test("cannot mount a small disk: %s", strerror(errno));
	options.wait = false;
	writer = writer_fixture_writer(&options);
	c = writer__counters(writer);
	put_many(writer, 101, 0);
	writer__second(writer, INT64_MIN);
	cr_expect_eq(c->written, 101);
	fill_disk();
	put_many(writer, 9973, 101);
	writer__second(writer, INT64_MIN);
	cr_expect_eq(c->error, -ENOSPC);
	cr_expect_eq(c->written, 101);
	cr_expect_eq(c->failed, 9973);
	cr_expect(writer__is_stuck(writer));
	writer__second(writer, INT64_MIN);
	cr_expect_not(writer__is_stuck(writer), "one may try");
	put_many(writer, 1, 10100);
	cr_expect_eq(c->failed, 9973 + 1);
	cr_expect(writer__is_stuck(writer));
	unlink(writer_fixture_path("filler"));
	writer__second(writer, INT64_MIN);
	put_many(writer, 1, 10200);
	cr_expect_not(writer__is_stuck(writer));
	cr_expect_eq(c->error, 0);
	put_many(writer, 53, 10300);
	cr_expect_eq(writer__finish(writer), 0);
	cr_expect_eq(c->written, 101 + 1 + 53);
	writer__free(writer);
	cr_expect_eq(number("SELECT count(*) FROM exchange_row"), 155);
	writer_fixture_check(FIXTURE_FILE);
	umount2(writer_fixture_dir(), MNT_DETACH);
}

/* Trouble with the disk that begins and ends. Return: how many lines were said of it */
static unsigned lines_of_a_full_disk(bool wait)
{
	struct store_options options = writer_fixture_options();
	struct writer *writer;
	char said[1024];

	options.wait = wait;
	writer = writer_fixture_writer(&options);
	hush();
	fill_disk();
	for (unsigned i = 0; i < 7; i++) {
		put_many(writer, 3, i);
		writer__second(writer, INT64_MIN);
	}
	cr_expect_eq(writer__counters(writer)->error, -ENOSPC);
	unlink(writer_fixture_path("filler"));
	put_many(writer, 3, 100);
	writer__second(writer, INT64_MIN);
	put_many(writer, 3, 200);
	for (unsigned second = 0; second < 30; second++)
		writer__second(writer, INT64_MIN);
	cr_expect_eq(writer__finish(writer), 0);
	writer__free(writer);
	return unhush(said, sizeof(said));
}

Test(writer, a_replay_is_told_of_a_full_disk_and_of_its_end_and_a_daemon_asks_the_counters)
{
	struct store_options options = writer_fixture_options();
	struct writer *writer;
	char said[1024];

	if (!mount_disk("8m"))
		cr_skip_test("cannot mount a small disk: %s", strerror(errno));
	cr_expect_eq(lines_of_a_full_disk(true), 2);
	cr_expect_eq(lines_of_a_full_disk(false), 0);
	options.wait = false;
	writer = writer_fixture_writer(&options);
	hush();
	fill_disk();
	put_many(writer, 3, 300);
	cr_expect_eq(writer__finish(writer), -ENOSPC);
	cr_expect_eq(unhush(said, sizeof(said)), 1, "whoever closes is told: %s", said);
	cr_expect(strstr(said, "write the last records"), "%s", said);
	writer__free(writer);
	umount2(writer_fixture_dir(), MNT_DETACH);
}

/* Rows find room now and then, and the next batch none: that is one trouble. */
Test(writer, a_disk_that_stays_nearly_full_is_reported_once)
{
	struct store_options options = writer_fixture_options();
	char wanted[1024];
	struct writer *writer;
	unsigned times = 0;

	if (!mount_disk("8m"))
		cr_skip_test("cannot mount a small disk: %s", strerror(errno));
	cr_redirect_stderr();
	options.wait = true;
	writer = writer_fixture_writer(&options);
	for (unsigned round = 0; round < 5; round++) {
		fill_disk();
		put_many(writer, 9973, round * 10000);
		writer__second(writer, INT64_MIN);
		times += writer__is_stuck(writer);
		unlink(writer_fixture_path("filler"));
		writer__second(writer, INT64_MIN);
		put_many(writer, 1, round * 10000 + 9973);
		cr_expect_not(writer__is_stuck(writer), "%u", round);
	}
	cr_expect_gt(times, 1, "%u: too few to tell", times);
	for (unsigned second = 0; second < 30; second++)
		writer__second(writer, INT64_MIN);
	writer__free(writer);
	snprintf(
		wanted, sizeof(wanted),
		"oddns: write to the store '%s': No space left on device; exchanges are lost until "
		"that works again\noddns: the store '%s' can be written again\n",
		writer_fixture_dir(), writer_fixture_dir());
	cr_expect_stderr_eq_str(wanted);
	umount2(writer_fixture_dir(), MNT_DETACH);
}

Test(writer, a_disk_that_is_full_from_the_start_is_no_reason_to_fail)
{
	struct store_options options = writer_fixture_options();
	struct store_counters counters;
	struct store *store;

	if (!mount_disk("64k"))
		cr_skip_test("cannot mount a small disk: %s", strerror(errno));
	fill_disk();
	cr_assert_eq(store__open(&options, &store), 0);
	for (unsigned i = 0; i < 5003; i++)
		store__exchange(store, writer_fixture_exchange(i));
	do
		store__counters(store, &counters);
	while (counters.queue_bytes > 0);
	store__counters(store, &counters);
	cr_expect_eq(counters.written, 0);
	cr_expect_eq(counters.failed, 5003);
	cr_expect_eq(store__close(store, NULL), -ENOSPC);
	umount2(writer_fixture_dir(), MNT_DETACH);
}

Test(writer, a_folder_that_cannot_be_written_is_an_error_at_once)
{
	struct store_options options = writer_fixture_options();
	struct store *store = NULL;

	if (!mount_disk("1m"))
		cr_skip_test("cannot mount a small disk: %s", strerror(errno));
	cr_assert_eq(mount(NULL, writer_fixture_dir(), NULL, MS_REMOUNT | MS_RDONLY, NULL), 0);
	cr_expect_eq(store__open(&options, &store), -EROFS);
	options.dir = writer_fixture_path("no/such");
	cr_expect_eq(store__open(&options, &store), -ENOENT);
	cr_expect_null(store);
	umount2(writer_fixture_dir(), MNT_DETACH);
}

/* --- sizes ------------------------------------------------------------------------------------ */

Test(writer, files_and_bytes_are_known_a_second_after_a_segment_was_begun_or_found)
{
	struct store_options options = writer_fixture_options();
	const struct writer_counters *c;
	struct writer *writer;
	uint64_t bytes;

	writer = writer_fixture_writer(&options);
	c = writer__counters(writer);
	writer__second(writer, INT64_MIN);
	cr_expect_eq(c->segments, 0);
	put_many(writer, 101, 0);
	writer__second(writer, INT64_MIN);
	cr_expect_eq(c->segments, 1);
	cr_expect_gt(c->bytes, 101 * 20, "an exchange has two addresses and a name at least");
	writer__finish(writer);
	bytes = c->bytes;
	writer__free(writer);

	writer = writer_fixture_writer(&options);
	c = writer__counters(writer);
	writer__second(writer, INT64_MIN);
	cr_expect_eq(c->segments, 1);
	cr_expect_eq(c->bytes, bytes);
	writer__free(writer);
}

/* --- retention -------------------------------------------------------------------------------- */

static void put_hours(struct writer *writer, unsigned hours)
{
	for (unsigned i = 0; i < hours; i++)
		put_many(writer, 7, i * STORE_HOUR_NS);
}

Test(writer, segments_go_when_they_are_too_old)
{
	struct store_options options = writer_fixture_options();
	struct writer *writer;
	int64_t now_ns = FIXTURE_START + 7 * STORE_HOUR_NS;

	options.wait = false;
	options.max_age_ns = 5 * STORE_HOUR_NS;
	writer = writer_fixture_writer(&options);
	put_hours(writer, 7); /* 07 to 13; 14 is the time */
	writer_fixture_tick(writer, now_ns);
	cr_expect(exists("2026-11-22T08.db"), "it ended five hours ago, not more");
	writer_fixture_tick(writer, now_ns + 61 * FIXTURE_S);
	cr_expect_not(exists("2026-11-22T07.db"));
	cr_expect_not(exists("2026-11-22T08.db"));
	cr_expect(exists("2026-11-22T09.db"));
	cr_expect_eq(writer__counters(writer)->unlinked, 2);
	cr_expect_eq(writer__counters(writer)->segments, 5);
	writer__free(writer);
}

Test(writer, the_oldest_go_when_all_are_too_large_but_never_an_open_one)
{
	struct store_options options = writer_fixture_options();
	struct writer *writer;
	uint64_t each;

	options.wait = false;
	writer = writer_fixture_writer(&options);
	put_hours(writer, 7);
	writer__finish(writer);
	each = writer__counters(writer)->bytes / 7;
	writer__free(writer);
	options.max_bytes = 4 * each + each / 2;
	writer = writer_fixture_writer(&options);
	writer__finish(writer);
	cr_expect_eq(writer__counters(writer)->unlinked, 3);
	cr_expect_leq(writer__counters(writer)->bytes, options.max_bytes);
	cr_expect_not(exists("2026-11-22T09.db"));
	cr_expect(exists("2026-11-22T10.db"));
	writer__free(writer);
	options.max_bytes = 1;
	writer = writer_fixture_writer(&options);
	put_many(writer, 7, 3 * STORE_HOUR_NS); /* the oldest that is left */
	writer_fixture_tick(writer, FIXTURE_START);
	writer_fixture_tick(writer, FIXTURE_START + 61 * FIXTURE_S);
	cr_expect(exists("2026-11-22T10.db"));
	cr_expect_not(exists("2026-11-22T11.db"));
	cr_expect_eq(writer__counters(writer)->segments, 1);
	writer__free(writer);
}

/* A flood within one hour: nothing that may be removed is left. */
Test(writer, open_segments_grow_no_further_than_the_store_may)
{
	struct store_options options = writer_fixture_options();
	const struct writer_counters *c;
	struct writer *writer;

	options.wait = false;
	options.max_bytes = 1 << 20;
	writer = writer_fixture_writer(&options);
	c = writer__counters(writer);
	writer_fixture_tick(writer, FIXTURE_START);
	put_many(writer, 20011, 0);
	cr_expect_eq(c->failed, 0);
	writer_fixture_tick(writer, FIXTURE_START + 61 * FIXTURE_S);
	cr_expect_gt(c->bytes, options.max_bytes);
	put_many(writer, 1009, 61 * FIXTURE_S);
	cr_expect_eq(c->failed, 1009);
	writer_fixture_tick(writer, FIXTURE_START + STORE_HOUR_NS + 62 * FIXTURE_S);
	cr_expect_eq(c->unlinked, 1, "its hour is over");
	put_many(writer, 7, STORE_HOUR_NS + 62 * FIXTURE_S);
	writer__finish(writer);
	cr_expect_eq(c->failed, 1009);
	cr_expect_eq(c->written, 20011 + 7);
	writer__free(writer);
}
