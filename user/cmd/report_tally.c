// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a report counts, in few passes.
 *
 * Each chapter wants statistics of its own: by other fields, of other flows.
 * Asked one by one, each would read the store once more. So they are rows of a
 * table, a chapter names those it needs, and the passes serve all:
 *
 *	                         ┌ filter ─ aggregate   hosts that get NXDOMAIN
 *	rows ── worker 1 ────────┼ filter ─ aggregate   ... and their names
 *	     └─ worker 2 ── ...  ├ filter ─ aggregate   who asks for PTR
 *	                         └ totals               states, bins of time
 *	rollups of names ────────── aggregate           top names
 *
 * A worker has its own aggregates, which are merged when the pass is over.
 * Tallies with the same filter share its verdict. When nobody wants all
 * exchanges, the store is asked for those only that some filter wants: it looks
 * at less then.
 *
 * What has no filter and one field that the store sums up by minute is taken
 * from there, a pass for each: a day of names is 1440 lists instead of millions
 * of rows. Such counts have a bound of error, which the chapter tells.
 */
#include "report_tally.h"

#include "base/log.h"
#include "cmd/count.h"
#include "cmd/query_lists.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* A tally that reads rows. */
struct counted {
	enum tally_id id;
	const char *text;      /* of the filter; NULL: all */
	struct filter *filter; /* of text; shared when the one before has the same */
	bool owns_filter;
};

/* A pass over rows. */
struct plan {
	const struct report_pass *pass;
	struct report_tallies *tallies;
	struct aggregate_options options[TALLIES];
	struct counted counted[TALLIES];
	unsigned count;
	struct query_lists lists;
	uint64_t seed;
};

/* What a thread counts into. */
struct worker {
	const struct plan *plan;
	struct aggregate *aggregates[TALLIES]; /* by place in plan->counted */
	struct report_totals totals;
};

/* As it is written; NULL: all exchanges. */
static const char *tally_filter(const struct report_tallies *tallies, enum tally_id id)
{
	const struct tally_row *row = &tally_rows[id];
	bool has_list = false;

	if (row->list)
		has_list = strcmp(row->list, TALLY_MAIL_SERVERS) == 0 ? tallies->has_mail_servers
								      : tallies->has_dns_servers;
	return has_list ? row->list_filter : row->filter;
}

/* Is it to be counted at all? FOREIGN is not without its list. */
static bool is_possible(const struct report_tallies *tallies, enum tally_id id)
{
	return tally_rows[id].filter || !tally_rows[id].list || tally_filter(tallies, id);
}

static void prepare_options(struct plan *plan, enum tally_id id)
{
	struct aggregate_options *options = &plan->options[id];

	*options = (struct aggregate_options){.groups_max = TALLY_GROUPS_MAX, .seed = plan->seed};
	while (options->by_count < AGGREGATE_BY_MAX && tally_rows[id].by[options->by_count]) {
		options->by[options->by_count] =
			operand_find(tally_rows[id].by[options->by_count], NULL);
		options->by_count++;
	}
}

/* Does the store keep its sums? Of all flows only, and by one field. */
static bool is_summed(const struct plan *plan, unsigned id)
{
	enum rollup_dimension dimension;

	return !tally_rows[id].filter && !tally_rows[id].list &&
	       count_dimension(&plan->options[id], &dimension);
}

static int compile(struct plan *plan, const char *text, struct filter **ret_filter)
{
	struct filter_lists lists = query_lists__filter(&plan->lists);
	struct filter_error error;
	int r = filter__compile(text, strlen(text), &lists, ret_filter, &error);

	if (r == -EINVAL)
		return log_err(0, "filter '%s': column %u: %s", text, error.column, error.message),
		       r;
	return r < 0 ? log_err(r, "compile filter '%s'", text) : 0;
}

/* Choose what is counted from rows, and compile its filters. Return: 0, or why not; reported */
static int plan_rows(struct plan *plan)
{
	for (unsigned id = 0; id < TALLIES; id++) {
		struct counted *counted = &plan->counted[plan->count];
		int r;

		if (!(plan->pass->tallies & TALLY_BIT(id)) || is_summed(plan, id) ||
		    !is_possible(plan->tallies, (enum tally_id)id))
			continue;
		*counted = (struct counted){
			.id = (enum tally_id)id,
			.text = tally_filter(plan->tallies, (enum tally_id)id),
		};
		plan->count++;
		if (!counted->text)
			continue;
		if (plan->count > 1 && counted[-1].text &&
		    !strcmp(counted[-1].text, counted->text)) {
			counted->filter = counted[-1].filter;
			continue;
		}
		r = compile(plan, counted->text, &counted->filter);
		if (r < 0)
			return r;
		counted->owns_filter = true;
	}
	return 0;
}

/* One filter that lets through what any of them does. */
static int plan_union(struct plan *plan, struct filter **ret_filter)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	int r;

	for (unsigned i = 0; out && i < plan->count; i++)
		if (plan->counted[i].owns_filter)
			fprintf(out, "%s(%s)", i ? " or " : "", plan->counted[i].text);
	if (!out || fclose(out) != 0) {
		free(text);
		return log_err(-ENOMEM, "compile filters");
	}
	r = compile(plan, text, ret_filter);
	free(text);
	return r;
}

