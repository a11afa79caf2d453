// SPDX-License-Identifier: GPL-2.0-or-later
/* `oddns alerts`: the alerts of a span with their evidence, and those to come. */
#include "alert/alert_message.h"
#include "base/log.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/query.h"
#include "rule/rule_rows.h"
#include "sink/alert_json.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define DAY_NS (86400LL * 1000000000)

static const struct options_verb verb = {
	.name = "alerts",
	.about = "The alerts that were raised and cleared, with their evidence: what each server "
		 "of the group measured. --format json prints them as they were logged.",
	.takes = OPTION_CONFIG | OPTION_SET | OPTION_FORMAT | OPTION_STORE | OPTION_SPAN |
		 OPTION_FOLLOW | OPTION_OUTPUT,
	.formats = 1u << FORMAT_TEXT | 1u << FORMAT_CSV | 1u << FORMAT_JSON | 1u << FORMAT_PDF |
		   1u << FORMAT_HTML,
	.last_ns = DAY_NS,
};

static const struct document_column columns[] = {
	{"TIME", 20, false, false}, {"STATE", 7, false, false},	  {"SEVERITY", 8, false, false},
	{"RULE", 14, false, false}, {"GROUP", 8, false, false},	  {"SUBJECT", 17, false, false},
	{"VALUE", 8, true, false},  {"BASELINE", 8, true, false}, {"MESSAGE", 60, false, false},
};

/* The keys of JSON; evidence is "server median" of each, in the metric's unit. */
static const struct document_column csv_columns[] = {
	{"time", 30, false, false},	{"state", 7, false, false},
	{"severity", 8, false, false},	{"rule", 14, false, false},
	{"group", 8, false, false},	{"subject", 15, false, false},
	{"metric", 16, false, false},	{"value", 9, true, false},
	{"baseline", 9, true, false},	{"absolute", 9, true, false},
	{"relative", 8, true, false},	{"samples", 8, true, false},
	{"evidence", 40, false, false}, {"message", 60, false, false},
};

#define COLUMNS	    (sizeof(columns) / sizeof(columns[0]))
#define CSV_COLUMNS (sizeof(csv_columns) / sizeof(csv_columns[0]))
enum { TIME, STATE, SEVERITY, RULE, GROUP, SUBJECT, VALUE, BASELINE, MESSAGE };

#define NUMBER_MAX 32

struct listing {
	struct query *query;
	struct document *document; /* NULL: JSON */
	/* the alert listed last: those up to it are not listed again */
	bool has_last;
	int64_t last_time_ns;
	int64_t last_id;
};

/* "2026-11-22T07:18:08Z" */
static const char *second_text(int64_t ns, char *buf)
{
	text_time(ns, buf);
	memcpy(buf + strcspn(buf, "."), "Z", 2);
	return buf;
}

/* What a server of the group measured, below the alert. */
static void add_evidence(struct document *document, const struct rule_row *rule,
			 const struct alert_evidence *evidence)
{
	char server[TEXT_ADDRESS_MAX + 2] = "  ", median[ALERT_VALUE_MAX], said[96];
	const char *cells[COLUMNS] = {"", "", "", "", "", server, "", "", said};
	enum table_colour colours[COLUMNS] = {TABLE_PLAIN};

	text_address(evidence->server, server + 2);
	if (evidence->eligible)
		cells[VALUE] = alert_value_text(rule, evidence->median, median);
	snprintf(said, sizeof(said), "%s%u intervals, %" PRIu64 " samples%s",
		 evidence->odd ? "odd: " : "", evidence->intervals, evidence->samples,
		 evidence->eligible ? "" : "; too few to be compared");
	for (unsigned i = 0; i < COLUMNS; i++)
		colours[i] = evidence->odd ? TABLE_RED : TABLE_DIM;
	document__row(document, cells, colours);
}

static int add_alert(struct document *document, const struct store_alert_row *alert)
{
	const struct rule_row *rule = rule_row_of(alert->rule, alert->metric);
	bool raised = strcmp(alert->state, "raised") == 0;
	char when[TEXT_TIME_MAX], subject[TEXT_ADDRESS_MAX], value[ALERT_VALUE_MAX],
		baseline[ALERT_VALUE_MAX];
	const char *cells[COLUMNS] = {
		[TIME] = second_text(alert->time_ns, when),
		[STATE] = alert->state,
		[SEVERITY] = alert->severity,
		[RULE] = alert->rule,
		[GROUP] = alert->group,
		[SUBJECT] = text_address(alert->subject, subject),
		[VALUE] = alert_value_text(rule, alert->value, value),
		[BASELINE] = alert_value_text(rule, alert->baseline, baseline),
		[MESSAGE] = alert->message,
	};
	enum table_colour colours[COLUMNS] = {TABLE_PLAIN};
	struct alert_evidence *evidence = NULL;
	int n = raised ? alert_json_evidence(alert->json, &evidence) : 0;

	colours[STATE] = colours[VALUE] = raised ? TABLE_RED : TABLE_GREEN;
	document__row(document, cells, colours);
	for (int i = 0; i < n; i++)
		add_evidence(document, rule, &evidence[i]);
	free(evidence);
	return n == -ENOMEM ? n : 0;
}

