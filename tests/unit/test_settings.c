// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Settings from the table, the file and the command line. What an error says on stderr is
 * tested in tests/cli/cli.sh; here, that it is one and which value it names.
 */
#include "config/rows.h"
#include "config/settings.h"

#include "base/nearest.h"
#include "base/text.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))
#define MS	    1000000ULL
#define SECOND	    (1000 * MS)

/* Settings from a file with these bytes; *ret_r is what reading returned. */
static struct settings *read_bytes(const char *bytes, size_t size, int *ret_r)
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

static struct settings *read_text(const char *text, int *ret_r)
{
	return read_bytes(text, strlen(text), ret_r);
}

/* What a run of the code under test wrote to stderr, at most @size - 1 bytes. */
static FILE *captured;
static int saved_stderr;

static void begin_stderr(void)
{
	captured = tmpfile();
	fflush(stderr);
	saved_stderr = dup(STDERR_FILENO);
	dup2(fileno(captured), STDERR_FILENO);
}

static void end_stderr(char *buf, size_t size)
{
	size_t n;

	fflush(stderr);
	dup2(saved_stderr, STDERR_FILENO);
	close(saved_stderr);
	rewind(captured);
	n = fread(buf, 1, size - 1, captured);
	buf[n] = '\0';
	fclose(captured);
}

static unsigned count_lines(const char *text)
{
	unsigned n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

/* --- defaults ------------------------------------------------------------------------------------
 */

Test(settings, defaults_are_those_of_the_design)
{
	struct settings *s = settings__new();

	cr_assert(s);
	cr_assert_null(s->interfaces[0]);
	cr_assert_eq(s->port_count, 1);
	cr_assert_eq(s->ports[0], 53);
	cr_assert_eq(s->hook, HOOK_AUTO);
	cr_assert_eq(s->timeout_ns, 5 * SECOND);
	cr_assert_eq(s->grace_ns, 25 * SECOND);
	cr_assert_eq(s->interval_ns, 10 * SECOND);
	cr_assert_eq(s->window, 30);
	cr_assert_eq(s->min_samples, 5);
	cr_assert_eq(s->min_intervals, 5);
	cr_assert_eq(s->raise_after, 2);
	cr_assert_eq(s->clear_after, 3);
	cr_assert_eq(s->snaplen, 512);
	cr_assert_eq(s->ring_bytes, 4194304);
	cr_assert_eq(s->pending, 1048576);
	cr_assert_eq(s->servers, 1024);
	cr_assert_str_eq(s->pin_dir, "/sys/fs/bpf/oddns");
	cr_assert_str_eq(s->state_dir, "/run/oddns");
	cr_assert_eq(s->group_count, 0);
	for (unsigned i = 0; i < RULES; i++) {
		cr_assert(s->rules[i].enabled);
		cr_assert_float_eq(s->rules[i].relative, 0.3, 1e-12);
	}
	cr_assert_float_eq(s->rules[RULE_LATENCY].absolute, 20e6, 1e-3);
	cr_assert_float_eq(s->rules[RULE_UNANSWERED].absolute, 0.2, 1e-12);
	cr_assert_float_eq(s->rules[RULE_SERVFAIL].absolute, 0.2, 1e-12);
	cr_assert_eq(settings__check(s), 0);
	settings__free(s);
}

Test(settings, freeing_nothing_is_allowed)
{
	settings__free(NULL);
}

/* --- values --------------------------------------------------------------------------------------
 */

struct range_case {
	const char *assignment;
	int r;
};

/* Each bound, one inside, one outside. */
Test(settings, each_range_ends_where_it_says)
{
	static const struct range_case rows[] = {
		{"sensor.timeout=10ms", 0},
		{"sensor.timeout=9999us", -EINVAL},
		{"sensor.timeout=30s", 0},
		{"sensor.timeout=30001ms", -EINVAL},
		{"sensor.grace=0", 0},
		{"sensor.grace=30s", 0},
		{"sensor.grace=31s", -EINVAL},
		{"sensor.interval=100ms", 0},
		{"sensor.interval=99ms", -EINVAL},
		{"sensor.interval=1h", 0},
		{"sensor.interval=3601s", -EINVAL},
		{"sensor.window=5", 0},
		{"sensor.window=4", -EINVAL},
		{"sensor.window=360", 0},
		{"sensor.window=361", -EINVAL},
		{"sensor.window=5.5", -EINVAL},
		{"sensor.window=1k", -EINVAL},
		{"sensor.window=4294967301", -EINVAL}, /* 2^32 + 5 */
		{"sensor.window=18446744073709551621", -EINVAL},
		{"sensor.snaplen=64", 0},
		{"sensor.snaplen=63", -EINVAL},
		{"sensor.snaplen=4096", 0},
		{"sensor.snaplen=4097", -EINVAL},
		{"sensor.ring=64k", 0},
		{"sensor.ring=32k", -EINVAL},
		{"sensor.ring=1G", 0},
		{"sensor.ring=2G", -EINVAL},
		{"sensor.ring=65537", -EINVAL},
		{"sensor.ring=6M", -EINVAL},
		{"sensor.pending=64", 0},
		{"sensor.pending=63", -EINVAL},
		{"sensor.pending=64M", 0},
		{"sensor.pending=67108865", -EINVAL},
		{"sensor.servers=2", 0},
		{"sensor.servers=1", -EINVAL},
		{"sensor.servers=65536", 0},
		{"sensor.servers=65537", -EINVAL},
		{"rule odd-one-out.absolute=0ms", 0},
		{"rule odd-one-out.absolute=10s", 0},
		{"rule odd-one-out.absolute=20", -EINVAL}, /* 20 s: the unit was forgotten */
		{"rule odd-one-out.relative=1000%", 0},
		{"rule odd-one-out.relative=30", -EINVAL}, /* 3000 % */
		{"rule odd-unanswered.absolute=100%", 0},
		{"rule odd-unanswered.absolute=101%", -EINVAL},
		{"rule odd-servfail.absolute=20ms", -EINVAL},
		{"rule odd-servfail.enabled=NO", 0},
		{"rule odd-servfail.enabled=2", -EINVAL},
		{"sensor.hook=xdp-generic", 0},
		{"sensor.hook=XDP", -EINVAL},
		{"sensor.pins=/x", 0},
		{"sensor.pins=x", -EINVAL},
		{"sensor.state=", -EINVAL},
	};
	char text[2048];

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct settings *s = settings__new();
		int r;

		begin_stderr();
		r = settings__set(s, rows[i].assignment);
		end_stderr(text, sizeof(text));
		cr_assert_eq(r, rows[i].r, "%s", rows[i].assignment);
		cr_assert_eq(count_lines(text), r ? 1 : 0, "%s", text);
		if (r)
			cr_assert(strstr(text, rows[i].assignment), "%s", text);
		settings__free(s);
	}
}

