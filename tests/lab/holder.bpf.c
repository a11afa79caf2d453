/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Another program that holds the XDP hook of an interface. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

SEC("xdp")
int holder(struct xdp_md *ctx)
{
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "GPL";
