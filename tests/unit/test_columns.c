// SPDX-License-Identifier: GPL-2.0-or-later
/* Columns of flows. Expected cells by hand. */
#include "exchange_fixture.h"

#include "cmd/columns.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

static const struct exchange_names no_names;

/* Sent twice, a second apart; answered with NXDOMAIN 150 ms after the second. */
static struct exchange answered(void)
{
	struct exchange exchange = exchange_fixture();

	exchange.latency_ns = 150000000;
	exchange.wait_ns = 1150000000;
	exchange.flags = 0x8183; /* QR RD RA, NXDOMAIN */
	exchange.rcode = 3;
	exchange.nscount = exchange.arcount = 0;
	return exchange;
}

static struct columns *make(const char *text, struct columns_options options)
{
	struct columns *columns;

	cr_assert_eq(columns__new(text, &options, &columns), 0);
	return columns;
}

static const struct columns_options exchanges = {0};
static const struct columns_options flows = {.uniflow = true};

/* All cells with '|' between, "-" for none. */
static void check_row(const char *text, struct columns_options options,
		      const struct exchange *exchange, enum flow_direction direction,
		      const char *expected)
{
	struct columns *columns = make(text, options);
	const struct flow flow = {exchange, &no_names, direction};
	struct columns_row row;
	char line[2048] = "";
	unsigned count;

	columns__shown(columns, &count);
	columns__row(columns, &flow, &row);
	for (unsigned i = 0; i < count; i++) {
		size_t n = strlen(line);

		snprintf(line + n, sizeof(line) - n, "%s%s", i ? "|" : "",
			 row.cells[i] ? row.cells[i] : "-");
	}
	cr_assert_str_eq(line, expected);
	columns__free(columns);
}

Test(columns, exchange_is_shown_as_a_whole_whatever_matched)
{
	struct exchange exchange = answered();

	for (int i = 0; i < FLOW_DIRECTIONS; i++)
		check_row(NULL, exchanges, &exchange, (enum flow_direction)i,
			  "2026-11-21T21:47:31.123456Z|192.0.2.10|2001:db8::53|150 ms|NXDOMAIN|"
			  "answered|AAAA|www.example.com|-");
}

Test(columns, flow_shows_its_own_ends_and_what_it_tells)
{
	struct exchange exchange = answered();

	check_row("default", flows, &exchange, FLOW_QUERY,
		  "2026-11-21T21:47:31.123456Z|192.0.2.10|2001:db8::53|query|-|-|AAAA|"
		  "www.example.com|-");
	check_row("default", flows, &exchange, FLOW_RESPONSE,
		  "2026-11-21T21:47:32.273456Z|2001:db8::53|192.0.2.10|response|150 ms|NXDOMAIN|"
		  "AAAA|www.example.com|-");
}

Test(columns, exchange_has_the_sums_of_its_flows_and_the_ends_of_its_query)
{
	static const char words[] = "start,end,src-ip,src-port,dst-ip,dst-port,packets,bytes,"
				    "direction";
	struct exchange exchange = answered();

	check_row(words, exchanges, &exchange, FLOW_RESPONSE,
		  "2026-11-21T21:47:31.123456Z|2026-11-21T21:47:32.273456Z|192.0.2.10|40009|"
		  "2001:db8::53|53|3|115|-");
	check_row(words, flows, &exchange, FLOW_RESPONSE,
		  "2026-11-21T21:47:32.273456Z|2026-11-21T21:47:32.273456Z|2001:db8::53|53|"
		  "192.0.2.10|40009|1|49|response");
}

/* Its query counts with the unanswered exchange that told of it. */
Test(columns, late_exchange_counts_its_response_only)
{
	struct exchange exchange = answered();

	exchange.state = EXCHANGE_LATE;
	check_row("client,packets,bytes,dns-state", exchanges, &exchange, FLOW_QUERY,
		  "192.0.2.10|1|49|late");
}

Test(columns, unanswered_exchange_has_the_header_of_its_query)
{
	struct exchange exchange = answered();

	exchange.state = EXCHANGE_UNANSWERED;
	exchange.has_response = exchange.has_latency = false;
	exchange.flags = 0x0120;
	exchange.ancount = 0;
	check_row("dns-flags,dns-ancount,dns-rcode,dns-latency,packets", exchanges, &exchange,
		  FLOW_QUERY, "rd ad|0|-|-|2");
}