Test(settings, a_refused_value_leaves_what_was_there)
{
	static const char *const rows[] = {
		"sensor.ports=54,x", "sensor.interfaces=eth1,a/b",  "sensor.timeout=6x",
		"sensor.pins=p",     "group g.servers=192.0.2.9,x", "group g.absolute=1x",
	};
	struct settings *s = settings__new();
	char text[2048];

	cr_assert_eq(settings__set(s, "sensor.interfaces=eth0"), 0);
	cr_assert_eq(settings__set(s, "group g.servers=192.0.2.1"), 0);
	begin_stderr();
	for (size_t i = 0; i < ROWS(rows); i++)
		settings__set(s, rows[i]);
	end_stderr(text, sizeof(text));
	cr_assert_eq(count_lines(text), ROWS(rows));
	cr_assert_eq(s->ports[0], 53);
	cr_assert_str_eq(s->interfaces[0], "eth0");
	cr_assert_null(s->interfaces[1]);
	cr_assert_eq(s->timeout_ns, 5 * SECOND);
	cr_assert_str_eq(s->pin_dir, "/sys/fs/bpf/oddns");
	cr_assert_eq(s->groups[0].server_count, 1);
	cr_assert_not(s->groups[0].has_absolute);
	settings__free(s);
}

Test(settings, lists_take_commas_and_spaces_and_replace_what_was_there)
{
	struct settings *s = settings__new();

	cr_assert_eq(settings__set(s, "sensor.interfaces=eth0, eth1 ,lo"), 0);
	cr_assert_str_eq(s->interfaces[2], "lo");
	cr_assert_null(s->interfaces[3]);
	cr_assert_eq(settings__set(s, "sensor.interfaces=wan0"), 0);
	cr_assert_str_eq(s->interfaces[0], "wan0");
	cr_assert_null(s->interfaces[1]);
	cr_assert_eq(settings__set(s, "sensor.interfaces="), 0);
	cr_assert_null(s->interfaces[0]);
	cr_assert_eq(settings__set(s, "sensor.ports=53 5353,65535"), 0);
	cr_assert_eq(s->port_count, 3);
	cr_assert_eq(s->ports[2], 65535);
	settings__free(s);
}

