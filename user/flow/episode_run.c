// SPDX-License-Identifier: GPL-2.0-or-later
/* From exchange to attempt, when a run of attempts goes on, and what comes out of it. */
#include "flow/episode_run.h"

#include "dns/codes.h"

#include <netinet/in.h>
#include <string.h>

static bool is_wanted(const struct exchange *exchange)
{
	return exchange->state != EXCHANGE_ORPHAN && exchange->state != EXCHANGE_MULTICAST &&
	       exchange->service == SERVICE_DNS && exchange->qname_length > 0 &&
	       exchange->messages <= 1 && !dns_type_is_transfer(exchange->qtype) &&
	       dns_opcode(exchange->flags) == 0;
}

/* Only EPISODE_ANSWERED is final. */
static enum episode_outcome outcome_of(const struct exchange *exchange)
{
	if (exchange->state == EXCHANGE_PENDING)
		return EPISODE_PENDING;
	if (exchange->state == EXCHANGE_UNANSWERED)
		return EPISODE_UNANSWERED;
	if (exchange->protocol == IPPROTO_UDP && exchange->flags & DNS_FLAG_TC)
		return EPISODE_TRUNCATED;
	if (exchange->rcode == 0 || exchange->rcode == DNS_RCODE_NXDOMAIN)
		return EPISODE_ANSWERED;
	return EPISODE_FAILED;
}

static int64_t clamp(int64_t time_ns, int64_t least)
{
	if (time_ns < least)
		return least;
	return time_ns < EPISODE_TIME_NS_MAX ? time_ns : EPISODE_TIME_NS_MAX;
}

bool attempt__read(const struct exchange *exchange, struct attempt *ret)
{
	if (!is_wanted(exchange))
		return false;
	*ret = (struct attempt){
		.time_ns = clamp(exchange->time_ns, 0),
		.type = exchange->qtype,
		.rcode = exchange->rcode,
		.outcome = outcome_of(exchange),
		.is_late = exchange->state == EXCHANGE_LATE,
		.over_tcp = exchange->protocol == IPPROTO_TCP,
	};
	ret->tries = ret->is_late ? 0 : exchange->tries;
	/* frames may lie reversed, the answer before its query */
	ret->end_ns = clamp(exchange->end_ns, ret->time_ns);
	memcpy(ret->server, exchange->server, sizeof(ret->server));
	return true;
}

static unsigned find_type(const struct run *run, uint16_t type)
{
	unsigned i = 0;

	while (i < run->type_count && run->types[i] != type)
		i++;
	return i;
}

bool run__has_type(const struct run *run, uint16_t type)
{
	return find_type(run, type) < run->type_count;
}

bool run__takes(const struct run *run, int64_t time_ns, uint16_t type, uint64_t window_ns)
{
	bool is_new = !run__has_type(run, type);
	int64_t linger = is_new ? EPISODE_LINGER_NS : 0;

	if (is_new && run->type_count == EPISODE_TYPES_MAX)
		return false;
	if (time_ns - run->time_ns >= EPISODE_LENGTH_NS)
		return false;
	for (unsigned i = 0; i < run->type_count; i++) {
		int64_t window = run->outcomes[i] == EPISODE_ANSWERED ? 0 : (int64_t)window_ns;

		if (time_ns < run->ends[i] + (linger > window ? linger : window))
			return true;
	}
	return false;
}

/* What an outcome of one attempt is worth beside those of others for the same type. */
static unsigned rank(uint8_t outcome)
{
	static const uint8_t ranks[EPISODE_OUTCOMES] = {
		[EPISODE_UNANSWERED] = 0, [EPISODE_TRUNCATED] = 1, [EPISODE_FAILED] = 2,
		[EPISODE_PENDING] = 3, /* it may still be answered, which the others cannot */
		[EPISODE_ANSWERED] = 4,
	};

	return ranks[outcome];
}

static void note_type(struct run *run, unsigned i, const struct attempt *attempt)
{
	bool was_answered = run->outcomes[i] == EPISODE_ANSWERED;
	bool is_answered = attempt->outcome == EPISODE_ANSWERED;

	if (was_answered && (!is_answered || attempt->end_ns >= run->ends[i]))
		return;
	if (is_answered || attempt->end_ns > run->ends[i])
		run->ends[i] = attempt->end_ns;
	/* the last error counts, and one in time more than one that came late */
	if (!is_answered && rank(attempt->outcome) < rank(run->outcomes[i]) + attempt->is_late)
		return;
	run->outcomes[i] = attempt->outcome;
	run->rcodes[i] = attempt->rcode;
}

static void add_type(struct run *run, const struct attempt *attempt)
{
	unsigned i = run->type_count++;

	run->types[i] = attempt->type;
	run->ends[i] = attempt->end_ns;
	run->outcomes[i] = attempt->outcome;
	run->rcodes[i] = attempt->rcode;
}

static void note_server(struct run *run, const uint8_t *server)
{
	for (unsigned i = 0; i < run->server_count; i++)
		if (!memcmp(run->servers[i], server, sizeof(run->servers[i])))
			return;
	if (run->server_count < EPISODE_SERVERS_MAX)
		memcpy(run->servers[run->server_count++], server, sizeof(run->servers[0]));
}

void run__add(struct run *run, const struct attempt *attempt)
{
	unsigned type = find_type(run, attempt->type);

	if (!run->exchanges || attempt->time_ns < run->time_ns)
		run->time_ns = attempt->time_ns;
	run->exchanges++;
	if (__builtin_add_overflow(run->attempts, attempt->tries, &run->attempts))
		run->attempts = UINT32_MAX;
	if (type < run->type_count)
		note_type(run, type, attempt);
	else if (!attempt->is_late || run->exchanges == 1)
		add_type(run, attempt);
	note_server(run, attempt->server);
	run->over_tcp |= attempt->over_tcp;
	run->over_udp |= !attempt->over_tcp;
	run->was_truncated |= attempt->outcome == EPISODE_TRUNCATED;
}

void run__report(const struct run *run, struct episode *ret)
{
	unsigned worst = 0;

	*ret = (struct episode){
		.time_ns = run->time_ns,
		.end_ns = run->ends[0],
		.attempts = run->attempts,
		.exchanges = run->exchanges,
		.over_udp = run->over_udp,
		.over_tcp = run->over_tcp,
		.was_truncated = run->was_truncated,
		.server_count = run->server_count,
		.type_count = run->type_count,
	};
	for (unsigned i = 1; i < run->type_count; i++) {
		if (run->outcomes[i] > run->outcomes[worst])
			worst = i;
		if (run->ends[i] > ret->end_ns)
			ret->end_ns = run->ends[i];
	}
	ret->wait_ns = ret->end_ns - ret->time_ns;
	ret->outcome = run->outcomes[worst];
	ret->has_rcode = ret->outcome <= EPISODE_TRUNCATED;
	ret->rcode = ret->has_rcode ? run->rcodes[worst] : 0;
	memcpy(ret->servers, run->servers, sizeof(ret->servers));
	memcpy(ret->types, run->types, sizeof(ret->types));
}
