// SPDX-License-Identifier: GPL-2.0-or-later
/* The live source: programs loaded and attached, their events read from the ring. */
#include "live.h"

#include "base/log.h"
#include "oddns.skel.h"
#include "pins.h"
#include "programs.h"
#include "routes.h"
#include "sweep.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Enough for the ports of a router with its VLANs; more interfaces are better watched on a bridge
 * or a mirror port. */
#define INTERFACES_MAX 64

/* Lines about one interface in each such time. */
#define TELL_NS	   60000000000ULL
#define TELL_LINES 2

struct live {
	enum attach_mode mode;
	bool (*is_configured)(const void *context, const __u8 *server);
	const void *configured_context;
	struct oddns_bpf *programs;
	struct ring_buffer *ring;
	struct pins *pins;
	int link_fd;
	struct sweep sweep;
	event_fn on_event;
	void *context;
	unsigned budget; /* events that this live__consume() may still deliver */
	unsigned interface_count;
	struct attachment interfaces[INTERFACES_MAX];
};

/*
 * libbpf reads on as long as events come, which under a flood is forever. An
 * error code from the callback ends its loop; the event that was handed over is
 * consumed all the same, so nothing is lost.
 */
static int take_event(void *context, void *data, size_t size)
{
	struct live *live = context;

	(void)size;
	live->on_event(live->context, data);
	return --live->budget == 0 ? -EAGAIN : 0;
}

static int name_interface(struct live *live, const char *name)
{
	struct attachment *a = &live->interfaces[live->interface_count];

	if (live->interface_count == INTERFACES_MAX)
		return log_err(-E2BIG, "watch '%s': %u interfaces are the most", name,
			       INTERFACES_MAX);
	if (!*name || strlen(name) >= sizeof(a->ifname))
		return log_err(-ENODEV,
			       "watch interface '%s': names have 1 to %zu characters; "
			       "'ip link' lists what there is",
			       name, sizeof(a->ifname) - 1);
	for (unsigned i = 0; i < live->interface_count; i++)
		if (strcmp(live->interfaces[i].ifname, name) == 0)
			return 0;
	strncpy(a->ifname, name, sizeof(a->ifname) - 1);
	a->ingress_link = a->egress_link = -1;
	live->interface_count++;
	return 0;
}

static int name_default_interfaces(struct live *live)
{
	char names[ROUTES_MAX][IF_NAMESIZE];
	int count = routes_default_interfaces(names), r = 0;

	if (count < 0)
		return log_err(count, "read the default routes from /proc/net");
	if (count == 0)
		return log_err(0, "this host has no default route; name an interface with -i "
				  "('ip link' lists them)"),
		       -ENODEV;
	for (int i = 0; i < count && r == 0; i++)
		r = name_interface(live, names[i]);
	return r;
}

static int name_interfaces(struct live *live, char *const *names)
{
	int r = 0;

	if (!names[0])
		return name_default_interfaces(live);
	for (char *const *name = names; *name && r == 0; name++)
		r = name_interface(live, *name);
	return r;
}

static int attach_interfaces(struct live *live)
{
	int r = 0;

	for (unsigned i = 0; i < live->interface_count && r == 0; i++)
		r = attachment__attach(&live->interfaces[i], live->programs, live->mode);
	return r;
}