Test(settings, lists_refuse_what_is_no_item_of_theirs)
{
	static const char *const rows[] = {
		"sensor.ports=",
		"sensor.ports=,",
		"sensor.ports=0",
		"sensor.ports=65536",
		"sensor.ports=53,53",
		"sensor.ports=-1",
		"sensor.ports=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17",
		"sensor.interfaces=sixteen-letters0",
		"sensor.interfaces=..",
		"sensor.interfaces=a/b",
		"sensor.interfaces=lo,lo",
		"group g.servers=",
		"group g.servers=dns.example",
		"group g.servers=10.0.0.0/33",
		"group g.servers=10.0.0.0/",
		"group g.servers=10.0.0.0/8/8",
		"group g.servers=10.0.0.0/-1",
		"group g.servers=2001:db8::/129",
		"group g.servers=192.0.2.1 ::ffff:192.0.2.1",
	};
	char text[4096];

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct settings *s = settings__new();

		begin_stderr();
		cr_assert_eq(settings__set(s, rows[i]), -EINVAL, "%s", rows[i]);
		end_stderr(text, sizeof(text));
		cr_assert_eq(count_lines(text), 1, "%s", text);
		settings__free(s);
	}
}

/* --- networks ------------------------------------------------------------------------------------
 */

Test(settings, networks_contain_their_addresses_and_no_others)
{
	static const struct {
		const char *network, *addr;
		bool inside;
	} rows[] = {
		{"10.0.0.0/8", "10.255.255.255", true},
		{"10.0.0.0/8", "11.0.0.0", false},
		{"10.0.0.0/8", "9.255.255.255", false},
		{"192.0.2.128/25", "192.0.2.128", true},
		{"192.0.2.128/25", "192.0.2.127", false},
		{"192.0.2.1", "192.0.2.1", true},
		{"192.0.2.1", "192.0.2.0", false},
		{"192.0.2.1/32", "192.0.2.1", true},
		{"0.0.0.0/0", "198.51.100.7", true},
		{"0.0.0.0/0", "::1", false},
		{"::/0", "198.51.100.7", true},
		{"::/0", "2001:db8::1", true},
		{"2001:db8::/32", "2001:db8:ffff::1", true},
		{"2001:db8::/32", "2001:db9::", false},
		{"2001:db8:8000::/33", "2001:db8:7fff::", false},
		{"fe80::/10", "febf::1", true},
		{"fe80::/10", "fec0::1", false},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct settings *s = settings__new();
		char assignment[64];
		uint8_t addr[16];

		snprintf(assignment, sizeof(assignment), "group g.servers=%s", rows[i].network);
		cr_assert_eq(settings__set(s, assignment), 0, "%s", assignment);
		cr_assert_eq(text_parse_address(rows[i].addr, addr), 0);
		cr_assert_eq(network__contains(&s->groups[0].servers[0], addr), rows[i].inside,
			     "%s in %s", rows[i].addr, rows[i].network);
		settings__free(s);
	}
}

Test(settings, host_bits_are_refused_with_the_right_network)
{
	static const struct {
		const char *written, *right;
	} rows[] = {
		{"10.0.0.1/8", "write 10.0.0.0/8 "},
		{"192.0.2.129/25", "write 192.0.2.128/25 "},
		{"1.2.3.4/0", "write 0.0.0.0/0 "},
		{"2001:db8::1/32", "write 2001:db8::/32 "},
		{"2001:db8:ffff::/33", "write 2001:db8:8000::/33 "},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct settings *s = settings__new();
		char assignment[64], text[1024];
		int r;

		snprintf(assignment, sizeof(assignment), "group g.servers=%s", rows[i].written);
		begin_stderr();
		r = settings__set(s, assignment);
		end_stderr(text, sizeof(text));
		cr_assert_eq(r, -EINVAL);
		cr_assert(strstr(text, rows[i].right), "%s", text);
		settings__free(s);
	}
}

