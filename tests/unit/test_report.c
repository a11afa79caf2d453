// SPDX-License-Identifier: GPL-2.0-or-later
/* The parts of a report that need no store: sums over time, and the choice of chapters. */
#include "cmd/report_chapters.h"
#include "cmd/report_tally_rows.h"
#include "cmd/report_totals.h"

#include <criterion/criterion.h>
#include <criterion/redirect.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define S    1000000000LL
#define HOUR (3600 * S)

static struct exchange exchange_at(int64_t time_ns, enum exchange_state state)
{
	return (struct exchange){
		.time_ns = time_ns,
		.state = state,
		.has_query = state == EXCHANGE_ANSWERED || state == EXCHANGE_UNANSWERED ||
			     state == EXCHANGE_PENDING,
		.has_response = state == EXCHANGE_ANSWERED || state == EXCHANGE_LATE ||
				state == EXCHANGE_ORPHAN,
		.tries = 2,
		.query_bytes = 31,
		.response_bytes = 101,
		.messages = 1,
	};
}

static void add(struct report_totals *totals, int64_t time_ns, enum exchange_state state)
{
	struct exchange exchange = exchange_at(time_ns, state);

	report_totals__add(totals, &exchange);
}

Test(report_totals, bins_are_as_fine_as_a_page_shows_and_divide_an_hour)
{
	static const struct {
		int64_t span_ns, bin_ns;
	} rows[] = {
		{1, S},
		{287 * S, S},
		{288 * S, 5 * S},
		{HOUR, 30 * S},
		{23 * HOUR, 300 * S},
		{24 * HOUR, 600 * S},
		{30 * 24 * HOUR, HOUR},
		{400 * 24 * HOUR, HOUR},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct report_totals totals;

		cr_assert_eq(report_totals__init(&totals, 7 * S, 7 * S + rows[i].span_ns), 0);
		cr_expect_eq(totals.bin_ns, rows[i].bin_ns, "span %zu has bins of %lld", i,
			     (long long)totals.bin_ns);
		cr_expect_eq(HOUR % totals.bin_ns, 0);
		cr_expect_leq(totals.first_ns, 7 * S);
		cr_expect_gt(totals.first_ns + (int64_t)totals.bin_count * totals.bin_ns,
			     7 * S + rows[i].span_ns - 1);
		report_totals__done(&totals);
	}
}

Test(report_totals, states_packets_and_bytes_are_summed)
{
	struct report_totals totals;

	cr_assert_eq(report_totals__init(&totals, 0, HOUR), 0);
	for (unsigned i = 0; i < 7; i++)
		add(&totals, 0, EXCHANGE_ANSWERED);
	for (unsigned i = 0; i < 3; i++)
		add(&totals, 0, EXCHANGE_UNANSWERED);
	add(&totals, 0, EXCHANGE_LATE);
	add(&totals, 0, EXCHANGE_ORPHAN);
	add(&totals, 0, EXCHANGE_PENDING);
	cr_expect_eq(totals.states[EXCHANGE_ANSWERED], 7);
	cr_expect_eq(totals.states[EXCHANGE_UNANSWERED], 3);
	cr_expect_eq(report_totals__queries(&totals), 11, "late and orphan are beside");
	/* 11 queries sent twice, 9 responses */
	cr_expect_eq(totals.packets, 31);
	cr_expect_eq(totals.bytes, 11 * 2 * 31 + 9 * 101);
	report_totals__done(&totals);
}

