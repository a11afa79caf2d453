// SPDX-License-Identifier: GPL-2.0-or-later
/* Names of segments; what they should be is from date(1). */
#include "store/files.h"

#include "store/store.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define S 1000000000LL

/* date -u -d @1795331223 gives 2026-11-22T07:07:03 */
static const struct {
	int64_t time_ns, segment_ns;
	const char *name;
	int64_t start_ns;
} rows[] = {
	{1795331223 * S + 5, STORE_HOUR_NS, "2026-11-22T07.db", 1795330800 * S},
	{1795331223 * S + 5, STORE_DAY_NS, "2026-11-22.db", 1795305600 * S},
	{1795330800 * S, STORE_HOUR_NS, "2026-11-22T07.db", 1795330800 * S},
	{1795330800 * S - 1, STORE_HOUR_NS, "2026-11-22T06.db", 1795327200 * S},
	{0, STORE_DAY_NS, "1970-01-01.db", 0},
	{-1, STORE_HOUR_NS, "1969-12-31T23.db", -3600 * S},
	{-1, STORE_DAY_NS, "1969-12-31.db", -86400 * S},
	{951782400 * S, STORE_DAY_NS, "2000-02-29.db", 951782400 * S},
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

Test(files, a_moment_has_one_segment_and_its_name_leads_back)
{
	for (size_t i = 0; i < ROWS; i++) {
		struct file made, parsed;

		cr_assert_eq(files_segment(rows[i].time_ns, rows[i].segment_ns, &made), 0);
		cr_expect_str_eq(made.name, rows[i].name);
		cr_expect_eq(made.start_ns, rows[i].start_ns, "%s", made.name);
		cr_expect_eq(made.end_ns, rows[i].start_ns + rows[i].segment_ns);
		cr_assert(files_parse(rows[i].name, &parsed), "%s", rows[i].name);
		cr_expect_eq(parsed.start_ns, made.start_ns);
		cr_expect_eq(parsed.end_ns, made.end_ns);
	}
}

Test(files, a_span_that_does_not_fit_into_64_bits_is_refused)
{
	struct file file = {.name = "untouched"};

	cr_expect_eq(files_segment(INT64_MIN, STORE_HOUR_NS, &file), -ERANGE);
	cr_expect_eq(files_segment(INT64_MAX, STORE_DAY_NS, &file), -ERANGE);
	cr_expect_str_eq(file.name, "untouched");
	cr_expect_eq(files_segment(INT64_MIN + STORE_DAY_NS, STORE_DAY_NS, &file), 0);
	cr_expect_str_eq(file.name, "1677-09-22.db");
	cr_expect_eq(files_segment(INT64_MAX - STORE_DAY_NS, STORE_DAY_NS, &file), 0);
	cr_expect_str_eq(file.name, "2262-04-10.db");
}

Test(files, other_names_are_none_of_a_segment)
{
	static const char *const names[] = {
		"",
		"lock",
		"key",
		".db",
		"2026-11-22",
		"2026-11-22.db-wal",
		"2026-11-22T07.db-shm",
		"2026-11-22T7.db",
		"2026-11-22T24.db",
		"2026-11-22 07.db",
		"2026-02-30.db",
		"2026-13-01.db",
		" 2026-11-22.db",
		"+2026-11-22.db",
		"02026-11-22.db",
		"26-11-22.db",
		"9999-11-22.db",
		"1677-09-21.db",
		"2026-11-22t07.db",
		"2026-11-22T07.dbx",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct file file;

		cr_expect_not(files_parse(names[i], &file), "'%s'", names[i]);
	}
}

static void put(const char *dir, const char *name, size_t bytes)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600);
	cr_assert_geq(fd, 0);
	while (bytes-- > 0)
		cr_assert_eq(write(fd, "x", 1), 1);
	close(fd);
}

Test(files, a_folder_is_listed_in_order_of_time_with_the_bytes_of_the_journals)
{
	static const char *const names[] = {
		"2026-11-22T07.db",	"2026-11-21.db", "2026-11-22.db",
		"2026-11-22T07.db-wal", "lock",		 "notes.txt"};
	char dir[] = "/tmp/oddns-files-XXXXXX", path[128];
	struct file *files = NULL;

	cr_assert(mkdtemp(dir));
	cr_expect_eq(files_list(dir, &files), 0);
	cr_expect_null(files);
	for (size_t i = 0; i < 6; i++)
		put(dir, names[i], i == 3 ? 5003 : i == 2 ? 0 : 7);
	cr_assert_eq(files_list(dir, &files), 3);
	cr_expect_str_eq(files[0].name, "2026-11-21.db");
	cr_expect_str_eq(files[1].name, "2026-11-22.db");
	cr_expect_str_eq(files[2].name, "2026-11-22T07.db");
	cr_expect_eq(files[1].bytes, 0);
	cr_expect_gt(files[2].bytes, 5003 + 7, "the journal is counted");
	free(files);
	for (size_t i = 0; i < 6; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		unlink(path);
	}
	rmdir(dir);
	cr_expect_eq(files_list(dir, &files), -ENOENT);
}
