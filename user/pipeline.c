// SPDX-License-Identifier: GPL-2.0-or-later
/* Joins the stages: exchanges into series, series into verdicts, interval by interval. */
#include "pipeline.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* So many messages one way, in so many intervals, without one the other way, are no chance. */
#define ONE_WAY_MESSAGES  23
#define ONE_WAY_INTERVALS 3

/*
 * Fragments of a datagram follow each other within milliseconds; later ones are of a sender
 * that is slower than any timeout of DNS. A lost segment is sent again after 200 ms at the least
 * (RFC 6298 section 2.4 allows 1 s, Linux does 200 ms), the second time after twice that.
 */
#define FRAGMENTS_NS 1000000000ULL
#define HOLE_NS	     1000000000ULL
/* Servers close idle connections after seconds to minutes (RFC 7766 section 6.2.3). */
#define IDLE_NS 120000000000ULL
/* Datagrams at once; beyond, their bytes are the limit. */
#define DATAGRAMS 4096
/* The largest message, and a window of segments that came before their turn. */
#define CONNECTION_BYTES (256 * 1024)
/* Truncated answers held for their retry: 100/s for 10 s, each with its message, 5 MB at most. */
#define TRUNCATED_HELD 1024
/* Clients and names with open episodes at once: 6000/s for 10 s, 46 MB at most. */
#define EPISODES_OPEN 65536
/* How exactly they must know the time: nobody sees a tenth of a second in when a record comes. */
#define FOLLOW_NS 100000000ULL

struct pipeline {
	struct assembly *assembly;
	struct exchange_table *exchanges;
	struct retries *retries;
	struct episodes *episodes; /* NULL when nobody wants them */
	struct server_table *servers;
	struct rules *rules;
	struct pipeline_sinks sinks;
	uint64_t interval_ns;
	uint64_t step_back_ns;	/* a clock that goes back further has been set */
	unsigned servers_max;	/* the table's limit, which a reload does not change */
	unsigned gap_intervals; /* that a gap in time may close; more only repeat zeros */
	bool started;		/* there was an event or tick */
	uint64_t start_ns;	/* of the open interval */
	uint64_t now_ns;
	uint64_t followed_ns; /* when the followers were last told the time */
	enum direction direction;
	unsigned one_way_intervals;
};

/*
 * Series and episodes take it at once; a truncated answer is told when it is known whether it was
 * asked again, which may be long after its episode is over.
 */
static void take_exchange(void *context, const struct exchange *exchange)
{
	struct pipeline *p = context;

	/* multicast has no servers that could be compared */
	if (exchange->service == SERVICE_DNS)
		server_table__exchange(p->servers, exchange);
	retries__exchange(p->retries, exchange);
	if (p->episodes)
		episodes__exchange(p->episodes, exchange);
}

static void tell_exchange(void *context, const struct exchange *exchange)
{
	struct pipeline *p = context;

	if (p->sinks.on_exchange)
		p->sinks.on_exchange(p->sinks.context, exchange);
}

static bool knows_server(void *context, const uint8_t *server)
{
	const struct pipeline *p = context;

	return server_table__knows(p->servers, server);
}

static void take_message(void *context, const struct odd_event *message)
{
	struct pipeline *p = context;

	exchange_table__event(p->exchanges, message);
}

static struct assembly_limits assembly_limits(const struct settings *settings)
{
	return (struct assembly_limits){
		.fragments = {.timeout_ns = FRAGMENTS_NS,
			      .datagrams = DATAGRAMS,
			      .bytes = settings->assembly / 4},
		.streams = {.idle_ns = IDLE_NS,
			    .hole_ns = HOLE_NS,
			    .connections = settings->connections,
			    .connection_bytes = CONNECTION_BYTES,
			    .bytes = settings->assembly - settings->assembly / 4,
			    .message_bytes = ODD_SNAPLEN_MAX},
	};
}

