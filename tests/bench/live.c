// SPDX-License-Identifier: GPL-2.0-or-later
/* Runs live.py and takes its rows. */
#include "bench.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Is one of the figures wanted that are measured together with live.rate? */
static bool wants_rates(const struct bench *bench)
{
	static const char *const names[] = {"live.idle_rss", "live.floor",     "live.rate",
					    "live.unseen",   "live.loss",      "live.floor_tc",
					    "live.rate_tc",  "live.unseen_tc", "live.loss_tc"};

	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (bench__wants(bench, names[i]))
			return true;
	return false;
}

int bench_live(struct bench *bench)
{
	char self[PATH_MAX], command[2 * PATH_MAX], name[64];
	double value;
	FILE *rows;
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	int status;

	if (n < 0)
		return -errno;
	self[n] = '\0';
	/* it sends a capture that we write */
	snprintf(command, sizeof(command), "tests/bench/live.py '%s' '%s' %s %s %s %s",
		 bench__oddns(bench), self, wants_rates(bench) ? "rates" : "",
		 bench__wants(bench, "live.curve") ? "curve" : "",
		 bench__wants(bench, "live.shed") ? "shed" : "",
		 bench__wants(bench, "live.store") ? "store" : "");
	rows = popen(command, "re");
	if (!rows) {
		fprintf(stderr, "bench: live: %s\n", strerror(errno));
		return -errno;
	}
	while (fscanf(rows, "%63s %lf", name, &value) == 2)
		bench__row(bench, name, value);
	status = pclose(rows);
	if (status == 0)
		return 0;
	fprintf(stderr, "bench: live: tests/bench/live.py failed\n");
	return -EIO;
}
