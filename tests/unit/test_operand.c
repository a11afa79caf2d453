// SPDX-License-Identifier: GPL-2.0-or-later
/* Operands: every word of the language, what flows have, as text. */
#include "query/operand.h"
#include "query/special.h"

#include <criterion/criterion.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "dns/codes.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *interface_name(void *context, uint32_t ifindex)
{
	(void)context;
	return ifindex == 7 ? "eth7" : NULL;
}

static const char *user_name(void *context, uint32_t uid)
{
	(void)context;
	return uid == 1013 ? "j\xc3\xbcrgen" : NULL;
}

static const char *unit_name(void *context, uint64_t cgroup_id)
{
	(void)context;
	return cgroup_id == 4711 ? "postfix.service" : NULL;
}

static const struct exchange_names names = {interface_name, user_name, unit_name, NULL};

/* PTR query of 10.0.0.7 to 192.0.2.53, sent twice: 41 + 41 bytes; 97 bytes back. */
static const struct exchange ptr = {
	.state = EXCHANGE_ANSWERED,
	.time_ns = 1000000000,
	.end_ns = 1000700000,
	.has_latency = true,
	.latency_ns = 200000,
	.wait_ns = 700000,
	.client = {[10] = 0xff, [11] = 0xff, 10, 0, 0, 7},
	.server = {[10] = 0xff, [11] = 0xff, 192, 0, 2, 53},
	.client_port = 40961,
	.server_port = 53,
	.protocol = IPPROTO_UDP,
	.vlan = {13},
	.ifindex = 7,
	.id = 7919,
	.flags = 0x8583,
	.rcode = 3,
	.has_query = true,
	.has_response = true,
	.ancount = 0,
	.nscount = 1,
	.arcount = 1,
	.tries = 2,
	.query_bytes = 41,
	.response_bytes = 97,
	.messages = 1,
	.qtype = 12,
	.qclass = 1,
	.qname_length = 24,
	.qname = (const uint8_t *)"\1"
				  "1\1"
				  "2\1"
				  "0\003192\7in-addr\4arpa",
	.uid = 1013,
	.pid = 23,
	.cgroup_id = 4711,
	.comm = "cu\nrl",
};

static const char *text(const struct exchange *e, enum flow_direction direction, const char *word)
{
	static char buf[FIELD_TEXT_MAX];
	const struct flow flow = {e, &names, direction};
	const struct operand *operand = operand_find(word, NULL);

	cr_assert_not_null(operand, "%s", word);
	return operand_text(operand, &flow, true, buf);
}

static void check(const struct exchange *e, enum flow_direction direction, const char *word,
		  const char *expected)
{
	const char *found = text(e, direction, word);

	if (!expected || !found)
		cr_assert(!expected && !found, "%s of %d is %s", word, direction, found);
	else
		cr_assert_str_eq(found, expected, "%s of %d is %s", word, direction, found);
}

Test(operand, every_word_of_a_dns_flow_is_known)
{
	static const char *const words[] = {
		"src-ip",
		"dst-ip",
		"src-port",
		"dst-port",
		"src-ctry",
		"dst-ctry",
		"client",
		"server",
		"proto",
		"direction",
		"dns-id",
		"dns-flags",
		"dns-opcode",
		"dns-qcount",
		"dns-ancount",
		"dns-nscount",
		"dns-arcount",
		"dns-qname2",
		"dns-domain",
		"dns-qname",
		"dns-qtype",
		"dns-qclass",
		"dns-rcode",
		"dns-crr-name",
		"dns-crr-type",
		"dns-crr-class",
		"dns-crr-ttl",
		"dns-crr-rdata",
		"dns-crr-rdata-len",
		"dns-latency",
		"dns-wait",
		"dns-state",
		"dns-tries",
		"dns-service",
		"dns-cause",
		"dns-verdict",
		"dns-nsid",
		"dns-ede",
		"dns-ecs",
		"tcp-retry",
		"packets",
		"bytes",
		"query-bytes",
		"response-bytes",
		"user",
		"uid",
		"pid",
		"comm",
		"unit",
		"if",
		"vlan",
		"tunnel",
		"tunnel-id",
		"start",
		"end",
		"time",
	};

	for (size_t i = 0; i < COUNT(words); i++) {
		const struct operand *operand = operand_find(words[i], NULL);

		cr_assert_not_null(operand, "%s", words[i]);
		cr_assert_str_eq(operand->word, words[i]);
	}
}

