// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `oddns report`: a document of chapters about a span of the store. First all is read that the
 * chosen chapters want (report_tally.c), then they write, one by one.
 */
#include "base/log.h"
#include "cmd/cmd.h"
#include "cmd/report_chapters.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAY_NS (86400LL * 1000000000)

static const struct options_verb verb = {
	.name = "report",
	.about = "A report on a span of time, as PDF, HTML, text or CSV: write -o FILE.pdf. The "
		 "setting report.chapters picks its chapters.",
	.takes = OPTION_CONFIG | OPTION_SET | OPTION_FORMAT | OPTION_STORE | OPTION_SPAN |
		 OPTION_OUTPUT,
	.formats = 1u << FORMAT_TEXT | 1u << FORMAT_CSV | 1u << FORMAT_PDF | 1u << FORMAT_HTML,
	.last_ns = DAY_NS,
};

/* What is chosen, and what that wants. */
struct choice {
	const struct report_chapter **chapters;
	int count;
	unsigned needs;
	uint32_t tallies;
};

static int choose(const struct settings *settings, struct choice *ret)
{
	struct choice choice = {
		.chapters = calloc(report_chapter_count, sizeof(struct report_chapter *)),
	};

	if (!choice.chapters)
		return log_err(-ENOMEM, "choose chapters");
	choice.count = report_chapters_choose(settings->chapters, choice.chapters);
	for (int i = 0; i < choice.count; i++) {
		choice.needs |= choice.chapters[i]->needs;
		choice.tallies |= choice.chapters[i]->tallies;
	}
	if (choice.count < 0)
		free(choice.chapters);
	else
		*ret = choice;
	return choice.count < 0 ? choice.count : 0;
}

/* Open ends are closed by what there is. */
static void close_span(struct report *report)
{
	struct store_span there = {.since_ns = report->query->options.now_ns,
				   .until_ns = report->query->options.now_ns};

	report->span = report->query->span;
	store_reader__span(report->query->reader, &there);
	if (report->span.since_ns == INT64_MIN)
		report->span.since_ns = there.since_ns;
	if (report->span.until_ns == INT64_MAX)
		report->span.until_ns = there.until_ns > report->span.since_ns
						? there.until_ns
						: report->span.since_ns + 1;
}

static void keep_text(char *to, size_t size, const char *text)
{
	snprintf(to, size, "%s", text ? text : "-");
}

static int on_alert(void *context, const struct store_alert_row *row)
{
	struct report *report = context;
	struct report_alerts *alerts = &report->alerts;
	struct report_alert *alert = &alerts->latest[alerts->count++ % REPORT_ALERTS_MAX];

	*alert = (struct report_alert){
		.time_ns = row->time_ns, .value = row->value, .baseline = row->baseline};
	memcpy(alert->subject, row->subject, sizeof(alert->subject));
	keep_text(alert->rule, sizeof(alert->rule), row->rule);
	keep_text(alert->state, sizeof(alert->state), row->state);
	keep_text(alert->group, sizeof(alert->group), row->group);
	keep_text(alert->metric, sizeof(alert->metric), row->metric);
	if (strcmp(row->state, "raised") != 0) {
		alerts->cleared++;
		return 0;
	}
	if (alerts->raised++ == 0)
		alerts->first_ns = row->time_ns;
	alerts->last_ns = row->time_ns;
	server_history__alert(report->servers, row->subject);
	return 0;
}

static int read_servers(struct report *report)
{
	struct store_reader *reader = report->query->reader;
	int r = store_reader__intervals(reader, &report->query->span, server_history__add,
					report->servers);

	if (r == 0)
		r = server_history__judge(report->servers);
	if (r == -ENOMEM)
		log_err(r, "compare servers");
	return r < 0 ? r : store_reader__alerts(reader, &report->query->span, on_alert, report);
}

/* Of whatever daemon left it; one that cannot be read is none. */
static void read_state(struct report *report)
{
	const char *dir = report->query->options.settings->state_dir;
	int64_t pid;

	report->running = state_lock__holder(dir, &pid) == 1;
	if (state__read(dir, &report->state) < 0)
		report->state = NULL;
}

static int read_all(struct report *report, const struct choice *choice)
{
	const struct report_pass pass = {
		.query = report->query,
		.tallies = choice->tallies,
		.totals = choice->needs & REPORT_TOTALS ? &report->totals : NULL,
	};
	int r = report_totals__init(&report->totals, report->span.since_ns, report->span.until_ns);

	if (r == 0)
		r = server_history__new(report->query->options.settings, &report->servers);
	if (r < 0)
		return log_err(r, "make a report");
	if (choice->needs & REPORT_SERVERS)
		r = read_servers(report);
	if (choice->needs & REPORT_STATE)
		read_state(report);
	return r < 0 ? r : report_tallies__fill(&pass, &report->tallies);
}

static int write_chapters(struct report *report, const struct choice *choice)
{
	int r = query__document(report->query, "DNS report", true, &report->document), closed;

	for (int i = 0; i < choice->count && r == 0; i++) {
		const struct report_chapter *chapter = choice->chapters[i];

		if (query__stopped()) {
			r = -EINTR;
			break;
		}
		document__chapter(report->document, chapter->title, chapter->about);
		r = chapter->write(report);
		if (r < 0)
			log_err(r, "write chapter '%s'", chapter->name);
	}
	closed = report->document ? query__document_close(report->query, report->document) : 0;
	return r < 0 ? r : closed;
}

static int make_report(struct query *query, const struct choice *choice)
{
	struct report report = {.query = query, .csv = query->options.format == FORMAT_CSV};
	int r;

	close_span(&report);
	r = read_all(&report, choice);
	query__progress_done(query);
	if (r == 0)
		r = write_chapters(&report, choice);
	report_tallies__done(&report.tallies);
	report_totals__done(&report.totals);
	server_history__free(report.servers);
	state__free(report.state);
	return r;
}

int cmd_report(int argc, char **argv)
{
	struct choice choice;
	struct query query;
	int code, r;

	if (!query__open(&verb, argc, argv, &query, &code))
		return code;
	r = choose(query.options.settings, &choice);
	if (r < 0) {
		query__close(&query, r);
		return r == -ENOMEM ? CMD_FAILED : CMD_USAGE;
	}
	r = query__begin(&query);
	if (r == 0)
		r = make_report(&query, &choice);
	free(choice.chapters);
	return query__close(&query, r);
}
