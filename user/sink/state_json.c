// SPDX-License-Identifier: GPL-2.0-or-later
/* The daemon's state as JSON and back: one table of numbers serves both ways. */
#include "state_json.h"

#include "base/text.h"
#include "dns/codes.h"
#include "flow/assembly_rows.h"

#include <string.h>

struct number_row {
	const char *object; /* that holds it */
	const char *name;
	size_t offset; /* of a uint64_t */
};

#define STATE(object, name, member)                                                                \
	{                                                                                          \
		object, name, offsetof(struct state, member)                                       \
	}

static const struct number_row state_numbers[] = {
	STATE("settings", "timeout_ns", timeout_ns),
	STATE("settings", "interval_ns", interval_ns),
	STATE("settings", "window", window),
	STATE("settings", "absolute_ns", absolute_ns),
	STATE("exchanges", "queries", exchanges.queries),
	STATE("exchanges", "responses", exchanges.responses),
	STATE("exchanges", "answered", exchanges.answered),
	STATE("exchanges", "unanswered", exchanges.unanswered),
	STATE("exchanges", "pending", exchanges.pending),
	STATE("exchanges", "retransmitted", exchanges.retransmitted),
	STATE("exchanges", "evicted", exchanges.evicted),
	STATE("exchanges", "late", exchanges.late),
	STATE("exchanges", "orphan", exchanges.orphan),
	STATE("exchanges", "duplicate", exchanges.duplicate),
	STATE("exchanges", "continued", exchanges.continued),
	STATE("exchanges", "unsampled", exchanges.unsampled),
	STATE("exchanges", "folded", exchanges.folded),
	STATE("exchanges", "quoted", exchanges.quoted),
	STATE("exchanges", "quoted_unmatched", exchanges.quoted_unmatched),
	STATE("exchanges", "multicast", exchanges.multicast),
	STATE("causes", "none", exchanges.causes[CAUSE_NONE]),
	STATE("causes", "icmp-port-unreachable", exchanges.causes[CAUSE_PORT]),
	STATE("causes", "icmp-host-unreachable", exchanges.causes[CAUSE_HOST]),
	STATE("causes", "icmp-admin-prohibited", exchanges.causes[CAUSE_ADMIN]),
	STATE("causes", "icmp-packet-too-big", exchanges.causes[CAUSE_TOO_BIG]),
	STATE("causes", "late", exchanges.causes[CAUSE_LATE]),
	STATE("llmnr", "queries", exchanges.llmnr.queries),
	STATE("llmnr", "responses", exchanges.llmnr.responses),
	STATE("llmnr", "answered", exchanges.llmnr.answered),
	STATE("llmnr", "unanswered", exchanges.llmnr.unanswered),
	STATE("unparsable", "short", exchanges.unparsable),
	STATE("exchanges", "cut", exchanges.verdicts[DNS_MESSAGE_CUT]),
	STATE("malformed", "loop", exchanges.verdicts[DNS_MESSAGE_LOOP]),
	STATE("malformed", "forward", exchanges.verdicts[DNS_MESSAGE_FORWARD]),
	STATE("malformed", "label", exchanges.verdicts[DNS_MESSAGE_LABEL]),
	STATE("malformed", "long", exchanges.verdicts[DNS_MESSAGE_LONG]),
	STATE("malformed", "overrun", exchanges.verdicts[DNS_MESSAGE_OVERRUN]),
	STATE("malformed", "counts", exchanges.verdicts[DNS_MESSAGE_COUNTS]),
	STATE("malformed", "rdata", exchanges.verdicts[DNS_MESSAGE_RDATA]),
	STATE("malformed", "edns", exchanges.verdicts[DNS_MESSAGE_EDNS]),
	STATE("malformed", "trailing", exchanges.verdicts[DNS_MESSAGE_TRAILING]),
	STATE("truncated", "answers", retries.truncated),
	STATE("truncated", "retried", retries.retried),
	STATE("truncated", "abandoned", retries.abandoned),
	STATE("truncated", "unknown", retries.unknown),
	STATE("truncated", "open", retries.open),
	STATE("overload", "level", pressure),
	STATE("overload", "sampled", sampled),
	STATE("packets", "xdp", source.packets[ODD_HOOK_XDP]),
	STATE("packets", "tc_ingress", source.packets[ODD_HOOK_TC_INGRESS]),
	STATE("packets", "tc_egress", source.packets[ODD_HOOK_TC_EGRESS]),
	STATE("encrypted", "dot", source.encrypted.connections[DOT]),
	STATE("encrypted", "doq", source.encrypted.connections[DOQ]),
	STATE("encrypted", "doh", source.encrypted.connections[DOH]),
	STATE("encrypted", "doh3", source.encrypted.connections[DOH3]),
	STATE("memory", "entries", usage.entries),
	STATE("memory", "limit", usage.limit),
	STATE("memory", "transfers", usage.transfers),
	STATE("memory", "table_bytes", usage.bytes),
	STATE("memory", "resident_bytes", resident_bytes),
	STATE("alerts", "raised", alerts_raised),
	STATE("alerts", "unsent", alerts_unsent),
	STATE("alerts", "held", alerts_held),
	STATE("store", "on", store.on),
	STATE("store", "written", store.written),
	STATE("store", "overflow", store.overflow),
	STATE("store", "failed", store.failed),
	STATE("store", "bytes", store.bytes),
	STATE("store", "segments", store.segments),
	STATE("store", "error", store.error),
	STATE("known", "servers", servers_known),
	STATE("known", "evicted", servers_evicted),
};