Test(report_totals, the_busiest_hour_is_a_whole_one_by_the_clock)
{
	struct report_totals totals;
	int64_t hour_ns = -1;

	/* 5 at 02:59, 4 + 3 in the hour from 03:00, 6 from 04:00 */
	cr_assert_eq(report_totals__init(&totals, 2 * HOUR + 1800 * S, 5 * HOUR), 0);
	for (unsigned i = 0; i < 5; i++)
		add(&totals, 3 * HOUR - 60 * S, EXCHANGE_ANSWERED);
	for (unsigned i = 0; i < 4; i++)
		add(&totals, 3 * HOUR, EXCHANGE_ANSWERED);
	for (unsigned i = 0; i < 3; i++)
		add(&totals, 4 * HOUR - 1, EXCHANGE_UNANSWERED);
	for (unsigned i = 0; i < 6; i++)
		add(&totals, 4 * HOUR, EXCHANGE_ANSWERED);
	for (unsigned i = 0; i < 11; i++) /* not exchanges of their own */
		add(&totals, 4 * HOUR, EXCHANGE_LATE);
	cr_expect_eq(report_totals__busiest(&totals, &hour_ns), 7);
	cr_expect_eq(hour_ns, 3 * HOUR);
	report_totals__done(&totals);
}

Test(report_totals, nothing_has_no_busiest_hour)
{
	struct report_totals totals;
	int64_t hour_ns = -1;

	cr_assert_eq(report_totals__init(&totals, 0, 7), 0);
	cr_expect_eq(report_totals__busiest(&totals, &hour_ns), 0);
	cr_expect_eq(hour_ns, -1);
	report_totals__done(&totals);
}

Test(report_totals, merged_sums_are_those_of_one_pass)
{
	struct report_totals whole, parts[2];
	int64_t a = 0, b = 0;

	cr_assert_eq(report_totals__init(&whole, 11 * S, 299 * S), 0);
	for (unsigned i = 0; i < 2; i++)
		cr_assert_eq(report_totals__init_like(&parts[i], &whole), 0);
	for (int64_t i = 0; i < 289; i++) {
		enum exchange_state state = i % 7 ? EXCHANGE_ANSWERED : EXCHANGE_UNANSWERED;

		add(&whole, (11 + i) * S, state);
		add(&parts[i % 2], (11 + i) * S, state);
	}
	report_totals__merge(&parts[0], &parts[1]);
	cr_expect_arr_eq(parts[0].states, whole.states, sizeof(whole.states));
	cr_expect_eq(parts[0].packets, whole.packets);
	cr_expect_eq(parts[0].bytes, whole.bytes);
	cr_expect_arr_eq(parts[0].bins, whole.bins, whole.bin_count * sizeof(*whole.bins));
	cr_expect_eq(report_totals__busiest(&parts[0], &a), report_totals__busiest(&whole, &b));
	for (unsigned i = 0; i < 2; i++)
		report_totals__done(&parts[i]);
	report_totals__done(&whole);
}

Test(report_totals, times_outside_count_in_the_nearest_bin)
{
	struct report_totals totals;

	cr_assert_eq(report_totals__init(&totals, 100 * S, 110 * S), 0);
	add(&totals, -5 * S, EXCHANGE_ANSWERED);
	add(&totals, INT64_MAX, EXCHANGE_ANSWERED);
	cr_expect_eq(totals.bins[0].exchanges, 1);
	cr_expect_eq(totals.bins[totals.bin_count - 1].exchanges, 1);
	report_totals__done(&totals);
}

/* --- chapters -----------------------------------------------------------------------------------
 */

static const char *const *two_servers(void *context, const char *name)
{
	static const char *const items[] = {"192.0.2.53", "2001:db8::/32", NULL};

	(void)context;
	return strcmp(name, "mail_servers") == 0 || strcmp(name, "dns_servers") == 0 ? items : NULL;
}

static const char *no_name(void *context, unsigned i)
{
	(void)context;
	(void)i;
	return NULL;
}

static void expect_filter(const char *text, const struct filter_lists *lists)
{
	struct filter_error error;
	struct filter *filter;
	int r = filter__compile(text, strlen(text), lists, &filter, &error);

	cr_assert_eq(r, 0, "'%s': column %u: %s", text, error.column, error.message);
	filter__free(filter);
}

