// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of fields. */
#include "field.h"

#include "field_message.h"

#include "base/text.h"
#include "dns/codes.h"

#include <netinet/in.h>
#include <string.h>

static void set_name(struct field_value *ret, const char *name)
{
	if (name)
		field_set_foreign(ret, name, strlen(name));
	else
		field_set_none(ret);
}

_Static_assert(DNS_CODE_TEXT_MAX <= FIELD_TEXT_MAX, "codes are written to field_value.buf");
_Static_assert(TEXT_ADDRESS_MAX <= FIELD_TEXT_MAX, "addresses are written to field_value.buf");

/* MPLS and PPPoE tunnels have no addresses. */
static bool has_outer(const struct exchange *e, const uint8_t *address)
{
	static const uint8_t none[16];

	return e->tunnel != ODD_TUNNEL_NONE && memcmp(address, none, sizeof(none)) != 0;
}

/* The getters, one for each row below; those of the message are in field_message.c. */
/* clang-format off */
static FIELD_NUMBER(time, true, e->time_ns)
static FIELD_TEXT(client, true, text_address(e->client, ret->buf))
static FIELD_NUMBER(client_port, true, e->client_port)
static FIELD_TEXT(server, true, text_address(e->server, ret->buf))
static FIELD_NUMBER(server_port, true, e->server_port)
static FIELD_TEXT(proto, true, e->protocol == IPPROTO_TCP ? "tcp" : "udp")
static FIELD_NUMBER(id, true, e->id)
static FIELD_TEXT(opcode, true, dns_opcode_text(dns_opcode(e->flags), ret->buf))
static FIELD_TEXT(qtype, exchange_has_question(e), dns_type_text(e->qtype, ret->buf))
static FIELD_TEXT(qclass, exchange_has_question(e), dns_class_text(e->qclass, ret->buf))
static FIELD_TEXT(rcode, e->has_response, dns_rcode_text(e->rcode, ret->buf))
static FIELD_TEXT(state, true, exchange_state_name(e->state))
static FIELD_NUMBER(tries, true, e->tries)
static FIELD_NUMBER(latency, e->has_latency, e->latency_ns)
static FIELD_NUMBER(wait, e->has_latency, e->wait_ns)
static FIELD_NUMBER(query_bytes, e->has_query, e->query_bytes)
static FIELD_NUMBER(response_bytes, e->has_response, (int64_t)e->response_bytes)
static FIELD_NUMBER(messages, true, e->messages)
static FIELD_NUMBER(ancount, true, e->ancount)
static FIELD_NUMBER(nscount, true, e->nscount)
static FIELD_NUMBER(arcount, true, e->arcount)
static FIELD_NUMBER(vlan, e->vlan[0] != 0, e->vlan[0])
static FIELD_NUMBER(tunnel_id, e->tunnel != ODD_TUNNEL_NONE && e->tunnel != ODD_TUNNEL_IP,
	e->tunnel_id)
static FIELD_TEXT(tunnel, e->tunnel != ODD_TUNNEL_NONE, exchange_tunnel_name(e->tunnel))
static FIELD_TEXT(outer_src, has_outer(e, e->outer_src), text_address(e->outer_src, ret->buf))
static FIELD_TEXT(outer_dst, has_outer(e, e->outer_dst), text_address(e->outer_dst, ret->buf))
static FIELD_NUMBER(uid, e->uid != ODD_NO_UID, e->uid)
static FIELD_NUMBER(pid, e->pid != 0, e->pid)
static FIELD_TEXT(service, true, exchange_service_name(e->service))
static FIELD_TEXT(cause, e->cause != CAUSE_UNKNOWN, exchange_cause_name(e->cause))
static FIELD_NUMBER(tcp_retry, e->was_retried || e->cause == CAUSE_TRUNCATED, e->was_retried)
static FIELD_NUMBER(retry_of, e->is_retry, e->retry_of)

static FIELD_GETTER(qname)
{
	if (e->qname_length == 0) {
		field_set_none(ret);
		return;
	}
	dns_name_text(e->qname, e->qname_length, ret->buf);
	field_set_text(ret, ret->buf);
}
/* clang-format on */

