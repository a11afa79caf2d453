// SPDX-License-Identifier: GPL-2.0-or-later
/* From settings to programs that are loaded and attached. */
#include "sensor.h"

/* QUERY and the rcodes that resolvers are used for: NOERROR, NXDOMAIN, SERVFAIL. */
#define KEYS_PER_SERVER 4

enum attach_mode sensor_attach_mode(const struct settings *settings)
{
	static const enum attach_mode modes[] = {
		[HOOK_AUTO] = ATTACH_AUTO,
		[HOOK_XDP] = ATTACH_XDP,
		[HOOK_XDP_GENERIC] = ATTACH_XDP_GENERIC,
		[HOOK_TC] = ATTACH_TC,
	};

	return modes[settings->hook];
}

unsigned sensor_server_keys(const struct settings *settings)
{
	unsigned keys = settings->servers * KEYS_PER_SERVER;

	for (unsigned i = 0; i < settings->group_count; i++)
		for (unsigned j = 0; j < settings->groups[i].server_count; j++)
			if (settings->groups[i].servers[j].prefix_bits == 128)
				keys += ODD_RCODE_COUNT;
	return keys;
}

bool sensor_is_configured(const void *context, const __u8 *server)
{
	const struct settings *settings = *(const struct settings *const *)context;

	for (unsigned i = 0; i < settings->group_count; i++)
		for (unsigned j = 0; j < settings->groups[i].server_count; j++)
			if (network__contains(&settings->groups[i].servers[j], server))
				return true;
	return false;
}

void sensor_pin_servers(const struct settings *settings, struct live *live)
{
	for (unsigned i = 0; i < settings->group_count; i++)
		for (unsigned j = 0; j < settings->groups[i].server_count; j++)
			if (settings->groups[i].servers[j].prefix_bits == 128 &&
			    live__pin_server(live, settings->groups[i].servers[j].addr) < 0)
				return;
}

int sensor_open(const struct settings *const *where, event_fn handler, void *context,
		struct live **ret_live)
{
	const struct settings *settings = *where;
	uint16_t ports[ODD_PORTS_MAX];
	const struct live_options options = {
		.interfaces = settings->interfaces,
		.mode = sensor_attach_mode(settings),
		.ports = ports,
		.port_count = settings__watched_ports(settings, ports),
		.snaplen = settings->snaplen,
		.tunnels = settings->tunnels,
		.multicast = settings->multicast,
		.encrypted = settings->encrypted,
		.resolvers = settings->resolvers,
		.resolver_count = settings->resolver_count,
		.ring_bytes = (__u32)settings->ring_bytes,
		.server_keys = sensor_server_keys(settings),
		.pin_dir = settings->pin_dir,
		.is_configured = sensor_is_configured,
		.configured_context = where,
	};
	int r = live__open(&options, handler, context, ret_live);

	if (r == 0)
		sensor_pin_servers(settings, *ret_live);
	return r;
}
