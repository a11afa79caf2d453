// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Space-Saving.
 *
 * A list of `capacity` keys, each with a weight. A key that is listed gets its
 * weight added. A key that is not takes a free place; when there is none, it
 * takes the place of the lightest one, and its weight too:
 *
 *	list of 3:   a 9   b 4   c 2          comes d with weight 1
 *	             a 9   b 4   d 3 (of which 2 may be wrong: the error)
 *
 * For c may have been d's all along, as far as the list can tell. What follows:
 *
 * - The weights of the list sum up to the weight of the stream, always. So the
 *   lightest is at most total/capacity, and so is every error.
 * - A key's true weight lies between weight - error and weight.
 * - A key that is not listed weighs at most as much as the lightest that is
 *   (the floor): when it left, its weight was the least, and the least only
 *   grows. So each key above total/capacity is listed.
 * - As long as no key had to give way, everything is exact and the floor is 0.
 *
 * The lightest is found by a heap: its nodes hold the weights, so that sifting
 * stays within 16 bytes a node and does not touch the entries, which are some
 * 300 bytes each. A key whose weight grows sinks towards the leaves, and
 * mostly stays where it is. Keys are found by a hash table of twice as many
 * buckets, chained through the slots.
 *
 * Against an adversary: the hash is keyed, so nobody makes chains long. But
 * anybody can send keys that come once only, each of which takes a place. They
 * drive the floor and the errors up to total/capacity, not beyond, and what
 * weighs more than that stays where it is.
 */
#include "topk.h"

#include "base/hash.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define CAPACITY_MAX 65536
#define NONE	     UINT32_MAX

struct node {
	uint64_t weight;
	uint32_t slot;
};

/* What is needed to find a slot's key and place, apart from the entries. */
struct place {
	uint64_t hash;
	uint32_t chain; /* next slot in the bucket */
	uint32_t node;	/* in the heap */
};

struct topk {
	unsigned capacity, used;
	bool gave_way; /* some key had to */
	uint64_t seed;
	uint32_t bucket_mask;
	uint32_t *buckets; /* slots */
	struct node *heap; /* `used` of them, the lightest on top */
	struct place *places;
	struct topk_entry *entries;
};

int topk__new(unsigned capacity, uint64_t seed, struct topk **ret_topk)
{
	struct topk *topk = calloc(1, sizeof(*topk));
	uint32_t buckets = 1;

	if (!topk)
		return -ENOMEM;
	capacity = capacity < 1 ? 1 : capacity > CAPACITY_MAX ? CAPACITY_MAX : capacity;
	while (buckets < 2 * capacity)
		buckets *= 2;
	topk->capacity = capacity;
	topk->seed = seed;
	topk->bucket_mask = buckets - 1;
	topk->buckets = malloc(buckets * sizeof(*topk->buckets));
	topk->heap = calloc(capacity, sizeof(*topk->heap));
	topk->places = calloc(capacity, sizeof(*topk->places));
	topk->entries = calloc(capacity, sizeof(*topk->entries));
	if (!topk->buckets || !topk->heap || !topk->places || !topk->entries) {
		topk__free(topk);
		return -ENOMEM;
	}
	topk__clear(topk);
	*ret_topk = topk;
	return 0;
}

void topk__free(struct topk *topk)
{
	if (!topk)
		return;
	free(topk->buckets);
	free(topk->heap);
	free(topk->places);
	free(topk->entries);
	free(topk);
}

void topk__clear(struct topk *topk)
{
	topk->used = 0;
	topk->gave_way = false;
	memset(topk->buckets, 0xff, (topk->bucket_mask + 1) * sizeof(*topk->buckets)); /* NONE */
}

/* --- the heap --- */

static void put(struct topk *t, uint32_t at, struct node node)
{
	t->heap[at] = node;
	t->places[node.slot].node = at;
}

/* A weight has grown: let it sink until no child is lighter. */
static void sift_down(struct topk *t, uint32_t at, struct node node)
{
	uint32_t child;

	while ((child = 2 * at + 1) < t->used) {
		if (child + 1 < t->used && t->heap[child + 1].weight < t->heap[child].weight)
			child++;
		if (t->heap[child].weight >= node.weight)
			break;
		put(t, at, t->heap[child]);
		at = child;
	}
	put(t, at, node);
}

static void sift_up(struct topk *t, uint32_t at, struct node node)
{
	while (at > 0 && t->heap[(at - 1) / 2].weight > node.weight) {
		put(t, at, t->heap[(at - 1) / 2]);
		at = (at - 1) / 2;
	}
	put(t, at, node);
}

/* --- keys --- */

struct key {
	const void *bytes;
	size_t length;
	uint64_t hash;
};

static uint32_t find(const struct topk *t, const struct key *key)
{
	uint32_t slot = t->buckets[key->hash & t->bucket_mask];

	while (slot != NONE &&
	       (t->places[slot].hash != key->hash || t->entries[slot].key_length != key->length ||
		memcmp(t->entries[slot].key, key->bytes, key->length) != 0))
		slot = t->places[slot].chain;
	return slot;
}

static void unlink_slot(struct topk *t, uint32_t slot)
{
	uint32_t *link = &t->buckets[t->places[slot].hash & t->bucket_mask];

	while (*link != slot)
		link = &t->places[*link].chain;
	*link = t->places[slot].chain;
}

/* The slot is this key's from now on. @error: what its weight begins with */
static void hand_over(struct topk *t, uint32_t slot, const struct key *key, uint64_t error)
{
	struct topk_entry *entry = &t->entries[slot];
	uint32_t *bucket = &t->buckets[key->hash & t->bucket_mask];

	entry->fresh = true;
	entry->error = error;
	entry->key_length = (uint8_t)key->length;
	if (key->length > 0)
		memcpy(entry->key, key->bytes, key->length);
	t->places[slot].hash = key->hash;
	t->places[slot].chain = *bucket;
	*bucket = slot;
}

static unsigned add_new(struct topk *t, const struct key *key, uint64_t weight)
{
	struct node node = {.slot = t->used};

	if (t->used < t->capacity) {
		t->used++;
		hand_over(t, node.slot, key, 0);
		node.weight = t->entries[node.slot].weight = weight;
		sift_up(t, t->used - 1, node);
		return node.slot;
	}
	node = t->heap[0];
	t->gave_way = true;
	unlink_slot(t, node.slot);
	hand_over(t, node.slot, key, node.weight);
	node.weight = t->entries[node.slot].weight = node.weight + weight;
	sift_down(t, 0, node);
	return node.slot;
}

unsigned topk__add(struct topk *topk, const void *key, size_t length, uint64_t weight)
{
	struct key wanted = {.bytes = key, .length = length};
	uint32_t slot;
	struct node node;

	if (length > TOPK_KEY_MAX)
		wanted.length = TOPK_KEY_MAX;
	wanted.hash = hash_bytes(wanted.bytes, wanted.length, topk->seed);
	slot = find(topk, &wanted);
	if (slot == NONE)
		return add_new(topk, &wanted, weight);
	node = (struct node){topk->entries[slot].weight += weight, slot};
	sift_down(topk, topk->places[slot].node, node);
	return slot;
}

unsigned topk__used(const struct topk *topk)
{
	return topk->used;
}

struct topk_entry *topk__at(struct topk *topk, unsigned slot)
{
	return &topk->entries[slot];
}

uint64_t topk__floor(const struct topk *topk)
{
	return topk->gave_way ? topk->heap[0].weight : 0;
}
