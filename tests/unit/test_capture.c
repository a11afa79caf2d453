// SPDX-License-Identifier: GPL-2.0-or-later
/* Capture files and their link types, by the native engine. Expected bytes: tcpdump.org/linktypes.
 */
#include "source/capture.h"
#include "source/linktype.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static uint8_t made[ENGINE_FRAME_MAX];

struct link_case {
	int dlt;
	const char *frame; /* hex */
	unsigned length;   /* of the Ethernet frame, 0: skipped */
	unsigned ethertype;
};

static unsigned from_hex(const char *hex, uint8_t *ret)
{
	unsigned n = 0, byte;

	for (; sscanf(hex, "%2x", &byte) == 1; hex += 2)
		ret[n++] = (uint8_t)byte;
	return n;
}

static void check_link(size_t i, const struct link_case *c)
{
	const uint8_t *frame = NULL;
	uint8_t bytes[64];
	unsigned length = from_hex(c->frame, bytes);

	cr_assert_eq(linktype_to_ethernet(c->dlt, bytes, length, made, &frame), c->length,
		     "row %zu", i);
	if (c->length > 0)
		cr_assert_eq(frame[12] << 8 | frame[13], (int)c->ethertype, "row %zu", i);
	else
		cr_assert_null(frame, "row %zu", i);
}

#define SLL_HEAD  "000000010006020000000001aaaa"
#define SLL2_TAIL "0000000000020001000602000000000100aa"

