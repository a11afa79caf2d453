// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the exchange table does when some exchanges are left out, as its header says: pending
 * queries of them are evicted, and responses to queries that were left out are no orphans, for
 * a timeout after they are read again.
 */
#include "flow/exchange_table.h"

#include <criterion/criterion.h>
#include <netinet/in.h>
#include <string.h>

#define MS	   1000000ULL
#define S	   (1000 * MS)
#define EPOCH	   (1700000000 * S)
#define CLIENTS	   1009 /* ports from FIRST_PORT on; one query each */
#define FIRST_PORT 20000
#define ID	   0x1234

static const struct exchange_limits limits = {
	.timeout_ns = 5 * S, .grace_ns = 25 * S, .entries = 4096};
static const struct odd_shedding all = {.mask = 0, .seed = 23}, half = {.mask = 1, .seed = 23},
				 quarter = {.mask = 3, .seed = 23};

struct trial {
	struct exchange_table *table;
	const struct exchange_counters *counters;
	unsigned ended[EXCHANGE_STATES];
	uint8_t protocol;
};

static void take(void *context, const struct exchange *exchange)
{
	struct trial *trial = context;

	trial->ended[exchange->state]++;
}

static void begin(struct trial *trial, uint8_t protocol)
{
	const struct exchange_listener listener = {.on_end = take, .context = trial};

	*trial = (struct trial){.protocol = protocol};
	cr_assert_eq(exchange_table__new(&limits, 0, &listener, &trial->table), 0);
	trial->counters = exchange_table__counters(trial->table);
	exchange_table__tick(trial->table, EPOCH);
}

static void check_identities(const struct trial *trial)
{
	const struct exchange_counters *c = trial->counters;

	cr_assert_eq(c->queries,
		     c->answered + c->unanswered + c->pending + c->retransmitted + c->evicted);
	cr_assert_eq(c->responses, c->answered + c->late + c->orphan + c->duplicate + c->continued +
					   c->unsampled);
}

static const uint8_t client[16] = {[10] = 0xff, [11] = 0xff, [12] = 192, [14] = 2, [15] = 1};
static const uint8_t server[16] = {[10] = 0xff, [11] = 0xff, [12] = 192, [14] = 2, [15] = 53};

static void give(const struct trial *trial, unsigned number, bool is_response, uint64_t at_ns)
{
	static const uint8_t question[] = "\7example\3com\0\0\1\0\1";
	const uint8_t header[12] = {ID >> 8, ID & 0xff, is_response ? 0x81 : 1, 0, 0, 1};
	uint16_t port = (uint16_t)(FIRST_PORT + number);
	union {
		struct odd_event event;
		uint8_t bytes[sizeof(struct odd_event) + 64];
	} u = {.event = {.time_ns = EPOCH + at_ns, .protocol = trial->protocol}};

	memcpy(u.event.src, is_response ? server : client, 16);
	memcpy(u.event.dst, is_response ? client : server, 16);
	u.event.src_port = is_response ? 53 : port;
	u.event.dst_port = is_response ? port : 53;
	u.event.message_bytes = u.event.captured_bytes = sizeof(header) + sizeof(question) - 1;
	memcpy(u.event.payload, header, sizeof(header));
	memcpy(u.event.payload + sizeof(header), question, sizeof(question) - 1);
	exchange_table__event(trial->table, &u.event);
}

/* The class of an exchange by the words of odd_shedding, with the numbers of its query. */
static bool is_out(const struct trial *trial, unsigned number, const struct odd_shedding *order)
{
	struct sampling sampling = {.order = *order};
	uint16_t id = trial->protocol == IPPROTO_UDP ? ID : 0;

	return sampling__hash(&sampling, client, server, (uint16_t)(FIRST_PORT + number) ^ 53, id) &
	       order->mask;
}

static unsigned count_out(const struct trial *trial, const struct odd_shedding *order)
{
	unsigned count = 0;

	for (unsigned i = 0; i < CLIENTS; i++)
		count += is_out(trial, i, order);
	return count;
}

/* All messages of one direction that are still read under the order. */
static void give_all(const struct trial *trial, bool is_response, const struct odd_shedding *order,
		     uint64_t at_ns)
{
	for (unsigned i = 0; i < CLIENTS; i++)
		if (!is_out(trial, i, order))
			give(trial, i, is_response, at_ns);
	check_identities(trial);
}

