// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of fields. */
#include "field.h"

#include "base/text.h"
#include "dns/codes.h"

#include <netinet/in.h>
#include <string.h>

static void set_none(struct field_value *ret)
{
	ret->known = false;
}

static void set_number(struct field_value *ret, int64_t number)
{
	ret->known = true;
	ret->number = number;
}

/* A text that is static, or stands in ret->buf already. */
static void set_text(struct field_value *ret, const char *text)
{
	ret->known = true;
	ret->text = text;
}

/* A text that others chose. */
static void set_foreign(struct field_value *ret, const char *text, size_t length)
{
	set_text(ret, text_printable(text, length, ret->buf, sizeof(ret->buf)));
}

static void set_name(struct field_value *ret, const char *name)
{
	if (name)
		set_foreign(ret, name, strlen(name));
	else
		set_none(ret);
}

_Static_assert(DNS_CODE_TEXT_MAX <= FIELD_TEXT_MAX, "codes are written to field_value.buf");
_Static_assert(TEXT_ADDRESS_MAX <= FIELD_TEXT_MAX, "addresses are written to field_value.buf");

/* MPLS and PPPoE tunnels have no addresses. */
static bool has_outer(const struct exchange *e, const uint8_t *address)
{
	static const uint8_t none[16];

	return e->tunnel != ODD_TUNNEL_NONE && memcmp(address, none, sizeof(none)) != 0;
}

/* The getters, one for each row below. */
#define GETTER(name)                                                                               \
	static void get_##name(const struct exchange *e, const struct exchange_names *names,       \
			       struct field_value *ret)
#define UNUSED __attribute__((unused))

#define NUMBER_GETTER(name, condition, value)                                                      \
	static void get_##name(const struct exchange *e, UNUSED const struct exchange_names *n,    \
			       struct field_value *ret)                                            \
	{                                                                                          \
		if (condition)                                                                     \
			set_number(ret, value);                                                    \
		else                                                                               \
			set_none(ret);                                                             \
	}

#define TEXT_GETTER(name, condition, value)                                                        \
	static void get_##name(const struct exchange *e, UNUSED const struct exchange_names *n,    \
			       struct field_value *ret)                                            \
	{                                                                                          \
		if (condition)                                                                     \
			set_text(ret, value);                                                      \
		else                                                                               \
			set_none(ret);                                                             \
	}

NUMBER_GETTER(time, true, e->time_ns)
TEXT_GETTER(client, true, text_address(e->client, ret->buf))
NUMBER_GETTER(client_port, true, e->client_port)
TEXT_GETTER(server, true, text_address(e->server, ret->buf))
NUMBER_GETTER(server_port, true, e->server_port)
TEXT_GETTER(proto, true, e->protocol == IPPROTO_TCP ? "tcp" : "udp")
NUMBER_GETTER(id, true, e->id)
TEXT_GETTER(opcode, true, dns_opcode_text(dns_opcode(e->flags), ret->buf))
TEXT_GETTER(qtype, e->qname_length > 0, dns_type_text(e->qtype, ret->buf))
TEXT_GETTER(qclass, e->qname_length > 0, dns_class_text(e->qclass, ret->buf))
TEXT_GETTER(rcode, e->has_response, dns_rcode_text(e->rcode, ret->buf))
TEXT_GETTER(state, true, exchange_state_name(e->state))
NUMBER_GETTER(tries, true, e->tries)
NUMBER_GETTER(latency, e->has_latency, e->latency_ns)
NUMBER_GETTER(wait, e->has_latency, e->wait_ns)
NUMBER_GETTER(query_bytes, e->has_query, e->query_bytes)
NUMBER_GETTER(response_bytes, e->has_response, (int64_t)e->response_bytes)
NUMBER_GETTER(messages, true, e->messages)
NUMBER_GETTER(ancount, true, e->ancount)
NUMBER_GETTER(nscount, true, e->nscount)
NUMBER_GETTER(arcount, true, e->arcount)
NUMBER_GETTER(vlan, e->vlan[0] != 0, e->vlan[0])
NUMBER_GETTER(tunnel_id, e->tunnel != ODD_TUNNEL_NONE && e->tunnel != ODD_TUNNEL_IP, e->tunnel_id)
TEXT_GETTER(tunnel, e->tunnel != ODD_TUNNEL_NONE, exchange_tunnel_name(e->tunnel))
TEXT_GETTER(outer_src, has_outer(e, e->outer_src), text_address(e->outer_src, ret->buf))
TEXT_GETTER(outer_dst, has_outer(e, e->outer_dst), text_address(e->outer_dst, ret->buf))
NUMBER_GETTER(uid, e->uid != ODD_NO_UID, e->uid)
NUMBER_GETTER(pid, e->pid != 0, e->pid)

