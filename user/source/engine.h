/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An engine turns one Ethernet frame into events, with the very code that runs
 * at the hooks: loaded into the kernel and run by BPF_PROG_TEST_RUN, or
 * compiled natively. Both give the same events for the same frame.
 */
#ifndef SOURCE_ENGINE_H
#define SOURCE_ENGINE_H

#include "source.h"

struct engine_options {
	const __u16 *ports;
	unsigned port_count;
	unsigned snaplen;	     /* of messages over UDP */
	unsigned tunnels;	     /* in tunnels that are entered, 0..ODD_TUNNELS_MAX */
	bool encrypted;		     /* connections of encrypted DNS are counted */
	const __u8 (*resolvers)[16]; /* whose port 443 is DNS; must outlive the engine */
	unsigned resolver_count;     /* ODD_RESOLVERS_MAX at most */
};

struct engine;

/**
 * engine__new_native() - The parser in this process. Needs no privilege.
 *
 * Return: 0, -ENOMEM
 */
int engine__new_native(const struct engine_options *options, event_fn on_event, void *context,
		       struct engine **ret_engine);

/**
 * engine__new_kernel() - The XDP program, loaded but not attached.
 *
 * Return: 0, negative errno after reporting it: -EPERM without privilege
 */
int engine__new_kernel(const struct engine_options *options, event_fn on_event, void *context,
		       struct engine **ret_engine);

/** engine__free() - Unload and free; NULL is allowed. */
void engine__free(struct engine *engine);

/* Longest frame an engine takes: the largest IP packet and its link headers. */
#define ENGINE_FRAME_MAX 65575

/**
 * engine__frame() - Take one frame and deliver its events before returning.
 * @time_ns: when it was captured
 * @frame: @length bytes, Ethernet, 14..ENGINE_FRAME_MAX
 *
 * Return: 0, negative errno when the kernel refused to run the program
 */
int engine__frame(struct engine *engine, __u64 time_ns, const __u8 *frame, __u32 length);

/** engine__counters() - What was counted since the engine was made. */
void engine__counters(struct engine *engine, struct source_counters *ret);

/** engine__name() - "kernel" or "native". */
const char *engine__name(const struct engine *engine);

#endif
