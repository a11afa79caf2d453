// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What a scenario expects. An expectation names the fields that it is about;
 * each is computed as a number and compared exactly, but for figures that go
 * through the histogram (1/128, see stats/histogram.c): those within 1 %.
 */
#include "outcome.h"

#include "packet.h"

#include <inttypes.h>
#include <math.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#define HISTOGRAM_ERROR 0.01

/* How a value is written in a scenario. */
enum kind {
	NUMBER,
	DURATION,
	ABOUT,
	SHARE,
	STATE,
	ADDRESS,
	PROTO,
	NAME,
	TYPE,
	RCODE,
	TUNNEL,
	TEXT,
	TIME
};

/* A value that came, in one of its members. */
struct value {
	int64_t number;
	double about;
	const uint8_t *bytes;
	size_t length;
	const char *text;
};

struct property {
	const char *key;
	enum kind kind;
	struct value (*get)(const void *object);
};

/* Defines a getter of @object, whose type is @type. */
#define GET(function, type, ...)                                                                   \
	static struct value function(const void *object)                                           \
	{                                                                                          \
		const type *o = object;                                                            \
		return (struct value){__VA_ARGS__};                                                \
	}

GET(x_state, struct delivered, .number = o->exchange.state)
GET(x_latency, struct delivered, .number = o->exchange.latency_ns)
GET(x_wait, struct delivered, .number = o->exchange.wait_ns)
GET(x_time, struct delivered, .number = o->exchange.time_ns)
GET(x_end, struct delivered, .number = o->exchange.end_ns)
GET(x_tries, struct delivered, .number = o->exchange.tries)
GET(x_id, struct delivered, .number = o->exchange.id)
GET(x_client, struct delivered, .bytes = o->exchange.client)
GET(x_client_port, struct delivered, .number = o->exchange.client_port)
GET(x_server, struct delivered, .bytes = o->exchange.server)
GET(x_proto, struct delivered, .number = o->exchange.protocol)
GET(x_vlan, struct delivered, .number = o->exchange.vlan[0])
GET(x_if, struct delivered, .number = o->exchange.ifindex)
GET(x_rcode, struct delivered, .number = o->exchange.rcode)
GET(x_name, struct delivered, .bytes = o->name, .length = o->exchange.qname_length)
GET(x_type, struct delivered, .number = o->exchange.qtype)
GET(x_query, struct delivered, .number = o->exchange.query_bytes)
GET(x_response, struct delivered, .number = (int64_t)o->exchange.response_bytes)
GET(x_messages, struct delivered, .number = o->exchange.messages)
GET(x_tunnel, struct delivered, .number = o->exchange.tunnel)
GET(x_tunnel_id, struct delivered, .number = o->exchange.tunnel_id)
GET(x_outer_src, struct delivered, .bytes = o->exchange.outer_src)
GET(x_outer_dst, struct delivered, .bytes = o->exchange.outer_dst)
GET(x_ancount, struct delivered, .number = o->exchange.ancount)
GET(x_rd, struct delivered, .number = o->exchange.recursion_desired)
GET(x_uid, struct delivered, .number = o->exchange.uid)
GET(x_pid, struct delivered, .number = o->exchange.pid)
GET(x_comm, struct delivered, .text = o->exchange.comm)

static const struct property exchange_properties[] = {
	{"state", STATE, x_state},
	{"latency", DURATION, x_latency},
	{"wait", DURATION, x_wait},
	{"time", TIME, x_time},
	{"end", TIME, x_end},
	{"tries", NUMBER, x_tries},
	{"id", NUMBER, x_id},
	{"client", ADDRESS, x_client},
	{"client_port", NUMBER, x_client_port},
	{"server", ADDRESS, x_server},
	{"proto", PROTO, x_proto},
	{"vlan", NUMBER, x_vlan},
	{"if", NUMBER, x_if},
	{"rcode", RCODE, x_rcode},
	{"name", NAME, x_name},
	{"type", TYPE, x_type},
	{"query_bytes", NUMBER, x_query},
	{"response_bytes", NUMBER, x_response},
	{"messages", NUMBER, x_messages},
	{"tunnel", TUNNEL, x_tunnel},
	{"tunnel_id", NUMBER, x_tunnel_id},
	{"outer_src", ADDRESS, x_outer_src},
	{"outer_dst", ADDRESS, x_outer_dst},
	{"answers", NUMBER, x_ancount},
	{"rd", NUMBER, x_rd},
	{"uid", NUMBER, x_uid},
	{"pid", NUMBER, x_pid},
	{"comm", TEXT, x_comm},
	{NULL, NUMBER, NULL},
};

