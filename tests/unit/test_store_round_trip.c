// SPDX-License-Identifier: GPL-2.0-or-later
/* What is stored is what is read: the same JSON, field by field, as the sensor would have shown. */
#include "store_fixture.h"

#include "sink/json.h"
#include "store/store.h"

#include <criterion/criterion.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EVERYTHING ((field_set)-1 >> (64 - FIELDS))

/* Id 7, www.example.com A, CNAME a.example.com, its A, an SOA's NS, and OPT with an NSID "x". */
static const uint8_t response[] = "\x00\x07\x81\xa3\x00\x01\x00\x02\x00\x01\x00\x01"
				  "\3www\7example\3com\0\x00\x01\x00\x01"
				  "\xc0\x0c\x00\x05\x00\x01\x00\x00\x00\x3c\x00\x04\x01"
				  "a\xc0\x10"
				  "\xc0\x2d\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\xc0\x00\x02\x07"
				  "\xc0\x10\x00\x02\x00\x01\x00\x00\x00\x3c\x00\x05\x02ns\xc0\x10"
				  "\x00\x00\x29\x04\xd0\x01\x00\x80\x00\x00\x05\x00\x03\x00\x01x";

static const char *interface_name(void *context __attribute__((unused)), uint32_t ifindex)
{
	return ifindex == 3 ? "eth\t3" : NULL;
}

static const char *user_name(void *context __attribute__((unused)), uint32_t uid)
{
	return uid == 1000 ? "joe" : NULL;
}

static const char *unit_name(void *context __attribute__((unused)), uint64_t cgroup_id)
{
	return cgroup_id == 77 ? "web.service" : NULL;
}

static const struct exchange_names known = {interface_name, user_name, unit_name, NULL};

/* An answered exchange of which @captured of @wire bytes of the response are at hand. */
static struct exchange answered_with(const uint8_t *bytes, size_t captured, size_t wire,
				     struct dns_message *message)
{
	struct exchange e = {
		.state = EXCHANGE_ANSWERED,
		.time_ns = HOUR_7 + 12345678901,
		.has_latency = true,
		.latency_ns = 1234567,
		.wait_ns = 5001234567,
		.client = {[10] = 0xff, 0xff, 192, 0, 2, 1},
		.server = {0x20, 0x01, 0x0d, 0xb8, [15] = 0x53},
		.client_port = 40001,
		.server_port = 53,
		.protocol = IPPROTO_UDP,
		.vlan = {100, 7},
		.ifindex = 3,
		.id = 7,
		.has_query = true,
		.has_response = true,
		.recursion_desired = true,
		.tries = 2,
		.query_bytes = 44,
		.response_bytes = wire,
		.messages = 1,
		.uid = 1000,
		.pid = 4711,
		.cgroup_id = 77,
		.comm = "curl\x1b",
		.is_retry = true,
		.retry_of = 6,
		.keep = KEEP_ALL,
		.message = message,
		.bytes = {bytes, captured, wire},
	};

	dns_message_read(&e.bytes, DNS_DEPTH_RDATA, message);
	e.flags = message->flags;
	e.rcode = message->rcode;
	e.ancount = message->ancount;
	e.nscount = message->nscount;
	e.arcount = message->arcount;
	e.qname_length = message->qname.length;
	e.qname = message->qname.wire;
	e.qtype = message->qtype;
	e.qclass = message->qclass;
	return e;
}

static struct exchange answered(struct dns_message *message, size_t captured)
{
	return answered_with(response, captured, sizeof(response) - 1, message);
}

/* The JSON, and the questions, which have no field. */
static char *as_json(const struct exchange *exchange, const struct exchange_names *names)
{
	const struct json_names json = {.exchange = *names};
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	json_exchange(out, &json, exchange);
	if (exchange->message)
		fprintf(out, "%u questions\n", exchange->message->qdcount);
	fclose(out);
	return text;
}

