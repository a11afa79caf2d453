// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The programs on a real device. Only here a packet comes as drivers hand it
 * over: its outermost tag in metadata, its headers outside of the linear part.
 */
#include "cable.h"
#include "fixture.h"

#include "oddns.skel.h"
#include "packet/derive.h"
#include "source/attach.h"
#include "source/probe.h"

#include <bpf/bpf.h>

#include <criterion/criterion.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* linux/bpf.h of 6.6: BPF_TCX_EGRESS, BPF_F_BEFORE */
#define TCX_EGRESS 47
#define F_BEFORE   (1U << 3)

/* The last message that arrives; DNS id of the sentinel frame, which the table does not use. */
#define SENTINEL_ID    0xfeed
#define SENTINEL_TRIES 2000

static struct packet_frame frame;
static uint8_t tagged_frame[PACKET_FRAME_MAX];
static struct fixture fixture;
static struct cable cable;
static struct attachment attachment;

static void begin(const char *ifname, enum attach_mode mode)
{
	struct programs_options options = fixture_options();

	options.encrypted = true; /* as by default: it costs the verifier, too */
	cable_open(&cable);
	fixture_load(&fixture, &options);
	strncpy(attachment.ifname, ifname, sizeof(attachment.ifname) - 1);
	cr_assert_eq(attachment__attach(&attachment, fixture.programs, mode), 0);
}

/* Which hook is tried, and what its program costs the verifier: for tests/kernels, which runs
 * this under other kernels. */
static void tell(enum odd_hook hook)
{
	struct probe_program programs[PROBE_PROGRAMS_MAX];
	bool egress = hook == ODD_HOOK_TC_EGRESS;
	enum attach_hook used = egress ? attachment.egress : attachment.ingress;
	int count = probe_programs(fixture.programs, programs);

	cr_assert_gt(count, (int)hook);
	fprintf(stderr, "hook devices::%s %s%s %s %u\n", criterion_current_test->name,
		attach_hook_name(used),
		hook == ODD_HOOK_XDP ? ""
		: egress	     ? "-egress"
				     : "-ingress",
		programs[hook].name, programs[hook].verified);
}

static void end(void)
{
	attachment__detach(&attachment);
	fixture_free(&fixture);
	cable_close(&cable);
}

static bool sentinel_came(void)
{
	const struct odd_event *last = &fixture.result.events[fixture.result.count - 1].event;

	return fixture.result.count > 0 &&
	       (last->payload[0] << 8 | last->payload[1]) == SENTINEL_ID;
}

/* Devices deliver when they like, in order; a frame has arrived when the one behind it has. */
static void wait_for_sentinel(enum odd_hook hook)
{
	static const struct packet packet = {.version = 4, PACKET_UP, .messages = {29}};
	static uint8_t sentinel[128];
	unsigned length = packet_build(&packet, sentinel, NULL);

	sentinel[42] = SENTINEL_ID >> 8;
	sentinel[43] = SENTINEL_ID & 0xff;
	cable_send(&cable, sentinel, length, 0);
	for (unsigned i = 0; i < SENTINEL_TRIES && !sentinel_came(); i++) {
		cr_assert_geq(ring_buffer__consume(fixture.ring), 0);
		if (!sentinel_came())
			usleep(500);
	}
	cr_assert(sentinel_came(), "the sentinel did not come");
	fixture_end(&fixture);
	fixture.result.count--;
	fixture.result.counters.packets[hook]--;
}

/* How rows are sent, and where they are seen. */
struct way {
	enum odd_hook hook;
	unsigned least;	 /* frames of so many bytes or more */
	unsigned linear; /* with so many of them in the linear part, 0: as the kernel likes */
};

static void send_row(void *context, const struct packet_row *row)
{
	static uint8_t before[PACKET_FRAME_MAX];
	const struct way *way = context;
	char why[PACKET_WHY_MAX] = "";

	packet_frame_build(&frame, row);
	if (frame.length < way->least || frame.length > CABLE_FRAME_MAX)
		return;
	for (unsigned i = 0; i < row->before_count; i++) {
		fixture_begin(&fixture);
		cable_send(&cable, before, packet_frame_before(row, i, before), 0);
		wait_for_sentinel(way->hook);
	}
	fixture_begin(&fixture);
	cable_send(&cable, frame.bytes, frame.length, way->linear);
	wait_for_sentinel(way->hook);
	cr_expect(packet_check(&frame, &fixture.result, 512, way->hook, why), "%s: %s", row->name,
		  why);
	for (unsigned i = 0; i < fixture.result.count; i++)
		cr_expect_eq(fixture.result.events[i].event.ifindex, attachment.ifindex);
}

static void send_tagged_row(void *context, const struct packet_row *row)
{
	struct packet_row tagged;

	if (packet_derive_tagged(row, &tagged))
		send_row(context, &tagged);
}

static void send_tables(enum odd_hook hook)
{
	struct way way = {.hook = hook};

	tell(hook);
	packet_table_each(send_row, &way);
	packet_table_each(send_tagged_row, &way);
}

