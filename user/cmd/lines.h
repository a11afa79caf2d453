/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines that are not in order yet: those of flows, whose responses start later than the next
 * queries; the newest ones of many; those sorted by a field. lines.c opens with how.
 */
#ifndef CMD_LINES_H
#define CMD_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What lines wait for, all together: what a command may take of a host that has other work. */
#define LINES_BYTES_MAX (1ull << 30)

/* Where a line belongs: by number, then by bytes, then as they came. */
struct line_key {
	bool known; /* lines without a key come last, in either direction */
	int64_t number;
	const void *bytes;
	size_t length;
};

enum lines_keep {
	LINES_LAST,  /* beyond the limit the first ones are left out: the newest stay */
	LINES_FIRST, /* beyond the limit the last ones are left out */
};

struct lines_options {
	enum lines_keep keep;
	uint64_t limit;	    /* 0: none */
	bool falling;	    /* the largest key first */
	bool added_falling; /* of lines with equal keys the one added last comes first */
};

struct lines;

/** lines__new() - Return: 0, -ENOMEM */
int lines__new(const struct lines_options *options, struct lines **ret_lines);
void lines__free(struct lines *lines);

/**
 * lines__add() - Hold a line.
 * @content: @length bytes, copied
 *
 * Cost: O(log n) of those that are held.
 * Return: 0, -ENOMEM; -E2BIG when they would take more than LINES_BYTES_MAX
 */
int lines__add(struct lines *lines, const struct line_key *key, const void *content, size_t length);

/** line_fn - Receives a line, valid during the call. Return: 0, else it ends and returns that */
typedef int (*line_fn)(void *context, const void *content, size_t length);

/**
 * lines__release() - Let go, in order, of the lines whose number is below @number.
 *
 * With LINES_LAST and no limit only, and rising.
 */
int lines__release(struct lines *lines, int64_t number, line_fn fn, void *context);

/** lines__finish() - Let go of all in order; nothing is held then. */
int lines__finish(struct lines *lines, line_fn fn, void *context);

/**
 * lines__full() - Are there as many as the limit? With LINES_LAST.
 * @ret_first: number of the first one then
 */
bool lines__full(const struct lines *lines, int64_t *ret_first);

#endif
