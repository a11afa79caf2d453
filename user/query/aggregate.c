// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Groups of flows with the same values, and what each comes to.
 *
 * The question is always the same: of ten million exchanges, which ten names
 * (or clients, or pairs of client and RCODE) have most of something? A database
 * answers by sorting or by a tree. Here each exchange makes one look-up in a
 * hash table and some additions, and what it costs is what memory costs: two
 * lines that are in no cache.
 *
 *	slots           chunk
 *	+------+----+   +---------------------------+-----+--------------------+---
 *	| hash | at |-->| sums, latencies, bounds   | key | sums, latencies .. | ..
 *	+------+----+   +---------------------------+-----+--------------------+---
 *	| hash | at |    one behind the other, never moved
 *
 * A slot is eight bytes, so eight of them are in a line; it holds 32 bits of
 * the hash, so that a look-up reads only the group that it wants, and growing
 * reads no group at all. A group lies with its key, because whoever compares
 * the key adds to the sums next. At most half of the slots are taken, so the
 * next free one is near. The hash is keyed: names are chosen by others.
 *
 * Those two lines are waited for one after the other, if nothing is done about it:
 * 0.1 us each when others use the memory, too. So an exchange is not counted at
 * once. Its slot is asked for, eight exchanges later the group that the slot
 * names, eight later it is counted; by then both lines have come.
 *
 *	added                          eight later              sixteen later
 *	key, hash, ask for the slot    ask for the group        add to the group
 *
 * Whoever looks at the result has what still waits counted first.
 *
 * A key is not text. Ten million addresses as text would take more time than
 * the rest, for ten rows that are shown, so keys are made of numbers and
 * addresses as they are (aggregate_key.h), and become text in the end.
 *
 * An exchange is two flows. By client both have the same value and count as one
 * exchange in one group. By source address the query counts for the client and
 * the response for the server: two keys, each with one exchange, while the
 * totals know it was one. Worked example: a query of 40 bytes, sent twice, and
 * an answer of 100 bytes. By source the client gets 1 exchange, 2 packets, 80
 * bytes and no latency, which is the answer's; the server gets 1 exchange, 1
 * packet, 100 bytes and the latency; the totals are 1, 3 and 180.
 *
 * Memory is bounded, because a flood of random names makes a group of each: by
 * the number of groups and by the bytes of their keys. What finds no room then
 * counts in the totals and in `crowded`, and the rows that are there stay
 * right. Latencies take 8 to 16 bytes for each bucket in use, which is less
 * than the exchanges took that brought them.
 *
 * Sums that others made, minute by minute, come as lists of the heaviest keys
 * (stats/topk.h): in each list packets may be too high by an error, and a key
 * that a list does not name may have had up to its floor. So of a group
 *
 *	at least   all that was counted, less the errors
 *	at most    all that was counted, and the floor of each list without it
 *
 * Two lists with floors 3 and 5 name a key once, in the first, with 20 packets
 * and an error of 2: it has 18 to 25. Rows show the upper bound and carry the
 * lower one; for groups that all lists name without an error they are equal,
 * as they are when only exchanges were counted.
 *
 * What this does not do: distinct values within a group, and sums over time.
 */
#include "aggregate.h"

#include "aggregate_data.h"
#include "aggregate_key.h"
#include "base/hash.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS_FIRST 1024U

/*
 * Bytes of a group and its key, on average, that groups_max pays for: 96 and 64, where names have
 * 30. With up to 32 for slots that makes the 200 that are promised.
 */
#define GROUP_BYTES 168ULL

/* --- life ------------------------------------------------------------------------------------- */

int aggregate__new(const struct aggregate_options *options, struct aggregate **ret_aggregate)
{
	struct aggregate *a;
	uint64_t units = options->groups_max * GROUP_BYTES / 8 + CHUNK_UNITS;

	if (options->by_count < 1 || options->by_count > AGGREGATE_BY_MAX)
		return -EINVAL;
	a = calloc(1, sizeof(*a));
	if (!a)
		return -ENOMEM;
	a->slots = calloc(SLOTS_FIRST, sizeof(*a->slots));
	a->waiting = calloc(WAITING_MAX, sizeof(*a->waiting));
	if (!a->slots || !a->waiting) {
		aggregate__free(a);
		return -ENOMEM;
	}
	a->options = *options;
	a->slot_mask = SLOTS_FIRST - 1;
	a->next = 1;
	a->next_max = units < UINT32_MAX ? (uint32_t)units : UINT32_MAX;
	a->same_key = true;
	for (unsigned i = 0; i < options->by_count; i++)
		a->same_key &= options->by[i]->side == OPERAND_OF_BOTH;
	*ret_aggregate = a;
	return 0;
}