static int open_link_socket(struct live *live)
{
	struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = RTMGRP_LINK};

	live->link_fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
	if (live->link_fd < 0 ||
	    bind(live->link_fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		return log_err(-errno, "listen for interfaces that come and go");
	return 0;
}

static int load(struct live *live, const struct live_options *options)
{
	const struct programs_options programs = {
		.ports = options->ports,
		.port_count = options->port_count,
		.snaplen = options->snaplen,
		.tunnels = options->tunnels,
		.multicast = options->multicast,
		.encrypted = options->encrypted,
		.resolvers = options->resolvers,
		.resolver_count = options->resolver_count,
		.ring_bytes = options->ring_bytes,
		.server_keys = options->server_keys,
	};
	int r = programs__load(&programs, &live->programs);

	if (r < 0)
		return r;
	live->ring =
		ring_buffer__new(bpf_map__fd(live->programs->maps.events), take_event, live, NULL);
	if (!live->ring)
		return log_err(-errno, "map the event ring");
	return pins__open(live->programs, options->pin_dir, &live->pins);
}

int live__open(const struct live_options *options, event_fn on_event, void *context,
	       struct live **ret_live)
{
	struct live *live = calloc(1, sizeof(*live));
	int r;

	if (!live)
		return log_err(-ENOMEM, "make the live source");
	live->mode = options->mode;
	live->is_configured = options->is_configured;
	live->configured_context = options->configured_context;
	live->on_event = on_event;
	live->context = context;
	live->link_fd = -1;
	r = name_interfaces(live, options->interfaces);
	if (r == 0)
		r = load(live, options);
	if (r == 0)
		r = open_link_socket(live);
	if (r == 0)
		r = attach_interfaces(live);
	if (r < 0) {
		live__close(live);
		return r;
	}
	*ret_live = live;
	return 0;
}

void live__close(struct live *live)
{
	if (!live)
		return;
	live__detach(live);
	pins__close(live->pins);
	if (live->link_fd >= 0)
		close(live->link_fd);
	ring_buffer__free(live->ring);
	programs__free(live->programs);
	sweep__done(&live->sweep);
	free(live);
}

void live__detach(struct live *live)
{
	for (unsigned i = 0; i < live->interface_count; i++)
		attachment__detach(&live->interfaces[i]);
}

int live__ring_fd(const struct live *live)
{
	return ring_buffer__epoll_fd(live->ring);
}

int live__consume(struct live *live, unsigned budget)
{
	int r;

	live->budget = budget;
	r = ring_buffer__consume(live->ring);
	if (r == -EAGAIN)
		return 1;
	live->programs->bss->backlog = 0;
	return r < 0 ? r : 0;
}

void live__set_clock(struct live *live, int64_t offset_ns)
{
	live->programs->bss->clock_offset_ns = offset_ns;
}

__u32 live__backlog(const struct live *live)
{
	return live->programs->bss->backlog;
}

void live__shed(struct live *live, const struct odd_shedding *order)
{
	volatile struct odd_shedding *shedding = &live->programs->data->shedding;

	/* the mask last: with it the others count */
	shedding->snaplen = order->snaplen;
	shedding->later = order->later;
	shedding->seed = order->seed;
	shedding->mask = order->mask;
}

int live__pin_server(struct live *live, const __u8 addr[16])
{
	int r = programs__pin_server(live->programs, addr);

	return r < 0 ? log_err(r, "keep places for the configured servers in server_rcode; raise "
				  "sensor.servers")
		     : 0;
}

int live__set_resolvers(struct live *live, const __u8 (*list)[16], unsigned count)
{
	int r = encrypted_maps__set_resolvers(live->programs, list, count);

	return r < 0 ? log_err(r, "tell the programs of the resolvers in sensor.resolvers") : 0;
}

int live__link_fd(const struct live *live)
{
	return live->link_fd;
}

static void drain(int fd)
{
	char buffer[16384];

	while (recv(fd, buffer, sizeof(buffer), 0) > 0)
		;
}

/*
 * May another line be written of this interface? One that comes and goes all the
 * time (a flapping link, a tunnel) is worth two lines a minute: gone, and back.
 */
static bool may_tell(struct attachment *a, uint64_t now_ns)
{
	if (now_ns - a->telling_since_ns >= TELL_NS) {
		a->telling_since_ns = now_ns;
		a->told = 0;
	}
	if (a->told < TELL_LINES) {
		a->told++;
		return true;
	}
	a->untold++;
	return false;
}

/* " (7 changes before this were not told)", or nothing. */
static const char *untold(struct attachment *a, char *buf, size_t size)
{
	buf[0] = '\0';
	if (a->untold)
		snprintf(buf, size, " (%u changes before this were not told)", a->untold);
	a->untold = 0;
	return buf;
}

static void follow_link(struct live *live, struct attachment *a, uint64_t now_ns)
{
	unsigned ifindex = if_nametoindex(a->ifname);
	char note[64];

	if (ifindex == a->ifindex)
		return;
	if (a->ifindex) {
		attachment__detach(a);
		if (may_tell(a, now_ns))
			log_warn("interface '%s' is gone; watched again when it comes back%s",
				 a->ifname, untold(a, note, sizeof(note)));
	}
	if (!ifindex || ifindex == a->refused)
		return;
	if (attachment__attach(a, live->programs, live->mode) < 0)
		a->refused = ifindex;
	else if (may_tell(a, now_ns))
		log_info("interface '%s' is back%s", a->ifname, untold(a, note, sizeof(note)));
}

void live__follow_links(struct live *live, uint64_t now_ns)
{
	drain(live->link_fd);
	for (unsigned i = 0; i < live->interface_count; i++)
		follow_link(live, &live->interfaces[i], now_ns);
}

void live__counters(const struct live *live, struct source_counters *ret)
{
	programs__counters(live->programs, ret);
}

void live__sweep(struct live *live, const struct source_counters *counters)
{
	sweep__run(&live->sweep, live->programs, counters->drops[ODD_DROP_SERVER_RCODE_FULL],
		   live->is_configured, live->configured_context);
}

unsigned live__interface_count(const struct live *live)
{
	return live->interface_count;
}

const struct attachment *live__interface(const struct live *live, unsigned i)
{
	return &live->interfaces[i];
}
