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
#include "count.h"
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

struct stats {
	struct query query;
	struct aggregate_options options;
	enum aggregate_order order;
	struct aggregate *counted;
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

/* Of what a list of sums left out, only packets have a bound. */
static int count_well(struct stats *stats)
{
	struct aggregate_totals totals;
	int r = count_flows(&stats->query, &stats->options, true, &stats->counted);

	if (r < 0 || stats->order == ORDER_PACKETS)
		return r;
	aggregate__totals(stats->counted, &totals);
	if (totals.floor == 0)
		return 0;
	aggregate__free(stats->counted);
	stats->counted = NULL;
	return count_flows(&stats->query, &stats->options, false, &stats->counted);
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
	int64_t found = aggregate__top(stats->counted, stats->order, top, &rows);
	int r = 0;

	if (found < 0)
		return log_err((int)found, "sort what was counted");
	table.rows = rows;
	table.count = (size_t)found;
	aggregate__totals(stats->counted, &table.totals);
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

	if (!query__read(&verb, argc, argv, &stats.query, &code))
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
		r = query__open(&stats.query);
	if (r == 0)
		r = count_well(&stats);
	if (r == 0)
		r = show(&stats);
	aggregate__free(stats.counted);
	return query__close(&stats.query, r);
}
