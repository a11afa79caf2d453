// SPDX-License-Identifier: GPL-2.0-or-later
/* An exchange that tests of what is shown begin with. */
#include "exchange_fixture.h"

#include <netinet/in.h>

static const uint8_t www_example_com[] = "\3www\7example\3com";

struct exchange exchange_fixture(void)
{
	return (struct exchange){
		.state = EXCHANGE_ANSWERED,
		.time_ns = 1795297651123456789,
		.has_latency = true,
		.latency_ns = 1234567,
		.wait_ns = 1001234567,
		.client = {[10] = 0xff, 0xff, 192, 0, 2, 10},
		.server = {0x20, 0x01, 0x0d, 0xb8, [15] = 0x53},
		.client_port = 40009,
		.server_port = 53,
		.protocol = IPPROTO_UDP,
		.id = 4711,
		.flags = 0x8180,
		.has_query = true,
		.has_response = true,
		.ancount = 1,
		.nscount = 2,
		.arcount = 3,
		.tries = 2,
		.query_bytes = 33,
		.response_bytes = 49,
		.messages = 1,
		.qtype = 28,
		.qclass = 1,
		.qname = www_example_com,
		.qname_length = sizeof(www_example_com),
		.uid = ODD_NO_UID,
	};
}
