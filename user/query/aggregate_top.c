// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The first groups in an order: the best so far are a heap whose root is the worst of them, so
 * that most groups cost one comparison.
 */
#include "aggregate.h"

#include "aggregate_data.h"
#include "aggregate_key.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct candidate {
	int64_t weight;
	const struct group *group;
	unsigned parts; /* of its key; qsort() has no context */
};

/* The most that it can have; see aggregate.c. */
static uint64_t packets_of(const struct aggregate *a, const struct group *group)
{
	return group->measures.packets + a->floor - group->floors;
}

static int64_t weight_of(const struct aggregate *a, const struct group *group,
			 enum aggregate_order order)
{
	switch (order) {
	case ORDER_BYTES:
		return (int64_t)group->measures.bytes;
	case ORDER_EXCHANGES:
		return (int64_t)group->measures.exchanges;
	case ORDER_LATENCY:
		return latencies__quantile(&group->latencies, 0.5);
	case ORDER_UNANSWERED:
		return (int64_t)group->measures.unanswered;
	default:
		return (int64_t)packets_of(a, group);
	}
}

/* Below 0: @x comes before @y. */
static int compare(const void *x, const void *y)
{
	const struct candidate *a = x, *b = y;

	if (a->weight != b->weight)
		return a->weight > b->weight ? -1 : 1;
	return key_compare(a->group->key, b->group->key, a->parts);
}

/* Below each place stand none that come after it; move what is at @i down until that is so. */
static void sift_down(struct candidate *heap, size_t n, size_t i)
{
	for (;;) {
		size_t worst = i, child = 2 * i + 1;
		struct candidate moved = heap[i];

		if (child < n && compare(&heap[child], &heap[worst]) > 0)
			worst = child;
		if (child + 1 < n && compare(&heap[child + 1], &heap[worst]) > 0)
			worst = child + 1;
		if (worst == i)
			return;
		heap[i] = heap[worst];
		heap[worst] = moved;
		i = worst;
	}
}

/* @best: room for @n; Return: how many there are */
static size_t choose(const struct aggregate *a, enum aggregate_order order, size_t n,
		     struct candidate *best)
{
	size_t used = 0;

	for (uint32_t i = 0; i <= a->slot_mask; i++) {
		struct candidate next = {.parts = a->options.by_count};

		if (!a->slots[i].at)
			continue;
		next.group = group_at(a, a->slots[i].at);
		next.weight = weight_of(a, next.group, order);
		if (used < n) {
			best[used++] = next;
			for (size_t j = used / 2; used == n && j > 0; j--)
				sift_down(best, n, j - 1);
		} else if (compare(&next, &best[0]) < 0) {
			best[0] = next;
			sift_down(best, n, 0);
		}
	}
	qsort(best, used, sizeof(*best), compare);
	return used;
}

static size_t text_room(const struct group *group, unsigned parts)
{
	const uint8_t *part = group->key;
	size_t room = 0;

	for (unsigned i = 0; i < parts; i++) {
		room += key_text_room(part);
		part = key_next(part);
	}
	return room;
}

/* Return: the place behind the texts */
static char *fill_row(const struct aggregate *a, const struct group *group, char *texts,
		      struct aggregate_row *row)
{
	const uint8_t *part = group->key;

	for (unsigned i = 0; i < a->options.by_count; i++) {
		row->values[i] = key_text(part, a->options.by[i], texts);
		texts += key_text_room(part);
		part = key_next(part);
	}
	row->measures = group->measures;
	row->measures.packets = packets_of(a, group);
	row->packets_low = group->measures.packets - group->error;
	row->samples = group->latencies.samples;
	row->latency_p50_ns = latencies__quantile(&group->latencies, 0.5);
	row->latency_p95_ns = latencies__quantile(&group->latencies, 0.95);
	return texts;
}

int64_t aggregate__top(struct aggregate *aggregate, enum aggregate_order order, size_t n,
		       struct aggregate_row **ret_rows)
{
	unsigned parts = aggregate->options.by_count;
	size_t used, room = 0;
	struct candidate *best;
	struct aggregate_row *rows;
	char *texts;

	if (aggregate_settle(aggregate) < 0)
		return -ENOMEM;
	if (n == 0 || n > aggregate->groups)
		n = aggregate->groups;
	best = calloc(n + 1, sizeof(*best)); /* never of nothing, which may be NULL */
	if (!best)
		return -ENOMEM;
	used = n ? choose(aggregate, order, n, best) : 0;
	for (size_t i = 0; i < used; i++)
		room += text_room(best[i].group, parts);
	rows = calloc(1, (used + 1) * sizeof(*rows) + room);
	if (rows) {
		texts = (char *)(rows + used + 1);
		for (size_t i = 0; i < used; i++)
			texts = fill_row(aggregate, best[i].group, texts, &rows[i]);
		*ret_rows = rows;
	}
	free(best);
	return rows ? (int64_t)used : -ENOMEM;
}
