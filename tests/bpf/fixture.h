/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The loaded programs with a reader of their ring, their counters and server_rcode. */
#ifndef BPF_FIXTURE_H
#define BPF_FIXTURE_H

#include "packet/check.h"
#include "source/programs.h"

struct fixture {
	struct oddns_bpf *programs;
	struct ring_buffer *ring;
	struct packet_result result;
	struct source_counters counters; /* as fixture_end() has read them */
};

/* What server_rcode says of one key, all processors together. */
struct server_total {
	struct odd_server_key key;
	struct odd_server_count count;
};

#define SERVER_TOTALS_MAX 64

/** fixture_options() - The table's ports, snaplen 512, 256 KiB of ring, 1024 keys. */
struct programs_options fixture_options(void);

/** fixture_load() - Load, or fail the test. */
void fixture_load(struct fixture *f, const struct programs_options *options);
void fixture_free(struct fixture *f);

/**
 * fixture_begin() - What follows is seen by fixture_end().
 * fixture_end() - Read the ring; f->result then holds the events since fixture_begin() and the
 * growth of counters since the last fixture_end().
 */
void fixture_begin(struct fixture *f);
void fixture_end(struct fixture *f);

/**
 * fixture_run() - One frame through the program of a hook by BPF_PROG_TEST_RUN.
 * @ret_verdict: what the program returned
 *
 * The ring is not read.
 *
 * Return: 0, negative errno of the system call
 */
int fixture_run(const struct fixture *f, enum odd_hook hook, const uint8_t *frame, unsigned length,
		int *ret_verdict);

/** fixture_verdict() - What the program of a hook must always return. */
int fixture_verdict(enum odd_hook hook);

/**
 * fixture_servers() - Read the keys of server_rcode that have counted something.
 * @ret_totals: SERVER_TOTALS_MAX of them
 *
 * Return: how many there are
 */
unsigned fixture_servers(const struct fixture *f, struct server_total *ret_totals);

/** fixture_forget_servers() - Remove them all. */
void fixture_forget_servers(const struct fixture *f);

#endif
