// SPDX-License-Identifier: GPL-2.0-or-later
/* Netlink messages. Expected bytes by hand from netlink(7): header 16, attribute header 4, pads
 * to 4. */
#include "source/netlink.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <linux/rtnetlink.h>
#include <string.h>

static uint16_t word_at(const struct netlink_request *request, size_t at)
{
	uint16_t word;

	memcpy(&word, request->u.bytes + at, sizeof(word));
	return word;
}

Test(netlink, attributes_are_padded_and_nests_hold_what_follows)
{
	struct netlink_request request;
	uint8_t family[3] = {1, 2, 3};
	size_t nest;

	netlink__start(&request, 77, NLM_F_CREATE, family, sizeof(family));
	cr_assert_eq(netlink__put(&request, 5, "abc", 3), 20, "behind 16 + 3 bytes, padded");
	nest = netlink__put(&request, 6, NULL, 0);
	cr_assert_eq(nest, 28, "behind 20 + 4 + 3 bytes, padded");
	netlink__put(&request, 7, "x", 1);
	netlink__end_nest(&request, nest);

	cr_assert_eq(request.u.header.nlmsg_type, 77);
	cr_assert_eq(request.u.header.nlmsg_flags, NLM_F_REQUEST | NLM_F_CREATE);
	cr_assert_eq(request.u.header.nlmsg_len, 37);
	cr_assert_eq(word_at(&request, 20), 7, "header and 3 bytes, without padding");
	cr_assert_eq(word_at(&request, 22), 5);
	cr_assert_eq(word_at(&request, 28), 9, "the nest: its header, then header and 1 byte");
	cr_assert_eq(word_at(&request, 32), 5);
	cr_assert_eq(memcmp(request.u.bytes + 24, "abc", 4), 0, "the padding is 0");
}

Test(netlink, what_does_not_fit_is_left_out)
{
	struct netlink_request request;
	uint8_t much[NETLINK_REQUEST_MAX] = {0};

	netlink__start(&request, 1, 0, NULL, 0);
	cr_assert_eq(netlink__put(&request, 1, much, sizeof(much) - 16 - 4 + 1), 0);
	cr_assert_eq(request.u.header.nlmsg_len, 16);
	cr_assert_eq(netlink__put(&request, 1, much, sizeof(much) - 16 - 4), 16, "just fits");
	cr_assert_eq(netlink__put(&request, 1, NULL, 0), 0);
}

Test(netlink, attributes_are_found_whatever_their_neighbours_claim)
{
	/* length and type in host order; on a big-endian machine these say other things */
	static const uint8_t two[] = {5, 0, 1, 0, 'a', 0, 0, 0, 6, 0, 2, 0x80, 'b', 'c'};
	static const uint8_t too_long[] = {200, 0, 1, 0, 'a', 0, 0, 0};
	static const uint8_t too_short[] = {3, 0, 1, 0, 5, 0, 2, 0, 'b', 0, 0, 0};
	const uint8_t *found;
	size_t size = 0;

	cr_assert_eq(netlink_find(two, sizeof(two), 1, &size), two + 4);
	cr_assert_eq(size, 1);
	found = netlink_find(two, sizeof(two), 2, &size);
	cr_assert_eq(found, two + 12, "NLA_F_NESTED is no part of the type");
	cr_assert_eq(size, 2);
	cr_assert_null(netlink_find(two, sizeof(two), 3, &size));
	cr_assert_null(netlink_find(too_long, sizeof(too_long), 1, &size));
	cr_assert_null(netlink_find(too_short, sizeof(too_short), 2, &size));
	cr_assert_null(netlink_find(two, 3, 1, &size));
	cr_assert_null(netlink_find(NULL, 0, 1, &size));
}

static void take_link(void *context, const struct nlmsghdr *message)
{
	size_t size, name_size;
	const void *attributes = netlink_attributes(message, sizeof(struct ifinfomsg), &size);
	const char *name = netlink_find(attributes, size, IFLA_IFNAME, &name_size);

	if (name && strcmp(name, "lo") == 0)
		++*(int *)context;
}

Test(netlink, a_dump_and_a_question_both_come_to_an_end)
{
	struct ifinfomsg header = {.ifi_index = 1};
	struct netlink_request request;
	int loopbacks = 0;

	netlink__start(&request, RTM_GETLINK, NLM_F_DUMP, &header, sizeof(header));
	cr_assert_eq(netlink_ask(NETLINK_ROUTE, &request, take_link, &loopbacks), 0);
	cr_assert_eq(loopbacks, 1);
	netlink__start(&request, RTM_GETLINK, 0, &header, sizeof(header));
	cr_assert_eq(netlink_ask(NETLINK_ROUTE, &request, take_link, &loopbacks), 0);
	cr_assert_eq(loopbacks, 2, "index 1 is the loopback device in every namespace");
}

Test(netlink, one_bit_of_a_dump_is_no_dump)
{
	struct ifinfomsg header = {.ifi_index = 1};
	struct netlink_request request;

	/* NLM_F_EXCL is one of the two bits of NLM_F_DUMP: taken for it, the answer never came */
	netlink__start(&request, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &header, sizeof(header));
	cr_assert_lt(netlink_ask(NETLINK_ROUTE, &request, NULL, NULL), 0,
		     "no rights, or it is there");
	cr_assert(request.u.header.nlmsg_flags & NLM_F_ACK);
}
