/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The packet walk compiled natively: what the programs do, on a frame in memory. */
#ifndef SOURCE_NATIVE_H
#define SOURCE_NATIVE_H

#include "source.h"

#include <oddns/event.h>

/* Datagrams whose first fragment is remembered, each in the one place that its key hashes to. */
#define NATIVE_DATAGRAMS 8192

struct native_datagram {
	struct odd_fragment_key key;
	enum odd_datagram datagram;
};

struct native {
	struct odd_ports ports;
	__u32 snaplen;
	__u32 tunnels;
	event_fn on_event;
	void *context;
	struct source_counters counters; /* but for encrypted, which is below */
	struct native_datagram datagrams[NATIVE_DATAGRAMS];
	struct encrypted_table encrypted;
	/* the event under construction */
	union {
		struct odd_event event;
		__u8 room[sizeof(struct odd_event) + ODD_SNAPLEN_MAX];
	} u;
};

/**
 * native__frame() - Walk one frame and deliver its events, as XDP would.
 * @time_ns: goes into the events
 * @frame: @length readable bytes, any content
 */
void native__frame(struct native *native, __u64 time_ns, const __u8 *frame, __u32 length);

#endif
