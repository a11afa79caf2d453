// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Rollups: the sums of about a minute, so that statistics over days need not
 * look at rows.
 *
 * A rollup covers the ids first_id..last_id of its segment, all of them: those
 * that arrived since the one before. So a reader takes rollups where its span
 * holds them as a whole, and rows for the rest, and counts nothing twice.
 *
 * The totals are exact. For each dimension there is a list of the heaviest keys
 * by packets (stats/topk.h), and beside each place of the list the sums of the
 * flows of its key and a histogram of latencies. A key that takes another's
 * place inherits its weight as a possible error, but sums of its own begin at
 * 0: so `packets` are at most `error` too high, and the other sums may be too
 * low, by what came while it was not listed. `floor` says how many packets a key
 * may have that is not listed at all. As long as no list was ever full, all is
 * exact: error and floor are 0.
 *
 * A flow has one key in each dimension, and '' when it has none: the query flow
 * has no RCODE, and its sums are kept apart from those of the response with
 * one. In all other dimensions both flows of an exchange share the key.
 *
 * While they are summed up, keys are what is cheap to compare: an address, a
 * code. They become text when they are written.
 */
#include "rollup.h"

#include "base/text.h"
#include "dns/codes.h"
#include "query/measures.h"
#include "query/names.h"
#include "stats/latencies.h"
#include "stats/topk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What stands beside a place of a list. */
struct sums {
	struct measures measures;
	struct latencies latencies;
};

struct list {
	struct topk *topk;
	struct sums *sums; /* one for each place */
};

struct rollup {
	bool names;
	int64_t first_id, last_id;
	int64_t min_time, max_time;
	struct sums all;
	struct list lists[ROLLUP_DIMENSIONS];
};

/*
 * Places. Names and clients: enough for top lists of 100, ten times over. There are fewer servers
 * than clients, and some 100 types and 24 return codes are in use.
 */
static const unsigned capacities[ROLLUP_DIMENSIONS] = {
	[ROLLUP_SERVER] = 256, [ROLLUP_CLIENT] = 1024, [ROLLUP_RCODE] = 64,
	[ROLLUP_QTYPE] = 256,  [ROLLUP_QNAME] = 1024,  [ROLLUP_QNAME2] = 1024,
};

static bool is_of_names(unsigned dimension)
{
	return dimension == ROLLUP_QNAME || dimension == ROLLUP_QNAME2;
}

/* Lists that are not kept are NULL. */
static int make_lists(struct rollup *rollup, uint64_t seed)
{
	for (unsigned i = 0; i < ROLLUP_DIMENSIONS; i++) {
		struct list *list = &rollup->lists[i];

		if (is_of_names(i) && !rollup->names)
			continue;
		list->sums = calloc(capacities[i], sizeof(*list->sums));
		if (!list->sums || topk__new(capacities[i], seed, &list->topk) < 0)
			return -ENOMEM;
	}
	return 0;
}

int rollup__new(bool names, uint64_t seed, struct rollup **ret_rollup)
{
	struct rollup *rollup = calloc(1, sizeof(*rollup));
	int r;

	if (!rollup)
		return -ENOMEM;
	rollup->names = names;
	r = make_lists(rollup, seed);
	if (r < 0) {
		rollup__free(rollup);
		return r;
	}
	*ret_rollup = rollup;
	return 0;
}

static void clear_sums(struct sums *sums)
{
	latencies__done(&sums->latencies);
	sums->measures = (struct measures){0};
}

void rollup__clear(struct rollup *rollup)
{
	for (unsigned i = 0; i < ROLLUP_DIMENSIONS; i++) {
		struct list *list = &rollup->lists[i];

		for (unsigned slot = 0; list->topk && slot < topk__used(list->topk); slot++)
			clear_sums(&list->sums[slot]);
		if (list->topk)
			topk__clear(list->topk);
	}
	clear_sums(&rollup->all);
	rollup->first_id = 0;
}

void rollup__free(struct rollup *rollup)
{
	if (!rollup)
		return;
	rollup__clear(rollup);
	for (unsigned i = 0; i < ROLLUP_DIMENSIONS; i++) {
		topk__free(rollup->lists[i].topk);
		free(rollup->lists[i].sums);
	}
	free(rollup);
}