static struct exchange_limits exchange_limits(const struct settings *settings)
{
	static const enum exchange_keep keeps[] = {
		[ANSWERS_NONE] = KEEP_NONE, [ANSWERS_FIRST] = KEEP_FIRST, [ANSWERS_ALL] = KEEP_ALL};

	return (struct exchange_limits){
		.timeout_ns = settings->timeout_ns,
		.grace_ns = settings->grace_ns,
		.entries = settings->pending,
		.multicast = settings->multicast,
		.keep = keeps[settings->answers],
	};
}

static struct retries_limits retries_limits(const struct settings *settings)
{
	return (struct retries_limits){
		.window_ns = settings->timeout_ns,
		.timeout_ns = settings->timeout_ns,
		.held = TRUNCATED_HELD,
	};
}

static struct episodes_limits episodes_limits(const struct settings *settings)
{
	return (struct episodes_limits){
		.window_ns = settings->episode_ns,
		/* its own, or of a truncated one when its retry can neither begin nor end any more
		 */
		.timeout_ns = 3 * settings->timeout_ns,
		.open = EPISODES_OPEN,
	};
}

static int compare_addresses(const void *a, const void *b)
{
	return memcmp(a, b, 16);
}

/* How many servers are configured by address, each once. Return: -ENOMEM */
static int count_servers(const struct settings *settings)
{
	uint8_t(*addr)[16] = NULL;
	int count = 0, distinct = 0;

	for (unsigned i = 0; i < settings->group_count; i++) {
		const struct group_settings *group = &settings->groups[i];
		void *more = reallocarray(addr, (size_t)count + group->server_count + 1, 16);

		if (!more) {
			free(addr);
			return -ENOMEM;
		}
		addr = more;
		for (unsigned j = 0; j < group->server_count; j++)
			if (group->servers[j].prefix_bits == 128)
				memcpy(addr[count++], group->servers[j].addr, 16);
	}
	if (count)
		qsort(addr, (size_t)count, 16, compare_addresses);
	for (int i = 0; i < count; i++)
		distinct += i == 0 || memcmp(addr[i], addr[i - 1], 16) != 0;
	free(addr);
	return distinct;
}

/* Configured servers are remembered whatever happens; networks cannot be, they have no list. */
static int pin_servers(struct pipeline *p, const struct settings *settings)
{
	for (unsigned i = 0; i < settings->group_count; i++) {
		const struct group_settings *group = &settings->groups[i];

		for (unsigned j = 0; j < group->server_count; j++) {
			int r;

			if (group->servers[j].prefix_bits < 128)
				continue;
			r = server_table__pin(p->servers, group->servers[j].addr);
			if (r < 0)
				return r;
		}
	}
	return 0;
}

/* Enough to empty all series, and for rules to see it. */
static unsigned gap_intervals(const struct settings *settings, unsigned window)
{
	return 2 * window + settings->clear_after;
}

/* Those that join exchanges to what they belong to. */
static int make_followers(struct pipeline *p, const struct settings *settings, uint64_t seed)
{
	const struct retries_limits retries = retries_limits(settings);
	const struct episodes_limits episodes = episodes_limits(settings);
	int r = retries__new(&retries, seed, tell_exchange, p, &p->retries);

	if (r < 0 || !p->sinks.on_episode)
		return r;
	return episodes__new(&episodes, seed, p->sinks.on_episode, p->sinks.context, &p->episodes);
}

static int make_stages(struct pipeline *p, const struct settings *settings, uint64_t seed)
{
	const struct exchange_limits limits = exchange_limits(settings);
	const struct assembly_limits assembly = assembly_limits(settings);
	const struct exchange_listener listener = {
		.on_end = take_exchange, .knows = knows_server, .context = p};
	const struct servers_limits servers = {
		.window = settings->window,
		.servers = settings->servers,
	};
	int r;

	r = assembly__new(&assembly, seed, take_message, p, &p->assembly);
	if (r < 0)
		return r;
	r = exchange_table__new(&limits, seed, &listener, &p->exchanges);
	if (r < 0)
		return r;
	r = make_followers(p, settings, seed);
	if (r < 0)
		return r;
	r = server_table__new(&servers, seed, &p->servers);
	if (r < 0)
		return r;
	r = rules__new(settings, p->sinks.on_alert, p->sinks.context, &p->rules);
	if (r < 0)
		return r;
	return pin_servers(p, settings);
}