/* So many bytes of headers are brought into the linear part; the rest is cut off for the programs,
 * and counted. */
#define PULLED_BYTES 512

/* Padded, so that the skb is large enough to have parts at all. */
static void send_padded_row(void *context, const struct packet_row *row)
{
	const struct way *way = context;
	struct packet_row padded;

	packet_frame_build(&frame, row);
	if (frame.layout.payload <= PULLED_BYTES && packet_derive_padded(row, way->least, &padded))
		send_row(context, &padded);
}

static void send_outside_of_linear_part(enum odd_hook hook, unsigned linear)
{
	struct way way = {.hook = hook, .least = 4200, .linear = linear};

	tell(hook);
	packet_table_each(send_padded_row, &way);
}

/* The kernel takes an outermost tag of 0x8100 or 0x88a8 from the frame before the hook. */
Test(devices, ingress_finds_the_outermost_tag_in_metadata)
{
	begin("od1", ATTACH_TC);
	send_tables(ODD_HOOK_TC_INGRESS);
	end();
}

Test(devices, egress_of_a_device)
{
	begin("od0", ATTACH_TC);
	send_tables(ODD_HOOK_TC_EGRESS);
	end();
}

Test(devices, native_xdp_of_a_device)
{
	begin("od1", ATTACH_XDP);
	send_tables(ODD_HOOK_XDP);
	end();
}

Test(devices, generic_xdp_of_a_device)
{
	begin("od1", ATTACH_XDP_GENERIC);
	send_tables(ODD_HOOK_XDP);
	end();
}

/* As virtio_net leaves it: the Ethernet header, the rest in pages. */
Test(devices, ingress_reads_headers_outside_of_the_linear_part)
{
	begin("od1", ATTACH_TC);
	send_outside_of_linear_part(ODD_HOOK_TC_INGRESS, 14);
	end();
}

Test(devices, egress_reads_headers_outside_of_the_linear_part)
{
	begin("od0", ATTACH_TC);
	send_outside_of_linear_part(ODD_HOOK_TC_EGRESS, 30);
	end();
}

/* A program before ours that gives each packet a tag, which the kernel keeps in metadata. */
static int attach_tagger(uint16_t tci)
{
	const struct bpf_insn code[] = {
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 2, .imm = 0x0081 /* 0x8100 BE */},
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 3, .imm = tci},
		{.code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_skb_vlan_push},
		{.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = 0, .imm = -1 /* TCX_NEXT */},
		{.code = BPF_JMP | BPF_EXIT},
	};
	union bpf_attr attr;
	int program = bpf_prog_load(BPF_PROG_TYPE_SCHED_CLS, "odd_tagger", "GPL", code,
				    sizeof(code) / sizeof(code[0]), NULL);

	cr_assert_geq(program, 0);
	memset(&attr, 0, sizeof(attr));
	attr.link_create.prog_fd = (__u32)program;
	attr.link_create.target_fd = attachment.ifindex;
	attr.link_create.attach_type = TCX_EGRESS;
	attr.link_create.flags = F_BEFORE;
	return (int)syscall(SYS_bpf, BPF_LINK_CREATE, &attr, sizeof(attr));
}

/* The event of a query with these tags in the frame, behind the one in metadata. */
static void send_tagged(const struct packet_tag *tags, unsigned count)
{
	struct packet packet = {.version = 4, PACKET_UP, .messages = {29}};

	memcpy(packet.tags, tags, count * sizeof(*tags));
	fixture_begin(&fixture);
	cable_send(&cable, tagged_frame, packet_build(&packet, tagged_frame, NULL), 0);
	wait_for_sentinel(ODD_HOOK_TC_EGRESS);
}

Test(devices, egress_finds_the_outermost_tag_in_metadata)
{
	static const struct packet_tag tags[] = {
		{0x8100, 1}, {0x8100, 2}, {0x8100, 3}, {0x8100, 4}};
	static const uint16_t vlan[ODD_VLANS_MAX] = {123, 1, 2, 3};
	int link;

	begin("od0", ATTACH_TC);
	tell(ODD_HOOK_TC_EGRESS);
	link = attach_tagger(0xe000 | 123);
	if (link < 0)
		cr_skip_test("this kernel has no tcx: %s", strerror(errno));
	for (unsigned n = 0; n < 4; n++) {
		const struct odd_event *e = &fixture.result.events[0].event;
		uint16_t wanted[ODD_VLANS_MAX] = {0};

		memcpy(wanted, vlan, (n + 1) * sizeof(*vlan));
		send_tagged(tags, n);
		cr_expect_eq(fixture.result.count, 1);
		cr_expect_arr_eq(e->vlan, wanted, sizeof(wanted), "%u tags in the frame", n);
	}
	send_tagged(tags, 4);
	cr_expect_eq(fixture.result.count, 0);
	cr_expect_eq(fixture.result.counters.drops[ODD_DROP_VLAN_DEPTH], 1);
	cr_expect_eq(fixture.result.counters.packets[ODD_HOOK_TC_EGRESS], 0);
	close(link);
	end();
}
