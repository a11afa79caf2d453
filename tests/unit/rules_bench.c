// SPDX-License-Identifier: GPL-2.0-or-later
/* A bench for the rules. */
#include "rules_bench.h"

#include "base/text.h"

#include <criterion/criterion.h>
#include <stdlib.h>

const char *const three[3] = {"10.0.0.1", "10.0.0.2", "10.0.0.3"};
const int64_t alike[3] = {5 * MS, 6 * MS, 7 * MS};
const int64_t third_slow[3] = {5 * MS, 6 * MS, 62 * MS};

static void tell(void *context, const struct alert *alert)
{
	struct told *told = context;
	char addr[TEXT_ADDRESS_MAX];

	cr_assert_lt(told->count, TOLD_MAX);
	snprintf(told->text[told->count], sizeof(told->text[0]), "%s %s %s %s%s", alert->rule->name,
		 alert->group, text_address(alert->subject, addr),
		 alert->state == ALERT_RAISED ? "raised" : "cleared",
		 alert->forgotten ? " forgotten" : "");
	for (unsigned i = 0; i < alert->evidence_count && i < 3; i++)
		told->evidence[told->count][i] = alert->evidence[i];
	told->alert[told->count++] = *alert;
}

void defaults(struct settings *settings)
{
	*settings = (struct settings){
		.min_samples = 5,
		.min_intervals = WINDOW,
		.raise_after = 2,
		.clear_after = 3,
		.rules =
			{
				[RULE_LATENCY] = {true, 20 * MS, 0.3},
				[RULE_UNANSWERED] = {true, 0.05, 0.5},
				[RULE_SERVFAIL] = {true, 0.1, 0.5},
			},
	};
}

struct bench *new_bench(const struct settings *settings, unsigned servers)
{
	const struct servers_limits limits = {.window = WINDOW, .servers = servers};
	struct bench *bench = calloc(1, sizeof(*bench));

	cr_assert_not_null(bench);
	if (settings)
		bench->settings = *settings;
	else
		defaults(&bench->settings);
	cr_assert_eq(server_table__new(&limits, 7, &bench->servers), 0);
	cr_assert_eq(rules__new(&bench->settings, tell, &bench->told, &bench->rules), 0);
	return bench;
}

void free_bench(struct bench *bench)
{
	rules__free(bench->rules);
	server_table__free(bench->servers);
	free(bench);
}

struct exchange ended(const char *server, enum exchange_state state)
{
	struct exchange exchange = {.state = state, .tries = 1, .recursion_desired = true};

	cr_assert_eq(text_parse_address(server, exchange.server), 0, "%s", server);
	return exchange;
}

void answer(struct bench *bench, const char *server, int64_t latency_ns, unsigned times)
{
	struct exchange exchange = ended(server, EXCHANGE_ANSWERED);

	exchange.has_latency = true;
	exchange.latency_ns = latency_ns;
	for (unsigned i = 0; i < times; i++)
		server_table__exchange(bench->servers, &exchange);
}

void end_badly(struct bench *bench, const char *server, enum exchange_state state, unsigned times)
{
	struct exchange exchange = ended(server, state);

	exchange.rcode = 2; /* SERVFAIL, when there is an answer */
	for (unsigned i = 0; i < times; i++)
		server_table__exchange(bench->servers, &exchange);
}

void close_interval(struct bench *bench)
{
	server_table__close(bench->servers, bench->now_ns, NULL, NULL);
	bench->now_ns += MINUTE;
}

void fill(struct bench *bench, const char *const *servers, const int64_t *latencies, unsigned n)
{
	for (unsigned interval = 0; interval < WINDOW; interval++) {
		for (unsigned i = 0; i < n; i++)
			if (latencies[i])
				answer(bench, servers[i], latencies[i], 7);
		close_interval(bench);
	}
}

void evaluate(struct bench *bench)
{
	cr_assert_eq(rules__evaluate(bench->rules, bench->servers, (int64_t)bench->now_ns), 0);
}

void expect(struct bench *bench, unsigned n, const char *const *texts, const char *when)
{
	cr_expect_eq(bench->told.count, n, "%s: %u alerts, not %u", when, bench->told.count, n);
	for (unsigned i = 0; i < n && i < bench->told.count; i++)
		cr_expect_str_eq(bench->told.text[i], texts[i], "%s", when);
	bench->told.count = 0;
}

struct bench *raise_third(const struct settings *settings, unsigned places)
{
	struct bench *bench = new_bench(settings, places);

	fill(bench, three, third_slow, 3);
	evaluate(bench);
	evaluate(bench);
	cr_assert_eq(rules__raised(bench->rules), 1);
	bench->told.count = 0;
	return bench;
}
