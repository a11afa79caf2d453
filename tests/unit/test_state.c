// SPDX-License-Identifier: GPL-2.0-or-later
/* The daemon's state file: what is written is read, and who holds the directory. */
#include "base/text.h"
#include "flow/assembly_rows.h"
#include "sink/state.h"

#include <criterion/criterion.h>
#include <criterion/redirect.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char dir[64], path[96], lock_path[96];

static void make_dir(void)
{
	snprintf(dir, sizeof(dir), "/tmp/oddns-state-XXXXXX");
	cr_assert_not_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/status.json", dir);
	snprintf(lock_path, sizeof(lock_path), "%s/lock", dir);
}

static void remove_dir(void)
{
	unlink(path);
	unlink(lock_path);
	cr_expect_eq(rmdir(dir), 0, "nothing else was left behind: %s", strerror(errno));
}

TestSuite(state, .init = make_dir, .fini = remove_dir);

static const struct state_interface interfaces[] = {
	{"eth0", "xdp", "tcx", ""},
	{"veth\xff", "tcx", "tcx", "XDP: held by program 7 \"other\""},
};

/* Every number another prime, so that no two members can be mistaken for each other. */
static struct state make_state(struct state_server *server)
{
	struct state s = {
		.pid = 4001,
		.version = "0.1.0",
		.started_ns = 1000000007,
		.now_ns = 61000000007,
		.direction = "both",
		.journal = true,
		.interfaces = interfaces,
		.interface_count = 2,
		.timeout_ns = 5000000029,
		.interval_ns = 10000000019,
		.window = 31,
		.absolute_ns = 20000003,
		.relative = 0.3,
		.encrypted = true,
		.exchanges = {.queries = 101,
			      .responses = 103,
			      .answered = 107,
			      .unanswered = 109,
			      .pending = 113,
			      .retransmitted = 127,
			      .evicted = 131,
			      .late = 137,
			      .orphan = 139,
			      .duplicate = 149,
			      .continued = 199,
			      .unsampled = 157,
			      .folded = 151,
			      .quoted = 223,
			      .quoted_unmatched = 227,
			      .multicast = 229,
			      .llmnr = {.queries = 241,
					.responses = 251,
					.answered = 257,
					.unanswered = 263}},
		.store = {1, 223, 227, 229, 233, 239, 28},
		.usage = {.entries = 163, .limit = 167, .bytes = 173, .transfers = 211},
		.resident_bytes = 179,
		.alerts_raised = 181,
		.alerts_unsent = 191,
		.alerts_held = 193,
		.servers_known = 193,
		.servers_evicted = 197,
		.servers = server,
		.server_count = 1,
	};

	for (unsigned i = 0; i < assembly_row_count; i++) {
		uint64_t number = 700 + i;

		memcpy((char *)&s.assembly + assembly_rows[i].offset, &number, sizeof(number));
	}
	for (unsigned i = CAUSE_NONE; i <= CAUSE_LATE; i++)
		s.exchanges.causes[i] = 230 + i;
	s.exchanges.unparsable = 200;
	s.exchanges.verdicts[DNS_MESSAGE_LOOP] = 202;
	s.exchanges.verdicts[DNS_MESSAGE_OVERRUN] = 203;
	for (int i = 0; i < ODD_HOOK_COUNT; i++)
		s.source.packets[i] = 300 + (unsigned)i;
	for (int i = 1; i < ODD_DROP_COUNT; i++)
		s.source.drops[i] = 400 + (unsigned)i;
	for (unsigned i = 0; i < ENCRYPTED_TOP; i++) {
		struct odd_encrypted_key key = {.server = {0x20, 0x01, [15] = (uint8_t)i},
						.kind = (enum odd_encrypted)(i % 4)};

		encrypted_totals__add(&s.source.encrypted, &key, 800 + i);
	}
	memset(server, 0, sizeof(*server));
	cr_assert_eq(text_parse_address("2001:db8::53", server->address), 0);
	server->group = "lan";
	server->recursive = server->sufficient = server->raised = true;
	server->eligible = true;
	server->baseline_ns = 569;
	server->totals = (struct server_totals){.queries = 503,
						.answered = 509,
						.unanswered = 521,
						.late = 523,
						.samples = 541,
						.median_ns = 547,
						.p90_ns = 557,
						.p99_ns = 563};
	for (unsigned i = 0; i < INTERVAL_RCODES; i++)
		server->totals.rcodes[i] = 600 + i;
	return s;
}

