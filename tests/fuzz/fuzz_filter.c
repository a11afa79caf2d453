// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes as a filter. What compiles is run on exchanges, and its WHERE is
 * looked over; what does not has one error that can be printed, with a column
 * within the text. The text is a heap block of exactly its size and a NUL, so
 * that AddressSanitizer sees each byte read too far.
 */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "query/filter.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* abort() and not assert(): holds whatever NDEBUG says */
static void hold(bool true_here)
{
	if (!true_here)
		abort();
}

/* Files are not read: a filter must not have a word that begins with @ and has a slash. */
static bool names_a_file(const uint8_t *data, size_t size)
{
	return memchr(data, '@', size) && memchr(data, '/', size);
}

static const char *const *list_items(void *context, const char *name)
{
	static const char *const servers[] = {"192.0.2.53", "2001:db8::/32", NULL};
	static const char *const words[] = {"53", "PTR", "example", NULL};

	(void)context;
	if (strcmp(name, "dns_servers") == 0)
		return servers;
	return strcmp(name, "words") == 0 ? words : NULL;
}

static const char *list_name(void *context, unsigned i)
{
	static const char *const known[] = {"dns_servers", "words"};

	(void)context;
	return i < 2 ? known[i] : NULL;
}

/* As many ? as bindings, and nothing of the text in between but what is fixed. */
static void hold_where(const struct filter *filter)
{
	const struct filter_binding *bindings;
	unsigned count, places = 0;
	bool exact;
	const char *where = filter__where(filter, &bindings, &count, &exact);
	long open = 0;

	hold(where != NULL && count <= 32000);
	for (const char *c = where; *c; c++) {
		hold(*c >= ' ' && *c <= '~' && *c != '"' && *c != ';');
		places += *c == '?';
		open += (*c == '(') - (*c == ')');
		hold(open >= 0);
	}
	hold(places == count && open == 0);
	for (unsigned i = 0; i < count; i++)
		if (bindings[i].type != FILTER_BIND_NUMBER)
			hold(bindings[i].length >= 0 && bindings[i].bytes != NULL);
}

static void hold_error(const struct filter_error *error, size_t size)
{
	size_t length = strnlen(error->message, sizeof(error->message));

	hold(length > 0 && length < sizeof(error->message));
	for (size_t i = 0; i < length; i++)
		hold(error->message[i] >= ' ' && error->message[i] <= '~');
	hold(error->column >= 1 && error->column <= size + 1);
}

static void try_exchanges(const struct filter *filter)
{
	static const struct exchange_names no_names;
	struct exchange exchange = {
		.state = EXCHANGE_ANSWERED,
		.has_latency = true,
		.latency_ns = 61000000,
		.wait_ns = 61000000,
		.client = {[10] = 0xff, [11] = 0xff, 10, 0, 0, 7},
		.server = {[10] = 0xff, [11] = 0xff, 192, 0, 2, 53},
		.client_port = 40961,
		.server_port = 53,
		.protocol = IPPROTO_UDP,
		.has_query = true,
		.has_response = true,
		.flags = 0x8583,
		.rcode = 3,
		.qtype = 12,
		.qclass = 1,
		.qname_length = 14,
		.qname = (const uint8_t *)"\4a'\"b\7example",
		.uid = ODD_NO_UID,
		.comm = "curl",
	};

	hold((filter__match(filter, &exchange, &no_names) & ~FLOW_BOTH) == 0);
	exchange.has_response = exchange.has_latency = false;
	exchange.qname_length = 0;
	hold((filter__match(filter, &exchange, &no_names) & ~FLOW_BIT(FLOW_QUERY)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct filter_lists lists = {list_items, list_name, NULL};
	struct filter_error error = {0};
	struct filter *filter = NULL;
	char *text;
	int r;

	if (names_a_file(data, size))
		return 0;
	text = malloc(size + 1);
	hold(text != NULL);
	memcpy(text, data, size);
	text[size] = '\0';
	r = filter__compile(text, size, &lists, &filter, &error);
	free(text);
	hold((r == 0) == (filter != NULL));
	if (r < 0) {
		hold_error(&error, size);
		return 0;
	}
	hold(filter__fields(filter) >> FIELDS == 0);
	hold_where(filter);
	try_exchanges(filter);
	filter__free(filter);
	return 0;
}
