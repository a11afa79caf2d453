// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Settings by assignment: values, lists, networks, groups, and what must hold between them.
 * A refused value gives one line on stderr that names it.
 */
#include "settings_fixture.h"

#include "base/text.h"

#include <errno.h>

/* --- defaults ------------------------------------------------------------------------------------
 */

Test(settings, defaults_are_those_of_the_design)
{
	struct settings *s = settings__new();

	cr_assert(s);
	cr_assert_null(s->interfaces[0]);
	cr_assert_eq(s->port_count, 1);
	cr_assert_eq(s->ports[0], 53);
	cr_assert_eq(s->hook, HOOK_AUTO);
	cr_assert_eq(s->timeout_ns, 5 * SECOND);
	cr_assert_eq(s->grace_ns, 25 * SECOND);
	cr_assert_eq(s->interval_ns, 10 * SECOND);
	cr_assert_eq(s->window, 30);
	cr_assert_eq(s->min_samples, 5);
	cr_assert_eq(s->min_intervals, 5);
	cr_assert_eq(s->raise_after, 2);
	cr_assert_eq(s->clear_after, 3);
	cr_assert_eq(s->snaplen, 1232);
	cr_assert_eq(s->ring_bytes, 4194304);
	cr_assert_eq(s->pending, 1048576);
	cr_assert_eq(s->servers, 1024);
	cr_assert_str_eq(s->pin_dir, "/sys/fs/bpf/oddns");
	cr_assert_str_eq(s->state_dir, "/run/oddns");
	cr_assert_eq(s->group_count, 0);
	for (unsigned i = 0; i < RULES; i++) {
		cr_assert(s->rules[i].enabled);
		cr_assert_float_eq(s->rules[i].relative, 0.3, 1e-12);
	}
	cr_assert_float_eq(s->rules[RULE_LATENCY].absolute, 20e6, 1e-3);
	cr_assert_float_eq(s->rules[RULE_UNANSWERED].absolute, 0.2, 1e-12);
	cr_assert_float_eq(s->rules[RULE_SERVFAIL].absolute, 0.2, 1e-12);
	cr_assert_eq(settings__check(s), 0);
	settings__free(s);
}

Test(settings, freeing_nothing_is_allowed)
{
	settings__free(NULL);
}

/* --- values --------------------------------------------------------------------------------------
 */

struct range_case {
	const char *assignment;
	int r;
};

static const struct range_case ranges[] = {
	{"sensor.timeout=10ms", 0},
	{"sensor.timeout=9999us", -EINVAL},
	{"sensor.timeout=30s", 0},
	{"sensor.timeout=30001ms", -EINVAL},
	{"sensor.grace=0", 0},
	{"sensor.grace=30s", 0},
	{"sensor.grace=31s", -EINVAL},
	{"sensor.interval=100ms", 0},
	{"sensor.interval=99ms", -EINVAL},
	{"sensor.interval=1h", 0},
	{"sensor.interval=3601s", -EINVAL},
	{"sensor.window=5", 0},
	{"sensor.window=4", -EINVAL},
	{"sensor.window=360", 0},
	{"sensor.window=361", -EINVAL},
	{"sensor.window=5.5", -EINVAL},
	{"sensor.window=1k", -EINVAL},
	{"sensor.window=4294967301", -EINVAL}, /* 2^32 + 5 */
	{"sensor.window=18446744073709551621", -EINVAL},
	{"sensor.snaplen=64", 0},
	{"sensor.snaplen=63", -EINVAL},
	{"sensor.snaplen=4096", 0},
	{"sensor.snaplen=4097", -EINVAL},
	{"sensor.ring=64k", 0},
	{"sensor.ring=32k", -EINVAL},
	{"sensor.ring=1G", 0},
	{"sensor.ring=2G", -EINVAL},
	{"sensor.ring=65537", -EINVAL},
	{"sensor.ring=6M", -EINVAL},
	{"sensor.pending=64", 0},
	{"sensor.pending=63", -EINVAL},
	{"sensor.pending=64M", 0},
	{"sensor.pending=67108865", -EINVAL},
	{"sensor.servers=2", 0},
	{"sensor.servers=1", -EINVAL},
	{"sensor.servers=65536", 0},
	{"sensor.servers=65537", -EINVAL},
	{"rule odd-one-out.absolute=0ms", 0},
	{"rule odd-one-out.absolute=10s", 0},
	{"rule odd-one-out.absolute=20", -EINVAL}, /* 20 s: the unit was forgotten */
	{"rule odd-one-out.relative=1000%", 0},
	{"rule odd-one-out.relative=30", -EINVAL}, /* 3000 % */
	{"rule odd-unanswered.absolute=100%", 0},
	{"rule odd-unanswered.absolute=101%", -EINVAL},
	{"rule odd-servfail.absolute=20ms", -EINVAL},
	{"rule odd-servfail.enabled=NO", 0},
	{"rule odd-servfail.enabled=2", -EINVAL},
	{"sensor.hook=xdp-generic", 0},
	{"sensor.hook=XDP", -EINVAL},
	{"sensor.pins=/x", 0},
	{"sensor.pins=x", -EINVAL},
	{"sensor.state=", -EINVAL},
};

