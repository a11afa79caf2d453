/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Connections of encrypted DNS: which packets begin one. One list for the native
 * walk and for the programs at each hook. The openings of QUIC are the examples of
 * RFC 9001 appendix A and RFC 9369 appendix A, the TCP flags those of RFC 9293.
 */
#ifndef PACKET_ENCRYPTED_H
#define PACKET_ENCRYPTED_H

#include "build.h"

#include "source/encrypted.h"

/* The known resolvers; all others are strangers on port 443. */
#define ENCRYPTED_RESOLVERS 2
extern const uint8_t encrypted_resolvers[ENCRYPTED_RESOLVERS][16];

/* As which packets the list is run: plain, behind one tag, behind two, in VXLAN, in GRE. */
#define ENCRYPTED_WRAPS 5

struct encrypted_case {
	const char *name; /* NULL ends the list */
	struct packet packet;
	int kind; /* enum odd_encrypted; ENCRYPTED_NONE: counts nothing */
};

#define ENCRYPTED_NONE (-1)

/* In this order: some are the same connection as one before. */
extern const struct encrypted_case encrypted_cases[];

/**
 * encrypted_case_build() - Write a frame.
 * @wrap: 0..ENCRYPTED_WRAPS - 1; each has client ports of its own, so is another connection
 * @frame: PACKET_FRAME_MAX bytes
 *
 * Return: its length
 */
unsigned encrypted_case_build(const struct encrypted_case *c, unsigned wrap, uint8_t *frame);

/** encrypted_expect() - Hold what a frame has added against its case; fails the test. */
void encrypted_expect(const struct encrypted_case *c, unsigned wrap,
		      const struct encrypted_totals *before, const struct encrypted_totals *after);

#endif