/* --- groups --------------------------------------------------------------------------------------
 */

Test(settings, a_group_is_made_once_and_then_changed)
{
	struct settings *s = settings__new();

	cr_assert_eq(settings__set(s, "group lan.servers=192.0.2.1,192.0.2.2"), 0);
	cr_assert_eq(settings__set(s, "group dmz.two.servers=192.0.2.4"), 0);
	cr_assert_eq(settings__set(s, "group lan.absolute=5ms"), 0);
	cr_assert_eq(settings__set(s, "group lan.servers=192.0.2.3"), 0);
	cr_assert_eq(s->group_count, 2);
	cr_assert_str_eq(s->groups[0].name, "lan");
	cr_assert_str_eq(s->groups[1].name, "dmz.two");
	cr_assert_eq(s->groups[0].server_count, 1);
	cr_assert_eq(s->groups[0].servers[0].addr[15], 3);
	cr_assert(s->groups[0].has_absolute);
	cr_assert_float_eq(s->groups[0].absolute, 5e6, 1e-3);
	cr_assert_not(s->groups[0].has_relative);
	cr_assert_not(s->groups[1].has_absolute);
	cr_assert_eq(settings__check(s), 0);
	settings__free(s);
}

Test(settings, names_of_groups_are_short_and_printable)
{
	static const struct range_case rows[] = {
		{"group a.servers=192.0.2.1", 0},
		{"group site 4.servers=192.0.2.1", 0},
		{"group 1234567890123456789012345678901234567890123.servers=192.0.2.1", 0},
		{"group 12345678901234567890123456789012345678901234.servers=192.0.2.1", -EINVAL},
		{"group .servers=192.0.2.1", -EINVAL},
		{"group.servers=192.0.2.1", -EINVAL},
		{"group a[b.servers=192.0.2.1", -EINVAL},
		{"group a\nb.servers=192.0.2.1", -EINVAL},
		{"group \xc3\xbc.servers=192.0.2.1", -EINVAL},
	};
	char text[1024];

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct settings *s = settings__new();
		int r;

		begin_stderr();
		r = settings__set(s, rows[i].assignment);
		end_stderr(text, sizeof(text));
		cr_assert_eq(r, rows[i].r, "%s", rows[i].assignment);
		cr_assert_eq(count_lines(text), r ? 1 : 0, "%s", text);
		settings__free(s);
	}
}

/* --- between settings ----------------------------------------------------------------------------
 */

Test(settings, check_holds_settings_against_each_other)
{
	static const struct {
		const char *set[3];
		int r;
	} rows[] = {
		{{"sensor.timeout=9s"}, 0}, /* 9 + 25 = 34 s */
		{{"sensor.timeout=9001ms"}, -EINVAL},
		{{"sensor.timeout=30s", "sensor.grace=4s"}, 0},
		{{"sensor.window=5", "sensor.min_intervals=5"}, 0},
		{{"sensor.window=5", "sensor.min_intervals=6"}, -EINVAL},
		{{"group a.absolute=1ms"}, -EINVAL},
		{{"group a.servers=192.0.2.1", "group b.servers=192.0.2.2"}, 0},
		{{"group a.servers=192.0.2.1", "group b.servers=192.0.2.1"}, -EINVAL},
		{{"group a.servers=10.0.0.0/8", "group b.servers=10.0.0.0/16"}, 0},
		{{"sensor.servers=2", "group a.servers=192.0.2.1 192.0.2.2"}, 0},
		{{"sensor.servers=2", "group a.servers=192.0.2.1 192.0.2.2 192.0.2.3"}, -EINVAL},
		{{"sensor.servers=2", "group a.servers=192.0.2.1 192.0.2.2 10.0.0.0/8"}, 0},
	};
	char text[1024];

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct settings *s = settings__new();
		int r;

		for (unsigned j = 0; j < 3 && rows[i].set[j]; j++)
			cr_assert_eq(settings__set(s, rows[i].set[j]), 0);
		begin_stderr();
		r = settings__check(s);
		end_stderr(text, sizeof(text));
		cr_assert_eq(r, rows[i].r, "row %zu", i);
		cr_assert_eq(count_lines(text), r ? 1 : 0, "%s", text);
		settings__free(s);
	}
}

/* --- the file ------------------------------------------------------------------------------------
 */

