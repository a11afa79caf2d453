// SPDX-License-Identifier: GPL-2.0-or-later
/* What the maps hold when the ring or server_rcode is full, and how bpftool shows them. */
#include "fixture.h"

#include "oddns.skel.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

/* The smallest ring is a page: 4 095 bytes hold 23 records of 8 + 104 + 64. */
#define SMALLEST_RING 4096
#define RING_HOLDS    23

static struct fixture fixture;
static uint8_t frame[PACKET_FRAME_MAX];

static void run(const struct packet *packet, unsigned times)
{
	unsigned length = packet_build(packet, frame, NULL);
	int verdict = 0;

	for (unsigned i = 0; i < times; i++)
		cr_assert_eq(fixture_run(&fixture, ODD_HOOK_XDP, frame, length, &verdict), 0);
	cr_assert_eq(verdict, fixture_verdict(ODD_HOOK_XDP));
}

/* What server_rcode counted under one key; nothing when it is not there. */
static struct odd_server_count count_of(const char *server, enum odd_rcode rcode)
{
	struct server_total totals[SERVER_TOTALS_MAX];
	unsigned n = fixture_servers(&fixture, totals);
	struct odd_server_key key = {.rcode = rcode};

	packet_address(server, key.server);
	for (unsigned i = 0; i < n; i++)
		if (memcmp(&totals[i].key, &key, sizeof(key)) == 0)
			return totals[i].count;
	return (struct odd_server_count){0, 0};
}

static unsigned long overflow_of(enum odd_rcode rcode)
{
	size_t cpus = (size_t)libbpf_num_possible_cpus();
	struct odd_server_count counts[cpus];
	unsigned long packets = 0;

	if (bpf_map__lookup_elem(fixture.programs->maps.overflow_rcode, &rcode, sizeof(rcode),
				 counts, cpus * sizeof(*counts), 0) < 0)
		return 0;
	for (size_t i = 0; i < cpus; i++)
		packets += counts[i].packets;
	return packets;
}

Test(maps, full_ring_loses_events_and_counts_all)
{
	struct programs_options options = fixture_options();
	static const struct packet query = {.version = 4, PACKET_UP, .messages = {29}};
	struct odd_server_count count;

	options.ring_bytes = SMALLEST_RING;
	fixture_load(&fixture, &options);
	fixture_begin(&fixture);
	run(&query, 101);
	fixture_end(&fixture);
	count = count_of(PACKET_SERVER4, QUERY);
	cr_expect_eq(count.packets, 101);
	cr_expect_eq(count.bytes, 101 * 29);
	cr_expect_eq(fixture.result.counters.packets[ODD_HOOK_XDP], 101);
	cr_expect_eq(fixture.result.counters.drops[ODD_DROP_RING_FULL], 101 - RING_HOLDS);
	fixture_begin(&fixture);
	run(&query, 1);
	fixture_end(&fixture);
	cr_expect_eq(fixture.result.count, 1, "an emptied ring takes events again");
	cr_expect_eq(fixture.result.counters.drops[ODD_DROP_RING_FULL], 0);
	fixture_free(&fixture);
}

/*
 * Three parts of 4 096, 4 096 and 1 808 bytes, with 112 each, in a ring of 16 383: the second
 * segment finds room for its first part, the third for none.
 */
Test(maps, ring_may_fill_within_a_segment)
{
	struct programs_options options = fixture_options();
	static const struct packet segment = {
		.version = 4, .protocol = 6, PACKET_UP, .garbage = 10000};

	options.ring_bytes = 4 * SMALLEST_RING;
	fixture_load(&fixture, &options);
	fixture_begin(&fixture);
	run(&segment, 3);
	fixture_end(&fixture);
	cr_expect_eq(fixture.result.count, 4);
	cr_expect_eq(fixture.result.counters.packets[ODD_HOOK_XDP], 3);
	cr_expect_eq(fixture.result.counters.drops[ODD_DROP_PART_LOST], 1);
	cr_expect_eq(fixture.result.counters.drops[ODD_DROP_RING_FULL], 1);
	cr_expect_eq(count_of(PACKET_SERVER4, SEGMENT).packets, 3);
	cr_expect_eq(count_of(PACKET_SERVER4, SEGMENT).bytes, 3 * 10000);
	fixture_free(&fixture);
}