GET(i_start, struct interval, .number = (int64_t)o->start_ns)
GET(i_queries, struct interval, .number = o->queries)
GET(i_answered, struct interval, .number = o->answered)
GET(i_unanswered, struct interval, .number = o->unanswered)
GET(i_late, struct interval, .number = o->late)
GET(i_samples, struct interval, .number = o->samples)
GET(i_median, struct interval, .about = (double)o->median_ns)
GET(i_servfail, struct interval, .number = o->rcodes[2])
GET(i_nxdomain, struct interval, .number = o->rcodes[3])

static const struct property interval_properties[] = {
	{"start", TIME, i_start},	  {"queries", NUMBER, i_queries},
	{"answered", NUMBER, i_answered}, {"unanswered", NUMBER, i_unanswered},
	{"late", NUMBER, i_late},	  {"samples", NUMBER, i_samples},
	{"median", ABOUT, i_median},	  {"servfail", NUMBER, i_servfail},
	{"nxdomain", NUMBER, i_nxdomain}, {NULL, NUMBER, NULL},
};

GET(a_time, struct told, .number = o->alert.time_ns)
GET(a_rule, struct told, .text = o->alert.rule->name)
GET(a_group, struct told, .text = o->group)
GET(a_subject, struct told, .bytes = o->alert.subject)
GET(a_value, struct told, .about = o->alert.value)
GET(a_baseline, struct told, .about = o->alert.baseline)
GET(a_absolute, struct told, .number = (int64_t)o->alert.absolute)
GET(a_relative, struct told, .about = o->alert.relative)
GET(a_samples, struct told, .number = (int64_t)o->alert.samples)
GET(a_forgotten, struct told, .number = o->alert.forgotten)

static const struct property alert_properties[] = {
	{"time", TIME, a_time},
	{"rule", TEXT, a_rule},
	{"group", TEXT, a_group},
	{"subject", ADDRESS, a_subject},
	{"value", ABOUT, a_value},
	{"baseline", ABOUT, a_baseline},
	{"absolute", DURATION, a_absolute},
	{"relative", SHARE, a_relative},
	{"samples", NUMBER, a_samples},
	{"forgotten", NUMBER, a_forgotten},
	{NULL, NUMBER, NULL},
};

GET(c_queries, struct exchange_counters, .number = (int64_t)o->queries)
GET(c_responses, struct exchange_counters, .number = (int64_t)o->responses)
GET(c_answered, struct exchange_counters, .number = (int64_t)o->answered)
GET(c_unanswered, struct exchange_counters, .number = (int64_t)o->unanswered)
GET(c_pending, struct exchange_counters, .number = (int64_t)o->pending)
GET(c_retransmitted, struct exchange_counters, .number = (int64_t)o->retransmitted)
GET(c_evicted, struct exchange_counters, .number = (int64_t)o->evicted)
GET(c_late, struct exchange_counters, .number = (int64_t)o->late)
GET(c_orphan, struct exchange_counters, .number = (int64_t)o->orphan)
GET(c_duplicate, struct exchange_counters, .number = (int64_t)o->duplicate)
GET(c_continued, struct exchange_counters, .number = (int64_t)o->continued)
GET(c_folded, struct exchange_counters, .number = (int64_t)o->folded)
GET(c_short, struct exchange_counters, .number = (int64_t)o->unparsable)
GET(c_label, struct exchange_counters, .number = (int64_t)o->verdicts[DNS_MESSAGE_LABEL])
GET(c_forward, struct exchange_counters, .number = (int64_t)o->verdicts[DNS_MESSAGE_FORWARD])
GET(c_long, struct exchange_counters, .number = (int64_t)o->verdicts[DNS_MESSAGE_LONG])
GET(c_overrun, struct exchange_counters, .number = (int64_t)o->verdicts[DNS_MESSAGE_OVERRUN])

static const struct property count_properties[] = {
	{"queries", NUMBER, c_queries},	    {"responses", NUMBER, c_responses},
	{"answered", NUMBER, c_answered},   {"unanswered", NUMBER, c_unanswered},
	{"pending", NUMBER, c_pending},	    {"retransmitted", NUMBER, c_retransmitted},
	{"evicted", NUMBER, c_evicted},	    {"late", NUMBER, c_late},
	{"orphan", NUMBER, c_orphan},	    {"duplicate", NUMBER, c_duplicate},
	{"continued", NUMBER, c_continued}, {"folded", NUMBER, c_folded},
	{"short", NUMBER, c_short},	    {"label", NUMBER, c_label},
	{"forward", NUMBER, c_forward},	    {"overrun", NUMBER, c_overrun},
	{"long", NUMBER, c_long},	    {NULL, NUMBER, NULL},
};

