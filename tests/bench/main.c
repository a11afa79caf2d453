// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * make bench: what the sensor costs.
 *
 * A figure alone says little on a machine that others use too. So each is
 * measured together with its floor, the same work without ours (an empty
 * program, a loop that only walks the events, a process that only reads the
 * file), in rounds that take turns: floor, ours, floor, ours. What disturbs the
 * machine for a second disturbs both, and the median of the rounds leaves the
 * disturbed ones out. Rows go to stdout as NAME VALUE UNIT; at the end stderr
 * gets the targets beside the values. A missed target is for people to judge:
 * the exit code only tells whether everything could be measured.
 */
#include "bench.h"

#include "traffic.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum target { TARGET_NONE, TARGET_AT_MOST, TARGET_AT_LEAST };

/* A row for each figure: what it is counted in, and what it should reach above which floor. */
static const struct figure {
	const char *name;
	const char *unit;
	int decimals;
	enum target target;
	double limit;
	const char *floor; /* added to the limit; NULL: none */
} figures[] = {
	{"kernel.pass", "ns/packet", 1, TARGET_NONE, 0, NULL},
	{"kernel.other", "ns/packet", 1, TARGET_AT_MOST, 8, "kernel.pass"},
	{"kernel.other_udp", "ns/packet", 1, TARGET_AT_MOST, 8, "kernel.pass"},
	{"kernel.other_off", "ns/packet", 1, TARGET_AT_MOST, 3, "kernel.pass"},
	{"kernel.other_udp_off", "ns/packet", 1, TARGET_AT_MOST, 3, "kernel.pass"},
	{"kernel.https", "ns/packet", 1, TARGET_AT_MOST, 8, "kernel.pass"},
	{"kernel.https_off", "ns/packet", 1, TARGET_NONE, 0, NULL},
	{"kernel.https_syn", "ns/packet", 1, TARGET_NONE, 0, NULL},
	{"kernel.encrypted", "ns/packet", 1, TARGET_NONE, 0, NULL},
	{"kernel.vlan_other", "ns/packet", 1, TARGET_NONE, 0, NULL},
	{"kernel.vxlan_other", "ns/packet", 1, TARGET_NONE, 0, NULL},
	{"kernel.query", "ns/packet", 1, TARGET_AT_MOST, 110, "kernel.pass"},
	{"kernel.response", "ns/packet", 1, TARGET_AT_MOST, 110, "kernel.pass"},
	{"kernel.snaplen_64", "ns/packet", 1, TARGET_NONE, 0, NULL},
	{"kernel.snaplen_512", "ns/packet", 1, TARGET_NONE, 0, NULL},
	{"kernel.snaplen_1232", "ns/packet", 1, TARGET_NONE, 0, NULL},
	{"kernel.vxlan", "ns/packet", 1, TARGET_NONE, 0, NULL},
	{"kernel.tcp", "ns/packet", 1, TARGET_NONE, 0, NULL},
	{"kernel.fragment", "ns/packet", 1, TARGET_NONE, 0, NULL},
	{"kernel.fragment_later", "ns/packet", 1, TARGET_NONE, 0, NULL},
	{"kernel.icmp", "ns/packet", 1, TARGET_NONE, 0, NULL},
	{"kernel.echo", "ns/packet", 1, TARGET_NONE, 0, NULL},
	{"kernel.pass_tc", "ns/packet", 1, TARGET_NONE, 0, NULL},
	{"kernel.other_tc", "ns/packet", 1, TARGET_AT_MOST, 8, "kernel.pass_tc"},
	{"kernel.other_off_tc", "ns/packet", 1, TARGET_AT_MOST, 3, "kernel.pass_tc"},
	{"kernel.query_tc", "ns/packet", 1, TARGET_NONE, 0, NULL},
	{"kernel.tcp_tc", "ns/packet", 1, TARGET_NONE, 0, NULL},
	{"kernel.verified.oddns_xdp", "instructions", 0, TARGET_NONE, 0, NULL},
	{"kernel.verified.oddns_ingress", "instructions", 0, TARGET_NONE, 0, NULL},
	{"kernel.verified.oddns_egress", "instructions", 0, TARGET_NONE, 0, NULL},
	{"kernel.verified", "instructions", 0, TARGET_AT_MOST, 9999, NULL},
	{"kernel.ring1", "ns/event", 1, TARGET_NONE, 0, NULL},
	{"kernel.ring2", "ns/event", 1, TARGET_NONE, 0, NULL},
	{"kernel.ring_each", "ns/event", 1, TARGET_NONE, 0, NULL},
	{"kernel.ring1.rate", "events/s", 0, TARGET_NONE, 0, NULL},
	{"kernel.ring2.rate", "events/s", 0, TARGET_NONE, 0, NULL},
	{"kernel.ring_each.rate", "events/s", 0, TARGET_NONE, 0, NULL},
	{"user.pending", "bytes", 1, TARGET_AT_MOST, 192, NULL},
	{"user.server", "bytes", 0, TARGET_AT_MOST, 16384, NULL},
	{"user.floor", "ns/exchange", 1, TARGET_NONE, 0, NULL},
	{"user.exchange", "ns/exchange", 1, TARGET_AT_MOST, 300, NULL},
	{"user.exchange_bare", "ns/exchange", 1, TARGET_NONE, 0, NULL},
	{"user.decode", "ns/message", 1, TARGET_AT_MOST, 600, NULL},
	{"user.decode_header", "ns/message", 1, TARGET_AT_MOST, 120, NULL},
	{"user.json_none", "ns/exchange", 1, TARGET_NONE, 0, NULL},
	{"user.json_first", "ns/exchange", 1, TARGET_NONE, 0, NULL},
	{"user.json_all", "ns/exchange", 1, TARGET_NONE, 0, NULL},
	{"user.episode", "ns/exchange", 1, TARGET_AT_MOST, 200, NULL},
	{"user.episode_many", "ns/exchange", 1, TARGET_NONE, 0, NULL},
	{"user.tcp", "ns/message", 1, TARGET_AT_MOST, 500, NULL},
	{"user.tcp_long", "ns/message", 1, TARGET_AT_MOST, 500, NULL},
	{"user.tcp_reordered", "ns/message", 1, TARGET_AT_MOST, 500, NULL},
	{"filter.eval", "ns/exchange", 1, TARGET_AT_MOST, 100, NULL},
	{"stats.aggregate", "ns/exchange", 1, TARGET_NONE, 0, NULL},
	{"stats.aggregate_flat", "ns/exchange", 1, TARGET_NONE, 0, NULL},
	{"stats.aggregate_client", "ns/exchange", 1, TARGET_NONE, 0, NULL},
	{"replay.floor", "packets/s", 0, TARGET_NONE, 0, NULL},
	{"replay.native", "packets/s", 0, TARGET_AT_LEAST, 1e6, NULL},
	{"replay.kernel", "packets/s", 0, TARGET_NONE, 0, NULL},
	{"user.store", "ns/exchange", 1, TARGET_AT_MOST, 100, NULL},
	{"store.insert", "rows/s", 0, TARGET_AT_LEAST, 350000, NULL},
	{"store.row", "bytes", 1, TARGET_AT_MOST, 120, NULL},
	{"query.top", "s", 2, TARGET_AT_MOST, 3.5, NULL},
	{"query.top_thread", "s", 2, TARGET_NONE, 0, NULL},
	{"query.top_sqlite", "s", 2, TARGET_NONE, 0, NULL},
	{"query.top_rollup", "s", 3, TARGET_AT_MOST, 0.2, NULL},
	{"query.find", "s", 2, TARGET_NONE, 0, NULL},
	{"live.idle_rss", "MiB", 1, TARGET_AT_MOST, 20, NULL},
	{"live.floor", "packets/s", 0, TARGET_NONE, 0, NULL},
	{"live.rate", "packets/s", 0, TARGET_NONE, 0, NULL},
	{"live.unseen", "packets", 0, TARGET_NONE, 0, NULL},
	{"live.loss", "events", 0, TARGET_AT_MOST, 0, NULL},
	{"live.floor_tc", "packets/s", 0, TARGET_NONE, 0, NULL},
	{"live.rate_tc", "packets/s", 0, TARGET_NONE, 0, NULL},
	{"live.unseen_tc", "packets", 0, TARGET_NONE, 0, NULL},
	{"live.loss_tc", "events", 0, TARGET_AT_MOST, 0, NULL},
	{"live.curve.*.offered", "packets/s", 0, TARGET_NONE, 0, NULL},
	{"live.curve.*.unseen", "%", 2, TARGET_NONE, 0, NULL},
	{"live.curve.*.lost", "%", 2, TARGET_NONE, 0, NULL},
	{"live.curve.*.processor", "%", 1, TARGET_NONE, 0, NULL},
	{"live.store.offered", "packets/s", 0, TARGET_NONE, 0, NULL},
	{"live.store.loss", "events", 0, TARGET_AT_MOST, 0, NULL},
	{"live.store.lost", "exchanges", 0, TARGET_AT_MOST, 0, NULL},
	{"live.shed.*.offered", "packets/s", 0, TARGET_NONE, 0, NULL},
	{"live.shed.*.given_up", "%", 2, TARGET_NONE, 0, NULL},
	{"live.shed.*.lost", "%", 2, TARGET_NONE, 0, NULL},
	{"live.shed.*.unanswered", "%", 2, TARGET_NONE, 0, NULL},
	{"live.shed.*.random", "%", 2, TARGET_NONE, 0, NULL},
};

