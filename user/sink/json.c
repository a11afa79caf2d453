// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * JSON Lines of what is rare: intervals, statistics, alerts, the summary, by jansson. Exchanges and
 * episodes are in json_exchange.c.
 */
#include "json.h"

#include "base/text.h"
#include "dns/codes.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

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

/* Of the unanswered. */
static json_t *cause_counts(const struct summary *summary)
{
	json_t *o = json_object();

	for (int i = CAUSE_NONE; i <= CAUSE_LATE; i++)
		set_integer(o, exchange_cause_name((enum exchange_cause)i),
			    summary->exchanges->causes[i]);
	return o;
}

static json_t *llmnr_counts(const struct summary *summary)
{
	json_t *o = json_object();

	set_integer(o, "queries", summary->exchanges->llmnr.queries);
	set_integer(o, "responses", summary->exchanges->llmnr.responses);
	set_integer(o, "answered", summary->exchanges->llmnr.answered);
	set_integer(o, "unanswered", summary->exchanges->llmnr.unanswered);
	return o;
}

static json_t *malformed_counts(const struct summary *summary)
{
	json_t *o = json_object();

	for (unsigned i = DNS_MESSAGE_MALFORMED; i < DNS_MESSAGE_UNPARSABLE; i++)
		set_integer(o, dns_verdict_name((enum dns_verdict)i),
			    summary->exchanges->verdicts[i]);
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

static json_t *truncated_counts(const struct retries_counters *retries)
{
	json_t *o = json_object();

	set_integer(o, "answers", retries->truncated);
	set_integer(o, "retried", retries->retried);
	set_integer(o, "abandoned", retries->abandoned);
	set_integer(o, "unknown", retries->unknown);
	set_integer(o, "open", retries->open);
	return o;
}

static json_t *episode_counts(const struct episodes_counters *episodes)
{
	json_t *o = json_object();

	for (unsigned i = 0; i < EPISODE_OUTCOMES; i++)
		set_integer(o, episode_outcome_name((enum episode_outcome)i),
			    episodes->outcomes[i]);
	set_integer(o, "exchanges", episodes->exchanges);
	set_integer(o, "hurried", episodes->hurried);
	set_integer(o, "crowded", episodes->crowded);
	set_integer(o, "outlived", episodes->outlived);
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
	set_integer(o, "quoted", e->quoted);
	set_integer(o, "quoted_unmatched", e->quoted_unmatched);
	set_integer(o, "multicast", e->multicast);
	set_integer(o, "cut", e->verdicts[DNS_MESSAGE_CUT]);
	json_object_set_new(o, "causes", cause_counts(summary));
	json_object_set_new(o, "llmnr", llmnr_counts(summary));
	json_object_set_new(o, "malformed", malformed_counts(summary));
	json_object_set_new(o, "unparsable", unparsable_counts(summary));
	json_object_set_new(o, "lost", lost_counts(summary));
	json_object_set_new(o, "not_dns",
			    drop_counts(summary, ODD_DROP_FIRST, SUMMARY_NOT_DNS_END));
	json_object_set_new(o, "encrypted", encrypted_counts(&summary->source->encrypted));
	json_object_set_new(o, "fragments", assembly_counts(summary, "fragments"));
	json_object_set_new(o, "tcp", assembly_counts(summary, "tcp"));
	json_object_set_new(o, "truncated", truncated_counts(summary->retries));
	if (summary->episodes)
		json_object_set_new(o, "episodes", episode_counts(summary->episodes));
	if (summary->capture) {
		set_integer(o, "frames", summary->capture->frames);
		set_integer(o, "skipped", summary->capture->skipped);
	}
	write_line(out, o);
}

static json_t *stat_value(const struct operand *operand, const char *text)
{
	if (!text)
		return json_null();
	if (operand->type == OPERAND_NUMBER || operand->type == OPERAND_DURATION)
		return json_integer(strtoll(text, NULL, 10));
	return json_string(text);
}

static void set_latency(json_t *object, const char *key, int64_t ns)
{
	json_object_set_new(object, key, ns < 0 ? json_null() : json_integer(ns));
}

void json_stat(FILE *out, const struct aggregate_options *options, const struct aggregate_row *row)
{
	json_t *o = json_object(), *by = json_object();

	for (unsigned i = 0; i < options->by_count; i++)
		json_object_set_new(by, options->by[i]->word,
				    stat_value(options->by[i], row->values[i]));
	set_string(o, "type", "stat");
	json_object_set_new(o, "by", by);
	set_integer(o, "flows", row->measures.flows);
	set_integer(o, "exchanges", row->measures.exchanges);
	set_integer(o, "packets", row->measures.packets);
	set_integer(o, "packets_low", row->packets_low);
	set_integer(o, "bytes", row->measures.bytes);
	set_integer(o, "unanswered", row->measures.unanswered);
	set_integer(o, "samples", row->samples);
	set_latency(o, "latency_p50_ns", row->latency_p50_ns);
	set_latency(o, "latency_p95_ns", row->latency_p95_ns);
	write_line(out, o);
}
