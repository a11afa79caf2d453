// SPDX-License-Identifier: GPL-2.0-or-later
/* The memory of the exchange table: slabs, hash chains and lists against a plain array. */
#include "flow/entry.h"

#include <criterion/criterion.h>
#include <string.h>

#define SEED	11
#define LIMIT	1024
#define KEYS	701 /* few, so that many entries share a key */
#define OPS	50021
#define LONG_OF 7 /* one name in so many is long */

/* What should be in the store, in the order in which it was put into its list. */
struct member {
	struct entry *entry;
	struct entry_key key;
	enum entry_state state;
	uint64_t born;	/* greater: added later */
	uint64_t moved; /* greater: entered its list later; is its last_ns */
	bool is_long;
};

struct crowd {
	struct entry_store store;
	struct member members[LIMIT];
	unsigned count, longs;
	uint64_t time;
	uint32_t random;
};

static uint32_t next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

static struct entry_key key_of(uint32_t number)
{
	struct entry_key key = {.client_port = (uint16_t)number, .id = (uint16_t)(number >> 3)};

	memcpy(key.client + 12, &number, sizeof(number));
	return key;
}

static struct entry *add_plan(struct entry_store *store, uint32_t number, uint8_t name_length,
			      bool is_transfer)
{
	struct entry_key key = key_of(number);
	const struct entry_plan plan = {
		.hash = entry_store__hash(store, &key, NULL, 0),
		.is_transfer = is_transfer,
		.name_length = name_length,
	};

	return entry_store__add(store, &key, &plan);
}

static struct entry *add(struct entry_store *store, uint32_t number, uint8_t name_length)
{
	return add_plan(store, number, name_length, false);
}

static void add_one(struct crowd *crowd)
{
	uint32_t number = next_random(&crowd->random) % KEYS;
	bool is_long = next_random(&crowd->random) % LONG_OF == 0;
	bool is_transfer = is_long && number % 2;
	uint8_t length = !is_long ? number % 34 : is_transfer ? number % 256 : 34 + number % 222;
	struct entry *entry = add_plan(&crowd->store, number, length, is_transfer);
	bool room = crowd->count < LIMIT && (!is_long || crowd->longs < LIMIT / 8);

	cr_assert_eq(entry != NULL, room, "%u entries, %u long", crowd->count, crowd->longs);
	if (!entry)
		return;
	cr_assert_eq(entry_store__is_long(entry), is_long);
	entry->last_ns = ++crowd->time;
	memset(entry->name, (int)number, length); /* a neighbour would show it */
	cr_assert_eq(entry_store__transfer(entry) != NULL, is_transfer);
	if (is_transfer)
		memset(entry_store__transfer(entry), (int)number, sizeof(struct entry_transfer));
	crowd->members[crowd->count++] = (struct member){entry,	      key_of(number), ENTRY_PENDING,
							 crowd->time, crowd->time,    is_long};
	crowd->longs += is_long;
}

static void remove_one(struct crowd *crowd)
{
	unsigned i = next_random(&crowd->random) % crowd->count;

	entry_store__remove(&crowd->store, crowd->members[i].entry);
	crowd->longs -= crowd->members[i].is_long;
	crowd->members[i] = crowd->members[--crowd->count];
}

static void move_one(struct crowd *crowd)
{
	struct member *member = &crowd->members[next_random(&crowd->random) % crowd->count];

	member->state = next_random(&crowd->random) % ENTRY_STATES;
	member->moved = ++crowd->time;
	member->entry->last_ns = crowd->time;
	entry_store__move(&crowd->store, member->entry, member->state);
}

static void check_name(const struct entry *entry)
{
	const uint8_t *transfer = (const uint8_t *)entry_store__transfer(entry);
	uint32_t number;

	memcpy(&number, entry->key.client + 12, sizeof(number));
	for (unsigned i = 0; i < entry->name_length; i++)
		cr_assert_eq(entry->name[i], (uint8_t)number, "name overwritten");
	for (unsigned i = 0; transfer && i < sizeof(struct entry_transfer); i++)
		cr_assert_eq(transfer[i], (uint8_t)number, "sums overwritten");
}

