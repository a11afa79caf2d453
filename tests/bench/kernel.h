/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the two files that measure the kernel programs share. */
#ifndef BENCH_KERNEL_H
#define BENCH_KERNEL_H

#include "bench.h"

struct oddns_bpf;

/**
 * bench_kernel_load() - The programs with default settings, as the daemon loads them.
 * @extras: tunnels are entered, connections of encrypted DNS counted; else neither
 * @ring_bytes: instead of the default; 0: the default
 *
 * Return: 0, negative errno after saying why
 */
int bench_kernel_load(bool extras, unsigned ring_bytes, struct oddns_bpf **ret_programs);

/** bench_kernel_ring() - One ring for two processors, and a ring for each; if they are wanted. */
int bench_kernel_ring(struct bench *bench);

#endif