static FIELD_GETTER(flags)
{
	static const struct {
		uint16_t bit;
		const char *name;
	} bits[FIELD_ITEMS_MAX] = {
		{DNS_FLAG_QR, "qr"}, {DNS_FLAG_AA, "aa"}, {DNS_FLAG_TC, "tc"}, {DNS_FLAG_RD, "rd"},
		{DNS_FLAG_RA, "ra"}, {DNS_FLAG_AD, "ad"}, {DNS_FLAG_CD, "cd"},
	};

	ret->known = true;
	ret->item_count = 0;
	for (size_t i = 0; i < FIELD_ITEMS_MAX; i++)
		if (e->flags & bits[i].bit)
			ret->items[ret->item_count++] = bits[i].name;
}

static FIELD_GETTER(ifname)
{
	set_name(ret, names->interface ? names->interface(names->context, e->ifindex) : NULL);
}

static FIELD_GETTER(user)
{
	if (names->user && e->uid != ODD_NO_UID)
		set_name(ret, names->user(names->context, e->uid));
	else
		field_set_none(ret);
}

static FIELD_GETTER(comm)
{
	if (e->comm[0])
		field_set_foreign(ret, e->comm, strnlen(e->comm, sizeof(e->comm)));
	else
		field_set_none(ret);
}

static FIELD_GETTER(unit)
{
	if (names->unit && e->cgroup_id != 0)
		set_name(ret, names->unit(names->context, e->cgroup_id));
	else
		field_set_none(ret);
}

