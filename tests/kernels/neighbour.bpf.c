// SPDX-License-Identifier: GPL-2.0-or-later
/* Another's XDP program, which xdp-loader puts into a dispatcher: counts packets, passes them. */
#include <vmlinux.h>

#include <bpf/bpf_helpers.h>

char LICENSE[] SEC("license") = "GPL";

__u64 neighbour_saw;

SEC("xdp")
int neighbour(struct xdp_md *ctx)
{
	__sync_fetch_and_add(&neighbour_saw, 1);
	return XDP_PASS;
}
