// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * JSON Lines. jansson writes what is rare: intervals, alerts, the summary. An
 * exchange took it 6.8 us (34 values allocated, hashed and freed), more than
 * all stages before it together, so exchanges have an emitter of their own
 * below, at an eighth of that. It can be small because the names of fields
 * are ours and texts are printable ASCII already: '"' and '\' need care, and
 * for safety's sake everything that is not printable.
 */
#include "json.h"

#include "base/text.h"
#include "dns/codes.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

/*
 * Longest line: five texts (name, interface, user, command, unit) of up to
 * FIELD_TEXT_MAX bytes, each byte as two at most (printable; '"' and '\' are
 * escaped), and 34 keys with short values, under 2000 bytes.
 */
#define LINE_MAX_BYTES (5 * 2 * FIELD_TEXT_MAX + 2048)

/* A line as far as it is written. What does not fit is left out, by the bound above nothing. */
struct line {
	size_t length;
	char text[LINE_MAX_BYTES];
};

static void put_bytes(struct line *line, const char *bytes, size_t n)
{
	if (n > sizeof(line->text) - line->length)
		return;
	memcpy(line->text + line->length, bytes, n);
	line->length += n;
}

static void put_char(struct line *line, char c)
{
	put_bytes(line, &c, 1);
}

/* RFC 8259 section 7. */
static void put_escaped(struct line *line, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";
	const char unicode[] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 0xf]};
	const char pair[] = {'\\', (char)c};

	if (c == '"' || c == '\\')
		put_bytes(line, pair, sizeof(pair));
	else
		put_bytes(line, unicode, sizeof(unicode));
}

static void put_string(struct line *line, const char *text)
{
	const char *run = text;

	put_char(line, '"');
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c >= 0x20 && c < 0x7f && c != '"' && c != '\\')
			continue;
		put_bytes(line, run, (size_t)(text - run));
		put_escaped(line, c);
		run = text + 1;
	}
	put_bytes(line, run, (size_t)(text - run));
	put_char(line, '"');
}

static void put_integer(struct line *line, int64_t number)
{
	char digits[20]; /* of 2^63, and a sign */
	char *p = digits + sizeof(digits);
	uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number;

	do
		*--p = (char)('0' + rest % 10);
	while (rest /= 10);
	if (number < 0)
		*--p = '-';
	put_bytes(line, p, (size_t)(digits + sizeof(digits) - p));
}

static void put_list(struct line *line, const struct field_value *value)
{
	put_char(line, '[');
	for (unsigned i = 0; i < value->item_count; i++) {
		if (i > 0)
			put_char(line, ',');
		put_string(line, value->items[i]);
	}
	put_char(line, ']');
}

static void put_value(struct line *line, enum field_type type, const struct field_value *value)
{
	char buf[TEXT_TIME_MAX];

	if (!value->known) {
		put_bytes(line, "null", 4);
		return;
	}
	switch (type) {
	case FIELD_TYPE_TIME:
		put_string(line, text_time(value->number, buf));
		break;
	case FIELD_TYPE_DURATION:
	case FIELD_TYPE_INTEGER:
		put_integer(line, value->number);
		break;
	case FIELD_TYPE_STRING:
		put_string(line, value->text);
		break;
	case FIELD_TYPE_LIST:
		put_list(line, value);
		break;
	}
}

void json_exchange(FILE *out, const struct json_names *names, const struct exchange *exchange)
{
	static const char start[] = "{\"type\":\"exchange\"";
	struct field_value value;
	struct line line;

	line.length = 0;
	put_bytes(&line, start, sizeof(start) - 1);
	for (size_t i = 0; i < FIELDS; i++) {
		put_bytes(&line, ",\"", 2);
		put_bytes(&line, fields[i].name, strlen(fields[i].name));
		put_bytes(&line, "\":", 2);
		fields[i].get(exchange, &names->exchange, &value);
		put_value(&line, fields[i].type, &value);
	}
	put_bytes(&line, "}\n", 2);
	fwrite_unlocked(line.text, 1, line.length, out);
}

/* --- what is rare ------------------------------------------------------------------------------
 */

static void set_integer(json_t *object, const char *key, uint64_t number)
{
	json_object_set_new(object, key, json_integer((json_int_t)number));
}

