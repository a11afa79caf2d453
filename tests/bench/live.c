// SPDX-License-Identifier: GPL-2.0-or-later
/* Runs live.py and takes its rows. */
#include "bench.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int bench_live(struct bench *bench)
{
	char self[PATH_MAX], command[2 * PATH_MAX], name[40];
	double value;
	FILE *rows;
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	int status;

	if (n < 0)
		return -errno;
	self[n] = '\0';
	/* it sends a capture that we write */
	snprintf(command, sizeof(command), "tests/bench/live.py '%s' '%s'", bench__oddns(bench),
		 self);
	rows = popen(command, "re");
	if (!rows) {
		fprintf(stderr, "bench: live: %s\n", strerror(errno));
		return -errno;
	}
	while (fscanf(rows, "%39s %lf", name, &value) == 2)
		bench__row(bench, name, value);
	status = pclose(rows);
	if (status == 0)
		return 0;
	fprintf(stderr, "bench: live: tests/bench/live.py failed\n");
	return -EIO;
}