static int keep_json(void *context, const struct exchange *exchange,
		     const struct exchange_names *names,
		     unsigned directions __attribute__((unused)))
{
	char **text = context;

	cr_assert_null(*text, "one row");
	*text = as_json(exchange, names);
	return 0;
}

static void assert_survives(const struct exchange *exchange)
{
	char *dir = fixture_dir(), *live = as_json(exchange, &known), *stored = NULL;
	const struct store_options options = {.dir = dir,
					      .segment_ns = STORE_HOUR_NS,
					      .queue_bytes = 1 << 20,
					      .wait = true,
					      .names = true,
					      .records = KEEP_ALL,
					      .names_of = known};
	void *contexts[] = {&stored};
	const struct store_scan scan = {.span = ANY_TIME,
					.fields = EVERYTHING,
					.workers = 1,
					.contexts = contexts,
					.on_row = keep_json};
	struct store_reader *reader;
	struct store *store;

	cr_assert_eq(store__open(&options, &store), 0);
	store__exchange(store, exchange);
	cr_assert_eq(store__close(store, NULL), 0);
	cr_assert_eq(store_reader__open(dir, &reader), 0);
	cr_assert_eq(store_reader__scan(reader, &scan), 0);
	cr_assert(stored);
	cr_assert_str_eq(stored, live);
	store_reader__close(reader);
	free(live);
	free(stored);
	fixture_remove(dir);
}

Test(round_trip, an_answer_is_what_it_was_however_much_is_kept)
{
	for (enum exchange_keep keep = KEEP_NONE; keep <= KEEP_ALL; keep++) {
		struct dns_message message;
		struct exchange e = answered(&message, sizeof(response) - 1);

		cr_assert_eq(message.verdict, DNS_MESSAGE_OK);
		cr_assert(message.has_edns && message.edns.nsid_length == 1);
		e.keep = keep;
		assert_survives(&e);
	}
}

/* From the header on to before the last byte. */
Test(round_trip, a_response_that_was_cut_anywhere_is_still_cut_there)
{
	for (size_t captured = 12; captured < sizeof(response) - 1; captured += 3) {
		for (enum exchange_keep keep = KEEP_NONE; keep <= KEEP_ALL; keep++) {
			struct dns_message message;
			struct exchange e = answered(&message, captured);

			cr_assert_eq(message.verdict, DNS_MESSAGE_CUT);
			e.keep = keep;
			assert_survives(&e);
		}
	}
}

/* Names in records point into the question and have its case. */
Test(round_trip, a_question_keeps_the_case_that_it_was_asked_in)
{
	uint8_t mixed[sizeof(response) - 1];

	memcpy(mixed, response, sizeof(mixed));
	mixed[13] = 'W';
	mixed[18] = 'X';
	for (enum exchange_keep keep = KEEP_NONE; keep <= KEEP_ALL; keep++) {
		struct dns_message message;
		struct exchange e = answered_with(mixed, sizeof(mixed), sizeof(mixed), &message);
		char *live = as_json(&e, &known);

		e.keep = keep;
		cr_assert(strstr(live, "\"a.eXample.com.\""), "%s", live);
		free(live);
		assert_survives(&e);
	}
}

