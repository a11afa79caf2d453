// SPDX-License-Identifier: GPL-2.0-or-later
/* What the pipeline delivered, held against the contract after each step. */
#include "outcome.h"

#include <inttypes.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void outcome_fail(struct outcome *outcome, const char *format, ...)
{
	va_list arguments;

	if (*outcome->why)
		return;
	va_start(arguments, format);
	vsnprintf(outcome->why, sizeof(outcome->why), format, arguments);
	va_end(arguments);
}

static const struct {
	bool has_query, has_response, has_latency;
} shapes[EXCHANGE_STATES] = {
	[EXCHANGE_ANSWERED] = {true, true, true},     [EXCHANGE_LATE] = {true, true, true},
	[EXCHANGE_UNANSWERED] = {true, false, false}, [EXCHANGE_PENDING] = {true, false, false},
	[EXCHANGE_ORPHAN] = {false, true, false},
};

/* Only what failed has a cause, and what failed has one. */
static bool has_its_cause(const struct exchange *x)
{
	if (x->state == EXCHANGE_PENDING && x->cause != CAUSE_UNKNOWN)
		return x->cause > CAUSE_NONE && x->cause <= CAUSE_TOO_BIG;
	if (x->state == EXCHANGE_UNANSWERED)
		return x->cause >= CAUSE_NONE && x->cause <= CAUSE_TOO_BIG;
	if (x->cause == CAUSE_TRUNCATED)
		return x->state == EXCHANGE_ANSWERED && x->protocol == ODD_IPPROTO_UDP &&
		       x->flags & DNS_FLAG_TC && !x->was_retried;
	return x->cause == (x->state == EXCHANGE_LATE ? CAUSE_LATE : CAUSE_UNKNOWN);
}

/* flow/exchange.h says what each state has, and what is there instead when it has not. */
static void check_exchange(struct outcome *outcome, const struct exchange *x)
{
	const char *state = exchange_state_name(x->state);

	if (!has_its_cause(x))
		outcome_fail(outcome, "%s: cause %d", state, x->cause);
	if (x->state == EXCHANGE_MULTICAST
		    ? x->has_query == x->has_response || x->has_latency
		    : x->has_query != shapes[x->state].has_query ||
			      x->has_response != shapes[x->state].has_response ||
			      x->has_latency != shapes[x->state].has_latency)
		outcome_fail(outcome, "%s: has_query %d, has_response %d, has_latency %d", state,
			     x->has_query, x->has_response, x->has_latency);
	if (!x->has_latency && (x->latency_ns != -1 || x->wait_ns != -1))
		outcome_fail(outcome, "%s: latency %" PRId64 ", wait %" PRId64 " instead of -1",
			     state, x->latency_ns, x->wait_ns);
	if (x->has_latency && x->messages == 1 && x->wait_ns != x->end_ns - x->time_ns)
		outcome_fail(outcome, "%s: wait is not end - time", state);
	if (x->messages > 1 && x->wait_ns > x->end_ns - x->time_ns)
		outcome_fail(outcome, "%s: ends before its first response", state);
	if (x->has_query != (x->tries > 0) || x->has_query != (x->query_bytes > 0) ||
	    x->has_response != (x->response_bytes > 0) || x->has_response != (x->messages > 0))
		outcome_fail(outcome,
			     "%s: tries %u, query %u bytes, response %" PRIu64 " bytes in %u",
			     state, x->tries, x->query_bytes, x->response_bytes, x->messages);
	if (x->tunnel != ODD_TUNNEL_NONE && (x->uid != ODD_NO_UID || x->pid || x->comm[0]))
		outcome_fail(outcome, "%s: a sender beside a tunnel", state);
	if ((x->flags & DNS_FLAG_QR) != (x->has_response ? DNS_FLAG_QR : 0))
		outcome_fail(outcome, "%s: flags are of the wrong message", state);
}

static void take_exchange(void *context, const struct exchange *exchange)
{
	struct outcome *outcome = context;
	struct delivered *d;

	check_exchange(outcome, exchange);
	outcome->ended[exchange->state]++;
	if (outcome->exchange_count == outcome->exchange_max) {
		outcome->exchange_max = 2 * outcome->exchange_max + 256;
		outcome->exchanges = reallocarray(outcome->exchanges, outcome->exchange_max,
						  sizeof(*outcome->exchanges));
		if (!outcome->exchanges)
			abort();
	}
	d = &outcome->exchanges[outcome->exchange_count++];
	d->exchange = *exchange;
	d->exchange.qname = NULL;
	if (exchange->qname_length)
		memcpy(d->name, exchange->qname, exchange->qname_length);
}

static void take_interval(void *context, const struct server *server,
			  const struct interval *interval)
{
	struct outcome *outcome = context;
	unsigned i = 0;

	outcome->intervals++;
	while (i < outcome->server_count &&
	       memcmp(outcome->latest[i].server, server__address(server), 16) != 0)
		i++;
	if (i == OUTCOME_SERVERS)
		return;
	if (i == outcome->server_count)
		outcome->server_count++;
	memcpy(outcome->latest[i].server, server__address(server), 16);
	outcome->latest[i].interval = *interval;
}

