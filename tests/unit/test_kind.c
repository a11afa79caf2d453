// SPDX-License-Identifier: GPL-2.0-or-later
/* Bits by hand, as the comment of column "kind" in a segment tells them. */
#include "query/kind.h"

#include <criterion/criterion.h>
#include <netinet/in.h>

#define BIT(n) (1LL << (n))

Test(kind, each_part_lies_where_segments_say)
{
	const struct {
		struct exchange exchange;
		int64_t kind;
	} rows[] = {
		{{.protocol = IPPROTO_UDP, .has_query = true}, BIT(9)},
		{{.protocol = IPPROTO_UDP, .has_response = true, .state = 3}, BIT(10) | 3},
		{{.protocol = IPPROTO_TCP, .has_query = true}, BIT(9) | BIT(8)},
		{{.protocol = IPPROTO_UDP, .has_query = true, .service = 2}, BIT(9) | 2 << 3},
		{{.protocol = IPPROTO_UDP, .has_query = true, .cause = 5}, BIT(9) | 5 << 5},
		{{.protocol = IPPROTO_UDP, .has_query = true, .recursion_desired = true},
		 BIT(9) | BIT(11)},
		{{.protocol = IPPROTO_UDP, .has_query = true, .was_retried = true},
		 BIT(9) | BIT(12)},
		{{.protocol = IPPROTO_TCP, .has_query = true, .is_retry = true},
		 BIT(9) | BIT(8) | BIT(13)},
		{{.protocol = IPPROTO_UDP, .has_query = true, .has_latency = true},
		 BIT(9) | BIT(21)},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct exchange *in = &rows[i].exchange;
		struct exchange out;

		cr_expect_eq(kind_pack(in), rows[i].kind, "row %zu", i);
		cr_assert(kind_unpack(rows[i].kind, &out), "row %zu", i);
		cr_expect(out.state == in->state && out.service == in->service &&
				  out.cause == in->cause && out.protocol == in->protocol &&
				  out.has_query == in->has_query &&
				  out.has_response == in->has_response &&
				  out.recursion_desired == in->recursion_desired &&
				  out.was_retried == in->was_retried &&
				  out.is_retry == in->is_retry &&
				  out.has_latency == in->has_latency && out.keep == KEEP_NONE,
			  "row %zu", i);
	}
}

/* Each part has one value more than its bits must refuse. */
Test(kind, what_does_not_exist_is_refused)
{
	const struct {
		int64_t kind;
		bool valid;
	} rows[] = {
		{0, false},
		{BIT(9) | (EXCHANGE_STATES - 1), true},
		{BIT(9) | EXCHANGE_STATES, false},
		{BIT(9) | 2 << 3, true},
		{BIT(9) | 3 << 3, false},
		{BIT(9) | 2 << 14, true},
		{BIT(9) | 3 << 14, false},
		{BIT(9) | DNS_MESSAGE_VERDICTS << 16, true},
		{BIT(9) | (DNS_MESSAGE_VERDICTS + 1) << 16, false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct exchange out;

		cr_expect_eq(kind_unpack(rows[i].kind, &out), rows[i].valid, "row %zu", i);
	}
}