/* --- comparing -------------------------------------------------------------------------------- */

/* Labels joined by dots; scenarios' names need no escapes. */
static void name_text(const uint8_t *wire, size_t length, char *buf)
{
	size_t at = 0;

	for (size_t i = 0; i < length && wire[i]; i += wire[i] + 1U) {
		if (at)
			buf[at++] = '.';
		memcpy(buf + at, wire + i + 1, wire[i]);
		at += wire[i];
	}
	if (length == 1)
		buf[at++] = '.';
	buf[at] = '\0';
}

/* Read what is expected as the number that would be equal. */
static bool read_number(enum kind kind, const char *text, int64_t epoch_ns, int64_t *ret)
{
	uint64_t number;

	switch (kind) {
	case DURATION:
		return words_duration(text, ret);
	case TIME:
		if (!words_duration(text, ret))
			return false;
		*ret += epoch_ns;
		return true;
	case STATE:
		for (*ret = 0; *ret < EXCHANGE_STATES; ++*ret)
			if (strcmp(exchange_state_name((enum exchange_state) * ret), text) == 0)
				return true;
		return false;
	case PROTO:
		*ret = strcmp(text, "tcp") == 0 ? IPPROTO_TCP : IPPROTO_UDP;
		return true;
	case TYPE:
		*ret = packet_type(text);
		return *ret != 0;
	case RCODE:
		*ret = packet_rcode(text);
		return *ret >= 0;
	case TUNNEL:
		*ret = packet_tunnel(text);
		return *ret >= 0;
	default:
		*ret = 0;
		return words_number(text, &number) && (*ret = (int64_t)number, true);
	}
}

/* Durations and shares ("0.43", "43%"), both as the rules have them. */
static bool read_about(const char *text, double *ret)
{
	int64_t ns;
	char end;

	if (sscanf(text, "%lf%c", ret, &end) == 1)
		return true;
	if (sscanf(text, "%lf%c", ret, &end) == 2 && end == '%') {
		*ret /= 100;
		return true;
	}
	if (!words_duration(text, &ns))
		return false;
	*ret = (double)ns;
	return true;
}

static void compare_about(struct outcome *outcome, const char *key, const char *text, double came)
{
	double expected;

	if (!read_about(text, &expected))
		outcome_fail(outcome, "%s: cannot read '%s'", key, text);
	else if (fabs(came - expected) > HISTOGRAM_ERROR * expected)
		outcome_fail(outcome, "%s is %g, not %s", key, came, text);
}

static void compare_number(struct outcome *outcome, const struct property *p, const char *text,
			   int64_t came)
{
	int64_t expected, epoch_ns = (int64_t)outcome->epoch_ns;

	if (!read_number(p->kind, text, epoch_ns, &expected))
		outcome_fail(outcome, "%s: cannot read '%s'", p->key, text);
	else if (came == expected)
		return;
	else if (p->kind == STATE)
		outcome_fail(outcome, "state is %s, not %s",
			     exchange_state_name((enum exchange_state)came), text);
	else
		outcome_fail(outcome, "%s is %" PRId64 ", not %s", p->key,
			     came - (p->kind == TIME ? epoch_ns : 0), text);
}

static void compare(struct outcome *outcome, const struct property *p, const char *text,
		    const struct value *came)
{
	uint8_t addr[16];
	char name[DNS_NAME_MAX + 1];

	switch (p->kind) {
	case ADDRESS:
		if (!packet_address(text, addr) || memcmp(addr, came->bytes, sizeof(addr)) != 0)
			outcome_fail(outcome, "%s is not %s but ...%u.%u", p->key, text,
				     came->bytes[14], came->bytes[15]);
		return;
	case NAME:
		name_text(came->bytes, came->length, name);
		if (strcmp(name, text) != 0)
			outcome_fail(outcome, "name is '%s', not '%s'", name, text);
		return;
	case TEXT:
		if (strcmp(came->text, text) != 0)
			outcome_fail(outcome, "%s is '%s', not '%s'", p->key, came->text, text);
		return;
	case ABOUT:
	case SHARE:
		compare_about(outcome, p->key, text, came->about);
		return;
	default:
		compare_number(outcome, p, text, came->number);
	}
}

static void compare_all(struct outcome *outcome, struct words *words,
			const struct property *properties, const void *object)
{
	for (const struct property *p = properties; p->key; p++) {
		const char *text = words_value(words, p->key);
		struct value came;

		if (!text)
			continue;
		came = p->get(object);
		compare(outcome, p, text, &came);
	}
}

