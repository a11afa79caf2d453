// SPDX-License-Identifier: GPL-2.0-or-later
/* Groups of exchanges by comparing all keys as text; quantiles by sorting. */
#include "aggregate_oracle.h"

#include <criterion/criterion.h>
#include <math.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const uint8_t names[][24] = {
	"\3www\7example\3com", "\4mail\7example\3com", "\1a\2cz", "\2cz", "",
	"\3x.y\2cz",	       "\4_sip\3tcp\1z",
};

#define NAMES (sizeof(names) / sizeof(names[0]))

static const struct exchange_names no_names;

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static unsigned any(uint64_t *state, unsigned n)
{
	return (unsigned)((next_random(state) >> 33) % n);
}

static void address(uint8_t *to, unsigned first, unsigned last)
{
	memset(to + 10, 0xff, 2);
	to[12] = (uint8_t)first;
	to[15] = (uint8_t)last;
}

static void set_times(uint64_t *state, struct exchange *e)
{
	e->time_ns = 1800000000000000000LL + any(state, 1000000);
	e->has_latency = e->state == EXCHANGE_ANSWERED || e->state == EXCHANGE_LATE;
	e->latency_ns = e->wait_ns = -1;
	if (!e->has_latency)
		return;
	e->latency_ns = 1024 + any(state, 1U << (1 + any(state, 29)));
	e->wait_ns = e->latency_ns + any(state, 1000);
}

void oracle_exchange(uint64_t *state, struct exchange *ret)
{
	unsigned name = any(state, NAMES + 1);

	memset(ret, 0, sizeof(*ret));
	ret->state = (enum exchange_state)any(state, EXCHANGE_STATES);
	ret->has_response = ret->state != EXCHANGE_UNANSWERED && ret->state != EXCHANGE_PENDING;
	ret->has_query = ret->state != EXCHANGE_ORPHAN;
	set_times(state, ret);
	address(ret->client, any(state, 2) ? 10 : 192, any(state, 13));
	address(ret->server, any(state, 2) ? 10 : 9, any(state, 5));
	ret->client_port = (uint16_t)(1024 + any(state, 3));
	ret->server_port = 53;
	ret->protocol = any(state, 3) ? IPPROTO_UDP : IPPROTO_TCP;
	ret->tries = ret->has_query ? 1 + any(state, 3) : 0;
	ret->query_bytes = ret->has_query ? 29 + any(state, 31) : 0;
	ret->messages = ret->has_response ? 1 + any(state, 2) : 0;
	ret->response_bytes = ret->has_response ? 41 + any(state, 997) : 0;
	ret->rcode = ret->has_response ? (uint16_t)any(state, 5) : 0;
	ret->flags = (uint16_t)(any(state, 2) << 15 | any(state, 4) << 7);
	ret->uid = any(state, 2) ? ODD_NO_UID : any(state, 3);
	memcpy(ret->comm, "a\n;=", 4 - any(state, 4));
	if (name == NAMES)
		return;
	ret->qname = names[name];
	ret->qname_length = (uint8_t)(strlen((const char *)names[name]) + 1);
	ret->qtype = (uint16_t)(1 + any(state, 3) * 27);
	ret->qclass = 1;
}

unsigned oracle_directions(uint64_t *state, const struct exchange *exchange)
{
	unsigned has = flow_directions(exchange), some = has & (1 + any(state, FLOW_BOTH));

	return some ? some : has;
}

static void append(char *key, const char *value)
{
	size_t used = strlen(key);

	snprintf(key + used, ORACLE_KEY_MAX - used, "%s%s", used ? "|" : "", value ? value : "-");
}

static void make_key(const struct oracle *oracle, const struct exchange *exchange,
		     enum flow_direction direction, char *key)
{
	struct flow flow = {exchange, &no_names, direction};
	char buf[FIELD_TEXT_MAX];

	key[0] = '\0';
	for (unsigned i = 0; i < oracle->by_count; i++)
		append(key, operand_text(oracle->by[i], &flow, true, buf));
}