/* Each bound, one inside, one outside. */
Test(settings, each_range_ends_where_it_says)
{
	struct capture capture;
	char text[2048];

	for (size_t i = 0; i < ROWS(ranges); i++) {
		struct settings *s = settings__new();
		int r;

		capture = capture_begin();
		r = settings__set(s, ranges[i].assignment);
		capture_end(capture, text, sizeof(text));
		cr_assert_eq(r, ranges[i].r, "%s", ranges[i].assignment);
		cr_assert_eq(count_lines(text), r ? 1 : 0, "%s", text);
		if (r)
			cr_assert(strstr(text, ranges[i].assignment), "%s", text);
		settings__free(s);
	}
}

Test(settings, a_refused_value_leaves_what_was_there)
{
	struct capture capture;
	static const char *const rows[] = {
		"sensor.ports=54,x", "sensor.interfaces=eth1,a/b",  "sensor.timeout=6x",
		"sensor.pins=p",     "group g.servers=192.0.2.9,x", "group g.absolute=1x",
	};
	struct settings *s = settings__new();
	char text[2048];

	cr_assert_eq(settings__set(s, "sensor.interfaces=eth0"), 0);
	cr_assert_eq(settings__set(s, "group g.servers=192.0.2.1"), 0);
	capture = capture_begin();
	for (size_t i = 0; i < ROWS(rows); i++)
		settings__set(s, rows[i]);
	capture_end(capture, text, sizeof(text));
	cr_assert_eq(count_lines(text), ROWS(rows));
	cr_assert_eq(s->ports[0], 53);
	cr_assert_str_eq(s->interfaces[0], "eth0");
	cr_assert_null(s->interfaces[1]);
	cr_assert_eq(s->timeout_ns, 5 * SECOND);
	cr_assert_str_eq(s->pin_dir, "/sys/fs/bpf/oddns");
	cr_assert_eq(s->groups[0].server_count, 1);
	cr_assert_not(s->groups[0].has_absolute);
	settings__free(s);
}

Test(settings, lists_take_commas_and_spaces_and_replace_what_was_there)
{
	struct settings *s = settings__new();

	cr_assert_eq(settings__set(s, "sensor.interfaces=eth0, eth1 ,lo"), 0);
	cr_assert_str_eq(s->interfaces[2], "lo");
	cr_assert_null(s->interfaces[3]);
	cr_assert_eq(settings__set(s, "sensor.interfaces=wan0"), 0);
	cr_assert_str_eq(s->interfaces[0], "wan0");
	cr_assert_null(s->interfaces[1]);
	cr_assert_eq(settings__set(s, "sensor.interfaces="), 0);
	cr_assert_null(s->interfaces[0]);
	cr_assert_eq(settings__set(s, "sensor.ports=53 5353,65535"), 0);
	cr_assert_eq(s->port_count, 3);
	cr_assert_eq(s->ports[2], 65535);
	settings__free(s);
}

