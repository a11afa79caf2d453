/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every map and every tunable of the programs, with the reason for its size. */
#ifndef ODDNS_MAPS_BPF_H
#define ODDNS_MAPS_BPF_H

#include <oddns/event.h>

#include <bpf/bpf_helpers.h>

/* Tunables: constants to the verifier, so code for what is off is gone after loading. */
const volatile struct odd_ports dns_ports = {.port = {53}, .count = 1, .encrypted = 1};
/* Tunnels in tunnels that are entered; 0: none, and nothing is spent on them. */
const volatile __u32 tunnels = ODD_TUNNELS_MAX;
/* Are ports 5353 and 5355 among dns_ports as multicast DNS and LLMNR? */
const volatile bool multicast = false;
/* Bytes waiting in the ring that make it time to wake the daemon. */
const volatile __u32 wakeup_bytes = 512 * 1024;
/* How often a processor looks whether so much waits; a power of two. */
const volatile __u32 wakeup_packets = 128;
/* Time comes from replay_ns, set before each packet, not from the clock. */
const volatile bool replay = false;

__u64 replay_ns;
/* Set before load, and changed by the daemon when it falls behind. */
struct odd_shedding shedding = {.snaplen = 1232};
/* Bytes that waited in the ring when a program last looked; the daemon sets 0 after reading. */
__u32 backlog;
/* Real time minus the monotonic clock; the daemon keeps it right when the clock is set. */
__s64 clock_offset_ns;

/*
 * Messages and bytes by server and rcode. Preallocated: its memory is fixed at
 * load, whatever servers a flood invents. Nothing is evicted here: when it is
 * full, newcomers count in overflow_rcode and the daemon removes what was idle.
 * 4096 keys: about 1 000 servers with QUERY and three rcodes each.
 */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct odd_server_key);
	__type(value, struct odd_server_count);
} server_rcode SEC(".maps");

/* The same for all servers that found no room there, together. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, ODD_RCODE_COUNT);
	__type(key, enum odd_rcode);
	__type(value, struct odd_server_count);
} overflow_rcode SEC(".maps");

/* A hash, not an array, because bpftool prints the names of an enum key only there. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, ODD_DROP_COUNT);
	__type(key, enum odd_drop);
	__type(value, __u64);
} drops SEC(".maps");

/*
 * UDP datagrams and TCP segments with payload on a DNS port, and ICMP errors that quote a query
 * to one, by enum odd_hook.
 */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, ODD_HOOK_COUNT);
	__type(key, __u32);
	__type(value, __u64);
} packets SEC(".maps");

/*
 * What first fragments have told of their datagrams, so that later ones, which have no
 * ports, are told apart. They follow each other within milliseconds; what a flood pushes out
 * is unknown again and goes to the daemon, which counts it.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 8192);
	__type(key, struct odd_fragment_key);
	__type(value, __u32); /* enum odd_datagram */
} datagrams SEC(".maps");

/*
 * Connections of encrypted DNS, by server and kind. Nothing is evicted: when it is full, newcomers
 * count under server ::, whose keys are there from the start, so that sums are right whatever
 * servers a scan of port 853 invents.
 */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, ODD_ENCRYPTED_KEYS_MAX);
	__type(key, struct odd_encrypted_key);
	__type(value, __u64);
} encrypted SEC(".maps");

/* Resolvers whose port 443 is taken for DNS; the daemon fills it, and changes it at a reload. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, ODD_RESOLVERS_MAX);
	__type(key, __u8[16]);
	__type(value, __u32); /* 1 */
} resolvers SEC(".maps");

/*
 * Connections that were counted, so that a SYN or Initial sent again, or seen at a second hook, is
 * none. Linux sends a SYN again for 63 s at most (tcp_syn_retries 6); at 130 new connections/s a
 * place lasts as long. What is forgotten by then is counted again.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 8192);
	__type(key, struct odd_connection);
	__type(value, __u32); /* 1 */
} connections SEC(".maps");

/*
 * Where a walk that is not of the common shape keeps its numbers, a place for each hook.
 * verifier: what comes out of a map is unknown, so ways of different headers are soon one.
 */
struct scratch {
	struct odd_walk walk;
	struct odd_packet packet;
	struct odd_fragment_key key;
	struct odd_chain chain;
	__u64 wakeup; /* flag for submitting */
	__s32 verdict;
	__u32 parts;
	union {
		struct odd_event event;
		__u8 bytes[sizeof(struct odd_event) + ODD_PART_BYTES];
	} room; /* the event in the making */
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, ODD_HOOK_COUNT);
	__type(key, __u32);
	__type(value, struct scratch);
} scratches SEC(".maps");

/*
 * 4 MiB hold 50 ms of 300 000 messages/s, queries of 176 and responses of 368
 * bytes by turns: longer than the daemon is kept from a processor. Resized before load by a
 * setting.
 */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4 * 1024 * 1024);
} events SEC(".maps");

#endif
