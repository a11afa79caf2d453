/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What to give up when the daemon falls behind, so that what remains is right.
 * A pure rule: how full the ring is goes in, an order to the programs comes out.
 * pressure.c opens with the idea.
 */
#ifndef SOURCE_PRESSURE_H
#define SOURCE_PRESSURE_H

#include <oddns/abi.h>

#include <stdbool.h>

/* 0: nothing is given up; 1: payload; from 2 on half of the exchanges for each. */
#define PRESSURE_LEVEL_MAX 9

struct pressure {
	__u32 ring_bytes;
	__u32 snaplen; /* without pressure */
	__u64 seed;    /* of the exchanges' hash, random in production */
	unsigned level;
	__u64 changed_ns; /* when the level changed */
	__u64 calm_ns;	  /* since when the ring has been nearly empty; 0: it is not */
};

/** pressure__init() - No pressure. */
void pressure__init(struct pressure *pressure, __u32 ring_bytes, __u32 snaplen, __u64 seed);

/**
 * pressure__look() - Take a look at the ring.
 * @backlog: bytes that wait in it
 * @now_ns: on any clock that goes forward
 *
 * Return: whether the level has changed
 */
bool pressure__look(struct pressure *pressure, __u32 backlog, __u64 now_ns);

/** pressure__order() - What the programs and the pipeline have to give up now. */
struct odd_shedding pressure__order(const struct pressure *pressure);

/** pressure__kept() - Of how many exchanges one is kept: 1, 2, 4, .. 256. */
unsigned pressure__kept(const struct pressure *pressure);

#endif
