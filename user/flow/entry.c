// SPDX-License-Identifier: GPL-2.0-or-later
/* The memory of the exchange table: slabs, hash chains, lists. */
#include "entry.h"

#include "base/hash.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define REF_LONG      0x80000000U
#define FIRST_BUCKETS 1024
/* A table that emptied gives its memory back when it had grown beyond this... */
#define KEEP_ENTRIES 65536
/* ...and at most one in so many entries is left: moving those costs less than filling it did. */
#define TRIM_SHARE 16
/* The list of those that are set aside, after those of the states. */
#define LIST_ASIDE ENTRY_STATES

/* In a long entry, behind the name: 399, at the next multiple of 8. */
#define TRANSFER_OFFSET ((offsetof(struct entry, name) + ENTRY_NAME_LONG + 7) & ~(size_t)7)

static const size_t entry_bytes[2] = {
	sizeof(struct entry),
	TRANSFER_OFFSET + sizeof(struct entry_transfer),
};

static struct entry *at(const struct entry_store *store, uint32_t ref)
{
	const struct entry_slab *slab = &store->slabs[ref >> 31];

	if (!ref)
		return NULL;
	return (struct entry *)(slab->memory + slab->entry_bytes * ((ref & ~REF_LONG) - 1));
}

bool entry_store__is_long(const struct entry *entry)
{
	return entry->name_length > sizeof(entry->name) || entry->is_transfer;
}

struct entry_transfer *entry_store__transfer(const struct entry *entry)
{
	return entry->is_transfer ? (struct entry_transfer *)((uint8_t *)entry + TRANSFER_OFFSET)
				  : NULL;
}

static uint32_t reference(const struct entry_store *store, const struct entry *entry)
{
	bool is_long = entry_store__is_long(entry);
	const struct entry_slab *slab = &store->slabs[is_long];
	size_t offset = (size_t)((const uint8_t *)entry - slab->memory);

	return (uint32_t)(offset / slab->entry_bytes + 1) | (is_long ? REF_LONG : 0);
}

