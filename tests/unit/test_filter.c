// SPDX-License-Identifier: GPL-2.0-or-later
/* Filters in memory: each operator and type, either direction, what is unknown, precedence. */
#include "filter_fixture.h"

#include <criterion/criterion.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define Q	     FLOW_BIT(FLOW_QUERY)
#define R	     FLOW_BIT(FLOW_RESPONSE)

struct row {
	const char *text;
	unsigned matched;
};

static void check(const struct row *rows, size_t count, const struct exchange *exchange)
{
	for (size_t i = 0; i < count; i++) {
		unsigned matched = fixture_match(rows[i].text, exchange);

		cr_assert_eq(matched, rows[i].matched, "%s: %u", rows[i].text, matched);
	}
}

#define CHECK(rows, exchange) check(rows, COUNT(rows), exchange)

Test(filter, addresses_are_matched_by_either_end_or_one)
{
	static const struct row rows[] = {
		{"ip 10.0.0.7", Q | R},
		{"host 192.0.2.53", Q | R},
		{"ip 10.0.0.8", 0},
		{"src ip 10.0.0.7", Q},
		{"dst ip 10.0.0.7", R},
		{"SRC Host 192.0.2.53", R},
		{"dst net 192.0.2.0/24", Q},
		{"src-ip 10.0.0.7", Q},
		{"src ip = 10.0.0.0/29", Q},
		{"src ip 10.0.0.0/30", 0},
		{"src ip 10.0.0.255/8", Q},
		{"client 10.0.0.7", Q | R},
		{"server == 10.0.0.7", 0},
		{"server != 10.0.0.7", Q | R},
		{"ip != 10.0.0.7", 0},
		{"not ip 10.0.0.9", Q | R},
		{"dst ip [192.0.2.51, 192.0.2.53]", Q},
		{"dst ip [192.0.2.51 192.0.2.52]", 0},
		{"dst ip in [10.0.0.0/8,192.0.2.53]", Q | R},
		{"ip ::ffff:10.0.0.7", Q | R},
		{"ip ::/0", 0},
		{"ip 0.0.0.0/0", Q | R},
		{"ip ::ffff:0.0.0.0/96", Q | R},
		{"dst ip @dns_servers", Q},
		{"dst port 53 and not dst ip @dns_servers", 0},
		{"not dst ip [10.0.0.0/8, @dns_servers]", 0},
		{"src-ctry 0", Q | R},
		{"outer-src 10.0.0.0/8", 0},
		{"not outer-src 10.0.0.0/8", 0},
	};
	struct exchange ipv6 = fixture_exchange;

	CHECK(rows, &fixture_exchange);
	memcpy(ipv6.client, "\x2a\x00\x14\x50\0\0\0\0\0\0\0\0\0\0\0\7", 16);
	cr_assert_eq(fixture_match("src ip ::/0", &ipv6), Q);
	cr_assert_eq(fixture_match("src ip 2a00:1450::/32", &ipv6), Q);
	cr_assert_eq(fixture_match("src ip 2a00:1451::/32", &ipv6), 0);
	cr_assert_eq(fixture_match("src ip 0.0.0.0/0", &ipv6), R);
	cr_assert_eq(fixture_match("src ctry 0", &ipv6), R);
	cr_assert_eq(fixture_match("not src ctry 0", &ipv6), Q);
	cr_assert_eq(fixture_match("dst ctry != 0", &ipv6), R);
	cr_assert_eq(fixture_match("ctry 0", &ipv6), Q | R);
	cr_assert_eq(fixture_match("not ctry 0", &ipv6), 0);
}

