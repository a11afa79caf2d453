/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The verbs of oddns: one file each, one row each in the table of main.c. */
#ifndef CMD_CMD_H
#define CMD_CMD_H

/* Exit codes, part of the contract (design section 6). */
enum { CMD_DONE = 0, CMD_FAILED = 1, CMD_USAGE = 2 };

/**
 * cmd_fn - A verb.
 * @argv: begins with the verb: {"run", "-i", "eth0", NULL}; may be reordered
 *
 * Return: CMD_DONE, CMD_FAILED, or CMD_USAGE for wrong usage or configuration; what went wrong
 * has been reported. "--help" prints and exits with CMD_DONE.
 */
typedef int (*cmd_fn)(int argc, char **argv);

/** The verbs; each file opens with what its verb does. */
int cmd_run(int argc, char **argv);
int cmd_replay(int argc, char **argv);
int cmd_status(int argc, char **argv);
int cmd_servers(int argc, char **argv);
int cmd_flows(int argc, char **argv);
int cmd_stats(int argc, char **argv);
int cmd_alerts(int argc, char **argv);
int cmd_report(int argc, char **argv);
int cmd_doctor(int argc, char **argv);

#endif