/* All of them in one cell; "" when the stored line tells none. Return: 0, -ENOMEM */
static int evidence_cell(const struct store_alert_row *alert, char **ret_text)
{
	struct alert_evidence *evidence = NULL;
	int n = alert_json_evidence(alert->json, &evidence);
	char address[TEXT_ADDRESS_MAX], *text = NULL;
	size_t size;
	FILE *out = n == -ENOMEM ? NULL : open_memstream(&text, &size);

	for (int i = 0; out && i < n; i++) {
		fprintf(out, "%s%s ", i ? "; " : "", text_address(evidence[i].server, address));
		if (evidence[i].eligible)
			fprintf(out, "%.15g", evidence[i].median);
		else
			fputs("-", out);
	}
	free(evidence);
	if (!out || fclose(out) != 0) {
		free(text);
		return -ENOMEM;
	}
	*ret_text = text;
	return 0;
}

static int add_csv_alert(struct document *document, const struct store_alert_row *alert)
{
	char when[TEXT_TIME_MAX], subject[TEXT_ADDRESS_MAX], numbers[5][NUMBER_MAX], *evidence;
	const double values[] = {alert->value, alert->baseline, alert->absolute, alert->relative};
	int r = evidence_cell(alert, &evidence);
	const char *cells[CSV_COLUMNS] = {
		text_time(alert->time_ns, when),
		alert->state,
		alert->severity,
		alert->rule,
		alert->group,
		text_address(alert->subject, subject),
		alert->metric,
		numbers[0],
		numbers[1],
		numbers[2],
		numbers[3],
		numbers[4],
		evidence,
		alert->message,
	};

	if (r < 0)
		return r;
	for (unsigned i = 0; i < 4; i++)
		snprintf(numbers[i], NUMBER_MAX, "%.15g", values[i]);
	snprintf(numbers[4], NUMBER_MAX, "%" PRIu64, alert->samples);
	document__row(document, cells, NULL);
	free(evidence);
	return 0;
}

/* The line as it was logged, with its newline. */
static void print_line(FILE *out, const char *json)
{
	fprintf(out, "%.*s\n", (int)strcspn(json, "\n"), json);
}

static int on_alert(void *context, const struct store_alert_row *alert)
{
	struct listing *listing = context;
	int r;

	if (listing->has_last &&
	    (alert->time_ns < listing->last_time_ns ||
	     (alert->time_ns == listing->last_time_ns && alert->id <= listing->last_id)))
		return 0;
	if (query__stopped())
		return -EINTR;
	listing->has_last = true;
	listing->last_time_ns = alert->time_ns;
	listing->last_id = alert->id;
	if (!listing->document) {
		print_line(listing->query->out, alert->json);
		return 0;
	}
	r = listing->query->options.format == FORMAT_CSV ? add_csv_alert(listing->document, alert)
							 : add_alert(listing->document, alert);
	return r < 0 ? log_err(r, "list alerts") : 0;
}

/* Once a second, the store as it is then: its segments come and go. */
static int follow(struct listing *listing)
{
	const struct timespec second = {.tv_sec = 1};
	struct store_span span = listing->query->span;
	int r = 0;

	while (r == 0) {
		struct store_reader *reader;

		if (fflush(listing->query->out) != 0)
			return log_err(-errno, "write alerts");
		nanosleep(&second, NULL);
		if (query__stopped())
			break;
		if (listing->has_last)
			span.since_ns = listing->last_time_ns;
		r = store_reader__open(listing->query->options.settings->store.dir, &reader);
		if (r < 0)
			break;
		r = store_reader__alerts(reader, &span, on_alert, listing);
		store_reader__close(reader);
	}
	return r == -EINTR ? 0 : r;
}

static int list(struct listing *listing)
{
	struct query *query = listing->query;
	int r = store_reader__alerts(query->reader, &query->span, on_alert, listing);

	if (r == 0 && query->options.follow)
		r = follow(listing);
	return r;
}

static int list_document(struct listing *listing)
{
	struct query *query = listing->query;
	bool csv = query->options.format == FORMAT_CSV;
	int r = query__document(query, "DNS alerts", false, &listing->document), closed;

	if (r < 0)
		return r;
	document__table(listing->document, NULL, csv ? csv_columns : columns,
			csv ? CSV_COLUMNS : COLUMNS);
	r = list(listing);
	document__table_end(listing->document, "No alerts in this time.");
	closed = query__document_close(query, listing->document);
	return r < 0 ? r : closed;
}

/* A page is whole or it is none, and so is a file. Return: 0, -EINVAL after reporting */
static int check_follow(const struct cmd_options *options)
{
	const char *why = NULL;

	if (!options->follow)
		return 0;
	if (options->format == FORMAT_PDF || options->format == FORMAT_HTML)
		why = "pages cannot grow; use --format text, csv or json";
	else if (options->output)
		why = "FILE would never be whole; redirect standard output";
	else if (options->until)
		why = "has no end; leave --until out";
	if (!why)
		return 0;
	log_err(0, "%s: --follow: %s", verb.name, why);
	return -EINVAL;
}

int cmd_alerts(int argc, char **argv)
{
	struct query query;
	struct listing listing = {.query = &query};
	int code, r;

	if (!query__read(&verb, argc, argv, &query, &code))
		return code;
	if (check_follow(&query.options) < 0) {
		query__close(&query, -EINVAL);
		return CMD_USAGE;
	}
	r = query__open(&query);
	if (r == 0)
		r = query.options.format == FORMAT_JSON ? list(&listing) : list_document(&listing);
	return query__close(&query, r);
}
