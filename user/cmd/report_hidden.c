// SPDX-License-Identifier: GPL-2.0-or-later
/* The chapter of what is not in the report: encrypted DNS and losses. */
#include "base/text.h"
#include "cmd/losses.h"
#include "cmd/report_chapters.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

/* Names of kinds for people: odd_encrypted has words of a letter or four. */
static const char *const kinds[ODD_ENCRYPTED_COUNT] = {
	[DOT] = "DNS over TLS",
	[DOQ] = "DNS over QUIC",
	[DOH] = "DNS over HTTPS",
	[DOH3] = "DNS over HTTP/3",
};

static const char *count_text(uint64_t count, char buf[24])
{
	snprintf(buf, 24, "%" PRIu64, count);
	return buf;
}

static void write_encrypted(struct report *report)
{
	static const struct document_column columns[] = {
		{"KIND", 20, false, false},
		{"SERVER", 24, false, false},
		{"CONNECTIONS", 12, true, false},
	};
	const struct encrypted_totals *totals = &report->state->source.encrypted;
	char count[24], address[TEXT_ADDRESS_MAX];

	if (!report->state->encrypted) {
		document__paragraph(report->document,
				    "Connections of encrypted DNS are not counted: "
				    "sensor.encrypted is no.");
		return;
	}
	document__table(report->document, "Connections of encrypted DNS", columns, COUNT(columns));
	for (unsigned i = 0; i < ODD_ENCRYPTED_COUNT; i++) {
		const char *cells[] = {kinds[i], "all", count_text(totals->connections[i], count)};

		if (totals->connections[i])
			document__row(report->document, cells, NULL);
	}
	for (unsigned i = 0; i < totals->top_count; i++) {
		const struct encrypted_server *server = &totals->top[i];
		const char *cells[] = {kinds[server->kind], text_address(server->server, address),
				       count_text(server->connections, count)};

		document__row(report->document, cells, NULL);
	}
	document__table_end(report->document, "No connections of encrypted DNS.");
}

static void add_loss(void *context, uint64_t count, const char *name, const char *remedy)
{
	struct report *report = context;
	char text[24];
	const char *cells[] = {count_text(count, text), name, remedy};

	document__row(report->document, cells, NULL);
}

static void write_losses(struct report *report)
{
	static const struct document_column columns[] = {
		{"COUNT", 10, true, false},
		{"REASON", 24, false, false},
		{"CAUSE AND REMEDY", 70, false, false},
	};

	document__table(report->document, "Lost, or not used", columns, COUNT(columns));
	losses_list(report->state, add_loss, report);
	document__table_end(report->document, "Nothing was lost.");
}

/* Counters of the daemon go back to its start, whatever the time of the report. */
static void write_daemon(struct report *report)
{
	char started[TEXT_TIME_MAX], now[TEXT_TIME_MAX], text[240];

	text_time(report->state->started_ns, started);
	text_time(report->state->now_ns, now);
	started[strcspn(started, ".")] = now[strcspn(now, ".")] = '\0';
	snprintf(text, sizeof(text),
		 "As the %s counted, from its start at %sZ to %sZ; not only in the time of this "
		 "report.",
		 report->running ? "running daemon" : "last daemon, which has ended,", started,
		 now);
	document__paragraph(report->document, text);
	write_encrypted(report);
	write_losses(report);
}

/* What the store itself tells of what is missing. */
static void write_store(struct report *report)
{
	static const struct document_column columns[] = {
		{"WHAT", 40, false, false},
		{"COUNT", 10, true, false},
		{"MEANING", 70, false, false},
	};
	uint64_t orphans = report->totals.states[EXCHANGE_ORPHAN];
	unsigned sampled = server_history__sampled(report->servers);
	char count[24];

	document__table(report->document, "In the store", columns, COUNT(columns));
	if (orphans)
		document__row(
			report->document,
			(const char *[]){"responses without a query", count_text(orphans, count),
					 "their queries take a way that is not watched, or were "
					 "sent before the watch began"},
			NULL);
	if (sampled > 1)
		document__row(report->document,
			      (const char *[]){"exchanges of which one was read, at most",
					       count_text(sampled, count),
					       "under overload a sample is read: counts of such "
					       "times are too low"},
			      NULL);
	document__table_end(report->document,
			    "Each response had its query, and no time was sampled.");
}

int report_hidden(struct report *report)
{
	if (report->state)
		write_daemon(report);
	else
		document__paragraph(report->document,
				    "No daemon has left its state on this host: connections of "
				    "encrypted DNS and losses are not known.");
	write_store(report);
	return 0;
}
