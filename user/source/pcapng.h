/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes of a capture on their way to libpcap, with one obstacle taken out. */
#ifndef SOURCE_PCAPNG_H
#define SOURCE_PCAPNG_H

#include <stdio.h>

/* Enough to know a file by its first bytes. */
#define PCAPNG_FIRST_BYTES 8

struct pcapng;

/**
 * pcapng__open() - A stream that gives what @file holds, pcapng made readable for libpcap.
 * @file: from its beginning; stays the caller's, must outlive @ret_stream
 * @ret_pcapng: to be freed after @ret_stream was closed
 * @ret_stream: to be closed with fclose(), as pcap_close() does
 *
 * Anything but pcapng passes as it is. See pcapng.c for the obstacle.
 *
 * Return: 0, -ENOMEM
 */
int pcapng__open(FILE *file, struct pcapng **ret_pcapng, FILE **ret_stream);
void pcapng__free(struct pcapng *pcapng);

/**
 * pcapng__first() - The first bytes of the file, as far as they were read.
 * @ret: PCAPNG_FIRST_BYTES bytes
 *
 * Return: how many there are
 */
size_t pcapng__first(const struct pcapng *pcapng, char *ret);

#endif