void aggregate__free(struct aggregate *aggregate)
{
	if (!aggregate)
		return;
	for (uint32_t i = 0; aggregate->groups > 0 && i <= aggregate->slot_mask; i++)
		if (aggregate->slots[i].at)
			latencies__done(&group_at(aggregate, aggregate->slots[i].at)->latencies);
	for (uint32_t i = 0; i < aggregate->chunk_count; i++)
		free(aggregate->chunks[i]);
	free(aggregate->chunks);
	free(aggregate->slots);
	free(aggregate->waiting);
	free(aggregate);
}

field_set aggregate_fields(const struct aggregate_options *options)
{
	static const enum field_id summed[] = {
		FIELD_STATE,	FIELD_TRIES,	   FIELD_LATENCY,
		FIELD_MESSAGES, FIELD_QUERY_BYTES, FIELD_RESPONSE_BYTES,
	};
	field_set fields_of = 0;

	for (unsigned i = 0; i < sizeof(summed) / sizeof(summed[0]); i++)
		fields_of |= (field_set)1 << summed[i];
	for (unsigned i = 0; i < options->by_count; i++)
		fields_of |= options->by[i]->needs;
	return fields_of;
}

/* --- groups ----------------------------------------------------------------------------------- */

/* The slot of a key: of its group, or the empty one where that belongs. */
static struct slot *find(const struct aggregate *a, const struct key *key, uint32_t hash)
{
	for (uint32_t i = hash & a->slot_mask;; i = (i + 1) & a->slot_mask) {
		struct slot *slot = &a->slots[i];
		const struct group *group;

		if (!slot->at)
			return slot;
		if (slot->hash != hash)
			continue;
		group = group_at(a, slot->at);
		if (group->key_length == key->length &&
		    memcmp(group->key, key->bytes, key->length) == 0)
			return slot;
	}
}

static int grow(struct aggregate *a)
{
	uint32_t mask = a->slot_mask * 2 + 1;
	struct slot *slots = calloc((size_t)mask + 1, sizeof(*slots));

	if (!slots)
		return -ENOMEM;
	for (uint32_t i = 0; i <= a->slot_mask; i++) {
		uint32_t j = a->slots[i].hash & mask;

		if (!a->slots[i].at)
			continue;
		while (slots[j].at)
			j = (j + 1) & mask;
		slots[j] = a->slots[i];
	}
	free(a->slots);
	a->slots = slots;
	a->slot_mask = mask;
	return 0;
}

/* Return: 0, -ENOMEM, -ENOSPC when the bound is reached */
static int allocate(struct aggregate *a, size_t bytes, uint32_t *ret_at)
{
	uint32_t units = (uint32_t)((bytes + 7) / 8), at = a->next;
	uint8_t **chunks;

	if (at / CHUNK_UNITS != (at + units - 1) / CHUNK_UNITS) /* a group is in one chunk */
		at = (at / CHUNK_UNITS + 1) * CHUNK_UNITS;
	if (a->groups >= a->options.groups_max || at > a->next_max || units > a->next_max - at)
		return -ENOSPC;
	if (at / CHUNK_UNITS == a->chunk_count) {
		chunks = reallocarray(a->chunks, a->chunk_count + 1, sizeof(*chunks));
		if (!chunks)
			return -ENOMEM;
		a->chunks = chunks;
		chunks[a->chunk_count] = malloc(CHUNK_BYTES);
		if (!chunks[a->chunk_count])
			return -ENOMEM;
		a->chunk_count++;
	}
	a->next = at + units;
	*ret_at = at;
	return 0;
}

static int add_group(struct aggregate *a, const struct key *key, uint32_t hash, uint32_t *ret_at)
{
	struct group *group;
	int r = allocate(a, sizeof(*group) + key->length, ret_at);

	if (r < 0)
		return r;
	group = group_at(a, *ret_at);
	memset(group, 0, sizeof(*group));
	group->key_length = key->length;
	memcpy(group->key, key->bytes, key->length);
	*find(a, key, hash) = (struct slot){hash, *ret_at};
	a->groups++;
	return 0;
}

static uint32_t hash_of(const struct aggregate *a, const struct key *key)
{
	return (uint32_t)hash_bytes(key->bytes, key->length, a->options.seed);
}

/* Return: 0, -ENOMEM, -ENOSPC when it is a new one and there is no room */
static int group_of(struct aggregate *a, const struct key *key, uint32_t hash,
		    struct group **ret_group)
{
	uint32_t at = find(a, key, hash)->at;
	int r = 0;