static const struct number_row server_numbers[] = {
	{NULL, "queries", offsetof(struct state_server, totals.queries)},
	{NULL, "answered", offsetof(struct state_server, totals.answered)},
	{NULL, "unanswered", offsetof(struct state_server, totals.unanswered)},
	{NULL, "late", offsetof(struct state_server, totals.late)},
	{NULL, "samples", offsetof(struct state_server, totals.samples)},
};

/* null instead of a number that means nothing */
static const struct number_row server_latencies[] = {
	{NULL, "median_ns", offsetof(struct state_server, totals.median_ns)},
	{NULL, "p90_ns", offsetof(struct state_server, totals.p90_ns)},
	{NULL, "p99_ns", offsetof(struct state_server, totals.p99_ns)},
};

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static uint64_t number_at(const void *base, const struct number_row *row)
{
	uint64_t number;

	memcpy(&number, (const char *)base + row->offset, sizeof(number));
	return number;
}

static uint64_t number_in(const json_t *object, const char *name)
{
	return (uint64_t)json_integer_value(json_object_get(object, name));
}

static void read_numbers(const json_t *from, const struct number_row *rows, size_t n, void *base)
{
	for (size_t i = 0; i < n; i++) {
		const json_t *object =
			rows[i].object ? json_object_get(from, rows[i].object) : from;
		uint64_t number = number_in(object, rows[i].name);

		memcpy((char *)base + rows[i].offset, &number, sizeof(number));
	}
}

static void set_number(json_t *object, const char *name, uint64_t number)
{
	json_object_set_new(object, name, json_integer((json_int_t)number));
}

/* The object of that name in @root, made when it is not there. */
static json_t *object_in(json_t *root, const char *name)
{
	json_t *object = json_object_get(root, name);

	if (object)
		return object;
	json_object_set_new(root, name, json_object());
	return json_object_get(root, name);
}

static void write_numbers(json_t *to, const struct number_row *rows, size_t n, const void *base)
{
	for (size_t i = 0; i < n; i++)
		set_number(rows[i].object ? object_in(to, rows[i].object) : to, rows[i].name,
			   number_at(base, &rows[i]));
}

/* A text that an administrator or another program chose: bytes that are not UTF-8 as "\\DDD". */
static json_t *text(const char *chosen)
{
	json_t *json = json_string(chosen);
	char printable[256];

	if (json || !chosen)
		return json ? json : json_null();
	return json_string(text_printable(chosen, strlen(chosen), printable, sizeof(printable)));
}

