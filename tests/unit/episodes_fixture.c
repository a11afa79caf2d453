// SPDX-License-Identifier: GPL-2.0-or-later
/* Tells exchanges, hears episodes, and holds them against what a story wants. */
#include "episodes_fixture.h"

#include <criterion/criterion.h>
#include <netinet/in.h>
#include <string.h>

const struct episodes_limits episodes_usual = {.window_ns = 4 * S, .timeout_ns = 5 * S, .open = 64};

const uint8_t episodes_names[2][9] = {"\3www\2ex", "\4mail\2ex"};

static void hear(void *context, const struct episode *episode)
{
	struct trial *trial = context;

	cr_assert_lt(trial->count, HEARD_MAX);
	memcpy(trial->name, episode->qname, episode->qname_length);
	trial->heard[trial->count++] = *episode;
	trial->exchanges += episode->exchanges;
}

static void hold_identity(const struct trial *trial)
{
	const struct episodes_counters *c = trial->counters;
	uint64_t outcomes = 0;

	for (unsigned i = 0; i < EPISODE_OUTCOMES; i++)
		outcomes += c->outcomes[i];
	cr_assert_eq(c->exchanges, trial->exchanges + c->held);
	cr_assert_eq(outcomes, trial->count);
	cr_assert(c->held >= c->open);
}

void episodes_begin(struct trial *trial, const struct episodes_limits *with)
{
	memset(trial, 0, sizeof(*trial));
	cr_assert_eq(episodes__new(with, 1, hear, trial, &trial->episodes), 0);
	trial->counters = episodes__counters(trial->episodes);
}

struct exchange episodes_exchange_of(const struct told *told)
{
	struct exchange exchange = {
		.state = told->how & GONE      ? EXCHANGE_UNANSWERED
			 : told->how & LATE    ? EXCHANGE_LATE
			 : told->how & PENDING ? EXCHANGE_PENDING
					       : EXCHANGE_ANSWERED,
		.time_ns = EPOCH + told->ms * MS,
		.end_ns = EPOCH + told->end_ms * MS,
		.latency_ns = -1,
		.protocol = told->how & TCP ? IPPROTO_TCP : IPPROTO_UDP,
		.flags = told->how & TC ? 0x8300 : 0x8100,
		.rcode = told->how & 0xff,
		.has_query = true,
		.tries = told->tries ? told->tries : 1,
		.qtype = told->type,
		.qclass = 1,
		.qname = episodes_names[told->name],
		.qname_length = (uint8_t)(strlen((const char *)episodes_names[told->name]) + 1),
	};

	exchange.client[15] = (uint8_t)told->client;
	exchange.server[15] = (uint8_t)told->server;
	exchange.has_response = exchange.state <= EXCHANGE_LATE && !(told->how & GONE);
	if (exchange.has_response) {
		exchange.has_latency = true;
		exchange.latency_ns = exchange.end_ns - exchange.time_ns;
		exchange.messages = 1;
	}
	return exchange;
}

void episodes_tell(struct trial *trial, const struct told *told)
{
	struct exchange exchange = episodes_exchange_of(told);

	episodes__exchange(trial->episodes, &exchange);
	hold_identity(trial);
}

void episodes_end(struct trial *trial)
{
	episodes__finish(trial->episodes);
	hold_identity(trial);
	cr_assert_eq(trial->counters->open, 0);
	cr_assert_eq(trial->counters->held, 0);
	episodes__free(trial->episodes);
}

static void expect(const struct episode *heard, const struct want *want, const char *text)
{
	cr_expect_eq(heard->outcome, want->outcome, "%s: %s", text,
		     episode_outcome_name(heard->outcome));
	cr_expect_eq(heard->time_ns, EPOCH + want->ms * MS, "%s: time", text);
	cr_expect_eq(heard->wait_ns, want->wait_ms * MS, "%s: wait %lld us", text,
		     (long long)heard->wait_ns / 1000);
	cr_expect_eq(heard->end_ns, heard->time_ns + heard->wait_ns, "%s: end", text);
	cr_expect_eq(heard->exchanges, want->exchanges, "%s: %u exchanges", text, heard->exchanges);
	cr_expect_eq(heard->attempts, want->attempts, "%s: %u attempts", text, heard->attempts);
	cr_expect_eq(heard->server_count, want->servers, "%s: %u servers", text,
		     heard->server_count);
	cr_expect_eq(heard->type_count, want->types, "%s: %u types", text, heard->type_count);
	cr_expect_eq(heard->has_rcode, want->rcode >= 0, "%s: has rcode", text);
	if (want->rcode >= 0)
		cr_expect_eq(heard->rcode, (unsigned)want->rcode, "%s: rcode %u", text,
			     heard->rcode);
}

void episodes_stories(const struct story *stories, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct story *story = &stories[i];
		struct trial trial;
		unsigned wanted = 0;

		episodes_begin(&trial, &episodes_usual);
		for (unsigned j = 0; j < TOLD_MAX && story->told[j].type; j++)
			episodes_tell(&trial, &story->told[j]);
		episodes_end(&trial);
		while (wanted < LENGTH(story->wants) && story->wants[wanted].exchanges)
			wanted++;
		cr_expect_eq(trial.count, wanted, "%s: %u episodes", story->text, trial.count);
		for (unsigned j = 0; j < wanted && j < trial.count; j++)
			expect(&trial.heard[j], &story->wants[j], story->text);
	}
}

void episodes_at(struct trial *trial, int ms)
{
	episodes__tick(trial->episodes, (uint64_t)(EPOCH + ms * MS));
	hold_identity(trial);
}