Test(filter, numbers_are_compared)
{
	static const struct row rows[] = {
		{"port 53", Q | R},
		{"port 54", 0},
		{"src port 53", R},
		{"dst port 53", Q},
		{"port > 40960", Q | R},
		{"port > 40961", 0},
		{"port >= 40961", Q | R},
		{"server-port < 53", 0},
		{"server-port <= 53", Q | R},
		{"server-port < 54", Q | R},
		{"dst-port [52, 53, 5353]", Q},
		{"dst-port in [52 54]", 0},
		{"dst-port != 53", R},
		{"not dst-port 53", R},
		{"dst-port != [53, 40961]", 0},
		{"dns-id 0x1F2e", Q | R},
		{"dns-id 7982", Q | R},
		{"response-bytes > 1k", Q | R},
		{"response-bytes > 1.1K", 0},
		{"bytes < 1k", Q},
		{"bytes 1097", R},
		{"packets 1", Q | R},
		{"dns-tries >= 2", 0},
		{"dns-ancount 0", R},
		{"dns-ancount > -1", R},
		{"uid 1013", Q | R},
		{"vlan 13", 0},
		{"not vlan 13", 0},
		{"dns-crr-ttl < 60", 0},
	};

	CHECK(rows, &fixture_exchange);
}

Test(filter, durations_have_units)
{
	static const struct row rows[] = {
		{"dns-latency > 50ms", R},    {"dns-latency > 61ms", 0},
		{"dns-latency = 61000us", R}, {"dns-latency >= 0.061", R},
		{"dns-wait < 1s", R},	      {"dns-wait < 61000001ns", R},
		{"dns-latency > -1ms", R},    {"dns-latency [60ms, 61ms]", R},
		{"LATENCY_NS < 1h", R},
	};

	CHECK(rows, &fixture_exchange);
}

Test(filter, moments_are_rfc_3339)
{
	static const struct row rows[] = {
		{"time >= 2026-11-22T07:30:07Z", Q | R},
		{"time > 2026-11-22T07:30:07Z", 0},
		{"start > 2026-11-22T07:30:07Z", R},
		{"start <= 2026-11-22T07:30:07.061Z", Q | R},
		{"start < 2026-11-22T07:30:07.061Z", Q},
		{"end = 2026-11-22T08:30:07.061+01:00", R},
		{"time < '2026-11-22 07:31'", Q | R},
		{"time >= 2026-11-22 and time < 2026-11-23", Q | R},
		{"time < 1969-12-31T23:59:59.5Z", 0},
	};

	CHECK(rows, &fixture_exchange);
}

Test(filter, codes_are_mnemonics_in_any_case_or_numbers)
{
	static const struct row rows[] = {
		{"dns-qtype \"AAAA\"", Q | R},
		{"dns-qtype aaaa", Q | R},
		{"dns-qtype 28", Q | R},
		{"dns-qtype TYPE28", Q | R},
		{"dns-qtype [A, AAAA]", Q | R},
		{"dns-qtype PTR", 0},
		{"dns-qtype != A", Q | R},
		{"dns-rcode NXDomain", R},
		{"dns-rcode != NOERROR", R},
		{"dns-rcode > 0", R},
		{"dns-rcode NOERROR", 0},
		{"not dns-rcode NOERROR", R},
		{"not dns-rcode NXDOMAIN", 0},
		{"proto UDP", Q | R},
		{"proto tcp", 0},
		{"dns-state answered", Q | R},
		{"dns-service in [dns mdns]", Q | R},
		{"dns-cause none", 0},
		{"not dns-cause none", 0},
		{"direction query", Q},
		{"dns-opcode query", Q | R},
		{"tcp-retry no", 0},
		{"dns-qclass IN", Q | R},
		{"dns-qclass in and port 53", Q | R},
		{"dns-qclass in in", Q | R},
		{"(dns-qclass IN)", Q | R},
		{"dns-qclass in [CH IN]", Q | R},
		{"dns-qclass = IN", Q | R},
	};

	CHECK(rows, &fixture_exchange);
}

Test(filter, flags_are_sets)
{
	static const struct row rows[] = {
		{"dns-flags \"rd\"", R},       {"dns-flags 'aa rd'", R},
		{"dns-flags tc", 0},	       {"not dns-flags tc", R},
		{"dns-flags [tc, aa]", R},     {"dns-flags = 'qr aa rd ra'", R},
		{"dns-flags = 'qr aa rd'", 0}, {"dns-flags != 'qr aa rd'", R},
		{"dns-flags 0x8000", R},       {"dns-flags = 0x8583", R},
		{"dns-flags = 0x8580", 0},
	};

	CHECK(rows, &fixture_exchange);
}

