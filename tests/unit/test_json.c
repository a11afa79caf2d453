// SPDX-License-Identifier: GPL-2.0-or-later
/* JSON Lines and the fields behind them. Expected lines: the contract (design section 6), by hand.
 */
#include "exchange_fixture.h"

#include "sink/json.h"
#include "sink/text_out.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

static const struct json_names no_names;

/* The end of a line without what is read from a message. */
#define NO_MESSAGE                                                                                 \
	"\"service\":\"dns\",\"cause\":null,\"tcp_retry\":null,\"retry_of\":null,"                 \
	"\"verdict\":null,\"edns_size\":null,\"edns_version\":null,\"do\":null,\"ecs\":null,"      \
	"\"cookie\":null,\"nsid\":null,\"ede\":null,\"edns_padding\":null,"                        \
	"\"edns_keepalive_ms\":null,\"edns_expire_s\":null,\"edns_report\":null,"                  \
	"\"crr_name\":null,\"crr_type\":null,\"crr_class\":null,\"crr_ttl\":null,"                 \
	"\"crr_rdata\":null,\"crr_rdata_len\":null,\"answers\":null,\"records\":null"

/* The line, without its newline; to be freed. */
static char *exchange_line(const struct json_names *names, const struct exchange *exchange)
{
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	json_exchange(out, names, exchange);
	fclose(out);
	cr_assert_eq(text[size - 1], '\n');
	text[size - 1] = '\0';
	cr_assert_null(strchr(text, '\n'), "one line");
	return text;
}

static void check_exchange(const struct json_names *names, const struct exchange *exchange,
			   const char *expected)
{
	char *line = exchange_line(names, exchange);

	cr_assert_str_eq(line, expected);
	free(line);
}

Test(json, answered_exchange_has_every_key_in_the_order_of_the_contract)
{
	struct exchange exchange = exchange_fixture();

	check_exchange(
		&no_names, &exchange,
		"{\"type\":\"exchange\",\"time\":\"2026-11-21T21:47:31.123456789Z\","
		"\"client\":\"192.0.2.10\",\"client_port\":40009,"
		"\"server\":\"2001:db8::53\",\"server_port\":53,\"proto\":\"udp\","
		"\"id\":4711,\"opcode\":\"QUERY\",\"qname\":\"www.example.com\","
		"\"qtype\":\"AAAA\",\"qclass\":\"IN\",\"rcode\":\"NOERROR\","
		"\"state\":\"answered\",\"tries\":2,\"latency_ns\":1234567,"
		"\"wait_ns\":1001234567,\"query_bytes\":33,\"response_bytes\":49,\"messages\":1,"
		"\"flags\":[\"qr\",\"rd\",\"ra\"],\"ancount\":1,\"nscount\":2,"
		"\"arcount\":3,\"ifname\":null,\"vlan\":null,\"tunnel\":null,"
		"\"tunnel_id\":null,\"outer_src\":null,\"outer_dst\":null,"
		"\"user\":null,\"uid\":null,"
		"\"pid\":null,\"comm\":null,\"unit\":null," NO_MESSAGE "}");
}

Test(json, what_an_exchange_does_not_have_is_null)
{
	struct exchange exchange = {
		.state = EXCHANGE_UNANSWERED,
		.protocol = IPPROTO_TCP,
		.has_query = true,
		.query_bytes = 12,
		.tries = 1,
		.latency_ns = -1,
		.wait_ns = -1,
		.flags = 0x7ff, /* AA TC RD RA Z AD CD RCODE15, of a query */
		.uid = ODD_NO_UID,
	};

	check_exchange(
		&no_names, &exchange,
		"{\"type\":\"exchange\",\"time\":\"1970-01-01T00:00:00.000000000Z\","
		"\"client\":\"::\",\"client_port\":0,\"server\":\"::\",\"server_port\":0,"
		"\"proto\":\"tcp\",\"id\":0,\"opcode\":\"QUERY\",\"qname\":null,"
		"\"qtype\":null,\"qclass\":null,\"rcode\":null,\"state\":\"unanswered\","
		"\"tries\":1,\"latency_ns\":null,\"wait_ns\":null,\"query_bytes\":12,"
		"\"response_bytes\":null,\"messages\":0,"
		"\"flags\":[\"aa\",\"tc\",\"rd\",\"ra\",\"ad\",\"cd\"],\"ancount\":0,"
		"\"nscount\":0,\"arcount\":0,\"ifname\":null,\"vlan\":null,\"tunnel\":null,"
		"\"tunnel_id\":null,\"outer_src\":null,\"outer_dst\":null,"
		"\"user\":null,\"uid\":null,\"pid\":null,\"comm\":null,\"unit\":null," NO_MESSAGE
		"}");
}

