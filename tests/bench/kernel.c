// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a packet costs at the hooks, by BPF_PROG_TEST_RUN.
 *
 * Each run repeats a program on one frame, and the kernel tells the mean in
 * whole nanoseconds; the mean of some runs is the value of a round. Runs of all
 * programs take turns. After each run the ring is emptied, so it is never full,
 * and what comes out of it is counted: a run in which a packet gave no event, or
 * one that should not gave one, is no measurement.
 */
#include "bench.h"
#include "traffic.h"

#include "config/settings.h"
#include "source/programs.h"

#include "oddns.skel.h"

#include <bpf/bpf.h>

#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define ROUNDS 11
#define RUNS   7 /* in a round; few, for each waits 10 ms for the kernel to swap programs */
/*
 * Packets in a run, the more the less its start costs each. Those that give events
 * take at most 480 KB of the ring, less than what makes the programs call the
 * daemon (512 KiB): one that keeps up is seldom called.
 */
#define REPEAT	      16384
#define REPEAT_EVENTS 2048
#define CASES	      7

struct kernel_case {
	const char *name;
	int program;
	const uint8_t *frame;
	unsigned frame_bytes;
	bool gives_events;
	double sum_ns; /* of the runs of this round */
	double values[ROUNDS];
};

struct kernel {
	struct oddns_bpf *programs;
	struct ring_buffer *ring;
	uint64_t events; /* that came out of the ring */
	int pass, pass_tc;
	uint8_t other[TRAFFIC_FRAME_MAX];
	uint8_t query[TRAFFIC_FRAME_MAX];
	uint8_t response[TRAFFIC_FRAME_MAX];
	unsigned query_bytes, response_bytes;
	struct kernel_case cases[CASES];
};

static int failed(int r, const char *what)
{
	fprintf(stderr, "bench: kernel: %s: %s\n", what, strerror(-r));
	return r;
}

static int count_event(void *context, void *data, size_t size)
{
	struct kernel *kernel = context;

	(void)data;
	(void)size;
	kernel->events++;
	return 0;
}

/* A program that returns @verdict and does nothing else. */
static int load_empty(enum bpf_prog_type type, int32_t verdict)
{
	const struct bpf_insn code[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0, .imm = verdict},
		{.code = BPF_JMP | BPF_EXIT},
	};
	int fd = bpf_prog_load(type, "bench_pass", "GPL", code, 2, NULL);

	return fd < 0 ? failed(fd, "load an empty program") : fd;
}

int bench_kernel_pass(const char *ifname)
{
	int program = load_empty(BPF_PROG_TYPE_XDP, XDP_PASS), link;

	if (program < 0)
		return program;
	link = bpf_link_create(program, (int)if_nametoindex(ifname), BPF_XDP, NULL);
	if (link < 0)
		return failed(link, "attach the empty program");
	puts("attached");
	fflush(stdout);
	pause();
	return 0;
}

/* The programs with default settings, as the daemon loads them. */
static int load(struct kernel *kernel)
{
	struct settings *settings = settings__new();
	struct programs_options options;
	int r;

	if (!settings)
		return failed(-ENOMEM, "settings");
	options = (struct programs_options){
		.ports = settings->ports,
		.port_count = settings->port_count,
		.snaplen = settings->snaplen,
		.ring_bytes = (__u32)settings->ring_bytes,
		.server_keys = settings->servers * 4,
	};
	r = programs__load(&options, &kernel->programs);
	settings__free(settings);
	if (r < 0)
		return r;
	kernel->ring = ring_buffer__new(bpf_map__fd(kernel->programs->maps.events), count_event,
					kernel, NULL);
	if (!kernel->ring)
		return failed(-errno, "map the ring");
	kernel->pass = load_empty(BPF_PROG_TYPE_XDP, XDP_PASS);
	kernel->pass_tc = load_empty(BPF_PROG_TYPE_SCHED_CLS, -1);
	return kernel->pass < 0 || kernel->pass_tc < 0 ? -EIO : 0;
}

/*
 * "mail.example.com": with EDNS a query of 45 bytes, and a response of 110:
 * question, CNAME to another name of that zone, two addresses, OPT.
 */
static void make_frames(struct kernel *kernel)
{
	static const uint8_t name[] = "\4mail\7example\3com";
	static const uint8_t cname[] = "\300\014\0\5\0\1\0\0\1\54\0\25\22frontend-03.europe\300\21";
	struct traffic_exchange exchange;
	uint8_t message[TRAFFIC_MESSAGE_MAX];
	unsigned bytes, behind_question = 12 + sizeof(name) + 4;

	traffic_exchange(0, (struct traffic_names){10, 10}, &exchange);
	exchange.name_length = sizeof(name);
	memcpy(exchange.name, name, sizeof(name));
	bytes = traffic_message(&exchange, false, message);
	kernel->query_bytes = traffic_frame(&exchange, false, message, bytes, kernel->query);
	bytes = traffic_message(&exchange, true, message);
	memmove(message + behind_question + sizeof(cname) - 1, message + behind_question,
		bytes - behind_question);
	memcpy(message + behind_question, cname, sizeof(cname) - 1);
	message[7] = 3; /* ANCOUNT */
	bytes += sizeof(cname) - 1;
	kernel->response_bytes = traffic_frame(&exchange, true, message, bytes, kernel->response);
	/* a full segment from a web server */
	memcpy(kernel->other, kernel->query, 34);
	kernel->other[16] = 1500 >> 8;
	kernel->other[17] = 1500 & 0xff;
	kernel->other[23] = 6;
	kernel->other[34] = 443 >> 8;
	kernel->other[35] = 443 & 0xff;
	kernel->other[36] = 50123 >> 8;
	kernel->other[37] = 50123 & 0xff;
	kernel->other[46] = 0x50; /* 20 bytes of header */
}

