// SPDX-License-Identifier: GPL-2.0-or-later
/* Connections of encrypted DNS: the programs at each hook, their maps, and a kernel that connects.
 */
#include "cable.h"
#include "fixture.h"

#include "oddns.skel.h"
#include "packet/encrypted.h"
#include "source/attach.h"
#include "source/engine.h"

#include <bpf/bpf.h>

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <net/if_arp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static struct fixture fixture;
static struct engine *native;
static uint8_t frame[PACKET_FRAME_MAX];

static void no_event(void *context, const struct odd_event *event)
{
	(void)context;
	(void)event;
	cr_expect_fail("a connection gave an event");
}

static struct programs_options with_resolvers(void)
{
	struct programs_options options = fixture_options();
	static const uint16_t dns[] = {53};

	options.ports = dns;
	options.port_count = 1;
	options.encrypted = true;
	options.resolvers = encrypted_resolvers;
	options.resolver_count = ENCRYPTED_RESOLVERS;
	return options;
}

static void open_both(const struct programs_options *options)
{
	struct engine_options same = {.ports = options->ports,
				      .port_count = options->port_count,
				      .snaplen = 512,
				      .tunnels = options->tunnels,
				      .encrypted = options->encrypted,
				      .resolvers = options->resolvers,
				      .resolver_count = options->resolver_count};

	fixture_load(&fixture, options);
	cr_assert_eq(engine__new_native(&same, no_event, NULL, &native), 0);
}

static void close_both(void)
{
	engine__free(native);
	fixture_free(&fixture);
}

static void totals_of(struct encrypted_totals *ret)
{
	encrypted_maps__read(fixture.programs, ret);
}

static void run(enum odd_hook hook, const struct encrypted_case *c, unsigned wrap)
{
	unsigned length = encrypted_case_build(c, wrap, frame);
	int verdict = 0;

	cr_assert_eq(fixture_run(&fixture, hook, frame, length, &verdict), 0, "%s", c->name);
	cr_expect_eq(verdict, fixture_verdict(hook), "%s", c->name);
	cr_assert_eq(engine__frame(native, 0, frame, length), 0);
}

/* What both have at the end is the same to the byte. */
static void check_same(enum odd_hook hook)
{
	struct source_counters counters;
	struct encrypted_totals totals;

	totals_of(&totals);
	engine__counters(native, &counters);
	cr_expect_arr_eq(&totals, &counters.encrypted, sizeof(totals), "hook %d: native differs",
			 hook);
}

static void check_hook(enum odd_hook hook)
{
	struct programs_options options = with_resolvers();

	open_both(&options);
	fixture_begin(&fixture);
	for (unsigned wrap = 0; wrap < ENCRYPTED_WRAPS; wrap++) {
		for (const struct encrypted_case *c = encrypted_cases; c->name; c++) {
			struct encrypted_totals before, after;

			totals_of(&before);
			run(hook, c, wrap);
			totals_of(&after);
			encrypted_expect(c, wrap, &before, &after);
		}
	}
	fixture_end(&fixture);
	cr_expect_eq(fixture.result.count, 0, "they are no messages");
	for (int i = ODD_DROP_FIRST; i < ODD_DROP_COUNT; i++)
		cr_expect_eq(fixture.result.counters.drops[i], 0, "nor losses: %s",
			     odd_drop_name((enum odd_drop)i));
	check_same(hook);
	close_both();
}

Test(encrypted, connection_counts_once_at_each_hook_as_it_does_natively)
{
	for (int hook = 0; hook < ODD_HOOK_COUNT; hook++)
		check_hook((enum odd_hook)hook);
}

/* Seen at ingress of one interface and egress of another, or by XDP and TC. */
Test(encrypted, connection_seen_at_three_hooks_counts_once)
{
	struct programs_options options = with_resolvers();
	struct encrypted_totals once, thrice;

	open_both(&options);
	for (const struct encrypted_case *c = encrypted_cases; c->name; c++)
		run(ODD_HOOK_XDP, c, 0);
	totals_of(&once);
	for (const struct encrypted_case *c = encrypted_cases; c->name; c++) {
		run(ODD_HOOK_TC_INGRESS, c, 0);
		run(ODD_HOOK_TC_EGRESS, c, 0);
	}
	totals_of(&thrice);
	cr_expect_arr_eq(&once, &thrice, sizeof(once));
	cr_expect_gt(encrypted_totals__sum(&once), 0);
	close_both();
}

