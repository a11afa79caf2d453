// SPDX-License-Identifier: GPL-2.0-or-later
/* Lines for people. */
#include "text_out.h"

#include "base/text.h"
#include "dns/message.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Servers in the summary, the busiest: a screenful. All are in `oddns servers` and in JSON. */
#define SERVERS_SHOWN 40

/* Columns of an exchange: what is of nearly fixed width first. */
static const enum field_id columns[] = {
	FIELD_TIME,  FIELD_CLIENT, FIELD_SERVER, FIELD_LATENCY,	  FIELD_RCODE,
	FIELD_STATE, FIELD_QTYPE,  FIELD_QNAME,	 FIELD_CRR_RDATA,
};

/* Characters of an answer. */
#define ANSWER_SHOWN 80

enum { COLUMNS = sizeof(columns) / sizeof(columns[0]) };

/* ECMA-48 section 8.3.117 (SGR) */
static const char red[] = "\033[31m", green[] = "\033[32m", yellow[] = "\033[33m";
static const char plain[] = "\033[0m";

static void start_colour(const struct text_out *out, const char *colour)
{
	if (out->colour && colour)
		fputs(colour, out->file);
}

static void end_line(const struct text_out *out, const char *colour)
{
	if (out->colour && colour)
		fputs(plain, out->file);
	putc('\n', out->file);
}

/* "%-*s ", six times for each exchange: without printf a replay takes a fifth less. */
static void put_padded(FILE *file, const char *text, unsigned width)
{
	static const char spaces[] = "                                                ";
	size_t length = strlen(text);
	size_t padding = (length < width ? width - length : 0) + 1;

	fwrite_unlocked(text, 1, length, file);
	fwrite_unlocked(spaces, 1, padding < sizeof(spaces) ? padding : sizeof(spaces) - 1, file);
}

/* The last column is not padded, for no line ends in blanks; keys and signatures are cut there. */
static void put_column(const struct text_out *out, size_t i, const char *text)
{
	if (i + 1 == COLUMNS)
		fprintf(out->file, "%.*s%s", ANSWER_SHOWN, text,
			strlen(text) > ANSWER_SHOWN ? "..." : "");
	else
		put_padded(out->file, text, fields[columns[i]].width);
}

void text_header(const struct text_out *out)
{
	for (size_t i = 0; i < COLUMNS; i++)
		put_column(out, i, fields[columns[i]].title);
	putc('\n', out->file);
}

/* Microseconds are enough for eyes: "2026-11-21T21:47:31.123456Z". */
static const char *short_time(int64_t ns, char *buf)
{
	char *end = strchr(text_time(ns, buf), 'Z');

	memcpy(end - 3, "Z", 2);
	return buf;
}

static const char *join(const struct field_value *value, char *buf, size_t size)
{
	size_t n = 0;

	buf[0] = '\0';
	for (unsigned i = 0; i < value->item_count && n < size; i++)
		n += (size_t)snprintf(buf + n, size - n, "%s%s", i ? " " : "", value->items[i]);
	return buf;
}

/* A value as people read it; "-" when there is none. @buf: TEXT_TIME_MAX bytes. */
static const char *value_text(enum field_type type, const struct field_value *value, char *buf)
{
	_Static_assert(TEXT_TIME_MAX >= TEXT_DURATION_MAX, "one buffer for all");

	if (!value->known)
		return "-";
	switch (type) {
	case FIELD_TYPE_TIME:
		return short_time(value->number, buf);
	case FIELD_TYPE_DURATION:
		return text_duration(value->number, buf);
	case FIELD_TYPE_INTEGER:
		snprintf(buf, TEXT_TIME_MAX, "%" PRId64, value->number);
		return buf;
	case FIELD_TYPE_STRING:
		return value->text;
	case FIELD_TYPE_LIST:
		return join(value, buf, TEXT_TIME_MAX);
	case FIELD_TYPE_FLAG:
		return value->number ? "yes" : "no";
	case FIELD_TYPE_ERRORS:
	case FIELD_TYPE_RECORDS:
		break; /* too long for a column */
	}
	return "-";
}

