// SPDX-License-Identifier: GPL-2.0-or-later
/* Exchanges that filters are tried on. */
#include "filter_fixture.h"

#include <criterion/criterion.h>
#include <netinet/in.h>
#include <string.h>

static const char *interface_name(void *context, uint32_t ifindex)
{
	(void)context;
	return ifindex == 7 ? "eth7" : NULL;
}

static const char *user_name(void *context, uint32_t uid)
{
	(void)context;
	return uid == 1013 ? "Alice" : NULL;
}

static const char *unit_name(void *context, uint64_t cgroup_id)
{
	(void)context;
	return cgroup_id == 4711 ? "postfix.service" : NULL;
}

/* Lists: resolvers, one that is empty, one with a word that is no address. */
static const char *const *list_items(void *context, const char *name)
{
	static const char *const servers[] = {"192.0.2.53", "2001:db8::/32", NULL};
	static const char *const nonsense[] = {"192.0.2.53", "nonsense", NULL};
	static const char *const empty[] = {NULL};

	(void)context;
	if (strcmp(name, "dns_servers") == 0)
		return servers;
	if (strcmp(name, "nonsense") == 0)
		return nonsense;
	return strcmp(name, "empty") == 0 ? empty : NULL;
}

static const char *list_name(void *context, unsigned i)
{
	static const char *const known[] = {"dns_servers", "empty", "nonsense"};

	(void)context;
	return i < 3 ? known[i] : NULL;
}

const struct filter_lists fixture_lists = {list_items, list_name, NULL};

const struct exchange_names fixture_names = {interface_name, user_name, unit_name, NULL};

const struct exchange fixture_exchange = {
	.state = EXCHANGE_ANSWERED,
	.time_ns = 1795332607000000000, /* 2026-11-22T07:30:07Z */
	.end_ns = 1795332607061000000,
	.has_latency = true,
	.latency_ns = 61000000,
	.wait_ns = 61000000,
	.client = {[10] = 0xff, [11] = 0xff, 10, 0, 0, 7},
	.server = {[10] = 0xff, [11] = 0xff, 192, 0, 2, 53},
	.client_port = 40961,
	.server_port = 53,
	.protocol = IPPROTO_UDP,
	.ifindex = 7,
	.id = 0x1f2e,
	.flags = 0x8583, /* qr aa rd ra, NXDOMAIN */
	.rcode = 3,
	.has_query = true,
	.has_response = true,
	.recursion_desired = true,
	.ancount = 0,
	.nscount = 1,
	.arcount = 1,
	.tries = 1,
	.query_bytes = 41,
	.response_bytes = 1097,
	.messages = 1,
	.qtype = 28,
	.qclass = 1,
	.qname_length = 17,
	.qname = (const uint8_t *)"\5email\6seznam\2cz",
	.uid = 1013,
	.pid = 23,
	.cgroup_id = 4711,
	.comm = "Curl-7",
};

struct filter *fixture_compile(const char *text)
{
	struct filter_error error = {0};
	struct filter *filter = NULL;
	int r = filter__compile(text, strlen(text), &fixture_lists, &filter, &error);

	cr_assert_eq(r, 0, "%s: %u: %s", text, error.column, error.message);
	return filter;
}

unsigned fixture_match(const char *text, const struct exchange *exchange)
{
	struct filter *filter = fixture_compile(text);
	unsigned matched = filter__match(filter, exchange, &fixture_names);

	filter__free(filter);
	return matched;
}
