// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * From what was seen on the wire to whole DNS messages.
 *
 * A packet is first counted as joined, as if it ended no message; the first message
 * that comes of it takes that back, each further one is coalesced. So the identity of
 * assembly_counters holds inside each call, too, whoever is handing on.
 */
#include "flow/assembly.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>

struct assembly {
	struct assembly_counters counters;
	message_fn on_message;
	void *context;
	struct fragments *fragments;
	struct streams *streams;
	struct sampling sampling;
	bool is_joined; /* the packet at hand has ended no message yet */
};

/* From the reassemblers. */
static void hand_on(void *context, const struct odd_event *message)
{
	struct assembly *assembly = context;

	assembly->counters.messages++;
	if (assembly->is_joined)
		assembly->counters.joined--;
	else
		assembly->counters.coalesced++;
	assembly->is_joined = false;
	assembly->on_message(assembly->context, message);
}

int assembly__new(const struct assembly_limits *limits, uint64_t seed, message_fn on_message,
		  void *context, struct assembly **ret_assembly)
{
	struct assembly *assembly = calloc(1, sizeof(*assembly));
	int r;

	if (!assembly)
		return -ENOMEM;
	assembly->on_message = on_message;
	assembly->context = context;
	r = fragments__new(&limits->fragments, seed, hand_on, assembly, &assembly->fragments);
	if (r == 0)
		r = streams__new(&limits->streams, seed, hand_on, assembly, &assembly->streams);
	if (r < 0) {
		assembly__free(assembly);
		return r;
	}
	*ret_assembly = assembly;
	return 0;
}

void assembly__free(struct assembly *assembly)
{
	if (!assembly)
		return;
	fragments__free(assembly->fragments);
	streams__free(assembly->streams);
	free(assembly);
}

/* A part of a packet, or a TCP segment without payload, is no packet by itself. */
static bool is_packet(const struct odd_event *event)
{
	bool is_control = event->protocol == IPPROTO_TCP && !event->message_bytes;

	return !(event->flags & ODD_EVENT_FOLLOWS) && !is_control;
}

static void assemble(struct assembly *assembly, const struct odd_event *event)
{
	assembly->is_joined = is_packet(event);
	assembly->counters.packets += assembly->is_joined;
	assembly->counters.joined += assembly->is_joined;
	if (event->protocol == IPPROTO_TCP)
		streams__event(assembly->streams, event);
	else if (event->flags & ODD_EVENT_FRAGMENT)
		fragments__event(assembly->fragments, event);
	else
		hand_on(assembly, event);
	assembly->is_joined = false;
}

void assembly__event(struct assembly *assembly, const struct odd_event *event)
{
	if (sampling__leaves_out(&assembly->sampling, event)) {
		assembly->counters.packets += is_packet(event);
		assembly->counters.shed += is_packet(event);
		return;
	}
	if (event->protocol == IPPROTO_TCP ||
	    event->flags & (ODD_EVENT_FRAGMENT | ODD_EVENT_FOLLOWS)) {
		assemble(assembly, event);
		return;
	}
	assembly->counters.packets++;
	assembly->counters.messages++;
	assembly->on_message(assembly->context, event);
}

void assembly__tick(struct assembly *assembly, uint64_t now_ns)
{
	fragments__tick(assembly->fragments, now_ns);
	streams__tick(assembly->streams, now_ns);
}

void assembly__finish(struct assembly *assembly)
{
	fragments__finish(assembly->fragments);
	streams__finish(assembly->streams);
}

const struct assembly_counters *assembly__counters(const struct assembly *assembly)
{
	return &assembly->counters;
}

void assembly__sample(struct assembly *assembly, const struct odd_shedding *order)
{
	sampling__order(&assembly->sampling, order, 0);
}

void assembly__totals(const struct assembly *assembly, struct assembly_totals *ret)
{
	ret->packets = assembly->counters;
	ret->fragments = *fragments__counters(assembly->fragments);
	ret->streams = *streams__counters(assembly->streams);
}
