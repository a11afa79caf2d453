// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ICMP errors as a kernel makes them: a host asks, and its peer in another network namespace
 * refuses, as the server or as a router on the way. What is expected stands in RFC 792, RFC 1812
 * section 5.2.7.1 and RFC 4443; which error belongs to which kind of route, in ip-route(8).
 *
 *	asker: od0 192.0.2.N, 2001:db8::N -- od1 192.0.2.53, 2001:db8::53: refuser
 *
 * Each error goes to another address N, because kernels count how many they send to one.
 */
#include "cable.h"
#include "fixture.h"

#include "oddns.skel.h"
#include "source/attach.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define QUERY_BYTES_MAX 1400
#define WAITS		2000 /* of 1 ms, before an error counts as missing */

static struct fixture fixture;
static struct attachment attachment;
static struct cable cable;
static int refuser; /* its namespace, which goes with od1 and od0 when this is closed */

/* A namespace of the test process, to be entered and left. */
static int namespace_here(void)
{
	int fd = open("/proc/self/ns/net", O_RDONLY);

	cr_assert_geq(fd, 0);
	return fd;
}

/* Give od1 to a namespace of its own, and set up the two of them. */
static void set_up_peers(void)
{
	int asker = namespace_here();
	char command[128];

	cr_assert_eq(unshare(CLONE_NEWNET), 0);
	refuser = namespace_here();
	cr_assert_eq(setns(asker, CLONE_NEWNET), 0);
	snprintf(command, sizeof(command), "ip link set od1 netns /proc/%d/fd/%d", getpid(),
		 refuser);
	shell(command);
	shell("echo 0 >/proc/sys/net/ipv6/conf/od0/disable_ipv6;"
	      "ip link set od0 arp on;"
	      "for i in 1 2 3 4 5 6 7 8 9; do ip addr add 192.0.2.$i/24 dev od0;"
	      "ip addr add 2001:db8::$i/64 dev od0 nodad; done");
	shell("ip route add 198.51.100.0/24 via 192.0.2.53;"
	      "ip route add 2001:db8:53::/64 via 2001:db8::53");
	cr_assert_eq(setns(refuser, CLONE_NEWNET), 0);
	shell("ip link set lo up; ip link set od1 mtu 65535 up arp on;"
	      "echo 0 >/proc/sys/net/ipv6/conf/od1/disable_ipv6;"
	      "echo 1 >/proc/sys/net/ipv6/conf/all/forwarding;"
	      "echo 1 >/proc/sys/net/ipv4/ip_forward;"
	      "echo 0 >/proc/sys/net/ipv4/conf/all/send_redirects;"
	      "echo 0 >/proc/sys/net/ipv4/conf/od1/send_redirects");
	shell("ip addr add 192.0.2.53/24 dev od1; ip addr add 2001:db8::53/64 dev od1 nodad;"
	      "ip route add prohibit 198.51.100.1; ip route add unreachable 198.51.100.2;"
	      "ip route add 198.51.100.4 via 192.0.2.1 mtu lock 576;"
	      "ip route add prohibit 2001:db8:53::1;"
	      "ip route add 2001:db8:53::4 via 2001:db8::1 mtu lock 1280");
	cr_assert_eq(setns(asker, CLONE_NEWNET), 0);
	close(asker);
}

static void begin(enum attach_mode mode)
{
	struct programs_options options = fixture_options();

	cable_open(&cable);
	set_up_peers();
	fixture_load(&fixture, &options);
	strncpy(attachment.ifname, "od0", sizeof(attachment.ifname) - 1);
	cr_assert_eq(attachment__attach(&attachment, fixture.programs, mode), 0);
}

static void end(void)
{
	attachment__detach(&attachment);
	fixture_free(&fixture);
	cable_close(&cable);
	close(refuser);
}

/* A query and the error that comes back. */
struct refusal {
	const char *name;
	const char *server; /* in IPv6 notation, as the next one */
	const char *asker;
	unsigned bytes;	 /* of the query */
	unsigned quoted; /* of them in the error, as far as it must quote */
	unsigned type;
	unsigned code;
};

