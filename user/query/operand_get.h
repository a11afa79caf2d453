/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How operands are got from a flow in memory. */
#ifndef QUERY_OPERAND_GET_H
#define QUERY_OPERAND_GET_H

#include "query/operand.h"

/* A getter, with the parameters of operand.get. */
#define OPERAND_GETTER(name)                                                                       \
	void operand_get_##name(const struct flow *flow, struct operand_value *ret)

/** operand_get_time(), ... - Each is operand.get of the row of its name. */
OPERAND_GETTER(time);
OPERAND_GETTER(start);
OPERAND_GETTER(end);
OPERAND_GETTER(direction);
OPERAND_GETTER(src_ip);
OPERAND_GETTER(dst_ip);
OPERAND_GETTER(src_port);
OPERAND_GETTER(dst_port);
OPERAND_GETTER(client);
OPERAND_GETTER(server);
OPERAND_GETTER(client_port);
OPERAND_GETTER(server_port);
OPERAND_GETTER(proto);
OPERAND_GETTER(packets);
OPERAND_GETTER(bytes);
OPERAND_GETTER(query_bytes);
OPERAND_GETTER(response_bytes);
OPERAND_GETTER(messages);
OPERAND_GETTER(dns_id);
OPERAND_GETTER(dns_flags);
OPERAND_GETTER(dns_opcode);
OPERAND_GETTER(dns_qcount);
OPERAND_GETTER(dns_ancount);
OPERAND_GETTER(dns_nscount);
OPERAND_GETTER(dns_arcount);
OPERAND_GETTER(dns_qname);
OPERAND_GETTER(dns_qname2);
OPERAND_GETTER(dns_domain);
OPERAND_GETTER(dns_qtype);
OPERAND_GETTER(dns_qclass);
OPERAND_GETTER(dns_rcode);
OPERAND_GETTER(dns_latency);
OPERAND_GETTER(dns_wait);
OPERAND_GETTER(dns_state);
OPERAND_GETTER(dns_tries);
OPERAND_GETTER(dns_service);
OPERAND_GETTER(dns_cause);
OPERAND_GETTER(tcp_retry);
OPERAND_GETTER(retry_of);
OPERAND_GETTER(ifname);
OPERAND_GETTER(vlan);
OPERAND_GETTER(tunnel);
OPERAND_GETTER(tunnel_id);
OPERAND_GETTER(outer_src);
OPERAND_GETTER(outer_dst);
OPERAND_GETTER(user);
OPERAND_GETTER(uid);
OPERAND_GETTER(pid);
OPERAND_GETTER(comm);
OPERAND_GETTER(unit);

/** operand_get_dns_verdict(), ... - So are these, which look into the message. */
OPERAND_GETTER(dns_verdict);
OPERAND_GETTER(dns_crr_name);
OPERAND_GETTER(dns_crr_type);
OPERAND_GETTER(dns_crr_class);
OPERAND_GETTER(dns_crr_ttl);
OPERAND_GETTER(dns_crr_rdata);
OPERAND_GETTER(dns_crr_rdata_len);
OPERAND_GETTER(dns_answers);
OPERAND_GETTER(dns_records);
OPERAND_GETTER(edns_size);
OPERAND_GETTER(edns_version);
OPERAND_GETTER(edns_do);
OPERAND_GETTER(dns_ecs);
OPERAND_GETTER(dns_cookie);
OPERAND_GETTER(dns_nsid);
OPERAND_GETTER(dns_ede);
OPERAND_GETTER(edns_padding);
OPERAND_GETTER(edns_keepalive);
OPERAND_GETTER(edns_expire);
OPERAND_GETTER(edns_report);

/** operand_has_header() - Are the header fields of the exchange, and its message, this flow's? */
static inline bool operand_has_header(const struct flow *flow)
{
	return flow->direction == FLOW_RESPONSE || !flow->exchange->has_response;
}

#endif
