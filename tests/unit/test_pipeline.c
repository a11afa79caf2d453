// SPDX-License-Identifier: GPL-2.0-or-later
/* The pipeline's seams: what scenarios (tests/scenario) cannot say of it. */
#include "pipeline.h"

#include "base/text.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

#define S     1000000000ULL
#define EPOCH (1700000000 * S)
#define SEED  11

struct heard {
	unsigned exchanges, intervals, alerts;
	uint64_t last_start_ns;
};

static void on_exchange(void *context, const struct exchange *exchange)
{
	struct heard *heard = context;

	(void)exchange;
	heard->exchanges++;
}

static void on_interval(void *context, const struct server *server, const struct interval *interval)
{
	struct heard *heard = context;

	(void)server;
	cr_assert_eq(interval->start_ns % (10 * S), 0);
	cr_assert_gt(interval->start_ns, heard->last_start_ns, "intervals in order, each once");
	heard->last_start_ns = interval->start_ns;
	heard->intervals++;
}

static struct pipeline *new_pipeline(const struct settings *settings,
				     const struct pipeline_sinks *sinks)
{
	struct pipeline *pipeline;

	cr_assert_eq(pipeline__new(settings, SEED, sinks, &pipeline), 0);
	return pipeline;
}

/* 10.0.0.1 and 192.0.2.53, "a. A"; @flags: the upper byte of them */
static void message_with(struct pipeline *pipeline, uint64_t time_ns, uint16_t id, uint8_t flags)
{
	bool is_response = flags & 0x80;
	static const uint8_t client[16] = {[10] = 0xff, [11] = 0xff, [12] = 10, [15] = 1};
	static const uint8_t server[16] = {
		[10] = 0xff, [11] = 0xff, [12] = 192, [14] = 2, [15] = 53};
	const uint8_t payload[] = {id >> 8, id & 0xff, flags, 0,   0, 1, 0, 0, 0, 0,
				   0,	    0,	       1,     'a', 0, 0, 1, 0, 1};
	union {
		struct odd_event event;
		uint8_t bytes[sizeof(struct odd_event) + sizeof(payload)];
	} u = {.event = {.time_ns = time_ns,
			 .ifindex = 1,
			 .uid = ODD_NO_UID,
			 .protocol = IPPROTO_UDP,
			 .src_port = is_response ? 53 : 40001,
			 .dst_port = is_response ? 40001 : 53,
			 .message_bytes = sizeof(payload),
			 .captured_bytes = sizeof(payload)}};

	memcpy(u.event.src, is_response ? server : client, 16);
	memcpy(u.event.dst, is_response ? client : server, 16);
	memcpy(u.bytes + sizeof(struct odd_event), payload, sizeof(payload));
	pipeline__event(pipeline, &u.event);
}

static void message(struct pipeline *pipeline, uint64_t time_ns, uint16_t id, bool is_response)
{
	message_with(pipeline, time_ns, id, is_response ? 0x81 : 1);
}

Test(pipeline, works_without_anybody_listening)
{
	struct settings *settings = settings__new();
	const struct pipeline_sinks nobody = {.context = NULL};
	struct pipeline *pipeline = new_pipeline(settings, &nobody);

	message(pipeline, EPOCH, 7, false);
	message(pipeline, EPOCH + 1, 7, true);
	pipeline__tick(pipeline, EPOCH + 60 * S);
	pipeline__finish(pipeline);
	cr_assert_eq(pipeline__counters(pipeline)->answered, 1);
	cr_assert_eq(server_table__count(pipeline__servers(pipeline)), 1);
	pipeline__free(pipeline);
	pipeline__free(NULL);
	settings__free(settings);
}

/* Events and ticks at any pace: each interval closes once, none is left out, none comes twice. */
Test(pipeline, intervals_close_once_and_in_order_at_any_pace)
{
	const uint64_t paces[] = {S / 7, 3 * S, 10 * S, 10 * S - 1, 10 * S + 1, 37 * S};

	for (size_t i = 0; i < sizeof(paces) / sizeof(paces[0]); i++) {
		struct settings *settings = settings__new();
		struct heard heard = {.last_start_ns = 0};
		const struct pipeline_sinks sinks = {on_exchange, NULL, on_interval, NULL, &heard};
		struct pipeline *pipeline = new_pipeline(settings, &sinks);
		uint64_t now = EPOCH;

		message(pipeline, now, 7, false);
		message(pipeline, now + 1, 7, true);
		while (now < EPOCH + 230 * S)
			pipeline__tick(pipeline, now += paces[i]);
		cr_assert_eq(heard.exchanges, 1);
		cr_assert_eq(heard.intervals, (now - EPOCH) / (10 * S), "pace %zu", i);
		cr_assert_eq(heard.last_start_ns, now - now % (10 * S) - 10 * S);
		pipeline__free(pipeline);
		settings__free(settings);
	}
}

