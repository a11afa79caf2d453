/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pipeline's part of the state that the daemon writes (sink/state.h). */
#ifndef CMD_SNAPSHOT_H
#define CMD_SNAPSHOT_H

#include "pipeline.h"
#include "sink/state.h"

/* Room for the servers of a state; make it once: it is used every second. */
struct snapshot {
	struct state_server *servers; /* STATE_SERVERS_MAX */
};

/**
 * snapshot__init() - Make room.
 *
 * Return: 0, -ENOMEM
 */
int snapshot__init(struct snapshot *ret);
void snapshot__done(struct snapshot *snapshot);

/**
 * snapshot__take() - Fill in what the pipeline and its settings know.
 * @settings: those in force
 * @ret_state: gets settings, direction, exchanges, usage, alerts_raised and servers, which
 *	point into @snapshot and @pipeline; the rest (process, interfaces, source, journal)
 *	is the caller's and left alone
 *
 * Of more than STATE_SERVERS_MAX servers, those that are pinned or raised come first.
 * Cost: about 1 us a server.
 */
void snapshot__take(struct snapshot *snapshot, const struct pipeline *pipeline,
		    const struct settings *settings, struct state *ret_state);

/** snapshot__resident_bytes() - Memory of this process now; 0 when /proc does not tell. */
uint64_t snapshot__resident_bytes(void);

#endif