/* It was no packet on the way in, so it is none on the way out. */
Test(maps, syn_that_finds_no_room_is_a_lost_part)
{
	struct programs_options options = fixture_options();
	static const struct packet query = {.version = 4, PACKET_UP, .messages = {29}};
	static const struct packet syn = {.version = 4, .protocol = 6, PACKET_UP, .tcp_flags = 2};

	options.ring_bytes = SMALLEST_RING;
	fixture_load(&fixture, &options);
	fixture_begin(&fixture);
	run(&query, RING_HOLDS);
	run(&syn, 1);
	fixture_end(&fixture);
	cr_expect_eq(fixture.result.counters.packets[ODD_HOOK_XDP], RING_HOLDS);
	cr_expect_eq(fixture.result.counters.drops[ODD_DROP_TCP_CONTROL], 1);
	cr_expect_eq(fixture.result.counters.drops[ODD_DROP_PART_LOST], 1);
	cr_expect_eq(fixture.result.counters.drops[ODD_DROP_RING_FULL], 0);
	fixture_free(&fixture);
}

/* Each SYN looks before it takes 8 + 104 bytes of its own. */
Test(maps, syn_sees_how_much_waits)
{
	struct programs_options options = fixture_options();
	static const struct packet syn = {.version = 4, .protocol = 6, PACKET_UP, .tcp_flags = 2};

	fixture_load(&fixture, &options);
	run(&syn, 23);
	cr_expect_eq(fixture.programs->bss->backlog, 22 * 112, "%u",
		     fixture.programs->bss->backlog);
	fixture_free(&fixture);
}

/* Later fragments are payload: they go before any exchange does, and first ones stay. */
Test(maps, later_fragments_are_given_up_alone)
{
	struct programs_options options = fixture_options();
	static const struct packet first = {
		.version = 4, PACKET_UP, .messages = {1000}, .fragment = 0x2000};
	static const struct packet later = {
		.version = 4, PACKET_UP, .messages = {1000}, .fragment = 126};

	fixture_load(&fixture, &options);
	fixture.programs->data->shedding.later = 1;
	fixture_begin(&fixture);
	run(&first, 1);
	run(&later, 23);
	fixture_end(&fixture);
	cr_expect_eq(fixture.result.count, 1);
	cr_expect_eq(fixture.result.counters.packets[ODD_HOOK_XDP], 24);
	cr_expect_eq(fixture.result.counters.drops[ODD_DROP_SHED], 23);
	fixture_free(&fixture);
}

/* So are later parts of a segment: the stream goes on behind them by the lengths in it. */
Test(maps, later_parts_of_segments_are_given_up_alone)
{
	struct programs_options options = fixture_options();
	static const struct packet segment = {
		.version = 4, .protocol = 6, PACKET_UP, .messages = {4000, 5000}};
	const struct odd_event *e = &fixture.result.events[0].event;

	fixture_load(&fixture, &options);
	fixture.programs->data->shedding.later = 1;
	fixture_begin(&fixture);
	run(&segment, 1);
	fixture_end(&fixture);
	cr_assert_eq(fixture.result.count, 1);
	cr_expect_eq(e->message_bytes, 2 + 4000 + 2 + 5000);
	cr_expect_eq(e->captured_bytes, ODD_PART_BYTES);
	cr_expect_eq(e->flags, ODD_EVENT_CUT);
	cr_expect_eq(fixture.result.counters.packets[ODD_HOOK_XDP], 1);
	cr_expect_eq(fixture.result.counters.drops[ODD_DROP_PART_LOST], 1);
	fixture_free(&fixture);
}

