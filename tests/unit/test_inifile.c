// SPDX-License-Identifier: GPL-2.0-or-later
/* The configuration file: what is read, and what each defect says and where. */
#include "settings_fixture.h"

#include <errno.h>

/* --- the file ------------------------------------------------------------------------------------
 */

Test(inifile, a_file_changes_what_it_names_only)
{
	static const char *const files[] = {
		"[sensor]\ntimeout = 2s\n[group lan]\nservers = 192.0.2.1, 10.0.0.0/8\n",
		/* CRLF, byte order mark, indentation, comments, colon, no newline at the end */
		"\xef\xbb\xbf[sensor]\r\ntimeout=2s\r\n[group lan]\r\nservers=192.0.2.1 "
		"10.0.0.0/8\r\n",
		"\xef\xbb\xbf# a comment\n[sensor] ; one\n  timeout : 2s ; two\n\n; three\n"
		"[group lan] # four\n\tservers = 192.0.2.1,10.0.0.0/8",
		/* a section may come back */
		"[group lan]\n[sensor]\ntimeout = 2s\n[group lan]\nservers = 192.0.2.1 "
		"10.0.0.0/8\n",
	};

	for (size_t i = 0; i < ROWS(files); i++) {
		int r;
		struct settings *s = read_text(files[i], &r);

		cr_assert_eq(r, 0, "file %zu", i);
		cr_assert_eq(s->timeout_ns, 2 * SECOND, "file %zu", i);
		cr_assert_eq(s->grace_ns, 25 * SECOND);
		cr_assert_eq(s->group_count, 1, "file %zu", i);
		cr_assert_str_eq(s->groups[0].name, "lan");
		cr_assert_eq(s->groups[0].server_count, 2);
		settings__free(s);
	}
}

Test(inifile, an_empty_file_means_the_defaults)
{
	static const char *const files[] = {"",		 "\n",	    "\r\n", "\xef\xbb\xbf",
					    "# nothing", "[sensor]"};

	for (size_t i = 0; i < ROWS(files); i++) {
		int r;
		struct settings *s = read_text(files[i], &r);

		cr_assert_eq(r, 0, "file %zu", i);
		cr_assert_eq(s->timeout_ns, 5 * SECOND);
		settings__free(s);
	}
}

static const struct {
	const char *file;
	unsigned line;
	const char *word;
} defects[] = {
	{"[sensor]\ntimeout = 5x\n", 2, "[sensor] timeout = 5x: not a duration"},
	{"[sensor]\n\n# x\ntimeot = 5s\n", 4, "did you mean 'timeout'"},
	{"[sensr]\n", 1, "did you mean [sensor]"},
	{"[Sensor]\n", 1, "did you mean [sensor]"},
	{"[rule odd-one-ot]\nenabled = no\n", 1, "did you mean [rule odd-one-out]"},
	{"[nothing like it]\n", 1, "unknown section; allowed [sensor]"},
	{"timeout = 5s\n", 1, "before the first section"},
	{"[sensor\n", 1, "without ']'"},
	{"[sensor] timeout = 5s\n", 1, "text behind ']'"},
	{"[sensor]\ntimeout 5s\n", 2, "neither"},
	{"[sensor]\ntimeout = 5s\n  10s\n", 3, "neither"},
	{"[sensor]\nhook = tc\n  timeout = x\n", 3, "timeout = x"},
	{"[sensor]\ntimeout = 5s # seconds\n", 2, "5s # seconds"},
	{"[sensor]\ntimeout =\n", 2, "empty value"},
	{"[sensor]\ntimeout = 5s\ntimeout = 6s\n", 3, "set before, in line 2"},
	{"[group a]\nservers = 10.0.0.1/8\n", 2, "write 10.0.0.0/8"},
	{"[group ]\n", 1, "not a name of a group"},
	{"[group a;b]\n", 1, "cannot hold ';'"},
	{"[group 12345678901234567890123456789012345678901234]\n", 1, "too long"},
	{"[sensor]\r\n\r\ntimeout = 5x\r\n", 3, "timeout = 5x:"},
	{"[sensor]\ntimeout = 5x\nhook = nothing\n[bad]\n", 2, "timeout = 5x"},
};

