// SPDX-License-Identifier: GPL-2.0-or-later
/* Truncated answers and their retries: each rule, its edges, and what a held one still has. */
#include "flow/exchange_table.h"
#include "retries_desk.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

Test(retries, truncated_answer_waits_and_is_told_right_before_its_retry)
{
	struct desk d;

	desk_open(&d, 5);
	cr_expect_str_eq(desk_take_truncated(&d, 1, T0), "");
	cr_expect_eq(d.counters->open, 1);
	cr_expect_str_eq(desk_take_answered(&d, 2, T0 + MS), "2");
	cr_expect_str_eq(desk_take_tcp(&d, 3, T0 + MS, T0 + 3 * MS), "1+ 3>1");
	cr_expect_str_eq(desk_take_tcp(&d, 4, T0 + MS, T0 + 4 * MS), "4", "nothing left to retry");
	cr_expect_str_eq(desk_finish(&d), "");
	cr_expect_eq(d.counters->truncated, 1);
	cr_expect_eq(d.counters->retried, 1);
	desk_close(&d);
}

Test(retries, retry_begins_in_the_window_to_the_nanosecond)
{
	static const struct {
		int64_t begins;
		const char *told;
	} rows[] = {{-1, "2"}, {0, "1+ 2>1"}, {WINDOW, "1+ 2>1"}, {WINDOW + 1, "2"}};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t begins = T0 + rows[i].begins;
		struct desk d;

		desk_open(&d, 5);
		desk_take_truncated(&d, 1, T0);
		cr_expect_str_eq(desk_take_tcp(&d, 2, begins, begins + MS), rows[i].told, "row %u",
				 i);
		cr_expect_eq(d.counters->open, strlen(rows[i].told) == 1, "row %u", i);
		desk_close(&d);
	}
}

Test(retries, answer_is_abandoned_when_no_retry_can_come_any_more)
{
	struct desk d;

	desk_open(&d, 5);
	desk_take_truncated(&d, 1, T0);
	cr_expect_str_eq(desk_tick(&d, T0 + SPAN), "");
	cr_expect_str_eq(desk_tick(&d, T0 + SPAN + 1), "1!");
	cr_expect_eq(d.counters->abandoned, 1);

	desk_take_truncated(&d, 2, T0 + SPAN + 1);
	cr_expect_str_eq(desk_take_answered(&d, 3, T0 + 2 * SPAN + 1), "3");
	cr_expect_str_eq(desk_take_answered(&d, 4, T0 + 2 * SPAN + 2), "2! 4",
			 "by an exchange's end");
	desk_close(&d);
}

Test(retries, retry_may_end_as_late_as_its_timeout_allows)
{
	struct desk d;

	desk_open(&d, 5);
	desk_take_truncated(&d, 1, T0);
	cr_expect_str_eq(desk_take_tcp(&d, 2, T0 + WINDOW, T0 + SPAN), "1+ 2>1");
	desk_take_truncated(&d, 3, T0 + SPAN);
	cr_expect_str_eq(desk_take_tcp(&d, 4, T0 + SPAN, T0 + 2 * SPAN + 1), "3! 4");
	desk_close(&d);
}

/* What may be different about an exchange over TCP. */
#define CHANGE(name, assignment)                                                                   \
	static void name(struct exchange *e)                                                       \
	{                                                                                          \
		assignment;                                                                        \
	}