static const struct refusal refusals[] = {
	{"nobody listens", "::ffff:192.0.2.53", "::ffff:192.0.2.1", 29, 29, 3, 3},
	{"prohibit", "::ffff:198.51.100.1", "::ffff:192.0.2.2", 29, 29, 3, 13},
	{"unreachable", "::ffff:198.51.100.2", "::ffff:192.0.2.3", 29, 29, 3, 1},
	{"no route", "::ffff:198.51.100.3", "::ffff:192.0.2.4", 29, 29, 3, 0},
	/* RFC 1812 section 4.3.2.3: as much as fits into 576 bytes, that is less 20, 8, 20, 8 */
	{"too large", "::ffff:198.51.100.4", "::ffff:192.0.2.5", 1400, 520, 3, 4},
	{"nobody listens, IPv6", "2001:db8::53", "2001:db8::6", 29, 29, 1, 4},
	{"prohibit, IPv6", "2001:db8:53::1", "2001:db8::7", 29, 29, 1, 1},
	{"no route, IPv6", "2001:db8:53::3", "2001:db8::8", 29, 29, 1, 0},
	/* RFC 4443 section 2.4: as much as fits into 1280 bytes, that is less 40, 8, 40, 8 */
	{"too large, IPv6", "2001:db8:53::4", "2001:db8::9", 1400, 1184, 2, 0},
};

static void write_query(uint8_t query[QUERY_BYTES_MAX])
{
	static const uint8_t head[] = "\x12\x34\1\0\0\1\0\0\0\0\0\0\7example\3com\0\0\1\0\1";

	memset(query, 0xa5, QUERY_BYTES_MAX);
	memcpy(query, head, sizeof(head) - 1);
}

static bool is_ipv4(const uint8_t address[16])
{
	return memcmp(address, "\0\0\0\0\0\0\0\0\0\0\xff\xff", 12) == 0;
}

/* The address of a socket, of its own family as resolvers have it. Return: its length */
static socklen_t socket_address(const char *text, uint16_t port, struct sockaddr_storage *ret)
{
	struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
	struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons(port)};
	uint8_t address[16];

	packet_address(text, address);
	memcpy(&six.sin6_addr, address, 16);
	memcpy(&four.sin_addr, address + 12, 4);
	if (is_ipv4(address))
		memcpy(ret, &four, sizeof(four));
	else
		memcpy(ret, &six, sizeof(six));
	return is_ipv4(address) ? sizeof(four) : sizeof(six);
}

