// SPDX-License-Identifier: GPL-2.0-or-later
/* Whose packet it is: a real socket sends, the event on egress names its owner. */
#include "cable.h"
#include "fixture.h"

#include "oddns.skel.h"
#include "source/attach.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define OWNER 12347

static struct fixture fixture;
static struct attachment attachment;
static struct cable cable;

static void begin(const char *ifname)
{
	struct programs_options options = fixture_options();

	cable_open(&cable);
	shell("ip link set od0 arp on; ip addr add 192.0.2.1/24 dev od0;"
	      "ip neigh add 192.0.2.53 lladdr 02:00:00:00:00:02 dev od0 nud permanent");
	fixture_load(&fixture, &options);
	strncpy(attachment.ifname, ifname, sizeof(attachment.ifname) - 1);
	cr_assert_eq(attachment__attach(&attachment, fixture.programs, ATTACH_TC), 0);
	fixture_begin(&fixture);
}

static void end(void)
{
	attachment__detach(&attachment);
	fixture_free(&fixture);
	cable_close(&cable);
}

/* A socket that belongs to another user than the process that sends. */
static int socket_of_owner(int type)
{
	int fd;

	cr_assert_eq(seteuid(OWNER), 0);
	fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	cr_assert_eq(seteuid(0), 0);
	cr_assert_geq(fd, 0);
	return fd;
}

static struct sockaddr_in address_of(const char *text)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(53)};

	inet_pton(AF_INET, text, &address.sin_addr);
	return address;
}

/* With its length before it, as TCP wants; UDP leaves that out. */
static const uint8_t query[] = "\0\35\x12\x34\1\0\0\1\0\0\0\0\0\0\7example\3com\0\0\1\0\1";
#define QUERY_BYTES 29

/* Of so many. */
static const struct odd_event *last_event(unsigned count)
{
	fixture_end(&fixture);
	cr_assert_eq(fixture.result.count, count, "%u events", fixture.result.count);
	return &fixture.result.events[count - 1].event;
}

static const struct odd_event *only_event(void)
{
	return last_event(1);
}

/* The kernel tells process ids of its first namespace, which has a number of its own
 * (PROC_PID_INIT_INO, include/linux/proc_ns.h); in another, getpid() says something else. */
static bool getpid_is_the_kernels(void)
{
	struct stat namespace;

	return !stat("/proc/self/ns/pid", &namespace) && namespace.st_ino == 0xEFFFFFFCU;
}

Test(sender, udp_is_told_with_owner_process_and_cgroup)
{
	struct sockaddr_in server = address_of("192.0.2.53");
	const struct odd_event *e;
	int fd;

	begin("od0");
	prctl(PR_SET_NAME, "odd sender 1234");
	fd = socket_of_owner(SOCK_DGRAM);
	cr_assert_eq(
		sendto(fd, query + 2, QUERY_BYTES, 0, (struct sockaddr *)&server, sizeof(server)),
		QUERY_BYTES);
	e = only_event();
	cr_expect_eq(e->hook, ODD_HOOK_TC_EGRESS);
	cr_expect_eq(e->uid, OWNER);
	cr_expect_neq(e->pid, 0);
	if (getpid_is_the_kernels())
		cr_expect_eq(e->pid, (uint32_t)getpid());
	cr_expect_str_eq(e->comm, "odd sender 1234");
	cr_expect_neq(e->cgroup_id, 0);
	cr_expect_neq(e->time_ns, 0);
	close(fd);
	end();
}

/* Packet sockets have owners too. */
Test(sender, frame_of_a_packet_socket_is_its_owners)
{
	static const struct packet packet = {.version = 4, PACKET_UP, .messages = {29}};
	uint8_t frame[128];
	const struct odd_event *e;

	begin("od0");
	cable_send(&cable, frame, packet_build(&packet, frame, NULL), 0);
	e = only_event();
	cr_expect_eq(e->hook, ODD_HOOK_TC_EGRESS);
	cr_expect_eq(e->uid, 0);
	end();
}

Test(sender, ingress_tells_nobody)
{
	static const struct packet packet = {.version = 4, PACKET_UP, .messages = {29}};
	static const char nobody[16];
	uint8_t frame[128];
	const struct odd_event *e;

	begin("od1");
	cable_send(&cable, frame, packet_build(&packet, frame, NULL), 0);
	usleep(20000);
	e = only_event();
	cr_expect_eq(e->hook, ODD_HOOK_TC_INGRESS);
	cr_expect_eq(e->uid, ODD_NO_UID);
	cr_expect_eq(e->pid, 0);
	cr_expect_eq(e->cgroup_id, 0);
	cr_expect_arr_eq(e->comm, nobody, sizeof(nobody));
	end();
}

/*
 * TCP may send from softirq, where the current task is a stranger: no pid, no name. Both SYNs
 * come before the query.
 */
Test(sender, tcp_is_told_with_owner_and_cgroup_only)
{
	struct sockaddr_in server = address_of("127.0.0.1");
	static const char nobody[16];
	const struct odd_event *e;
	int fd, listener, peer;

	begin("lo");
	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	cr_assert_eq(bind(listener, (struct sockaddr *)&server, sizeof(server)), 0);
	cr_assert_eq(listen(listener, 1), 0);
	fd = socket_of_owner(SOCK_STREAM);
	cr_assert_eq(connect(fd, (struct sockaddr *)&server, sizeof(server)), 0);
	peer = accept(listener, NULL, NULL);
	cr_assert_eq(send(fd, query, 2 + QUERY_BYTES, 0), 2 + QUERY_BYTES);
	e = last_event(3);
	cr_expect_eq(e->protocol, IPPROTO_TCP);
	cr_expect_eq(e->message_bytes, 2 + QUERY_BYTES);
	cr_expect_eq(e->uid, OWNER);
	cr_expect_neq(e->cgroup_id, 0);
	cr_expect_eq(e->pid, 0);
	cr_expect_arr_eq(e->comm, nobody, sizeof(nobody));
	close(peer);
	close(fd);
	close(listener);
	end();
}
