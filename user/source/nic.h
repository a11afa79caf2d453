/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Facts of an interface that decide what can be seen on it. Looks, changes nothing. */
#ifndef SOURCE_NIC_H
#define SOURCE_NIC_H

#include <stdbool.h>
#include <stdint.h>

/* Offloads that change what a program at a hook sees. */
enum nic_offload {
	NIC_RX_VLAN, /* the NIC takes the VLAN tag off: it is beside the packet, not in it */
	NIC_LRO,     /* the NIC joins TCP segments; incompatible with native XDP */
	NIC_GRO_HW,  /* the same, by GRO's rules */
	NIC_GRO,     /* the kernel joins segments, between native XDP and TC */
	NIC_OFFLOADS,
};

enum nic_state { NIC_UNKNOWN, NIC_OFF, NIC_ON };

struct nic {
	unsigned ifindex;
	unsigned mtu; /* bytes */
	bool up;
	bool loopback;
	char driver[32]; /* "" when it does not say */
	enum nic_state offloads[NIC_OFFLOADS];
	enum nic_state xdp;	  /* native XDP, as the kernel's netdev family says (Linux 6.3) */
	enum nic_state xdp_frags; /* packets of more than one page; valid when xdp is known */
};

/**
 * nic_read() - Read the facts of an interface.
 *
 * What a driver or kernel does not say is NIC_UNKNOWN. Needs no privilege.
 * Cost: about 10 system calls.
 *
 * Return: 0, -ENODEV no such interface, else the errno of asking
 * Source: linux/ethtool.h; Documentation/netlink/specs/netdev.yaml in Linux 6.3
 */
int nic_read(const char *ifname, struct nic *ret);

/** nic_xdp_mtu_max() - Longest MTU with native XDP on a driver that wants packets in one page. */
unsigned nic_xdp_mtu_max(void);

#endif