/* Each list: as many as should be, in order of moving; the oldest is the oldest of both slabs. */
static void check_lists(const struct crowd *crowd)
{
	for (enum entry_state state = ENTRY_PENDING; state < ENTRY_STATES; state++) {
		const struct entry *oldest = NULL;
		unsigned expected = 0, found = 0;

		for (unsigned i = 0; i < crowd->count; i++) {
			const struct member *member = &crowd->members[i];

			if (member->state != state)
				continue;
			expected++;
			if (!oldest || member->moved < oldest->last_ns)
				oldest = member->entry;
		}
		cr_assert_eq(entry_store__waiting(&crowd->store, state), expected);
		cr_assert_eq(entry_store__oldest(&crowd->store, state), oldest);
		for (int is_long = 0; is_long < 2; is_long++) {
			const struct entry *entry =
				entry_store__oldest_in(&crowd->store, is_long, state);
			uint64_t last = 0;

			for (; entry; entry = entry_store__newer(&crowd->store, entry)) {
				cr_assert_eq(entry->state, state);
				cr_assert_gt(entry->last_ns, last);
				last = entry->last_ns;
				found++;
			}
		}
		cr_assert_eq(found, expected);
	}
}

/* A key's entries are found all, newest first. */
static void check_key(const struct crowd *crowd, const struct entry_key *key)
{
	const struct entry *entry = NULL;
	unsigned expected = 0, found = 0;
	uint64_t last = UINT64_MAX;
	uint32_t hash = entry_store__hash(&crowd->store, key, NULL, 0);

	for (unsigned i = 0; i < crowd->count; i++)
		expected += memcmp(&crowd->members[i].key, key, sizeof(*key)) == 0;
	while ((entry = entry_store__find(&crowd->store, key, hash, entry))) {
		uint64_t born = 0;

		cr_assert_eq(memcmp(&entry->key, key, sizeof(*key)), 0);
		for (unsigned i = 0; i < crowd->count; i++)
			if (crowd->members[i].entry == entry)
				born = crowd->members[i].born;
		cr_assert(born && born < last, "newest first");
		last = born;
		found++;
	}
	cr_assert_eq(found, expected);
}

static void check(const struct crowd *crowd)
{
	struct entry_key key = key_of(crowd->random % KEYS);

	cr_assert_eq(entry_store__count(&crowd->store), crowd->count);
	check_lists(crowd);
	check_key(crowd, &key);
	for (unsigned i = 0; i < crowd->count; i++)
		check_name(crowd->members[i].entry);
}

Test(entry, store_agrees_with_a_plain_array)
{
	for (uint32_t seed = 1; seed <= 3; seed++) {
		struct crowd *crowd = calloc(1, sizeof(*crowd));

		crowd->random = seed * 2654435761U;
		cr_assert_eq(entry_store__init(&crowd->store, LIMIT, seed), 0);
		for (unsigned i = 0; i < OPS; i++) {
			/* phases in which the store fills, stays full, and empties */
			unsigned phase = i / 4001 % 3, dice = next_random(&crowd->random) % 8;

			if (dice < (phase == 2 ? 1U : 4U))
				add_one(crowd);
			else if (crowd->count && dice < (phase == 0 ? 5U : 6U))
				remove_one(crowd);
			else if (crowd->count)
				move_one(crowd);
			if (i % 499 == 0)
				check(crowd);
		}
		check(crowd);
		while (crowd->count)
			remove_one(crowd);
		check(crowd);
		entry_store__done(&crowd->store);
		free(crowd);
	}
}

Test(entry, growth_of_the_hash_keeps_chains_newest_first)
{
	struct entry_store store;
	struct entry_key key = key_of(42);
	struct entry *entry = NULL, *same[5];
	uint32_t hash;

	cr_assert_eq(entry_store__init(&store, 20000, SEED), 0);
	hash = entry_store__hash(&store, &key, NULL, 0);
	for (unsigned i = 0; i < 5; i++)
		same[i] = add(&store, 42, (uint8_t)(i % 2 ? 200 : 20));
	/* 1 024 buckets at first: five doublings */
	for (uint32_t i = 1000; i < 20000; i++)
		cr_assert_not_null(add(&store, i, 20));
	for (unsigned i = 5; i-- > 0;) {
		entry = entry_store__find(&store, &key, hash, entry);
		cr_assert_eq(entry, same[i]);
	}
	cr_assert_null(entry_store__find(&store, &key, hash, entry));
	for (uint32_t i = 1000; i < 20000; i++) {
		key = key_of(i);
		cr_assert_not_null(entry_store__find(
			&store, &key, entry_store__hash(&store, &key, NULL, 0), NULL));
	}
	entry_store__done(&store);
}

