// SPDX-License-Identifier: GPL-2.0-or-later
/* The memory of the fragment reassembler: slots, hash chains, lists. */
#include "flow/datagrams.h"

#include "base/hash.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int datagrams__init(struct datagrams *datagrams, uint32_t limit, uint64_t seed, uint64_t *waiting,
		    uint64_t *bytes)
{
	uint32_t buckets = 1;

	while (buckets < limit)
		buckets *= 2;
	*datagrams = (struct datagrams){.limit = limit,
					.bucket_mask = buckets - 1,
					.seed = seed,
					.waiting = waiting,
					.bytes = bytes};
	datagrams->slots = calloc((size_t)limit + 1, sizeof(*datagrams->slots));
	datagrams->buckets = calloc(buckets, sizeof(*datagrams->buckets));
	if (!datagrams->slots || !datagrams->buckets) {
		datagrams__done(datagrams);
		return -ENOMEM;
	}
	return 0;
}

void datagrams__done(struct datagrams *datagrams)
{
	for (uint32_t i = 1; i <= datagrams->used; i++)
		pieces__clear(&datagrams->slots[i].pieces);
	free(datagrams->slots);
	free(datagrams->buckets);
	*datagrams = (struct datagrams){0};
}

static struct datagram *at(const struct datagrams *datagrams, uint32_t ref)
{
	return ref ? &datagrams->slots[ref] : NULL;
}

static uint32_t reference(const struct datagrams *datagrams, const struct datagram *datagram)
{
	return (uint32_t)(datagram - datagrams->slots);
}

static struct datagram_list_ends *ends_of(struct datagrams *datagrams,
					  const struct datagram *datagram, enum datagram_list which)
{
	return which == DATAGRAM_BY_AGE ? &datagrams->by_age
					: &datagrams->by_state[datagram->state];
}

static void list_append(struct datagrams *datagrams, struct datagram *datagram,
			enum datagram_list which)
{
	struct datagram_list_ends *ends = ends_of(datagrams, datagram, which);
	uint32_t ref = reference(datagrams, datagram);

	datagram->links[which] = (struct datagram_link){.older = ends->newest};
	if (ends->newest)
		at(datagrams, ends->newest)->links[which].newer = ref;
	else
		ends->oldest = ref;
	ends->newest = ref;
}

static void list_remove(struct datagrams *datagrams, const struct datagram *datagram,
			enum datagram_list which)
{
	struct datagram_list_ends *ends = ends_of(datagrams, datagram, which);
	struct datagram_link link = datagram->links[which];

	if (link.older)
		at(datagrams, link.older)->links[which].newer = link.newer;
	else
		ends->oldest = link.newer;
	if (link.newer)
		at(datagrams, link.newer)->links[which].older = link.older;
	else
		ends->newest = link.older;
}

uint32_t datagrams__hash(const struct datagrams *datagrams, const struct datagram_key *key)
{
	return (uint32_t)hash_bytes(key, sizeof(*key), datagrams->seed);
}

struct datagram *datagrams__find(const struct datagrams *datagrams, const struct datagram_key *key,
				 uint32_t hash)
{
	uint32_t ref = datagrams->buckets[hash & datagrams->bucket_mask];
	struct datagram *datagram;

	for (; (datagram = at(datagrams, ref)); ref = datagram->chain)
		if (datagram->hash == hash && memcmp(&datagram->key, key, sizeof(*key)) == 0)
			return datagram;
	return NULL;
}

bool datagrams__is_full(const struct datagrams *datagrams)
{
	return !datagrams->free && datagrams->used == datagrams->limit;
}

struct datagram *datagrams__add(struct datagrams *datagrams, const struct datagram_key *key,
				uint32_t hash, uint64_t since_ns)
{
	uint32_t *bucket = &datagrams->buckets[hash & datagrams->bucket_mask];
	struct datagram *datagram = at(datagrams, datagrams->free);

	if (datagram)
		datagrams->free = datagram->chain;
	else
		datagram = at(datagrams, ++datagrams->used);
	*datagram = (struct datagram){.key = *key,
				      .hash = hash,
				      .chain = *bucket,
				      .since_ns = since_ns,
				      .end = NOWHERE,
				      .cut_at = NOWHERE,
				      .state = DATAGRAM_HEADLESS};
	*bucket = reference(datagrams, datagram);
	list_append(datagrams, datagram, DATAGRAM_BY_AGE);
	list_append(datagrams, datagram, DATAGRAM_BY_STATE);
	(*datagrams->waiting)++;
	*datagrams->bytes += sizeof(*datagram);
	return datagram;
}

int datagrams__put(struct datagrams *datagrams, struct datagram *datagram,
		   const struct piece *piece, const uint8_t *payload)
{
	size_t before = pieces__memory(&datagram->pieces);
	int r = pieces__put(&datagram->pieces, piece, payload);

	*datagrams->bytes += pieces__memory(&datagram->pieces) - before;
	return r;
}

static void set_state(struct datagrams *datagrams, struct datagram *datagram,
		      enum datagram_state state)
{
	list_remove(datagrams, datagram, DATAGRAM_BY_STATE);
	datagram->state = (uint8_t)state;
	list_append(datagrams, datagram, DATAGRAM_BY_STATE);
}

void datagrams__head(struct datagrams *datagrams, struct datagram *datagram)
{
	set_state(datagrams, datagram, DATAGRAM_HEADED);
}

void datagrams__settle(struct datagrams *datagrams, struct datagram *datagram)
{
	*datagrams->bytes -= pieces__memory(&datagram->pieces);
	(*datagrams->waiting)--;
	pieces__clear(&datagram->pieces);
	set_state(datagrams, datagram, DATAGRAM_SETTLED);
}

void datagrams__forget(struct datagrams *datagrams, struct datagram *datagram)
{
	uint32_t *link = &datagrams->buckets[datagram->hash & datagrams->bucket_mask];
	uint32_t ref = reference(datagrams, datagram);

	if (datagram->state != DATAGRAM_SETTLED)
		datagrams__settle(datagrams, datagram);
	while (*link != ref)
		link = &at(datagrams, *link)->chain;
	*link = datagram->chain;
	list_remove(datagrams, datagram, DATAGRAM_BY_AGE);
	list_remove(datagrams, datagram, DATAGRAM_BY_STATE);
	datagram->chain = datagrams->free;
	datagrams->free = ref;
	*datagrams->bytes -= sizeof(*datagram);
}

struct datagram *datagrams__oldest(const struct datagrams *datagrams)
{
	return at(datagrams, datagrams->by_age.oldest);
}

struct datagram *datagrams__dispensable(const struct datagrams *datagrams,
					const struct datagram *keep)
{
	static const enum datagram_state order[DATAGRAM_STATES] = {
		DATAGRAM_SETTLED, DATAGRAM_HEADLESS, DATAGRAM_HEADED};

	for (unsigned i = 0; i < DATAGRAM_STATES; i++) {
		struct datagram *datagram = at(datagrams, datagrams->by_state[order[i]].oldest);

		if (datagram && datagram == keep)
			datagram = at(datagrams, datagram->links[DATAGRAM_BY_STATE].newer);
		if (datagram)
			return datagram;
	}
	return NULL;
}