Test(operand, every_field_of_the_json_is_reachable_by_its_key)
{
	for (unsigned i = 0; i < FIELDS; i++) {
		const struct operand *operand = operand_find(fields[i].name, NULL);

		cr_assert_not_null(operand, "%s", fields[i].name);
		cr_assert_eq(operand->field, (int)i, "%s", fields[i].name);
		cr_assert_eq(operand->needs, (field_set)1 << i, "%s", fields[i].name);
	}
}

Test(operand, rows_are_whole_and_their_words_differ)
{
	for (unsigned i = 0; i < operand_count; i++) {
		const struct operand *o = &operands[i];
		bool has_codes = o->type == OPERAND_CODE || o->type == OPERAND_FLAGS;

		cr_assert(o->get && o->title && o->width && o->example && o->help, "%s", o->word);
		cr_assert_eq(o->code != NULL, has_codes, "%s", o->word);
		cr_assert_eq(o->code_text != NULL, has_codes, "%s", o->word);
		cr_assert_eq(operand_find(o->word, NULL), o, "%s", o->word);
		if (o->alias)
			cr_assert_eq(operand_find(o->alias, NULL), o, "%s", o->alias);
		if (o->side == OPERAND_OF_BOTH && o->query_sql)
			cr_assert_str_eq(o->query_sql, o->response_sql, "%s", o->word);
	}
}

Test(operand, words_are_found_in_any_case_and_with_either_dash)
{
	cr_assert_str_eq(operand_find("DNS_QName", NULL)->word, "dns-qname");
	cr_assert_str_eq(operand_find("Latency-NS", NULL)->word, "dns-latency");
	cr_assert_null(operand_find("dns", NULL));
	cr_assert_null(operand_find("", NULL));
}

Test(operand, unknown_words_get_the_nearest_known_one)
{
	const char *nearest = "untouched";

	cr_assert_null(operand_find("dns-qnmae", &nearest));
	cr_assert_str_eq(nearest, "dns-qname");
	cr_assert_null(operand_find("pakets", &nearest));
	cr_assert_str_eq(nearest, "packets");
	cr_assert_null(operand_find("xyzzyplugh", &nearest));
	cr_assert_null(nearest);
}

Test(operand, each_flow_has_its_own_ends_and_sums)
{
	static const struct {
		const char *word, *query, *response;
	} rows[] = {
		{"src-ip", "10.0.0.7", "192.0.2.53"},
		{"dst-ip", "192.0.2.53", "10.0.0.7"},
		{"src-port", "40961", "53"},
		{"dst-port", "53", "40961"},
		{"direction", "query", "response"},
		{"packets", "2", "1"},
		{"bytes", "82", "97"},
		{"time", "1970-01-01T00:00:01.000000000Z", "1970-01-01T00:00:01.000000000Z"},
		{"start", "1970-01-01T00:00:01.000000000Z", "1970-01-01T00:00:01.000700000Z"},
		{"end", "1970-01-01T00:00:01.000500000Z", "1970-01-01T00:00:01.000700000Z"},
		{"client", "10.0.0.7", "10.0.0.7"},
		{"server-port", "53", "53"},
		{"query-bytes", "41", "41"},
		{"response-bytes", "97", "97"},
		{"dns-tries", "2", "2"},
		{"dns-qname", "1.2.0.192.in-addr.arpa", "1.2.0.192.in-addr.arpa"},
		{"dns-qname2", "in-addr.arpa", "in-addr.arpa"},
		{"dns-qtype", "PTR", "PTR"},
		{"dns-qclass", "IN", "IN"},
		{"dns-qcount", "1", "1"},
		{"proto", "udp", "udp"},
		{"dns-id", "7919", "7919"},
		{"dns-opcode", "QUERY", "QUERY"},
		{"dns-state", "answered", "answered"},
		{"dns-service", "dns", "dns"},
		{"vlan", "13", "13"},
		{"if", "eth7", "eth7"},
		{"uid", "1013", "1013"},
		{"pid", "23", "23"},
		{"unit", "postfix.service", "postfix.service"},
		{"src-ctry", "0", "0"},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		check(&ptr, FLOW_QUERY, rows[i].word, rows[i].query);
		check(&ptr, FLOW_RESPONSE, rows[i].word, rows[i].response);
	}
}

