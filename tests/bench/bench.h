/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the benches share: which figures are wanted, where values go, medians.
 * main.c has the table of figures; each other file measures a group of them.
 */
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include <stdbool.h>
#include <stdint.h>

struct bench; /* opaque, in main.c */

/**
 * bench__wants() - Was this figure asked for? All are when none was named.
 * @name: of a figure, "kernel.query", or the first words of several, "kernel"
 */
bool bench__wants(const struct bench *bench, const char *name);

/** bench__row() - Print one row and keep it for the check at the end. */
void bench__row(struct bench *bench, const char *name, double value);

/**
 * bench__rounds() - Print the median of what @n rounds gave, and keep their least too.
 *
 * What disturbs a loop in the kernel only adds to it, so of a floor and what is above it
 * the least values differ by what is really more.
 */
void bench__rounds(struct bench *bench, const char *name, double *values, unsigned n);

/** bench__oddns() - Path of the binary that is measured as a process. */
const char *bench__oddns(const struct bench *bench);

/** bench_now_ns() - CLOCK_MONOTONIC. */
uint64_t bench_now_ns(void);

/** bench_median() - Of @n values, at least one; sorts them. */
double bench_median(double *values, unsigned n);

/* The groups. Return: 0, negative errno after saying on stderr what could not be measured. */
int bench_kernel(struct bench *bench);
int bench_user(struct bench *bench);
int bench_filter(struct bench *bench);
int bench_stats(struct bench *bench);
int bench_replay(struct bench *bench);
int bench_query(struct bench *bench);
int bench_live(struct bench *bench);
int bench_store(struct bench *bench);

/** bench_episode() - The part of bench_user() that is about episodes. */
int bench_episode(struct bench *bench);

/** bench_tcp() - The part of bench_user() that is about TCP. */
int bench_tcp(struct bench *bench);

/** bench_store_sensor() - The part of bench_user() that is about storing. */
int bench_store_sensor(struct bench *bench);

/** bench_decode() - The part of bench_user() that is about the messages themselves. */
int bench_decode(struct bench *bench);

/** bench_kernel_pass() - The floor of live: an empty XDP program on an interface, until killed. */
int bench_kernel_pass(const char *ifname);

/** bench_replay_read() - The floor of replay: a process that only reads a capture. */
int bench_replay_read(const char *path);

#endif