static struct oracle_group *group_of(struct oracle *oracle, const char *key)
{
	for (unsigned i = 0; i < oracle->used; i++)
		if (strcmp(oracle->groups[i].key, key) == 0)
			return &oracle->groups[i];
	oracle->groups = reallocarray(oracle->groups, oracle->used + 1, sizeof(*oracle->groups));
	memset(&oracle->groups[oracle->used], 0, sizeof(*oracle->groups));
	snprintf(oracle->groups[oracle->used].key, ORACLE_KEY_MAX, "%s", key);
	return &oracle->groups[oracle->used++];
}

static void count(struct oracle_group *group, const struct exchange *e, bool query, bool response)
{
	group->sums.exchanges++;
	group->sums.unanswered += e->state == EXCHANGE_UNANSWERED ? 1 : 0;
	if (query) {
		group->sums.flows++;
		group->sums.packets += e->tries;
		group->sums.bytes += e->tries * e->query_bytes;
	}
	if (!response)
		return;
	group->sums.flows++;
	group->sums.packets += e->messages;
	group->sums.bytes += e->response_bytes;
	if (e->state != EXCHANGE_ANSWERED)
		return;
	group->latencies =
		reallocarray(group->latencies, group->samples + 1, sizeof(*group->latencies));
	group->latencies[group->samples++] = e->latency_ns;
}

void oracle_add(struct oracle *oracle, const struct exchange *exchange, unsigned directions)
{
	bool query = directions & 1, response = directions & 2;
	char asked[ORACLE_KEY_MAX], answered[ORACLE_KEY_MAX];

	make_key(oracle, exchange, FLOW_QUERY, asked);
	make_key(oracle, exchange, FLOW_RESPONSE, answered);
	count(&oracle->all, exchange, query, response);
	if (query && response && strcmp(asked, answered) == 0) {
		count(group_of(oracle, asked), exchange, true, true);
		return;
	}
	if (query)
		count(group_of(oracle, asked), exchange, true, false);
	if (response)
		count(group_of(oracle, answered), exchange, false, true);
}

const struct oracle_group *oracle_find(const struct oracle *oracle, const struct aggregate_row *row)
{
	char key[ORACLE_KEY_MAX] = "";

	for (unsigned i = 0; i < oracle->by_count; i++)
		append(key, row->values[i]);
	for (unsigned i = 0; i < oracle->used; i++)
		if (strcmp(oracle->groups[i].key, key) == 0)
			return &oracle->groups[i];
	return NULL;
}

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

void oracle_expect_latency(const struct oracle_group *group, double share, int64_t found)
{
	size_t rank;
	double exact;

	if (group->samples == 0) {
		cr_expect_eq(found, -1);
		return;
	}
	qsort(group->latencies, group->samples, sizeof(*group->latencies), compare);
	rank = (size_t)ceil(share * group->samples - 1e-6);
	exact = (double)group->latencies[rank ? rank - 1 : 0];
	cr_expect(fabs((double)found - exact) <= exact / 128, "%s: %g of %u: %.0f for %.0f",
		  group->key, share, group->samples, (double)found, exact);
}

void oracle_expect_row(const struct oracle_group *group, const struct aggregate_row *row)
{
	cr_expect_eq(row->measures.exchanges, group->sums.exchanges, "%s", group->key);
	cr_expect_eq(row->measures.flows, group->sums.flows, "%s", group->key);
	cr_expect_eq(row->measures.packets, group->sums.packets, "%s", group->key);
	cr_expect_eq(row->measures.bytes, group->sums.bytes, "%s", group->key);
	cr_expect_eq(row->measures.unanswered, group->sums.unanswered, "%s", group->key);
	cr_expect_eq(row->packets_low, row->measures.packets, "%s", group->key);
	cr_expect_eq(row->samples, group->samples, "%s", group->key);
	oracle_expect_latency(group, 0.5, row->latency_p50_ns);
	oracle_expect_latency(group, 0.95, row->latency_p95_ns);
}

void oracle_done(struct oracle *oracle)
{
	for (unsigned i = 0; i < oracle->used; i++)
		free(oracle->groups[i].latencies);
	free(oracle->all.latencies);
	free(oracle->groups);
}