void text_exchange(const struct text_out *out, const struct exchange_names *names,
		   const struct exchange *exchange)
{
	const char *colour = exchange->state == EXCHANGE_ANSWERED ? NULL : yellow;
	struct field_value value;
	char buf[TEXT_TIME_MAX];

	start_colour(out, colour);
	for (size_t i = 0; i < COLUMNS; i++) {
		const struct field *field = &fields[columns[i]];

		field->get(exchange, names, &value);
		put_column(out, i, value_text(field->type, &value, buf));
	}
	end_line(out, colour);
}

void text_alert(const struct text_out *out, const struct alert *alert, const char *message)
{
	bool raised = alert->state == ALERT_RAISED;
	const char *colour = raised ? red : green;
	char buf[TEXT_TIME_MAX];

	start_colour(out, colour);
	fprintf(out->file, "%s ALERT %s %s: %s", short_time(alert->time_ns, buf),
		raised ? "raised" : "cleared", alert->rule->name, message);
	end_line(out, colour);
}

/* --- summary -----------------------------------------------------------------------------------
 */

struct ranked {
	uint64_t queries;
	unsigned index; /* in the table, which is in order of address */
};

/* Busiest first, then by address. */
static int compare_ranked(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->queries != y->queries)
		return x->queries < y->queries ? 1 : -1;
	return x->index < y->index ? -1 : x->index > y->index;
}

static const char *standing_text(const struct rule_standing *standing)
{
	if (standing->raised)
		return "odd one out";
	if (!standing->eligible)
		return "too few samples";
	if (!standing->sufficient)
		return "no peers to compare with";
	return "like its peers";
}

static void write_server(const struct text_out *out, const struct server *server,
			 const struct rules *rules)
{
	char address[TEXT_ADDRESS_MAX], median[TEXT_DURATION_MAX], baseline[TEXT_DURATION_MAX];
	struct rule_standing standing = {0};
	struct server_totals totals;

	server__totals(server, &totals);
	if (rules)
		rules__standing(rules, server, &standing);
	fprintf(out->file, "%-15s %9" PRIu64 " %9" PRIu64 " %10" PRIu64 " %9s %9s  ",
		text_address(server__address(server), address), totals.queries, totals.answered,
		totals.unanswered,
		totals.median_ns ? text_duration((int64_t)totals.median_ns, median) : "-",
		standing.sufficient ? text_duration((int64_t)standing.baseline_ns, baseline) : "-");
	start_colour(out, standing.raised ? red : NULL);
	fputs(standing_text(&standing), out->file);
	end_line(out, standing.raised ? red : NULL);
}

static void write_servers(const struct text_out *out, const struct server_table *servers,
			  const struct rules *rules)
{
	unsigned count = server_table__count(servers);
	struct ranked *ranked = calloc(count ? count : 1, sizeof(*ranked));
	struct server_totals totals;

	if (count == 0 || !ranked) {
		free(ranked);
		return;
	}
	for (unsigned i = 0; i < count; i++) {
		server__totals(server_table__at(servers, i), &totals);
		ranked[i] = (struct ranked){.queries = totals.queries, .index = i};
	}
	qsort(ranked, count, sizeof(*ranked), compare_ranked);
	fprintf(out->file, "%-15s %9s %9s %10s %9s %9s  %s\n", "SERVER", "QUERIES", "ANSWERED",
		"UNANSWERED", "MEDIAN", "BASELINE", "STANDING");
	for (unsigned i = 0; i < count && i < SERVERS_SHOWN; i++)
		write_server(out, server_table__at(servers, ranked[i].index), rules);
	if (count > SERVERS_SHOWN)
		fprintf(out->file, "and %u servers with fewer queries\n", count - SERVERS_SHOWN);
	putc('\n', out->file);
	free(ranked);
}

static void write_count(const struct text_out *out, const char *name, uint64_t count,
			const char *meaning)
{
	fprintf(out->file, "  %-21s %12" PRIu64 "  %s\n", name, count, meaning);
}

