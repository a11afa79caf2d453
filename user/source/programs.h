/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The BPF object: opened with its tunables set, loaded, its counters read. */
#ifndef SOURCE_PROGRAMS_H
#define SOURCE_PROGRAMS_H

#include "source.h"

#include <stddef.h>

struct oddns_bpf; /* bpftool's skeleton */

/* Where the kernel keeps its types; only some kernels are built with it. */
#define PROGRAMS_BTF_PATH "/sys/kernel/btf/vmlinux"

struct programs_options {
	const __u16 *ports;
	unsigned port_count; /* 1..ODD_PORTS_MAX */
	unsigned snaplen;    /* of messages over UDP, ODD_DNS_HEADER_BYTES..ODD_SNAPLEN_MAX */
	unsigned tunnels;    /* in tunnels that are entered, 0..ODD_TUNNELS_MAX */
	bool multicast;	     /* ports 5353 and 5355 are multicast DNS and LLMNR */
	__u32 ring_bytes;    /* power of two, multiple of the page size */
	__u32 server_keys;   /* of server_rcode */
	bool replay;	     /* XDP program only, clock set by the caller */
	bool encrypted;	     /* as struct engine_options, as the next, which are copied */
	const __u8 (*resolvers)[16];
	unsigned resolver_count;
};

/**
 * programs__load() - Open, tune and load the programs; nothing is attached.
 *
 * Return: 0, negative errno after reporting: -EPERM without privilege, -ENOENT
 * without kernel BTF, else what the kernel said
 */
int programs__load(const struct programs_options *options, struct oddns_bpf **ret_programs);
void programs__free(struct oddns_bpf *programs);

/**
 * programs__counters() - Sum the per-CPU counters.
 *
 * Cost: a system call for each reason and hook, and encrypted_maps__read(); not for hot paths.
 */
void programs__counters(const struct oddns_bpf *programs, struct source_counters *ret);

/**
 * programs__pin_server() - Give a configured server its place in server_rcode for every rcode.
 *
 * Return: 0, -E2BIG when the map is too small
 */
int programs__pin_server(const struct oddns_bpf *programs, const __u8 addr[16]);

#endif
