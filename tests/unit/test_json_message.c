// SPDX-License-Identifier: GPL-2.0-or-later
/* What an exchange's line shows of its message. Messages are laid out by hand from the RFCs. */
#include "sink/json.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

/* An array of bytes with its length, without the string's NUL. */
#define WIRE(text) (const uint8_t *)(text), sizeof(text) - 1

#define QUESTION "\3www\7example\3com\0\0\1\0\1"
/* CNAME to "w.example.com", 300 s; its A 192.0.2.7, 0 s */
#define ANSWERS                                                                                    \
	"\xc0\x0c\0\5\0\1\0\0\1\x2c\0\4\1W\xc0\x10"                                                \
	"\xc0\x2d\0\1\0\1\0\0\0\0\0\4\xc0\0\2\7"
/* SOA of example.com; RFC 1035 section 3.3.13 */
#define AUTHORITY                                                                                  \
	"\xc0\x10\0\6\0\1\0\0\0\x3c\0\x18\xc0\x0c\xc0\x0c\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0\4\0\0\0\5"

static json_t *line_of(const struct exchange *exchange)
{
	static const struct json_names no_names;
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	json_t *object;

	json_exchange(out, &no_names, exchange);
	fclose(out);
	for (size_t i = 0; i + 1 < size; i++)
		cr_assert(text[i] >= 0x20 && text[i] < 0x7f, "byte %zu of %s", i, text);
	object = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	cr_assert_not_null(object, "%s", text);
	cr_assert_eq(json_object_size(object), 1 + FIELDS);
	free(text);
	return object;
}

static json_t *line_of_message(const uint8_t *wire, size_t length, size_t message_length,
			       enum exchange_keep keep)
{
	struct dns_message message;
	struct exchange exchange = {
		.state = EXCHANGE_ANSWERED,
		.protocol = IPPROTO_UDP,
		.has_response = true,
		.uid = ODD_NO_UID,
		.keep = keep,
		.message = &message,
		.bytes = {wire, length, message_length},
	};

	(void)dns_message_read(&exchange.bytes, DNS_DEPTH_RDATA, &message);
	return line_of(&exchange);
}

/* A member as compact JSON is the expected text. */
static void check(const json_t *line, const char *key, const char *expected)
{
	json_t *member = json_object_get(line, key);
	char *text;

	cr_assert_not_null(member, "no %s", key);
	text = json_dumps(member, JSON_COMPACT | JSON_ENCODE_ANY);
	cr_assert_str_eq(text, expected, "%s is %s", key, text);
	free(text);
}

#define FIRST_ANSWER                                                                               \
	"{\"name\":\"www.example.com\",\"type\":\"CNAME\",\"class\":\"IN\",\"ttl\":300,"           \
	"\"rdata\":\"W.example.com.\"}"
#define SECOND_ANSWER                                                                              \
	"{\"name\":\"w.example.com\",\"type\":\"A\",\"class\":\"IN\",\"ttl\":0,"                   \
	"\"rdata\":\"192.0.2.7\"}"

