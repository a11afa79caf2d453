/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the running daemon tells `oddns status` and `oddns servers`: a file that
 * it replaces about once a second, so that nobody needs to ask it anything.
 *
 *   DIR/status.json   one JSON object, mode 0644, replaced by rename(2): a
 *                     reader sees one moment, whole
 *   DIR/lock          the daemon's PID in text; locked while it lives
 *
 * Schema, in this order; numbers are integers unless said:
 *   type "status", abi (ODD_ABI_VERSION), pid, version,
 *   started, now            RFC 3339, and started_ns, now_ns since 1970 in UTC
 *   direction               "unknown", "both", "queries only", "responses only"
 *   journal                 true when journald takes the alerts
 *   interfaces              [{name, ingress, egress, note}]
 *   settings                {timeout_ns, interval_ns, window, absolute_ns, relative (a real)}
 *   exchanges               {queries, responses, answered, unanswered, pending, retransmitted,
 *                            evicted, late, orphan, duplicate, folded, coalesced}
 *   unparsable              {verdict of dns/message.h: count}
 *   packets                 {xdp, tc_ingress, tc_egress}
 *   drops                   {reason of source/source.h: count}
 *   memory                  {entries, limit, table_bytes, resident_bytes}
 *   alerts                  {raised, unsent}
 *   known                   {servers, evicted}
 *   servers                 [{type "server", address, group (null in none), recursive, pinned,
 *                             standing "ok"|"odd"|"insufficient", queries, answered, unanswered,
 *                             late, samples, median_ns, p90_ns, p99_ns, baseline_ns,
 *                             rcodes {mnemonic: count}}]
 * latencies are null without samples, baseline_ns is null when insufficient.
 * Keys are only added; a reader takes what is missing as 0, and other ABIs not at all.
 */
#ifndef SINK_STATE_H
#define SINK_STATE_H

#include "flow/table.h"
#include "source/source.h"
#include "stats/servers.h"

#include <stdio.h>

/* Servers listed; 4096 take about 20 ms to write. Those over it are only counted. */
#define STATE_SERVERS_MAX 4096
/* The file with all of them has about 2 MB; more is not ours. */
#define STATE_FILE_MAX (16 << 20)

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
	bool sufficient; /* compared at the last evaluation; baseline_ns is valid */
	bool raised;
	uint64_t queries, answered, unanswered, late; /* since it was entered */
	uint64_t samples;			      /* behind the latencies; 0: there are none */
	uint64_t median_ns, p90_ns, p99_ns, baseline_ns;
	uint64_t rcodes[INTERVAL_RCODES];
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
	struct exchange_counters exchanges;
	struct exchange_usage usage;
	struct source_counters source;
	uint64_t resident_bytes;
	uint64_t alerts_raised;
	uint64_t alerts_unsent;
	uint64_t servers_known; /* of which server_count are listed */
	uint64_t servers_evicted;
	const struct state_server *servers; /* by address */
	unsigned server_count;
};

/**
 * state__write() - Replace DIR/status.json.
 * @dir: exists, see state_lock__take()
 *
 * Cost: about 100 us and 5 us a server; writes to a tmpfs in production.
 * Return: 0, negative errno; the old file stays then
 */
int state__write(const char *dir, const struct state *state);

/**
 * state__read() - Read DIR/status.json.
 * @ret_state: owned by the caller; free with state__free()
 *
 * Return: 0, -ENOENT without a file, -EPROTO when it is no state of ours, else
 * the errno of reading
 */
int state__read(const char *dir, struct state **ret_state);
void state__free(struct state *state);

/** state__print() - The state without servers as one line of JSON; running is added. */
void state__print(FILE *out, const struct state *state, bool running);

/** state_server__print() - One server as one line of JSON. */
void state_server__print(FILE *out, const struct state_server *server);

/** state_server__standing() - "ok", "odd", "insufficient". */
const char *state_server__standing(const struct state_server *server);

struct state_lock;

/**
 * state_lock__take() - Claim DIR for this process, making it (0755) if it is not there.
 *
 * Reports failure; of another daemon with its PID and the way out.
 *
 * Return: 0, -EBUSY when another daemon has it, else why it cannot be used
 */
int state_lock__take(const char *dir, struct state_lock **ret_lock);

/** state_lock__release() - Remove the files, and DIR if state_lock__take() made it. */
void state_lock__release(struct state_lock *lock);

/**
 * state_lock__holder() - Does a daemon hold DIR? Looks without locking, so it disturbs nobody.
 * @ret_pid: the daemon's, 0 when it cannot be read
 *
 * Return: 1 yes, 0 no, negative errno when it cannot be told
 */
int state_lock__holder(const char *dir, int64_t *ret_pid);

#endif