static int slab_init(struct entry_slab *slab, size_t bytes, uint32_t limit)
{
	void *memory = mmap(NULL, bytes * limit, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (memory == MAP_FAILED)
		return -ENOMEM;
	*slab = (struct entry_slab){.memory = memory, .entry_bytes = bytes, .limit = limit};
	return 0;
}

static void slab_done(struct entry_slab *slab)
{
	if (slab->memory)
		munmap(slab->memory, slab->entry_bytes * slab->limit);
}

int entry_store__init(struct entry_store *store, uint32_t limit, uint64_t seed)
{
	*store = (struct entry_store){.seed = seed, .bucket_count = FIRST_BUCKETS};
	store->buckets = calloc(FIRST_BUCKETS, sizeof(*store->buckets));
	if (!store->buckets || slab_init(&store->slabs[0], entry_bytes[0], limit) < 0 ||
	    slab_init(&store->slabs[1], entry_bytes[1], limit / 8) < 0) {
		entry_store__done(store);
		return -ENOMEM;
	}
	return 0;
}

void entry_store__done(struct entry_store *store)
{
	slab_done(&store->slabs[0]);
	slab_done(&store->slabs[1]);
	free(store->buckets);
	*store = (struct entry_store){0};
}

uint32_t entry_store__hash(const struct entry_store *store, const struct entry_key *key,
			   const void *question, size_t question_bytes)
{
	uint64_t hash = hash_bytes(key, sizeof(*key), store->seed);

	if (question_bytes)
		hash = hash_bytes(question, question_bytes, hash);
	return (uint32_t)hash;
}

static uint32_t *bucket(const struct entry_store *store, uint32_t hash)
{
	return &store->buckets[hash & (store->bucket_count - 1)];
}

/* Twice the buckets; without memory for them the chains just grow longer. */
static void grow(struct entry_store *store)
{
	uint32_t count = store->bucket_count, *old = store->buckets;
	uint32_t *buckets = calloc((size_t)count * 2, sizeof(*buckets));

	if (!buckets)
		return;
	store->buckets = buckets;
	store->bucket_count = count * 2;
	for (uint32_t i = 0; i < count; i++) {
		uint32_t ref = old[i], newest_first = 0;

		/* turned around twice, so that chains stay newest first */
		while (ref) {
			struct entry *entry = at(store, ref);
			uint32_t next = entry->chain;

			entry->chain = newest_first;
			newest_first = ref;
			ref = next;
		}
		while (newest_first) {
			struct entry *entry = at(store, newest_first);
			uint32_t next = entry->chain;

			entry->chain = *bucket(store, entry->hash);
			*bucket(store, entry->hash) = newest_first;
			newest_first = next;
		}
	}
	free(old);
}

static struct entry_list *list_of(struct entry_store *store, const struct entry *entry)
{
	unsigned list = entry->is_aside ? LIST_ASIDE : entry->state;

	return &store->lists[entry_store__is_long(entry)][list];
}

static void list_append(struct entry_store *store, struct entry *entry, enum entry_state state,
			bool aside)
{
	uint32_t ref = reference(store, entry);
	struct entry_list *list;

	entry->state = state & 7;
	entry->is_aside = aside;
	list = list_of(store, entry);
	entry->older = list->newest;
	entry->newer = 0;
	if (list->newest)
		at(store, list->newest)->newer = ref;
	else
		list->oldest = ref;
	list->newest = ref;
	list->count++;
}

static void list_remove(struct entry_store *store, const struct entry *entry)
{
	struct entry_list *list = list_of(store, entry);

	if (entry->older)
		at(store, entry->older)->newer = entry->newer;
	else
		list->oldest = entry->newer;
	if (entry->newer)
		at(store, entry->newer)->older = entry->older;
	else
		list->newest = entry->older;
	list->count--;
}

static struct entry *slab_take(struct entry_store *store, bool is_long)
{
	struct entry_slab *slab = &store->slabs[is_long];
	uint32_t bit = is_long ? REF_LONG : 0;
	struct entry *entry;

	if (slab->free) {
		entry = at(store, slab->free | bit);
		slab->free = entry->chain;
	} else if (slab->used < slab->limit) {
		entry = at(store, ++slab->used | bit);
	} else {
		return NULL;
	}
	slab->live++;
	return entry;
}

struct entry *entry_store__add(struct entry_store *store, const struct entry_key *key,
			       const struct entry_plan *plan)
{
	bool is_long =
		plan->name_length > sizeof(((struct entry *)NULL)->name) || plan->is_transfer;
	struct entry *entry;
	uint32_t *head;

	if (entry_store__count(store) >= store->slabs[0].limit)
		return NULL;
	entry = slab_take(store, is_long);
	if (!entry)
		return NULL;
	if (entry_store__count(store) > store->bucket_count / 2)
		grow(store);
	entry->key = *key;
	entry->hash = plan->hash;
	entry->by_question = plan->by_question;
	store->by_question += plan->by_question;
	entry->is_transfer = plan->is_transfer;
	entry->name_length = plan->name_length;
	head = bucket(store, plan->hash);
	entry->chain = *head;
	*head = reference(store, entry);
	list_append(store, entry, ENTRY_PENDING, false);
	return entry;
}

/* Nothing is left after a flood: hand its memory back to the kernel. */
static void shrink(struct entry_store *store)
{
	for (int i = 0; i < 2; i++) {
		struct entry_slab *slab = &store->slabs[i];

		if (slab->used <= KEEP_ENTRIES)
			continue;
		madvise(slab->memory, slab->entry_bytes * slab->used, MADV_DONTNEED);
		slab->used = 0;
		slab->free = 0;
	}
}

void entry_store__remove(struct entry_store *store, struct entry *entry)
{
	struct entry_slab *slab = &store->slabs[entry_store__is_long(entry)];
	uint32_t ref = reference(store, entry), *link = bucket(store, entry->hash);

	while (*link != ref)
		link = &at(store, *link)->chain;
	*link = entry->chain;
	list_remove(store, entry);
	store->by_question -= entry->by_question;
	entry->chain = slab->free;
	slab->free = ref & ~REF_LONG;
	slab->live--;
	if (entry_store__count(store) == 0)
		shrink(store);
}

/*
 * Copy the entries of a slab to the front of another, list by list. Leaves in each old entry's
 * hash the reference to its copy, for follow_copies().
 */
static void copy_together(struct entry_store *store, bool is_long, struct entry_slab *to)
{
	const uint32_t bit = is_long ? REF_LONG : 0;

	for (unsigned i = 0; i <= LIST_ASIDE; i++) {
		struct entry_list *list = &store->lists[is_long][i];
		struct entry *entry = at(store, list->oldest);
		uint32_t before = 0;

		list->oldest = entry ? (to->used + 1) | bit : 0;
		while (entry) {
			struct entry *next = at(store, entry->newer);
			struct entry *copy =
				(struct entry *)(to->memory + to->entry_bytes * to->used++);
			uint32_t ref = to->used | bit;

			memcpy(copy, entry, to->entry_bytes);
			copy->older = before;
			copy->newer = next ? ref + 1 : 0;
			entry->hash = ref;
			before = ref;
			entry = next;
		}
		list->newest = before;
	}
	to->live = to->used;
}

/* Let the hash chains lead to the copies; they are in the store already, the originals in @old. */
static void follow_copies(struct entry_store *store, bool is_long, const struct entry_slab *old)
{
	for (uint32_t i = 0; i < store->bucket_count; i++) {
		for (uint32_t *link = &store->buckets[i]; *link; link = &at(store, *link)->chain) {
			size_t place = (*link & ~REF_LONG) - 1;

			if (*link >> 31 == is_long)
				*link = ((struct entry *)(old->memory + old->entry_bytes * place))
						->hash;
		}
	}
}

void entry_store__trim(struct entry_store *store)
{
	for (int i = 0; i < 2; i++) {
		struct entry_slab *slab = &store->slabs[i], old = *slab, new;

		if (old.used <= KEEP_ENTRIES || old.live > old.used / TRIM_SHARE ||
		    slab_init(&new, old.entry_bytes, old.limit) < 0)
			continue;
		copy_together(store, i, &new);
		*slab = new;
		follow_copies(store, i, &old);
		slab_done(&old);
	}
}

void entry_store__move(struct entry_store *store, struct entry *entry, enum entry_state state)
{
	list_remove(store, entry);
	list_append(store, entry, state, false);
}

void entry_store__set_aside(struct entry_store *store, struct entry *entry)
{
	list_remove(store, entry);
	list_append(store, entry, ENTRY_PENDING, true);
}

struct entry *entry_store__oldest_open(const struct entry_store *store, bool is_long)
{
	return at(store, store->lists[is_long][ENTRY_PENDING].oldest);
}

struct entry *entry_store__oldest_in(const struct entry_store *store, bool is_long,
				     enum entry_state state)
{
	struct entry *entry = at(store, store->lists[is_long][state].oldest), *aside = NULL;

	if (state == ENTRY_PENDING)
		aside = at(store, store->lists[is_long][LIST_ASIDE].oldest);
	return aside && (!entry || aside->last_ns <= entry->last_ns) ? aside : entry;
}

uint32_t entry_store__waiting(const struct entry_store *store, enum entry_state state)
{
	uint32_t count = store->lists[0][state].count + store->lists[1][state].count;

	if (state == ENTRY_PENDING)
		count += store->lists[0][LIST_ASIDE].count + store->lists[1][LIST_ASIDE].count;
	return count;
}

/* Asked for each state with each event, when most lists are empty. */
struct entry *entry_store__oldest(const struct entry_store *store, enum entry_state state)
{
	struct entry *s, *l;

	if (!entry_store__waiting(store, state))
		return NULL;
	s = entry_store__oldest_in(store, false, state);
	l = entry_store__oldest_in(store, true, state);
	return !s || (l && l->last_ns < s->last_ns) ? l : s;
}

struct entry *entry_store__newer(const struct entry_store *store, const struct entry *entry)
{
	return at(store, entry->newer);
}

void entry_store__each_pending(struct entry_store *store,
			       void (*visit)(void *context, struct entry *entry), void *context)
{
	static const unsigned pending[] = {ENTRY_PENDING, LIST_ASIDE};

	for (unsigned i = 0; i < 4; i++) {
		struct entry *entry = at(store, store->lists[i / 2][pending[i % 2]].oldest), *next;

		for (; entry; entry = next) {
			next = entry_store__newer(store, entry);
			visit(context, entry);
		}
	}
}

struct entry *entry_store__find(const struct entry_store *store, const struct entry_key *key,
				uint32_t hash, const struct entry *after)
{
	struct entry *entry = at(store, after ? after->chain : *bucket(store, hash));

	while (entry && (entry->hash != hash || memcmp(&entry->key, key, sizeof(*key)) != 0))
		entry = at(store, entry->chain);
	return entry;
}

uint32_t entry_store__count(const struct entry_store *store)
{
	return store->slabs[0].live + store->slabs[1].live;
}

uint64_t entry_store__bytes(const struct entry_store *store)
{
	return store->slabs[0].used * (uint64_t)store->slabs[0].entry_bytes +
	       store->slabs[1].used * (uint64_t)store->slabs[1].entry_bytes +
	       store->bucket_count * (uint64_t)sizeof(*store->buckets);
}
