/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who has programs at an interface's hooks. */
#ifndef SOURCE_HOLDERS_H
#define SOURCE_HOLDERS_H

#include <stdbool.h>
#include <stdint.h>

/* Programs that are named for one hook; more are too many to read. */
#define HOLDERS_MAX 16

/* BPF_TCX_INGRESS and BPF_TCX_EGRESS of Linux 6.6; Debian 12's headers do not have them yet. */
#define HOLDERS_TCX_INGRESS 46
#define HOLDERS_TCX_EGRESS  47

struct holder {
	uint32_t id;
	char name[32]; /* of the program, or of the filter (tc(8)); "" when not ours to ask */
	bool clsact;   /* a filter of the clsact or ingress qdisc, else tcx */
};

/**
 * holders_program_name() - Name of a loaded program.
 * @ret_name: 16 bytes (BPF_OBJ_NAME_LEN), NUL-terminated; "" when it is not ours to ask
 */
void holders_program_name(uint32_t id, char *ret_name);

/**
 * holders_tc() - The programs at a TC hook: those of tcx, then filters with BPF.
 *
 * Names take CAP_SYS_ADMIN; without it those of tcx are "".
 *
 * Return: how many, at most HOLDERS_MAX; negative errno when neither can be asked
 */
int holders_tc(unsigned ifindex, bool egress, struct holder ret[HOLDERS_MAX]);

#endif