/* Return: the port that it was sent from */
static uint16_t ask(const struct refusal *r, const uint8_t *query)
{
	struct sockaddr_storage to, own;
	socklen_t length = socket_address(r->server, 53, &to);
	int fd = socket(to.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	cr_assert_geq(fd, 0);
	socket_address(r->asker, 0, &own);
	cr_assert_eq(bind(fd, (struct sockaddr *)&own, length), 0);
	cr_assert_eq(sendto(fd, query, r->bytes, 0, (struct sockaddr *)&to, length),
		     (ssize_t)r->bytes, "%s: %s", r->name, strerror(errno));
	cr_assert_eq(getsockname(fd, (struct sockaddr *)&own, &length), 0);
	close(fd);
	return ntohs(((struct sockaddr_in *)&own)->sin_port); /* IPv6 has it at the same place */
}

static const struct odd_event *wait_for_quoted(void)
{
	for (unsigned i = 0; i < WAITS; i++) {
		const struct packet_result *result = &fixture.result;

		cr_assert_geq(ring_buffer__consume(fixture.ring), 0);
		for (unsigned e = 0; e < result->count; e++)
			if (result->events[e].event.flags & ODD_EVENT_QUOTED)
				return &result->events[e].event;
		usleep(1000);
	}
	return NULL;
}

static void check_address(const struct refusal *r, const char *what, const uint8_t *is,
			  const char *wanted)
{
	uint8_t address[16];

	packet_address(wanted, address);
	cr_expect_arr_eq(is, address, 16, "%s: %s is not %s", r->name, what, wanted);
}

static void check_ends(const struct refusal *r, const struct odd_event *e)
{
	const char *peer = is_ipv4(e->dst) ? "::ffff:192.0.2.53" : "2001:db8::53";

	check_address(r, "source", e->src, r->asker);
	check_address(r, "destination", e->dst, r->server);
	check_address(r, "sender of the error", e->outer_src, peer);
	check_address(r, "receiver of the error", e->outer_dst, r->asker);
}

static void check_quoted(const struct refusal *r, const struct odd_event *e, uint16_t port,
			 const uint8_t *query)
{
	unsigned captured = r->quoted < 512 ? r->quoted : 512; /* the snaplen */

	cr_expect_eq(e->tunnel, ODD_TUNNEL_ICMP, "%s", r->name);
	cr_expect_eq(e->tunnel_id, r->type << 8 | r->code, "%s: type and code %x", r->name,
		     e->tunnel_id);
	cr_expect_eq(e->src_port, port, "%s", r->name);
	cr_expect_eq(e->dst_port, 53, "%s", r->name);
	cr_expect_eq(e->protocol, IPPROTO_UDP, "%s", r->name);
	cr_expect_eq(e->message_bytes, r->bytes, "%s: %u bytes", r->name, e->message_bytes);
	cr_expect_eq(e->captured_bytes, captured, "%s: %u bytes there", r->name, e->captured_bytes);
	cr_expect_eq(!!(e->flags & ODD_EVENT_CUT), r->quoted < r->bytes, "%s", r->name);
	cr_expect_arr_eq(e->payload, query, captured, "%s", r->name);
	check_ends(r, e);
}

static void refuse(const struct refusal *r, enum odd_hook hook)
{
	struct server_total totals[SERVER_TOTALS_MAX];
	uint8_t query[QUERY_BYTES_MAX];
	const struct odd_event *e;
	uint16_t port;

	write_query(query);
	fixture_begin(&fixture);
	port = ask(r, query);
	e = wait_for_quoted();
	cr_assert_not_null(e, "%s: no error came", r->name);
	cr_expect_eq(e->hook, hook, "%s", r->name);
	check_quoted(r, e, port, query);
	fixture_end(&fixture);
	cr_expect_eq(fixture.result.count, 2, "%s: query and error", r->name);
	cr_expect_eq(fixture.result.counters.packets[ODD_HOOK_TC_EGRESS], 1, "%s", r->name);
	cr_expect_eq(fixture.result.counters.packets[hook], 1, "%s", r->name);
	cr_expect_eq(fixture_servers(&fixture, totals), 1, "%s", r->name);
	cr_expect_eq(totals[0].count.packets, 1, "%s: the query is counted once", r->name);
	fixture_forget_servers(&fixture);
}

static void refuse_all(enum attach_mode mode, enum odd_hook hook)
{
	begin(mode);
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		refuse(&refusals[i], hook);
	end();
}

Test(icmp, errors_of_a_real_kernel_are_told_at_ingress)
{
	refuse_all(ATTACH_TC, ODD_HOOK_TC_INGRESS);
}

Test(icmp, errors_of_a_real_kernel_are_told_at_native_xdp)
{
	refuse_all(ATTACH_XDP, ODD_HOOK_XDP);
}

static unsigned long all_counters(void)
{
	unsigned long n = fixture.result.count;

	for (unsigned i = 0; i < ODD_HOOK_COUNT; i++)
		n += fixture.result.counters.packets[i];
	for (unsigned i = 0; i < ODD_DROP_COUNT; i++)
		n += fixture.result.counters.drops[i];
	return n;
}

Test(icmp, errors_about_other_ports_leave_no_trace)
{
	static const uint8_t query[29] = {1, 2, 1};
	struct sockaddr_in other = {.sin_family = AF_INET, .sin_port = htons(5300)};
	char byte;
	int fd;

	begin(ATTACH_TC);
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	fixture_begin(&fixture);
	inet_pton(AF_INET, "192.0.2.53", &other.sin_addr);
	cr_assert_eq(connect(fd, (struct sockaddr *)&other, sizeof(other)), 0);
	cr_assert_eq(send(fd, query, sizeof(query), 0), (ssize_t)sizeof(query));
	cr_assert_eq(recv(fd, &byte, 1, 0), -1);
	cr_assert_eq(errno, ECONNREFUSED, "the error came: %s", strerror(errno));
	close(fd);
	fixture_end(&fixture);
	cr_expect_eq(all_counters(), 0);
	end();
}