/* The line that must be named, and a word that must be in the error. */
Test(inifile, each_defect_of_a_file_is_one_line_with_its_place)
{
	struct capture capture;
	char text[4096], place[32];

	for (size_t i = 0; i < ROWS(defects); i++) {
		struct settings *s;
		int r;

		capture = capture_begin();
		s = read_text(defects[i].file, &r);
		capture_end(capture, text, sizeof(text));
		snprintf(place, sizeof(place), ":%u: ", defects[i].line);
		cr_assert_eq(r, -EINVAL, "%s", defects[i].file);
		cr_assert_eq(count_lines(text), 1, "%s", text);
		cr_assert(strstr(text, place), "%s: not line %u", text, defects[i].line);
		cr_assert(strstr(text, defects[i].word), "%s: not '%s'", text, defects[i].word);
		settings__free(s);
	}
}

Test(inifile, bytes_that_are_no_text_are_refused)
{
	struct capture capture;
	static const char nul[] = "[sensor]\ntimeout = 5s\0x\n";
	static const char utf16[] = "\xff\xfe[\0s\0";
	char text[1024];
	int r;

	capture = capture_begin();
	settings__free(read_bytes(nul, sizeof(nul) - 1, &r));
	capture_end(capture, text, sizeof(text));
	cr_assert_eq(r, -EINVAL);
	cr_assert(strstr(text, ":2: a NUL byte"), "%s", text);
	capture = capture_begin();
	settings__free(read_bytes(utf16, sizeof(utf16) - 1, &r));
	capture_end(capture, text, sizeof(text));
	cr_assert_eq(r, -EINVAL);
	cr_assert(strstr(text, ":1: a NUL byte"), "%s", text);
}

/* 300 addresses fit into a line of 4094 bytes; a longer line is refused, never cut. */
Test(inifile, long_lines_are_read_whole_or_refused)
{
	struct capture capture;
	static const struct {
		size_t length;
		int r;
	} rows[] = {{200, 0}, {201, 0}, {4093, 0}, {4094, 0}, {4095, -EINVAL}, {9973, -EINVAL}};
	static const char head[] = "[sensor]\nports = ", tail[] = "5353\ntimeout = 1s\n";
	char text[1024], *file = malloc(16384);

	for (size_t i = 0; i < ROWS(rows); i++) {
		size_t start = strlen("[sensor]\n");
		struct settings *s;
		int r;

		memset(file, ' ', 16384);
		memcpy(file, head, strlen(head));
		memcpy(file + start + rows[i].length - 4, tail, sizeof(tail));
		capture = capture_begin();
		s = read_text(file, &r);
		capture_end(capture, text, sizeof(text));
		cr_assert_eq(r, rows[i].r, "%zu: %s", rows[i].length, text);
		if (r == 0) {
			cr_assert_eq(s->ports[0], 5353, "%zu", rows[i].length);
			cr_assert_eq(s->timeout_ns, SECOND);
		} else {
			cr_assert(strstr(text, ":2: line too long"), "%s", text);
		}
		settings__free(s);
	}
	free(file);
}

Test(inifile, files_that_cannot_be_read_say_why)
{
	struct capture capture;
	struct settings *s = settings__new();
	char text[1024];

	capture = capture_begin();
	cr_assert_eq(settings__read_file(s, "/nonexistent/oddns.conf"), -ENOENT);
	cr_assert_eq(settings__read_file(s, "/tmp"), -EISDIR);
	cr_assert_eq(settings__read_file(s, "/dev/zero"), -EINVAL);
	capture_end(capture, text, sizeof(text));
	cr_assert_eq(count_lines(text), 3, "%s", text);
	settings__free(s);
}
