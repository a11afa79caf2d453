/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From what was seen on the wire to whole DNS messages: datagrams pass as they
 * are, fragments and TCP segments are put together first.
 */
#ifndef FLOW_ASSEMBLY_H
#define FLOW_ASSEMBLY_H

#include "flow/fragments.h"
#include "flow/sampling.h"
#include "flow/streams.h"
#include "flow/streams_data.h"

/* Receives whole messages: UDP or TCP, no ODD_EVENT_FRAGMENT, _FOLLOWS, _LATER or _MORE. */
typedef void (*message_fn)(void *context, const struct odd_event *message);

/*
 * What became of packets, so that each is accounted for at any moment:
 *   packets + coalesced = messages + joined + shed
 * where packets are the events handed in without ODD_EVENT_FOLLOWS that are no bare TCP control,
 * and messages those handed on.
 */
struct assembly_counters {
	uint64_t packets;
	uint64_t messages;
	uint64_t joined;    /* packets that ended no message: parts of one, kept or given up */
	uint64_t coalesced; /* messages that were not the first which their packet ended */
	uint64_t shed;	    /* packets left out by order: assembly__sample() */
};

/* All that is counted on the way from packets to messages. */
struct assembly_totals {
	struct assembly_counters packets;
	struct fragments_counters fragments;
	struct streams_counters streams;
};

struct assembly_limits {
	struct fragments_limits fragments;
	struct streams_limits streams;
};

struct assembly;

/**
 * assembly__new() - Make it, with nothing in it.
 * @limits: copied
 * @seed: of the hashes, random in production
 * @on_message: receives messages during assembly__event() and assembly__tick()
 *
 * Return: 0, -ENOMEM, -EINVAL when a limit is out of its range
 */
int assembly__new(const struct assembly_limits *limits, uint64_t seed, message_fn on_message,
		  void *context, struct assembly **ret_assembly);

/** assembly__free() - Forget what is held without a word; NULL is fine. */
void assembly__free(struct assembly *assembly);

/**
 * assembly__event() - Take one event; what it completes is handed on before returning.
 *
 * Cost: nothing for a datagram that is whole.
 */
void assembly__event(struct assembly *assembly, const struct odd_event *event);

/** assembly__tick() - Let time pass: give up what waits too long. */
void assembly__tick(struct assembly *assembly, uint64_t now_ns);

/** assembly__finish() - End of input: hand on what can be read of what is held. */
void assembly__finish(struct assembly *assembly);

/**
 * assembly__sample() - Some exchanges are left out from now on, or no longer.
 * @order: its mask and seed tell which; what waits of them in the ring is counted as shed
 */
void assembly__sample(struct assembly *assembly, const struct odd_shedding *order);

/** Live counters, owned by the assembly. */
const struct assembly_counters *assembly__counters(const struct assembly *assembly);

/** assembly__totals() - The counters of all parts now. */
void assembly__totals(const struct assembly *assembly, struct assembly_totals *ret);

#endif