/* --- expectations ----------------------------------------------------------------------------- */

static void expect_exchange(struct outcome *outcome, struct words *words)
{
	if (outcome->exchange_next == outcome->exchange_count)
		outcome_fail(outcome, "no exchange has ended");
	else
		compare_all(outcome, words, exchange_properties,
			    &outcome->exchanges[outcome->exchange_next++]);
}

static void expect_no_exchange(struct outcome *outcome)
{
	const struct exchange *x;

	if (outcome->exchange_next == outcome->exchange_count)
		return;
	x = &outcome->exchanges[outcome->exchange_next].exchange;
	outcome_fail(outcome, "an exchange came: %s, id %u", exchange_state_name(x->state), x->id);
}

static void expect_alert(struct outcome *outcome, struct words *words)
{
	const struct told *told = &outcome->alerts[outcome->alert_next];
	bool raised = words_flag(words, "raised"), cleared = words_flag(words, "cleared");
	const char *count = words_value(words, "members");
	uint64_t number;

	if (outcome->alert_next == outcome->alert_count) {
		outcome_fail(outcome, "no alert came");
		return;
	}
	outcome->alert_next++;
	if ((told->alert.state == ALERT_RAISED) != raised || raised == cleared)
		outcome_fail(outcome, "the alert was %s", raised ? "cleared" : "raised");
	/* the evidence lives only while it is delivered: its count is what is left of it */
	if (count && (!words_number(count, &number) || number != told->alert.evidence_count))
		outcome_fail(outcome, "evidence of %u servers", told->alert.evidence_count);
	compare_all(outcome, words, alert_properties, told);
}

static void expect_no_alert(struct outcome *outcome)
{
	const struct told *told = &outcome->alerts[outcome->alert_next];

	if (outcome->alert_next < outcome->alert_count)
		outcome_fail(outcome, "an alert came: %s %s, subject ...%u.%u",
			     told->alert.rule->name,
			     told->alert.state == ALERT_RAISED ? "raised" : "cleared",
			     told->alert.subject[14], told->alert.subject[15]);
}

/* The last closed interval of a server. */
static void expect_interval(struct outcome *outcome, struct words *words)
{
	const char *server = words_value(words, "server");
	uint8_t addr[16];

	if (!server || !packet_address(server, addr)) {
		outcome_fail(outcome, "of which server?");
		return;
	}
	for (unsigned i = 0; i < outcome->server_count; i++) {
		if (memcmp(outcome->latest[i].server, addr, sizeof(addr)) != 0)
			continue;
		compare_all(outcome, words, interval_properties, &outcome->latest[i].interval);
		return;
	}
	outcome_fail(outcome, "no interval of %s has closed", server);
}

static void expect_direction(struct outcome *outcome, const struct pipeline *pipeline,
			     struct words *words)
{
	static const char *const names[] = {
		[DIRECTION_UNKNOWN] = "unknown",
		[DIRECTION_BOTH] = "both",
		[DIRECTION_QUERIES_ONLY] = "queries-only",
		[DIRECTION_RESPONSES_ONLY] = "responses-only",
	};
	const char *came = names[pipeline__direction(pipeline)];

	if (!words_flag(words, came))
		outcome_fail(outcome, "direction is %s", came);
}

static void expect_intervals(struct outcome *outcome, struct words *words)
{
	const char *text = words_next(words);
	uint64_t number;

	if (!text || !words_number(text, &number) || number != outcome->intervals)
		outcome_fail(outcome, "%" PRIu64 " intervals were delivered", outcome->intervals);
}

void outcome_expect(struct outcome *outcome, const struct pipeline *pipeline, struct words *words)
{
	bool no = words_flag(words, "no");

	if (words_flag(words, "alert"))
		no ? expect_no_alert(outcome) : expect_alert(outcome, words);
	else if (words_flag(words, "none"))
		expect_no_exchange(outcome);
	else if (words_flag(words, "exchange"))
		expect_exchange(outcome, words);
	else if (words_flag(words, "count"))
		compare_all(outcome, words, count_properties, pipeline__counters(pipeline));
	else if (words_flag(words, "interval"))
		expect_interval(outcome, words);
	else if (words_flag(words, "intervals"))
		expect_intervals(outcome, words);
	else if (words_flag(words, "direction"))
		expect_direction(outcome, pipeline, words);
	else
		outcome_fail(outcome, "expect what?");
}

void outcome_left(struct outcome *outcome)
{
	expect_no_exchange(outcome);
	expect_no_alert(outcome);
}
