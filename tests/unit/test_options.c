// SPDX-License-Identifier: GPL-2.0-or-later
/* Arguments of verbs. Wrong ones are tested from outside, in tests/cli/cli.sh. */
#include "settings_fixture.h"

#include "cmd/options.h"
#include "cmd/sensor.h"

#include <errno.h>

static const struct options_verb everything = {.name = "try", .about = "For tests.", .takes = 0x7f};

/* A configuration file with this text; the caller unlinks it. */
static void write_file(char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	cr_assert(file);
	fputs(text, file);
	fclose(file);
}

Test(options, each_configured_server_has_its_places_in_the_map)
{
	static const struct {
		const char *servers;
		unsigned keys;
	} rows[] = {
		{"10.0.0.0/8", 2 * 4},
		{"10.0.0.1", 2 * 4 + 18},
		{"10.0.0.1,fe80::/10,::1", 2 * 4 + 2 * 18},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct settings *settings = settings__new();
		char assignment[64];

		snprintf(assignment, sizeof(assignment), "group a.servers=%s", rows[i].servers);
		cr_assert_eq(settings__set(settings, "sensor.servers=2"), 0);
		cr_assert_eq(settings__set(settings, assignment), 0);
		cr_expect_eq(sensor_server_keys(settings), rows[i].keys, "%s", assignment);
		settings__free(settings);
	}
}

Test(options, the_command_line_comes_after_the_file_in_order)
{
	char path[] = "/tmp/oddns-test-XXXXXX";
	char *argv[] = {"try",	    "a.pcap",
			"-i",	    "eth0",
			"-c",	    path,
			"--set",    "sensor.timeout=2s",
			"--set",    "sensor.timeout=3s",
			"--hook",   "tc",
			"-ieth1",   "--format=json",
			"--engine", "native",
			"--",	    "--b.pcap",
			NULL};
	struct settings *again;
	struct cmd_options o;

	close(mkstemp(path));
	write_file(path, "[sensor]\ntimeout = 1s\ngrace = 7s\ninterfaces = lo\n");
	cr_assert_eq(options__parse(&everything, ROWS(argv) - 1, argv, &o), 0);
	cr_assert_eq(o.settings->timeout_ns, 3 * SECOND);
	cr_assert_eq(o.settings->grace_ns, 7 * SECOND);
	cr_assert_eq(o.settings->hook, HOOK_TC);
	cr_assert_str_eq(o.settings->interfaces[0], "eth0");
	cr_assert_str_eq(o.settings->interfaces[1], "eth1");
	cr_assert_null(o.settings->interfaces[2]);
	cr_assert_eq(o.format, FORMAT_JSON);
	cr_assert_eq(o.engine, ENGINE_NATIVE);
	cr_assert_eq(o.file_count, 2);
	cr_assert_str_eq(o.files[0], "a.pcap");
	cr_assert_str_eq(o.files[1], "--b.pcap");

	/* what SIGHUP does: the file has changed, the command line still wins */
	write_file(path, "[sensor]\ntimeout = 9s\ngrace = 8s\n");
	cr_assert_eq(options__settings(&o, &again), 0);
	cr_assert_eq(again->timeout_ns, 3 * SECOND);
	cr_assert_eq(again->grace_ns, 8 * SECOND);
	cr_assert_str_eq(again->interfaces[1], "eth1");
	settings__free(again);
	unlink(path);
	options__done(&o);
}

Test(options, settings_that_cannot_be_read_again_leave_the_old_ones)
{
	char path[] = "/tmp/oddns-test-XXXXXX", text[1024];
	char *argv[] = {"try", "-c", path, "x", NULL};
	struct settings *again = NULL;
	struct capture capture;
	struct cmd_options o;

	close(mkstemp(path));
	cr_assert_eq(options__parse(&everything, 4, argv, &o), 0);
	write_file(path, "[sensor]\ntimeout = 9x\n");
	capture = capture_begin();
	cr_assert_eq(options__settings(&o, &again), -EINVAL);
	capture_end(capture, text, sizeof(text));
	cr_assert_eq(count_lines(text), 1);
	cr_assert_null(again);
	cr_assert_eq(o.settings->timeout_ns, 5 * SECOND);
	unlink(path);
	options__done(&o);
}

Test(options, a_verb_takes_only_what_its_mask_says)
{
	static const struct {
		unsigned bit;
		const char *arg;
	} rows[] = {
		{OPTION_INTERFACE, "--interface=lo"},
		{OPTION_CONFIG, "--config=/dev/null"},
		{OPTION_HOOK, "--hook=tc"},
		{OPTION_SET, "--set=sensor.window=7"},
		{OPTION_ENGINE, "--engine=auto"},
		{OPTION_FORMAT, "--format=text"},
		{OPTION_FILES, "file"},
	};
	char text[1024], arg[64];
	struct cmd_options o;

	for (size_t i = 0; i < ROWS(rows); i++) {
		for (unsigned with = 0; with < 2; with++) {
			struct options_verb verb = {.name = "try",
						    .about = "For tests.",
						    .takes = with ? rows[i].bit : 0};
			char *argv[] = {"try", arg, NULL};
			struct capture capture = capture_begin();
			int r;

			snprintf(arg, sizeof(arg), "%s", rows[i].arg);
			r = options__parse(&verb, 2, argv, &o);
			capture_end(capture, text, sizeof(text));
			cr_assert_eq(r, with ? 0 : -EINVAL, "%s", arg);
			cr_assert_eq(count_lines(text), with ? 0 : 1, "%s", text);
			if (r == 0)
				options__done(&o);
		}
	}
}