Test(report_tallies, words_and_filters_of_each_row_are_of_the_language)
{
	const struct filter_lists lists = {.items = two_servers, .name = no_name};

	for (unsigned id = 0; id < TALLIES; id++) {
		const struct tally_row *row = &tally_rows[id];
		unsigned words = 0;

		for (; words < AGGREGATE_BY_MAX && row->by[words]; words++)
			cr_expect_not_null(operand_find(row->by[words], NULL), "tally %u: '%s'", id,
					   row->by[words]);
		cr_expect_gt(words, 0, "tally %u", id);
		cr_expect_eq(row->list != NULL, row->list_filter != NULL, "tally %u", id);
		if (row->filter)
			expect_filter(row->filter, NULL);
		if (row->list_filter)
			expect_filter(row->list_filter, &lists);
	}
}

Test(report_chapters, each_row_is_complete_and_has_a_name_of_its_own)
{
	for (unsigned i = 0; i < report_chapter_count; i++) {
		const struct report_chapter *chapter = &report_chapters[i];

		cr_expect(chapter->name && chapter->title && chapter->about && chapter->write);
		cr_expect(chapter->needs || chapter->tallies, "%s reads nothing", chapter->name);
		cr_expect_eq(chapter->about[strlen(chapter->about) - 1], '.', "%s", chapter->name);
		for (unsigned j = 0; j < i; j++)
			cr_expect_str_neq(chapter->name, report_chapters[j].name);
	}
}

Test(report_chapters, the_default_of_the_setting_names_all)
{
	struct settings *settings = settings__new();
	const struct report_chapter *chosen[32];

	cr_assert_not_null(settings);
	cr_assert_eq(report_chapters_choose(settings->chapters, chosen), (int)report_chapter_count);
	for (unsigned i = 0; i < report_chapter_count; i++)
		cr_expect_eq(chosen[i], &report_chapters[i]);
	settings__free(settings);
}

Test(report_chapters, chapters_come_in_the_order_of_the_setting)
{
	char *words[] = {"hidden", "overview", "mail", NULL};
	const struct report_chapter *chosen[32];

	cr_assert_eq(report_chapters_choose(words, chosen), 3);
	cr_expect_str_eq(chosen[0]->name, "hidden");
	cr_expect_str_eq(chosen[1]->name, "overview");
	cr_expect_str_eq(chosen[2]->name, "mail");
}

Test(report_chapters, no_words_are_all_chapters)
{
	char *none[] = {NULL};
	const struct report_chapter *chosen[32];

	cr_expect_eq(report_chapters_choose(NULL, chosen), (int)report_chapter_count);
	cr_expect_eq(report_chapters_choose(none, chosen), (int)report_chapter_count);
	cr_expect_eq(chosen[0], &report_chapters[0]);
}

Test(report_chapters, an_unknown_word_is_refused_with_the_nearest_and_all_that_are_allowed)
{
	char *words[] = {"overview", "clienst", NULL};
	const struct report_chapter *chosen[32];
	char said[600] = "";
	size_t n;

	cr_redirect_stderr();
	cr_expect_eq(report_chapters_choose(words, chosen), -EINVAL);
	fflush(stderr);
	n = fread(said, 1, sizeof(said) - 1, cr_get_redirected_stderr());
	said[n] = '\0';
	cr_expect(strstr(said, "'clienst': no such chapter, did you mean 'clients'?"), "%s", said);
	for (unsigned i = 0; i < report_chapter_count; i++)
		cr_expect(strstr(strstr(said, "allowed:"), report_chapters[i].name), "%s", said);
}

Test(report_chapters, a_chapter_named_twice_is_refused)
{
	char *words[] = {"mail", "names", "mail", NULL};
	const struct report_chapter *chosen[32];

	cr_redirect_stderr();
	cr_expect_eq(report_chapters_choose(words, chosen), -EINVAL);
	cr_expect_stderr_eq_str("oddns: report.chapters 'mail': named twice; allowed: overview "
				"servers names clients nxdomain mail foreign services hidden\n");
}