struct counted {
	const char *name;
	uint64_t count;
	const char *meaning;
};

/* Lines for what happened; @always: the first so many lines also when they count 0. */
static void write_counts(const struct text_out *out, const struct counted *rows, size_t n,
			 size_t always)
{
	for (size_t i = 0; i < n; i++)
		if (i < always || rows[i].count > 0)
			write_count(out, rows[i].name, rows[i].count, rows[i].meaning);
}

static void write_traffic(const struct text_out *out, const struct summary *summary)
{
	const struct exchange_counters *e = summary->exchanges;
	const struct assembly_counters *p = &summary->assembly->packets;
	const struct retries_counters *r = summary->retries;
	const struct counted rows[] = {
		{"packets", summary_packets(summary->source), "on a DNS port"},
		{"queries", e->queries, "sent, repeated ones too"},
		{"responses", e->responses, "seen"},
		{"answered", e->answered, "within the timeout"},
		{"unanswered", e->unanswered, "within the timeout"},
		{exchange_cause_name(CAUSE_PORT), e->causes[CAUSE_PORT],
		 "of them: nobody listens on the port"},
		{exchange_cause_name(CAUSE_HOST), e->causes[CAUSE_HOST],
		 "of them: host or network unreachable"},
		{exchange_cause_name(CAUSE_ADMIN), e->causes[CAUSE_ADMIN],
		 "of them: prohibited on the way"},
		{exchange_cause_name(CAUSE_TOO_BIG), e->causes[CAUSE_TOO_BIG],
		 "of them: packet too big"},
		{"pending", e->pending, "still within the timeout at the end"},
		{"retransmitted", e->retransmitted, "queries sent again while pending"},
		{"late", e->late, "responses after the timeout"},
		{"orphan", e->orphan, "responses without a query that was seen"},
		{"duplicate", e->duplicate, "further responses to an answered query"},
		{"continued", e->continued, "further messages of a zone transfer"},
		{"unsampled", e->unsampled, "responses to queries left out under overload"},
		{"folded", e->folded, "packets seen at two places, counted once"},
		{"quoted", e->quoted, "ICMP errors about a query"},
		{"multicast", e->multicast, "messages of multicast DNS"},
		{"malformed", exchange_counters__malformed(e),
		 "messages that are not all readable, matched all the same"},
		{"cut", e->verdicts[DNS_MESSAGE_CUT], "messages of which not all was captured"},
		{"truncated", r->truncated, "answers with TC over UDP"},
		{"retried", r->retried, "of these, asked again over TCP"},
		{"abandoned", r->abandoned, "of these, not asked again over TCP"},
		{"unknown", r->unknown, "of these, of which that is not known"},
		{"coalesced", p->coalesced, "messages that shared packets with others"},
		{"joined", p->joined, "packets that were parts of messages only"},
	};

	write_counts(out, rows, sizeof(rows) / sizeof(rows[0]), 5);
}

static void write_frames(const struct text_out *out, const struct capture_counters *capture)
{
	const struct counted rows[] = {
		{"frames", capture->frames, "read from captures"},
		{"skipped", capture->skipped, "frames without IP, by their link header"},
	};

	write_counts(out, rows, sizeof(rows) / sizeof(rows[0]), 1);
}

static void write_drops(const struct text_out *out, const struct source_counters *source,
			unsigned first, unsigned end)
{
	for (unsigned i = first; i < end; i++)
		if (source->drops[i] > 0)
			write_count(out, odd_drop_name((enum odd_drop)i), source->drops[i],
				    odd_drop_remedy((enum odd_drop)i));
}

