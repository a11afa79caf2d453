/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What all sources of events have in common. A source knows BPF and captures, not DNS. */
#ifndef SOURCE_SOURCE_H
#define SOURCE_SOURCE_H

#include "encrypted.h"

#include <oddns/abi.h>

#include <stdbool.h>

/**
 * event_fn - Receives each DNS message in the order in which it was seen.
 * @event: valid during the call only, followed by its payload
 */
typedef void (*event_fn)(void *context, const struct odd_event *event);

/* What the programs (or the native parser) counted since they were loaded. */
struct source_counters {
	__u64 packets[ODD_HOOK_COUNT]; /* on a DNS port with payload, by hook */
	__u64 drops[ODD_DROP_COUNT];   /* by reason */
	struct encrypted_totals encrypted;
};

/** odd_drop_name() - "ring_full", "udp_length": as counters are named. */
const char *odd_drop_name(enum odd_drop drop);

/** odd_drop_remedy() - What a person can do about it, one sentence. */
const char *odd_drop_remedy(enum odd_drop drop);

#endif