int pipeline__new(const struct settings *settings, uint64_t seed,
		  const struct pipeline_sinks *sinks, struct pipeline **ret_pipeline)
{
	struct pipeline *p = calloc(1, sizeof(*p));
	int r;

	if (!p)
		return -ENOMEM;
	p->sinks = *sinks;
	p->interval_ns = settings->interval_ns;
	p->step_back_ns = settings->timeout_ns + settings->grace_ns;
	p->servers_max = settings->servers;
	p->gap_intervals = gap_intervals(settings, settings->window);
	r = make_stages(p, settings, seed);
	if (r < 0) {
		pipeline__free(p);
		return r;
	}
	*ret_pipeline = p;
	return 0;
}

void pipeline__free(struct pipeline *pipeline)
{
	if (!pipeline)
		return;
	assembly__free(pipeline->assembly);
	exchange_table__free(pipeline->exchanges);
	retries__free(pipeline->retries);
	episodes__free(pipeline->episodes);
	rules__free(pipeline->rules);
	server_table__free(pipeline->servers);
	free(pipeline);
}

int pipeline__configure(struct pipeline *pipeline, const struct settings *settings)
{
	const struct exchange_limits limits = exchange_limits(settings);
	const struct retries_limits retries = retries_limits(settings);
	const struct episodes_limits episodes = episodes_limits(settings);
	int r = count_servers(settings);

	if (r > (int)pipeline->servers_max)
		r = -ENOSPC;
	if (r >= 0)
		r = rules__configure(pipeline->rules, settings);
	if (r < 0)
		return r;
	server_table__unpin_all(pipeline->servers);
	r = pin_servers(pipeline, settings);
	exchange_table__set_limits(pipeline->exchanges, &limits);
	retries__set_limits(pipeline->retries, &retries);
	if (pipeline->episodes)
		episodes__set_limits(pipeline->episodes, &episodes);
	pipeline->step_back_ns = settings->timeout_ns + settings->grace_ns;
	pipeline->gap_intervals = gap_intervals(settings, server_table__window(pipeline->servers));
	return r;
}

/*
 * Once an exchange was answered, both directions are known to be seen for good. LLMNR does not
 * count: its queries are seen by all, and answered seldom.
 */
static void judge_direction(struct pipeline *p)
{
	const struct exchange_counters *c = exchange_table__counters(p->exchanges);
	uint64_t queries = c->queries - c->llmnr.queries;
	uint64_t responses = c->responses - c->llmnr.responses;
	bool queries_only = queries >= ONE_WAY_MESSAGES && !responses;
	bool responses_only = responses >= ONE_WAY_MESSAGES && !queries;

	if (c->answered + c->late > c->llmnr.answered) {
		p->direction = DIRECTION_BOTH;
		return;
	}
	p->one_way_intervals = queries_only || responses_only ? p->one_way_intervals + 1 : 0;
	if (p->one_way_intervals >= ONE_WAY_INTERVALS)
		p->direction = queries_only ? DIRECTION_QUERIES_ONLY : DIRECTION_RESPONSES_ONLY;
	else if (p->one_way_intervals == 0)
		p->direction = DIRECTION_UNKNOWN;
}

static void close_interval(struct pipeline *p)
{
	uint64_t end_ns = p->start_ns + p->interval_ns;

	server_table__close(p->servers, p->start_ns, p->sinks.on_interval, p->sinks.context);
	judge_direction(p);
	/* One direction alone makes every query look unanswered: no verdicts. */
	if (p->direction == DIRECTION_BOTH)
		(void)rules__evaluate(p->rules, p->servers, (int64_t)end_ns);
	if (p->sinks.on_evaluated)
		p->sinks.on_evaluated(p->sinks.context, end_ns);
	p->start_ns = end_ns;
}

