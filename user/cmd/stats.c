// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * oddns stats: what the store holds, added up by any fields.
 *
 * Two ways lead there. Minute by minute the store keeps sums of its own for
 * some fields (store/schema.h): when all flows are asked for by one of these,
 * a month takes as long as reading some ten thousand sums. If they have all
 * values they are exact; else packets have a bound, which is said, and an order
 * by anything else starts again with rows. All else is counted row by row, by as many
 * threads as there are processors, each into an aggregate of its own, and so
 * are the rows that have no sums yet.
 */
#include "cmd.h"

#include "base/log.h"
#include "base/text.h"
#include "query.h"
#include "query/aggregate.h"
#include "sink/json.h"
#include "stats_table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define TOP_DEFAULT 10

static const struct options_verb verb = {
	.name = "stats",
	.about = "Add up the DNS flows of the store, of the last hour unless a span or a store is "
		 "named, by the fields of --by: exchanges, packets, bytes, unanswered queries and "
		 "latencies of each value. FILTER picks flows, as 'dns-rcode NXDOMAIN and dst ctry "
		 "0', and each flow counts for itself: by dst-ip, responses count for who receives "
		 "them.",
	.takes = OPTION_CONFIG | OPTION_SET | OPTION_FORMAT | OPTION_FILTER | OPTION_STORE |
		 OPTION_SPAN | OPTION_BY | OPTION_OUTPUT | OPTION_FIELDS,
	.formats = 1u << FORMAT_TEXT | 1u << FORMAT_JSON | 1u << FORMAT_CSV | 1u << FORMAT_HTML |
		   1u << FORMAT_PDF,
	.last_ns = 3600 * 1000000000LL,
};

static const char *const order_names[] = {
	[ORDER_PACKETS] = "packets",	   [ORDER_BYTES] = "bytes",
	[ORDER_EXCHANGES] = "exchanges",   [ORDER_LATENCY] = "latency",
	[ORDER_UNANSWERED] = "unanswered",
};

#define ORDERS (sizeof(order_names) / sizeof(order_names[0]))

/* Fields of which the store keeps sums. */
static const struct {
	const char *word;
	enum rollup_dimension dimension;
} rollups[] = {
	{"server", ROLLUP_SERVER},   {"client", ROLLUP_CLIENT},	  {"dns-rcode", ROLLUP_RCODE},
	{"dns-qtype", ROLLUP_QTYPE}, {"dns-qname", ROLLUP_QNAME}, {"dns-qname2", ROLLUP_QNAME2},
};

struct stats {
	struct query query;
	struct aggregate_options options;
	enum aggregate_order order;
	unsigned workers;
	struct aggregate **parts; /* one for each worker; the first gets all in the end */
};

/* --- arguments -----------------------------------------------------------------------------------
 */

/* Return: 0, -EINVAL after reporting */
static int add_field(struct stats *stats, const char *word)
{
	const struct operand *operand = query__operand("--by", word);

	if (!operand)
		return -EINVAL;
	for (unsigned i = 0; i < stats->options.by_count; i++)
		if (stats->options.by[i] == operand)
			return log_err(0, "--by '%s': is there twice", operand->word), -EINVAL;
	if (stats->options.by_count == AGGREGATE_BY_MAX)
		return log_err(0, "--by '%s': is one too many; allowed are %d", operand->word,
			       AGGREGATE_BY_MAX),
		       -EINVAL;
	stats->options.by[stats->options.by_count++] = operand;
	return 0;
}

static int choose_fields(struct stats *stats)
{
	char *words, *rest, *word;
	int r = 0;

	if (!stats->query.options.by)
		return log_err(0, "stats: no field; write --by FIELD, see --help-fields"), -EINVAL;
	rest = words = strdup(stats->query.options.by);
	if (!words)
		return log_err(-ENOMEM, "read --by");
	while (r == 0 && (word = strsep(&rest, ",")))
		r = add_field(stats, word);
	free(words);
	return r;
}

static int choose_order(struct stats *stats)
{
	const char *word = stats->query.options.order;
	char shown[160];

	if (!word)
		return 0;
	for (unsigned i = 0; i < ORDERS; i++) {
		if (strcmp(order_names[i], word) != 0)
			continue;
		stats->order = (enum aggregate_order)i;
		return 0;
	}
	text_printable(word, strlen(word), shown, sizeof(shown));
	log_err(0,
		"--order '%s': no such order; allowed packets, bytes, exchanges, latency, "
		"unanswered",
		shown);
	return -EINVAL;
}

/* --- counting ------------------------------------------------------------------------------------
 */

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

