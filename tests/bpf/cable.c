// SPDX-License-Identifier: GPL-2.0-or-later
/* The veth pair, by ip(8). */
#include "cable.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <linux/virtio_net.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

void shell(const char *command)
{
	char quiet[512];

	snprintf(quiet, sizeof(quiet), "{ set -e; %s; } >/dev/null 2>&1", command);
	cr_assert_eq(system(quiet), 0, "%s", command);
}

/* One processor, so that frames arrive in the order in which they were sent. */
static void stay_here(void)
{
	cpu_set_t here;

	CPU_ZERO(&here);
	CPU_SET((size_t)sched_getcpu(), &here);
	cr_assert_eq(sched_setaffinity(0, sizeof(here), &here), 0);
}

static int open_packet_socket(unsigned ifindex)
{
	struct sockaddr_ll address = {.sll_family = AF_PACKET, .sll_ifindex = (int)ifindex};
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0), on = 1;

	cr_assert_geq(fd, 0);
	cr_assert_eq(setsockopt(fd, SOL_PACKET, PACKET_VNET_HDR, &on, sizeof(on)), 0);
	cr_assert_eq(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

void cable_open(struct cable *cable)
{
	stay_here();
	cr_assert_eq(unshare(CLONE_NEWNET), 0);
	shell("ip link add od0 type veth peer name od1");
	shell("for i in default od0 od1; do f=/proc/sys/net/ipv6/conf/$i/disable_ipv6; "
	      "[ ! -e $f ] || echo 1 >$f; done");
	shell("for i in od0 od1; do ip link set $i mtu 65535 up arp off; done; ip link set lo up");
	cable->near = if_nametoindex("od0");
	cable->far = if_nametoindex("od1");
	cable->fd = open_packet_socket(cable->near);
}

void cable_close(struct cable *cable)
{
	close(cable->fd);
}

void cable_send(const struct cable *cable, const uint8_t *frame, unsigned length, unsigned linear)
{
	struct virtio_net_hdr head = {.hdr_len = (uint16_t)linear};
	struct iovec parts[] = {{&head, sizeof(head)}, {(void *)frame, length}};
	ssize_t sent = writev(cable->fd, parts, 2);

	cr_assert_eq(sent, (ssize_t)(sizeof(head) + length), "%u bytes: %s", length,
		     strerror(errno));
}
