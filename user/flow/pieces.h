/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The pieces of one message that have arrived, in whatever order: which bytes
 * are there, and from where on one is missing. Takes memory for what came, not
 * for what is promised. Knows nothing of IP.
 *
 * The bytes stand in a log in the order of their arrival; an index in the order of
 * the message says what lies where. Pieces never overlap: a piece that would is
 * not put in. In order, as nearly all traffic comes, a piece is appended to both.
 */
#ifndef FLOW_PIECES_H
#define FLOW_PIECES_H

#include <stddef.h>
#include <stdint.h>

/* Bytes of a message; all counted from its start. */
struct piece {
	uint16_t start;
	uint16_t end;	   /* behind its last byte, as headers say */
	uint16_t captured; /* bytes from start that are there, the others were cut off */
	uint16_t at;	   /* where in the log */
};

struct pieces {
	struct piece *index; /* by start */
	uint8_t *log;
	uint32_t count;
	uint32_t room; /* of index */
	uint32_t log_bytes;
	uint32_t log_room;
	uint32_t reach;	   /* the first byte that no piece covers */
	uint32_t in_reach; /* pieces before it */
};

/* How a piece goes with those that are there. */
enum pieces_fit {
	PIECES_NEW,
	PIECES_SAME,	/* it is there already, byte for byte as far as can be seen */
	PIECES_OVERLAP, /* some of its bytes are there, or others are in their place */
};

/**
 * pieces__fit() - Find out whether a piece may be put in.
 * @piece: not empty; its @at does not matter
 * @payload: its captured bytes
 *
 * Cost: a binary search, at most 13 steps since fragments are 8 bytes or more.
 */
enum pieces_fit pieces__fit(const struct pieces *pieces, const struct piece *piece,
			    const uint8_t *payload);

/** pieces__memory() - Bytes of memory that pieces take, beyond the struct. */
size_t pieces__memory(const struct pieces *pieces);

/** pieces__memory_with() - The same, once a piece with @captured bytes is put in. */
size_t pieces__memory_with(const struct pieces *pieces, uint32_t captured);

/**
 * pieces__put() - Add a piece for which pieces__fit() said PIECES_NEW.
 * @piece: its @at does not matter
 *
 * Cost: a copy of the payload; out of order also a move of up to 64 KiB of index, 2 us.
 * Return: 0, -ENOMEM with nothing changed
 */
int pieces__put(struct pieces *pieces, const struct piece *piece, const uint8_t *payload);

/**
 * pieces__copy() - Copy the start of the message.
 * @bytes: not beyond @pieces->reach, nor beyond the captured bytes of a piece that was cut
 */
void pieces__copy(const struct pieces *pieces, uint32_t bytes, uint8_t *out);

/** pieces__clear() - Give all memory back; all zero is an empty one. */
void pieces__clear(struct pieces *pieces);

#endif
