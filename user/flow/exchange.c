// SPDX-License-Identifier: GPL-2.0-or-later
/* Names of the states, services and causes of an exchange, and of tunnels. */
#include "exchange.h"

const char *exchange_state_name(enum exchange_state state)
{
	static const char *const names[EXCHANGE_STATES] = {
		[EXCHANGE_ANSWERED] = "answered", [EXCHANGE_UNANSWERED] = "unanswered",
		[EXCHANGE_LATE] = "late",	  [EXCHANGE_ORPHAN] = "orphan",
		[EXCHANGE_PENDING] = "pending",	  [EXCHANGE_MULTICAST] = "multicast",
	};

	return names[state];
}

const char *exchange_service_name(enum exchange_service service)
{
	static const char *const names[SERVICES] = {"dns", "mdns", "llmnr"};

	return names[service];
}

const char *exchange_cause_name(enum exchange_cause cause)
{
	static const char *const names[CAUSES] = {
		[CAUSE_NONE] = "none",
		[CAUSE_PORT] = "icmp-port-unreachable",
		[CAUSE_HOST] = "icmp-host-unreachable",
		[CAUSE_ADMIN] = "icmp-admin-prohibited",
		[CAUSE_TOO_BIG] = "icmp-packet-too-big",
		[CAUSE_LATE] = "late",
		[CAUSE_TRUNCATED] = "truncated-no-tcp",
	};

	return names[cause];
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
