/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes room in server_rcode when strangers have filled it. */
#ifndef SOURCE_SWEEP_H
#define SOURCE_SWEEP_H

#include <oddns/abi.h>

#include <stdbool.h>

struct oddns_bpf;

/* What the map held at the last sweep. */
struct sweep {
	struct sweep_row *rows; /* sorted by key */
	unsigned count;
	__u64 full_seen; /* drops[SERVER_RCODE_FULL] then */
};

/**
 * sweep__run() - Remove the keys that nobody used since the last sweep, if newcomers found no room.
 * @full: drops[ODD_DROP_SERVER_RCODE_FULL] now
 * @keep: is this server (16 bytes) configured? Its keys stay.
 *
 * Does nothing while there is room. A flood of invented servers uses each key
 * once, a real server again and again: so what has not moved between two sweeps
 * is the flood. Cost when it works: three system calls for each key.
 */
void sweep__run(struct sweep *sweep, const struct oddns_bpf *programs, __u64 full,
		bool (*keep)(const void *context, const __u8 *server), const void *context);

/** sweep__done() - Free the snapshot. */
void sweep__done(struct sweep *sweep);

#endif