#define FIGURES (sizeof(figures) / sizeof(figures[0]))

static const struct group {
	const char *name;
	int (*measure)(struct bench *bench);
} groups[] = {
	{"kernel", bench_kernel}, {"user", bench_user},	  {"replay", bench_replay},
	{"filter", bench_filter}, {"stats", bench_stats}, {"store", bench_store},
	{"query", bench_query},	  {"live", bench_live},
};

#define GROUPS (sizeof(groups) / sizeof(groups[0]))

struct bench {
	const char *oddns;
	char **names; /* that are wanted, NULL-terminated; empty: all */
	bool measured[FIGURES];
	double values[FIGURES];
	double least[FIGURES]; /* of the rounds, where there were some */
};

/* "kernel" begins "kernel.query", but "kernel.query" does not begin "kernel.query_tc". */
static bool begins(const char *words, const char *name)
{
	size_t n = strlen(words);

	return strncmp(words, name, n) == 0 && (name[n] == '.' || !name[n]);
}

bool bench__wants(const struct bench *bench, const char *name)
{
	if (!bench->names[0])
		return true;
	for (char **wanted = bench->names; *wanted; wanted++)
		if (begins(*wanted, name) || begins(name, *wanted))
			return true;
	return false;
}

const char *bench__oddns(const struct bench *bench)
{
	return bench->oddns;
}

