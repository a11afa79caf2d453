/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `status` and `servers` have in common: whose state they read, and how they show it. */
#ifndef CMD_REPORT_H
#define CMD_REPORT_H

#include "cmd/options.h"
#include "sink/state.h"
#include "ui/table.h"

struct report {
	struct cmd_options options;
	struct state *state; /* NULL: none was left; else of the running or the last daemon */
	bool running;
	struct style style; /* of standard output */
};

/**
 * report__open() - Read the arguments and the state.
 * @ret: free with report__close() after CMD_DONE
 *
 * Return: CMD_DONE, even when no daemon runs; else the exit code, reported
 */
int report__open(const struct options_verb *verb, int argc, char **argv, struct report *ret);
void report__close(struct report *report);

/** report_style() - How standard output looks to whoever reads it. */
struct style report_style(void);

/**
 * report__not_running() - Say in one line that no daemon runs, and how to start one.
 *
 * Return: CMD_FAILED
 */
int report__not_running(const struct report *report);

#endif