static void set_string(json_t *object, const char *key, const char *text)
{
	json_object_set_new(object, key, text ? json_string(text) : json_null());
}

static void set_time(json_t *object, int64_t ns)
{
	char buf[TEXT_TIME_MAX];

	set_string(object, "time", text_time(ns, buf));
}

static void set_address(json_t *object, const char *key, const uint8_t addr[16])
{
	char buf[TEXT_ADDRESS_MAX];

	set_string(object, key, text_address(addr, buf));
}

/* A number in a metric's unit. */
static void set_metric(json_t *object, const char *key, enum metric_unit unit, double number)
{
	json_t *value = unit == UNIT_NS ? json_integer(llround(number)) : json_real(number);

	json_object_set_new(object, key, value ? value : json_null());
}

static void write_line(FILE *out, json_t *object)
{
	/* 15 digits: all that a share of counts can tell, and 0.3 stays 0.3 */
	json_dumpf(object, out, JSON_COMPACT | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(15));
	putc_unlocked('\n', out);
	json_decref(object);
}

static json_t *rcode_counts(const struct interval *interval)
{
	json_t *counts = json_object();
	char buf[DNS_CODE_TEXT_MAX];

	for (unsigned i = 0; i < INTERVAL_RCODES; i++) {
		bool is_last = i == INTERVAL_RCODES - 1;

		if (interval->rcodes[i] > 0)
			set_integer(counts, is_last ? "OTHER" : dns_rcode_text((uint16_t)i, buf),
				    interval->rcodes[i]);
	}
	return counts;
}

void json_interval(FILE *out, const struct json_names *names, const struct server *server,
		   const struct interval *interval)
{
	const struct {
		const char *key;
		uint64_t ns;
	} latencies[] = {
		{"median_ns", interval->median_ns},
		{"p90_ns", interval->p90_ns},
		{"p99_ns", interval->p99_ns},
	};
	json_t *o = json_object();

	set_string(o, "type", "interval");
	set_time(o, (int64_t)interval->start_ns);
	set_address(o, "server", server__address(server));
	set_string(o, "group", names->group ? names->group(names->context, server) : NULL);
	set_integer(o, "queries", interval->queries);
	set_integer(o, "answered", interval->answered);
	set_integer(o, "unanswered", interval->unanswered);
	json_object_set_new(o, "rcodes", rcode_counts(interval));
	for (size_t i = 0; i < sizeof(latencies) / sizeof(latencies[0]); i++)
		json_object_set_new(o, latencies[i].key,
				    interval->samples ? json_integer((json_int_t)latencies[i].ns)
						      : json_null());
	set_integer(o, "samples", interval->samples);
	set_integer(o, "sampled", interval->sampled);
	write_line(out, o);
}

static json_t *evidence_list(const struct alert *alert)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < alert->evidence_count; i++) {
		const struct alert_evidence *evidence = &alert->evidence[i];
		json_t *o = json_object();

		set_address(o, "server", evidence->server);
		if (evidence->eligible)
			set_metric(o, "median", alert->rule->unit, evidence->median);
		else
			json_object_set_new(o, "median", json_null());
		set_integer(o, "intervals", evidence->intervals);
		set_integer(o, "samples", evidence->samples);
		json_object_set_new(o, "eligible", json_boolean(evidence->eligible));
		json_object_set_new(o, "odd", json_boolean(evidence->odd));
		json_array_append_new(list, o);
	}
	return list;
}

void json_alert(FILE *out, const struct alert *alert, const char *message)
{
	bool raised = alert->state == ALERT_RAISED;
	enum metric_unit unit = alert->rule->unit;
	json_t *o = json_object();

	set_string(o, "type", "alert");
	set_time(o, alert->time_ns);
	set_string(o, "rule", alert->rule->name);
	set_string(o, "state", raised ? "raised" : "cleared");
	set_string(o, "severity", raised ? "warning" : "notice"); /* syslog(3)'s 4 and 5 */
	set_string(o, "group", alert->group);
	set_address(o, "subject", alert->subject);
	set_string(o, "metric", alert->rule->metric);
	set_metric(o, "value", unit, alert->value);
	set_metric(o, "baseline", unit, alert->baseline);
	set_metric(o, "absolute", unit, alert->absolute);
	set_metric(o, "relative", UNIT_SHARE, alert->relative);
	json_object_set_new(o, "evidence", evidence_list(alert));
	set_string(o, "message", message);
	write_line(out, o);
}

