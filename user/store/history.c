// SPDX-License-Identifier: GPL-2.0-or-later
/* Intervals and alerts: few rows, which have times since 1970 and are sorted by SQLite. */
#include "reader.h"

#include "dns/codes.h"
#include "store/origin.h"
#include "store/reader_data.h"
#include "store/view.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Hands over the row on which @row stands. Return: 0, what the callback returned */
typedef int (*deliver_fn)(sqlite3_stmt *row, const void *receiver);

struct history {
	const char *sql; /* with ?1 <= time_ns < ?2, in order */
	deliver_fn deliver;
	const void *receiver;
};

/* @ret_ended: by the callback. Return: 0, what it returned, negative errno; reported */
static int read_segment(struct segment *segment, const struct store_span *span,
			const struct history *history, bool *ret_ended)
{
	struct view view;
	sqlite3_stmt *row = NULL;
	int r = view__open(segment->path, &segment->error, &view);

	if (r < 0)
		return r == -ENODATA ? 0 : r;
	r = view__prepare(&view, history->sql, &row);
	if (r == 0) {
		sqlite3_bind_int64(row, 1, span->since_ns);
		sqlite3_bind_int64(row, 2, span->until_ns);
	}
	while (r == 0 && (r = view__step(&view, row)) > 0) {
		r = history->deliver(row, history->receiver);
		*ret_ended = r != 0;
	}
	sqlite3_finalize(row);
	view__close(&view);
	return r;
}

static int read_history(struct store_reader *reader, const struct store_span *span,
			const struct history *history)
{
	bool ended = false;
	int first = 0;

	for (unsigned i = 0; i < reader->count; i++) {
		int r;

		if (!segment_overlaps(&reader->segments[i], span))
			continue;
		r = read_segment(&reader->segments[i], span, history, &ended);
		if (ended)
			return r;
		if (first == 0)
			first = r;
	}
	return first;
}

static uint64_t count_of(sqlite3_stmt *row, int i)
{
	int64_t count = sqlite3_column_int64(row, i);

	return count > 0 ? (uint64_t)count : 0;
}

/* --- intervals ---------------------------------------------------------------------------------
 */

struct interval_receiver {
	store_interval_row_fn fn;
	void *context;
};

/* The counter of an RCODE's name; those without one share the last (stats/interval.h). */
static unsigned rcode_slot(const char *name, size_t length)
{
	char buf[DNS_CODE_TEXT_MAX];

	for (unsigned i = 0; i < INTERVAL_RCODES - 1; i++) {
		const char *text = dns_rcode_text((uint16_t)i, buf);

		if (strlen(text) == length && memcmp(text, name, length) == 0)
			return i;
	}
	return INTERVAL_RCODES - 1;
}

/* {"NOERROR":5,"NXDOMAIN":1}: pairs of a name without escapes and a number; ends where it is none.
 */
static void read_rcodes(const char *json, uint32_t ret[INTERVAL_RCODES])
{
	memset(ret, 0, INTERVAL_RCODES * sizeof(*ret));
	while (json && (json = strchr(json, '"'))) {
		const char *end = strchr(json + 1, '"');
		char *behind;
		unsigned long count;

		if (!end || !strchr(": ", end[1]) || end[1] == '\0')
			return;
		end++;
		end += strspn(end, ": ");
		if (!isdigit((unsigned char)*end))
			return;
		count = strtoul(end, &behind, 10);
		ret[rcode_slot(json + 1, strcspn(json + 1, "\""))] +=
			count < UINT32_MAX ? (uint32_t)count : UINT32_MAX;
		json = behind;
	}
}

static int deliver_interval(sqlite3_stmt *row, const void *context)
{
	const struct interval_receiver *receiver = context;
	struct store_interval_row ret = {
		.time_ns = sqlite3_column_int64(row, 0),
		.group = (const char *)sqlite3_column_text(row, 2),
		.queries = count_of(row, 3),
		.answered = count_of(row, 4),
		.unanswered = count_of(row, 5),
		.late = count_of(row, 6),
		.samples = count_of(row, 7),
		.sampled = (unsigned)count_of(row, 8),
		.median_ns = count_of(row, 9),
		.p90_ns = count_of(row, 10),
		.p99_ns = count_of(row, 11),
		.baseline_ns = count_of(row, 12),
	};

	origin_address(row, 1, ret.server);
	read_rcodes((const char *)sqlite3_column_text(row, 13), ret.rcodes);
	return receiver->fn(receiver->context, &ret);
}

int store_reader__intervals(struct store_reader *reader, const struct store_span *span,
			    store_interval_row_fn fn, void *context)
{
	const struct interval_receiver receiver = {fn, context};
	const struct history history = {
		"SELECT time_ns, server, grp, queries, answered, unanswered, late, samples,"
		" sampled, median_ns, p90_ns, p99_ns, baseline_ns, rcodes FROM interval_row"
		" WHERE time_ns>=?1 AND time_ns<?2 ORDER BY time_ns, server, id",
		deliver_interval, &receiver};

	return read_history(reader, span, &history);
}

/* --- alerts ------------------------------------------------------------------------------------
 */

struct alert_receiver {
	store_alert_row_fn fn;
	void *context;
};

static const char *text_of(sqlite3_stmt *row, int i)
{
	const char *text = (const char *)sqlite3_column_text(row, i);

	return text ? text : "";
}

static int deliver_alert(sqlite3_stmt *row, const void *context)
{
	const struct alert_receiver *receiver = context;
	struct store_alert_row ret = {
		.id = sqlite3_column_int64(row, 0),
		.time_ns = sqlite3_column_int64(row, 1),
		.rule = text_of(row, 2),
		.state = text_of(row, 3),
		.severity = text_of(row, 4),
		.group = text_of(row, 5),
		.metric = text_of(row, 7),
		.value = sqlite3_column_double(row, 8),
		.baseline = sqlite3_column_double(row, 9),
		.absolute = sqlite3_column_double(row, 10),
		.relative = sqlite3_column_double(row, 11),
		.samples = count_of(row, 12),
		.message = text_of(row, 13),
		.json = text_of(row, 14),
	};

	origin_address(row, 6, ret.subject);
	return receiver->fn(receiver->context, &ret);
}

int store_reader__alerts(struct store_reader *reader, const struct store_span *span,
			 store_alert_row_fn fn, void *context)
{
	const struct alert_receiver receiver = {fn, context};
	const struct history history = {
		"SELECT id, time_ns, rule, state, severity, grp, subject, metric, value, baseline,"
		" absolute, relative, samples, message, json FROM alert_row"
		" WHERE time_ns>=?1 AND time_ns<?2 ORDER BY time_ns, id",
		deliver_alert, &receiver};

	return read_history(reader, span, &history);
}