Test(json_message, answers_and_other_sections_are_listed_as_much_as_is_kept)
{
	static const char wire[] = "\0\7\x81\x80\0\1\0\2\0\1\0\1" QUESTION ANSWERS AUTHORITY
				   "\0\0\x29\4\xd0\0\0\x80\0\0\0";
	static const struct {
		enum exchange_keep keep;
		const char *answers, *records, *name;
	} rows[] = {
		{KEEP_ALL, "[" FIRST_ANSWER "," SECOND_ANSWER "]",
		 "[{\"section\":\"authority\",\"name\":\"example.com\",\"type\":\"SOA\","
		 "\"class\":\"IN\",\"ttl\":60,"
		 "\"rdata\":\"www.example.com. www.example.com. 1 2 3 4 5\"}]",
		 "\"www.example.com\""},
		{KEEP_FIRST, "[" FIRST_ANSWER "]", "null", "\"www.example.com\""},
		{KEEP_NONE, "null", "null", "null"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bool kept = rows[i].keep != KEEP_NONE;
		json_t *line = line_of_message((const uint8_t *)wire, sizeof(wire) - 1,
					       sizeof(wire) - 1, rows[i].keep);

		check(line, "answers", rows[i].answers);
		check(line, "records", rows[i].records);
		check(line, "crr_name", rows[i].name);
		check(line, "crr_type", kept ? "\"CNAME\"" : "null");
		check(line, "crr_class", kept ? "\"IN\"" : "null");
		check(line, "crr_ttl", kept ? "300" : "null");
		check(line, "crr_rdata", kept ? "\"W.example.com.\"" : "null");
		check(line, "crr_rdata_len", kept ? "4" : "null");
		check(line, "verdict", "\"ok\"");
		check(line, "edns_size", "1232");
		check(line, "edns_version", "0");
		check(line, "do", "true");
		check(line, "ede", "null");
		json_decref(line);
	}
}

Test(json_message, options_of_edns_are_fields)
{
	/* ECS 192.0.2.0/24/20, cookie of 16 bytes, NSID, EDE 22 and 49152 with hostile texts,
	 * padding, keep-alive 12 s, expire, report channel */
	json_t *line = line_of_message(
		WIRE("\0\7\x81\x82\0\1\0\0\0\0\0\1" QUESTION "\0\0\x29\2\0\1\0\0\0\0\x69"
		     "\0\x08\0\7\0\1\x18\x14\xc0\0\2"
		     "\0\x0a\0\x10\0\1\2\3\4\5\6\7\xf0\xf1\xf2\xf3\xf4\xf5\xf6\xff"
		     "\0\3\0\6ns\"7\x1b\xff"
		     "\0\x0f\0\x0d\0\x16to\x1b[31m\"\\\xc3\xa9"
		     "\0\x0f\0\2\xc0\0"
		     "\0\x0c\0\5\0\0\0\0\0"
		     "\0\x0b\0\2\0\x78"
		     "\0\x09\0\4\0\1\x51\x80"
		     "\0\x12\0\x0e\5agent\6report\0"),
		12 + 21 + 11 + 105, KEEP_ALL);

	check(line, "verdict", "\"ok\"");
	check(line, "edns_size", "512");
	check(line, "do", "false");
	check(line, "ecs", "\"192.0.2.0/24/20\"");
	check(line, "cookie", "\"0001020304050607f0f1f2f3f4f5f6ff\"");
	check(line, "nsid", "\"ns\\\"7\\\\027\\\\255\"");
	check(line, "ede",
	      "[{\"code\":22,\"name\":\"No Reachable Authority\","
	      "\"text\":\"to\\\\027[31m\\\"\\\\092\\\\195\\\\169\"},"
	      "{\"code\":49152,\"name\":null,\"text\":\"\"}]");
	check(line, "edns_padding", "5");
	check(line, "edns_keepalive_ms", "12000");
	check(line, "edns_expire_s", "86400");
	check(line, "edns_report", "\"agent.report\"");
	check(line, "answers", "[]");
	check(line, "crr_name", "null");
	json_decref(line);
}

/* Opcode 5; RFC 2136 section 2: zone, prerequisite, update, additional. */
Test(json_message, sections_of_update_have_their_names)
{
	json_t *line = line_of_message(WIRE("\0\7\xa8\0\0\1\0\1\0\1\0\0\7example\3com\0\0\6\0\1"
					    "\xc0\x0c\0\xff\0\xff\0\0\0\0\0\0"
					    "\1n\xc0\x0c\0\1\0\1\0\0\0\x0a\0\4\x0a\0\0\1"),
				       12 + 17 + 12 + 18, KEEP_ALL);

	check(line, "answers", "null");
	check(line, "crr_name", "null");
	check(line, "records",
	      "[{\"section\":\"prerequisite\",\"name\":\"example.com\",\"type\":\"ANY\","
	      "\"class\":\"ANY\",\"ttl\":0,\"rdata\":\"\\\\# 0\"},"
	      "{\"section\":\"update\",\"name\":\"n.example.com\",\"type\":\"A\","
	      "\"class\":\"IN\",\"ttl\":10,\"rdata\":\"10.0.0.1\"}]");
	json_decref(line);
}

/* The top bit of a class is a flag in multicast DNS (RFC 6762 section 10.2), and nowhere else. */
Test(json_message, class_of_multicast_dns_is_shown_without_its_flag)
{
	static const uint8_t wire[] = "\0\0\x84\0\0\0\0\1\0\0\0\0"
				      "\1n\5local\0\0\1\x80\1\0\0\0\x78\0\4\x0a\0\0\1";
	static const char *const classes[SERVICES] = {"\"CLASS32769\"", "\"IN\"", "\"CLASS32769\""};

	for (unsigned i = 0; i < SERVICES; i++) {
		struct dns_message message;
		struct exchange exchange = {
			.state = EXCHANGE_MULTICAST,
			.service = (enum exchange_service)i,
			.uid = ODD_NO_UID,
			.keep = KEEP_ALL,
			.message = &message,
			.bytes = {wire, sizeof(wire) - 1, sizeof(wire) - 1},
		};
		json_t *line;

		(void)dns_message_read(&exchange.bytes, DNS_DEPTH_RDATA, &message);
		line = line_of(&exchange);
		check(line, "crr_class", classes[i]);
		check(json_array_get(json_object_get(line, "answers"), 0), "class", classes[i]);
		json_decref(line);
	}
}

/* What a query of multicast DNS knows already is no answer to it (RFC 6762 section 7.1). */
Test(json_message, known_answers_of_a_query_are_records)
{
	json_t *line = line_of_message(WIRE("\0\0\0\0\0\1\0\1\0\0\0\0\1n\5local\0\0\1\0\1"
					    "\xc0\x0c\0\1\0\1\0\0\0\x78\0\4\x0a\0\0\1"),
				       12 + 13 + 16, KEEP_ALL);

	check(line, "answers", "null");
	check(line, "crr_rdata", "null");
	check(line, "records",
	      "[{\"section\":\"answer\",\"name\":\"n.local\",\"type\":\"A\",\"class\":\"IN\","
	      "\"ttl\":120,\"rdata\":\"10.0.0.1\"}]");
	json_decref(line);
}

Test(json_message, what_was_captured_of_a_longer_message_is_shown)
{
	static const char wire[] = "\0\7\x81\x80\0\1\0\2\0\0\0\0" QUESTION ANSWERS;
	json_t *line = line_of_message((const uint8_t *)wire, sizeof(wire) - 1 - 16,
				       sizeof(wire) - 1, KEEP_ALL);

	check(line, "verdict", "\"cut\"");
	check(line, "answers", "[" FIRST_ANSWER "]");
	json_decref(line);
}

/* A line of any length goes out whole: 300 bytes of text in each of 80 records are 4 pieces. */
Test(json_message, line_of_many_long_records_is_whole)
{
	uint8_t wire[12 + 21 + 80 * (12 + 75)] = "\0\7\x81\x80\0\1\0\x50\0\0\0\0" QUESTION;
	json_t *line;

	for (size_t i = 0; i < 80; i++) {
		uint8_t *record = wire + 12 + 21 + i * (12 + 75);

		memcpy(record, "\xc0\x0c\0\x10\0\1\0\0\0\0\0\x4b\x4a", 13);
		memset(record + 13, '\xe9', 74);
	}
	line = line_of_message(wire, sizeof(wire), sizeof(wire), KEEP_ALL);
	cr_assert_eq(json_array_size(json_object_get(line, "answers")), 80);
	for (size_t i = 0; i < 80; i++) {
		const json_t *record = json_array_get(json_object_get(line, "answers"), i);

		cr_assert_eq(json_string_length(json_object_get(record, "rdata")), 2 + 4 * 74);
	}
	json_decref(line);
}

/*
 * 100 MINFO, each of three pointers to a name of 255 bytes that all have to be escaped: 16 bytes
 * that are 3900 of text.
 */
Test(json_message, records_of_pointers_to_a_long_name_make_no_endless_line)
{
	uint8_t wire[12 + 255 + 4 + 100 * 16] = "\0\7\x81\x80\0\1\0\x64\0\0\0\0";
	uint8_t *name = wire + 12;
	json_t *line, *answers;
	size_t shown;

	for (size_t i = 0; i < 4; i++) {
		name[64 * i] = i < 3 ? 63 : 61;
		memset(name + 64 * i + 1, '\xe9', name[64 * i]);
	}
	memcpy(name + 255, "\0\x0e\0\1", 4);
	for (size_t i = 0; i < 100; i++)
		memcpy(name + 259 + 16 * i, "\xc0\x0c\0\x0e\0\1\0\0\0\0\0\4\xc0\x0c\xc0\x0c", 16);
	line = line_of_message(wire, sizeof(wire), sizeof(wire), KEEP_ALL);
	answers = json_object_get(line, "answers");
	shown = json_array_size(answers);
	cr_assert_eq(shown, (4096 + 16 * sizeof(wire)) / 3900 + 1);
	cr_assert_eq(
		json_string_length(json_object_get(json_array_get(answers, shown - 1), "rdata")),
		2 * (4 * 250 + 4) + 1);
	json_decref(line);
}

Test(json_message, names_of_anybody_are_escaped)
{
	json_t *line =
		line_of_message(WIRE("\0\7\x81\x80\0\0\0\1\0\0\0\0"
				     "\7A\"\\.\x1b\xff \0\0\x10\0\1\0\0\0\1\0\5\4\"\\\x7f\n"),
				12 + 9 + 10 + 5, KEEP_ALL);

	/* RFC 1035 section 5.1, then RFC 8259 section 7; dumped anew by another writer */
	check(line, "crr_name", "\"a\\\"\\\\\\\\\\\\.\\\\027\\\\255\\\\032\"");
	check(line, "crr_rdata", "\"\\\"\\\\\\\"\\\\\\\\\\\\127\\\\010\\\"\"");
	json_decref(line);
}

Test(json_message, cause_and_retry_are_told)
{
	static const struct {
		enum exchange_cause cause;
		const char *name;
	} causes[] = {
		{CAUSE_UNKNOWN, "null"},
		{CAUSE_NONE, "\"none\""},
		{CAUSE_PORT, "\"icmp-port-unreachable\""},
		{CAUSE_HOST, "\"icmp-host-unreachable\""},
		{CAUSE_ADMIN, "\"icmp-admin-prohibited\""},
		{CAUSE_TOO_BIG, "\"icmp-packet-too-big\""},
		{CAUSE_LATE, "\"late\""},
		{CAUSE_TRUNCATED, "\"truncated-no-tcp\""},
	};
	struct exchange exchange = {.protocol = IPPROTO_UDP, .uid = ODD_NO_UID};
	json_t *line;

	for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++) {
		exchange.cause = causes[i].cause;
		line = line_of(&exchange);
		check(line, "cause", causes[i].name);
		check(line, "tcp_retry", causes[i].cause == CAUSE_TRUNCATED ? "false" : "null");
		json_decref(line);
	}
	exchange.cause = CAUSE_UNKNOWN;
	exchange.was_retried = true;
	exchange.is_retry = true;
	exchange.retry_of = 65535;
	line = line_of(&exchange);
	check(line, "tcp_retry", "true");
	check(line, "retry_of", "65535");
	json_decref(line);
}

