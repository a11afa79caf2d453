/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The daemon at one moment, as its state file tells it. */
#ifndef SINK_STATE_DATA_H
#define SINK_STATE_DATA_H

#include "flow/assembly.h"
#include "flow/exchange_table.h"
#include "flow/retries.h"
#include "source/source.h"
#include "stats/servers.h"

/* Servers listed; 4096 take about 20 ms to write. Those over it are only counted. */
#define STATE_SERVERS_MAX 4096
struct state_interface {
	const char *name;
	const char *ingress; /* "xdp", "xdp-generic", "tcx", "clsact", "none" */
	const char *egress;
	const char *note; /* why this hook, "" when there is nothing to say */
};

struct state_server {
	uint8_t address[16];
	const char *group; /* NULL: in none */
	bool recursive;
	bool pinned;
	bool sufficient; /* the group could be compared; baseline_ns is valid */
	bool eligible;	 /* this server has samples enough to be compared */
	bool raised;	 /* an alert of any rule stands */
	uint64_t baseline_ns;
	struct server_totals totals;
};

/* The store, as the daemon writes it; see store/store.h. */
struct state_store {
	uint64_t on; /* 1: the daemon keeps what it sees, else 0 and all else is 0 */
	uint64_t written;
	uint64_t overflow; /* lost because the disk was too slow */
	uint64_t failed;   /* lost because they could not be written */
	uint64_t bytes;
	uint64_t segments;
	uint64_t error; /* errno of the last attempt to write; 0: it works */
};

/* One moment. Strings and arrays belong to the writer, or to what state__read() returned. */
struct state {
	int64_t pid;
	const char *version;
	int64_t started_ns; /* since 1970 in UTC */
	int64_t now_ns;
	const char *direction;
	bool journal;
	const struct state_interface *interfaces;
	unsigned interface_count;
	uint64_t timeout_ns, interval_ns, window, absolute_ns;
	double relative;
	uint64_t pressure; /* level, see source/pressure.h */
	uint64_t sampled;  /* one of so many exchanges is read; 1: all */
	struct assembly_totals assembly;
	struct exchange_counters exchanges;
	struct retries_counters retries;
	struct exchange_usage usage;
	struct source_counters source;
	bool encrypted; /* connections of encrypted DNS are counted */
	uint64_t resident_bytes;
	uint64_t alerts_raised;
	uint64_t alerts_unsent;
	uint64_t alerts_held; /* too many in a minute */
	struct state_store store;
	uint64_t servers_known; /* of which server_count are listed */
	uint64_t servers_evicted;
	const struct state_server
		*servers; /* by address; of more than fit, pinned and raised ones first */
	unsigned server_count;
};

/** state_server__standing() - "ok", "odd", "insufficient". */
static inline const char *state_server__standing(const struct state_server *server)
{
	if (server->raised)
		return "odd";
	return server->sufficient && server->eligible ? "ok" : "insufficient";
}

#endif