CHANGE(other_client, e->client[15]++)
CHANGE(other_server, e->server[15]++)
CHANGE(other_server_port, e->server_port = 5300)
CHANGE(other_type, e->qtype = 48)
CHANGE(other_class, e->qclass = 3)
CHANGE(other_name, e->qname = (const uint8_t *)"\7example\3com")
static void shorter_name(struct exchange *e)
{
	e->qname = desk_name + 8;
	e->qname_length -= 8;
}
CHANGE(no_question, e->qname_length = 0)
CHANGE(over_udp, e->protocol = IPPROTO_UDP)
CHANGE(of_llmnr, e->service = SERVICE_LLMNR)
CHANGE(on_other_vlan, e->vlan[0] = 5)
CHANGE(in_other_network, e->tunnel_id = 1001)
CHANGE(in_other_tunnel, e->tunnel = ODD_TUNNEL_GENEVE)
CHANGE(other_client_port, e->client_port = 40002)
CHANGE(same_client_port, e->client_port = 40001)
CHANGE(without_vlan, e->vlan[0] = 0)
CHANGE(without_tunnel, e->tunnel = ODD_TUNNEL_NONE)
CHANGE(in_gtp, e->tunnel = ODD_TUNNEL_GTP)
CHANGE(unanswered, e->state = EXCHANGE_UNANSWERED)
CHANGE(late, e->state = EXCHANGE_LATE)
CHANGE(orphan, e->state = EXCHANGE_ORPHAN)
CHANGE(pending, e->state = EXCHANGE_PENDING)
CHANGE(truncated_too, e->flags |= DNS_FLAG_TC)
static void expect_after_change(void (*change)(struct exchange *), const char *told, unsigned row)
{
	struct exchange first = desk_truncated(1, T0), second = desk_tcp(2, T0, T0 + MS);
	struct desk d;

	desk_open(&d, 5);
	first.vlan[0] = second.vlan[0] = 4;
	first.tunnel = second.tunnel = ODD_TUNNEL_VXLAN;
	first.tunnel_id = second.tunnel_id = 1000;
	desk_take(&d, &first);
	change(&second);
	cr_expect_str_eq(desk_take(&d, &second), told, "row %u", row);
	desk_close(&d);
}

