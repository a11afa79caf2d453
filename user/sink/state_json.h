/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The daemon's state as JSON and back.
 *
 * Schema, in this order; numbers are integers unless said:
 *   type "status", abi (ODD_ABI_VERSION), pid, version,
 *   started, now            RFC 3339, and started_ns, now_ns since 1970 in UTC
 *   direction               "unknown", "both", "queries only", "responses only"
 *   journal                 true when journald takes the alerts
 *   interfaces              [{name, ingress, egress, note}]
 *   settings                {timeout_ns, interval_ns, window, absolute_ns, relative (a real),
 *                            encrypted (true: connections are counted)}
 *   exchanges               {queries, responses, answered, unanswered, pending, retransmitted,
 *                            evicted, late, orphan, duplicate, continued, unsampled, folded,
 *                            quoted, quoted_unmatched, multicast, cut}
 *   llmnr                   {queries, responses, answered, unanswered}, of those above
 *   causes                  {cause of flow/exchange.h: count}, of the unanswered
 *   overload                {level, sampled}, as in source/pressure.h
 *   assembly, fragments, tcp
 *                           {the counters of flow/assembly_rows.c}
 *   unparsable              {short}
 *   malformed               {loop, forward, label, long, overrun, counts, rdata, edns, trailing}
 *   truncated               {answers, retried, abandoned, unknown, open}
 *   packets                 {xdp, tc_ingress, tc_egress}
 *   drops                   {reason of source/source.h: count}
 *   encrypted               {dot, doq, doh, doh3: connections,
 *                            servers [{address, kind, connections}], the first ENCRYPTED_TOP}
 *   memory                  {entries, limit, transfers, table_bytes, resident_bytes}
 *   alerts                  {raised, unsent, held}
 *   store                   {on, written, overflow, failed: exchanges; bytes, segments,
 *                            error (errno)}, see state_data.h
 *   known                   {servers, evicted}
 *   servers                 [{type "server", address, group (null in none), recursive, pinned,
 *                             standing "ok"|"odd"|"insufficient",
 *                             eligible (true: has samples enough to be compared),
 *                             queries, answered, unanswered,
 *                             late, samples, median_ns, p90_ns, p99_ns, baseline_ns,
 *                             rcodes {mnemonic: count}}]
 * latencies are null without samples in the window; baseline_ns when its group has none.
 * Keys are only added; a reader takes what is missing as 0, and other ABIs not at all.
 */
#ifndef SINK_STATE_JSON_H
#define SINK_STATE_JSON_H

#include "sink/state_data.h"

#include <errno.h>
#include <jansson.h>

/* 15 digits: what a double holds of the decimal that an administrator wrote. */
#define STATE_JSON_FLAGS (JSON_COMPACT | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(15))

/** state_json() - The state without servers; owned by the caller, NULL when out of memory. */
json_t *state_json(const struct state *state);

/** state_json_server() - One server; owned by the caller. */
json_t *state_json_server(const struct state_server *server);

/**
 * state_json_read() - The state without its lists; strings belong to @json.
 *
 * Return: 0, -EPROTO when it is no state of this ABI
 */
int state_json_read(const json_t *json, struct state *ret);

/** state_json_read_interface() - One of "interfaces"; strings belong to @json. */
void state_json_read_interface(const json_t *json, struct state_interface *ret);

/**
 * state_json_read_server() - One of "servers"; the group belongs to @json.
 *
 * Return: 0, -EPROTO without address or standing
 */
int state_json_read_server(const json_t *json, struct state_server *ret);

#endif
