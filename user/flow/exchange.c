// SPDX-License-Identifier: GPL-2.0-or-later
/* Names of the states of an exchange and of tunnels. */
#include "exchange.h"

const char *exchange_state_name(enum exchange_state state)
{
	static const char *const names[EXCHANGE_STATES] = {
		[EXCHANGE_ANSWERED] = "answered", [EXCHANGE_UNANSWERED] = "unanswered",
		[EXCHANGE_LATE] = "late",	  [EXCHANGE_ORPHAN] = "orphan",
		[EXCHANGE_PENDING] = "pending",
	};

	return names[state];
}

const char *exchange_tunnel_name(enum odd_tunnel tunnel)
{
	static const char *const names[ODD_TUNNEL_COUNT] = {
		[ODD_TUNNEL_VXLAN] = "vxlan",	[ODD_TUNNEL_GENEVE] = "geneve",
		[ODD_TUNNEL_GRE] = "gre",	[ODD_TUNNEL_PPPOE] = "pppoe",
		[ODD_TUNNEL_ERSPAN] = "erspan", [ODD_TUNNEL_GTP] = "gtp",
		[ODD_TUNNEL_MPLS] = "mpls",	[ODD_TUNNEL_IP] = "ip",
		[ODD_TUNNEL_ICMP] = "icmp",
	};

	return names[tunnel];
}
