/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the table's entries and messages to the records that are delivered. */
#ifndef FLOW_RECORD_H
#define FLOW_RECORD_H

#include "entry.h"
#include "flow/exchange.h"

/**
 * record_entry() - The query's half of an exchange.
 * @entry: must outlive @ret, which points to its name
 * @ret: all but state and end_ns is set
 */
void record_entry(const struct entry *entry, struct exchange *ret);

/**
 * record_response() - Add the response to record_entry()'s record.
 * @entry: the query's, not yet settled: its last transmission gives the latency
 * @event, @message: must outlive @ret, which points to them
 */
void record_response(const struct entry *entry, const struct odd_event *event,
		     const struct dns_message *message, struct exchange *ret);

/** record_transfer() - A zone transfer as far as it came; whole record. Points as record_entry().
 */
void record_transfer(const struct entry *entry, struct exchange *ret);

/** record_orphan() - A response on its own; whole record. @event and @message must outlive @ret. */
void record_orphan(const struct odd_event *event, const struct dns_message *message,
		   struct exchange *ret);

#endif
