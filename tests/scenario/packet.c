// SPDX-License-Identifier: GPL-2.0-or-later
/* Events from the words of a scenario. */
#include "packet.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CLIENT "10.0.0.1:40001"
#define SERVER "192.0.2.53:53"

struct mnemonic {
	const char *name;
	int code;
};

/* IANA's "Domain Name System (DNS) Parameters", what scenarios use of it. */
static const struct mnemonic types[] = {{"A", 1},    {"NS", 2},	    {"CNAME", 5},  {"SOA", 6},
					{"PTR", 12}, {"MX", 15},    {"TXT", 16},   {"AAAA", 28},
					{"SRV", 33}, {"HTTPS", 65}, {"IXFR", 251}, {"AXFR", 252},
					{"ANY", 255}};
static const struct mnemonic rcodes[] = {{"NOERROR", 0},  {"FORMERR", 1},   {"SERVFAIL", 2},
					 {"NXDOMAIN", 3}, {"NOTIMP", 4},    {"REFUSED", 5},
					 {"BADVERS", 16}, {"BADCOOKIE", 23}};
static const struct mnemonic tunnels[] = {
	{"none", ODD_TUNNEL_NONE}, {"vxlan", ODD_TUNNEL_VXLAN}, {"geneve", ODD_TUNNEL_GENEVE},
	{"gre", ODD_TUNNEL_GRE},   {"pppoe", ODD_TUNNEL_PPPOE}, {"erspan", ODD_TUNNEL_ERSPAN},
	{"gtp", ODD_TUNNEL_GTP},   {"mpls", ODD_TUNNEL_MPLS},	{"ip", ODD_TUNNEL_IP}};
/* RFC 1035 section 4.1.1, RFC 4035 section 3.2 */
static const struct mnemonic flags[] = {{"aa", 0x400}, {"tc", 0x200}, {"rd", 0x100},
					{"ra", 0x80},  {"ad", 0x20},  {"cd", 0x10}};

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

uint16_t packet_type(const char *text)
{
	uint64_t code;

	for (size_t i = 0; i < LENGTH(types); i++)
		if (strcmp(types[i].name, text) == 0)
			return (uint16_t)types[i].code;
	return strncmp(text, "TYPE", 4) == 0 && words_number(text + 4, &code) ? (uint16_t)code : 0;
}

int packet_rcode(const char *text)
{
	uint64_t code;

	for (size_t i = 0; i < LENGTH(rcodes); i++)
		if (strcmp(rcodes[i].name, text) == 0)
			return rcodes[i].code;
	return words_number(text, &code) && code < 4096 ? (int)code : -1;
}

int packet_tunnel(const char *text)
{
	for (size_t i = 0; i < LENGTH(tunnels); i++)
		if (strcmp(tunnels[i].name, text) == 0)
			return tunnels[i].code;
	return -1;
}

bool packet_address(const char *text, uint8_t ret[16])
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

	memcpy(ret, mapped, sizeof(mapped));
	return inet_pton(AF_INET, text, ret + 12) == 1 || inet_pton(AF_INET6, text, ret) == 1;
}

static bool endpoint(const char *text, uint8_t addr[16], uint16_t *ret_port)
{
	char copy[64];
	char *colon, *start = copy;
	uint64_t port;

	snprintf(copy, sizeof(copy), "%s", text);
	colon = strrchr(copy, ':');
	if (!colon || !words_number(colon + 1, &port) || port > 65535)
		return false;
	*colon = '\0';
	if (*start == '[') {
		start++;
		colon[-1] = '\0';
	}
	*ret_port = (uint16_t)port;
	return packet_address(start, addr);
}

/* A number of the key within 0..max, or the default. */
static bool number_of(struct words *words, const char *key, uint64_t max, uint64_t *ret)
{
	const char *text = words_value(words, key);

	return !text || (words_number(text, ret) && *ret <= max);
}

static bool vlans(struct words *words, uint16_t *vlan)
{
	const char *text = words_value(words, "vlan");
	char *end;

	for (unsigned i = 0; text && i < ODD_VLANS_MAX; i++) {
		vlan[i] = (uint16_t)strtoul(text, &end, 10);
		if (vlan[i] == 0 || vlan[i] > 4094)
			return false;
		text = *end == ',' ? end + 1 : NULL;
	}
	return true;
}

static const char *read_hook(struct words *words, struct odd_event *event)
{
	static const char *const names[ODD_HOOK_COUNT] = {"xdp", "ingress", "egress"};
	const char *text = words_value(words, "hook");

	for (unsigned i = 0; text && i < ODD_HOOK_COUNT; i++) {
		if (strcmp(text, names[i]) == 0) {
			event->hook = (uint8_t)i;
			return NULL;
		}
	}
	return text ? "hook is one of xdp, ingress, egress" : NULL;
}

