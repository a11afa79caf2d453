// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Facts of an interface: flags and MTU by ioctl, driver and offloads by
 * ethtool, native XDP by the generic netlink family "netdev".
 *
 * Offloads are features with names of the kernel's own; ethtool gives the list
 * of names, and one bit for each name that is on.
 */
#include "nic.h"

#include "netlink.h"

#include <errno.h>
#include <linux/ethtool.h>
#include <linux/genetlink.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* Linux has 64 features today; the list is read whole, so a bound is wanted. */
#define FEATURES_MAX 1024

/* linux/netdev.h of Linux 6.3; Debian 12's headers do not have it yet. */
#define NETDEV_DEV_GET	     1
#define NETDEV_DEV_IFINDEX   1
#define NETDEV_XDP_FEATURES  3
#define NETDEV_XDP_ACT_BASIC 0x01ULL
#define NETDEV_XDP_ACT_RX_SG 0x20ULL

/* The kernel's names, see netdev_features_strings in its net/ethtool/common.c. */
static const char *const offload_names[NIC_OFFLOADS] = {
	[NIC_RX_VLAN] = "rx-vlan-hw-parse",
	[NIC_LRO] = "rx-lro",
	[NIC_GRO_HW] = "rx-gro-hw",
	[NIC_GRO] = "rx-gro",
};

unsigned nic_xdp_mtu_max(void)
{
	/* XDP_PACKET_HEADROOM, struct skb_shared_info on 64 bits, Ethernet and two VLAN tags */
	return (unsigned)sysconf(_SC_PAGESIZE) - 256 - 320 - 14 - 2 * 4;
}

static int ethtool(int fd, const char *ifname, void *command)
{
	struct ifreq request = {.ifr_data = command};

	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", ifname);
	return ioctl(fd, SIOCETHTOOL, &request) < 0 ? -errno : 0;
}

static void read_driver(int fd, const char *ifname, struct nic *nic)
{
	struct ethtool_drvinfo info = {.cmd = ETHTOOL_GDRVINFO};

	if (ethtool(fd, ifname, &info) == 0)
		snprintf(nic->driver, sizeof(nic->driver), "%.31s", info.driver);
}

static uint32_t feature_count(int fd, const char *ifname)
{
	/* the structure ends in one number for each set that is asked for */
	union {
		struct ethtool_sset_info info;
		uint8_t room[sizeof(struct ethtool_sset_info) + sizeof(uint32_t)];
	} question = {.info = {.cmd = ETHTOOL_GSSET_INFO, .sset_mask = 1ULL << ETH_SS_FEATURES}};

	if (ethtool(fd, ifname, &question) < 0 || !question.info.sset_mask)
		return 0;
	return question.info.data[0] < FEATURES_MAX ? question.info.data[0] : FEATURES_MAX;
}

/* Which of the features is on, by the names that the kernel gave them. */
static void match_offloads(const struct ethtool_gstrings *names,
			   const struct ethtool_gfeatures *features, struct nic *nic)
{
	for (uint32_t i = 0; i < names->len && i / 32 < features->size; i++) {
		const char *name = (const char *)names->data + (size_t)i * ETH_GSTRING_LEN;
		bool on = features->features[i / 32].active & (1U << (i % 32));

		for (int j = 0; j < NIC_OFFLOADS; j++)
			if (strncmp(name, offload_names[j], ETH_GSTRING_LEN) == 0)
				nic->offloads[j] = on ? NIC_ON : NIC_OFF;
	}
}

static void read_offloads(int fd, const char *ifname, struct nic *nic)
{
	uint32_t count = feature_count(fd, ifname), blocks = (count + 31) / 32;
	struct ethtool_gstrings *names = calloc(1, sizeof(*names) + count * ETH_GSTRING_LEN);
	struct ethtool_gfeatures *features =
		calloc(1, sizeof(*features) + blocks * sizeof(features->features[0]));

	if (names && features) {
		names->cmd = ETHTOOL_GSTRINGS;
		names->string_set = ETH_SS_FEATURES;
		names->len = count;
		features->cmd = ETHTOOL_GFEATURES;
		features->size = blocks;
		if (ethtool(fd, ifname, names) == 0 && ethtool(fd, ifname, features) == 0)
			match_offloads(names, features, nic);
	}
	free(names);
	free(features);
}

/* --- native XDP, by generic netlink --------------------------------------------------------------
 */

static void take_family(void *context, const struct nlmsghdr *message)
{
	uint16_t *id = context;
	size_t size;
	const void *attributes = netlink_attributes(message, GENL_HDRLEN, &size);
	const void *found = netlink_find(attributes, size, CTRL_ATTR_FAMILY_ID, &size);

	if (found && size >= sizeof(*id))
		memcpy(id, found, sizeof(*id));
}

static int find_family(const char *name, uint16_t *ret_id)
{
	struct genlmsghdr header = {.cmd = CTRL_CMD_GETFAMILY, .version = 1};
	struct netlink_request request;
	uint16_t id = 0;
	int r;

	netlink__start(&request, GENL_ID_CTRL, 0, &header, sizeof(header));
	netlink__put(&request, CTRL_ATTR_FAMILY_NAME, name, strlen(name) + 1);
	r = netlink_ask(NETLINK_GENERIC, &request, take_family, &id);
	if (r == 0 && !id)
		r = -ENOENT;
	if (r == 0)
		*ret_id = id;
	return r;
}

static void take_xdp_features(void *context, const struct nlmsghdr *message)
{
	struct nic *nic = context;
	size_t size;
	const void *attributes = netlink_attributes(message, GENL_HDRLEN, &size);
	const void *found = netlink_find(attributes, size, NETDEV_XDP_FEATURES, &size);
	uint64_t flags;

	if (!found || size < sizeof(flags))
		return;
	memcpy(&flags, found, sizeof(flags));
	nic->xdp = flags & NETDEV_XDP_ACT_BASIC ? NIC_ON : NIC_OFF;
	nic->xdp_frags = flags & NETDEV_XDP_ACT_RX_SG ? NIC_ON : NIC_OFF;
}

static void read_xdp_features(struct nic *nic)
{
	struct genlmsghdr header = {.cmd = NETDEV_DEV_GET, .version = 1};
	uint32_t ifindex = nic->ifindex;
	struct netlink_request request;
	uint16_t family = 0;

	if (find_family("netdev", &family) < 0)
		return;
	netlink__start(&request, family, 0, &header, sizeof(header));
	netlink__put(&request, NETDEV_DEV_IFINDEX, &ifindex, sizeof(ifindex));
	(void)netlink_ask(NETLINK_GENERIC, &request, take_xdp_features, nic);
}

static int read_flags(int fd, const char *ifname, struct nic *nic)
{
	struct ifreq request = {0};

	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", ifname);
	if (ioctl(fd, SIOCGIFFLAGS, &request) < 0)
		return -errno;
	nic->up = request.ifr_flags & IFF_UP;
	nic->loopback = request.ifr_flags & IFF_LOOPBACK;
	if (ioctl(fd, SIOCGIFMTU, &request) < 0)
		return -errno;
	nic->mtu = (unsigned)request.ifr_mtu;
	return 0;
}

int nic_read(const char *ifname, struct nic *ret)
{
	struct nic nic = {.ifindex = if_nametoindex(ifname)};
	int fd, r;

	if (!nic.ifindex)
		return -ENODEV;
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	r = read_flags(fd, ifname, &nic);
	if (r == 0) {
		read_driver(fd, ifname, &nic);
		read_offloads(fd, ifname, &nic);
		read_xdp_features(&nic);
		*ret = nic;
	}
	close(fd);
	return r;
}