Test(entry, limits_hold_and_places_come_back)
{
	struct entry_store store;
	struct entry *longs[8];

	cr_assert_eq(entry_store__init(&store, 64, SEED), 0);
	for (uint32_t i = 0; i < 8; i++)
		cr_assert_not_null(longs[i] = add(&store, i, 255));
	cr_assert_null(add(&store, 8, 34), "an eighth of 64 may be long");
	cr_assert_null(add_plan(&store, 8, 4, true), "a transfer needs a long one");
	for (uint32_t i = 8; i < 64; i++)
		cr_assert_not_null(add(&store, i, 33));
	cr_assert_null(add(&store, 64, 0), "64 in all");
	entry_store__remove(&store, longs[3]);
	cr_assert_eq(add(&store, 65, 100), longs[3]);
	cr_assert_null(add(&store, 66, 0));
	cr_assert_eq(entry_store__count(&store), 64);
	entry_store__done(&store);
}

/* The promise of user.pending: at most 192 bytes for a pending query. */
Test(entry, pending_query_takes_at_most_192_bytes)
{
	const uint32_t counts[] = {1025, 4096, 40961, 131072};

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		struct entry_store store;
		uint64_t empty;

		cr_assert_eq(entry_store__init(&store, counts[i], SEED), 0);
		empty = entry_store__bytes(&store);
		cr_assert_leq(empty, 4096);
		for (uint32_t n = 0; n < counts[i]; n++)
			cr_assert_not_null(add(&store, n, 33));
		cr_assert_leq(entry_store__bytes(&store), 192ULL * counts[i]);
		entry_store__done(&store);
	}
}

Test(entry, memory_of_a_flood_is_given_back_when_it_is_over)
{
	const uint32_t flood = 100003;
	struct entry_store store;
	struct entry *entry;

	cr_assert_eq(entry_store__init(&store, flood, SEED), 0);
	for (int round = 0; round < 2; round++) {
		for (uint32_t n = 0; n < flood; n++) {
			entry = add(&store, n, 20);
			cr_assert_not_null(entry);
			entry->last_ns = n;
		}
		while ((entry = entry_store__oldest(&store, ENTRY_PENDING)))
			entry_store__remove(&store, entry);
		cr_assert_eq(entry_store__count(&store), 0);
		/* what is left is the hash: 131 072 buckets of 4 bytes */
		cr_assert_leq(entry_store__bytes(&store), 131072 * 8);
	}
	entry_store__done(&store);
}

Test(entry, memory_of_a_flood_is_given_back_though_others_stay)
{
	const uint32_t flood = 100003, stay = 31, step = flood / stay;
	struct entry_store store;
	struct entry *entry;

	cr_assert_eq(entry_store__init(&store, flood, SEED), 0);
	for (uint32_t n = 0; n < flood; n++) {
		entry = add(&store, n, n % 11 ? 20 : 99);
		cr_assert_not_null(entry);
		entry->last_ns = n;
	}
	for (uint32_t n = 0; n < flood; n++) {
		struct entry_key key = key_of(n);
		uint32_t hash = entry_store__hash(&store, &key, NULL, 0);

		entry = entry_store__find(&store, &key, hash, NULL);
		if (n % step == 0)
			entry_store__move(&store, entry, n % 2 ? ENTRY_ANSWERED : ENTRY_EXPIRED);
		else
			entry_store__remove(&store, entry);
	}
	entry_store__trim(&store);
	cr_assert_eq(entry_store__count(&store), stay + 1);
	/* the hash, 9 092 long entries, which are few, and those that stay */
	cr_assert_leq(entry_store__bytes(&store), 131072 * 8 + 9200 * 432);
	for (uint32_t n = 0; n < flood; n += step) {
		enum entry_state state = n % 2 ? ENTRY_ANSWERED : ENTRY_EXPIRED;
		struct entry_key key = key_of(n);
		uint32_t hash = entry_store__hash(&store, &key, NULL, 0);

		entry = entry_store__find(&store, &key, hash, NULL);
		cr_assert_not_null(entry);
		cr_assert_eq(entry->last_ns, n);
		cr_assert_eq(entry, entry_store__oldest(&store, state));
		entry_store__remove(&store, entry);
	}
	cr_assert_eq(entry_store__count(&store), 0);
	entry_store__done(&store);
}