GETTER(qname)
{
	(void)names;
	if (e->qname_length == 0) {
		set_none(ret);
		return;
	}
	dns_name_text(e->qname, e->qname_length, ret->buf);
	set_text(ret, ret->buf);
}

GETTER(flags)
{
	static const struct {
		uint16_t bit;
		const char *name;
	} bits[FIELD_ITEMS_MAX] = {
		{DNS_FLAG_QR, "qr"}, {DNS_FLAG_AA, "aa"}, {DNS_FLAG_TC, "tc"}, {DNS_FLAG_RD, "rd"},
		{DNS_FLAG_RA, "ra"}, {DNS_FLAG_AD, "ad"}, {DNS_FLAG_CD, "cd"},
	};

	(void)names;
	ret->known = true;
	ret->item_count = 0;
	for (size_t i = 0; i < FIELD_ITEMS_MAX; i++)
		if (e->flags & bits[i].bit)
			ret->items[ret->item_count++] = bits[i].name;
}

GETTER(ifname)
{
	set_name(ret, names->interface ? names->interface(names->context, e->ifindex) : NULL);
}

GETTER(user)
{
	if (names->user && e->uid != ODD_NO_UID)
		set_name(ret, names->user(names->context, e->uid));
	else
		set_none(ret);
}

GETTER(comm)
{
	(void)names;
	if (e->comm[0])
		set_foreign(ret, e->comm, strnlen(e->comm, sizeof(e->comm)));
	else
		set_none(ret);
}

GETTER(unit)
{
	if (names->unit && e->cgroup_id != 0)
		set_name(ret, names->unit(names->context, e->cgroup_id));
	else
		set_none(ret);
}