/* Who sent it, on this host. */
static const char *read_sender(struct words *words, struct odd_event *event)
{
	const char *comm = words_value(words, "comm");
	uint64_t uid = ODD_NO_UID, pid = 0;

	if (!number_of(words, "uid", UINT32_MAX, &uid) ||
	    !number_of(words, "pid", UINT32_MAX, &pid))
		return "bad number";
	event->uid = (uint32_t)uid;
	event->pid = (uint32_t)pid;
	if (comm)
		snprintf(event->comm, sizeof(event->comm), "%s", comm);
	return NULL;
}

/* @text: KIND[:ID]; a packet in a tunnel has no sender. */
static const char *read_tunnel(struct words *words, const char *text, struct odd_event *event)
{
	char copy[128], *id = copy, *destination = copy;
	const char *outer = words_value(words, "outer");
	uint64_t number = 0;
	int kind;

	snprintf(copy, sizeof(copy), "%s", text);
	strsep(&id, ":");
	kind = packet_tunnel(copy);
	if (kind <= ODD_TUNNEL_NONE || (id && !words_number(id, &number)))
		return "tunnel=KIND[:ID]";
	event->tunnel = (unsigned)kind & 0xf;
	event->tunnel_id = (uint32_t)number;
	if (!outer)
		return NULL;
	snprintf(copy, sizeof(copy), "%s", outer);
	strsep(&destination, ",");
	if (!destination || !packet_address(copy, event->outer_src) ||
	    !packet_address(destination, event->outer_dst))
		return "outer=SRC,DST";
	return NULL;
}

/* What all events have, besides addresses and payload. */
static const char *read_event(struct words *words, struct odd_event *event)
{
	const char *proto = words_value(words, "proto"), *tunnel = words_value(words, "tunnel");
	uint64_t ifindex = 1;
	const char *wrong;

	if (proto && strcmp(proto, "tcp") != 0 && strcmp(proto, "udp") != 0)
		return "proto is udp or tcp";
	event->protocol = proto && strcmp(proto, "tcp") == 0 ? IPPROTO_TCP : IPPROTO_UDP;
	if (!number_of(words, "if", UINT32_MAX, &ifindex) || !vlans(words, event->vlan))
		return "bad number";
	event->ifindex = (uint32_t)ifindex;
	wrong = tunnel ? read_tunnel(words, tunnel, event) : read_sender(words, event);
	if (wrong)
		return wrong;
	if (words_flag(words, "follows"))
		event->flags |= ODD_EVENT_FOLLOWS;
	if (words_flag(words, "again"))
		event->flags |= PACKET_AGAIN;
	return read_hook(words, event);
}

/* Bytes in the making. */
struct writer {
	uint8_t *data;
	size_t length;
	bool bad;
};

static void put16(struct writer *w, unsigned value)
{
	w->data[w->length++] = (uint8_t)(value >> 8);
	w->data[w->length++] = (uint8_t)value;
}

/* RFC 1035 section 3.1: labels, each behind its length, and the root's zero. */
static void put_name(struct writer *w, const char *name)
{
	while (*name && strcmp(name, ".") != 0) {
		size_t length = strcspn(name, ".");

		if (length == 0 || length > 63) {
			w->bad = true;
			return;
		}
		w->data[w->length++] = (uint8_t)length;
		memcpy(w->data + w->length, name, length);
		w->length += length;
		name += length + (name[length] == '.');
	}
	w->data[w->length++] = 0;
}

/* RFC 6891 section 6.1.2: root, OPT, payload size, extended RCODE, version, flags, no options. */
static void put_opt(struct writer *w, int rcode)
{
	w->data[w->length++] = 0;
	put16(w, 41);
	put16(w, 1232);
	put16(w, (unsigned)(rcode >> 4) << 8);
	put16(w, 0);
	put16(w, 0);
}

/*
 * RFC 1035 section 4.1.3, the owner a pointer to the name at 12: the question's, or without one
 * the first answer's.
 */
static void put_answer(struct writer *w, const char *name, uint64_t class, unsigned number)
{
	if (w->length == 12)
		put_name(w, name);
	else
		put16(w, 0xc00c);
	put16(w, 1);
	put16(w, (unsigned)class);
	put16(w, 0);
	put16(w, 300);
	put16(w, 4);
	put16(w, 0xc000);
	put16(w, 0x0200 + number);
}

/* What a message is made of. */
struct plan {
	uint64_t id, opcode, answers;
	uint64_t class; /* of the question, without one of the answers */
	unsigned flags;
	int rcode;
	bool question, edns;
	const char *name;
	uint16_t type;
};

