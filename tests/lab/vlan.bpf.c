/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stands in for an 802.1Q sub-interface where the kernel was built without
 * them: "tag" on the inner end of a veth pair sends its frames out of TARGET
 * with the tag VID; "untag" on the carrier hands tagged frames to TARGET.
 * As with the real one, the tag travels in the packet's metadata unless the
 * carrier's offload is off (ethtool -K … txvlan off). One thing differs: the
 * kernel marks redirected packets, and generic XDP passes over those.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

SEC("tc/tag")
int tag(struct __sk_buff *skb)
{
	if (bpf_skb_vlan_push(skb, bpf_htons(ETH_P_8021Q), VID))
		return TC_ACT_SHOT;
	return bpf_redirect(TARGET, 0);
}

SEC("tc/untag")
int untag(struct __sk_buff *skb)
{
	if (!skb->vlan_present || (skb->vlan_tci & 0xfff) != VID)
		return TC_ACT_UNSPEC;
	if (bpf_skb_vlan_pop(skb))
		return TC_ACT_SHOT;
	return bpf_redirect(TARGET, 0);
}

char LICENSE[] SEC("license") = "GPL";