static const char *interface_name(void *context, uint32_t ifindex)
{
	(void)context;
	return ifindex == 7 ? "eth0" : NULL;
}

static const char *user_name(void *context, uint32_t uid)
{
	(void)context;
	return uid == 0 ? "root" : NULL;
}

static const char *unit_name(void *context, uint64_t cgroup_id)
{
	(void)context;
	return cgroup_id == 4711 ? "a\nb\xff.service" : NULL;
}

static const struct json_names some_names = {
	.exchange = {.interface = interface_name, .user = user_name, .unit = unit_name},
};

Test(json, sender_is_named_and_its_bytes_are_escaped)
{
	struct exchange exchange = exchange_fixture();
	char *line;

	exchange.ifindex = 7;
	exchange.vlan[0] = 101;
	exchange.vlan[1] = 7;
	exchange.latency_ns = -1234567; /* frames that lie reversed in a capture */
	exchange.uid = 0;		/* root is a user, not a missing one */
	exchange.pid = 23;
	exchange.cgroup_id = 4711;
	memcpy(exchange.comm, "\"\\\x1b\x80~", 6);
	line = exchange_line(&some_names, &exchange);
	cr_assert(strstr(line, "\"latency_ns\":-1234567,"));
	cr_assert_str_eq(strstr(line, "\"ifname\""),
			 "\"ifname\":\"eth0\",\"vlan\":101,"
			 "\"tunnel\":null,\"tunnel_id\":null,\"outer_src\":null,"
			 "\"outer_dst\":null,\"user\":\"root\",\"uid\":0,\"pid\":23,"
			 "\"comm\":\"\\\"\\\\092\\\\027\\\\128~\","
			 "\"unit\":\"a\\\\010b\\\\255.service\"," NO_MESSAGE "}");
	free(line);
	exchange.ifindex = 8;
	exchange.uid = 1000;
	exchange.cgroup_id = 1;
	line = exchange_line(&some_names, &exchange);
	cr_assert(strstr(line, "\"ifname\":null"));
	cr_assert(strstr(line, "\"user\":null,\"uid\":1000"));
	cr_assert(strstr(line, "\"unit\":null"));
	free(line);
}

Test(json, tunnel_has_a_name_and_what_it_lacks_is_null)
{
	/* RFC 7348, 8926, 2784, 2516, the ERSPAN draft, TS 29.281, RFC 3032, 2003 */
	static const char *const kinds[ODD_TUNNEL_COUNT] = {
		NULL, "vxlan", "geneve", "gre", "pppoe", "erspan", "gtp", "mpls", "ip", "icmp"};
	struct exchange exchange = exchange_fixture();
	char expected[256], *line;

	for (unsigned i = 1; i < ODD_TUNNEL_COUNT; i++) {
		exchange.tunnel = (enum odd_tunnel)i;
		exchange.tunnel_id = UINT32_MAX;
		memset(exchange.outer_src, 0, 16);
		memset(exchange.outer_dst, 0, 16);
		exchange.outer_src[15] = i % 2;
		exchange.outer_dst[15] = i % 2 ? 0 : 2;
		line = exchange_line(&some_names, &exchange);
		snprintf(expected, sizeof(expected),
			 "\"vlan\":null,\"tunnel\":\"%s\",\"tunnel_id\":%s,\"outer_src\":%s,"
			 "\"outer_dst\":%s,\"user\":null,",
			 kinds[i], strcmp(kinds[i], "ip") == 0 ? "null" : "4294967295",
			 i % 2 ? "\"::1\"" : "null", i % 2 ? "null" : "\"::2\"");
		cr_assert(strstr(line, expected), "%s lacks %s", line, expected);
		free(line);
	}
}

