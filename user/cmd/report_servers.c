// SPDX-License-Identifier: GPL-2.0-or-later
/* The chapter of servers: their table, a picture of each group, the alerts. */
#include "alert/alert_message.h"
#include "base/text.h"
#include "cmd/report_chapters.h"
#include "cmd/server_chart.h"
#include "cmd/servers_table.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void write_table(struct report *report)
{
	unsigned n = server_history__count(report->servers);

	servers_table__begin(report->document, report->csv, "Servers by group");
	for (unsigned i = 0; i < n; i++)
		servers_table__row(report->document, report->csv,
				   &server_history__at(report->servers, i)->state);
	document__table_end(report->document, "No server has answered in this time.");
}

static bool same_group(const struct server_past *a, const struct server_past *b)
{
	if (!a->state.group || !b->state.group)
		return a->state.group == b->state.group;
	return strcmp(a->state.group, b->state.group) == 0;
}

static int draw_groups(struct report *report)
{
	unsigned n = server_history__count(report->servers);
	const struct server_past **servers = calloc(n + 1u, sizeof(struct server_past *));
	int r = servers ? 0 : -ENOMEM;

	for (unsigned i = 0; servers && i < n; i++)
		servers[i] = server_history__at(report->servers, i);
	for (unsigned first = 0, end; first < n && r == 0; first = end) {
		for (end = first + 1; end < n && same_group(servers[first], servers[end]); end++)
			;
		r = server_chart__draw(report->document, servers + first, end - first,
				       &report->span, server_history__interval_ns(report->servers));
	}
	free(servers);
	return r;
}

static void write_alert(struct report *report, const struct report_alert *alert)
{
	const struct rule_row *rule = rule_row_of(alert->rule, alert->metric);
	char when[TEXT_TIME_MAX], subject[TEXT_ADDRESS_MAX], value[ALERT_VALUE_MAX],
		baseline[ALERT_VALUE_MAX];
	const char *cells[] = {when,	    alert->state, text_address(alert->subject, subject),
			       alert->rule, alert->group, value,
			       baseline};
	enum table_colour colours[7] = {TABLE_PLAIN};

	text_time(alert->time_ns, when);
	memcpy(when + strcspn(when, "."), "Z", 2);
	if (report->csv) {
		snprintf(value, sizeof(value), "%.15g", alert->value);
		snprintf(baseline, sizeof(baseline), "%.15g", alert->baseline);
	} else {
		alert_value_text(rule, alert->value, value);
		alert_value_text(rule, alert->baseline, baseline);
	}
	colours[1] = strcmp(alert->state, "raised") == 0 ? TABLE_RED : TABLE_GREEN;
	document__row(report->document, cells, colours);
}

static void write_alerts(struct report *report)
{
	static const struct document_column columns[] = {
		{"TIME", 20, false, false},    {"STATE", 8, false, false},
		{"SERVER", 15, false, false},  {"RULE", 15, false, false},
		{"GROUP", 10, false, false},   {"VALUE", 10, true, false},
		{"BASELINE", 10, true, false},
	};
	const struct report_alerts *alerts = &report->alerts;
	uint64_t first = 0;
	char text[96];

	if (alerts->count > REPORT_ALERTS_MAX) {
		first = alerts->count - REPORT_ALERTS_MAX;
		snprintf(text, sizeof(text),
			 "The last %d of %" PRIu64 " alerts; see oddns alerts for all.",
			 REPORT_ALERTS_MAX, alerts->count);
	}
	document__table(report->document, "Alerts", columns, sizeof(columns) / sizeof(columns[0]));
	for (uint64_t i = first; i < alerts->count; i++)
		write_alert(report, &alerts->latest[i % REPORT_ALERTS_MAX]);
	document__table_end(report->document, "No alerts in this time.");
	if (first)
		document__paragraph(report->document, text);
}

/* The rule in words, as the table's standing is its verdict on the whole time. */
static void explain(struct report *report)
{
	const struct rule_settings *rule = &report->query->options.settings->rules[RULE_LATENCY];
	char absolute[TEXT_DURATION_MAX], text[400];

	snprintf(text, sizeof(text),
		 "Baseline: the median of all servers' interval medians in the group. Odd: a "
		 "server whose median lies more than %s and more than %.3g %% above it, unless its "
		 "group has limits of its own; or whose share of unanswered queries or of SERVFAIL "
		 "stands out alike. This is for the whole time; alerts tell of shorter ones.",
		 text_duration((int64_t)rule->absolute, absolute), rule->relative * 100);
	document__paragraph(report->document, text);
}

int report_servers(struct report *report)
{
	int r;

	write_table(report);
	explain(report);
	r = draw_groups(report);
	write_alerts(report);
	return r;
}