Test(state, what_is_written_is_read)
{
	struct state_server server;
	struct state s = make_state(&server), *got;
	struct stat st;

	cr_assert_eq(state__write(dir, &s), 0);
	cr_assert_eq(stat(path, &st), 0);
	cr_expect_eq(st.st_mode & 0777, 0644);
	cr_assert_eq(state__read(dir, &got), 0);
	cr_expect_eq(got->pid, s.pid);
	cr_expect_str_eq(got->version, s.version);
	cr_expect_str_eq(got->direction, s.direction);
	cr_expect(got->journal && got->encrypted);
	cr_expect_float_eq(got->relative, s.relative, 1e-12);
	cr_expect_eq(got->started_ns, s.started_ns);
	cr_expect_eq(got->now_ns, s.now_ns);
	cr_expect_eq(memcmp(&got->timeout_ns, &s.timeout_ns, 4 * sizeof(uint64_t)), 0);
	cr_expect_eq(memcmp(&got->exchanges, &s.exchanges, sizeof(s.exchanges)), 0);
	cr_expect_eq(memcmp(&got->assembly, &s.assembly, sizeof(s.assembly)), 0);
	cr_expect_eq(memcmp(&got->store, &s.store, sizeof(s.store)), 0);
	cr_expect_eq(memcmp(&got->usage, &s.usage, sizeof(s.usage)), 0);
	cr_expect_eq(memcmp(&got->source, &s.source, sizeof(s.source)), 0);
	cr_expect_eq(got->resident_bytes, s.resident_bytes);
	cr_expect_eq(memcmp(&got->alerts_raised, &s.alerts_raised, 5 * sizeof(uint64_t)), 0);
	state__free(got);
}

Test(state, lists_are_read_and_foreign_bytes_are_escaped)
{
	struct state_server server;
	struct state s = make_state(&server), *got;
	const struct state_server *read;

	cr_assert_eq(state__write(dir, &s), 0);
	cr_assert_eq(state__read(dir, &got), 0);
	cr_assert_eq(got->interface_count, 2);
	cr_expect_str_eq(got->interfaces[0].name, "eth0");
	cr_expect_str_eq(got->interfaces[1].name, "veth\\255");
	cr_expect_str_eq(got->interfaces[1].note, "XDP: held by program 7 \"other\"");
	cr_assert_eq(got->server_count, 1);
	read = &got->servers[0];
	cr_expect_eq(memcmp(read->address, server.address, 16), 0);
	cr_expect_str_eq(read->group, "lan");
	cr_expect(read->recursive && read->sufficient && read->eligible && read->raised &&
		  !read->pinned);
	cr_expect_eq(read->baseline_ns, server.baseline_ns);
	cr_expect_eq(memcmp(&read->totals, &server.totals, sizeof(server.totals)), 0);
	state__free(got);
}

Test(state, server_without_group_samples_or_baseline_has_nulls)
{
	struct state_server server = {.address = {0}}, none = {.address = {0}};
	struct state s = make_state(&server), *got;

	none.baseline_ns = 31; /* stale: not sufficient */
	none.eligible = true;  /* it alone has samples enough: no peers */
	s.servers = &none;
	cr_assert_eq(state__write(dir, &s), 0);
	cr_assert_eq(state__read(dir, &got), 0);
	cr_expect_null(got->servers[0].group);
	cr_expect_eq(got->servers[0].baseline_ns, 0);
	cr_expect(!got->servers[0].sufficient && got->servers[0].eligible);
	cr_expect_str_eq(state_server__standing(&got->servers[0]), "insufficient");
	state__free(got);
}

static void put(const char *content)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	cr_assert_geq(fd, 0);
	cr_assert_eq(write(fd, content, strlen(content)), (ssize_t)strlen(content));
	close(fd);
}