static void make_cases(struct kernel *kernel)
{
	const struct oddns_bpf *p = kernel->programs;
	int xdp = bpf_program__fd(p->progs.oddns_xdp), tc = bpf_program__fd(p->progs.oddns_egress);
	const struct kernel_case cases[CASES] = {
		{"kernel.pass", kernel->pass, kernel->query, kernel->query_bytes, false, 0, {0}},
		{"kernel.other", xdp, kernel->other, sizeof(kernel->other), false, 0, {0}},
		{"kernel.query", xdp, kernel->query, kernel->query_bytes, true, 0, {0}},
		{"kernel.response", xdp, kernel->response, kernel->response_bytes, true, 0, {0}},
		{"kernel.pass_tc",
		 kernel->pass_tc,
		 kernel->query,
		 kernel->query_bytes,
		 false,
		 0,
		 {0}},
		{"kernel.other_tc", tc, kernel->other, sizeof(kernel->other), false, 0, {0}},
		{"kernel.query_tc", tc, kernel->query, kernel->query_bytes, true, 0, {0}},
	};

	memcpy(kernel->cases, cases, sizeof(cases));
}

static int run(struct kernel *kernel, struct kernel_case *c)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = c->frame, .data_size_in = c->frame_bytes,
		    .repeat = c->gives_events ? REPEAT_EVENTS : REPEAT);
	uint64_t expected = c->gives_events ? REPEAT_EVENTS : 0;
	int r = bpf_prog_test_run_opts(c->program, &opts);

	if (r < 0)
		return failed(r, c->name);
	kernel->events = 0;
	ring_buffer__consume(kernel->ring);
	if (kernel->events != expected) {
		fprintf(stderr, "bench: %s: %llu events of %d packets\n", c->name,
			(unsigned long long)kernel->events, REPEAT_EVENTS);
		return -EIO;
	}
	c->sum_ns += opts.duration;
	return 0;
}

/* Floors always run: they are compared with. */
static bool is_wanted(const struct bench *bench, const struct kernel_case *c)
{
	return strstr(c->name, "pass") || bench__wants(bench, c->name);
}

static int run_round(struct bench *bench, struct kernel *kernel, unsigned round)
{
	for (unsigned i = 0; i < RUNS * CASES; i++) {
		struct kernel_case *c = &kernel->cases[i % CASES];
		int r = is_wanted(bench, c) ? run(kernel, c) : 0;

		if (r < 0)
			return r;
	}
	for (unsigned i = 0; i < CASES; i++) {
		kernel->cases[i].values[round] = kernel->cases[i].sum_ns / RUNS;
		kernel->cases[i].sum_ns = 0;
	}
	return 0;
}

static int measure_packets(struct bench *bench, struct kernel *kernel)
{
	struct source_counters counters;
	int r = run_round(bench, kernel, 0); /* warms up; its values are written over */

	for (unsigned i = 0; r == 0 && i < ROUNDS; i++)
		r = run_round(bench, kernel, i);
	if (r < 0)
		return r;
	programs__counters(kernel->programs, &counters);
	if (counters.drops[ODD_DROP_RING_FULL] || counters.drops[ODD_DROP_COPY_FAILED]) {
		fprintf(stderr, "bench: kernel: the ring was full\n");
		return -EIO;
	}
	for (unsigned i = 0; i < CASES; i++)
		if (is_wanted(bench, &kernel->cases[i]))
			bench__row(bench, kernel->cases[i].name,
				   bench_median(kernel->cases[i].values, ROUNDS));
	return 0;
}

/* Instructions that the verifier walked, over all paths: what limits a program's growth. */
static int measure_verified(struct bench *bench, const struct kernel *kernel)
{
	struct bpf_program *program;
	__u32 most = 0;

	bpf_object__for_each_program(program, kernel->programs->obj)
	{
		struct bpf_prog_info info = {0};
		__u32 size = sizeof(info);
		char name[64];
		int r = bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &size);

		if (r < 0)
			return failed(r, "ask for a program's facts");
		snprintf(name, sizeof(name), "kernel.verified.%s", bpf_program__name(program));
		bench__row(bench, name, info.verified_insns);
		if (info.verified_insns > most)
			most = info.verified_insns;
	}
	bench__row(bench, "kernel.verified", most);
	return 0;
}

static bool wants_packets(const struct bench *bench, const struct kernel *kernel)
{
	for (unsigned i = 0; i < CASES; i++)
		if (bench__wants(bench, kernel->cases[i].name))
			return true;
	return false;
}

int bench_kernel(struct bench *bench)
{
	static struct kernel kernel; /* 5 KB of frames */
	int r = load(&kernel);

	if (r == 0) {
		make_frames(&kernel);
		make_cases(&kernel);
	}
	if (r == 0 && wants_packets(bench, &kernel))
		r = measure_packets(bench, &kernel);
	if (r == 0 && bench__wants(bench, "kernel.verified"))
		r = measure_verified(bench, &kernel);
	ring_buffer__free(kernel.ring);
	programs__free(kernel.programs);
	return r;
}
