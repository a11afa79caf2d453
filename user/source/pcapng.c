// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What stands between a pcapng file and libpcap.
 *
 * A pcapng file describes each interface in a block of its own, and tools that
 * capture on several, or merge files, write several such blocks. libpcap (up to
 * 1.10 at least) gives one snapshot length to a whole file, so it refuses a
 * file whose interfaces differ in theirs, though no packet is the worse for it.
 *
 * So the bytes pass through here, and the snapshot length of each Interface
 * Description Block is written over with 0, "no limit". Nothing else changes:
 *
 *	| type | length | ......... body ......... | length |   a block
 *	| 1    | length | linktype, 0 | snaplen | …| length |   the one that we touch
 *	  0      4        8             12
 *
 * To know where blocks begin one has to follow all lengths, and the byte order,
 * which each Section Header Block sets anew. Where a length cannot be right, the
 * rest passes untouched: libpcap knows how to complain.
 *
 * Source: draft-ietf-opsawg-pcapng sections 3.1, 4.1, 4.2.
 */
#include "pcapng.h"

#include <byteswap.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#define BLOCK_SECTION	0x0a0d0d0a /* the same in both byte orders */
#define BLOCK_INTERFACE 1
#define SECTION_MAGIC	0x1a2b3c4d
/* Type, length, and length again: no block is shorter. */
#define BLOCK_MIN_BYTES 12
/* How far into a block the snapshot length ends, and so how much of it is looked at. */
#define HEAD_BYTES 16

struct pcapng {
	FILE *file;
	bool is_started;
	bool is_plain;		  /* no pcapng, or not understood any more: all passes */
	bool is_swapped;	  /* the section has the other byte order */
	uint32_t left;		  /* bytes of the block that pass as they are */
	uint8_t head[HEAD_BYTES]; /* start of a block, perhaps changed */
	size_t head_bytes;	  /* in head */
	size_t head_given;	  /* of these */
	char first[PCAPNG_FIRST_BYTES];
	size_t first_bytes;
};

static uint32_t read32(const struct pcapng *p, size_t offset)
{
	uint32_t number;

	memcpy(&number, p->head + offset, sizeof(number));
	return p->is_swapped ? bswap_32(number) : number;
}

static void keep_first(struct pcapng *p)
{
	p->is_started = true;
	p->first_bytes = p->head_bytes < sizeof(p->first) ? p->head_bytes : sizeof(p->first);
	memcpy(p->first, p->head, p->first_bytes);
	p->is_plain = p->head_bytes < BLOCK_MIN_BYTES || read32(p, 0) != BLOCK_SECTION;
}

/* Take the start of the next block into head, the only place where something changes. */
static void read_head(struct pcapng *p)
{
	uint32_t length;

	p->head_given = 0;
	p->head_bytes = fread(p->head, 1, BLOCK_MIN_BYTES, p->file);
	if (!p->is_started)
		keep_first(p);
	if (p->is_plain || p->head_bytes < BLOCK_MIN_BYTES)
		return;
	if (read32(p, 0) == BLOCK_SECTION)
		p->is_swapped ^= read32(p, 8) != SECTION_MAGIC;
	length = read32(p, 4);
	if (length < BLOCK_MIN_BYTES) {
		p->is_plain = true;
		return;
	}
	if (read32(p, 0) == BLOCK_INTERFACE && length >= HEAD_BYTES) {
		p->head_bytes += fread(p->head + BLOCK_MIN_BYTES, 1, 4, p->file);
		memset(p->head + BLOCK_MIN_BYTES, 0, 4);
	}
	p->left = length - (uint32_t)p->head_bytes;
}

static size_t give_head(struct pcapng *p, char *buf, size_t size)
{
	size_t n = p->head_bytes - p->head_given;

	n = n < size ? n : size;
	memcpy(buf, p->head + p->head_given, n);
	p->head_given += n;
	return n;
}

/* Source of the stream, see fopencookie(3). */
static ssize_t give(void *cookie, char *buf, size_t size)
{
	struct pcapng *p = cookie;
	size_t n;

	if (p->head_given == p->head_bytes && !p->is_plain && p->left == 0)
		read_head(p);
	if (p->head_given < p->head_bytes)
		return (ssize_t)give_head(p, buf, size);
	if (!p->is_plain && size > p->left)
		size = p->left;
	n = fread(buf, 1, size, p->file);
	p->left -= p->is_plain ? 0 : (uint32_t)n;
	return n == 0 && ferror(p->file) ? -1 : (ssize_t)n;
}

int pcapng__open(FILE *file, struct pcapng **ret_pcapng, FILE **ret_stream)
{
	struct pcapng *pcapng = calloc(1, sizeof(*pcapng));
	FILE *stream;

	if (!pcapng)
		return -ENOMEM;
	pcapng->file = file;
	stream = fopencookie(pcapng, "r", (cookie_io_functions_t){.read = give});
	if (!stream) {
		free(pcapng);
		return -ENOMEM;
	}
	*ret_pcapng = pcapng;
	*ret_stream = stream;
	return 0;
}

void pcapng__free(struct pcapng *pcapng)
{
	free(pcapng);
}

size_t pcapng__first(const struct pcapng *pcapng, char *ret)
{
	memcpy(ret, pcapng->first, pcapng->first_bytes);
	return pcapng->first_bytes;
}
