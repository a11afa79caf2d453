/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A veth pair in a network namespace of the test process alone: frames sent
 * into od0 come out of od1. Namespace and pair go when the process does.
 */
#ifndef BPF_CABLE_H
#define BPF_CABLE_H

#include <stdint.h>

/* The longest frame that it takes: the largest IP packet and Ethernet. */
#define CABLE_FRAME_MAX (65535 + 14)

struct cable {
	unsigned near; /* index of od0 */
	unsigned far;  /* index of od1 */
	int fd;	       /* sends frames into od0 */
};

/** cable_open() - Make the namespace and the pair, or fail the test. Nothing else sends there. */
void cable_open(struct cable *cable);
void cable_close(struct cable *cable);

/**
 * cable_send() - A frame as it is.
 * @linear: keep only so many bytes in the linear part of the skb, 0: as the
 * kernel likes; takes effect on frames of a page and more
 */
void cable_send(const struct cable *cable, const uint8_t *frame, unsigned length, unsigned linear);

/** shell() - Run a command, without its output; fail the test when it fails. */
void shell(const char *command);

#endif