static void check_silent(const struct programs_options *options, const char *why)
{
	struct encrypted_totals totals;

	fixture_load(&fixture, options);
	for (const struct encrypted_case *c = encrypted_cases; c->name; c++) {
		unsigned length = encrypted_case_build(c, 0, frame);
		int verdict;

		cr_assert_eq(fixture_run(&fixture, ODD_HOOK_XDP, frame, length, &verdict), 0);
	}
	totals_of(&totals);
	cr_expect_eq(encrypted_totals__sum(&totals), 0, "%s", why);
	fixture_free(&fixture);
}

Test(encrypted, nothing_counts_without_the_setting_or_on_watched_ports)
{
	static const uint16_t watched[] = {53, 443, 853};
	struct programs_options off = with_resolvers(), all = with_resolvers();

	off.encrypted = false;
	check_silent(&off, "without the setting");
	all.ports = watched;
	all.port_count = 3;
	all.ring_bytes = 1024 * 1024;
	check_silent(&all, "on watched ports");
}

static void syn(unsigned host, uint16_t client, uint16_t port)
{
	struct packet packet = {.version = 4,
				.protocol = 6,
				.src_port = client,
				.dst_port = port,
				.tcp_flags = 2,
				.host = (uint8_t)host};
	unsigned length = packet_build(&packet, frame, NULL);
	int verdict;

	cr_assert_eq(fixture_run(&fixture, ODD_HOOK_XDP, frame, length, &verdict), 0);
}

/* Take places as a scan of port 853 would, but without a packet each. */
static void take_places(unsigned count)
{
	size_t cpus = (size_t)libbpf_num_possible_cpus();
	struct odd_encrypted_key key = {.kind = DOQ};
	__u64 zeros[cpus];

	memset(zeros, 0, sizeof(zeros));
	for (unsigned i = 1; i <= count; i++) {
		memcpy(key.server, &i, sizeof(i));
		cr_assert_eq(bpf_map__update_elem(fixture.programs->maps.encrypted, &key,
						  sizeof(key), zeros, sizeof(zeros), BPF_NOEXIST),
			     0);
	}
}

/* 4 * 256 places for servers, of which 7 are left, and four for all others together. */
Test(encrypted, servers_without_room_count_together)
{
	struct programs_options options = with_resolvers();
	struct odd_encrypted_key nobody = {.kind = DOT};
	size_t cpus = (size_t)libbpf_num_possible_cpus();
	__u64 counts[cpus], others = 0;
	struct encrypted_totals totals;

	fixture_load(&fixture, &options);
	take_places(1024 - 7);
	for (unsigned host = 1; host <= 7 + 23; host++)
		for (uint16_t client = 1; client <= 3; client++)
			syn(host, client, 853);
	totals_of(&totals);
	cr_expect_eq(totals.connections[DOT], 3 * (7 + 23));
	cr_expect_eq(totals.top_count, 7);
	cr_assert_eq(bpf_map__lookup_elem(fixture.programs->maps.encrypted, &nobody, sizeof(nobody),
					  counts, sizeof(counts), 0),
		     0);
	for (size_t i = 0; i < cpus; i++)
		others += counts[i];
	cr_expect_eq(others, 3 * 23);
	fixture_free(&fixture);
}

