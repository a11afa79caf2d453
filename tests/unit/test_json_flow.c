// SPDX-License-Identifier: GPL-2.0-or-later
/* Lines of flows. Expected lines: the contract (design section 6), by hand. */
#include "exchange_fixture.h"

#include "sink/json.h"

#include <criterion/criterion.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

/* NXDOMAIN, asked by a process of this host. */
static struct exchange answered(void)
{
	struct exchange exchange = exchange_fixture();

	exchange.flags = 0x8583; /* QR AA RD RA, NXDOMAIN */
	exchange.rcode = 3;
	exchange.uid = 1000;
	memcpy(exchange.comm, "dig\n", 4);
	return exchange;
}

static void check_flow(const struct exchange *exchange, enum flow_direction direction,
		       const char *expected)
{
	static const struct exchange_names no_names;
	const struct flow flow = {exchange, &no_names, direction};
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	json_flow(out, &flow);
	fclose(out);
	cr_assert_str_eq(text, expected);
	free(text);
}

/* Behind the counts: what no test here has, and the sender of the query. */
#define NO_PLACE                                                                                   \
	"\"ifname\":null,\"vlan\":null,\"tunnel\":null,\"tunnel_id\":null,\"outer_src\":null,"     \
	"\"outer_dst\":null,\"user\":null,"
#define NO_MESSAGE                                                                                 \
	"\"tcp_retry\":null,\"retry_of\":null,\"verdict\":null,\"edns_size\":null,"                \
	"\"edns_version\":null,\"do\":null,\"ecs\":null,\"cookie\":null,\"nsid\":null,"            \
	"\"ede\":null,\"edns_padding\":null,\"edns_keepalive_ms\":null,\"edns_expire_s\":null,"    \
	"\"edns_report\":null,\"crr_name\":null,\"crr_type\":null,\"crr_class\":null,"             \
	"\"crr_ttl\":null,\"crr_rdata\":null,\"crr_rdata_len\":null,\"answers\":null,"             \
	"\"records\":null}\n"
#define DIG "\"uid\":1000,\"pid\":null,\"comm\":\"dig\\\\010\",\"unit\":null,\"service\":\"dns\","

/* Sent twice: the first time at .123456789, the second one second later. */
Test(json_flow, query_flow_does_not_tell_what_the_response_tells)
{
	struct exchange exchange = answered();

	check_flow(&exchange, FLOW_QUERY,
		   "{\"type\":\"flow\",\"time\":\"2026-11-21T21:47:31.123456789Z\","
		   "\"end\":\"2026-11-21T21:47:32.123456789Z\",\"src\":\"192.0.2.10\","
		   "\"src_port\":40009,\"dst\":\"2001:db8::53\",\"dst_port\":53,"
		   "\"direction\":\"query\",\"packets\":2,\"bytes\":66,\"proto\":\"udp\","
		   "\"id\":4711,\"opcode\":\"QUERY\",\"qname\":\"www.example.com\","
		   "\"qtype\":\"AAAA\",\"qclass\":\"IN\",\"rcode\":null,\"state\":\"answered\","
		   "\"tries\":2,\"latency_ns\":null,\"wait_ns\":null,\"flags\":null,"
		   "\"ancount\":null,\"nscount\":null,\"arcount\":null," NO_PLACE DIG
		   "\"cause\":null," NO_MESSAGE);
}

Test(json_flow, response_flow_goes_from_the_server_to_the_client)
{
	struct exchange exchange = answered();

	check_flow(&exchange, FLOW_RESPONSE,
		   "{\"type\":\"flow\",\"time\":\"2026-11-21T21:47:32.124691356Z\","
		   "\"end\":\"2026-11-21T21:47:32.124691356Z\",\"src\":\"2001:db8::53\","
		   "\"src_port\":53,\"dst\":\"192.0.2.10\",\"dst_port\":40009,"
		   "\"direction\":\"response\",\"packets\":1,\"bytes\":49,\"proto\":\"udp\","
		   "\"id\":4711,\"opcode\":\"QUERY\",\"qname\":\"www.example.com\","
		   "\"qtype\":\"AAAA\",\"qclass\":\"IN\",\"rcode\":\"NXDOMAIN\","
		   "\"state\":\"answered\",\"tries\":2,\"latency_ns\":1234567,"
		   "\"wait_ns\":1001234567,\"flags\":[\"qr\",\"aa\",\"rd\",\"ra\"],"
		   "\"ancount\":1,\"nscount\":2,\"arcount\":3," NO_PLACE DIG
		   "\"cause\":null," NO_MESSAGE);
}

Test(json_flow, query_flow_without_a_response_tells_the_header_of_the_query)
{
	struct exchange exchange = answered();

	exchange.state = EXCHANGE_UNANSWERED;
	exchange.cause = CAUSE_PORT;
	exchange.has_response = exchange.has_latency = false;
	exchange.messages = 0;
	exchange.response_bytes = 0;
	exchange.flags = 0x0120; /* RD AD */
	exchange.ancount = exchange.nscount = 0;
	exchange.tries = 3;
	check_flow(
		&exchange, FLOW_QUERY,
		"{\"type\":\"flow\",\"time\":\"2026-11-21T21:47:31.123456789Z\","
		"\"end\":\"2026-11-21T21:47:31.123456789Z\",\"src\":\"192.0.2.10\","
		"\"src_port\":40009,\"dst\":\"2001:db8::53\",\"dst_port\":53,"
		"\"direction\":\"query\",\"packets\":3,\"bytes\":99,\"proto\":\"udp\","
		"\"id\":4711,\"opcode\":\"QUERY\",\"qname\":\"www.example.com\","
		"\"qtype\":\"AAAA\",\"qclass\":\"IN\",\"rcode\":null,"
		"\"state\":\"unanswered\",\"tries\":3,\"latency_ns\":null,\"wait_ns\":null,"
		"\"flags\":[\"rd\",\"ad\"],\"ancount\":0,\"nscount\":0,\"arcount\":3," NO_PLACE DIG
		"\"cause\":\"icmp-port-unreachable\"," NO_MESSAGE);
}

/* RFC 8259 section 7: what is in a name stays in its string. */
Test(json_flow, hostile_names_stay_in_their_string)
{
	static const uint8_t name[] = "\7\"},{\n\x1b\xff";
	struct exchange exchange = answered();
	const struct exchange_names no_names = {0};
	const struct flow flow = {&exchange, &no_names, FLOW_RESPONSE};
	char *text;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	exchange.qname = name;
	exchange.qname_length = sizeof(name);
	json_flow(out, &flow);
	fclose(out);
	/* RFC 1035 section 5.1: \DDD for what is not printable; then JSON's own escapes */
	cr_assert_not_null(strstr(text, "\"qname\":\"\\\"},{\\\\010\\\\027\\\\255\",\"qtype\""),
			   "%s", text);
	cr_assert_eq(strchr(text, '\n'), text + size - 1);
	free(text);
}