Test(operand, what_the_response_says_the_query_does_not_have)
{
	static const struct {
		const char *word, *response;
	} rows[] = {
		{"dns-rcode", "NXDOMAIN"},    {"dns-latency", "200000"}, {"dns-wait", "700000"},
		{"dns-flags", "qr aa rd ra"}, {"dns-ancount", "0"},	 {"dns-nscount", "1"},
		{"dns-arcount", "1"},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		check(&ptr, FLOW_QUERY, rows[i].word, NULL);
		check(&ptr, FLOW_RESPONSE, rows[i].word, rows[i].response);
	}
}

Test(operand, without_a_response_the_header_is_the_querys)
{
	struct exchange lone = ptr;

	lone.state = EXCHANGE_UNANSWERED;
	lone.cause = CAUSE_PORT;
	lone.has_response = lone.has_latency = false;
	lone.flags = 0x0100;
	check(&lone, FLOW_QUERY, "dns-flags", "rd");
	check(&lone, FLOW_QUERY, "dns-nscount", "1");
	check(&lone, FLOW_QUERY, "dns-rcode", NULL);
	check(&lone, FLOW_QUERY, "response-bytes", NULL);
	check(&lone, FLOW_QUERY, "dns-latency", NULL);
	check(&lone, FLOW_QUERY, "dns-cause", "icmp-port-unreachable");
	check(&ptr, FLOW_RESPONSE, "dns-cause", NULL);
}

Test(operand, what_an_exchange_lacks_is_unknown)
{
	static const char *const lacking[] = {
		"dns-qname",   "dns-qtype", "dns-qclass",  "dns-qcount", "user",
		"uid",	       "pid",	    "comm",	   "unit",	 "if",
		"vlan",	       "tunnel",    "tunnel-id",   "outer-src",	 "outer-dst",
		"tcp-retry",   "retry-of",  "dns-verdict", "dns-ede",	 "dns-crr-name",
		"dns-answers", "edns-size", "query-bytes",
	};
	const struct exchange bare = {.uid = ODD_NO_UID, .has_response = true};

	for (size_t i = 0; i < COUNT(lacking); i++)
		check(&bare, FLOW_RESPONSE, lacking[i], NULL);
}

/* RFC 1035 section 5.1: three decimal digits */
Test(operand, what_others_chose_is_shown_as_printable_ascii)
{
	check(&ptr, FLOW_QUERY, "comm", "cu\\010rl");
	check(&ptr, FLOW_QUERY, "user", "j\\195\\188rgen");
}

Test(operand, what_others_chose_is_compared_as_it_is)
{
	const struct flow flow = {&ptr, &names, FLOW_QUERY};
	struct operand_value value;

	operand_find("comm", NULL)->get(&flow, &value);
	cr_assert_eq(value.length, 5);
	cr_assert_arr_eq(value.text, "cu\nrl", 5);
}

Test(operand, escapes_of_names_are_not_escaped_again)
{
	struct exchange e = ptr;

	e.qname = (const uint8_t *)"\3a.b\4c\\d\n";
	e.qname_length = 10;
	check(&e, FLOW_QUERY, "dns-qname", "a\\.b.c\\\\d\\010");
}

/* co.uk is a public suffix, uk.example none */
Test(operand, domains_are_by_the_public_suffix_list)
{
	struct exchange e = ptr;

	e.qname = (const uint8_t *)"\3www\7example\2co\2uk";
	e.qname_length = 19;
	check(&e, FLOW_QUERY, "dns-qname2", "co.uk");
	check(&e, FLOW_RESPONSE, "dns-domain", "example.co.uk");
}

