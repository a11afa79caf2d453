// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Two engines, one result. The kernel engine hands each frame to the loaded XDP
 * program by BPF_PROG_TEST_RUN, with the program's clock set to the frame's
 * time, and reads the ring at once; the native one calls the same walk.
 */
#include "engine.h"

#include "base/log.h"
#include "native.h"
#include "oddns.skel.h"
#include "programs.h"

#include <bpf/bpf.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* One frame makes at most ODD_PARTS_MAX events of at most 4 KiB; ample for all. */
#define ENGINE_RING_BYTES (256 * 1024)
/* Few servers are known in a capture; the map is not looked at. */
#define ENGINE_SERVER_KEYS 1024

struct engine {
	struct oddns_bpf *programs; /* NULL: native */
	struct ring_buffer *ring;
	struct native native; /* its callback serves both; last, as it ends in an event's room */
};

static struct engine *engine__new(const struct engine_options *options, event_fn on_event,
				  void *context)
{
	struct engine *engine = calloc(1, sizeof(*engine));

	if (!engine)
		return NULL;
	memcpy(engine->native.ports.port, options->ports,
	       options->port_count * sizeof(*options->ports));
	engine->native.ports.count = options->port_count;
	engine->native.ports.encrypted = options->encrypted;
	engine->native.encrypted.resolvers = options->resolvers;
	engine->native.encrypted.resolver_count = options->resolver_count;
	engine->native.snaplen = options->snaplen;
	engine->native.tunnels = options->tunnels;
	engine->native.on_event = on_event;
	engine->native.context = context;
	engine->native.u.event.hook = ODD_HOOK_XDP;
	return engine;
}

int engine__new_native(const struct engine_options *options, event_fn on_event, void *context,
		       struct engine **ret_engine)
{
	struct engine *engine = engine__new(options, on_event, context);

	if (!engine)
		return -ENOMEM;
	*ret_engine = engine;
	return 0;
}

static int take_event(void *context, void *data, size_t size)
{
	struct engine *engine = context;

	(void)size;
	engine->native.on_event(engine->native.context, data);
	return 0;
}

int engine__new_kernel(const struct engine_options *options, event_fn on_event, void *context,
		       struct engine **ret_engine)
{
	struct programs_options programs = {
		.ports = options->ports,
		.port_count = options->port_count,
		.snaplen = options->snaplen,
		.tunnels = options->tunnels,
		.encrypted = options->encrypted,
		.resolvers = options->resolvers,
		.resolver_count = options->resolver_count,
		.ring_bytes = ENGINE_RING_BYTES,
		.server_keys = ENGINE_SERVER_KEYS,
		.replay = true,
	};
	struct engine *engine = engine__new(options, on_event, context);
	int r;

	if (!engine)
		return -ENOMEM;
	r = programs__load(&programs, &engine->programs);
	if (r < 0)
		goto fail;
	engine->ring = ring_buffer__new(bpf_map__fd(engine->programs->maps.events), take_event,
					engine, NULL);
	if (!engine->ring) {
		r = log_err(-errno, "map the event ring");
		goto fail;
	}
	*ret_engine = engine;
	return 0;
fail:
	engine__free(engine);
	return r;
}

void engine__free(struct engine *engine)
{
	if (!engine)
		return;
	ring_buffer__free(engine->ring);
	programs__free(engine->programs);
	free(engine);
}

int engine__frame(struct engine *engine, __u64 time_ns, const __u8 *frame, __u32 length)
{
	LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = frame, .data_size_in = length);
	int r;

	if (!engine->programs) {
		native__frame(&engine->native, time_ns, frame, length);
		return 0;
	}
	engine->programs->bss->replay_ns = time_ns;
	r = bpf_prog_test_run_opts(bpf_program__fd(engine->programs->progs.oddns_xdp), &run);
	if (r < 0)
		return r;
	r = ring_buffer__consume(engine->ring);
	return r < 0 ? r : 0;
}

void engine__counters(struct engine *engine, struct source_counters *ret)
{
	if (engine->programs) {
		programs__counters(engine->programs, ret);
		return;
	}
	*ret = engine->native.counters;
	encrypted_table__totals(&engine->native.encrypted, &ret->encrypted);
}

const char *engine__name(const struct engine *engine)
{
	return engine->programs ? "kernel" : "native";
}