/* A figure of many rows has a "*" in its name. */
static const struct figure *find(const char *name)
{
	for (size_t i = 0; i < FIGURES; i++)
		if (fnmatch(figures[i].name, name, 0) == 0)
			return &figures[i];
	return NULL;
}

void bench__row(struct bench *bench, const char *name, double value)
{
	const struct figure *figure = find(name);

	if (!figure) {
		fprintf(stderr, "bench: '%s' is in no row of the table of figures\n", name);
		return;
	}
	bench->measured[figure - figures] = true;
	bench->values[figure - figures] = bench->least[figure - figures] = value;
	printf("%-30s %12.*f %s\n", name, figure->decimals, value, figure->unit);
	fflush(stdout);
}

void bench__rounds(struct bench *bench, const char *name, double *values, unsigned n)
{
	const struct figure *figure = find(name);

	bench__row(bench, name, bench_median(values, n)); /* sorts them */
	if (figure)
		bench->least[figure - figures] = values[0];
}

uint64_t bench_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000U + (uint64_t)now.tv_nsec;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double bench_median(double *values, unsigned n)
{
	qsort(values, n, sizeof(*values), compare);
	return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

/* One line of the check. @floor: what its limit is added to, or NULL */
static void check(const struct bench *bench, const struct figure *figure,
		  const struct figure *floor)
{
	double above = floor ? bench->values[floor - figures] : 0;
	double value = bench->values[figure - figures], limit = figure->limit + above;
	bool at_most = figure->target == TARGET_AT_MOST;
	char target[64];

	if (floor)
		snprintf(target, sizeof(target), "%s %s + %.0f", at_most ? "<=" : ">=", floor->name,
			 figure->limit);
	else
		snprintf(target, sizeof(target), "%s %.0f", at_most ? "<=" : ">=", figure->limit);
	fprintf(stderr, "%-20s %-22s %12.*f %-12s ", figure->name, target, figure->decimals, value,
		figure->unit);
	if (floor)
		fprintf(stderr, "(floor + %.1f, least + %.1f) ", value - above,
			bench->least[figure - figures] - bench->least[floor - figures]);
	fprintf(stderr, "%s\n", (at_most ? value <= limit : value >= limit) ? "reached" : "MISSED");
}

static void check_all(const struct bench *bench)
{
	fprintf(stderr, "\n%-20s %-22s %12s\n", "figure", "target", "value");
	for (size_t i = 0; i < FIGURES; i++) {
		const struct figure *figure = &figures[i];

		if (figure->target != TARGET_NONE && bench->measured[i])
			check(bench, figure, figure->floor ? find(figure->floor) : NULL);
	}
}

static int check_names(char **names)
{
	for (; *names; names++) {
		bool known = false;

		for (size_t i = 0; i < FIGURES; i++)
			known |= begins(*names, figures[i].name);
		if (known)
			continue;
		fprintf(stderr, "bench: no figure '%s'; there are", *names);
		for (size_t i = 0; i < FIGURES; i++)
			fprintf(stderr, " %s", figures[i].name);
		fprintf(stderr, "\n");
		return -EINVAL;
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct bench bench = {0};
	int result = 0;

	/* what the benches start as processes of their own */
	if (argc == 3 && strcmp(argv[1], "--read") == 0)
		return bench_replay_read(argv[2]) < 0;
	if (argc == 3 && strcmp(argv[1], "--pass") == 0)
		return bench_kernel_pass(argv[2]) < 0;
	if (argc == 3 && strcmp(argv[1], "--write") == 0)
		return traffic_write_capture(argv[2], TRAFFIC_CAPTURE_EXCHANGES) < 0;
	if (argc < 2) {
		fprintf(stderr, "Usage: bench ODDNS [FIGURE...]\n");
		return 2;
	}
	bench.oddns = argv[1];
	bench.names = argv + 2;
	if (check_names(bench.names) < 0)
		return 2;
	for (size_t i = 0; i < GROUPS; i++)
		if (bench__wants(&bench, groups[i].name) && groups[i].measure(&bench) < 0)
			result = 1;
	check_all(&bench);
	return result;
}