Test(settings, lists_refuse_what_is_no_item_of_theirs)
{
	struct capture capture;
	static const char *const rows[] = {
		"sensor.ports=",
		"sensor.ports=,",
		"sensor.ports=0",
		"sensor.ports=65536",
		"sensor.ports=53,53",
		"sensor.ports=-1",
		"sensor.ports=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17",
		"sensor.interfaces=sixteen-letters0",
		"sensor.interfaces=..",
		"sensor.interfaces=a/b",
		"sensor.interfaces=lo,lo",
		"group g.servers=",
		"group g.servers=dns.example",
		"group g.servers=10.0.0.0/33",
		"group g.servers=10.0.0.0/",
		"group g.servers=10.0.0.0/8/8",
		"group g.servers=10.0.0.0/-1",
		"group g.servers=2001:db8::/129",
		"group g.servers=192.0.2.1 ::ffff:192.0.2.1",
	};
	char text[4096];

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct settings *s = settings__new();

		capture = capture_begin();
		cr_assert_eq(settings__set(s, rows[i]), -EINVAL, "%s", rows[i]);
		capture_end(capture, text, sizeof(text));
		cr_assert_eq(count_lines(text), 1, "%s", text);
		settings__free(s);
	}
}

/* --- networks ------------------------------------------------------------------------------------
 */

Test(settings, networks_contain_their_addresses_and_no_others)
{
	static const struct {
		const char *network, *addr;
		bool inside;
	} rows[] = {
		{"10.0.0.0/8", "10.255.255.255", true},
		{"10.0.0.0/8", "11.0.0.0", false},
		{"10.0.0.0/8", "9.255.255.255", false},
		{"192.0.2.128/25", "192.0.2.128", true},
		{"192.0.2.128/25", "192.0.2.127", false},
		{"192.0.2.1", "192.0.2.1", true},
		{"192.0.2.1", "192.0.2.0", false},
		{"192.0.2.1/32", "192.0.2.1", true},
		{"0.0.0.0/0", "198.51.100.7", true},
		{"0.0.0.0/0", "::1", false},
		{"::/0", "198.51.100.7", true},
		{"::/0", "2001:db8::1", true},
		{"2001:db8::/32", "2001:db8:ffff::1", true},
		{"2001:db8::/32", "2001:db9::", false},
		{"2001:db8:8000::/33", "2001:db8:7fff::", false},
		{"fe80::/10", "febf::1", true},
		{"fe80::/10", "fec0::1", false},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct settings *s = settings__new();
		char assignment[64];
		uint8_t addr[16];

		snprintf(assignment, sizeof(assignment), "group g.servers=%s", rows[i].network);
		cr_assert_eq(settings__set(s, assignment), 0, "%s", assignment);
		cr_assert_eq(text_parse_address(rows[i].addr, addr), 0);
		cr_assert_eq(network__contains(&s->groups[0].servers[0], addr), rows[i].inside,
			     "%s in %s", rows[i].addr, rows[i].network);
		settings__free(s);
	}
}

Test(settings, host_bits_are_refused_with_the_right_network)
{
	struct capture capture;
	static const struct {
		const char *written, *right;
	} rows[] = {
		{"10.0.0.1/8", "write 10.0.0.0/8 "},
		{"192.0.2.129/25", "write 192.0.2.128/25 "},
		{"1.2.3.4/0", "write 0.0.0.0/0 "},
		{"2001:db8::1/32", "write 2001:db8::/32 "},
		{"2001:db8:ffff::/33", "write 2001:db8:8000::/33 "},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct settings *s = settings__new();
		char assignment[64], text[1024];
		int r;

		snprintf(assignment, sizeof(assignment), "group g.servers=%s", rows[i].written);
		capture = capture_begin();
		r = settings__set(s, assignment);
		capture_end(capture, text, sizeof(text));
		cr_assert_eq(r, -EINVAL);
		cr_assert(strstr(text, rows[i].right), "%s", text);
		settings__free(s);
	}
}