Test(operand, durations_have_a_unit_for_people)
{
	const struct flow flow = {&ptr, &names, FLOW_RESPONSE};
	char buf[FIELD_TEXT_MAX];

	cr_assert_str_eq(operand_text(operand_find("dns-wait", NULL), &flow, false, buf), "700 us");
}

Test(operand, numbers_may_be_negative)
{
	struct exchange e = ptr;

	e.latency_ns = INT64_MIN;
	check(&e, FLOW_RESPONSE, "dns-latency", "-9223372036854775808");
}

/* header, question example. A IN; RRSIG-free answer: example. 300 A 192.0.2.7, EDE 18 "no" */
static const char wire[] = "\0\7\x81\x80\0\1\0\1\0\0\0\1\7example\0\0\1\0\1"
			   "\xc0\x0c\0\1\0\1\0\0\1\x2c\0\4\xc0\0\2\7"
			   "\0\0\x29\4\xd0\0\0\x80\0\0\x08\0\x0f\0\4\0\x12no";

Test(operand, records_and_options_are_read_from_the_message)
{
	static const struct {
		const char *word, *response;
	} rows[] = {
		{"dns-verdict", "ok"},
		{"dns-qcount", "1"},
		{"dns-crr-name", "example"},
		{"dns-crr-type", "A"},
		{"dns-crr-class", "IN"},
		{"dns-crr-ttl", "300"},
		{"dns-crr-rdata", "192.0.2.7"},
		{"dns-crr-rdata-len", "4"},
		{"dns-answers", "example 300 IN A 192.0.2.7"},
		{"dns-records", ""},
		{"dns-ede", "18 Prohibited: no"},
		{"edns-size", "1232"},
		{"edns-version", "0"},
		{"edns-do", "yes"},
		{"dns-nsid", NULL},
	};
	struct dns_message message;
	struct exchange e = ptr;

	e.keep = KEEP_ALL;
	e.message = &message;
	e.bytes = (struct dns_bytes){(const uint8_t *)wire, sizeof(wire) - 1, sizeof(wire) - 1};
	cr_assert_eq(dns_message_read(&e.bytes, DNS_DEPTH_RDATA, &message), DNS_MESSAGE_OK);
	for (size_t i = 0; i < COUNT(rows); i++) {
		check(&e, FLOW_RESPONSE, rows[i].word, rows[i].response);
		if (strcmp(rows[i].word, "dns-qcount") != 0)
			check(&e, FLOW_QUERY, rows[i].word, NULL);
	}
}

Test(operand, help_lists_every_word_with_an_example)
{
	char *printed;
	size_t size;
	unsigned lines = 0;
	FILE *out = open_memstream(&printed, &size);

	operands_help(out);
	fclose(out);
	for (size_t i = 0; i < size; i++)
		lines += printed[i] == '\n';
	cr_assert_eq(lines, operand_count);
	for (unsigned i = 0; i < operand_count; i++) {
		cr_assert_not_null(strstr(printed, operands[i].word));
		cr_assert_not_null(strstr(printed, operands[i].example));
	}
	free(printed);
}

/* --- mnemonics -----------------------------------------------------------------------------------
 */