Test(filter, names_are_found_whole_in_part_or_by_pattern)
{
	static const struct row rows[] = {
		{"dns-qname seznam", Q | R},
		{"dns-qname SEZ", Q | R},
		{"dns-qname \"arpa\"", 0},
		{"dns-qname = email.seznam.cz", Q | R},
		{"dns-qname == EMAIL.seznam.cz.", Q | R},
		{"dns-qname = seznam.cz", 0},
		{"dns-qname != seznam.cz", Q | R},
		{"dns-qname ~ '^e.*\\.CZ$'", Q | R},
		{"dns-qname ~ '^seznam'", 0},
		{"dns-qname !~ '^seznam'", Q | R},
		{"dns-qname ~ ['^x', 'cz$']", Q | R},
		{"dns-qname [foo, mail]", Q | R},
		{"dns-qname in [foo, mail]", 0},
		{"dns-qname in [a, email.seznam.cz]", Q | R},
		{"user alice", Q | R},
		{"user = ALICE", Q | R},
		{"user = alic", 0},
		{"comm curl", Q | R},
		{"comm ~ '^curl-\\d$'", Q | R},
		{"unit = postfix.service", Q | R},
		{"if eth", Q | R},
		{"if = eth", 0},
		{"ifname = \"eth7\"", Q | R},
		{"not user bob", Q | R},
		{"dns-nsid fra", 0},
		{"not dns-nsid fra", 0},
		{"comm src", 0},
		{"comm user", 0},
		{"comm \"and\"", 0},
	};

	CHECK(rows, &fixture_exchange);
}

Test(filter, what_is_unknown_is_neither_so_nor_not_so)
{
	static const struct row rows[] = {
		{"dns-qname x", 0},
		{"not dns-qname x", 0},
		{"dns-qname ~ .", 0},
		{"dns-qname !~ x", 0},
		{"dns-qtype != A", 0},
		{"user != x", 0},
		{"not user ~ x", 0},
		{"dns-rcode 0", 0},
		{"not dns-rcode 0", 0},
		{"pid != 5", 0},
		{"response-bytes 0", 0},
		{"dns-latency < 1s", 0},
		{"dns-flags rd", Q},
		{"dns-nscount 1", Q},
		{"not dns-flags rd", 0},
		{"not (dns-rcode 0 and port 53)", 0},
		{"not (dns-rcode 0 and port 54)", Q},
		{"not (dns-rcode 0 or port 54)", 0},
		{"dns-rcode 0 or port 53", Q},
	};
	struct exchange lone = fixture_exchange;

	lone.state = EXCHANGE_UNANSWERED;
	lone.has_response = lone.has_latency = false;
	lone.flags = 0x0100;
	lone.qname_length = 0;
	lone.uid = ODD_NO_UID;
	lone.pid = 0;
	CHECK(rows, &lone);
}

Test(filter, late_and_orphan_responses_have_no_query_flow)
{
	struct exchange late = fixture_exchange;

	late.state = EXCHANGE_LATE;
	cr_assert_eq(fixture_match("", &late), R);
	cr_assert_eq(fixture_match("port 53", &late), R);
	cr_assert_eq(fixture_match("dst port 53", &late), 0);
	late.state = EXCHANGE_ORPHAN;
	late.has_query = false;
	cr_assert_eq(fixture_match("dns-state orphan", &late), R);
}

