// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Does one ring for all processors limit?
 *
 * Two processors give events at once, as fast as they can, into one ring (ring2)
 * and each into its own (ring_each), beside one processor alone (ring1). A run is
 * one BPF_PROG_TEST_RUN on each processor; rings are so large that they take all of
 * it. When the runs overlap is seen in the events themselves: they carry the
 * time, and each processor's frames have a port of their own. What counts is the
 * time in which both were at it.
 *
 * On two processors of an AMD EPYC with Linux 6.18, one alone put 5.7 to 7.3 million
 * events/s into the ring, both together 4.8 to 7.3 million, and 8.3 to 13 million into a ring
 * each. So two that do nothing else gain nothing from one ring, and twice as much would fit into
 * two. But the thread that makes exchanges of events takes 5 to 7 million/s, with a processor of
 * its own (user.exchange: 270 to 385 ns for two): more rings alone would only be full sooner.
 * And packets that come through a driver are far fewer: the best sender here offers 0.3
 * million/s (live.curve), of which none are lost. So there is one ring, and events come out of
 * it in order.
 */
#include "frames.h"
#include "kernel.h"

#include "config/settings.h"
#include "source/programs.h"

#include "oddns.skel.h"

#include <bpf/bpf.h>

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS 7
#define TRIES  5 /* until the senders were at it together */
/*
 * 176 bytes each of a ring of 64 MiB: some 50 ms, half of it where two share a ring. The
 * kernel takes 10 to 30 ms to make a program ready for a run, one program after the other.
 */
#define RING_BYTES (64U * 1024 * 1024)
#define EVENTS	   360000
#define SENDERS	   2

int bench_kernel_load(bool extras, unsigned ring_bytes, struct oddns_bpf **ret_programs)
{
	struct settings *settings = settings__new();
	struct programs_options options;
	int r;

	if (!settings)
		return -ENOMEM;
	options = (struct programs_options){
		.ports = settings->ports,
		.port_count = settings->port_count,
		.snaplen = settings->snaplen,
		.tunnels = extras ? settings->tunnels : 0,
		.encrypted = extras,
		.resolvers = settings->resolvers,
		.resolver_count = settings->resolver_count,
		.ring_bytes = ring_bytes ? ring_bytes : (__u32)settings->ring_bytes,
		.server_keys = settings->servers * 4,
	};
	r = programs__load(&options, ret_programs);
	settings__free(settings);
	return r;
}

/* One processor that gives events. */
struct sender {
	int program;
	unsigned cpu;
	pthread_barrier_t *start;
	struct frame frame;
	unsigned wanted; /* events, up to EVENTS */
	int result;
	/* what came out of the rings */
	unsigned events;
	uint64_t *times_ns; /* room for EVENTS, in order */
};

struct ring_bench {
	struct oddns_bpf *programs[SENDERS]; /* with a ring each */
	struct sender senders[SENDERS];
};

/* What one way of giving events came to. */
struct way {
	const char *name, *rate_name;
	unsigned senders;
	bool own_rings;
	double ns[ROUNDS], rates[ROUNDS];
};

static void *give(void *context)
{
	struct sender *sender = context;
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = sender->frame.at,
		    .data_size_in = sender->frame.bytes, .repeat = (int)sender->wanted);

	pthread_barrier_wait(sender->start);
	sender->result = bpf_prog_test_run_opts(sender->program, &opts);
	return NULL;
}

static int note(void *context, void *data, size_t size)
{
	struct ring_bench *b = context;
	const struct odd_event *event = data;
	struct sender *sender = &b->senders[event->src_port & 1];

	(void)size;
	if (sender->events < EVENTS)
		sender->times_ns[sender->events++] = event->time_ns;
	return 0;
}

/* Start one on each processor and wait for them. */
static int give_all(struct ring_bench *b, const struct way *way)
{
	pthread_t threads[SENDERS];
	pthread_barrier_t start;
	unsigned started = 0;
	int r = 0;

	pthread_barrier_init(&start, NULL, way->senders);
	for (; started < way->senders; started++) {
		struct sender *sender = &b->senders[started];
		pthread_attr_t attr;
		cpu_set_t cpus;

		CPU_ZERO(&cpus);
		CPU_SET(sender->cpu, &cpus);
		sender->start = &start;
		sender->wanted = way->senders > 1 && !way->own_rings ? EVENTS / 2 : EVENTS;
		sender->program =
			bpf_program__fd(b->programs[way->own_rings ? started : 0]->progs.oddns_xdp);
		pthread_attr_init(&attr);
		pthread_attr_setaffinity_np(&attr, sizeof(cpus), &cpus);
		if (pthread_create(&threads[started], &attr, give, sender) != 0)
			abort(); /* the others would wait for it */
		pthread_attr_destroy(&attr);
	}
	while (started--) {
		pthread_join(threads[started], NULL);
		if (b->senders[started].result < 0)
			r = b->senders[started].result;
	}
	pthread_barrier_destroy(&start);
	return r;
}