Test(columns, programs_get_all_digits_and_the_keys_of_json)
{
	const struct columns_options exact = {.exact = true};
	struct exchange exchange = answered();
	struct columns *columns = make("time,dns-latency,dns-qname,src-ip,dst-port", exact);
	const struct document_column *shown;
	unsigned count;

	shown = columns__shown(columns, &count);
	cr_assert_eq(count, 5);
	cr_assert_str_eq(shown[0].title, "time");
	cr_assert_str_eq(shown[1].title, "latency_ns");
	cr_assert_str_eq(shown[2].title, "qname");
	cr_assert_str_eq(shown[3].title, "src");
	cr_assert_str_eq(shown[4].title, "dst-port");
	columns__free(columns);
	check_row("time,dns-latency", exact, &exchange, FLOW_QUERY,
		  "2026-11-21T21:47:31.123456789Z|150000000");
}

/* Flowmon's fields of a DNS flow, with protocol, ends, start, end, packets, bytes and user. */
Test(columns, extended_set_has_all_that_flowmon_has)
{
	static const char *const wanted[] = {
		"dns-id",	 "dns-flags",	"dns-qcount",	 "dns-ancount",
		"dns-nscount",	 "dns-arcount", "dns-qname",	 "dns-qtype",
		"dns-qclass",	 "dns-rcode",	"dns-crr-name",	 "dns-crr-type",
		"dns-crr-class", "dns-crr-ttl", "dns-crr-rdata", "dns-crr-rdata-len",
		"proto",	 "src-ip",	"src-port",	 "dst-ip",
		"dst-port",	 "start",	"end",		 "packets",
		"bytes",	 "user",
	};
	struct columns *columns = make("Extended-DNS", flows);
	const struct document_column *shown;
	unsigned count, found = 0;

	shown = columns__shown(columns, &count);
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		for (unsigned j = 0; j < count; j++)
			found += shown[j].title == operand_find(wanted[i], NULL)->title;
	cr_assert_eq(found, sizeof(wanted) / sizeof(wanted[0]));
	cr_assert_eq(count, found);
	columns__free(columns);
}

Test(columns, every_set_is_there_for_either_kind_of_row)
{
	static const char *const sets[] = {"default", "wide", "extended-dns"};

	for (size_t i = 0; i < 3; i++) {
		columns__free(make(sets[i], exchanges));
		columns__free(make(sets[i], flows));
	}
}

Test(columns, words_may_have_blanks_around_and_any_case)
{
	struct exchange exchange = answered();

	check_row(" DNS-Id , qname ", exchanges, &exchange, FLOW_QUERY, "4711|www.example.com");
}

Test(columns, what_is_no_field_is_refused)
{
	static const char *const wrong[] = {
		"", ",", "dns-qname,", "dns-qnam", "dns-qname dns-id", "extended"};
	struct columns *columns = NULL;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		cr_assert_eq(columns__new(wrong[i], &exchanges, &columns), -EINVAL, "'%s'",
			     wrong[i]);
	cr_assert_null(columns);
}

