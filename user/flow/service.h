/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which protocol of the DNS family talks between two ports. */
#ifndef FLOW_SERVICE_H
#define FLOW_SERVICE_H

#include "exchange.h"

#define SERVICE_DNS_PORT 53

/**
 * service_of() - The protocol between a client's and a server's port, when multicast is watched.
 *
 * Resolvers ask from any port, also from 5353: what has 53 on one side is DNS. Of LLMNR the
 * responder has the port, and the client any; of multicast DNS either may have it (RFC 6762
 * sections 6.7 and 11).
 */
static inline enum exchange_service service_of(uint16_t client_port, uint16_t server_port)
{
	if (client_port == SERVICE_DNS_PORT || server_port == SERVICE_DNS_PORT)
		return SERVICE_DNS;
	if (client_port == ODD_PORT_MDNS || server_port == ODD_PORT_MDNS)
		return SERVICE_MDNS;
	return server_port == ODD_PORT_LLMNR ? SERVICE_LLMNR : SERVICE_DNS;
}

#endif