Test(settings, a_file_changes_what_it_names_only)
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

Test(settings, an_empty_file_means_the_defaults)
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

/* The line that must be named, and a word that must be in the error. */
Test(settings, each_defect_of_a_file_is_one_line_with_its_place)
{
	static const struct {
		const char *file;
		unsigned line;
		const char *word;
	} rows[] = {
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
	char text[4096], place[32];

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct settings *s;
		int r;

		begin_stderr();
		s = read_text(rows[i].file, &r);
		end_stderr(text, sizeof(text));
		snprintf(place, sizeof(place), ":%u: ", rows[i].line);
		cr_assert_eq(r, -EINVAL, "%s", rows[i].file);
		cr_assert_eq(count_lines(text), 1, "%s", text);
		cr_assert(strstr(text, place), "%s: not line %u", text, rows[i].line);
		cr_assert(strstr(text, rows[i].word), "%s: not '%s'", text, rows[i].word);
		settings__free(s);
	}
}

Test(settings, bytes_that_are_no_text_are_refused)
{
	static const char nul[] = "[sensor]\ntimeout = 5s\0x\n";
	static const char utf16[] = "\xff\xfe[\0s\0";
	char text[1024];
	int r;

	begin_stderr();
	settings__free(read_bytes(nul, sizeof(nul) - 1, &r));
	end_stderr(text, sizeof(text));
	cr_assert_eq(r, -EINVAL);
	cr_assert(strstr(text, ":2: a NUL byte"), "%s", text);
	begin_stderr();
	settings__free(read_bytes(utf16, sizeof(utf16) - 1, &r));
	end_stderr(text, sizeof(text));
	cr_assert_eq(r, -EINVAL);
	cr_assert(strstr(text, ":1: a NUL byte"), "%s", text);
}