static void write_assembly(json_t *to, const struct assembly_totals *totals)
{
	for (unsigned i = 0; i < assembly_row_count; i++)
		set_number(object_in(to, assembly_rows[i].group), assembly_rows[i].name,
			   assembly_row__number(&assembly_rows[i], totals));
}

static void read_assembly(const json_t *from, struct assembly_totals *ret)
{
	for (unsigned i = 0; i < assembly_row_count; i++) {
		uint64_t number = number_in(json_object_get(from, assembly_rows[i].group),
					    assembly_rows[i].name);

		memcpy((char *)ret + assembly_rows[i].offset, &number, sizeof(number));
	}
}

json_t *state_json_server(const struct state_server *server)
{
	char address[TEXT_ADDRESS_MAX], code[DNS_CODE_TEXT_MAX];
	json_t *rcodes = json_object();
	json_t *json =
		json_pack("{s:s, s:s, s:o, s:b, s:b, s:s, s:b}", "type", "server", "address",
			  text_address(server->address, address), "group", text(server->group),
			  "recursive", server->recursive, "pinned", server->pinned, "standing",
			  state_server__standing(server), "eligible", server->eligible);

	write_numbers(json, server_numbers, COUNT(server_numbers), server);
	for (size_t i = 0; i < COUNT(server_latencies); i++)
		json_object_set_new(
			json, server_latencies[i].name,
			server->totals.median_ns
				? json_integer((json_int_t)number_at(server, &server_latencies[i]))
				: json_null());
	json_object_set_new(json, "baseline_ns",
			    server->sufficient ? json_integer((json_int_t)server->baseline_ns)
					       : json_null());
	for (unsigned i = 0; i < INTERVAL_RCODES; i++)
		if (server->totals.rcodes[i])
			set_number(rcodes,
				   i == INTERVAL_RCODES - 1 ? "OTHER"
							    : dns_rcode_text((uint16_t)i, code),
				   server->totals.rcodes[i]);
	json_object_set_new(json, "rcodes", rcodes);
	return json;
}

int state_json_read_server(const json_t *json, struct state_server *ret)
{
	const char *address = json_string_value(json_object_get(json, "address"));
	const char *standing = json_string_value(json_object_get(json, "standing"));
	const json_t *rcodes = json_object_get(json, "rcodes");
	struct state_server server = {0};
	char code[DNS_CODE_TEXT_MAX];

	if (!address || text_parse_address(address, server.address) < 0 || !standing)
		return -EPROTO;
	server.group = json_string_value(json_object_get(json, "group"));
	server.recursive = json_is_true(json_object_get(json, "recursive"));
	server.pinned = json_is_true(json_object_get(json, "pinned"));
	server.raised = strcmp(standing, "odd") == 0;
	server.eligible = json_is_true(json_object_get(json, "eligible"));
	server.sufficient = json_is_integer(json_object_get(json, "baseline_ns"));
	server.baseline_ns = number_in(json, "baseline_ns");
	read_numbers(json, server_numbers, COUNT(server_numbers), &server);
	read_numbers(json, server_latencies, COUNT(server_latencies), &server);
	for (unsigned i = 0; i < INTERVAL_RCODES - 1; i++)
		server.totals.rcodes[i] = number_in(rcodes, dns_rcode_text((uint16_t)i, code));
	server.totals.rcodes[INTERVAL_RCODES - 1] = number_in(rcodes, "OTHER");
	*ret = server;
	return 0;
}

static json_t *interfaces(const struct state *state)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < state->interface_count; i++) {
		const struct state_interface *at = &state->interfaces[i];

		json_array_append_new(list,
				      json_pack("{s:o, s:o, s:o, s:o}", "name", text(at->name),
						"ingress", text(at->ingress), "egress",
						text(at->egress), "note", text(at->note)));
	}
	return list;
}

static json_t *encrypted_servers(const struct encrypted_totals *totals)
{
	json_t *list = json_array();
	char address[TEXT_ADDRESS_MAX];

	for (unsigned i = 0; i < totals->top_count; i++)
		json_array_append_new(
			list, json_pack("{s:s, s:s, s:I}", "address",
					text_address(totals->top[i].server, address), "kind",
					encrypted_name((enum odd_encrypted)totals->top[i].kind),
					"connections", (json_int_t)totals->top[i].connections));
	return list;
}