Test(capture, link_headers_become_ethernet_headers)
{
	static const struct link_case cases[] = {
		{1, "0200000000010200000000020800", 14, 0x0800}, /* Ethernet */
		{1, "0200000000010200000000020806ffff", 16, 0x0806},
		{1, "02000000000102000000000208", 0, 0},
		{1, "", 0, 0},
		{113, SLL_HEAD "080045", 15, 0x0800}, /* Linux cooked */
		{113, SLL_HEAD "86dd", 14, 0x86dd},
		{113, SLL_HEAD "8100000b080045", 19, 0x8100},
		{113, SLL_HEAD "080645", 0, 0},
		{113, SLL_HEAD "000445", 0, 0},
		{113, SLL_HEAD "08", 0, 0},
		{276, "0800" SLL2_TAIL "45", 15, 0x0800}, /* Linux cooked v2 */
		{276, "86dd" SLL2_TAIL "60", 15, 0x86dd},
		{276, "88a80000000000020001000602000000000100aa0065080045", 19, 0x88a8},
		{276, "0806" SLL2_TAIL "45", 0, 0},
		{276, "080000000000000200010006020000000001aa", 0, 0},
		{12, "45", 15, 0x0800}, /* raw IP, by three numbers */
		{14, "60", 15, 0x86dd},
		{101, "4f00", 16, 0x0800},
		{12, "50", 0, 0},
		{12, "", 0, 0},
		{228, "45", 15, 0x0800},       /* IPv4 */
		{229, "60", 15, 0x86dd},       /* IPv6 */
		{0, "0200000045", 15, 0x0800}, /* null, both byte orders */
		{0, "0000000245", 15, 0x0800},
		{0, "0a00000060", 15, 0x86dd},
		{0, "1800000060", 15, 0x86dd},
		{0, "1c00000060", 15, 0x86dd},
		{0, "0000001e60", 15, 0x86dd},
		{0, "0300000045", 0, 0},
		{0, "0200000245", 0, 0},
		{0, "0002000045", 0, 0},
		{0, "020000", 0, 0},
		{108, "0000000245", 15, 0x0800}, /* loop */
		{108, "0000001860", 15, 0x86dd},
		/* ARCNET of BSD: RFC 1201, RFC 1051, IPv6, ARP */
		{7, "be50d400016645", 15, 0x0800},
		{7, "be50f045", 15, 0x0800},
		{7, "be50c400016660", 15, 0x86dd},
		{7, "be50d500016500", 0, 0},
		{7, "be50d40001", 0, 0},
		/* exception frames, and one that is cut */
		{7, "be50d4ffffffd400016645", 15, 0x0800},
		{7, "be50d4ffffffd4000166", 14, 0x0800},
		{7, "be50d4ffffffd40001", 0, 0},
		/* the first of three fragments, the second and the third */
		{7, "be50d403016645", 15, 0x0800},
		{7, "be50d402016645", 0, 0},
		{7, "be50d404016645", 0, 0},
		{7, "be50d4ffffffd402016645", 0, 0},
		/* of Linux, with an offset */
		{129, "be50a8e7d400016645", 15, 0x0800},
		{129, "be50a8e7c400016660", 15, 0x86dd},
		{129, "be50f053f045", 15, 0x0800},
		{129, "be50a8e7d500016600", 0, 0},
		{129, "be50a8e7d40001", 0, 0},
		{129, "be50a8e7", 0, 0},
		{105, "0200000000010200000000020800", 0, 0}, /* no link type we know */
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		check_link(i, &cases[i]);
}

Test(capture, made_header_is_followed_by_the_packet)
{
	static const uint8_t bytes[] = {2, 0, 0, 0, 0x45, 1, 2, 3, 5, 7};
	const uint8_t *frame;

	cr_assert_eq(linktype_to_ethernet(0, bytes, sizeof(bytes), made, &frame), 20);
	cr_assert_eq(memcmp(frame + 14, bytes + 4, 6), 0);
}

Test(capture, frames_longer_than_an_engine_takes_are_skipped)
{
	static uint8_t bytes[ENGINE_FRAME_MAX + 1];
	const uint8_t *frame;

	bytes[0] = 0x45;
	cr_assert_eq(linktype_to_ethernet(1, bytes, ENGINE_FRAME_MAX, made, &frame),
		     ENGINE_FRAME_MAX);
	cr_assert_eq(linktype_to_ethernet(1, bytes, ENGINE_FRAME_MAX + 1, made, &frame), 0);
	cr_assert_eq(linktype_to_ethernet(101, bytes, ENGINE_FRAME_MAX - 14, made, &frame),
		     ENGINE_FRAME_MAX);
	cr_assert_eq(linktype_to_ethernet(101, bytes, ENGINE_FRAME_MAX - 13, made, &frame), 0);
}

/* --- files -------------------------------------------------------------------------------------
 */

struct seen {
	unsigned events;
	uint64_t time_ns; /* of the last */
};

static void on_event(void *context, const struct odd_event *event)
{
	struct seen *seen = context;

	seen->events++;
	seen->time_ns = event->time_ns;
}

/* A query for the root by raw IPv4 and UDP: 20 + 8 + 12 + 5 bytes. */
static const char query[] = "4500002d0000000040110000c000020ac0000235"
			    "9c49003500190000"
			    "12670100000100000000000000"
			    "00010001";

struct file {
	uint8_t bytes[4096];
	unsigned length;
};

static void put32(struct file *file, uint32_t number, bool big)
{
	number = big ? htonl(number) : number; /* the tests' hosts are little-endian */
	memcpy(file->bytes + file->length, &number, sizeof(number));
	file->length += sizeof(number);
}

static void put_header(struct file *file, uint32_t magic, bool big)
{
	const uint32_t words[] = {magic, big ? 2 << 16 | 4 : 2 | 4 << 16, 0, 0, 262144, 101};

	file->length = 0;
	for (size_t i = 0; i < 6; i++)
		put32(file, words[i], big);
}

static void put_query(struct file *file, uint32_t seconds, uint32_t fraction, bool big)
{
	put32(file, seconds, big);
	put32(file, fraction, big);
	put32(file, 45, big);
	put32(file, 45, big);
	file->length += from_hex(query, file->bytes + file->length);
}

static int replay_bytes(const void *bytes, unsigned length, struct seen *seen,
			struct capture_counters *counters)
{
	static const __u16 ports[] = {53};
	const struct engine_options options = {.ports = ports, .port_count = 1, .snaplen = 512};
	char path[] = "/tmp/oddns-test.XXXXXX";
	struct engine *engine;
	int fd = mkstemp(path), r;

	cr_assert_eq(write(fd, bytes, length), (ssize_t)length);
	close(fd);
	cr_assert_eq(engine__new_native(&options, on_event, seen, &engine), 0);
	r = capture_replay(path, engine, counters);
	engine__free(engine);
	unlink(path);
	return r;
}

static void check_time(uint32_t magic, uint32_t seconds, uint32_t fraction, uint64_t time_ns)
{
	for (int big = 0; big < 2; big++) {
		struct capture_counters counters = {0};
		struct seen seen = {0};
		struct file file;

		put_header(&file, magic, big);
		put_query(&file, seconds, fraction, big);
		cr_assert_eq(replay_bytes(file.bytes, file.length, &seen, &counters), 0);
		cr_assert_eq(seen.events, 1);
		cr_assert_eq(counters.frames, 1);
		cr_assert_eq(seen.time_ns, time_ns, "%llu", (unsigned long long)seen.time_ns);
	}
}

Test(capture, times_are_nanoseconds_in_either_byte_order)
{
	check_time(0xa1b2c3d4, 1795297651, 123456, 1795297651123456000);
	check_time(0xa1b23c4d, 1795297651, 123456789, 1795297651123456789);
	check_time(0xa1b23c4d, 0, 0, 0);
	/* 2^31 + 3 and 2^32 - 1 seconds: 32 bits without sign reach 2106 */
	check_time(0xa1b23c4d, 2147483651, 7, 2147483651000000007);
	check_time(0xa1b23c4d, 4294967295, 7, 4294967295000000007);
}

Test(capture, everything_before_a_defect_is_fed)
{
	struct capture_counters counters = {.frames = 100, .skipped = 10};
	struct seen seen = {0};
	struct file file;

	put_header(&file, 0xa1b23c4d, false);
	for (uint32_t i = 0; i < 3; i++)
		put_query(&file, i, 0, false);
	cr_assert_eq(replay_bytes(file.bytes, file.length - 1, &seen, &counters), -EBADMSG);
	cr_assert_eq(seen.events, 2);
	cr_assert_eq(counters.frames, 102, "counts are added to what is there");
	cr_assert_eq(counters.skipped, 10);
}

Test(capture, what_is_no_capture_is_refused)
{
	static const char *const contents[] = {"", "\x1f\x8b\x08", "no capture, but long enough",
					       "\xd4\xc3\xb2"};
	struct capture_counters counters = {0};
	struct seen seen = {0};
	struct file file;

	for (size_t i = 0; i < 4; i++)
		cr_assert_eq(
			replay_bytes(contents[i], (unsigned)strlen(contents[i]), &seen, &counters),
			-EINVAL, "row %zu", i);
	put_header(&file, 0xa1b23c4d, false);
	file.bytes[20] = 105; /* IEEE 802.11 */
	cr_assert_eq(replay_bytes(file.bytes, file.length, &seen, &counters), -EINVAL);
	cr_assert_eq(capture_replay("/", NULL, &counters), -EISDIR);
	cr_assert_eq(capture_replay("/nowhere", NULL, &counters), -ENOENT);
	cr_assert_eq(counters.frames, 0);
}