/* Sums stand for rows when nothing else is asked for. */
static void use_rollups(const struct stats *stats, struct store_scan *scan)
{
	if (scan->filter || stats->options.by_count != 1)
		return;
	for (size_t i = 0; i < sizeof(rollups) / sizeof(rollups[0]); i++) {
		if (strcmp(rollups[i].word, stats->options.by[0]->word) != 0)
			continue;
		scan->on_rollup = on_rollup;
		scan->dimension = rollups[i].dimension;
	}
}

static int make_parts(struct stats *stats)
{
	int r = 0;

	stats->parts = calloc(stats->workers, sizeof(struct aggregate *));
	if (!stats->parts)
		return -ENOMEM;
	for (unsigned i = 0; r == 0 && i < stats->workers; i++)
		r = aggregate__new(&stats->options, &stats->parts[i]);
	return r;
}

static void free_parts(struct stats *stats)
{
	for (unsigned i = 0; stats->parts && i < stats->workers; i++)
		aggregate__free(stats->parts[i]);
	free(stats->parts);
	stats->parts = NULL;
}

/* What was counted is in the first part then. Return: 0, negative errno after reporting */
static int count(struct stats *stats, bool by_rollups)
{
	struct store_scan scan;
	int r;

	query__scan(&stats->query, true, &scan);
	scan.fields = aggregate_fields(&stats->options);
	scan.on_row = on_row;
	if (by_rollups)
		use_rollups(stats, &scan);
	scan.workers = stats->workers = store_scan_workers(&scan);
	r = make_parts(stats);
	if (r < 0)
		return log_err(r, "count flows");
	scan.contexts = (void **)stats->parts;
	r = store_reader__scan(stats->query.reader, &scan);
	query__progress_done(&stats->query);
	for (unsigned i = 1; r == 0 && i < stats->workers; i++) {
		r = aggregate__merge(stats->parts[0], stats->parts[i]);
		aggregate__free(stats->parts[i]);
		stats->parts[i] = NULL;
	}
	return r == -ENOMEM ? log_err(r, "count flows; narrow filter or span") : r;
}

/* Of what a list of sums left out, only packets have a bound. */
static int count_well(struct stats *stats)
{
	struct aggregate_totals totals;
	int r = count(stats, true);

	if (r < 0 || stats->order == ORDER_PACKETS)
		return r;
	aggregate__totals(stats->parts[0], &totals);
	if (totals.floor == 0)
		return 0;
	free_parts(stats);
	return count(stats, false);
}

/* --- showing -------------------------------------------------------------------------------------
 */

static int show_document(struct stats *stats, const struct stats_table *table)
{
	struct document *document;
	int r = query__document(&stats->query, "DNS statistics", false, &document);

	if (r < 0)
		return r;
	stats_table__write(table, document, NULL);
	stats_table__tell(table, document);
	return query__document_close(&stats->query, document);
}

static int show(struct stats *stats)
{
	uint64_t top = stats->query.options.has_top ? stats->query.options.top : TOP_DEFAULT;
	struct stats_table table = {
		.options = &stats->options,
		.exact = stats->query.options.format == FORMAT_CSV,
	};
	struct aggregate_row *rows;
	int64_t found = aggregate__top(stats->parts[0], stats->order, top, &rows);
	int r = 0;

	if (found < 0)
		return log_err((int)found, "sort what was counted");
	table.rows = rows;
	table.count = (size_t)found;
	aggregate__totals(stats->parts[0], &table.totals);
	if (stats->query.options.format == FORMAT_JSON)
		for (size_t i = 0; i < table.count; i++)
			json_stat(stats->query.out, &stats->options, &rows[i]);
	else
		r = show_document(stats, &table);
	free(rows);
	return r;
}

int cmd_stats(int argc, char **argv)
{
	struct stats stats = {.options = {.groups_max = AGGREGATE_GROUPS_MAX}};
	int code, r;

	if (!query__open(&verb, argc, argv, &stats.query, &code))
		return code;
	r = choose_fields(&stats);
	if (r == 0)
		r = choose_order(&stats);
	if (r == -EINVAL) {
		query__close(&stats.query, r);
		return CMD_USAGE;
	}
	/* without entropy the seed is 0, and somebody who knows that can make it slow */
	if (getrandom(&stats.options.seed, sizeof(stats.options.seed), 0) < 0)
		stats.options.seed = 0;
	if (r == 0)
		r = query__begin(&stats.query);
	if (r == 0)
		r = count_well(&stats);
	if (r == 0)
		r = show(&stats);
	free_parts(&stats);
	return query__close(&stats.query, r);
}
