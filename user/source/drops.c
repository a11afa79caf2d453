// SPDX-License-Identifier: GPL-2.0-or-later
/* Names and remedies of the reasons why a packet gave no event. */
#include "source.h"

static const struct {
	const char *name;
	const char *remedy;
} drops[ODD_DROP_COUNT] = {
	[ODD_DROP_NONE] = {"none", ""},
	[ODD_DROP_LINK_SHORT] = {"link_short", "frames end within their Ethernet or VLAN header"},
	[ODD_DROP_VLAN_DEPTH] = {"vlan_depth", "frames carry more than 4 VLAN tags"},
	[ODD_DROP_IP_HEADER] = {"ip_header", "IP headers are cut or contradict themselves"},
	[ODD_DROP_IP6_EXT_DEPTH] = {"ip6_ext_depth",
				    "IPv6 packets carry more than 8 extension headers"},
	[ODD_DROP_TUNNEL_HEADER] = {"tunnel_header", "frames end within the header of a tunnel"},
	[ODD_DROP_TUNNEL_DEPTH] = {"tunnel_depth", "more tunnels in tunnels than sensor.tunnels"},
	[ODD_DROP_FRAGMENT] = {"fragment",
			       "later fragments of TCP segments, which are not put together"},
	[ODD_DROP_L4_SHORT] = {"l4_short", "frames end within their UDP, TCP or ICMP header"},
	[ODD_DROP_ICMP_SHORT] = {"icmp_short",
				 "ICMP errors quote less of a query than a DNS header"},
	[ODD_DROP_TCP_CONTROL] = {"tcp_control", "TCP segments without data, as expected"},
	[ODD_DROP_UDP_LENGTH] = {"udp_length", "UDP lengths contradict the IP packet"},
	[ODD_DROP_TCP_HEADER] = {"tcp_header", "TCP data offsets point outside the packet"},
	[ODD_DROP_DNS_SHORT] = {"dns_short", "too short for a DNS header: not DNS, or a scanner"},
	[ODD_DROP_RING_FULL] = {"ring_full", "the daemon falls behind: raise sensor.ring, or give "
					     "it a processor of its own"},
	[ODD_DROP_SHED] = {"shed", "left out under overload, as whole exchanges: give the daemon a "
				   "processor of its own"},
	[ODD_DROP_COPY_FAILED] = {"copy_failed", "the kernel refused to copy the message"},
	[ODD_DROP_SERVER_RCODE_FULL] =
		{"server_rcode_full", "more servers than the map holds, counted in overflow_rcode: "
				      "raise sensor.servers"},
	[ODD_DROP_PART_LOST] = {"part_lost", "parts of packets, left out under overload or without "
					     "room in the ring: raise sensor.ring"},
};

const char *odd_drop_name(enum odd_drop drop)
{
	return drops[drop].name;
}

const char *odd_drop_remedy(enum odd_drop drop)
{
	return drops[drop].remedy;
}