Test(pipeline, configured_servers_are_known_before_they_answer)
{
	struct settings *settings = settings__new();
	const struct pipeline_sinks nobody = {.context = NULL};
	struct pipeline *pipeline;
	uint8_t addr[16];

	cr_assert_eq(settings__set(settings, "group lan.servers=10.0.0.53,10.1.0.0/16"), 0);
	pipeline = new_pipeline(settings, &nobody);
	cr_assert_eq(server_table__count(pipeline__servers(pipeline)), 1, "a network is no server");
	cr_assert_eq(text_parse_address("10.0.0.53", addr), 0);
	cr_assert(server_table__knows(pipeline__servers(pipeline), addr));

	cr_assert_eq(settings__set(settings, "group lan.servers=10.0.0.54"), 0);
	cr_assert_eq(pipeline__configure(pipeline, settings), 0);
	cr_assert_eq(server_table__count(pipeline__servers(pipeline)), 2);
	for (unsigned i = 0; i < 2; i++) {
		const struct server *server = server_table__at(pipeline__servers(pipeline), i);

		cr_assert_eq(server__pinned(server), server__address(server)[15] == 54);
	}
	pipeline__free(pipeline);
	settings__free(settings);
}

Test(pipeline, more_configured_servers_than_places_is_an_error_that_leaks_nothing)
{
	struct settings *settings = settings__new();
	const struct pipeline_sinks nobody = {.context = NULL};
	struct pipeline *pipeline = NULL;

	cr_assert_eq(settings__set(settings, "sensor.servers=2"), 0);
	cr_assert_eq(settings__set(settings, "group lan.servers=10.0.0.1,10.0.0.2,10.0.0.3"), 0);
	cr_assert_eq(pipeline__new(settings, SEED, &nobody, &pipeline), -ENOSPC);
	cr_assert_null(pipeline);
	settings__free(settings);
}

Test(pipeline, refused_reload_changes_nothing)
{
	struct settings *settings = settings__new(), *other = settings__new();
	const struct pipeline_sinks nobody = {.context = NULL};
	struct pipeline *pipeline;

	cr_assert_eq(settings__set(settings, "sensor.servers=2"), 0);
	cr_assert_eq(settings__set(settings, "group lan.servers=10.0.0.1"), 0);
	pipeline = new_pipeline(settings, &nobody);
	cr_assert_eq(settings__set(other, "group lan.servers=10.0.0.2,10.0.0.3,10.0.0.4"), 0);
	cr_assert_eq(settings__set(other, "sensor.timeout=1s"), 0);
	cr_assert_eq(pipeline__configure(pipeline, other), -ENOSPC);

	cr_assert_eq(server_table__count(pipeline__servers(pipeline)), 1);
	cr_assert(server__pinned(server_table__at(pipeline__servers(pipeline), 0)));
	message(pipeline, EPOCH, 7, false);
	message(pipeline, EPOCH + 3 * S, 7, true);
	cr_assert_eq(pipeline__counters(pipeline)->answered, 1, "the timeout is still 5 s");
	pipeline__free(pipeline);
	settings__free(settings);
	settings__free(other);
}

static void on_episode(void *context, const struct episode *episode)
{
	struct episode *last = context;

	cr_assert_eq(last->exchanges, 0, "one episode only");
	*last = *episode;
}

/* A query that nobody answers is told after 30 s now, its retry after 15: they are one wait. */
Test(pipeline, reloaded_timeout_holds_for_episodes_too)
{
	struct settings *settings = settings__new();
	struct episode last = {.exchanges = 0};
	const struct pipeline_sinks sinks = {.on_episode = on_episode, .context = &last};
	struct pipeline *pipeline = new_pipeline(settings, &sinks);

	settings->timeout_ns = 30 * S;
	settings->grace_ns = 4 * S;
	cr_assert_eq(pipeline__configure(pipeline, settings), 0);
	message(pipeline, EPOCH, 7, false);
	message(pipeline, EPOCH + 15 * S, 8, false);
	message(pipeline, EPOCH + 15 * S + 1, 8, true);
	for (unsigned i = 16; i < 103; i++)
		pipeline__tick(pipeline, EPOCH + i * S);
	pipeline__finish(pipeline);
	cr_assert_eq(last.exchanges, 2);
	cr_assert_eq(last.wait_ns, (int64_t)(15 * S + 1));
	pipeline__free(pipeline);
	settings__free(settings);
}

/*
 * A truncated answer is shown when it is known whether it was asked again over TCP, 10 s later. Its
 * episode, which went on over UDP, does not wait for that; nor is it a step back of time for it.
 */
Test(pipeline, episode_begins_with_a_truncated_answer)
{
	const uint64_t windows[] = {5 * S, S};

	for (size_t i = 0; i < sizeof(windows) / sizeof(windows[0]); i++) {
		struct settings *settings = settings__new();
		struct episode last = {.exchanges = 0};
		const struct pipeline_sinks sinks = {.on_episode = on_episode, .context = &last};
		struct pipeline *pipeline;

		settings->episode_ns = windows[i];
		pipeline = new_pipeline(settings, &sinks);
		message(pipeline, EPOCH, 7, false);
		message_with(pipeline, EPOCH + 1, 7, 0x83);
		message(pipeline, EPOCH + S / 7, 8, false);
		message(pipeline, EPOCH + S / 7 + 1, 8, true);
		for (unsigned j = 1; j < 23; j++)
			pipeline__tick(pipeline, EPOCH + j * S);
		cr_assert_eq(last.exchanges, 2);
		cr_assert(last.was_truncated);
		cr_assert_eq(last.wait_ns, (int64_t)(S / 7 + 1));
		pipeline__finish(pipeline);
		pipeline__free(pipeline);
		settings__free(settings);
	}
}
