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
#include "frames.h"
#include "kernel.h"

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
#define NO_EVENTS	16384
#define MESSAGES	2048 /* of up to 232 bytes */
#define FRAGMENTS	256  /* of up to 1 592 bytes */
#define CASES_MAX	36
#define DEFAULT_SNAPLEN 1232

/* A program on a frame. */
struct subject {
	const char *name;
	int program;
	const struct frame *frame;
	unsigned packets; /* in a run: one of the above, which says whether they give events */
	unsigned snaplen; /* 0: the default */
};

struct kernel_case {
	struct subject of;
	double sum_ns; /* of the runs of this round */
	double values[ROUNDS];
};

struct kernel {
	struct oddns_bpf *programs; /* with default settings */
	struct oddns_bpf *off;	    /* without tunnels and encrypted DNS */
	struct ring_buffer *ring;
	uint64_t events; /* that came out of the ring */
	int pass, pass_tc;
	struct frames frames;
	unsigned count;
	struct kernel_case cases[CASES_MAX];
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

static int load(struct kernel *kernel)
{
	int r = bench_kernel_load(true, 0, &kernel->programs);

	if (r == 0)
		r = bench_kernel_load(false, 0, &kernel->off);
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

static void make_cases(struct kernel *k)
{
	const struct frames *f = &k->frames;
	int xdp = bpf_program__fd(k->programs->progs.oddns_xdp);
	int xdp_off = bpf_program__fd(k->off->progs.oddns_xdp);
	int tc = bpf_program__fd(k->programs->progs.oddns_egress);
	int tc_off = bpf_program__fd(k->off->progs.oddns_egress);
	const struct subject subjects[] = {
		{"kernel.pass", k->pass, &f->query, NO_EVENTS, 0},
		{"kernel.other", xdp, &f->other, NO_EVENTS, 0},
		{"kernel.other_udp", xdp, &f->other_udp, NO_EVENTS, 0},
		{"kernel.other_off", xdp_off, &f->other, NO_EVENTS, 0},
		{"kernel.other_udp_off", xdp_off, &f->other_udp, NO_EVENTS, 0},
		{"kernel.https", xdp, &f->https, NO_EVENTS, 0},
		{"kernel.https_off", xdp_off, &f->https, NO_EVENTS, 0},
		{"kernel.https_syn", xdp, &f->https_syn, NO_EVENTS, 0},
		{"kernel.encrypted", xdp, &f->encrypted, NO_EVENTS, 0},
		{"kernel.vlan_other", xdp, &f->other_vlan, NO_EVENTS, 0},
		{"kernel.vxlan_other", xdp, &f->other_vxlan, NO_EVENTS, 0},
		{"kernel.query", xdp, &f->query, MESSAGES, 0},
		{"kernel.response", xdp, &f->response, MESSAGES, 0},
		{"kernel.snaplen_64", xdp, &f->large, FRAGMENTS, 64},
		{"kernel.snaplen_512", xdp, &f->large, FRAGMENTS, 512},
		{"kernel.snaplen_1232", xdp, &f->large, FRAGMENTS, 1232},
		{"kernel.vxlan", xdp, &f->vxlan, MESSAGES, 0},
		{"kernel.tcp", xdp, &f->tcp, MESSAGES, 0},
		{"kernel.fragment", xdp, &f->first, FRAGMENTS, 0},
		{"kernel.fragment_later", xdp, &f->later, FRAGMENTS, 0},
		{"kernel.icmp", xdp, &f->icmp, MESSAGES, 0},
		{"kernel.echo", xdp, &f->echo, NO_EVENTS, 0},
		{"kernel.pass_tc", k->pass_tc, &f->query, NO_EVENTS, 0},
		{"kernel.other_tc", tc, &f->other, NO_EVENTS, 0},
		{"kernel.other_off_tc", tc_off, &f->other, NO_EVENTS, 0},
		{"kernel.query_tc", tc, &f->query, MESSAGES, 0},
		{"kernel.tcp_tc", tc, &f->tcp, MESSAGES, 0},
	};

	k->count = sizeof(subjects) / sizeof(subjects[0]);
	for (unsigned i = 0; i < k->count; i++)
		k->cases[i].of = subjects[i];
}

static int run(struct kernel *kernel, struct kernel_case *c)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = c->of.frame->at,
		    .data_size_in = c->of.frame->bytes, .repeat = (int)c->of.packets);
	uint64_t expected = c->of.packets == NO_EVENTS ? 0 : c->of.packets;
	int r;

	kernel->programs->data->shedding.snaplen = c->of.snaplen ? c->of.snaplen : DEFAULT_SNAPLEN;
	r = bpf_prog_test_run_opts(c->of.program, &opts);
	if (r < 0)
		return failed(r, c->of.name);
	kernel->events = 0;
	ring_buffer__consume(kernel->ring);
	if (kernel->events != expected) {
		fprintf(stderr, "bench: %s: %llu events of %u packets\n", c->of.name,
			(unsigned long long)kernel->events, c->of.packets);
		return -EIO;
	}
	c->sum_ns += opts.duration;
	return 0;
}

/* Floors always run: they are compared with. */
static bool is_wanted(const struct bench *bench, const struct kernel_case *c)
{
	return strstr(c->of.name, "pass") || bench__wants(bench, c->of.name);
}

static int run_round(struct bench *bench, struct kernel *kernel, unsigned round)
{
	for (unsigned i = 0; i < RUNS * kernel->count; i++) {
		struct kernel_case *c = &kernel->cases[i % kernel->count];
		int r = is_wanted(bench, c) ? run(kernel, c) : 0;

		if (r < 0)
			return r;
	}
	for (unsigned i = 0; i < kernel->count; i++) {
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
	for (unsigned i = 0; i < kernel->count; i++)
		if (is_wanted(bench, &kernel->cases[i]))
			bench__rounds(bench, kernel->cases[i].of.name, kernel->cases[i].values,
				      ROUNDS);
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
	for (unsigned i = 0; i < kernel->count; i++)
		if (bench__wants(bench, kernel->cases[i].of.name))
			return true;
	return false;
}

int bench_kernel(struct bench *bench)
{
	static struct kernel kernel; /* 16 KB of frames */
	int r = load(&kernel);

	if (r == 0) {
		frames_make(&kernel.frames);
		make_cases(&kernel);
	}
	if (r == 0 && wants_packets(bench, &kernel))
		r = measure_packets(bench, &kernel);
	if (r == 0 && bench__wants(bench, "kernel.verified"))
		r = measure_verified(bench, &kernel);
	ring_buffer__free(kernel.ring);
	programs__free(kernel.programs);
	programs__free(kernel.off);
	return r ? r : bench_kernel_ring(bench);
}