static const char *read_plan(struct words *words, bool is_response, struct plan *plan)
{
	const char *rcode = is_response ? words_value(words, "rcode") : NULL;
	const char *name, *type;

	*plan = (struct plan){.id = 1, .name = "www.example.com", .type = 1, .class = 1};
	if (!number_of(words, "class", 65535, &plan->class) ||
	    !number_of(words, "id", 65535, &plan->id) ||
	    !number_of(words, "opcode", 15, &plan->opcode) ||
	    (is_response && !number_of(words, "answers", 8, &plan->answers)))
		return "bad number";
	plan->rcode = rcode ? packet_rcode(rcode) : 0;
	if (plan->rcode < 0)
		return "no such rcode";
	plan->flags = is_response ? 0x8000 : 0;
	for (size_t i = 0; i < LENGTH(flags); i++)
		if (words_flag(words, flags[i].name))
			plan->flags |= (unsigned)flags[i].code;
	plan->edns = words_flag(words, "edns") || plan->rcode > 15;
	plan->question = !words_flag(words, "no-question");
	name = words_next(words);
	type = name ? words_next(words) : NULL;
	plan->name = name ? name : plan->name;
	name = is_response ? words_value(words, "name") : NULL;
	plan->name = name ? name : plan->name;
	if (is_response && !type)
		type = words_value(words, "type");
	plan->type = type ? packet_type(type) : 1;
	return plan->type ? NULL : "no such type";
}

static const char *write_message(const struct plan *plan, union packet *ret)
{
	struct writer w = {.data = ret->event.payload};

	put16(&w, (unsigned)plan->id);
	put16(&w, plan->flags | (unsigned)plan->opcode << 11 | ((unsigned)plan->rcode & 0xf));
	put16(&w, plan->question);
	put16(&w, (unsigned)plan->answers);
	put16(&w, 0);
	put16(&w, plan->edns);
	if (plan->question) {
		put_name(&w, plan->name);
		put16(&w, plan->type);
		put16(&w, (unsigned)plan->class);
	}
	for (unsigned i = 0; i < plan->answers; i++)
		put_answer(&w, plan->name, plan->question ? 1 : plan->class, i);
	if (plan->edns)
		put_opt(&w, plan->rcode);
	ret->event.message_bytes = (uint16_t)w.length;
	ret->event.captured_bytes = (uint16_t)w.length;
	return w.bad ? "bad name" : NULL;
}

const char *packet_message(struct words *words, bool is_response, union packet *ret)
{
	const char *client = words_value(words, "client"), *server = words_value(words, "server");
	struct odd_event *event = &ret->event;
	struct plan plan;
	uint64_t cut = UINT16_MAX;
	const char *wrong;

	memset(event, 0, sizeof(*event));
	if (!endpoint(client ? client : CLIENT, is_response ? event->dst : event->src,
		      is_response ? &event->dst_port : &event->src_port) ||
	    !endpoint(server ? server : SERVER, is_response ? event->src : event->dst,
		      is_response ? &event->src_port : &event->dst_port))
		return "addresses are written 10.0.0.1:53 or [2001:db8::1]:53";
	wrong = read_event(words, event);
	if (!wrong)
		wrong = read_plan(words, is_response, &plan);
	if (!wrong)
		wrong = write_message(&plan, ret);
	if (wrong)
		return wrong;
	if (!number_of(words, "cut", UINT16_MAX, &cut))
		return "bad number";
	if (cut < event->captured_bytes)
		event->captured_bytes = (uint16_t)cut;
	return NULL;
}

const char *packet_icmp(struct words *words, union packet *ret)
{
	const char *type_text = words_next(words), *code_text = words_next(words);
	const char *by = words_value(words, "by"), *wrong;
	struct odd_event *event = &ret->event;
	uint64_t type, code;

	if (!type_text || !code_text || !words_number(type_text, &type) ||
	    !words_number(code_text, &code) || type > 255 || code > 255)
		return "icmp TYPE CODE ...";
	wrong = packet_message(words, false, ret);
	if (wrong)
		return wrong;
	/* whatever the query came through: the error tells its own way only */
	event->flags |= ODD_EVENT_QUOTED;
	event->tunnel = ODD_TUNNEL_ICMP;
	event->tunnel_id = (uint32_t)(type << 8 | code);
	memcpy(event->outer_src, event->dst, sizeof(event->outer_src));
	memcpy(event->outer_dst, event->src, sizeof(event->outer_dst));
	return by && !packet_address(by, event->outer_src) ? "by=ADDRESS" : NULL;
}

const char *packet_raw(struct words *words, union packet *ret)
{
	const char *hex = words_next(words);
	const char *from = words_value(words, "from"), *to = words_value(words, "to");
	struct odd_event *event = &ret->event;
	uint64_t length;
	unsigned byte;

	memset(event, 0, sizeof(*event));
	if (!hex || strlen(hex) % 2 || strlen(hex) / 2 > ODD_SNAPLEN_MAX)
		return "no bytes in hexadecimal digits";
	for (; sscanf(hex, "%2x", &byte) == 1; hex += 2)
		event->payload[event->captured_bytes++] = (uint8_t)byte;
	length = event->captured_bytes;
	if (*hex || !number_of(words, "length", UINT16_MAX, &length))
		return "bad digits or length";
	event->message_bytes = (uint16_t)length;
	if (!endpoint(from ? from : CLIENT, event->src, &event->src_port) ||
	    !endpoint(to ? to : SERVER, event->dst, &event->dst_port))
		return "addresses are written 10.0.0.1:53 or [2001:db8::1]:53";
	return read_event(words, event);
}