/* Without a question, with one that the exchange has not, with two, with one that is no name. */
Test(round_trip, a_message_with_other_questions_than_one_survives)
{
	static const struct {
		const char *bytes;
		size_t length;
		const char *shows;
	} rows[] = {
#define ROW(bytes, shows) {bytes, sizeof(bytes) - 1, shows}
		ROW("\0\7\x81\x81\0\0\0\0\0\0\0\0", "\"answers\":[],\"records\":[]}"),
		ROW("\0\7\x81\x80\0\0\0\1\0\0\0\1\1x\0\0\1\0\1\0\0\0\5\0\4\1\2\3\4"
		    "\0\0\x29\4\xd0\0\0\0\0\0\0",
		    "\"crr_name\":\"x\""),
		ROW("\0\7\x81\x80\0\2\0\1\0\0\0\1\1X\0\0\1\0\1\1y\0\0\1\0\1"
		    "\xc0\x13\0\1\0\1\0\0\0\5\0\4\1\2\3\4\0\0\x29\4\xd0\0\0\0\0\0\0",
		    "\"crr_name\":\"y\""),
		ROW("\0\7\x81\x81\0\1\0\1\0\0\0\0\x80x", "\"answers\":[],\"records\":[]}"),
#undef ROW
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (enum exchange_keep keep = KEEP_NONE; keep <= KEEP_ALL; keep++) {
			struct dns_message message;
			struct exchange e = answered_with((const uint8_t *)rows[i].bytes,
							  rows[i].length, rows[i].length, &message);
			char *live = as_json(&e, &known);

			cr_assert(strstr(live, rows[i].shows), "%zu: %s", i, live);
			free(live);
			e.keep = keep;
			assert_survives(&e);
			/* the query's name, which the response has not */
			e.qname = (const uint8_t *)"\5other";
			e.qname_length = 7;
			assert_survives(&e);
		}
	}
}

/* RFC 6891 section 6.1.2: the owner is the root. */
Test(round_trip, an_opt_record_with_an_owner_does_not_hide_the_good_one)
{
	static const uint8_t bytes[] = "\0\7\x81\x80\0\1\0\0\0\0\0\2\1x\0\0\1\0\1"
				       "\xc0\x0c\0\x29\4\xd0\0\0\0\0\0\0"
				       "\0\0\x29\4\xd1\0\0\0\0\0\0";

	for (enum exchange_keep keep = KEEP_NONE; keep <= KEEP_ALL; keep++) {
		struct dns_message message;
		struct exchange e =
			answered_with(bytes, sizeof(bytes) - 1, sizeof(bytes) - 1, &message);

		cr_assert_eq(message.edns.udp_bytes, 0x4d1);
		e.keep = keep;
		assert_survives(&e);
	}
}

Test(round_trip, states_without_a_message_survive)
{
	static const struct {
		enum exchange_state state;
		enum exchange_cause cause;
		bool query, response, latency;
	} rows[] = {
		{EXCHANGE_UNANSWERED, CAUSE_PORT, true, false, false},
		{EXCHANGE_PENDING, CAUSE_UNKNOWN, true, false, false},
		{EXCHANGE_LATE, CAUSE_LATE, true, true, true},
		{EXCHANGE_ORPHAN, CAUSE_UNKNOWN, false, true, false},
		{EXCHANGE_ANSWERED, CAUSE_TRUNCATED, true, true, true},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct dns_message message;
		struct exchange e = answered(&message, sizeof(response) - 1);

		e.state = rows[i].state;
		e.cause = rows[i].cause;
		e.has_query = rows[i].query;
		e.has_response = rows[i].response;
		e.has_latency = rows[i].latency;
		e.message = NULL;
		e.bytes = (struct dns_bytes){0};
		if (!e.has_response)
			e.response_bytes = e.messages = e.rcode = 0;
		if (!e.has_query)
			e.tries = e.query_bytes = 0;
		if (!e.has_latency)
			e.latency_ns = e.wait_ns = -1;
		e.is_retry = false;
		assert_survives(&e);
		/* through a tunnel, over TCP, of nobody known, without a question */
		e.protocol = IPPROTO_TCP;
		e.tunnel = ODD_TUNNEL_VXLAN;
		e.tunnel_id = 0xffffff;
		e.outer_src[0] = 0xfd;
		e.uid = ODD_NO_UID;
		e.pid = 0;
		e.cgroup_id = 0;
		e.ifindex = 9;
		e.comm[0] = '\0';
		e.vlan[0] = e.vlan[1] = 0;
		e.qname_length = 0;
		assert_survives(&e);
	}
}
