// SPDX-License-Identifier: GPL-2.0-or-later
/* Makes room in server_rcode when strangers have filled it. */
#include "sweep.h"

#include "oddns.skel.h"

#include <stdlib.h>
#include <string.h>

struct sweep_row {
	struct odd_server_key key;
	__u64 packets;
};

static int compare_rows(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct odd_server_key));
}

static __u64 sum_packets(const struct bpf_map *map, const struct odd_server_key *key,
			 struct odd_server_count *counts, int cpus)
{
	__u64 sum = 0;

	if (bpf_map__lookup_elem(map, key, sizeof(*key), counts, (size_t)cpus * sizeof(*counts),
				 0) < 0)
		return 0;
	for (int i = 0; i < cpus; i++)
		sum += counts[i].packets;
	return sum;
}

/* All keys with their sums, sorted; NULL without memory. */
static struct sweep_row *snapshot(const struct bpf_map *map, unsigned *ret_count)
{
	unsigned limit = bpf_map__max_entries(map), count = 0;
	int cpus = libbpf_num_possible_cpus();
	struct odd_server_count *counts = calloc((size_t)cpus, sizeof(*counts));
	struct sweep_row *rows = calloc(limit, sizeof(*rows));
	struct odd_server_key *last = NULL;

	while (rows && counts && count < limit) {
		struct sweep_row *row = &rows[count];

		if (bpf_map__get_next_key(map, last, &row->key, sizeof(row->key)) < 0)
			break;
		row->packets = sum_packets(map, &row->key, counts, cpus);
		last = &row->key;
		count++;
	}
	if (!counts) {
		free(rows);
		return NULL;
	}
	free(counts);
	if (rows)
		qsort(rows, count, sizeof(*rows), compare_rows);
	*ret_count = count;
	return rows;
}

void sweep__run(struct sweep *sweep, const struct oddns_bpf *programs, __u64 full,
		bool (*keep)(const void *context, const __u8 *server), const void *context)
{
	const struct bpf_map *map = programs->maps.server_rcode;
	struct sweep_row *rows;
	unsigned count;

	if (full == sweep->full_seen)
		return;
	rows = snapshot(map, &count);
	if (!rows)
		return;
	for (unsigned i = 0; i < count; i++) {
		const struct sweep_row *then = NULL;

		if (sweep->rows)
			then = bsearch(&rows[i], sweep->rows, sweep->count, sizeof(*rows),
				       compare_rows);
		if (!then || then->packets != rows[i].packets || keep(context, rows[i].key.server))
			continue;
		(void)bpf_map__delete_elem(map, &rows[i].key, sizeof(rows[i].key), 0);
	}
	free(sweep->rows);
	sweep->rows = rows;
	sweep->count = count;
	sweep->full_seen = full;
}

void sweep__done(struct sweep *sweep)
{
	free(sweep->rows);
	*sweep = (struct sweep){0};
}