/* A message longer than the whole ring's room never fits, and is lost each time. */
Test(maps, message_larger_than_the_ring_is_lost_and_counted)
{
	struct programs_options options = fixture_options();
	static const struct packet response = {
		.version = 4, PACKET_DOWN, .rcode = 3, .messages = {4096}};

	options.ring_bytes = SMALLEST_RING;
	options.snaplen = 4096;
	fixture_load(&fixture, &options);
	fixture_begin(&fixture);
	run(&response, 3);
	fixture_end(&fixture);
	cr_expect_eq(fixture.result.counters.drops[ODD_DROP_RING_FULL], 3);
	cr_expect_eq(count_of(PACKET_SERVER4, NXDOMAIN).packets, 3);
	fixture_free(&fixture);
}

/* Queries and NXDOMAIN of the servers 198.51.100.1 to .23, each seven times. */
static void flood_of_servers(void)
{
	for (uint8_t host = 1; host <= 23; host++) {
		struct packet query = {.version = 4, PACKET_UP, .host = host, .messages = {29}};
		struct packet response = {
			.version = 4, PACKET_DOWN, .host = host, .rcode = 3, .messages = {29}};

		run(&query, 7);
		run(&response, 7);
	}
}

Test(maps, full_server_rcode_counts_newcomers_together_and_configured_servers_apart)
{
	struct programs_options options = fixture_options();
	struct packet response = {.version = 4, PACKET_DOWN, .rcode = 2, .messages = {29}};
	uint8_t configured[16];
	unsigned long others;

	options.server_keys = ODD_RCODE_COUNT + 4;
	fixture_load(&fixture, &options);
	packet_address(PACKET_SERVER4, configured);
	cr_assert_eq(programs__pin_server(fixture.programs, configured), 0);
	cr_expect_eq(programs__pin_server(fixture.programs, configured), 0, "twice is fine");
	fixture_begin(&fixture);
	flood_of_servers();
	run(&response, 5);
	fixture_end(&fixture);
	cr_expect_eq(count_of(PACKET_SERVER4, SERVFAIL).packets, 5);
	cr_expect_eq(count_of("::ffff:198.51.100.1", QUERY).packets, 7);
	cr_expect_eq(count_of("::ffff:198.51.100.1", NXDOMAIN).packets, 7);
	cr_expect_eq(count_of("::ffff:198.51.100.2", QUERY).packets, 7);
	cr_expect_eq(count_of("::ffff:198.51.100.2", NXDOMAIN).packets, 7);
	cr_expect_eq(overflow_of(QUERY), 21 * 7);
	cr_expect_eq(overflow_of(NXDOMAIN), 21 * 7);
	others = fixture.result.counters.drops[ODD_DROP_SERVER_RCODE_FULL];
	cr_expect_eq(others, 2 * 21 * 7);
	fixture_free(&fixture);
}

Test(maps, server_that_finds_no_room_for_all_rcodes_is_refused)
{
	struct programs_options options = fixture_options();
	uint8_t configured[16];

	options.server_keys = ODD_RCODE_COUNT - 1;
	fixture_load(&fixture, &options);
	packet_address(PACKET_SERVER4, configured);
	cr_expect_eq(programs__pin_server(fixture.programs, configured), -E2BIG);
	fixture_free(&fixture);
}