json_t *state_json(const struct state *state)
{
	char started[TEXT_TIME_MAX], now[TEXT_TIME_MAX];
	json_t *json = json_pack(
		"{s:s, s:i, s:I, s:s, s:s, s:s, s:I, s:I, s:s, s:b, s:o}", "type", "status", "abi",
		ODD_ABI_VERSION, "pid", (json_int_t)state->pid, "version", state->version,
		"started", text_time(state->started_ns, started), "now",
		text_time(state->now_ns, now), "started_ns", (json_int_t)state->started_ns,
		"now_ns", (json_int_t)state->now_ns, "direction", state->direction, "journal",
		state->journal, "interfaces", interfaces(state));

	write_numbers(json, state_numbers, COUNT(state_numbers), state);
	write_assembly(json, &state->assembly);
	json_object_set_new(object_in(json, "settings"), "relative", json_real(state->relative));
	json_object_set_new(object_in(json, "settings"), "encrypted",
			    json_boolean(state->encrypted));
	json_object_set_new(object_in(json, "encrypted"), "servers",
			    encrypted_servers(&state->source.encrypted));
	for (int i = 1; i < ODD_DROP_COUNT; i++)
		set_number(object_in(json, "drops"), odd_drop_name((enum odd_drop)i),
			   state->source.drops[i]);
	return json;
}

/* A string of the file, "" without one: nobody who prints it needs to ask. */
static const char *string_in(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text ? text : "";
}

void state_json_read_interface(const json_t *json, struct state_interface *ret)
{
	ret->name = string_in(json, "name");
	ret->ingress = string_in(json, "ingress");
	ret->egress = string_in(json, "egress");
	ret->note = string_in(json, "note");
}

/* One that cannot be read is left out: the sums have it. */
static void read_encrypted_servers(const json_t *list, struct encrypted_totals *ret)
{
	for (size_t i = 0; i < json_array_size(list) && ret->top_count < ENCRYPTED_TOP; i++) {
		const json_t *json = json_array_get(list, i);
		struct encrypted_server *server = &ret->top[ret->top_count];
		const char *kind = string_in(json, "kind");

		server->connections = number_in(json, "connections");
		server->kind = 0;
		while (server->kind < ODD_ENCRYPTED_COUNT &&
		       strcmp(encrypted_name((enum odd_encrypted)server->kind), kind) != 0)
			server->kind++;
		if (server->kind < ODD_ENCRYPTED_COUNT &&
		    text_parse_address(string_in(json, "address"), server->server) == 0)
			ret->top_count++;
	}
}

int state_json_read(const json_t *json, struct state *ret)
{
	if (strcmp(string_in(json, "type"), "status") != 0 ||
	    number_in(json, "abi") != ODD_ABI_VERSION)
		return -EPROTO;
	memset(ret, 0, sizeof(*ret));
	ret->pid = (int64_t)number_in(json, "pid");
	ret->version = string_in(json, "version");
	ret->started_ns = (int64_t)number_in(json, "started_ns");
	ret->now_ns = (int64_t)number_in(json, "now_ns");
	ret->direction = string_in(json, "direction");
	ret->journal = json_is_true(json_object_get(json, "journal"));
	ret->relative =
		json_number_value(json_object_get(json_object_get(json, "settings"), "relative"));
	read_numbers(json, state_numbers, COUNT(state_numbers), ret);
	read_assembly(json, &ret->assembly);
	ret->encrypted =
		json_is_true(json_object_get(json_object_get(json, "settings"), "encrypted"));
	read_encrypted_servers(json_object_get(json_object_get(json, "encrypted"), "servers"),
			       &ret->source.encrypted);
	for (int i = 1; i < ODD_DROP_COUNT; i++)
		ret->source.drops[i] =
			number_in(json_object_get(json, "drops"), odd_drop_name((enum odd_drop)i));
	return 0;
}
