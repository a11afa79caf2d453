/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sums of about a minute of a segment; rollup.c opens with the idea. */
#ifndef STORE_ROLLUP_H
#define STORE_ROLLUP_H

#include "store/database.h"
#include "store/encode.h"

struct rollup;

/* INTO rollup, rollup_dimension, rollup_key */
struct rollup_inserts {
	struct insert rollup, dimension, key;
};

/** rollup__new() - @names: keep sums of names; @seed: of hashes. Return: 0, -ENOMEM */
int rollup__new(bool names, uint64_t seed, struct rollup **ret_rollup);
void rollup__free(struct rollup *rollup);

/**
 * rollup__add() - Add a row.
 * @time: since the segment's start
 *
 * Cost: about 400 ns.
 */
void rollup__add(struct rollup *rollup, const struct row *row, int64_t id, int64_t time);

/** rollup__is_empty() - Nothing was added since the last clear. */
bool rollup__is_empty(const struct rollup *rollup);

/** rollup__clear() - Forget all. */
void rollup__clear(struct rollup *rollup);

/** rollup__prepare(), rollup__done() - The statements. Return: 0, negative errno */
int rollup__prepare(struct rollup_inserts *inserts, sqlite3 *db);
void rollup__done(struct rollup_inserts *inserts);

/** rollup__write() - Insert what was summed up; it stays. Return: 0, negative errno */
int rollup__write(struct rollup *rollup, struct rollup_inserts *inserts);

#endif
