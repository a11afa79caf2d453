// SPDX-License-Identifier: GPL-2.0-or-later
/* Facts of interfaces. Expected: what sysfs and ethtool(8) say of the loopback device. */
#include "source/nic.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <net/if.h>
#include <stdio.h>

static unsigned sysfs_number(const char *path)
{
	FILE *file = fopen(path, "re");
	unsigned number = 0;

	cr_assert_not_null(file, "%s", path);
	cr_assert_eq(fscanf(file, "%u", &number), 1);
	fclose(file);
	return number;
}

Test(nic, loopback_is_as_sysfs_says)
{
	struct nic nic = {0};

	cr_assert_eq(nic_read("lo", &nic), 0);
	cr_assert_eq(nic.ifindex, if_nametoindex("lo"));
	cr_assert_eq(nic.mtu, sysfs_number("/sys/class/net/lo/mtu"));
	cr_assert(nic.loopback);
}

Test(nic, loopback_has_neither_lro_nor_native_xdp)
{
	struct nic nic = {0};

	cr_assert_eq(nic_read("lo", &nic), 0);
	/* NIC_UNKNOWN on kernels that do not tell */
	cr_assert_neq(nic.offloads[NIC_LRO], NIC_ON);
	cr_assert_neq(nic.offloads[NIC_RX_VLAN], NIC_ON);
	cr_assert_neq(nic.offloads[NIC_GRO], NIC_UNKNOWN, "every device has rx-gro");
	cr_assert_neq(nic.xdp, NIC_ON);
}

Test(nic, unknown_interface_leaves_the_facts_alone)
{
	struct nic nic = {.mtu = 4711};

	cr_assert_eq(nic_read("no-such-nic", &nic), -ENODEV);
	cr_assert_eq(nic_read("", &nic), -ENODEV);
	cr_assert_eq(nic.mtu, 4711);
}

Test(nic, xdp_without_frags_takes_less_than_a_page)
{
	/* 4096 - 256 - 320 - 14 - 8; larger pages leave more */
	cr_assert_geq(nic_xdp_mtu_max(), 3498);
}