static int on_row(void *context, const struct exchange *exchange,
		  const struct exchange_names *names, unsigned directions)
{
	struct worker *worker = context;
	const struct plan *plan = worker->plan;
	const struct filter *last = NULL;
	unsigned matching = 0;

	if (plan->pass->totals)
		report_totals__add(&worker->totals, exchange);
	for (unsigned i = 0; i < plan->count; i++) {
		const struct filter *filter = plan->counted[i].filter;
		int r;

		if (!filter)
			matching = directions;
		else if (filter != last)
			matching = filter__match(filter, exchange, names);
		last = filter;
		if (!matching)
			continue;
		r = aggregate__add(worker->aggregates[i], exchange, names, matching);
		if (r < 0)
			return log_err(r, "count exchanges");
	}
	return 0;
}

static void free_workers(struct worker *workers, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		for (unsigned j = 0; j < TALLIES; j++)
			aggregate__free(workers[i].aggregates[j]);
		report_totals__done(&workers[i].totals);
	}
	free(workers);
}

static int start_worker(const struct plan *plan, struct worker *worker)
{
	const struct report_totals *totals = plan->pass->totals;
	int r = 0;

	worker->plan = plan;
	if (totals)
		r = report_totals__init_like(&worker->totals, totals);
	for (unsigned i = 0; i < plan->count && r == 0; i++)
		r = aggregate__new(&plan->options[plan->counted[i].id], &worker->aggregates[i]);
	return r;
}

/* Put what all workers counted into the first one's, and hand that over. */
static int merge_workers(struct plan *plan, struct worker *workers, unsigned count)
{
	int r = 0;

	for (unsigned i = 0; i < count && plan->pass->totals; i++)
		report_totals__merge(plan->pass->totals, &workers[i].totals);
	for (unsigned i = 0; i < plan->count && r == 0; i++) {
		for (unsigned j = 1; j < count && r == 0; j++) {
			r = aggregate__merge(workers[0].aggregates[i], workers[j].aggregates[i]);
			aggregate__free(workers[j].aggregates[i]);
			workers[j].aggregates[i] = NULL;
		}
		plan->tallies->aggregates[plan->counted[i].id] = workers[0].aggregates[i];
		workers[0].aggregates[i] = NULL;
	}
	return r < 0 ? log_err(r, "count exchanges") : 0;
}

static int scan_with(struct plan *plan, struct store_scan *scan)
{
	unsigned count = store_scan_workers(scan);
	struct worker *workers = calloc(count, sizeof(*workers));
	void **contexts = calloc(count, sizeof(*contexts));
	int r = workers && contexts ? 0 : -ENOMEM;

	for (unsigned i = 0; i < count && r == 0; i++) {
		contexts[i] = &workers[i];
		r = start_worker(plan, &workers[i]);
	}
	if (r < 0) {
		log_err(r, "count exchanges");
	} else {
		scan->contexts = contexts;
		r = store_reader__scan(plan->pass->query->reader, scan);
	}
	if (r == 0)
		r = merge_workers(plan, workers, count);
	free_workers(workers, workers ? count : 0);
	free(contexts);
	return r;
}

/* The pass over rows. */
static int count_rows(struct plan *plan)
{
	struct filter *any = NULL;
	struct store_scan scan;
	bool all = plan->pass->totals;
	int r = 0;

	query__scan(plan->pass->query, true, &scan);
	scan.on_row = on_row;
	if (plan->pass->totals)
		scan.fields |= report_totals_fields();
	for (unsigned i = 0; i < plan->count; i++) {
		all |= !plan->counted[i].filter;
		scan.fields |= aggregate_fields(&plan->options[plan->counted[i].id]);
		if (plan->counted[i].filter)
			scan.fields |= filter__fields(plan->counted[i].filter);
	}
	if (!all)
		r = plan_union(plan, &any);
	scan.filter = any;
	if (r == 0)
		r = scan_with(plan, &scan);
	filter__free(any);
	return r;
}

/* Return: 0, why one that there is cannot be read; reported */
static int find_lists(struct plan *plan)
{
	struct filter_lists lists = query_lists__filter(&plan->lists);

	plan->tallies->has_mail_servers = lists.items(lists.context, TALLY_MAIL_SERVERS);
	plan->tallies->has_dns_servers =
		!plan->lists.unread && lists.items(lists.context, QUERY_LISTS_SERVERS);
	if (plan->lists.unread)
		return log_err(plan->lists.error, "read list '%s'", plan->lists.unread);
	return 0;
}

int report_tallies__fill(const struct report_pass *pass, struct report_tallies *ret)
{
	struct plan plan = {
		.pass = pass,
		.tallies = ret,
		.lists = {.settings = pass->query->options.settings},
	};
	int r;

	/* nobody can aim at a bucket whose hash nobody knows */
	if (getrandom(&plan.seed, sizeof(plan.seed), 0) != sizeof(plan.seed))
		return log_err(-errno, "get random bytes");
	for (unsigned id = 0; id < TALLIES; id++)
		prepare_options(&plan, (enum tally_id)id);
	r = find_lists(&plan);
	if (r == 0)
		r = plan_rows(&plan);
	if (r == 0 && (plan.count > 0 || pass->totals))
		r = count_rows(&plan);
	for (unsigned id = 0; id < TALLIES && r == 0; id++)
		if (pass->tallies & TALLY_BIT(id) && is_summed(&plan, id))
			r = count_flows(pass->query, &plan.options[id], true, &ret->aggregates[id]);
	for (unsigned i = 0; i < plan.count; i++)
		if (plan.counted[i].owns_filter)
			filter__free(plan.counted[i].filter);
	query_lists__done(&plan.lists);
	return r;
}

void report_tallies__done(struct report_tallies *tallies)
{
	for (unsigned id = 0; id < TALLIES; id++)
		aggregate__free(tallies->aggregates[id]);
}