bool rollup__is_empty(const struct rollup *rollup)
{
	return rollup->first_id == 0;
}

/* --- adding --- */

/* The sums of some flows of a row, and its latency if it counts there. */
struct share {
	struct measures measures;
	bool has_latency;
	int64_t latency_ns;
};

static struct share share_of(const struct exchange *e, unsigned directions)
{
	struct share share = {.latency_ns = e->latency_ns};

	measures__add_exchange(&share.measures, e, directions);
	share.has_latency = e->state == EXCHANGE_ANSWERED && e->has_latency &&
			    directions & FLOW_BIT(FLOW_RESPONSE);
	return share;
}

/* Without memory a latency is missing in the histogram, and nothing else. */
static void add_share(struct sums *sums, const struct share *share)
{
	measures__add(&sums->measures, &share->measures);
	if (share->has_latency)
		latencies__add(&sums->latencies, share->latency_ns);
}

static void add(struct list *list, const void *key, size_t length, const struct share *share)
{
	unsigned slot = topk__add(list->topk, key, length, share->measures.packets);
	struct topk_entry *entry = topk__at(list->topk, slot);

	if (entry->fresh) {
		entry->fresh = false;
		clear_sums(&list->sums[slot]);
	}
	add_share(&list->sums[slot], share);
}

static void add_rcode(struct list *list, const struct exchange *e, unsigned directions)
{
	struct share share;

	if (directions & FLOW_BIT(FLOW_QUERY)) {
		share = share_of(e, FLOW_BIT(FLOW_QUERY));
		add(list, "", 0, &share);
	}
	if (directions & FLOW_BIT(FLOW_RESPONSE)) {
		share = share_of(e, FLOW_BIT(FLOW_RESPONSE));
		add(list, &e->rcode, sizeof(e->rcode), &share);
	}
}

static void add_names(struct rollup *rollup, const struct row *row, const struct share *share)
{
	bool has = row->cells[ROW_QNAME].type != CELL_NULL;
	const char *name = has ? row->qname : "";
	size_t length = has ? row->qname_length : 0, second_length = 0;
	const char *second = has ? name_second_level(name, length, &second_length) : "";

	add(&rollup->lists[ROLLUP_QNAME], name, length, share);
	add(&rollup->lists[ROLLUP_QNAME2], second, second_length, share);
}

void rollup__add(struct rollup *rollup, const struct row *row, int64_t id, int64_t time)
{
	const struct exchange *e = row->exchange;
	unsigned directions = flow_directions(e);
	const struct share share = share_of(e, directions);

	if (rollup->first_id == 0) {
		rollup->first_id = id;
		rollup->min_time = rollup->max_time = time;
	}
	rollup->last_id = id;
	rollup->min_time = time < rollup->min_time ? time : rollup->min_time;
	rollup->max_time = time > rollup->max_time ? time : rollup->max_time;
	add_share(&rollup->all, &share);
	add(&rollup->lists[ROLLUP_SERVER], e->server, sizeof(e->server), &share);
	add(&rollup->lists[ROLLUP_CLIENT], row->client, sizeof(row->client), &share);
	add_rcode(&rollup->lists[ROLLUP_RCODE], e, directions);
	add(&rollup->lists[ROLLUP_QTYPE], &e->qtype, e->qname_length ? sizeof(e->qtype) : 0,
	    &share);
	if (rollup->names)
		add_names(rollup, row, &share);
}

/* --- writing --- */

int rollup__prepare(struct rollup_inserts *inserts, sqlite3 *db)
{
	int r = insert__prepare(&inserts->rollup, db, "rollup", 11);

	if (r == 0)
		r = insert__prepare(&inserts->dimension, db, "rollup_dimension", 3);
	return r < 0 ? r : insert__prepare(&inserts->key, db, "rollup_key", 10);
}

void rollup__done(struct rollup_inserts *inserts)
{
	insert__done(&inserts->rollup);
	insert__done(&inserts->dimension);
	insert__done(&inserts->key);
}

_Static_assert(TEXT_ADDRESS_MAX >= DNS_CODE_TEXT_MAX, "room for the longest key that is no name");

/* @buf: TEXT_ADDRESS_MAX bytes */
static struct cell key_cell(unsigned dimension, const struct topk_entry *entry, char *buf)
{
	uint16_t code;