Test(filter, not_binds_closer_than_and_and_than_or)
{
	static const struct row rows[] = {
		{"port 53 or port 1 and port 2", Q | R},
		{"(port 53 or port 1) and port 2", 0},
		{"port 2 and port 1 or port 53", Q | R},
		{"port 2 and (port 1 or port 53)", 0},
		{"not port 1 and port 2", 0},
		{"not (port 1 and port 2)", Q | R},
		{"not port 53 or port 53", Q | R},
		{"not (port 53 or port 53)", 0},
		{"not not port 53", Q | R},
		{"not (not port 53 and port 53)", Q | R},
		{"port 53 && ! port 1", Q | R},
		{"port 1 || port 53", Q | R},
		{"!port 1&&port 53", Q | R},
		{"NOT port 1 AND port 53 Or port 9", Q | R},
		{"((((port 53))))", Q | R},
		{"not (not (not (port 1 or port 2) and not port 3) or port 4)", Q | R},
		{"not (port 1 or not (port 53 and not (port 53 and port 4)))", Q | R},
	};

	CHECK(rows, &fixture_exchange);
}

/* As printed in the reference text. */
Test(filter, use_cases_work_as_printed)
{
	static const struct row rows[] = {
		{"port 53", Q | R},
		{"dns-qtype \"PTR\" and dns-qname \"arpa\"", 0},
		{"dns-rcode \"NXDomain\" and dst ctry 0", R},
		{"dns-rcode \xe2\x80\x9cNXDomain\xe2\x80\x9d and dst ctry 0", R},
		{"dst port 53 and not dst ip @dns_servers", 0},
		{"dst port 53 and not dst ip 192.0.2.54", Q},
		{"dst port 53 and not dst ip [192.0.2.54, 192.0.2.55]", Q},
		{"dst port 53 and not dst ip 192.0.2.0/24", 0},
		{"ip 10.0.0.7 and dns-qtype \xe2\x80\x9cSRV\xe2\x80\x9d", 0},
		{"ip 10.0.0.7 and dns-qtype \xe2\x80\x9e"
		 "AAAA\xe2\x80\x9c",
		 Q | R},
		{"dns-qtype \xe2\x80\x98"
		 "aaaa\xe2\x80\x99\xc2\xa0"
		 "and\tport\r\n53",
		 Q | R},
		{"", Q | R},
		{" \n", Q | R},
	};

	CHECK(rows, &fixture_exchange);
}

/* The labels "a." and "a\", with and without the dot of the root; and the root itself. */
Test(filter, an_escaped_dot_at_the_end_belongs_to_the_name)
{
	struct exchange e = fixture_exchange;

	e.qname = (const uint8_t *)"\2a.";
	e.qname_length = 4;
	cr_assert_eq(fixture_match("dns-qname = 'a\\.'", &e), Q | R);
	cr_assert_eq(fixture_match("dns-qname = 'a\\..'", &e), Q | R);
	e.qname = (const uint8_t *)"\2a\\";
	cr_assert_eq(fixture_match("dns-qname = 'a\\\\.'", &e), Q | R);
	e.qname = (const uint8_t *)"";
	e.qname_length = 1;
	cr_assert_eq(fixture_match("dns-qname = .", &e), Q | R);
}

/* Cases 4 and 7 of the reference text, on exchanges that they are about. */
Test(filter, reverse_records_and_service_locations_are_found)
{
	static const struct row rows[] = {
		{"dns-qtype \"PTR\" and dns-qname \"arpa\"", Q | R},
		{"dns-qtype \"PTR\" and dns-qname \"arpa\" and dns-rcode \"NXDomain\"", R},
		{"dns-qtype \"PTR\" and dns-qname \"arpa\" and ip 10.0.0.7", Q | R},
		{"dns-qname2 = in-addr.arpa", Q | R},
		{"dns-qname2 = arpa", 0},
	};
	struct exchange e = fixture_exchange;

	e.qtype = 12;
	e.qname = (const uint8_t *)"\1"
				   "7\1"
				   "0\1"
				   "0\002"
				   "10\7in-addr\4arpa";
	e.qname_length = 23;
	CHECK(rows, &e);
	e.qtype = 33;
	cr_assert_eq(fixture_match("ip 10.0.0.7 and dns-qtype \xe2\x80\x9cSRV\xe2\x80\x9d", &e),
		     Q | R);
	cr_assert_eq(fixture_match("ip 10.0.0.8 and dns-qtype \xe2\x80\x9cSRV\xe2\x80\x9d", &e), 0);
}

