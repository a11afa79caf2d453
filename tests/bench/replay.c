// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * How fast captures replay, as a person would time it: whole processes, their
 * start included, `oddns replay --format text FILE > /dev/null`. The floor is a
 * process that reads the same file through libpcap and looks at nothing.
 */
#include "bench.h"
#include "traffic.h"

#include <errno.h>
#include <fcntl.h>
#include <pcap/pcap.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROUNDS	7
#define PACKETS (2.0 * TRAFFIC_CAPTURE_EXCHANGES)

struct process {
	const char *name;
	const char *const *arguments;
	double values[ROUNDS];
};

int bench_replay_read(const char *path)
{
	char why[PCAP_ERRBUF_SIZE];
	pcap_t *pcap =
		pcap_open_offline_with_tstamp_precision(path, PCAP_TSTAMP_PRECISION_NANO, why);
	struct pcap_pkthdr *header;
	const u_char *data;
	double packets = 0;

	if (!pcap) {
		fprintf(stderr, "bench: read '%s': %s\n", path, why);
		return -EIO;
	}
	while (pcap_next_ex(pcap, &header, &data) == 1)
		packets++;
	pcap_close(pcap);
	return packets == PACKETS ? 0 : -EIO;
}

/* Run it with its output thrown away. Return: 0 when it ended with exit code 0 */
static int run_process(const char *const *arguments, double *ret_seconds)
{
	posix_spawn_file_actions_t actions;
	uint64_t start = bench_now_ns();
	int r, status;
	pid_t pid;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	r = posix_spawn(&pid, arguments[0], &actions, NULL, (char **)arguments, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (r == 0 && waitpid(pid, &status, 0) < 0)
		r = errno;
	if (r == 0 && status != 0)
		r = EIO;
	if (r != 0)
		return -r;
	*ret_seconds = (double)(bench_now_ns() - start) / 1e9;
	return 0;
}

static int measure(struct bench *bench, struct process *processes, unsigned count)
{
	for (unsigned i = 0; i < ROUNDS * count; i++) {
		struct process *process = &processes[i % count];
		double seconds = 0;
		int r = run_process(process->arguments, &seconds);

		if (r < 0) {
			fprintf(stderr, "bench: %s: '%s' failed: %s\n", process->name,
				process->arguments[0], strerror(-r));
			return r;
		}
		process->values[i / count] = PACKETS / seconds;
	}
	for (unsigned i = 0; i < count; i++)
		bench__row(bench, processes[i].name, bench_median(processes[i].values, ROUNDS));
	return 0;
}

static int replay(struct bench *bench, const char *path)
{
	const char *oddns = bench__oddns(bench);
	const char *const floor[] = {"/proc/self/exe", "--read", path, NULL};
	const char *const native[] = {oddns,	  "replay", "--engine", "native",
				      "--format", "text",   path,	NULL};
	const char *const kernel[] = {oddns,	  "replay", "--engine", "kernel",
				      "--format", "text",   path,	NULL};
	struct process processes[3] = {{"replay.floor", floor, {0}}};
	unsigned count = 1;
	int r = traffic_write_capture(path, TRAFFIC_CAPTURE_EXCHANGES);

	if (r < 0)
		return r;
	if (bench__wants(bench, "replay.native"))
		processes[count++] = (struct process){"replay.native", native, {0}};
	if (bench__wants(bench, "replay.kernel"))
		processes[count++] = (struct process){"replay.kernel", kernel, {0}};
	return measure(bench, processes, count);
}

int bench_replay(struct bench *bench)
{
	char path[] = "/tmp/oddns-bench-XXXXXX";
	int fd = mkstemp(path), r;

	if (fd < 0) {
		fprintf(stderr, "bench: replay: make a file in /tmp: %s\n", strerror(errno));
		return -errno;
	}
	close(fd);
	r = replay(bench, path);
	unlink(path);
	return r;
}