/* clang-format off */
const struct field fields[FIELDS] = {
	[FIELD_TIME] = {"time", FIELD_TYPE_TIME, get_time, "TIME", 27,
		"first query; the response of an orphan"},
	[FIELD_CLIENT] = {"client", FIELD_TYPE_STRING, get_client, "CLIENT", 15,
		"address that asked"},
	[FIELD_CLIENT_PORT] = {"client_port", FIELD_TYPE_INTEGER, get_client_port, "CPORT", 5,
		"port that asked"},
	[FIELD_SERVER] = {"server", FIELD_TYPE_STRING, get_server, "SERVER", 15,
		"address that was asked"},
	[FIELD_SERVER_PORT] = {"server_port", FIELD_TYPE_INTEGER, get_server_port, "SPORT", 5,
		"port that was asked"},
	[FIELD_PROTO] = {"proto", FIELD_TYPE_STRING, get_proto, "PROTO", 5,
		"udp or tcp"},
	[FIELD_ID] = {"id", FIELD_TYPE_INTEGER, get_id, "ID", 5,
		"id of the DNS header"},
	[FIELD_OPCODE] = {"opcode", FIELD_TYPE_STRING, get_opcode, "OPCODE", 6,
		"what kind of query: QUERY, NOTIFY, UPDATE"},
	[FIELD_QNAME] = {"qname", FIELD_TYPE_STRING, get_qname, "QNAME", 32,
		"name that was asked for, in lower case"},
	[FIELD_QTYPE] = {"qtype", FIELD_TYPE_STRING, get_qtype, "QTYPE", 6,
		"record type that was asked for"},
	[FIELD_QCLASS] = {"qclass", FIELD_TYPE_STRING, get_qclass, "QCLASS", 6,
		"class that was asked for"},
	[FIELD_RCODE] = {"rcode", FIELD_TYPE_STRING, get_rcode, "RCODE", 8,
		"response code, with its EDNS extension"},
	[FIELD_STATE] = {"state", FIELD_TYPE_STRING, get_state, "STATE", 10,
		"answered, unanswered, late, orphan or pending"},
	[FIELD_TRIES] = {"tries", FIELD_TYPE_INTEGER, get_tries, "TRIES", 5,
		"how often the query was sent"},
	[FIELD_LATENCY] = {"latency_ns", FIELD_TYPE_DURATION, get_latency, "LATENCY", 8,
		"from the last transmission to the response"},
	[FIELD_WAIT] = {"wait_ns", FIELD_TYPE_DURATION, get_wait, "WAIT", 8,
		"from the first transmission to the response"},
	[FIELD_QUERY_BYTES] = {"query_bytes", FIELD_TYPE_INTEGER, get_query_bytes, "QBYTES", 6,
		"length of the query message"},
	[FIELD_RESPONSE_BYTES] = {"response_bytes", FIELD_TYPE_INTEGER, get_response_bytes, "RBYTES", 6,
		"length of the response, of all messages of a zone transfer"},
	[FIELD_MESSAGES] = {"messages", FIELD_TYPE_INTEGER, get_messages, "MSGS", 4,
		"messages of the response: none, one, or many for a zone transfer"},
	[FIELD_FLAGS] = {"flags", FIELD_TYPE_LIST, get_flags, "FLAGS", 11,
		"flags of the response, without one the query's"},
	[FIELD_ANCOUNT] = {"ancount", FIELD_TYPE_INTEGER, get_ancount, "AN", 3,
		"records in the answer section"},
	[FIELD_NSCOUNT] = {"nscount", FIELD_TYPE_INTEGER, get_nscount, "NS", 3,
		"records in the authority section"},
	[FIELD_ARCOUNT] = {"arcount", FIELD_TYPE_INTEGER, get_arcount, "AR", 3,
		"records in the additional section"},
	[FIELD_IFNAME] = {"ifname", FIELD_TYPE_STRING, get_ifname, "IF", 8,
		"interface that saw it first"},
	[FIELD_VLAN] = {"vlan", FIELD_TYPE_INTEGER, get_vlan, "VLAN", 4,
		"VLAN, the outermost one"},
	[FIELD_TUNNEL] = {"tunnel", FIELD_TYPE_STRING, get_tunnel, "TUNNEL", 6,
		"what the query was wrapped in, an orphan's response"},
	[FIELD_TUNNEL_ID] = {"tunnel_id", FIELD_TYPE_INTEGER, get_tunnel_id, "TUNNELID", 8,
		"VNI, key, session, TEID or label of that tunnel"},
	[FIELD_OUTER_SRC] = {"outer_src", FIELD_TYPE_STRING, get_outer_src, "OUTERSRC", 15,
		"where the tunnel begins"},
	[FIELD_OUTER_DST] = {"outer_dst", FIELD_TYPE_STRING, get_outer_dst, "OUTERDST", 15,
		"where the tunnel ends"},
	[FIELD_USER] = {"user", FIELD_TYPE_STRING, get_user, "USER", 8,
		"user that asked, on this host"},
	[FIELD_UID] = {"uid", FIELD_TYPE_INTEGER, get_uid, "UID", 5,
		"number of the user that asked, on this host"},
	[FIELD_PID] = {"pid", FIELD_TYPE_INTEGER, get_pid, "PID", 7,
		"process that asked, on this host"},
	[FIELD_COMM] = {"comm", FIELD_TYPE_STRING, get_comm, "COMM", 15,
		"name of the process that asked, on this host"},
	[FIELD_UNIT] = {"unit", FIELD_TYPE_STRING, get_unit, "UNIT", 20,
		"systemd unit that asked, on this host"},
};
/* clang-format on */