static void check_eviction(uint8_t protocol)
{
	struct trial trial;
	unsigned out;

	begin(&trial, protocol);
	out = count_out(&trial, &half);
	/* a binomial of 1009 halves lies between these bounds but for once in 10^9 */
	cr_assert(out > 408 && out < 601, "%u of %u are left out", out, CLIENTS);
	give_all(&trial, false, &all, 0);
	exchange_table__sample(trial.table, &half);
	check_identities(&trial);
	cr_expect_eq(trial.counters->evicted, out);
	cr_expect_eq(trial.counters->pending, CLIENTS - out);
	give_all(&trial, true, &half, MS);
	exchange_table__tick(trial.table, EPOCH + 60 * S);
	check_identities(&trial);
	cr_expect_eq(trial.ended[EXCHANGE_ANSWERED], CLIENTS - out, "what remains is whole");
	cr_expect_eq(trial.ended[EXCHANGE_UNANSWERED], 0, "nobody is blamed for what was left out");
	exchange_table__free(trial.table);
}

Test(sampling, queries_that_wait_are_evicted_and_no_other)
{
	check_eviction(IPPROTO_UDP);
	check_eviction(IPPROTO_TCP);
}

Test(sampling, responses_to_queries_that_were_left_out_are_no_orphans)
{
	struct trial trial;
	unsigned out;

	begin(&trial, IPPROTO_UDP);
	out = count_out(&trial, &half);
	exchange_table__sample(trial.table, &half);
	give_all(&trial, false, &half, 0);
	exchange_table__sample(trial.table, &all);
	give_all(&trial, true, &all, 5 * S);
	cr_expect_eq(trial.counters->answered, CLIENTS - out);
	cr_expect_eq(trial.counters->unsampled, out);
	cr_expect_eq(trial.counters->orphan, 0);
	exchange_table__free(trial.table);
}

Test(sampling, an_orphan_is_one_again_after_the_timeout)
{
	struct trial trial;
	unsigned out;

	begin(&trial, IPPROTO_UDP);
	out = count_out(&trial, &half);
	give(&trial, 0, false, 0);
	exchange_table__sample(trial.table, &half);
	exchange_table__sample(trial.table, &all);
	give_all(&trial, true, &all, 5 * S + 1);
	cr_expect_eq(trial.counters->unsampled, 0);
	cr_expect_eq(trial.counters->orphan, CLIENTS - (is_out(&trial, 0, &half) ? 0 : 1));
	cr_assert_gt(out, 0);
	exchange_table__free(trial.table);
}

Test(sampling, a_response_of_a_class_that_was_always_read_is_an_orphan)
{
	struct trial trial;
	unsigned out;

	begin(&trial, IPPROTO_UDP);
	out = count_out(&trial, &half);
	exchange_table__sample(trial.table, &half);
	exchange_table__sample(trial.table, &all);
	give_all(&trial, true, &all, MS);
	cr_expect_eq(trial.counters->unsampled, out);
	cr_expect_eq(trial.counters->orphan, CLIENTS - out);
	exchange_table__free(trial.table);
}

/* One step down, the class that is read again is that of the second bit. */
Test(sampling, an_order_that_asks_for_less_frees_some)
{
	struct trial trial;
	unsigned most, least;

	begin(&trial, IPPROTO_UDP);
	most = count_out(&trial, &quarter);
	least = count_out(&trial, &half);
	cr_assert(most > least + 100, "%u and %u are left out", most, least);
	exchange_table__sample(trial.table, &half);
	exchange_table__sample(trial.table, &quarter);
	exchange_table__sample(trial.table, &half);
	give_all(&trial, true, &half, MS);
	cr_expect_eq(trial.counters->unsampled, most - least);
	cr_expect_eq(trial.counters->orphan, CLIENTS - most);
	/* a new query of that class is read, and so is its response */
	give_all(&trial, false, &half, S);
	give_all(&trial, true, &half, S + MS);
	cr_expect_eq(trial.counters->answered, CLIENTS - least);
	cr_expect_eq(trial.counters->evicted, 0);
	exchange_table__free(trial.table);
}
