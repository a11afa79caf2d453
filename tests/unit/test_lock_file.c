// SPDX-License-Identifier: GPL-2.0-or-later
/* Locks that others see without taking them. */
#include "base/lock_file.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

static char path[] = "/tmp/oddns-lock-XXXXXX";

static void setup(void)
{
	int fd = mkstemp(path);

	cr_assert_geq(fd, 0);
	close(fd);
}

static void teardown(void)
{
	unlink(path);
}

TestSuite(lock_file, .init = setup, .fini = teardown);

Test(lock_file, is_held_once_seen_by_others_and_free_when_closed)
{
	int first = open(path, O_RDWR), second = open(path, O_RDWR);
	int64_t pid = 7;

	cr_expect_eq(lock_file_holder(path, &pid), 0);
	cr_expect_eq(pid, 7);
	cr_assert_eq(lock_file_take(first), 0);
	cr_expect_eq(lock_file_take(second), -EBUSY);
	cr_expect_eq(lock_file_holder(path, &pid), 1);
	cr_expect_eq(pid, 0, "none is written there yet");
	cr_assert_eq(pwrite(first, "12345678901234567", 17, 0), 17);
	cr_assert_eq(lock_file_write_pid(first), 0);
	cr_expect_eq(lock_file_pid(second), getpid());
	cr_expect_eq(lock_file_holder(path, &pid), 1);
	cr_expect_eq(pid, getpid());
	cr_expect_eq(lseek(first, 0, SEEK_END), snprintf(NULL, 0, "%d\n", (int)getpid()));
	close(first);
	pid = 7;
	cr_expect_eq(lock_file_holder(path, &pid), 0);
	cr_expect_eq(pid, 7);
	cr_expect_eq(lock_file_take(second), 0);
	close(second);
}

Test(lock_file, that_is_not_there_is_held_by_nobody)
{
	int64_t pid = 7;

	cr_expect_eq(lock_file_holder("/nonexistent/lock", &pid), 0);
	cr_expect_eq(lock_file_holder("/etc/passwd/lock", &pid), 0);
	cr_expect_eq(pid, 7);
}

Test(lock_file, whose_disk_is_full_says_so)
{
	const struct rlimit none = {0};
	int fd = open(path, O_RDWR);

	signal(SIGXFSZ, SIG_IGN);
	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &none), 0);
	cr_assert_eq(lock_file_take(fd), 0);
	cr_expect_eq(lock_file_write_pid(fd), -EFBIG);
	cr_expect_eq(lock_file_pid(fd), 0);
	close(fd);
}