/* A bpffs and a mount namespace of the test's own; the kernel takes both away with the process. */
static void mount_bpffs(char *folder)
{
	cr_assert_eq(unshare(CLONE_NEWNS), 0);
	cr_assert_eq(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
	cr_assert_not_null(mkdtemp(folder));
	cr_assert_eq(mount("bpf", folder, "bpf", 0, NULL), 0);
}

/* bpftool without blanks, so that its layout does not matter. */
static void dump(const char *path, char *text, size_t size)
{
	char command[256];
	size_t n = 0;
	FILE *pipe;
	int c;

	snprintf(command, sizeof(command),
		 "PATH=$PATH:/usr/sbin bpftool map dump pinned %s 2>/dev/null", path);
	pipe = popen(command, "r");
	cr_assert_not_null(pipe);
	while ((c = getc(pipe)) != EOF)
		if (n + 1 < size && c != ' ' && c != '\n' && c != '\t')
			text[n++] = (char)c;
	text[n] = '\0';
	cr_assert_eq(pclose(pipe), 0);
}

Test(maps, bpftool_prints_names_of_rcodes_and_reasons)
{
	static const struct packet query = {.version = 4, PACKET_UP, .messages = {29}};
	static const struct packet response = {
		.version = 4, PACKET_DOWN, .rcode = 3, .messages = {29}};
	static const struct packet cut = {.version = 4, PACKET_UP, .messages = {11}};
	char folder[] = "/tmp/oddns-test.XXXXXX", path[64];
	static char text[64 * 1024];
	struct programs_options options = fixture_options();

	fixture_load(&fixture, &options);
	run(&query, 1);
	run(&response, 1);
	run(&cut, 1);
	mount_bpffs(folder);
	snprintf(path, sizeof(path), "%s/server_rcode", folder);
	cr_expect_eq(bpf_map__pin(fixture.programs->maps.server_rcode, path), 0);
	dump(path, text, sizeof(text));
	cr_expect_not_null(strstr(text, "\"rcode\":\"NXDOMAIN\""), "%s", text);
	cr_expect_not_null(strstr(text, "\"rcode\":\"QUERY\""), "%s", text);
	cr_expect_not_null(strstr(text, "\"bytes\":29"), "%s", text);
	snprintf(path, sizeof(path), "%s/drops", folder);
	cr_expect_eq(bpf_map__pin(fixture.programs->maps.drops, path), 0);
	dump(path, text, sizeof(text));
	cr_expect_not_null(strstr(text, "\"key\":\"ODD_DROP_DNS_SHORT\""), "%s", text);
	cr_expect_eq(umount2(folder, MNT_DETACH), 0);
	cr_expect_eq(rmdir(folder), 0);
	fixture_free(&fixture);
}

/* A response to a group, as if it came from the host: 224.0.0.251 in the place of the client. */
static void respond_to_group(uint8_t host, uint16_t port, uint8_t first_byte)
{
	const struct packet response = {.version = 4,
					.from_server = true,
					.host = host,
					.src_port = port,
					.dst_port = port,
					.messages = {61},
					.response = true};
	struct packet_layout layout;
	unsigned length = packet_build(&response, frame, &layout);
	uint8_t *destination = frame + layout.piece[layout.count - 2].at + 16;
	int verdict;

	memcpy(destination, (uint8_t[]){first_byte, 0, 0, 251}, 4);
	cr_assert_eq(fixture_run(&fixture, ODD_HOOK_XDP, frame, length, &verdict), 0);
}

Test(maps, multicast_responses_are_counted_under_their_group_when_it_is_watched)
{
	static const uint16_t ports[] = {53, ODD_PORT_MDNS, ODD_PORT_LLMNR};

	for (int multicast = 0; multicast < 2; multicast++) {
		struct programs_options options = fixture_options();

		options.ports = ports;
		options.port_count = 3;
		options.multicast = multicast;
		fixture_load(&fixture, &options);
		fixture_begin(&fixture);
		for (uint8_t host = 1; host <= 7; host++)
			respond_to_group(host, ODD_PORT_MDNS, 224);
		respond_to_group(8, ODD_PORT_MDNS, 223); /* no group */
		respond_to_group(9, ODD_PORT_LLMNR, 192);
		fixture_end(&fixture);
		cr_expect_eq(count_of("::ffff:224.0.0.251", NOERROR).packets, multicast ? 7 : 0);
		cr_expect_eq(count_of("::ffff:224.0.0.251", NOERROR).bytes, multicast ? 7 * 61 : 0);
		cr_expect_eq(count_of("::ffff:198.51.100.7", NOERROR).packets, multicast ? 0 : 1);
		cr_expect_eq(count_of("::ffff:198.51.100.8", NOERROR).packets, 1);
		cr_expect_eq(count_of("::ffff:198.51.100.9", NOERROR).packets, 1);
		fixture_free(&fixture);
	}
}