Test(json_message, episode_has_every_key_in_order)
{
	static const uint8_t name[] = "\3www\7example\3com";
	const struct episode episode = {
		.outcome = EPISODE_FAILED,
		.client = {[10] = 0xff, 0xff, 192, 0, 2, 10},
		.qname = name,
		.qname_length = sizeof(name),
		.time_ns = 1795297651123456789,
		.end_ns = 1795297658123456789,
		.wait_ns = 7000000000,
		.attempts = 5,
		.exchanges = 4,
		.rcode = 2,
		.has_rcode = true,
		.over_udp = true,
		.over_tcp = true,
		.was_truncated = true,
		.server_count = 2,
		.type_count = 2,
		.servers = {{[15] = 1}, {0x20, 0x01, 0x0d, 0xb8, [15] = 0x53}},
		.types = {1, 28},
	};
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	json_episode(out, &episode);
	fclose(out);
	cr_assert_str_eq(
		text, "{\"type\":\"episode\",\"time\":\"2026-11-21T21:47:31.123456789Z\","
		      "\"client\":\"192.0.2.10\",\"qname\":\"www.example.com\","
		      "\"qtypes\":[\"A\",\"AAAA\"],\"outcome\":\"failed\",\"rcode\":\"SERVFAIL\","
		      "\"wait_ns\":7000000000,\"attempts\":5,\"exchanges\":4,"
		      "\"servers\":[\"::1\",\"2001:db8::53\"],\"protos\":[\"udp\",\"tcp\"],"
		      "\"truncated\":true}\n");
	free(text);
}
