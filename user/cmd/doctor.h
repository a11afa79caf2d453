/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the checks of `oddns doctor` share: whom they examine, and where they tell. */
#ifndef CMD_DOCTOR_H
#define CMD_DOCTOR_H

#include "cmd/options.h"
#include "sink/check.h"
#include "sink/state.h"
#include "ui/table.h"

#include <stdbool.h>

struct oddns_bpf;
struct nic;

struct doctor {
	struct cmd_options options;
	struct style style;
	struct table *table; /* of text; NULL when JSON is wanted */
	bool has_problem;
	/* found by early checks, asked by later ones */
	bool may_bpf;
	bool has_bpffs_right;	    /* could mount it */
	struct oddns_bpf *programs; /* NULL: could not be loaded */
	struct state *state;	    /* NULL: none */
	int64_t daemon;		    /* PID; 0: none runs */
};

/**
 * doctor__tell() - The result of one check.
 * @check: name, interface, result and advice; finding is taken from @fmt
 *
 * Bytes that are not printable ASCII, as names of interfaces and programs may have, are escaped.
 */
void doctor__tell(struct doctor *doctor, const struct check *check, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* TELL(doctor, CHECK_OK, "name", "advice", "finding %s", ...) */
#define TELL(doctor, about, what, todo, ...)                                                       \
	doctor__tell(doctor,                                                                       \
		     &(const struct check){.result = (about), .name = (what), .advice = (todo)},   \
		     __VA_ARGS__)

/** doctor__examine_host() - All checks that do not depend on an interface; loads the programs. */
void doctor__examine_host(struct doctor *doctor);

/** doctor__examine_interfaces() - Those of -i or the settings, else of the default routes. */
void doctor__examine_interfaces(struct doctor *doctor);

/** doctor__examine_daemon() - Whether one runs, and what it sees. */
void doctor__examine_daemon(struct doctor *doctor);

/** doctor__examine_store() - Its folder, its room, who writes it; asks what is known of a daemon.
 */
void doctor__examine_store(struct doctor *doctor);

#endif