/* --- groups --------------------------------------------------------------------------------------
 */

Test(settings, a_group_is_made_once_and_then_changed)
{
	struct settings *s = settings__new();

	cr_assert_eq(settings__set(s, "group lan.servers=192.0.2.1,192.0.2.2"), 0);
	cr_assert_eq(settings__set(s, "group dmz.two.servers=192.0.2.4"), 0);
	cr_assert_eq(settings__set(s, "group lan.absolute=5ms"), 0);
	cr_assert_eq(settings__set(s, "group lan.servers=192.0.2.3"), 0);
	cr_assert_eq(s->group_count, 2);
	cr_assert_str_eq(s->groups[0].name, "lan");
	cr_assert_str_eq(s->groups[1].name, "dmz.two");
	cr_assert_eq(s->groups[0].server_count, 1);
	cr_assert_eq(s->groups[0].servers[0].addr[15], 3);
	cr_assert(s->groups[0].has_absolute);
	cr_assert_float_eq(s->groups[0].absolute, 5e6, 1e-3);
	cr_assert_not(s->groups[0].has_relative);
	cr_assert_not(s->groups[1].has_absolute);
	cr_assert_eq(settings__check(s), 0);
	settings__free(s);
}

Test(settings, names_of_groups_are_short_and_printable)
{
	struct capture capture;
	static const struct range_case rows[] = {
		{"group a.servers=192.0.2.1", 0},
		{"group site 4.servers=192.0.2.1", 0},
		{"group 1234567890123456789012345678901234567890123.servers=192.0.2.1", 0},
		{"group 12345678901234567890123456789012345678901234.servers=192.0.2.1", -EINVAL},
		{"group .servers=192.0.2.1", -EINVAL},
		{"group.servers=192.0.2.1", -EINVAL},
		{"group a[b.servers=192.0.2.1", -EINVAL},
		{"group a\nb.servers=192.0.2.1", -EINVAL},
		{"group \xc3\xbc.servers=192.0.2.1", -EINVAL},
	};
	char text[1024];

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct settings *s = settings__new();
		int r;

		capture = capture_begin();
		r = settings__set(s, rows[i].assignment);
		capture_end(capture, text, sizeof(text));
		cr_assert_eq(r, rows[i].r, "%s", rows[i].assignment);
		cr_assert_eq(count_lines(text), r ? 1 : 0, "%s", text);
		settings__free(s);
	}
}

/* --- between settings ----------------------------------------------------------------------------
 */

Test(settings, check_holds_settings_against_each_other)
{
	struct capture capture;
	static const struct {
		const char *set[3];
		int r;
	} rows[] = {
		{{"sensor.timeout=9s"}, 0}, /* 9 + 25 = 34 s */
		{{"sensor.timeout=9001ms"}, -EINVAL},
		{{"sensor.timeout=30s", "sensor.grace=4s"}, 0},
		{{"sensor.window=5", "sensor.min_intervals=5"}, 0},
		{{"sensor.window=5", "sensor.min_intervals=6"}, -EINVAL},
		{{"group a.absolute=1ms"}, -EINVAL},
		{{"group a.servers=192.0.2.1", "group b.servers=192.0.2.2"}, 0},
		{{"group a.servers=192.0.2.1", "group b.servers=192.0.2.1"}, -EINVAL},
		{{"group a.servers=10.0.0.0/8", "group b.servers=10.0.0.0/16"}, 0},
		{{"sensor.servers=2", "group a.servers=192.0.2.1 192.0.2.2"}, 0},
		{{"sensor.servers=2", "group a.servers=192.0.2.1 192.0.2.2 192.0.2.3"}, -EINVAL},
		{{"sensor.servers=2", "group a.servers=192.0.2.1 192.0.2.2 10.0.0.0/8"}, 0},
	};
	char text[1024];

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct settings *s = settings__new();
		int r;

		for (unsigned j = 0; j < 3 && rows[i].set[j]; j++)
			cr_assert_eq(settings__set(s, rows[i].set[j]), 0);
		capture = capture_begin();
		r = settings__check(s);
		capture_end(capture, text, sizeof(text));
		cr_assert_eq(r, rows[i].r, "row %zu", i);
		cr_assert_eq(count_lines(text), r ? 1 : 0, "%s", text);
		settings__free(s);
	}
}