Test(retries, exchange_that_differs_in_what_counts_is_no_retry)
{
	static void (*const rows[])(struct exchange *) = {
		other_client,  other_server,	 other_server_port, other_type, other_class,
		other_name,    shorter_name,	 no_question,	    over_udp,	of_llmnr,
		on_other_vlan, in_other_network, in_other_tunnel,
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		expect_after_change(rows[i], "2", i);
}

Test(retries, exchange_that_differs_in_what_does_not_count_is_a_retry)
{
	static void (*const rows[])(struct exchange *) = {
		other_client_port,
		same_client_port,
		without_vlan,
		without_tunnel,
		in_gtp,
		unanswered,
		late,
		orphan,
		pending,
		truncated_too,
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		expect_after_change(rows[i], "1+ 2>1", i);
}

CHANGE(over_tcp_itself, e->protocol = IPPROTO_TCP)
CHANGE(not_truncated, e->flags &= (uint16_t)~DNS_FLAG_TC)
CHANGE(of_mdns, e->service = SERVICE_MDNS)
CHANGE(multicast, e->state = EXCHANGE_MULTICAST)
CHANGE(an_ixfr, e->qtype = 251)
CHANGE(an_axfr, e->qtype = 252)
Test(retries, what_is_no_truncated_answer_is_handed_on_at_once)
{
	static void (*const rows[])(struct exchange *) = {
		late,	 orphan,   unanswered, pending,	    over_tcp_itself, not_truncated,
		of_mdns, of_llmnr, multicast,  no_question, an_ixfr,	     an_axfr,
	};
	struct desk d;

	desk_open(&d, 5);
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct exchange e = desk_truncated((uint16_t)i, T0);
		char want[8];

		rows[i](&e);
		snprintf(want, sizeof(want), "%u", i);
		cr_expect_str_eq(desk_take(&d, &e), want);
	}
	cr_expect_eq(d.counters->truncated, 0);
	desk_close(&d);
}

Test(retries, zone_transfer_over_tcp_neither_decides_nor_lets_time_pass)
{
	struct exchange e = desk_tcp(2, T0, T0 + 100 * SPAN);
	struct desk d;

	desk_open(&d, 5);
	desk_take_truncated(&d, 1, T0);
	e.qtype = 252;
	cr_expect_str_eq(desk_take(&d, &e), "2");
	cr_expect_eq(d.counters->open, 1);
	desk_close(&d);
}

Test(retries, one_retry_serves_all_that_ended_before_it_began)
{
	struct desk d;

	desk_open(&d, 11);
	desk_take_truncated(&d, 1, T0);
	desk_take_truncated(&d, 3, T0 + 7 * MS);
	desk_take_truncated(&d, 2, T0 + 5 * MS); /* in disorder */
	desk_take_truncated(&d, 4, T0 + 13 * MS);
	cr_expect_str_eq(desk_take_tcp(&d, 9, T0 + 7 * MS, T0 + 17 * MS), "1+ 2+ 3+ 9>3");
	cr_expect_eq(d.counters->open, 1, "the last came after the retry began");
	cr_expect_str_eq(desk_take_tcp(&d, 10, T0 + 13 * MS, T0 + 19 * MS), "4+ 10>4");
	desk_close(&d);
}

Test(retries, each_truncated_answer_has_its_own_window)
{
	struct desk d;

	desk_open(&d, 11);
	desk_take_truncated(&d, 1, T0);
	desk_take_truncated(&d, 2, T0 + 1);
	cr_expect_str_eq(desk_take_tcp(&d, 9, T0 + WINDOW + 1, T0 + WINDOW + MS), "2+ 9>2");
	cr_expect_str_eq(desk_tick(&d, T0 + SPAN + 1), "1!");
	desk_close(&d);
}

Test(retries, oldest_goes_undecided_when_there_is_no_room)
{
	struct desk d;

	desk_open(&d, 3);
	for (uint16_t i = 1; i <= 4; i++) {
		struct exchange e = desk_truncated(i, T0 + i * MS);

		e.qtype = i;
		if (i == 1) /* the first to come is not the first to end */
			e.end_ns = T0 + 10 * MS;
		cr_expect_str_eq(desk_take(&d, &e), i < 4 ? "" : "2");
	}
	cr_expect_eq(d.counters->unknown, 1);
	cr_expect_str_eq(desk_finish(&d), "3 4 1", "in order of their ends");
	desk_close(&d);
}

Test(retries, one_question_of_one_client_cannot_take_all_places)
{
	struct exchange other = desk_truncated(99, T0 - MS);
	struct desk d;

	desk_open(&d, 101);
	other.client[15] = 77;
	desk_take(&d, &other);
	for (uint16_t i = 0; i < SAME_MAX; i++)
		cr_expect_str_eq(desk_take_truncated(&d, i, T0 + i), "");
	cr_expect_str_eq(desk_take_truncated(&d, SAME_MAX, T0 + SAME_MAX), "0");
	cr_expect_str_eq(desk_take_truncated(&d, 17, T0 + 17), "1");
	cr_expect_eq(d.counters->open, SAME_MAX + 1);
	cr_expect_eq(d.counters->unknown, 2);
	desk_close(&d);
}

Test(retries, answer_too_long_to_keep_goes_at_once_undecided)
{
	static const uint8_t bytes[ODD_SNAPLEN_MAX + 1];
	struct dns_message message = {.flags = 0};
	struct desk d;

	desk_open(&d, 3);
	for (uint16_t more = 0; more < 2; more++) {
		struct exchange e = desk_truncated(more, T0);

		e.message = &message;
		e.bytes = (struct dns_bytes){bytes, ODD_SNAPLEN_MAX + more, sizeof(bytes)};
		cr_expect_str_eq(desk_take(&d, &e), more ? "1" : "");
	}
	cr_expect_eq(d.counters->truncated, 2);
	cr_expect_eq(d.counters->unknown, 1);
	desk_close(&d);
}

Test(retries, clock_that_steps_back_leaves_all_undecided)
{
	struct desk d;

	desk_open(&d, 5);
	cr_expect_str_eq(desk_tick(&d, T0 + SPAN), "");
	desk_take_truncated(&d, 1, T0 + SPAN);
	cr_expect_str_eq(desk_tick(&d, T0), "", "disorder");
	cr_expect_str_eq(desk_tick(&d, T0 - 1), "1");
	cr_expect_eq(d.counters->unknown, 1);

	desk_take_truncated(&d, 2, T0);
	cr_expect_str_eq(desk_take_tcp(&d, 3, T0, T0 + MS), "2+ 3>2", "on the new clock");

	desk_take_truncated(&d, 4, T0 + 2 * SPAN);
	cr_expect_str_eq(desk_take_truncated(&d, 5, T0 + SPAN - 1), "4", "told by an answer");
	cr_expect_str_eq(desk_tick(&d, T0 + 2 * SPAN - 1), "");
	cr_expect_str_eq(desk_tick(&d, T0 + 2 * SPAN), "5!");
	desk_close(&d);
}

Test(retries, expiry_told_late_is_no_step_of_the_clock)
{
	struct desk d;

	desk_open(&d, 5);
	desk_take_truncated(&d, 1, T0);
	cr_expect_str_eq(desk_take_answered(&d, 2, T0 - 10 * SPAN), "2");
	cr_expect_eq(d.counters->open, 1);
	desk_close(&d);
}

Test(retries, finish_hands_on_what_is_held_undecided)
{
	struct retries_limits shorter = {.window_ns = MS, .timeout_ns = MS};
	struct desk d;

	desk_open(&d, 5);
	desk_take_truncated(&d, 1, T0);
	desk_take_truncated(&d, 2, T0 + 3 * MS);
	cr_expect_str_eq(desk_finish(&d), "1 2");
	cr_expect_eq(d.counters->unknown, 2);
	cr_expect_str_eq(desk_finish(&d), "");

	desk_take_truncated(&d, 3, T0 + 5 * MS);
	desk_take_truncated(&d, 4, T0 + 8 * MS);
	retries__set_limits(d.retries, &shorter);
	cr_expect_str_eq(desk_finish(&d), "3! 4", "due already, with the shorter times");
	desk_close(&d);
}

static void nobody(void *context, const struct exchange *exchange)
{
	(void)context;
	(void)exchange;
}

Test(retries, limits_out_of_range_are_refused)
{
	static const unsigned held[] = {0, 65537, 4294967295U};
	struct retries *untouched = NULL;

	for (unsigned i = 0; i < 3; i++) {
		struct retries_limits limits = {.held = held[i]};

		cr_expect_eq(retries__new(&limits, 0, nobody, NULL, &untouched), -EINVAL);
		cr_expect_null(untouched);
	}
	retries__free(NULL);
}

/*
 * example.org TXT, truncated, with an OPT: NSID "ns-23" (RFC 5001), cookie of 16 bytes (RFC 7873),
 * EDE 3 "old" and 22 "" (RFC 8914), report channel a.desk_name (RFC 9567).
 */
static const uint8_t wire[] = "\x12\x34\x83\x80\0\1\0\0\0\0\0\1"
			      "\7example\3org\0\0\x10\0\1"
			      "\0\0\x29\4\xd0\0\0\0\0\0\x3b"
			      "\0\3\0\5ns-23"
			      "\0\xa\0\x10"
			      "abcdefghABCDEFGH"
			      "\0\xf\0\5\0\3old"
			      "\0\xf\0\2\0\x16"
			      "\0\x12\0\xb\1a\7example"; /* and the literal's zero */

static void expect_options(const struct dns_edns *edns)
{
	cr_expect_eq(edns->udp_bytes, 1232);
	cr_assert_eq(edns->nsid_length, 5);
	cr_expect_arr_eq(edns->nsid, "ns-23", 5);
	cr_assert_eq(edns->cookie_length, 16);
	cr_expect_arr_eq(edns->cookie, "abcdefghABCDEFGH", 16);
	cr_assert_eq(edns->report_length, 11);
	cr_expect_arr_eq(edns->report, "\1a\7example", 11);
	cr_assert_eq(edns->ede_count, 2);
	cr_expect_eq(edns->ede[1].code, 22);
	cr_assert_eq(edns->ede[0].text_length, 3);
	cr_expect_arr_eq(edns->ede[0].text, "old", 3);
}

static void expect_whole(const struct exchange *e)
{
	cr_assert_eq(e->qname_length, sizeof(desk_name));
	cr_expect_arr_eq(e->qname, desk_name, sizeof(desk_name));
	cr_assert_eq(e->bytes.length, sizeof(wire));
	cr_expect_eq(e->bytes.message_length, sizeof(wire) + 3);
	cr_expect_arr_eq(e->bytes.data, wire, sizeof(wire));
	cr_expect_eq(e->message->id, 0x1234);
	cr_expect_eq(e->message->verdict, DNS_MESSAGE_RDATA, "as it was read at first");
	cr_expect_eq(e->message->qname.length, sizeof(desk_name));
	expect_options(&e->message->edns);
}

/* Hand one in whose bytes, name, message and exchange are gone right after. */
static void take_and_overwrite(struct desk *d)
{
	uint8_t *bytes = malloc(sizeof(wire)), *name = malloc(sizeof(desk_name));
	struct dns_message *message = malloc(sizeof(*message));
	struct exchange e = desk_truncated(1, T0);

	memcpy(bytes, wire, sizeof(wire));
	memcpy(name, desk_name, sizeof(desk_name));
	e.bytes = (struct dns_bytes){bytes, sizeof(wire), sizeof(wire) + 3};
	dns_message_read(&e.bytes, DNS_DEPTH_RDATA, message);
	message->verdict = DNS_MESSAGE_RDATA;
	e.message = message;
	e.qname = name;
	desk_take(d, &e);
	memset(bytes, 0xaa, sizeof(wire));
	memset(name, 0xaa, sizeof(desk_name));
	memset(message, 0xaa, sizeof(*message));
	memset(&e, 0xaa, sizeof(e));
	free(bytes);
	free(name);
	free(message);
}

Test(retries, held_message_outlives_the_packet_that_it_came_in)
{
	struct desk d;

	desk_open(&d, 5);
	take_and_overwrite(&d);
	d.look = expect_whole;
	cr_expect_str_eq(desk_tick(&d, T0 + SPAN + 1), "1!");
	desk_close(&d);
}

static struct exchange given;

static void expect_as_given(const struct exchange *e)
{
	struct exchange want = given;

	want.qname = e->qname;
	cr_expect_arr_eq(e, &want, sizeof(want));
}

Test(retries, undecided_exchange_is_handed_on_as_it_came)
{
	struct desk d;

	desk_open(&d, 5);
	/* as bytes, so that paddings are alike */
	memset(&given, 0, sizeof(given));
	given = desk_truncated(1, T0);
	given.keep = KEEP_FIRST;
	given.cgroup_id = 23;
	given.outer_dst[15] = 7;
	given.latency_ns = 11 * MS;
	given.tries = 3;
	given.ifindex = 5;
	desk_take(&d, &given);
	d.look = expect_as_given;
	cr_expect_str_eq(desk_finish(&d), "1");
	desk_close(&d);
}

static void to_retries(void *context, const struct exchange *exchange)
{
	struct desk *d = context;

	retries__exchange(d->retries, exchange);
}

static bool knows_nobody(void *context, const uint8_t *server)
{
	(void)context;
	(void)server;
	return false;
}

/* Hand a message of example.org TXT to the table. @flags: of the header; 'E' instead of 'e' */
static void say(struct exchange_table *table, struct odd_event *event, uint16_t flags, char e)
{
	bool is_response = flags & DNS_FLAG_QR;

	memcpy(event->payload, wire, 12 + 13 + 4);
	event->payload[2] = (uint8_t)(flags >> 8);
	event->payload[3] = (uint8_t)flags;
	event->payload[11] = 0;
	event->payload[13] = (uint8_t)e;
	event->captured_bytes = event->message_bytes = 12 + 13 + 4;
	memset(event->src, is_response ? 53 : 1, sizeof(event->src));
	memset(event->dst, is_response ? 1 : 53, sizeof(event->dst));
	event->src_port = is_response ? 53 : 40001;
	event->dst_port = is_response ? 40001 : 53;
	exchange_table__event(table, event);
	event->time_ns += MS;
}

Test(retries, case_of_the_name_does_not_matter)
{
	struct exchange_limits limits = {.timeout_ns = TIMEOUT, .grace_ns = 0, .entries = 64};
	struct exchange_listener listener = {.on_end = to_retries, .knows = knows_nobody};
	struct odd_event *event = calloc(1, sizeof(*event) + sizeof(wire));
	struct exchange_table *table;
	struct desk d;

	desk_open(&d, 5);
	listener.context = &d;
	cr_assert_eq(exchange_table__new(&limits, 7, &listener, &table), 0);
	event->time_ns = T0;
	event->protocol = IPPROTO_UDP;
	say(table, event, 0x0100, 'e');
	say(table, event, 0x8380, 'e');
	cr_expect_str_eq(desk_line(&d), "");
	event->protocol = IPPROTO_TCP;
	say(table, event, 0x0100, 'E');
	say(table, event, 0x8180, 'E');
	cr_expect_str_eq(desk_line(&d), "4660+ 4660>4660"); /* 0x1234 */
	exchange_table__free(table);
	free(event);
	desk_close(&d);
}
