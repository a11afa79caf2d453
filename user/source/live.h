/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The live source: programs loaded and attached, their events read from the ring. */
#ifndef SOURCE_LIVE_H
#define SOURCE_LIVE_H

#include "attach.h"
#include "source.h"

#include <stdint.h>

struct live_options {
	char *const *interfaces; /* NULL-terminated; empty: those of the default routes */
	enum attach_mode mode;
	const __u16 *ports;
	unsigned port_count;
	unsigned snaplen; /* as struct programs_options, as the next five */
	unsigned tunnels;
	bool multicast;
	bool encrypted;
	const __u8 (*resolvers)[16];
	unsigned resolver_count;
	__u32 ring_bytes;
	__u32 server_keys; /* of server_rcode */
	const char *pin_dir;
	/* Is this server (16 bytes) configured? */
	bool (*is_configured)(const void *context, const __u8 *server);
	const void *configured_context;
};

struct live;

/**
 * live__open() - Load, pin, attach.
 * @options: copied; is_configured() may be called until the source is closed
 * @on_event: called from live__consume()
 *
 * Return: 0, negative errno after reporting; nothing stays attached or pinned then
 */
int live__open(const struct live_options *options, event_fn on_event, void *context,
	       struct live **ret_live);

/** live__close() - Detach and unpin everything. */
void live__close(struct live *live);

/** live__detach() - Detach from all interfaces; what waits in the ring can still be consumed. */
void live__detach(struct live *live);

/** live__ring_fd() - Readable when the programs want attention. */
int live__ring_fd(const struct live *live);

/**
 * live__consume() - Deliver what waits in the ring.
 * @budget: events at most, so that the caller's loop is not starved by a flood
 *
 * Return: 1 when the budget was used up and more may wait, 0 when the ring is
 * empty, negative errno
 */
int live__consume(struct live *live, unsigned budget);

/**
 * live__set_clock() - Tell the programs how far real time is from CLOCK_MONOTONIC.
 * @offset_ns: added to the time of each event from now on
 */
void live__set_clock(struct live *live, int64_t offset_ns);

/** live__backlog() - Bytes that waited in the ring when a program last looked. */
__u32 live__backlog(const struct live *live);

/** live__shed() - Tell the programs what to give up. */
void live__shed(struct live *live, const struct odd_shedding *order);

/** live__pin_server() - Give a configured server its place in server_rcode; reports failure. */
int live__pin_server(struct live *live, const __u8 addr[16]);

/** live__set_resolvers() - As encrypted_maps__set_resolvers(); reports failure. */
int live__set_resolvers(struct live *live, const __u8 (*list)[16], unsigned count);

/** live__link_fd() - Readable when interfaces come or go. */
int live__link_fd(const struct live *live);

/**
 * live__follow_links() - Attach to watched interfaces that came, let go those that went.
 *
 * @now_ns: on any clock that goes forward
 *
 * Reports each change once, of one interface no more than two lines a minute.
 */
void live__follow_links(struct live *live, uint64_t now_ns);

/** live__counters() - What the programs counted. */
void live__counters(const struct live *live, struct source_counters *ret);

/** live__sweep() - Make room in server_rcode if need be; call once an interval. */
void live__sweep(struct live *live, const struct source_counters *counters);

/** Watched interfaces: number, and the i-th; attached or not. */
unsigned live__interface_count(const struct live *live);
const struct attachment *live__interface(const struct live *live, unsigned i);

#endif