static uint64_t interval_start(const struct pipeline *p, uint64_t now_ns)
{
	return now_ns - now_ns % p->interval_ns;
}

/* Time for the followers, behind the table: what it tells may be what they wait for. */
static void follow(struct pipeline *p, uint64_t now_ns)
{
	p->followed_ns = now_ns;
	exchange_table__tick(p->exchanges, now_ns);
	retries__tick(p->retries, now_ns);
	if (p->episodes)
		episodes__tick(p->episodes, now_ns);
}

/* Let time pass, interval by interval, so that each expiry falls into the interval it is due in. */
static void pass_time(struct pipeline *p, uint64_t now_ns)
{
	unsigned closed = 0;

	if (!p->started) {
		p->started = true;
		p->start_ns = interval_start(p, now_ns);
	} else if (now_ns + p->step_back_ns < p->now_ns) {
		exchange_table__tick(p->exchanges, now_ns);
		close_interval(p);
		p->start_ns = interval_start(p, now_ns);
		p->now_ns = now_ns;
	}
	while (now_ns >= p->start_ns + p->interval_ns && closed++ < p->gap_intervals) {
		exchange_table__tick(p->exchanges, p->start_ns + p->interval_ns - 1);
		close_interval(p);
	}
	if (now_ns >= p->start_ns + p->interval_ns)
		p->start_ns = interval_start(p, now_ns);
	if (now_ns > p->now_ns)
		p->now_ns = now_ns;
	if (now_ns - p->followed_ns >= FOLLOW_NS) /* a step back, too: it is unsigned */
		follow(p, now_ns);
}

void pipeline__event(struct pipeline *pipeline, const struct odd_event *event)
{
	assembly__tick(pipeline->assembly, event->time_ns);
	pass_time(pipeline, event->time_ns);
	assembly__event(pipeline->assembly, event);
}

void pipeline__tick(struct pipeline *pipeline, uint64_t now_ns)
{
	assembly__tick(pipeline->assembly, now_ns);
	pass_time(pipeline, now_ns);
	follow(pipeline, now_ns);
}

void pipeline__finish(struct pipeline *pipeline)
{
	assembly__finish(pipeline->assembly);
	exchange_table__finish(pipeline->exchanges);
	retries__finish(pipeline->retries);
	if (pipeline->episodes)
		episodes__finish(pipeline->episodes);
	if (pipeline->started)
		close_interval(pipeline);
}

void pipeline__sample(struct pipeline *pipeline, const struct odd_shedding *order)
{
	assembly__sample(pipeline->assembly, order);
	exchange_table__sample(pipeline->exchanges, order);
	/* the mask has all lower bits: of its 2^n values one is kept */
	server_table__sample(pipeline->servers, order->mask + 1);
}

void pipeline__assembly(const struct pipeline *pipeline, struct assembly_totals *ret)
{
	assembly__totals(pipeline->assembly, ret);
}

const struct exchange_counters *pipeline__counters(const struct pipeline *pipeline)
{
	return exchange_table__counters(pipeline->exchanges);
}

const struct retries_counters *pipeline__retries(const struct pipeline *pipeline)
{
	return retries__counters(pipeline->retries);
}

const struct episodes_counters *pipeline__episodes(const struct pipeline *pipeline)
{
	return pipeline->episodes ? episodes__counters(pipeline->episodes) : NULL;
}

struct exchange_usage pipeline__usage(const struct pipeline *pipeline)
{
	return exchange_table__usage(pipeline->exchanges);
}

const struct server_table *pipeline__servers(const struct pipeline *pipeline)
{
	return pipeline->servers;
}

const struct rules *pipeline__rules(const struct pipeline *pipeline)
{
	return pipeline->rules;
}

enum direction pipeline__direction(const struct pipeline *pipeline)
{
	return pipeline->direction;
}