Test(state, files_that_are_no_state_are_refused)
{
	static const char *const bad[] = {
		"",
		"{",
		"[]",
		"{}",
		"{\"type\":\"status\"}",
		"{\"type\":\"status\",\"abi\":0}",
		"{\"type\":\"status\",\"abi\":3,\"servers\":[{}]}",
		"{\"type\":\"status\",\"abi\":3,\"servers\":[{\"address\":\"x\"}]}",
	};
	struct state *got = NULL;

	cr_expect_eq(state__read(dir, &got), -ENOENT);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		put(bad[i]);
		cr_expect_eq(state__read(dir, &got), -EPROTO, "%s", bad[i]);
	}
	cr_expect_null(got);
	put("{\"type\":\"status\",\"abi\":3,\"interfaces\":7,\"exchanges\":[]}");
	cr_expect_eq(state__read(dir, &got), 0, "what is missing is 0");
	cr_expect_str_eq(got->version, "");
	state__free(got);
}

Test(state, write_follows_no_link_and_fails_without_directory)
{
	struct state_server server;
	struct state s = make_state(&server);
	char new_path[128];
	struct stat st;

	snprintf(new_path, sizeof(new_path), "%s.new", path);
	cr_assert_eq(symlink("/dev/null", new_path), 0);
	cr_expect_eq(state__write(dir, &s), 0);
	cr_expect_eq(lstat(new_path, &st), -1);
	cr_assert_eq(lstat(path, &st), 0);
	cr_expect(S_ISREG(st.st_mode));
	cr_expect_eq(state__write("/nonexistent/oddns", &s), -ENOENT);
}

Test(state, lock_keeps_a_second_daemon_out_and_names_the_first)
{
	struct state_lock *lock, *second = NULL;
	int64_t pid = 0;

	cr_expect_eq(state_lock__holder(dir, &pid), 0);
	cr_assert_eq(state_lock__take(dir, &lock), 0);
	cr_expect_eq(state_lock__take(dir, &second), -EBUSY);
	cr_expect_null(second);
	cr_expect_eq(state_lock__holder(dir, &pid), 1);
	cr_expect_eq(pid, getpid());
	state_lock__release(lock);
	cr_expect_eq(state_lock__holder(dir, &pid), 0);
	cr_expect_eq(access(lock_path, F_OK), -1);
	cr_expect_eq(access(dir, F_OK), 0, "a directory that was there stays");
}

Test(state, lock_that_cannot_be_written_is_reported)
{
	const struct rlimit none = {0};
	struct state_lock *lock = NULL;

	signal(SIGXFSZ, SIG_IGN);
	cr_redirect_stderr();
	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &none), 0);
	cr_expect_eq(state_lock__take(dir, &lock), -EFBIG);
	cr_expect_null(lock);
	cr_assert_stderr_neq_str("");
}

Test(state, lock_of_a_killed_daemon_is_free_and_looking_does_not_take_it)
{
	struct state_lock *lock;
	int64_t pid = 0;
	int pipes[2], status;
	char byte;
	pid_t child;

	cr_assert_eq(pipe(pipes), 0);
	child = fork();
	if (child == 0) {
		if (state_lock__take(dir, &lock) == 0 && write(pipes[1], "x", 1) == 1)
			pause();
		_exit(1);
	}
	cr_assert_eq(read(pipes[0], &byte, 1), 1);
	cr_expect_eq(state_lock__holder(dir, &pid), 1);
	cr_expect_eq(pid, child);
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
	cr_expect_eq(state_lock__holder(dir, &pid), 0);
	cr_expect_eq(access(lock_path, F_OK), 0, "its file is still there");
	cr_expect_eq(state_lock__take(dir, &lock), 0);
	state_lock__release(lock);
}

Test(state, directory_is_made_for_all_to_read_and_removed_again)
{
	struct state_lock *lock;
	char made[96];
	struct stat st;

	snprintf(made, sizeof(made), "%s/run", dir);
	umask(0077);
	cr_assert_eq(state_lock__take(made, &lock), 0);
	cr_assert_eq(stat(made, &st), 0);
	cr_expect_eq(st.st_mode & 0777, 0755);
	state_lock__release(lock);
	cr_expect_eq(access(made, F_OK), -1);
}
