/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Gathers what the running daemon tells: the state for status and servers. */
#ifndef CMD_SNAPSHOT_H
#define CMD_SNAPSHOT_H

#include "alert/journal.h"
#include "config/settings.h"
#include "pipeline.h"
#include "recorder.h"
#include "sink/state.h"
#include "source/live.h"
#include "source/pressure.h"

/* Where it comes from; all must outlive the snapshot. */
struct snapshot_sources {
	const struct settings *settings;
	const struct pipeline *pipeline;
	const struct live *live;
	const struct journal *journal;
	const struct pressure *pressure;
	const struct recorder *recorder; /* NULL: nothing is kept */
	int64_t started_ns;		 /* since 1970 in UTC */
};

/* A state and the arrays that it points to; reused from second to second. */
struct snapshot {
	struct state state;
	struct state_interface *interfaces;
	struct state_server *servers;
	unsigned interface_room;
	unsigned server_room;
};

/**
 * snapshot__take() - Fill a snapshot.
 * @now_ns: since 1970 in UTC
 * @ret: zero before the first call; free with snapshot__done()
 *
 * Cost: about 1 us a server. Return: 0, -ENOMEM
 */
int snapshot__take(const struct snapshot_sources *sources, int64_t now_ns, struct snapshot *ret);
void snapshot__done(struct snapshot *snapshot);

#endif
