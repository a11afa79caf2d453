/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `status` and `servers` have in common: whose state they read, and how they show it. */
#ifndef CMD_DAEMON_STATE_H
#define CMD_DAEMON_STATE_H

#include "cmd/options.h"
#include "sink/state.h"
#include "ui/table.h"

struct daemon_state {
	struct cmd_options options;
	struct state *state; /* NULL: none was left; else of the running or the last daemon */
	bool running;
	struct style style; /* of standard output */
};

/**
 * daemon_state__open() - Read the arguments and the state.
 * @ret: free with daemon_state__close() after CMD_DONE
 *
 * Return: CMD_DONE, even when no daemon runs; else the exit code, reported
 */
int daemon_state__open(const struct options_verb *verb, int argc, char **argv,
		       struct daemon_state *ret);
void daemon_state__close(struct daemon_state *daemon);

/** stdout_style() - How standard output looks to whoever reads it. */
struct style stdout_style(void);

/**
 * daemon_state__not_running() - Say in one line that no daemon runs, and how to start one.
 *
 * Return: CMD_FAILED
 */
int daemon_state__not_running(const struct daemon_state *daemon);

#endif