	if (entry->key_length == 0)
		return cell_text("");
	if (is_of_names(dimension))
		return (struct cell){
			.type = CELL_TEXT, .length = entry->key_length, .bytes = entry->key};
	if (dimension == ROLLUP_SERVER || dimension == ROLLUP_CLIENT)
		return cell_text(text_address((const uint8_t *)entry->key, buf));
	memcpy(&code, entry->key, sizeof(code));
	return cell_text(dimension == ROLLUP_RCODE ? dns_rcode_text(code, buf)
						   : dns_type_text(code, buf));
}

/* A histogram with more buckets than this stands on the heap: most keys have few. */
#define PACKED_BUCKETS 64

/* Return: what to free when the cell was used; NULL with a NULL cell when there is no memory */
static uint8_t *latency_cell(const struct latencies *latencies, uint8_t *buf, struct cell *ret)
{
	uint8_t *heap = NULL;

	*ret = (struct cell){0};
	if (latencies->used > PACKED_BUCKETS) {
		heap = malloc(LATENCIES_PACKED(latencies->used));
		if (!heap)
			return NULL;
		buf = heap;
	}
	if (latencies->used > 0)
		*ret = cell_bytes(buf, latencies__pack(latencies, buf));
	return heap;
}

struct written {
	struct rollup_inserts *inserts;
	int64_t id; /* of the rollup */
	unsigned dimension;
};

static int write_key(const struct written *to, const struct topk_entry *entry,
		     const struct sums *sums)
{
	const struct measures *m = &sums->measures;
	uint8_t packed[LATENCIES_PACKED(PACKED_BUCKETS)], *heap;
	char buf[TEXT_ADDRESS_MAX];
	struct cell cells[] = {
		cell_number(to->dimension),	     cell_number(to->id),
		key_cell(to->dimension, entry, buf), cell_number((int64_t)m->exchanges),
		cell_number((int64_t)m->flows),	     cell_number((int64_t)entry->weight),
		cell_number((int64_t)m->bytes),	     cell_number((int64_t)m->unanswered),
		cell_number((int64_t)entry->error),  {0},
	};
	int r;

	heap = latency_cell(&sums->latencies, packed, &cells[9]);
	r = insert__row(&to->inserts->key, cells, 10);
	free(heap);
	return r;
}

static int write_list(const struct written *to, const struct list *list)
{
	const struct cell cells[] = {
		cell_number(to->id),
		cell_number(to->dimension),
		cell_number((int64_t)topk__floor(list->topk)),
	};
	int r = insert__row(&to->inserts->dimension, cells, 3);

	for (unsigned slot = 0; r == 0 && slot < topk__used(list->topk); slot++)
		r = write_key(to, topk__at(list->topk, slot), &list->sums[slot]);
	return r;
}

static int write_totals(const struct rollup *rollup, struct rollup_inserts *inserts)
{
	const struct measures *m = &rollup->all.measures;
	uint8_t packed[LATENCIES_PACKED(PACKED_BUCKETS)], *heap;
	struct cell cells[] = {
		{0},
		cell_number(rollup->first_id),
		cell_number(rollup->last_id),
		cell_number(rollup->min_time),
		cell_number(rollup->max_time),
		cell_number((int64_t)m->exchanges),
		cell_number((int64_t)m->flows),
		cell_number((int64_t)m->packets),
		cell_number((int64_t)m->bytes),
		cell_number((int64_t)m->unanswered),
		{0},
	};
	int r;

	heap = latency_cell(&rollup->all.latencies, packed, &cells[10]);
	r = insert__row(&inserts->rollup, cells, 11);
	free(heap);
	return r;
}

int rollup__write(struct rollup *rollup, struct rollup_inserts *inserts)
{
	struct written to = {.inserts = inserts};
	int r = write_totals(rollup, inserts);

	if (r < 0)
		return r;
	to.id = sqlite3_last_insert_rowid(sqlite3_db_handle(inserts->rollup.stmt));
	for (; r == 0 && to.dimension < ROLLUP_DIMENSIONS; to.dimension++)
		if (rollup->lists[to.dimension].topk)
			r = write_list(&to, &rollup->lists[to.dimension]);
	return r;
}
