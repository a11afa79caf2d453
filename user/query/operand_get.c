// SPDX-License-Identifier: GPL-2.0-or-later
/* Operands that the exchange itself has. Most are a number on a condition, without a call. */
#include "operand_get.h"

#include "names.h"

#include "dns/name.h"
#include "names.h"

#include <string.h>

/* @value is evaluated in any case. */
#define NUMBER(name, condition, value)                                                             \
	OPERAND_GETTER(name)                                                                       \
	{                                                                                          \
		const struct exchange *e = flow->exchange;                                         \
                                                                                                   \
		(void)e;                                                                           \
		ret->known = condition;                                                            \
		ret->number = (int64_t)(value);                                                    \
	}

#define ADDRESS(name, condition, value)                                                            \
	OPERAND_GETTER(name)                                                                       \
	{                                                                                          \
		const struct exchange *e = flow->exchange;                                         \
                                                                                                   \
		(void)e;                                                                           \
		ret->known = condition;                                                            \
		ret->address = value;                                                              \
	}

#define IS_RESPONSE (flow->direction == FLOW_RESPONSE)

/* MPLS and PPPoE tunnels have no addresses. */
static bool has_outer(const struct exchange *e, const uint8_t *address)
{
	static const uint8_t none[16];

	return e->tunnel != ODD_TUNNEL_NONE && memcmp(address, none, sizeof(none)) != 0;
}

static bool has_tunnel_id(const struct exchange *e)
{
	return e->tunnel != ODD_TUNNEL_NONE && e->tunnel != ODD_TUNNEL_IP;
}

/* Of a message that is gone, the one question that was read. */
static int64_t questions(const struct exchange *e)
{
	return e->message ? e->message->qdcount : 1;
}

/* clang-format off */
NUMBER(time, true, e->time_ns)
NUMBER(start, true, flow_time(flow))
NUMBER(end, true, flow_end(flow))
NUMBER(direction, true, flow->direction)
ADDRESS(src_ip, true, flow_source(flow))
ADDRESS(dst_ip, true, flow_destination(flow))
NUMBER(src_port, true, flow_source_port(flow))
NUMBER(dst_port, true, flow_destination_port(flow))
ADDRESS(client, true, e->client)
ADDRESS(server, true, e->server)
NUMBER(client_port, true, e->client_port)
NUMBER(server_port, true, e->server_port)
NUMBER(proto, true, e->protocol)
NUMBER(packets, true, flow_packets(flow))
NUMBER(bytes, true, flow_bytes(flow))
NUMBER(query_bytes, e->has_query, e->query_bytes)
NUMBER(response_bytes, e->has_response, e->response_bytes)
NUMBER(messages, true, e->messages)
NUMBER(dns_id, true, e->id)
NUMBER(dns_flags, operand_has_header(flow), e->flags)
NUMBER(dns_opcode, true, dns_opcode(e->flags))
NUMBER(dns_qcount, e->message || exchange_has_question(e), questions(e))
NUMBER(dns_ancount, operand_has_header(flow), e->ancount)
NUMBER(dns_nscount, operand_has_header(flow), e->nscount)
NUMBER(dns_arcount, operand_has_header(flow), e->arcount)
NUMBER(dns_qtype, exchange_has_question(e), e->qtype)
NUMBER(dns_qclass, exchange_has_question(e), e->qclass)
NUMBER(dns_rcode, IS_RESPONSE && e->has_response, e->rcode)
NUMBER(dns_latency, IS_RESPONSE && e->has_latency, e->latency_ns)
NUMBER(dns_wait, IS_RESPONSE && e->has_latency, e->wait_ns)
NUMBER(dns_state, true, e->state)
NUMBER(dns_tries, true, e->tries)
NUMBER(dns_service, true, e->service)
NUMBER(dns_cause, e->cause != CAUSE_UNKNOWN, e->cause)
NUMBER(tcp_retry, e->was_retried || e->cause == CAUSE_TRUNCATED, e->was_retried)
NUMBER(retry_of, e->is_retry, e->retry_of)
NUMBER(vlan, e->vlan[0] != 0, e->vlan[0])
NUMBER(tunnel, e->tunnel != ODD_TUNNEL_NONE, e->tunnel)
NUMBER(tunnel_id, has_tunnel_id(e), e->tunnel_id)
ADDRESS(outer_src, has_outer(e, e->outer_src), e->outer_src)
ADDRESS(outer_dst, has_outer(e, e->outer_dst), e->outer_dst)
NUMBER(uid, e->uid != ODD_NO_UID, e->uid)
NUMBER(pid, e->pid != 0, e->pid)
/* clang-format on */

OPERAND_GETTER(dns_qname)
{
	const struct exchange *e = flow->exchange;

	ret->known = e->qname_length > 0;
	if (!ret->known)
		return;
	ret->length = dns_name_text(e->qname, e->qname_length, ret->field.buf);
	ret->text = ret->field.buf;
}

OPERAND_GETTER(dns_qname2)
{
	operand_get_dns_qname(flow, ret);
	if (ret->known)
		ret->text = name_second_level(ret->text, ret->length, &ret->length);
}

OPERAND_GETTER(dns_domain)
{
	operand_get_dns_qname(flow, ret);
	if (ret->known)
		ret->text = name_domain(ret->text, ret->length, &ret->length);
}

static void set_text(struct operand_value *ret, const char *text)
{
	ret->known = text != NULL;
	ret->text = text;
	ret->length = text ? strlen(text) : 0;
}

OPERAND_GETTER(ifname)
{
	const struct exchange_names *names = flow->names;

	set_text(ret, names->interface ? names->interface(names->context, flow->exchange->ifindex)
				       : NULL);
}

OPERAND_GETTER(user)
{
	const struct exchange_names *names = flow->names;
	uint32_t uid = flow->exchange->uid;

	set_text(ret, names->user && uid != ODD_NO_UID ? names->user(names->context, uid) : NULL);
}

OPERAND_GETTER(comm)
{
	const struct exchange *e = flow->exchange;

	ret->known = e->comm[0] != '\0';
	ret->text = e->comm;
	ret->length = strnlen(e->comm, sizeof(e->comm));
}

OPERAND_GETTER(unit)
{
	const struct exchange_names *names = flow->names;
	uint64_t cgroup = flow->exchange->cgroup_id;

	set_text(ret, names->unit && cgroup != 0 ? names->unit(names->context, cgroup) : NULL);
}