	if (!at) {
		if (a->groups >= a->slot_mask / 2)
			r = grow(a);
		if (r == 0)
			r = add_group(a, key, hash, &at);
		if (r < 0)
			return r;
	}
	*ret_group = group_at(a, at);
	return 0;
}

/* --- exchanges -------------------------------------------------------------------------------- */

static bool has_sample(const struct exchange *exchange, unsigned directions)
{
	return exchange->state == EXCHANGE_ANSWERED && exchange->has_latency &&
	       directions & FLOW_BIT(FLOW_RESPONSE);
}

static void make_key(const struct aggregate *a, const struct flow *flow, struct key *ret)
{
	ret->length = 0;
	for (unsigned i = 0; i < a->options.by_count; i++)
		key__append(ret, a->options.by[i], flow);
}

/* Count the one that waits longest. */
static int settle_one(struct aggregate *a)
{
	struct waiting *waiting = &a->waiting[a->settled++ % WAITING_MAX];
	struct group *group;
	int r = group_of(a, &waiting->key, waiting->hash, &group);

	if (r == -ENOSPC)
		a->crowded += waiting->sums.flows;
	if (r < 0)
		return r == -ENOSPC ? 0 : r;
	measures__add(&group->measures, &waiting->sums);
	return waiting->has_sample ? latencies__add(&group->latencies, waiting->latency_ns) : 0;
}

int aggregate_settle(struct aggregate *aggregate)
{
	int r = 0;

	while (aggregate->settled < aggregate->added) {
		int failed = settle_one(aggregate);

		r = failed < 0 ? failed : r;
	}
	return r;
}

/* Probably the group of a hash, as its key was not looked at; NULL when there is none. */
static const struct group *likely_group(const struct aggregate *a, uint32_t hash)
{
	for (uint32_t i = hash & a->slot_mask; a->slots[i].at; i = (i + 1) & a->slot_mask)
		if (a->slots[i].hash == hash)
			return group_at(a, a->slots[i].at);
	return NULL;
}

/* The slot has come: ask for the group. Three lines have the sums and the key's first bytes. */
static void ask_for_group(const struct aggregate *a, const struct waiting *waiting)
{
	const char *group = (const char *)likely_group(a, waiting->hash);

	for (unsigned line = 0; group && line < 3; line++)
		__builtin_prefetch(group + 64 * line, 1);
}

/* The group has come: ask for where its latency is counted. */
static void ask_for_latency(const struct aggregate *a, const struct waiting *waiting)
{
	const struct group *group = waiting->has_sample ? likely_group(a, waiting->hash) : NULL;

	if (group)
		latencies__expect(&group->latencies, waiting->latency_ns);
}

/* The one that was added so many before the last; NULL when it does not wait. */
static const struct waiting *added_before(const struct aggregate *a, unsigned distance)
{
	if (a->added - a->settled <= distance)
		return NULL;
	return &a->waiting[(a->added - distance - 1) % WAITING_MAX];
}

/* Its key is there; the rest follows. */
static void add_waiting(struct aggregate *a, struct waiting *waiting,
			const struct exchange *exchange, unsigned directions)
{
	const struct waiting *before;

	waiting->sums = (struct measures){0};
	measures__add_exchange(&waiting->sums, exchange, directions);
	waiting->has_sample = has_sample(exchange, directions);
	waiting->latency_ns = exchange->latency_ns;
	waiting->hash = hash_of(a, &waiting->key);
	__builtin_prefetch(&a->slots[waiting->hash & a->slot_mask]);
	a->added++;
	before = added_before(a, WAITING_MAX / 3);
	if (before)
		ask_for_group(a, before);
	before = added_before(a, 2 * WAITING_MAX / 3);
	if (before)
		ask_for_latency(a, before);
}

/* Each flow by its own key, unless the keys are the same. Room for both is there. */
static void add_both(struct aggregate *a, struct flow *flow)
{
	struct waiting *query = &a->waiting[a->added % WAITING_MAX];
	struct waiting *response = &a->waiting[(a->added + 1) % WAITING_MAX];

	flow->direction = FLOW_QUERY;
	make_key(a, flow, &query->key);
	flow->direction = FLOW_RESPONSE;
	make_key(a, flow, &response->key);
	if (query->key.length == response->key.length &&
	    memcmp(query->key.bytes, response->key.bytes, query->key.length) == 0) {
		add_waiting(a, query, flow->exchange, FLOW_BOTH);
		return;
	}
	add_waiting(a, query, flow->exchange, FLOW_BIT(FLOW_QUERY));
	add_waiting(a, response, flow->exchange, FLOW_BIT(FLOW_RESPONSE));
}