Test(json, transfer_has_its_messages_and_bytes)
{
	struct exchange exchange = exchange_fixture();
	char *line;

	exchange.response_bytes = 1ULL << 40;
	exchange.messages = UINT32_MAX;
	line = exchange_line(&no_names, &exchange);
	cr_assert(strstr(line, "\"response_bytes\":1099511627776,\"messages\":4294967295,"));
	free(line);
}

/* A reader of its own (jansson) must understand any line and give back what went in. */
static void check_member(json_t *object, const char *key, const char *expected)
{
	cr_assert_str_eq(json_string_value(json_object_get(object, key)), expected, "%s", key);
}

Test(json, longest_line_is_whole)
{
	struct exchange exchange = exchange_fixture();
	uint8_t name[255];
	char *line, expected[4 * 255];
	size_t n = 0;
	json_t *object;

	/* four labels of 63, 63, 63 and 61 bytes of 0xff and the root: 255 (RFC 1035 section 3.1)
	 */
	memset(name, 0xff, sizeof(name));
	name[0] = name[64] = name[128] = 63;
	name[192] = 61;
	name[254] = 0;
	for (size_t i = 1; i < 254; i++)
		n += (size_t)snprintf(expected + n, sizeof(expected) - n, i % 64 ? "\\255" : ".");
	exchange.qname = name;
	exchange.qname_length = 255;
	exchange.latency_ns = INT64_MIN;
	exchange.wait_ns = INT64_MAX;
	exchange.tries = UINT32_MAX;
	memset(exchange.comm, '"', sizeof(exchange.comm) - 1);
	exchange.response_bytes = INT64_MAX;
	exchange.messages = exchange.tunnel_id = UINT32_MAX;
	exchange.tunnel = ODD_TUNNEL_GENEVE;
	memset(exchange.outer_src, 0xff, 16);
	memset(exchange.outer_dst, 0xff, 16);
	line = exchange_line(&some_names, &exchange);
	object = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
	cr_assert_not_null(object, "%s", line);
	cr_assert_eq(json_object_size(object), 1 + FIELDS);
	check_member(object, "qname", expected);
	check_member(object, "comm", "\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"");
	cr_assert_eq(json_integer_value(json_object_get(object, "latency_ns")), INT64_MIN);
	cr_assert_eq(json_integer_value(json_object_get(object, "wait_ns")), INT64_MAX);
	cr_assert_eq(json_integer_value(json_object_get(object, "tries")), UINT32_MAX);
	json_decref(object);
	free(line);
}

/* --- alerts, intervals, summary ----------------------------------------------------------------
 */

Test(json, alert_is_its_own_proof)
{
	static const struct alert_evidence evidence[] = {
		{.server = {[10] = 0xff, 0xff, 10, 0, 0, 1},
		 .eligible = true,
		 .median = 412000.4,
		 .intervals = 30,
		 .samples = 211},
		{.server = {[10] = 0xff, 0xff, 10, 0, 0, 2}, .intervals = 3, .samples = 17},
		{.server = {[10] = 0xff, 0xff, 10, 0, 0, 3},
		 .eligible = true,
		 .odd = true,
		 .median = 62100000,
		 .intervals = 29,
		 .samples = 199},
	};
	static const struct rule_row rule = {
		.name = "odd-one-out", .metric = "latency_ns", .unit = UNIT_NS};
	const struct alert alert = {
		.time_ns = 1795297660000000000,
		.rule = &rule,
		.state = ALERT_RAISED,
		.group = "lan",
		.subject = {[10] = 0xff, 0xff, 10, 0, 0, 3},
		.value = 62100000,
		.baseline = 412000.4,
		.absolute = 20e6,
		.relative = 0.3,
		.samples = 199,
		.evidence = evidence,
		.evidence_count = 3,
	};
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	json_alert(out, &alert, "so \"slow\" \xe2\x80\xa6");
	fclose(out);
	cr_assert_str_eq(text,
			 "{\"type\":\"alert\",\"time\":\"2026-11-21T21:47:40.000000000Z\","
			 "\"rule\":\"odd-one-out\",\"state\":\"raised\",\"severity\":\"warning\","
			 "\"group\":\"lan\",\"subject\":\"10.0.0.3\",\"metric\":\"latency_ns\","
			 "\"value\":62100000,\"baseline\":412000,\"absolute\":20000000,"
			 "\"relative\":0.3,\"evidence\":["
			 "{\"server\":\"10.0.0.1\",\"median\":412000,\"intervals\":30,"
			 "\"samples\":211,\"eligible\":true,\"odd\":false},"
			 "{\"server\":\"10.0.0.2\",\"median\":null,\"intervals\":3,"
			 "\"samples\":17,\"eligible\":false,\"odd\":false},"
			 "{\"server\":\"10.0.0.3\",\"median\":62100000,\"intervals\":29,"
			 "\"samples\":199,\"eligible\":true,\"odd\":true}],"
			 "\"message\":\"so \\\"slow\\\" \\u2026\"}\n");
	free(text);
}

Test(json, shares_are_fractions)
{
	static const struct rule_row rule = {
		.name = "servfail", .metric = "servfail_share", .unit = UNIT_SHARE};
	const struct alert alert = {.rule = &rule,
				    .state = ALERT_CLEARED,
				    .group = "lan",
				    .value = 0.07,
				    .baseline = 0,
				    .absolute = 0.1,
				    .relative = 0.3};
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	json_alert(out, &alert, "");
	fclose(out);
	cr_assert(strstr(text, "\"state\":\"cleared\",\"severity\":\"notice\""));
	cr_assert(strstr(text, "\"value\":0.07,\"baseline\":0.0,\"absolute\":0.1"), "%s", text);
	free(text);
}

Test(json, interval_names_its_rcodes)
{
	struct exchange exchange = exchange_fixture();
	const struct servers_limits limits = {.window = 5, .servers = 2};
	struct interval interval = {.start_ns = 1795297650000000000,
				    .queries = 23,
				    .answered = 17,
				    .unanswered = 3,
				    .samples = 17,
				    .sampled = 4,
				    .median_ns = 2,
				    .p90_ns = 3,
				    .p99_ns = 5};
	struct server_table *servers;
	char *text;
	size_t size;
	FILE *out;

	interval.rcodes[0] = 11;
	interval.rcodes[3] = 5;
	interval.rcodes[INTERVAL_RCODES - 1] = 1;
	cr_assert_eq(server_table__new(&limits, 7, &servers), 0);
	server_table__exchange(servers, &exchange);
	out = open_memstream(&text, &size);
	json_interval(out, &no_names, server_table__at(servers, 0), &interval);
	interval.samples = 0;
	interval.sampled = 1;
	json_interval(out, &no_names, server_table__at(servers, 0), &interval);
	fclose(out);
	server_table__free(servers);
	cr_assert_str_eq(text,
			 "{\"type\":\"interval\",\"time\":\"2026-11-21T21:47:30.000000000Z\","
			 "\"server\":\"2001:db8::53\",\"group\":null,\"queries\":23,"
			 "\"answered\":17,\"unanswered\":3,"
			 "\"rcodes\":{\"NOERROR\":11,\"NXDOMAIN\":5,\"OTHER\":1},"
			 "\"median_ns\":2,\"p90_ns\":3,\"p99_ns\":5,\"samples\":17,\"sampled\":4}\n"
			 "{\"type\":\"interval\",\"time\":\"2026-11-21T21:47:30.000000000Z\","
			 "\"server\":\"2001:db8::53\",\"group\":null,\"queries\":23,"
			 "\"answered\":17,\"unanswered\":3,"
			 "\"rcodes\":{\"NOERROR\":11,\"NXDOMAIN\":5,\"OTHER\":1},"
			 "\"median_ns\":null,\"p90_ns\":null,\"p99_ns\":null,\"samples\":0,"
			 "\"sampled\":1}\n");
	free(text);
}

/* Each counter once, with a value of its own, so that none can stand for another. */
Test(json, summary_has_every_counter_by_name)
{
	struct exchange_counters exchanges = {
		.queries = 101,
		.responses = 102,
		.answered = 103,
		.unanswered = 104,
		.pending = 105,
		.retransmitted = 106,
		.evicted = 107,
		.late = 108,
		.orphan = 109,
		.duplicate = 110,
		.continued = 118,
		.folded = 111,
		.unsampled = 119,
		.quoted = 120,
		.quoted_unmatched = 121,
		.multicast = 122,
		.causes = {[CAUSE_NONE] = 123,
			   [CAUSE_PORT] = 124,
			   [CAUSE_HOST] = 125,
			   [CAUSE_ADMIN] = 126,
			   [CAUSE_TOO_BIG] = 127,
			   [CAUSE_LATE] = 128},
		.llmnr = {.queries = 129, .responses = 130, .answered = 131, .unanswered = 132},
		.unparsable = 113,
		.verdicts = {[DNS_MESSAGE_CUT] = 117,
			     [DNS_MESSAGE_LOOP] = 114,
			     [DNS_MESSAGE_OVERRUN] = 115},
	};
	struct source_counters source = {.packets = {1, 20, 300},
					 .encrypted = {.connections = {401, 402, 403, 404}}};
	struct assembly_totals assembly;
	const struct capture_counters capture = {.frames = 116, .skipped = 117};
	const struct retries_counters retries = {401, 402, 403, 404, 405};
	const struct episodes_counters episodes = {.exchanges = 406,
						   .outcomes = {407, 408, 409, 410, 411},
						   .open = 1,
						   .hurried = 412,
						   .crowded = 413,
						   .outlived = 414};
	const struct summary summary = {&assembly, &exchanges, &retries,
					&episodes, &source,    &capture};
	char *text, *end;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	for (unsigned i = ODD_DROP_FIRST; i < ODD_DROP_COUNT; i++)
		source.drops[i] = 200 + i - ODD_DROP_FIRST;
	for (unsigned i = 0; i < assembly_row_count; i++) {
		uint64_t number = 300 + i;

		memcpy((char *)&assembly + assembly_rows[i].offset, &number, sizeof(number));
	}
	json_summary(out, &summary);
	fclose(out);
	end = strstr(text, ",\"cut\"");
	*end = '\0';
	cr_assert_str_eq(text,
			 "{\"type\":\"summary\",\"packets\":321,\"coalesced\":303,\"joined\":302,"
			 "\"queries\":101,\"responses\":102,\"answered\":103,"
			 "\"unanswered\":104,\"pending\":105,\"retransmitted\":106,"
			 "\"evicted\":107,\"late\":108,\"orphan\":109,\"duplicate\":110,"
			 "\"continued\":118,\"unsampled\":119,\"folded\":111,"
			 "\"quoted\":120,\"quoted_unmatched\":121,\"multicast\":122");
	cr_assert_str_eq(
		end + 1,
		"\"cut\":117,\"causes\":{\"none\":123,\"icmp-port-unreachable\":124,"
		"\"icmp-host-unreachable\":125,\"icmp-admin-prohibited\":126,"
		"\"icmp-packet-too-big\":127,\"late\":128},"
		"\"llmnr\":{\"queries\":129,\"responses\":130,\"answered\":131,"
		"\"unanswered\":132},"
		"\"malformed\":{\"loop\":114,\"forward\":0,\"label\":0,\"long\":0,"
		"\"overrun\":115,\"counts\":0,\"rdata\":0,\"edns\":0,\"trailing\":0},"
		"\"unparsable\":{\"udp_length\":210,\"tcp_header\":211,"
		"\"dns_short\":212,\"short\":113},"
		"\"lost\":{\"ring_full\":213,\"shed\":518,\"copy_failed\":215},"
		"\"not_dns\":{\"link_short\":200,\"vlan_depth\":201,"
		"\"ip_header\":202,\"ip6_ext_depth\":203,"
		"\"tunnel_header\":204,\"tunnel_depth\":205,\"fragment\":206,"
		"\"l4_short\":207,\"icmp_short\":208,\"tcp_control\":209},"
		"\"encrypted\":{\"dot\":401,\"doq\":402,\"doh\":403,\"doh3\":404},"
		"\"fragments\":{\"fragments\":305,\"reassembled\":306,\"partial\":307,"
		"\"overlapping\":308,\"repeated\":309,\"misshapen\":310,\"unclaimed\":311,"
		"\"evicted\":312,\"held\":313,\"held_bytes\":314},"
		"\"tcp\":{\"segments\":315,\"controls\":316,\"messages\":317,\"cut\":318,"
		"\"over_message\":319,\"headless\":320,\"retransmitted\":321,\"reordered\":322,"
		"\"overlapping\":323,\"holes\":324,\"resynced\":325,\"skipped\":326,\"misframed\":"
		"327,"
		"\"over_connection\":328,\"over_total\":329,\"opened\":330,\"closed\":331,"
		"\"idle\":332,\"evicted\":333,\"connections\":334,\"held_bytes\":335},"
		"\"truncated\":{\"answers\":401,\"retried\":402,\"abandoned\":403,\"unknown\":405,"
		"\"open\":404},"
		"\"episodes\":{\"answered\":407,\"failed\":408,\"truncated\":409,"
		"\"unanswered\":410,\"pending\":411,\"exchanges\":406,\"hurried\":412,\"crowded\":"
		"413,\"outlived\":414},"
		"\"frames\":116,\"skipped\":117}\n");
	free(text);
}

/* --- for people --------------------------------------------------------------------------------
 */

Test(json, text_line_is_aligned_and_marks_what_is_missing)
{
	struct exchange exchange = exchange_fixture();
	char *text;
	size_t size;
	struct text_out out = {.file = open_memstream(&text, &size)};

	text_exchange(&out, &no_names.exchange, &exchange);
	exchange.state = EXCHANGE_UNANSWERED;
	exchange.has_latency = exchange.has_response = false;
	exchange.qname_length = 0;
	text_exchange(&out, &no_names.exchange, &exchange);
	out.colour = true;
	text_exchange(&out, &no_names.exchange, &exchange);
	fclose(out.file);
	cr_assert_str_eq(text,
			 "2026-11-21T21:47:31.123456Z 192.0.2.10      2001:db8::53    1.23 ms  "
			 "NOERROR  answered   AAAA   www.example.com                  -\n"
			 "2026-11-21T21:47:31.123456Z 192.0.2.10      2001:db8::53    -        "
			 "-        unanswered -      -                                -\n"
			 "\033[33m"
			 "2026-11-21T21:47:31.123456Z 192.0.2.10      2001:db8::53    -        "
			 "-        unanswered -      -                                -\033[0m\n");
	free(text);
}

Test(json, names_of_fields_are_unique_and_documented)
{
	for (size_t i = 0; i < FIELDS; i++) {
		cr_assert(fields[i].name && fields[i].get && fields[i].title, "row %zu", i);
		cr_assert_gt(strlen(fields[i].help), 0, "row %zu", i);
		cr_assert_geq(fields[i].width, strlen(fields[i].title), "row %zu", i);
		for (size_t k = 0; k < i; k++)
			cr_assert_str_neq(fields[i].name, fields[k].name);
	}
}

Test(json, manual_lists_the_fields_in_their_order)
{
	FILE *file = fopen("user/dist/oddns.8", "re");
	char *manual = NULL, *at, text[64];
	size_t size = 0;

	cr_assert_not_null(file);
	cr_assert_gt(getdelim(&manual, &size, '\0', file), 0);
	fclose(file);
	at = strstr(manual, "\n.Sh FIELDS OF AN EXCHANGE\n");
	for (size_t i = 0; i < FIELDS; i++) {
		snprintf(text, sizeof(text), "\n.It Ic %s\n", fields[i].name);
		cr_assert(at && (at = strstr(at, text)), "no %s behind the one before", text + 1);
	}
	free(manual);
}