/* 300 addresses fit into a line of 4094 bytes; a longer line is refused, never cut. */
Test(settings, long_lines_are_read_whole_or_refused)
{
	static const struct {
		size_t length;
		int r;
	} rows[] = {{200, 0}, {201, 0}, {4093, 0}, {4094, 0}, {4095, -EINVAL}, {9973, -EINVAL}};
	char text[1024], *file = malloc(16384);

	for (size_t i = 0; i < ROWS(rows); i++) {
		size_t start = strlen("[sensor]\n");
		struct settings *s;
		int r;

		strcpy(file, "[sensor]\nports = ");
		memset(file + strlen(file), ' ', rows[i].length);
		strcpy(file + start + rows[i].length - 4, "5353\ntimeout = 1s\n");
		begin_stderr();
		s = read_text(file, &r);
		end_stderr(text, sizeof(text));
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

Test(settings, files_that_cannot_be_read_say_why)
{
	struct settings *s = settings__new();
	char text[1024];

	begin_stderr();
	cr_assert_eq(settings__read_file(s, "/nonexistent/oddns.conf"), -ENOENT);
	cr_assert_eq(settings__read_file(s, "/tmp"), -EISDIR);
	cr_assert_eq(settings__read_file(s, "/dev/zero"), -EINVAL);
	end_stderr(text, sizeof(text));
	cr_assert_eq(count_lines(text), 3, "%s", text);
	settings__free(s);
}

/* --- the table, and what is written about it -----------------------------------------------------
 */

static char *slurp(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text = calloc(1, 65536);

	cr_assert(file, "%s: run the tests in the folder of the Makefile", path);
	cr_assert_lt(fread(text, 1, 65535, file), 65535);
	fclose(file);
	return text;
}

Test(settings, every_row_has_a_readable_default_and_an_ascii_sentence)
{
	for (unsigned i = 0; i < setting_row_count; i++) {
		const struct setting_row *row = &setting_rows[i];

		cr_assert_eq(setting_is_group(row), row->fallback == NULL, "%s", row->key);
		cr_assert_gt(strlen(row->help), 10, "%s", row->key);
		for (const char *c = row->help; *c; c++)
			cr_assert(*c >= 0x20 && *c < 0x7f, "%s", row->key);
	}
}

Test(settings, help_shows_every_row_within_80_columns)
{
	char *text = NULL, *rest = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	settings__help(out);
	fclose(out);
	for (unsigned i = 0; i < setting_row_count; i++) {
		char line[128];

		snprintf(line, sizeof(line), "    %s%s%s", setting_rows[i].key,
			 setting_rows[i].fallback ? " = " : "",
			 setting_rows[i].fallback ? setting_rows[i].fallback : "");
		cr_assert(strstr(text, line), "%s", line);
	}
	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		cr_assert_lt(strlen(line), 80, "%s", line);
	free(text);
}

/* The example: each setting as a comment with its default, in its section; and it reads. */
Test(settings, the_example_file_shows_every_row_with_its_default)
{
	char *text = slurp("user/dist/oddns.conf"), *at = text;
	const char *section = "";
	int r;

	for (unsigned i = 0; i < setting_row_count; i++) {
		const struct setting_row *row = &setting_rows[i];
		char line[128];

		if (strcmp(section, row->section) != 0 && !setting_is_group(row)) {
			snprintf(line, sizeof(line), "\n[%s]\n", row->section);
			at = strstr(text, line);
			cr_assert(at, "no [%s]", row->section);
		} else if (strcmp(section, row->section) != 0) {
			at = strstr(text, "\n#[group ");
			cr_assert(at);
		}
		section = row->section;
		snprintf(line, sizeof(line), "\n#%s =%s%s%s", row->key,
			 row->fallback && *row->fallback ? " " : "",
			 row->fallback ? row->fallback : "", row->fallback ? "\n" : " ");
		cr_assert(strstr(at, line), "[%s]: no '%s'", row->section, line + 1);
	}
	settings__free(read_text(text, &r));
	cr_assert_eq(r, 0);
	free(text);
}

/* With "#" taken from before keys and sections, the example is a whole configuration. */
Test(settings, the_example_file_can_be_uncommented)
{
	char *text = slurp("user/dist/oddns.conf"), *to = text;
	struct settings *s;
	int r;

	for (const char *from = text; *from; from++)
		if (*from != '#' || from[1] == ' ' || from[1] == '\n')
			*to++ = *from;
	*to = '\0';
	s = read_text(text, &r);
	cr_assert_eq(r, 0);
	cr_assert_eq(s->group_count, 1);
	cr_assert_eq(s->timeout_ns, 5 * SECOND);
	cr_assert_eq(settings__check(s), 0);
	settings__free(s);
	free(text);
}

Test(settings, manual_and_completion_know_every_row)
{
	char *manual = slurp("user/dist/oddns.8");
	char *completion = slurp("user/dist/oddns.bash-completion");

	for (unsigned i = 0; i < setting_row_count; i++) {
		const struct setting_row *row = &setting_rows[i];
		char text[128], *at;

		snprintf(text, sizeof(text), ".Ss %s\n", row->section);
		at = strstr(manual, text);
		cr_assert(at, "%s", text);
		snprintf(text, sizeof(text), "\n.It Ic %s%s%s\n", row->key,
			 row->fallback && *row->fallback ? " = " : "",
			 row->fallback ? row->fallback : "");
		cr_assert(strstr(at, text), "[%s]: no '%s'", row->section, text + 1);
		if (setting_is_group(row))
			continue;
		snprintf(text, sizeof(text), "%s.%s=", row->section, row->key);
		cr_assert(strstr(completion, text), "completion: no '%s'", text);
	}
	free(manual);
	free(completion);
}

/* --- the nearest word ----------------------------------------------------------------------------
 */

Test(nearest, finds_what_was_meant_and_stays_silent_otherwise)
{
	static const struct {
		const char *word, *best;
	} rows[] = {
		{"timeot", "timeout"},
		{"timeuot", "timeout"},
		{"TIMEOUT", "timeout"},
		{"intrval", "interval"},
		{"inter", "interval"},
		{"server", "servers"},
		{"x", NULL},
		{"", NULL},
		{"elephant", NULL},
		{"tmt", NULL},
	};
	static const char *const words[] = {"interval", "interfaces", "timeout", "servers", "tc"};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct nearest nearest = {.word = rows[i].word};

		for (size_t j = 0; j < ROWS(words); j++)
			nearest__offer(&nearest, words[j]);
		if (rows[i].best)
			cr_assert(nearest.best && strcmp(nearest.best, rows[i].best) == 0, "%s: %s",
				  rows[i].word, nearest.best ? nearest.best : "none");
		else
			cr_assert_null(nearest.best, "%s: %s", rows[i].word, nearest.best);
	}
}