static int read_rings(struct ring_bench *b)
{
	for (unsigned i = 0; i < SENDERS; i++) {
		struct ring_buffer *ring =
			ring_buffer__new(bpf_map__fd(b->programs[i]->maps.events), note, b, NULL);

		if (!ring)
			return -errno;
		ring_buffer__consume(ring);
		ring_buffer__free(ring);
	}
	return 0;
}

/* Events of a sender in a time. */
static unsigned count_between(const struct sender *sender, uint64_t from_ns, uint64_t to_ns)
{
	unsigned n = 0;

	for (unsigned i = 0; i < sender->events; i++)
		n += sender->times_ns[i] >= from_ns && sender->times_ns[i] <= to_ns;
	return n;
}

static int evaluate(const struct ring_bench *b, struct way *way, unsigned round)
{
	uint64_t from_ns = 0, to_ns = UINT64_MAX;
	unsigned events = 0;

	for (unsigned i = 0; i < way->senders; i++) {
		const struct sender *sender = &b->senders[i];

		if (sender->events != sender->wanted)
			return -EIO;
		if (sender->times_ns[0] > from_ns)
			from_ns = sender->times_ns[0];
		if (sender->times_ns[sender->events - 1] < to_ns)
			to_ns = sender->times_ns[sender->events - 1];
	}
	if (to_ns < from_ns + 1000000) /* not at it together for a millisecond */
		return -EAGAIN;
	for (unsigned i = 0; i < way->senders; i++)
		events += count_between(&b->senders[i], from_ns, to_ns);
	way->rates[round] = events / ((double)(to_ns - from_ns) / 1e9);
	way->ns[round] = 1e9 / way->rates[round] * way->senders;
	return 0;
}

static int try_way(struct ring_bench *b, struct way *way, unsigned round)
{
	int r;

	for (unsigned i = 0; i < SENDERS; i++)
		b->senders[i].events = 0;
	r = give_all(b, way);
	if (r == 0)
		r = read_rings(b);
	return r ? r : evaluate(b, way, round);
}

static int run_way(struct ring_bench *b, struct way *way, unsigned round)
{
	int r = -EAGAIN;

	for (unsigned i = 0; r == -EAGAIN && i < TRIES; i++)
		r = try_way(b, way, round);
	if (r < 0)
		fprintf(stderr, "bench: %s: %s\n", way->name, strerror(-r));
	return r;
}

static int prepare(struct ring_bench *b)
{
	struct frames *frames = malloc(sizeof(*frames));
	int r = frames ? 0 : -ENOMEM;

	if (frames)
		frames_make(frames);
	for (unsigned i = 0; r == 0 && i < SENDERS; i++) {
		struct sender *sender = &b->senders[i];

		sender->cpu = i;
		sender->frame = frames->query;
		sender->frame.at[35] = (uint8_t)((sender->frame.at[35] & ~1U) | i); /* port */
		sender->times_ns = calloc(EVENTS, sizeof(*sender->times_ns));
		r = sender->times_ns ? bench_kernel_load(true, RING_BYTES, &b->programs[i])
				     : -ENOMEM;
	}
	free(frames);
	return r;
}

int bench_kernel_ring(struct bench *bench)
{
	struct way ways[] = {
		{.name = "kernel.ring1", .rate_name = "kernel.ring1.rate", .senders = 1},
		{.name = "kernel.ring2", .rate_name = "kernel.ring2.rate", .senders = 2},
		{.name = "kernel.ring_each",
		 .rate_name = "kernel.ring_each.rate",
		 .senders = 2,
		 .own_rings = true},
	};
	const unsigned count = sizeof(ways) / sizeof(ways[0]);
	struct ring_bench b = {0};
	bool wanted = false;
	int r;

	for (unsigned i = 0; i < count; i++)
		wanted |= bench__wants(bench, ways[i].name);
	if (!wanted)
		return 0;
	r = prepare(&b);
	for (unsigned i = 0; r == 0 && i < ROUNDS * count; i++)
		r = run_way(&b, &ways[i % count], i / count);
	for (unsigned i = 0; r == 0 && i < count; i++) {
		bench__rounds(bench, ways[i].name, ways[i].ns, ROUNDS);
		bench__row(bench, ways[i].rate_name, bench_median(ways[i].rates, ROUNDS));
	}
	for (unsigned i = 0; i < SENDERS; i++) {
		programs__free(b.programs[i]);
		free(b.senders[i].times_ns);
	}
	return r;
}