Test(encrypted, resolvers_change_while_programs_run)
{
	static const uint8_t others[][16] = {{[10] = 0xff, 0xff, 198, 51, 100, 9}};
	struct programs_options options = with_resolvers();
	struct encrypted_totals totals;

	fixture_load(&fixture, &options);
	syn(8, 1, 443);
	syn(9, 1, 443);
	cr_assert_eq(encrypted_maps__set_resolvers(fixture.programs, others, 1), 0);
	syn(8, 2, 443);
	syn(9, 2, 443);
	syn(9, 3, 443);
	totals_of(&totals);
	cr_expect_eq(totals.connections[DOH], 3);
	cr_assert_eq(totals.top_count, 2);
	cr_expect_arr_eq(totals.top[0].server, others[0], 16);
	cr_expect_eq(totals.top[0].connections, 2);
	cr_assert_eq(encrypted_maps__set_resolvers(fixture.programs, others, 0), 0);
	syn(9, 4, 443);
	totals_of(&totals);
	cr_expect_eq(totals.connections[DOH], 3);
	fixture_free(&fixture);
}

static struct sockaddr_in server(const char *address, unsigned port)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};

	cr_assert_eq(inet_pton(AF_INET, address, &in.sin_addr), 1);
	return in;
}

/* A neighbour that is nowhere, so that nobody answers, and nobody is asked for its address. */
static void add_neighbour(const char *address)
{
	struct arpreq neighbour = {.arp_flags = ATF_PERM | ATF_COM, .arp_dev = "od0"};
	struct sockaddr_in in = server(address, 0);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	memcpy(&neighbour.arp_pa, &in, sizeof(in));
	neighbour.arp_ha.sa_data[0] = 2;
	cr_assert_eq(ioctl(fd, SIOCSARP, &neighbour), 0, "%s", strerror(errno));
	close(fd);
}

static void connect_to(const char *address, unsigned port)
{
	struct sockaddr_in in = server(address, port);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);

	cr_assert_eq(connect(fd, (struct sockaddr *)&in, sizeof(in)), -1);
	cr_assert_eq(errno, EINPROGRESS, "%s", strerror(errno));
	/* left open: it sends its SYN again */
}

/* RFC 9001 appendix A.2, as long as RFC 9000 section 14.1 wants it. */
static void send_initial_twice(const char *address, unsigned port)
{
	char initial[1200] = "\xc0\0\0\0\1\x08\x83\x94\xc8\xf0\x3e\x51\x57\x08";
	struct sockaddr_in in = server(address, port);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	for (int i = 0; i < 2; i++)
		cr_assert_eq(
			sendto(fd, initial, sizeof(initial), 0, (struct sockaddr *)&in, sizeof(in)),
			(ssize_t)sizeof(initial));
	close(fd);
}

/* Until each SYN has been sent again, which Linux does after a second (RFC 6298 section 2). */
static void connect_from_kernel(void)
{
	shell("ip address add 192.0.2.1/24 dev od0");
	add_neighbour("192.0.2.53");
	add_neighbour("192.0.2.8");
	for (int i = 0; i < 3; i++)
		connect_to("192.0.2.53", 853);
	for (int i = 0; i < 2; i++)
		connect_to("192.0.2.8", 443);
	connect_to("192.0.2.53", 443);
	send_initial_twice("192.0.2.53", 853);
	usleep(1500000);
}

Test(encrypted, kernel_that_connects_is_counted_on_both_ends_of_a_cable)
{
	static const uint8_t resolver[][16] = {{[10] = 0xff, 0xff, 192, 0, 2, 8}};
	struct attachment ends[2] = {{.ifname = "od0"}, {.ifname = "od1"}};
	struct programs_options options = with_resolvers();
	struct encrypted_totals totals;
	struct cable cable;

	options.resolvers = resolver;
	options.resolver_count = 1;
	cable_open(&cable);
	fixture_load(&fixture, &options);
	for (int i = 0; i < 2; i++)
		cr_assert_eq(attachment__attach(&ends[i], fixture.programs, ATTACH_TC), 0);
	connect_from_kernel();
	totals_of(&totals);
	cr_expect_eq(totals.connections[DOT], 3, "%llu", totals.connections[DOT]);
	cr_expect_eq(totals.connections[DOH], 2, "%llu", totals.connections[DOH]);
	cr_expect_eq(totals.connections[DOQ], 1, "%llu", totals.connections[DOQ]);
	cr_expect_eq(totals.connections[DOH3], 0);
	for (int i = 0; i < 2; i++)
		attachment__detach(&ends[i]);
	fixture_free(&fixture);
	cable_close(&cable);
}