Test(columns, more_than_fit_are_refused)
{
	char text[8 * (TABLE_COLUMNS_MAX + 1)];
	struct columns *columns = NULL;
	size_t n = 0;

	for (int i = 0; i < TABLE_COLUMNS_MAX; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%svlan", i ? "," : "");
	cr_assert_eq(columns__new(text, &exchanges, &columns), 0);
	columns__free(columns);
	snprintf(text + n, sizeof(text) - n, ",vlan");
	cr_assert_eq(columns__new(text, &exchanges, &columns), -EINVAL);
}

/* Of 60 characters 6 are the type's and 2 the gap, so 52 are left for the name. */
Test(columns, names_are_cut_to_the_screen_with_an_ellipsis)
{
	static const uint8_t name[] =
		"\x3f"
		"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijk";
	struct exchange exchange = answered();
	struct columns_options options = {.screen = 60, .utf8 = true};

	exchange.qname = name;
	exchange.qname_length = sizeof(name);
	check_row("dns-qtype,dns-qname", options, &exchange, FLOW_QUERY,
		  "AAAA|abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxy…");
	options.utf8 = false;
	check_row("dns-qtype,dns-qname", options, &exchange, FLOW_QUERY,
		  "AAAA|abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvw...");
	options.screen = 71;
	check_row("dns-qtype,dns-qname", options, &exchange, FLOW_QUERY,
		  "AAAA|abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijk");
	options.screen = 5;
	check_row("dns-qtype,dns-qname", options, &exchange, FLOW_QUERY, "AAAA|abcdefghijklm...");
	check_row("dns-qtype,dns-qname", exchanges, &exchange, FLOW_QUERY,
		  "AAAA|abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijk");
}

Test(columns, hostile_names_are_escaped)
{
	static const uint8_t name[] = "\6\x1b[2J\r\n\4=cmd";
	struct exchange exchange = answered();

	exchange.qname = name;
	exchange.qname_length = sizeof(name);
	memcpy(exchange.comm, "\x1b]0;x\a", 7);
	check_row("dns-qname,comm", exchanges, &exchange, FLOW_QUERY,
		  "\\027[2J\\013\\010.=cmd|\\027]0;x\\007");
}

static void check_colours(const struct exchange *exchange, enum table_colour state,
			  enum table_colour rcode, enum table_colour latency)
{
	struct columns *columns = make("dns-state,dns-rcode,dns-latency,dns-qname", exchanges);
	const struct flow flow = {exchange, &no_names, FLOW_QUERY};
	struct columns_row row;

	columns__row(columns, &flow, &row);
	cr_assert(row.colours[0] == state && row.colours[1] == rcode && row.colours[2] == latency &&
		  row.colours[3] == TABLE_PLAIN);
	columns__free(columns);
}

Test(columns, failures_are_red_and_slow_answers_yellow)
{
	struct exchange exchange = answered();

	check_colours(&exchange, TABLE_PLAIN, TABLE_PLAIN, TABLE_YELLOW);
	exchange.latency_ns = 99999999;
	check_colours(&exchange, TABLE_PLAIN, TABLE_PLAIN, TABLE_PLAIN);
	exchange.latency_ns = 100000000;
	exchange.rcode = 2;
	check_colours(&exchange, TABLE_RED, TABLE_RED, TABLE_YELLOW);
	exchange.rcode = 0;
	exchange.state = EXCHANGE_LATE;
	check_colours(&exchange, TABLE_RED, TABLE_RED, TABLE_YELLOW);
	exchange.state = EXCHANGE_UNANSWERED;
	exchange.has_response = exchange.has_latency = false;
	check_colours(&exchange, TABLE_RED, TABLE_RED, TABLE_PLAIN);
}

Test(columns, what_is_needed_is_what_is_shown_and_what_tells_the_colours)
{
	struct columns *columns = make("client,dns-qname", exchanges);
	const field_set wanted = (field_set)1 << FIELD_CLIENT | (field_set)1 << FIELD_QNAME |
				 (field_set)1 << FIELD_STATE | (field_set)1 << FIELD_RCODE |
				 (field_set)1 << FIELD_LATENCY;

	cr_assert_eq(columns__needs(columns) & wanted, wanted);
	cr_assert_eq(columns__needs(columns) & (field_set)1 << FIELD_ANSWERS, 0);
	columns__free(columns);
}

/* What --sort compares. */
Test(columns, values_for_sorting_are_those_shown)
{
	const struct operand *packets = operand_find("packets", NULL);
	const struct operand *source = operand_find("src-ip", NULL);
	const struct operand *direction = operand_find("direction", NULL);
	struct exchange exchange = answered();
	const struct flow response = {&exchange, &no_names, FLOW_RESPONSE};
	struct operand_value value;

	columns_value(packets, false, &response, &value);
	cr_assert(value.known && value.number == 3);
	columns_value(packets, true, &response, &value);
	cr_assert(value.known && value.number == 1);
	columns_value(source, false, &response, &value);
	cr_assert_arr_eq(value.address, exchange.client, 16);
	columns_value(source, true, &response, &value);
	cr_assert_arr_eq(value.address, exchange.server, 16);
	columns_value(direction, false, &response, &value);
	cr_assert_not(value.known);
}
