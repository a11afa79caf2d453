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

/* Of all episodes that were told. */
struct told {
	unsigned episodes, exchanges;
	enum episode_outcome worst;
};

static void on_episode(void *context, const struct episode *episode)
{
	struct told *told = context;

	told->episodes++;
	told->exchanges += episode->exchanges;
	if (episode->outcome > told->worst)
		told->worst = episode->outcome;
}

static struct pipeline *new_pipeline(const struct settings *settings,
				     const struct pipeline_sinks *sinks)
{
	struct pipeline *pipeline;

	cr_assert_eq(pipeline__new(settings, SEED, sinks, &pipeline), 0);
	return pipeline;
}

enum { A = 1, AAAA = 28 };

/* 10.0.0.1 and 192.0.2.53, "a." */
static void typed_message(struct pipeline *pipeline, uint64_t time_ns, uint16_t id, uint16_t flags,
			  uint8_t type)
{
	static const uint8_t client[16] = {[10] = 0xff, [11] = 0xff, [12] = 10, [15] = 1};
	static const uint8_t server[16] = {
		[10] = 0xff, [11] = 0xff, [12] = 192, [14] = 2, [15] = 53};
	const bool is_response = flags & DNS_FLAG_QR;
	const uint8_t payload[] = {
		id >> 8, id & 0xff, flags >> 8, flags & 0xff, 0, 1, 0,	  0, 0, 0,
		0,	 0,	    1,		'a',	      0, 0, type, 0, 1};
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

/* The same of type A. */
static void message(struct pipeline *pipeline, uint64_t time_ns, uint16_t id, bool is_response)
{
	typed_message(pipeline, time_ns, id, is_response ? DNS_FLAG_QR | DNS_FLAG_RD : DNS_FLAG_RD,
		      A);
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
		const struct pipeline_sinks sinks = {
			.on_exchange = on_exchange, .on_interval = on_interval, .context = &heard};
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

/* What was truncated is told late, when no retry came; its episode must not be over by then. */
Test(pipeline, truncated_answer_that_is_not_retried_belongs_to_the_episode_of_its_name)
{
	struct settings *settings = settings__new();
	struct told told = {0};
	const struct pipeline_sinks sinks = {.on_episode = on_episode, .context = &told};
	struct pipeline *pipeline = new_pipeline(settings, &sinks);

	typed_message(pipeline, EPOCH, 7, 0, A);
	typed_message(pipeline, EPOCH, 8, 0, AAAA);
	typed_message(pipeline, EPOCH + S / 100, 7, DNS_FLAG_QR | DNS_FLAG_TC, A);
	typed_message(pipeline, EPOCH + S / 100, 8, DNS_FLAG_QR, AAAA);
	for (unsigned i = 1; i < 37; i++)
		pipeline__tick(pipeline, EPOCH + i * S);
	cr_assert_eq(pipeline__retries(pipeline)->abandoned, 1);
	cr_assert_eq(told.episodes, 1);
	cr_assert_eq(told.exchanges, 2);
	cr_assert_eq(told.worst, EPISODE_TRUNCATED);
	pipeline__free(pipeline);
	settings__free(settings);
}

/* ... nor may it look like a clock that was set back, and end those of others. */
Test(pipeline, truncated_answer_that_is_not_retried_ends_no_other_episode)
{
	struct settings *settings = settings__new();
	struct told told = {0};
	const struct pipeline_sinks sinks = {.on_episode = on_episode, .context = &told};
	struct pipeline *pipeline;

	cr_assert_eq(settings__set(settings, "sensor.episode=1s"), 0);
	pipeline = new_pipeline(settings, &sinks);
	typed_message(pipeline, EPOCH, 7, 0, A);
	typed_message(pipeline, EPOCH, 7, DNS_FLAG_QR | DNS_FLAG_TC, A);
	pipeline__tick(pipeline, EPOCH + 9 * S);
	typed_message(pipeline, EPOCH + 9 * S, 9, 0, AAAA);
	typed_message(pipeline, EPOCH + 9 * S, 9, DNS_FLAG_QR, AAAA);
	told = (struct told){0};
	pipeline__tick(pipeline, EPOCH + 10 * S + S / 10);
	cr_assert_eq(pipeline__retries(pipeline)->abandoned, 1);
	cr_assert_eq(told.episodes, 0, "the second is not over before 15 s");
	pipeline__free(pipeline);
	settings__free(settings);
}

Test(pipeline, episodes_take_the_timeout_of_a_reload)
{
	struct settings *settings = settings__new(), *longer = settings__new();
	struct told told = {0};
	const struct pipeline_sinks sinks = {.on_episode = on_episode, .context = &told};
	struct pipeline *pipeline;

	cr_assert_eq(settings__set(settings, "sensor.timeout=1s"), 0);
	cr_assert_eq(settings__set(longer, "sensor.timeout=7s"), 0);
	pipeline = new_pipeline(settings, &sinks);
	cr_assert_eq(pipeline__configure(pipeline, longer), 0);
	typed_message(pipeline, EPOCH, 7, 0, A);
	typed_message(pipeline, EPOCH, 8, 0, AAAA);
	typed_message(pipeline, EPOCH + S / 100, 8, DNS_FLAG_QR, AAAA);
	for (unsigned i = 1; i < 37; i++)
		pipeline__tick(pipeline, EPOCH + i * S);
	cr_assert_eq(told.episodes, 1, "silence is told after 7 s, and belongs to what came");
	cr_assert_eq(told.exchanges, 2);
	pipeline__free(pipeline);
	settings__free(settings);
	settings__free(longer);
}