Test(operand, mnemonics_give_numbers_in_any_case)
{
	static const struct {
		const char *word, *text;
		int64_t number; /* -1: none */
	} rows[] = {
		{"dns-qtype", "PTR", 12},
		{"dns-qtype", "aaaa", 28},
		{"dns-qtype", "TYPE65280", 65280},
		{"dns-qtype", "type12", 12},
		{"dns-qtype", "TYPE65536", -1},
		{"dns-qtype", "TYPE", -1},
		{"dns-qtype", "TYPE1x", -1},
		{"dns-qtype", "dlv", 32769},
		{"dns-qtype", "", -1},
		{"dns-qclass", "ch", 3},
		{"dns-qclass", "CLASS7", 7},
		{"dns-rcode", "NXDomain", 3},
		{"dns-rcode", "badcookie", 23},
		{"dns-rcode", "RCODE4095", 4095},
		{"dns-rcode", "RCODE4096", -1},
		{"dns-opcode", "notify", 4},
		{"dns-opcode", "OPCODE15", 15},
		{"dns-opcode", "OPCODE16", -1},
		{"proto", "TCP", 6},
		{"proto", "udp", 17},
		{"proto", "icmp", -1},
		{"dns-state", "Late", 2},
		{"dns-service", "llmnr", 2},
		{"dns-cause", "icmp-packet-too-big", 5},
		{"dns-verdict", "trailing", 10},
		{"tunnel", "vxlan", 1},
		{"direction", "response", 1},
		{"tcp-retry", "yes", 1},
		{"dns-flags", "AA", 0x400},
		{"dns-flags", "z", -1},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t number = -1;
		bool found = operand_find(rows[i].word, NULL)->code(rows[i].text, &number);

		cr_assert_eq(found, rows[i].number >= 0, "%s", rows[i].text);
		cr_assert_eq(number, rows[i].number, "%s", rows[i].text);
	}
}

Test(operand, every_mnemonic_gives_its_number_back)
{
	char buf[DNS_CODE_TEXT_MAX];

	for (unsigned i = 0; i < operand_count; i++)
		for (int64_t n = -1; operands[i].code_text && n <= 65536; n++) {
			const char *name = operands[i].code_text(n, buf);
			int64_t back = -1;

			if (!name)
				continue;
			cr_assert(operands[i].code(name, &back), "%s", name);
			cr_assert_eq(back, n, "%s", name);
		}
}

/* --- addresses of no country ---------------------------------------------------------------------
 */

/* First and last of each block, and their neighbours, by the registries' tables. */
Test(operand, addresses_of_no_country_are_those_of_ianas_registries)
{
	static const struct {
		const char *address;
		bool special;
	} rows[] = {
		{"0.0.0.0", true},
		{"0.255.255.255", true},
		{"1.0.0.0", false},
		{"9.255.255.255", false},
		{"10.0.0.0", true},
		{"10.255.255.255", true},
		{"11.0.0.0", false},
		{"100.63.255.255", false},
		{"100.64.0.0", true},
		{"100.127.255.255", true},
		{"100.128.0.0", false},
		{"127.0.0.1", true},
		{"169.254.7.7", true},
		{"169.253.255.255", false},
		{"172.15.255.255", false},
		{"172.16.0.0", true},
		{"172.31.255.255", true},
		{"172.32.0.0", false},
		{"192.0.2.1", true},
		{"192.0.3.0", false},
		{"192.168.0.1", true},
		{"192.169.0.0", false},
		{"198.17.255.255", false},
		{"198.19.255.255", true},
		{"198.51.100.1", true},
		{"203.0.113.255", true},
		{"203.0.114.0", false},
		{"223.255.255.255", false},
		{"224.0.0.251", true},
		{"255.255.255.255", true},
		{"8.8.8.8", false},
		{"::", true},
		{"::1", true},
		{"::2", false},
		{"64:ff9b::1", false},
		{"64:ff9b:1::1", true},
		{"100::1", true},
		{"100:0:0:1::", true},
		{"100:0:0:2::", false},
		{"2001::1", true},
		{"2001:1ff:ffff::", true},
		{"2001:200::", false},
		{"2001:db8::1", true},
		{"2001:db9::", false},
		{"2002::1", true},
		{"2003::1", false},
		{"2a00:1450::1", false},
		{"3fff:fff::1", true},
		{"3fff:1000::", false},
		{"5f00::1", true},
		{"fbff::1", false},
		{"fc00::1", true},
		{"fd12::1", true},
		{"fe7f::1", false},
		{"fe80::1", true},
		{"febf::1", true},
		{"ff02::fb", true},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		uint8_t address[16];

		cr_assert_eq(text_parse_address(rows[i].address, address), 0);
		cr_assert_eq(special_address(address), rows[i].special, "%s", rows[i].address);
	}
}