static void write_unparsable(const struct text_out *out, const struct summary *summary)
{
	uint64_t sum =
		summary_drops(summary->source, ODD_DROP_FIRST_UNPARSABLE, SUMMARY_UNPARSABLE_END) +
		summary->exchanges->unparsable;

	if (sum == 0)
		return;
	fprintf(out->file, "On a DNS port, but not readable: %" PRIu64 "\n", sum);
	write_drops(out, summary->source, ODD_DROP_FIRST_UNPARSABLE, SUMMARY_UNPARSABLE_END);
	if (summary->exchanges->unparsable > 0)
		write_count(out, dns_verdict_name(DNS_MESSAGE_SHORT),
			    summary->exchanges->unparsable, "malformed by its sender");
}

static bool is_loss(const struct assembly_row *row, const struct summary *summary)
{
	return row->remedy && assembly_row__number(row, summary->assembly) > 0;
}

static uint64_t assembly_losses(const struct summary *summary)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < assembly_row_count; i++)
		if (is_loss(&assembly_rows[i], summary))
			sum += assembly_row__number(&assembly_rows[i], summary->assembly);
	return sum;
}

static void write_assembly_loss(const struct text_out *out, const struct summary *summary,
				const struct assembly_row *row)
{
	char name[48];

	snprintf(name, sizeof(name), "%s_%s", row->group, row->name);
	write_count(out, name, assembly_row__number(row, summary->assembly), row->remedy);
}

static void write_lost(const struct text_out *out, const struct summary *summary)
{
	const struct exchange_counters *e = summary->exchanges;
	struct source_counters source = *summary->source;
	uint64_t sum;

	source.drops[ODD_DROP_SHED] = summary_shed(summary);
	sum = summary_drops(&source, ODD_DROP_FIRST_LOST, ODD_DROP_COUNT) + e->evicted +
	      assembly_losses(summary);
	if (sum == 0)
		return;
	fprintf(out->file, "Lost: %" PRIu64 "\n", sum);
	write_drops(out, &source, ODD_DROP_FIRST_LOST, ODD_DROP_COUNT);
	for (unsigned i = 0; i < assembly_row_count; i++)
		if (is_loss(&assembly_rows[i], summary))
			write_assembly_loss(out, summary, &assembly_rows[i]);
	if (e->evicted > 0)
		write_count(out, "evicted", e->evicted,
			    summary_drops(&source, ODD_DROP_SHED, ODD_DROP_SHED + 1)
				    ? "pending queries given up under overload, or for want of room"
				    : "pending queries given up: raise sensor.pending");
}

static void write_not_dns(const struct text_out *out, const struct summary *summary)
{
	uint64_t sum = summary_drops(summary->source, ODD_DROP_FIRST, SUMMARY_NOT_DNS_END);

	if (sum == 0)
		return;
	fprintf(out->file, "Not looked into: %" PRIu64 "\n", sum);
	write_drops(out, summary->source, ODD_DROP_FIRST, SUMMARY_NOT_DNS_END);
}

static void write_encrypted(const struct text_out *out, const struct encrypted_totals *totals)
{
	static const char *const meanings[] = {
		[DOT] = "DNS over TLS, port 853",
		[DOQ] = "DNS over QUIC, port 853",
		[DOH] = "DNS over HTTPS, to resolvers of sensor.resolvers",
		[DOH3] = "the same over HTTP/3",
	};

	if (encrypted_totals__sum(totals) == 0)
		return;
	fprintf(out->file, "Out of sight: %" PRIu64 " connections\n",
		(uint64_t)encrypted_totals__sum(totals));
	for (unsigned i = 0; i < ODD_ENCRYPTED_COUNT; i++)
		if (totals->connections[i] > 0)
			write_count(out, encrypted_name((enum odd_encrypted)i),
				    totals->connections[i], meanings[i]);
}

void text_summary(const struct text_out *out, const struct summary *summary,
		  const struct server_table *servers, const struct rules *rules)
{
	putc('\n', out->file);
	write_servers(out, servers, rules);
	fputs("Counted\n", out->file);
	if (summary->capture)
		write_frames(out, summary->capture);
	write_traffic(out, summary);
	write_unparsable(out, summary);
	write_lost(out, summary);
	write_not_dns(out, summary);
	write_encrypted(out, &summary->source->encrypted);
}