static void add_one(struct aggregate *a, struct flow *flow, unsigned directions)
{
	struct waiting *waiting = &a->waiting[a->added % WAITING_MAX];

	flow->direction = directions & FLOW_BIT(FLOW_QUERY) ? FLOW_QUERY : FLOW_RESPONSE;
	make_key(a, flow, &waiting->key);
	add_waiting(a, waiting, flow->exchange, directions);
}

int aggregate__add(struct aggregate *aggregate, const struct exchange *exchange,
		   const struct exchange_names *names, unsigned directions)
{
	struct flow flow = {.exchange = exchange, .names = names};
	int r = 0;

	while (r == 0 && aggregate->added - aggregate->settled > WAITING_MAX - 2)
		r = settle_one(aggregate);
	if (r < 0)
		return r;
	measures__add_exchange(&aggregate->all, exchange, directions);
	if (has_sample(exchange, directions)) {
		histogram__add(&aggregate->histogram, exchange->latency_ns);
		aggregate->samples++;
	}
	if (directions == FLOW_BOTH && !aggregate->same_key)
		add_both(aggregate, &flow);
	else
		add_one(aggregate, &flow, directions);
	return 0;
}

/* --- sums ------------------------------------------------------------------------------------- */

static void add_buckets(struct aggregate *a, const struct latencies *latencies)
{
	const struct latency_bucket *from = latencies__buckets(latencies);

	for (uint32_t i = 0; i < latencies->used; i++) {
		uint32_t *held = &a->histogram.count[from[i].bucket];

		*held = from[i].count > UINT32_MAX - *held ? UINT32_MAX : *held + from[i].count;
	}
	a->samples += latencies->samples;
}

int aggregate__add_sums(struct aggregate *aggregate, const struct aggregate_sums *sums)
{
	struct group *group;
	struct key key;
	int r;

	key.length = 0;
	measures__add(&aggregate->all, &sums->measures);
	if (sums->latencies)
		add_buckets(aggregate, sums->latencies);
	if (sums->key)
		key__append_text(&key, aggregate->options.by[0], sums->key, sums->length);
	else
		key__append_none(&key);
	r = group_of(aggregate, &key, hash_of(aggregate, &key), &group);
	if (r == -ENOSPC)
		aggregate->crowded += sums->measures.flows;
	if (r < 0)
		return r == -ENOSPC ? 0 : r;
	measures__add(&group->measures, &sums->measures);
	group->error += sums->error;
	group->floors += sums->floor;
	return sums->latencies ? latencies__merge(&group->latencies, sums->latencies) : 0;
}

void aggregate__add_floor(struct aggregate *aggregate, uint64_t floor)
{
	aggregate->floor += floor;
}

static int merge_group(struct aggregate *a, const struct group *more)
{
	struct group *group;
	struct key key;
	int r;

	key.length = more->key_length;
	memcpy(key.bytes, more->key, more->key_length);
	r = group_of(a, &key, hash_of(a, &key), &group);
	if (r == -ENOSPC)
		a->crowded += more->measures.flows;
	if (r < 0)
		return r == -ENOSPC ? 0 : r;
	measures__add(&group->measures, &more->measures);
	group->error += more->error;
	group->floors += more->floors;
	return latencies__merge(&group->latencies, &more->latencies);
}

int aggregate__merge(struct aggregate *aggregate, struct aggregate *more)
{
	int settled = aggregate_settle(more);

	if (settled < 0)
		return settled;
	measures__add(&aggregate->all, &more->all);
	aggregate->crowded += more->crowded;
	aggregate->floor += more->floor;
	aggregate->samples += more->samples;
	for (unsigned i = 0; i < HISTOGRAM_BUCKETS; i++)
		aggregate->histogram.count[i] += more->histogram.count[i];
	for (uint32_t i = 0; i <= more->slot_mask; i++) {
		int r = more->slots[i].at
				? merge_group(aggregate, group_at(more, more->slots[i].at))
				: 0;

		if (r < 0)
			return r;
	}
	return 0;
}

void aggregate__totals(struct aggregate *aggregate, struct aggregate_totals *ret)
{
	static const double shares[] = {0.5, 0.95};
	uint64_t ns[2];

	aggregate_settle(aggregate); /* without memory the totals stay right, groups are fewer */
	histogram__quantiles(&aggregate->histogram, aggregate->samples, shares, 2, ns);
	ret->all = aggregate->all;
	ret->groups = aggregate->groups;
	ret->crowded = aggregate->crowded;
	ret->floor = aggregate->floor;
	ret->latency_p50_ns = aggregate->samples ? (int64_t)ns[0] : -1;
	ret->latency_p95_ns = aggregate->samples ? (int64_t)ns[1] : -1;
}
