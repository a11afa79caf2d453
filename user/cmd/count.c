// SPDX-License-Identifier: GPL-2.0-or-later
/* Each thread counts into an aggregate of its own; the first gets all in the end. */
#include "count.h"

#include "base/log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Fields of which the store keeps sums. */
static const struct {
	const char *word;
	enum rollup_dimension dimension;
} summed[] = {
	{"server", ROLLUP_SERVER},   {"client", ROLLUP_CLIENT},	  {"dns-rcode", ROLLUP_RCODE},
	{"dns-qtype", ROLLUP_QTYPE}, {"dns-qname", ROLLUP_QNAME}, {"dns-qname2", ROLLUP_QNAME2},
};

bool count_dimension(const struct aggregate_options *options, enum rollup_dimension *ret)
{
	if (options->by_count != 1)
		return false;
	for (size_t i = 0; i < sizeof(summed) / sizeof(summed[0]); i++) {
		if (strcmp(summed[i].word, options->by[0]->word) != 0)
			continue;
		*ret = summed[i].dimension;
		return true;
	}
	return false;
}

/* store_row_fn */
static int on_row(void *context, const struct exchange *exchange,
		  const struct exchange_names *names, unsigned directions)
{
	return aggregate__add(context, exchange, names, directions);
}

/* store_rollup_fn */
static int on_rollup(void *context, const struct store_rollup_key *key, uint64_t floor)
{
	struct aggregate_sums sums;

	if (!key) {
		aggregate__add_floor(context, floor);
		return 0;
	}
	sums = (struct aggregate_sums){
		.key = key->key,
		.length = key->length,
		.measures = key->measures,
		.error = key->error,
		.floor = key->floor,
		.latencies = key->latencies,
	};
	return aggregate__add_sums(context, &sums);
}

static void free_parts(struct aggregate **parts, unsigned count)
{
	for (unsigned i = 0; parts && i < count; i++)
		aggregate__free(parts[i]);
	free(parts);
}

/* Return: 0, -ENOMEM */
static int make_parts(const struct aggregate_options *options, unsigned count,
		      struct aggregate ***ret_parts)
{
	struct aggregate **parts = calloc(count, sizeof(*parts));
	int r = parts ? 0 : -ENOMEM;

	for (unsigned i = 0; r == 0 && i < count; i++)
		r = aggregate__new(options, &parts[i]);
	if (r < 0)
		free_parts(parts, count);
	else
		*ret_parts = parts;
	return r;
}

int count_flows(struct query *query, const struct aggregate_options *options, bool by_sums,
		struct aggregate **ret)
{
	struct aggregate **parts;
	struct store_scan scan;
	int r;

	query__scan(query, true, &scan);
	scan.fields = aggregate_fields(options);
	scan.on_row = on_row;
	if (by_sums && !scan.filter && count_dimension(options, &scan.dimension))
		scan.on_rollup = on_rollup;
	scan.workers = store_scan_workers(&scan);
	r = make_parts(options, scan.workers, &parts);
	if (r < 0)
		return log_err(r, "count flows");
	scan.contexts = (void **)parts;
	r = store_reader__scan(query->reader, &scan);
	query__progress_done(query);
	for (unsigned i = 1; r == 0 && i < scan.workers; i++) {
		r = aggregate__merge(parts[0], parts[i]);
		aggregate__free(parts[i]);
		parts[i] = NULL;
	}
	if (r == 0) {
		*ret = parts[0];
		parts[0] = NULL;
	}
	free_parts(parts, scan.workers);
	return r == -ENOMEM ? log_err(r, "count flows; ask for less at a time") : r;
}