/* Alerts, status and the rules' memory know groups by name: two of one name would be one. */
Test(settings, names_of_the_default_groups_are_not_free)
{
	static const struct {
		const char *set;
		int r;
	} rows[] = {
		{"group loopback.servers=192.0.2.1", -EINVAL},
		{"group private.servers=192.0.2.1", -EINVAL},
		{"group public.servers=192.0.2.1", -EINVAL},
		{"group public.absolute=1ms", -EINVAL}, /* nor without servers: one error */
		{"group Public.servers=192.0.2.1", 0},
		{"group public2.servers=192.0.2.1", 0},
		{"group publi.servers=192.0.2.1", 0},
	};
	char text[1024];

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct settings *s = settings__new();
		struct capture capture;
		int r;

		cr_assert_eq(settings__set(s, rows[i].set), 0);
		capture = capture_begin();
		r = settings__check(s);
		capture_end(capture, text, sizeof(text));
		cr_expect_eq(r, rows[i].r, "%s", rows[i].set);
		cr_expect_eq(count_lines(text), r ? 1 : 0, "%s", text);
		cr_expect(r == 0 || strstr(text, "is the name of a default group"), "%s", text);
		settings__free(s);
	}
}

/* 14 ports and two, or 16 with those two among them, is all that the programs have room for. */
Test(settings, multicast_adds_its_ports_where_there_is_room)
{
#define TWELVE "sensor.ports=53,1,2,3,4,5,6,7,8,9,10,11"
	static const struct {
		const char *ports, *multicast;
		int r;
		unsigned count;
		uint16_t last;
	} rows[] = {
		{"sensor.ports=53", "sensor.multicast=no", 0, 1, 53},
		{"sensor.ports=53", "sensor.multicast=yes", 0, 3, 5355},
		{"sensor.ports=53,5355", "sensor.multicast=yes", 0, 3, 5353},
		{"sensor.ports=5353,5355,53", "sensor.multicast=yes", 0, 3, 53},
		{TWELVE ",12,13", "sensor.multicast=yes", 0, 16, 5355},
		{TWELVE ",12,13,14", "sensor.multicast=yes", -EINVAL, 17, 0},
		{TWELVE ",12,5353,14,15", "sensor.multicast=yes", -EINVAL, 17, 0},
		{TWELVE ",5353,5355,14,15", "sensor.multicast=yes", 0, 16, 15},
		{TWELVE ",12,13,14,15", "sensor.multicast=yes", -EINVAL, 18, 0},
		{TWELVE ",12,13,14,15", "sensor.multicast=no", 0, 16, 15},
	};
	uint16_t ports[ODD_PORTS_MAX];
	char text[1024];

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct settings *s = settings__new();
		struct capture capture;
		int r;

		cr_assert_eq(settings__set(s, rows[i].ports), 0);
		cr_assert_eq(settings__set(s, rows[i].multicast), 0);
		capture = capture_begin();
		r = settings__check(s);
		capture_end(capture, text, sizeof(text));
		cr_expect_eq(r, rows[i].r, "row %zu: %s", i, text);
		cr_expect_eq(count_lines(text), r ? 1 : 0, "%s", text);
		cr_expect(r == 0 || strstr(text, "5353"), "%s", text);
		cr_assert_eq(settings__watched_ports(s, ports), rows[i].count, "row %zu", i);
		if (r == 0)
			cr_expect_eq(ports[rows[i].count - 1], rows[i].last, "row %zu", i);
		settings__free(s);
	}
}