static void take_alert(void *context, const struct alert *alert)
{
	struct outcome *outcome = context;
	struct told *told;

	if (outcome->alert_count == sizeof(outcome->alerts) / sizeof(outcome->alerts[0])) {
		outcome_fail(outcome, "more alerts than a scenario can have");
		return;
	}
	told = &outcome->alerts[outcome->alert_count++];
	told->alert = *alert;
	snprintf(told->group, sizeof(told->group), "%s", alert->group);
}

struct pipeline_sinks outcome_sinks(struct outcome *outcome)
{
	return (struct pipeline_sinks){
		.on_exchange = take_exchange,
		.on_interval = take_interval,
		.on_alert = take_alert,
		.context = outcome,
	};
}

void outcome_done(struct outcome *outcome)
{
	free(outcome->exchanges);
}

static void equal(struct outcome *outcome, const char *what, uint64_t a, uint64_t b)
{
	if (a != b)
		outcome_fail(outcome, "identity broken: %s: %" PRIu64 " != %" PRIu64, what, a, b);
}

static void check_causes(struct outcome *outcome, const struct exchange_counters *c)
{
	uint64_t sum = 0;

	for (int i = 0; i < CAUSES; i++)
		sum += c->causes[i];
	equal(outcome, "unanswered = sum of causes", c->unanswered, sum);
	equal(outcome, "late = cause late", c->late, c->causes[CAUSE_LATE]);
	equal(outcome, "causes of what was answered, or none at all",
	      c->causes[CAUSE_UNKNOWN] + c->causes[CAUSE_TRUNCATED], 0);
	if (c->quoted_unmatched > c->quoted)
		outcome_fail(outcome, "%" PRIu64 " quoted unmatched of fewer", c->quoted_unmatched);
}

void outcome_check(struct outcome *outcome, const struct pipeline *pipeline)
{
	const struct exchange_counters *c = pipeline__counters(pipeline);
	const struct retries_counters *r = pipeline__retries(pipeline);
	struct exchange_usage usage = pipeline__usage(pipeline);
	const struct assembly_counters *p;
	struct assembly_totals assembly;
	uint64_t malformed = exchange_counters__malformed(c);

	pipeline__assembly(pipeline, &assembly);
	p = &assembly.packets;
	equal(outcome, "queries = answered + unanswered + pending + retransmitted + evicted",
	      c->queries, c->answered + c->unanswered + c->pending + c->retransmitted + c->evicted);
	equal(outcome, "responses = answered + late + orphan + duplicate + continued + unsampled",
	      c->responses,
	      c->answered + c->late + c->orphan + c->duplicate + c->continued + c->unsampled);
	equal(outcome, "messages = queries + responses + folded + quoted + multicast + unparsable",
	      p->messages,
	      c->queries + c->responses + c->folded + c->quoted + c->multicast + c->unparsable);
	if (malformed > c->queries + c->responses + c->folded + c->multicast)
		outcome_fail(outcome, "%" PRIu64 " malformed of fewer", malformed);
	check_causes(outcome, c);
	equal(outcome, "packets", outcome->handed - outcome->follows, p->packets);
	equal(outcome, "packets + coalesced = messages + joined + shed", p->packets + p->coalesced,
	      p->messages + p->joined + p->shed);
	equal(outcome, "answered and late, delivered, transfers or held", c->answered + c->late,
	      outcome->ended[EXCHANGE_ANSWERED] + outcome->ended[EXCHANGE_LATE] + usage.transfers +
		      r->open);
	equal(outcome, "truncated = retried + abandoned + open + unknown", r->truncated,
	      r->retried + r->abandoned + r->open + r->unknown);
	if (usage.transfers == 0)
		equal(outcome, "late, delivered", c->late, outcome->ended[EXCHANGE_LATE]);
	equal(outcome, "orphan, delivered", c->orphan, outcome->ended[EXCHANGE_ORPHAN]);
	equal(outcome, "multicast, delivered", c->multicast, outcome->ended[EXCHANGE_MULTICAST]);
	equal(outcome, "unanswered, delivered", c->unanswered, outcome->ended[EXCHANGE_UNANSWERED]);
	if (usage.entries > usage.limit)
		outcome_fail(outcome, "%" PRIu64 " entries, limit %" PRIu64, usage.entries,
			     usage.limit);
	if (c->pending < outcome->ended[EXCHANGE_PENDING] ||
	    c->pending - outcome->ended[EXCHANGE_PENDING] > usage.entries)
		outcome_fail(outcome,
			     "pending %" PRIu64 ", of which delivered %" PRIu64
			     ", entries %" PRIu64,
			     c->pending, outcome->ended[EXCHANGE_PENDING], usage.entries);
}