Test(filter, examples_of_the_table_compile)
{
	for (unsigned i = 0; i < operand_count; i++) {
		struct filter *filter = fixture_compile(operands[i].example);

		cr_assert_eq(filter__fields(filter) & ~operands[i].needs, 0, "%s",
			     operands[i].example);
		filter__free(filter);
	}
}

Test(filter, fields_are_those_of_its_terms)
{
	struct filter *filter = fixture_compile("ip 10.0.0.7 or dns-qtype A and not comm x");

	cr_assert_eq(filter__fields(filter), 1ULL << FIELD_CLIENT | 1ULL << FIELD_SERVER |
						     1ULL << FIELD_QTYPE | 1ULL << FIELD_COMM);
	filter__free(filter);
}

Test(filter, lists_are_read_from_files)
{
	char path[] = "/tmp/oddns_list_XXXXXX", text[128];
	int fd = mkstemp(path);
	static const char list[] =
		"# resolvers\n192.0.2.53 # first\r\n\n  2001:db8::/32\n10.9.0.0/16";

	cr_assert_geq(fd, 0);
	cr_assert_eq(write(fd, list, sizeof(list) - 1), (ssize_t)sizeof(list) - 1);
	close(fd);
	snprintf(text, sizeof(text), "dst ip @%s", path);
	cr_assert_eq(fixture_match(text, &fixture_exchange), Q);
	snprintf(text, sizeof(text), "src ip [@%s, 10.8.0.1]", path);
	cr_assert_eq(fixture_match(text, &fixture_exchange), R);
	unlink(path);
}

/* 10 007 addresses 10.x.y.z, all but that of the client. */
Test(filter, long_lists_are_searched)
{
	size_t room = 1 << 18, n;
	char *text = malloc(room);

	n = (size_t)snprintf(text, room, "not src ip [10.0.0.6/31 10.0.0.8");
	for (unsigned i = 1; i < 10007; i++)
		n += (size_t)snprintf(text + n, room - n, ",10.%u.%u.%u", 1 + i % 251, i % 241,
				      i % 239);
	snprintf(text + n, room - n, "]");
	cr_assert_eq(fixture_match(text, &fixture_exchange), R);
	free(text);
}

/* (a+)+$ takes 2^n steps; the limit makes it "not found" within some milliseconds. */
Test(filter, a_pattern_that_explodes_is_not_found)
{
	struct exchange e = fixture_exchange;

	e.qname = (const uint8_t
			   *)"\77aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab";
	e.qname_length = 65;
	cr_assert_eq(fixture_match("dns-qname ~ '(a+)+c'", &e), 0);
	cr_assert_eq(fixture_match("dns-qname ~ '(x+x+)+y|(a|aa)+$'", &e), 0);
	cr_assert_eq(fixture_match("dns-qname ~ 'a+b'", &e), Q | R);
}

/* So that a list which misses it does not look whole. */
Test(filter, a_pattern_that_explodes_is_counted)
{
	struct filter *filter = fixture_compile("dns-id 1");
	char name[64];

	memset(name, 'a', sizeof(name));
	cr_assert_eq(filter__given_up(filter), 0);
	filter__free(filter);
	filter = fixture_compile("dns-qname ~ ['(a|aa)+$', '^b']");
	name[63] = 'b';
	for (unsigned i = 0; i < 3; i++)
		cr_assert_not(filter__regex(filter, 0, name, sizeof(name)));
	cr_assert_eq(filter__given_up(filter), 3);
	cr_assert_not(filter__regex(filter, 1, name, sizeof(name)));
	cr_assert(filter__regex(filter, 0, name, sizeof(name) - 1));
	cr_assert_eq(filter__given_up(filter), 3);
	filter__free(filter);
}