static void set_drops(json_t *object, const struct source_counters *source, unsigned first,
		      unsigned end)
{
	for (unsigned i = first; i < end; i++)
		set_integer(object, odd_drop_name((enum odd_drop)i), source->drops[i]);
}

static json_t *unparsable_counts(const struct summary *summary)
{
	json_t *o = json_object();

	set_drops(o, summary->source, ODD_DROP_FIRST_UNPARSABLE, SUMMARY_UNPARSABLE_END);
	set_integer(o, dns_verdict_name(DNS_MESSAGE_SHORT), summary->exchanges->unparsable);
	return o;
}

static json_t *malformed_counts(const struct summary *summary)
{
	json_t *o = json_object();

	for (unsigned i = DNS_MESSAGE_MALFORMED; i < DNS_MESSAGE_UNPARSABLE; i++)
		set_integer(o, dns_verdict_name((enum dns_verdict)i),
			    summary->exchanges->malformed[i]);
	return o;
}

static json_t *drop_counts(const struct summary *summary, unsigned first, unsigned end)
{
	json_t *o = json_object();

	set_drops(o, summary->source, first, end);
	return o;
}

/* Counters of a group of assembly's table. */
static json_t *assembly_counts(const struct summary *summary, const char *group)
{
	json_t *o = json_object();

	for (unsigned i = 0; i < assembly_row_count; i++)
		if (strcmp(assembly_rows[i].group, group) == 0)
			set_integer(o, assembly_rows[i].name,
				    assembly_row__number(&assembly_rows[i], summary->assembly));
	return o;
}

static json_t *lost_counts(const struct summary *summary)
{
	json_t *o = drop_counts(summary, ODD_DROP_FIRST_LOST, SUMMARY_LOST_END);

	set_integer(o, odd_drop_name(ODD_DROP_SHED), summary_shed(summary));
	return o;
}

static json_t *encrypted_counts(const struct encrypted_totals *totals)
{
	json_t *o = json_object();

	for (unsigned i = 0; i < ODD_ENCRYPTED_COUNT; i++)
		set_integer(o, encrypted_name((enum odd_encrypted)i), totals->connections[i]);
	return o;
}

void json_summary(FILE *out, const struct summary *summary)
{
	const struct exchange_counters *e = summary->exchanges;
	json_t *o = json_object();

	set_string(o, "type", "summary");
	set_integer(o, "packets", summary_packets(summary->source));
	set_integer(o, "coalesced", summary->assembly->packets.coalesced);
	set_integer(o, "joined", summary->assembly->packets.joined);
	set_integer(o, "queries", e->queries);
	set_integer(o, "responses", e->responses);
	set_integer(o, "answered", e->answered);
	set_integer(o, "unanswered", e->unanswered);
	set_integer(o, "pending", e->pending);
	set_integer(o, "retransmitted", e->retransmitted);
	set_integer(o, "evicted", e->evicted);
	set_integer(o, "late", e->late);
	set_integer(o, "orphan", e->orphan);
	set_integer(o, "duplicate", e->duplicate);
	set_integer(o, "continued", e->continued);
	set_integer(o, "unsampled", e->unsampled);
	set_integer(o, "folded", e->folded);
	json_object_set_new(o, "malformed", malformed_counts(summary));
	json_object_set_new(o, "unparsable", unparsable_counts(summary));
	json_object_set_new(o, "lost", lost_counts(summary));
	json_object_set_new(o, "not_dns",
			    drop_counts(summary, ODD_DROP_FIRST, SUMMARY_NOT_DNS_END));
	json_object_set_new(o, "encrypted", encrypted_counts(&summary->source->encrypted));
	json_object_set_new(o, "fragments", assembly_counts(summary, "fragments"));
	json_object_set_new(o, "tcp", assembly_counts(summary, "tcp"));
	if (summary->capture) {
		set_integer(o, "frames", summary->capture->frames);
		set_integer(o, "skipped", summary->capture->skipped);
	}
	write_line(out, o);
}