/* clang-format off */
const struct field fields[FIELDS] = {
	[FIELD_TIME] = {"time", FIELD_TYPE_TIME, field_get_time, "TIME", 27,
		"first query; the response of an orphan"},
	[FIELD_CLIENT] = {"client", FIELD_TYPE_STRING, field_get_client, "CLIENT", 15,
		"address that asked"},
	[FIELD_CLIENT_PORT] = {"client_port", FIELD_TYPE_INTEGER, field_get_client_port, "CPORT", 5,
		"port that asked"},
	[FIELD_SERVER] = {"server", FIELD_TYPE_STRING, field_get_server, "SERVER", 15,
		"address that was asked"},
	[FIELD_SERVER_PORT] = {"server_port", FIELD_TYPE_INTEGER, field_get_server_port, "SPORT", 5,
		"port that was asked"},
	[FIELD_PROTO] = {"proto", FIELD_TYPE_STRING, field_get_proto, "PROTO", 5,
		"udp or tcp"},
	[FIELD_ID] = {"id", FIELD_TYPE_INTEGER, field_get_id, "ID", 5,
		"id of the DNS header"},
	[FIELD_OPCODE] = {"opcode", FIELD_TYPE_STRING, field_get_opcode, "OPCODE", 6,
		"what kind of query: QUERY, NOTIFY, UPDATE"},
	[FIELD_QNAME] = {"qname", FIELD_TYPE_STRING, field_get_qname, "QNAME", 32,
		"name that was asked for, in lower case"},
	[FIELD_QTYPE] = {"qtype", FIELD_TYPE_STRING, field_get_qtype, "QTYPE", 6,
		"record type that was asked for"},
	[FIELD_QCLASS] = {"qclass", FIELD_TYPE_STRING, field_get_qclass, "QCLASS", 6,
		"class that was asked for"},
	[FIELD_RCODE] = {"rcode", FIELD_TYPE_STRING, field_get_rcode, "RCODE", 8,
		"response code, with its EDNS extension"},
	[FIELD_STATE] = {"state", FIELD_TYPE_STRING, field_get_state, "STATE", 10,
		"answered, unanswered, late, orphan, pending or multicast"},
	[FIELD_TRIES] = {"tries", FIELD_TYPE_INTEGER, field_get_tries, "TRIES", 5,
		"how often the query was sent"},
	[FIELD_LATENCY] = {"latency_ns", FIELD_TYPE_DURATION, field_get_latency, "LATENCY", 8,
		"from the last transmission to the response"},
	[FIELD_WAIT] = {"wait_ns", FIELD_TYPE_DURATION, field_get_wait, "WAIT", 8,
		"from the first transmission to the response"},
	[FIELD_QUERY_BYTES] = {"query_bytes", FIELD_TYPE_INTEGER, field_get_query_bytes, "QBYTES", 6,
		"length of the query message"},
	[FIELD_RESPONSE_BYTES] = {"response_bytes", FIELD_TYPE_INTEGER, field_get_response_bytes, "RBYTES", 6,
		"length of the response, of all messages of a zone transfer"},
	[FIELD_MESSAGES] = {"messages", FIELD_TYPE_INTEGER, field_get_messages, "MSGS", 4,
		"messages of the response: none, one, or many for a zone transfer"},
	[FIELD_FLAGS] = {"flags", FIELD_TYPE_LIST, field_get_flags, "FLAGS", 11,
		"flags of the response, without one the query's"},
	[FIELD_ANCOUNT] = {"ancount", FIELD_TYPE_INTEGER, field_get_ancount, "AN", 3,
		"records in the answer section"},
	[FIELD_NSCOUNT] = {"nscount", FIELD_TYPE_INTEGER, field_get_nscount, "NS", 3,
		"records in the authority section"},
	[FIELD_ARCOUNT] = {"arcount", FIELD_TYPE_INTEGER, field_get_arcount, "AR", 3,
		"records in the additional section"},
	[FIELD_IFNAME] = {"ifname", FIELD_TYPE_STRING, field_get_ifname, "IF", 8,
		"interface that saw it first"},
	[FIELD_VLAN] = {"vlan", FIELD_TYPE_INTEGER, field_get_vlan, "VLAN", 4,
		"VLAN, the outermost one"},
	[FIELD_TUNNEL] = {"tunnel", FIELD_TYPE_STRING, field_get_tunnel, "TUNNEL", 6,
		"what the query was wrapped in, an orphan's response"},
	[FIELD_TUNNEL_ID] = {"tunnel_id", FIELD_TYPE_INTEGER, field_get_tunnel_id, "TUNNELID", 8,
		"VNI, key, session, TEID or label of that tunnel"},
	[FIELD_OUTER_SRC] = {"outer_src", FIELD_TYPE_STRING, field_get_outer_src, "OUTERSRC", 15,
		"where the tunnel begins"},
	[FIELD_OUTER_DST] = {"outer_dst", FIELD_TYPE_STRING, field_get_outer_dst, "OUTERDST", 15,
		"where the tunnel ends"},
	[FIELD_USER] = {"user", FIELD_TYPE_STRING, field_get_user, "USER", 8,
		"user that asked, on this host"},
	[FIELD_UID] = {"uid", FIELD_TYPE_INTEGER, field_get_uid, "UID", 5,
		"number of the user that asked, on this host"},
	[FIELD_PID] = {"pid", FIELD_TYPE_INTEGER, field_get_pid, "PID", 7,
		"process that asked, on this host"},
	[FIELD_COMM] = {"comm", FIELD_TYPE_STRING, field_get_comm, "COMM", 15,
		"name of the process that asked, on this host"},
	[FIELD_UNIT] = {"unit", FIELD_TYPE_STRING, field_get_unit, "UNIT", 20,
		"systemd unit that asked, on this host"},
	[FIELD_SERVICE] = {"service", FIELD_TYPE_STRING, field_get_service, "SERVICE", 7,
		"dns, mdns or llmnr"},
	[FIELD_CAUSE] = {"cause", FIELD_TYPE_STRING, field_get_cause, "CAUSE", 21,
		"why there was no answer in time, or none that is whole"},
	[FIELD_TCP_RETRY] = {"tcp_retry", FIELD_TYPE_FLAG, field_get_tcp_retry, "RETRY", 5,
		"of a truncated answer over UDP: was the same asked over TCP then"},
	[FIELD_RETRY_OF] = {"retry_of", FIELD_TYPE_INTEGER, field_get_retry_of, "RETRYOF", 7,
		"of a query over TCP: id of the truncated exchange that it follows"},
	[FIELD_VERDICT] = {"verdict", FIELD_TYPE_STRING, field_get_verdict, "VERDICT", 8,
		"of the response: ok, cut, or the first thing that is wrong with it"},
	[FIELD_EDNS_SIZE] = {"edns_size", FIELD_TYPE_INTEGER, field_get_edns_size, "EDNS", 5,
		"UDP payload size of the response's EDNS"},
	[FIELD_EDNS_VERSION] = {"edns_version", FIELD_TYPE_INTEGER, field_get_edns_version, "EVER", 4,
		"version of the response's EDNS"},
	[FIELD_DO] = {"do", FIELD_TYPE_FLAG, field_get_do, "DO", 5,
		"DNSSEC OK, in the response's EDNS"},
	[FIELD_ECS] = {"ecs", FIELD_TYPE_STRING, field_get_ecs, "ECS", 20,
		"client subnet: address, source and scope prefix length"},
	[FIELD_COOKIE] = {"cookie", FIELD_TYPE_STRING, field_get_cookie, "COOKIE", 32,
		"DNS cookie of client and server, hexadecimal"},
	[FIELD_NSID] = {"nsid", FIELD_TYPE_STRING, field_get_nsid, "NSID", 12,
		"which instance of the server answered"},
	[FIELD_EDE] = {"ede", FIELD_TYPE_ERRORS, field_get_ede, "EDE", 20,
		"Extended DNS Errors: code, name and text"},
	[FIELD_EDNS_PADDING] = {"edns_padding", FIELD_TYPE_INTEGER, field_get_edns_padding, "PAD", 4,
		"bytes of padding in the response"},
	[FIELD_EDNS_KEEPALIVE] = {"edns_keepalive_ms", FIELD_TYPE_INTEGER, field_get_edns_keepalive,
		"KEEP", 6,
		"how long the server lets a TCP connection idle, in milliseconds"},
	[FIELD_EDNS_EXPIRE] = {"edns_expire_s", FIELD_TYPE_INTEGER, field_get_edns_expire, "EXPIRE", 7,
		"when the zone expires, in seconds"},
	[FIELD_EDNS_REPORT] = {"edns_report", FIELD_TYPE_STRING, field_get_edns_report, "REPORT", 20,
		"domain of the agent to which errors are to be reported"},
	[FIELD_CRR_NAME] = {"crr_name", FIELD_TYPE_STRING, field_get_crr_name, "CRRNAME", 32,
		"name of the answer's first record"},
	[FIELD_CRR_TYPE] = {"crr_type", FIELD_TYPE_STRING, field_get_crr_type, "CRRTYPE", 7,
		"type of the answer's first record"},
	[FIELD_CRR_CLASS] = {"crr_class", FIELD_TYPE_STRING, field_get_crr_class, "CRRCLASS", 8,
		"class of the answer's first record"},
	[FIELD_CRR_TTL] = {"crr_ttl", FIELD_TYPE_INTEGER, field_get_crr_ttl, "CRRTTL", 7,
		"TTL of the answer's first record, in seconds"},
	[FIELD_CRR_RDATA] = {"crr_rdata", FIELD_TYPE_STRING, field_get_crr_rdata, "ANSWER", 20,
		"data of the answer's first record, in presentation form"},
	[FIELD_CRR_RDATA_LEN] = {"crr_rdata_len", FIELD_TYPE_INTEGER, field_get_crr_rdata_len, "RDLEN",
		5,
		"bytes of the data of the answer's first record"},
	[FIELD_ANSWERS] = {"answers", FIELD_TYPE_RECORDS, field_get_answers, "ANSWERS", 20,
		"records of the answer: name, type, class, ttl, rdata"},
	[FIELD_RECORDS] = {"records", FIELD_TYPE_RECORDS, field_get_records, "RECORDS", 20,
		"records of the other sections, of UPDATE and multicast queries of all, each with its section"},
};
/* clang-format on */
