// SPDX-License-Identifier: GPL-2.0-or-later
/* The BPF object, for the live source and for the kernel engine alike. */
#include "programs.h"

#include "base/log.h"
#include "oddns.skel.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

/* The daemon is woken when an eighth of the ring waits... */
#define WAKEUP_SHARE 8
/* ...and whether it does is looked at each so many packets at the least. */
#define WAKEUP_PACKETS_MAX 128

/* Counters are preset for every reason, so that bpftool shows the zeros too. */
static int preset_drops(struct bpf_map *map, int cpus)
{
	__u64 *zeros = calloc((size_t)cpus, sizeof(*zeros));
	int r = zeros ? 0 : -ENOMEM;

	for (__u32 reason = ODD_DROP_FIRST; r == 0 && reason < ODD_DROP_COUNT; reason++)
		r = bpf_map__update_elem(map, &reason, sizeof(reason), zeros,
					 (size_t)cpus * sizeof(*zeros), BPF_NOEXIST);
	free(zeros);
	return r;
}

int programs__pin_server(const struct oddns_bpf *programs, const __u8 addr[16])
{
	int cpus = libbpf_num_possible_cpus();
	struct odd_server_count *zeros;
	struct odd_server_key key = {0};
	int r = 0;

	zeros = calloc((size_t)cpus, sizeof(*zeros));
	if (!zeros)
		return -ENOMEM;
	memcpy(key.server, addr, sizeof(key.server));
	for (unsigned rcode = 0; r == 0 && rcode < ODD_RCODE_COUNT; rcode++) {
		key.rcode = (enum odd_rcode)rcode;
		r = bpf_map__update_elem(programs->maps.server_rcode, &key, sizeof(key), zeros,
					 (size_t)cpus * sizeof(*zeros), BPF_NOEXIST);
		if (r == -EEXIST)
			r = 0;
	}
	free(zeros);
	return r;
}

/*
 * So many packets that all of them, with the longest message that travels, stay
 * below the threshold for waking: a processor then cannot step over it unseen.
 */
static __u32 wakeup_packets(const struct programs_options *options)
{
	__u32 most =
		options->ring_bytes / WAKEUP_SHARE / (sizeof(struct odd_event) + options->snaplen);
	__u32 packets = 1;

	while (packets < WAKEUP_PACKETS_MAX && 2 * packets <= most)
		packets *= 2;
	return packets;
}

static void tune(struct oddns_bpf *programs, const struct programs_options *options)
{
	struct odd_ports *ports = (struct odd_ports *)&programs->rodata->dns_ports;

	memcpy(ports->port, options->ports, options->port_count * sizeof(*options->ports));
	ports->count = options->port_count;
	ports->encrypted = options->encrypted;
	programs->data->shedding.snaplen = options->snaplen;
	*(__u32 *)&programs->rodata->tunnels = options->tunnels;
	*(bool *)&programs->rodata->multicast = options->multicast;
	*(__u32 *)&programs->rodata->wakeup_bytes = options->ring_bytes / WAKEUP_SHARE;
	*(__u32 *)&programs->rodata->wakeup_packets = wakeup_packets(options);
	*(bool *)&programs->rodata->replay = options->replay;
	bpf_map__set_max_entries(programs->maps.events, options->ring_bytes);
	bpf_map__set_max_entries(programs->maps.server_rcode, options->server_keys);
	bpf_program__set_autoload(programs->progs.oddns_ingress, !options->replay);
	bpf_program__set_autoload(programs->progs.oddns_egress, !options->replay);
}

static int quiet(enum libbpf_print_level level, const char *fmt, va_list args)
{
	(void)level;
	(void)fmt;
	(void)args;
	return 0;
}

static int explain_load_failure(int r)
{
	struct utsname host = {0};

	uname(&host);
	if (r == -EPERM)
		return log_err(r,
			       "load the BPF programs as uid %u; run as root, or with CAP_BPF, "
			       "CAP_NET_ADMIN and CAP_PERFMON",
			       geteuid());
	if (access(PROGRAMS_BTF_PATH, R_OK) < 0)
		return log_err(-ENOENT,
			       "read the kernel's types from '" PROGRAMS_BTF_PATH "'; oddns needs "
			       "Linux 6.1 or later with CONFIG_DEBUG_INFO_BTF");
	return log_err(r, "load the BPF programs on Linux %s; oddns needs Linux 6.1 or later",
		       host.release);
}

int programs__load(const struct programs_options *options, struct oddns_bpf **ret_programs)
{
	struct oddns_bpf *programs;
	int r;

	libbpf_set_print(quiet);
	programs = oddns_bpf__open();
	if (!programs)
		return log_err(-errno, "open the BPF object");
	tune(programs, options);
	r = oddns_bpf__load(programs);
	if (r == 0)
		r = preset_drops(programs->maps.drops, libbpf_num_possible_cpus());
	if (r == 0)
		r = encrypted_maps__prepare(programs);
	if (r == 0)
		r = encrypted_maps__set_resolvers(programs, options->resolvers,
						  options->resolver_count);
	if (r < 0) {
		oddns_bpf__destroy(programs);
		return explain_load_failure(r);
	}
	*ret_programs = programs;
	return 0;
}

void programs__free(struct oddns_bpf *programs)
{
	oddns_bpf__destroy(programs);
}

static __u64 sum_cpus(const struct bpf_map *map, __u32 key, __u64 *values, int cpus)
{
	__u64 sum = 0;

	if (bpf_map__lookup_elem(map, &key, sizeof(key), values, (size_t)cpus * sizeof(*values),
				 0) < 0)
		return 0;
	for (int i = 0; i < cpus; i++)
		sum += values[i];
	return sum;
}

void programs__counters(const struct oddns_bpf *programs, struct source_counters *ret)
{
	int cpus = libbpf_num_possible_cpus();
	__u64 *values = calloc((size_t)cpus, sizeof(*values));

	memset(ret, 0, sizeof(*ret));
	if (!values)
		return;
	/* a packet is counted before its loss, so losses are read first: never more than packets */
	for (__u32 i = ODD_DROP_FIRST; i < ODD_DROP_COUNT; i++)
		ret->drops[i] = sum_cpus(programs->maps.drops, i, values, cpus);
	for (__u32 i = 0; i < ODD_HOOK_COUNT; i++)
		ret->packets[i] = sum_cpus(programs->maps.packets, i, values, cpus);
	free(values);
	encrypted_maps__read(programs, &ret->encrypted);
}
