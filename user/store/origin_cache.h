/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which rows of table origin the writer has made in a segment. */
#ifndef STORE_ORIGIN_CACHE_H
#define STORE_ORIGIN_CACHE_H

#include "store/database.h"
#include "store/options.h"

/*
 * Origins remembered: each process on this host that asks is one. Beyond, all are forgotten, and
 * those that come again get a second row, which costs some 60 bytes and nothing else.
 */
#define ORIGINS_MAX 4096

struct origin_cache;

/** origin_cache__new() - @seed: of the hash. Return: 0, -ENOMEM */
int origin_cache__new(uint64_t seed, struct origin_cache **ret_cache);
void origin_cache__free(struct origin_cache *cache);

/** origin_cache__clear() - The rows are gone with their transaction, or it is another segment. */
void origin_cache__clear(struct origin_cache *cache);

/* What is needed to make a row. */
struct origin_maker {
	struct origin_cache *cache;
	struct insert *insert; /* INTO origin */
	const struct exchange_names *names;
};

/**
 * origin_cache__id() - The row for an exchange; made when there is none.
 *
 * Cost: about 20 ns when it is known.
 * Return: 0 with @ret_id, 0 when nothing is known of where it was seen; negative errno of the
 * INSERT
 */
int origin_cache__id(const struct origin_maker *maker, const struct exchange *exchange,
		     int64_t *ret_id);

#endif
