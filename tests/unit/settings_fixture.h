/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What tests of settings share: settings from a file's bytes, and what was said on stderr. */
#ifndef TESTS_SETTINGS_FIXTURE_H
#define TESTS_SETTINGS_FIXTURE_H

#include "config/settings.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))
#define MS	    1000000ULL
#define SECOND	    (1000 * MS)

/* Settings from a file with these bytes; *ret_r is what reading returned. */
static inline struct settings *read_bytes(const char *bytes, size_t size, int *ret_r)
{
	struct settings *settings = settings__new();
	char path[] = "/tmp/oddns-test-XXXXXX";
	int fd = mkstemp(path);

	cr_assert(settings);
	cr_assert_geq(fd, 0);
	cr_assert_eq(write(fd, bytes, size), (ssize_t)size);
	close(fd);
	*ret_r = settings__read_file(settings, path);
	unlink(path);
	return settings;
}

static inline struct settings *read_text(const char *text, int *ret_r)
{
	return read_bytes(text, strlen(text), ret_r);
}

/* stderr goes to a file of its own from begin to end, which gives at most @size - 1 bytes of it. */
struct capture {
	FILE *file;
	int saved;
};

static inline struct capture capture_begin(void)
{
	struct capture capture = {.file = tmpfile()};

	fflush(stderr);
	capture.saved = dup(STDERR_FILENO);
	dup2(fileno(capture.file), STDERR_FILENO);
	return capture;
}

static inline void capture_end(struct capture capture, char *buf, size_t size)
{
	size_t n;

	fflush(stderr);
	dup2(capture.saved, STDERR_FILENO);
	close(capture.saved);
	rewind(capture.file);
	n = fread(buf, 1, size - 1, capture.file);
	buf[n] = '\0';
	fclose(capture.file);
}

static inline unsigned count_lines(const char *text)
{
	unsigned n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

#endif
