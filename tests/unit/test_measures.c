// SPDX-License-Identifier: GPL-2.0-or-later
/* What an exchange adds to the sums, by state and by the flows that count. */
#include "query/measures.h"

#include <criterion/criterion.h>

static void expect_sums(const struct measures *sums, const struct measures *expected)
{
	cr_expect_eq(sums->exchanges, expected->exchanges);
	cr_expect_eq(sums->flows, expected->flows);
	cr_expect_eq(sums->packets, expected->packets);
	cr_expect_eq(sums->bytes, expected->bytes);
	cr_expect_eq(sums->unanswered, expected->unanswered);
}

/* 3 transmissions of 41 bytes, a transfer of 5 messages with 1009 bytes together. */
static const struct exchange transfer = {
	.state = EXCHANGE_ANSWERED,
	.has_query = true,
	.has_response = true,
	.tries = 3,
	.query_bytes = 41,
	.messages = 5,
	.response_bytes = 1009,
};

Test(measures, flows_that_count_add_their_packets_and_bytes)
{
	static const struct {
		unsigned directions;
		struct measures sums;
	} rows[] = {
		{FLOW_BIT(FLOW_QUERY), {1, 1, 3, 123, 0}},
		{FLOW_BIT(FLOW_RESPONSE), {1, 1, 5, 1009, 0}},
		{FLOW_BOTH, {1, 2, 8, 1132, 0}},
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct measures sums = {0};

		measures__add_exchange(&sums, &transfer, rows[i].directions);
		expect_sums(&sums, &rows[i].sums);
	}
}

Test(measures, only_the_state_unanswered_counts_as_such)
{
	static const uint64_t unanswered[EXCHANGE_STATES] = {[EXCHANGE_UNANSWERED] = 1};

	for (unsigned i = 0; i < EXCHANGE_STATES; i++) {
		struct exchange e = {.state = (enum exchange_state)i,
				     .has_query = true,
				     .tries = 1,
				     .query_bytes = 29};
		struct measures sums = {0};

		measures__add_exchange(&sums, &e, FLOW_BIT(FLOW_QUERY));
		expect_sums(&sums, &(struct measures){1, 1, 1, 29, unanswered[i]});
	}
}

Test(measures, sums_add_up_member_by_member)
{
	struct measures sums = {2, 3, 5, 7, 11};

	measures__add(&sums, &(struct measures){13, 17, 19, 1ULL << 40, 29});
	expect_sums(&sums, &(struct measures){15, 20, 24, (1ULL << 40) + 7, 40});
}
