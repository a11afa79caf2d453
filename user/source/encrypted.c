// SPDX-License-Identifier: GPL-2.0-or-later
/* Connections of DNS that cannot be read: the programs' maps, and the same natively. */
#include "encrypted.h"

#include "base/hash.h"
#include "base/text.h"
#include "oddns.skel.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* As bpf/ has it: but for those of server :: */
#define KEYS_MAX (ODD_ENCRYPTED_KEYS_MAX - ODD_ENCRYPTED_COUNT)

_Static_assert(ENCRYPTED_PLACES >= 2 * KEYS_MAX, "probing ends at a free place");

static const __u8 nobody[16];

const char *encrypted_name(enum odd_encrypted kind)
{
	static const char *const names[] = {
		[DOT] = "dot", [DOQ] = "doq", [DOH] = "doh", [DOH3] = "doh3"};

	return names[kind];
}

__u64 encrypted_totals__sum(const struct encrypted_totals *totals)
{
	__u64 sum = 0;

	for (unsigned kind = 0; kind < ODD_ENCRYPTED_COUNT; kind++)
		sum += totals->connections[kind];
	return sum;
}

static bool comes_before(const struct encrypted_server *a, const struct encrypted_server *b)
{
	int order = memcmp(a->server, b->server, sizeof(a->server));

	if (a->connections != b->connections)
		return a->connections > b->connections;
	return order ? order < 0 : a->kind < b->kind;
}

void encrypted_totals__add(struct encrypted_totals *totals, const struct odd_encrypted_key *key,
			   __u64 connections)
{
	struct encrypted_server new = {.kind = key->kind, .connections = connections};
	unsigned i = totals->top_count;

	totals->connections[key->kind] += connections;
	if (!connections || memcmp(key->server, nobody, sizeof(nobody)) == 0)
		return;
	memcpy(new.server, key->server, sizeof(new.server));
	if (i < ENCRYPTED_TOP)
		totals->top_count++;
	else if (!comes_before(&new, &totals->top[--i]))
		return;
	for (; i > 0 && comes_before(&new, &totals->top[i - 1]); i--)
		totals->top[i] = totals->top[i - 1];
	totals->top[i] = new;
}

/* Servers in a sentence; all ten are in JSON. */
#define SERVERS_SAID 5

static size_t add_text(char *buf, size_t used, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Never cut: four kinds and five servers of 80 bytes each fit. */
static size_t add_text(char *buf, size_t used, const char *fmt, ...)
{
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(buf + used, ENCRYPTED_TEXT_MAX - used, fmt, args);
	va_end(args);
	return used + (size_t)n;
}

const char *encrypted_text(const struct encrypted_totals *totals, char *buf)
{
	char address[TEXT_ADDRESS_MAX];
	size_t used = 0;

	buf[0] = '\0';
	for (unsigned i = 0; i < ODD_ENCRYPTED_COUNT; i++)
		if (totals->connections[i])
			used = add_text(buf, used, "%s%s %llu", used ? ", " : "",
					encrypted_name((enum odd_encrypted)i),
					totals->connections[i]);
	for (unsigned i = 0; i < totals->top_count && i < SERVERS_SAID; i++) {
		const struct encrypted_server *top = &totals->top[i];

		used = add_text(buf, used, "%s%s (%s %llu)", i ? ", " : "; to ",
				text_address(top->server, address),
				encrypted_name((enum odd_encrypted)top->kind), top->connections);
	}
	if (totals->top_count > SERVERS_SAID)
		add_text(buf, used, ", ...");
	return buf;
}

/* --- in the kernel ---------------------------------------------------------------------------- */

int encrypted_maps__prepare(const struct oddns_bpf *programs)
{
	int cpus = libbpf_num_possible_cpus(), r = 0;
	__u64 *zeros = calloc((size_t)cpus, sizeof(*zeros));
	struct odd_encrypted_key key = {0};

	if (!zeros)
		return -ENOMEM;
	for (unsigned kind = 0; r == 0 && kind < ODD_ENCRYPTED_COUNT; kind++) {
		key.kind = (enum odd_encrypted)kind;
		r = bpf_map__update_elem(programs->maps.encrypted, &key, sizeof(key), zeros,
					 (size_t)cpus * sizeof(*zeros), BPF_NOEXIST);
	}
	free(zeros);
	return r;
}

static bool is_listed(const __u8 (*list)[16], unsigned count, const __u8 *address)
{
	for (unsigned i = 0; i < count; i++)
		if (memcmp(list[i], address, sizeof(*list)) == 0)
			return true;
	return false;
}

/* All keys first, as removing them while walking would start again from the first. */
static int remove_unlisted(const struct bpf_map *map, const __u8 (*list)[16], unsigned count)
{
	__u8 keys[ODD_RESOLVERS_MAX][16];
	unsigned n = 0;
	int r = 0;

	while (n < ODD_RESOLVERS_MAX &&
	       bpf_map__get_next_key(map, n ? keys[n - 1] : NULL, keys[n], sizeof(*keys)) == 0)
		n++;
	for (unsigned i = 0; i < n && r == 0; i++)
		if (!is_listed(list, count, keys[i]))
			r = bpf_map__delete_elem(map, keys[i], sizeof(*keys), 0);
	return r;
}

int encrypted_maps__set_resolvers(const struct oddns_bpf *programs, const __u8 (*list)[16],
				  unsigned count)
{
	const struct bpf_map *map = programs->maps.resolvers;
	int r = remove_unlisted(map, list, count);
	__u32 one = 1;

	for (unsigned i = 0; i < count && r == 0; i++)
		r = bpf_map__update_elem(map, list[i], sizeof(*list), &one, sizeof(one), BPF_ANY);
	return r;
}

void encrypted_maps__read(const struct oddns_bpf *programs, struct encrypted_totals *ret)
{
	const struct bpf_map *map = programs->maps.encrypted;
	int cpus = libbpf_num_possible_cpus();
	__u64 *counts = calloc((size_t)cpus, sizeof(*counts));
	struct odd_encrypted_key key;
	bool more;

	if (!counts)
		return;
	*ret = (struct encrypted_totals){0};
	more = bpf_map__get_next_key(map, NULL, &key, sizeof(key)) == 0;
	while (more) {
		__u64 sum = 0;
		int r = bpf_map__lookup_elem(map, &key, sizeof(key), counts,
					     (size_t)cpus * sizeof(*counts), 0);

		for (int i = 0; i < cpus && r == 0; i++)
			sum += counts[i];
		encrypted_totals__add(ret, &key, sum);
		more = bpf_map__get_next_key(map, &key, &key, sizeof(key)) == 0;
	}
	free(counts);
}

/* --- natively --------------------------------------------------------------------------------- */

static bool was_seen(struct encrypted_table *table, const struct odd_connection *connection)
{
	uint64_t hash = hash_bytes(connection, sizeof(*connection), 0);
	struct odd_connection *row =
		&table->seen[hash % (ENCRYPTED_SEEN / ENCRYPTED_ROW) * ENCRYPTED_ROW];

	for (unsigned i = 0; i < ENCRYPTED_ROW; i++)
		if (memcmp(&row[i], connection, sizeof(*row)) == 0)
			return true;
	memmove(row + 1, row, (ENCRYPTED_ROW - 1) * sizeof(*row));
	row[0] = *connection;
	return false;
}

/* The number of a server and kind; of server :: when there is no room for another. */
static __u64 *number_of(struct encrypted_table *table, const __u8 *server, __u32 kind)
{
	uint64_t i = hash_bytes(server, 16, kind);
	struct encrypted_server *place;

	if (memcmp(server, nobody, sizeof(nobody)) == 0)
		return &table->others[kind];
	for (;; i++) {
		place = &table->places[i % ENCRYPTED_PLACES];
		if (!place->connections)
			break;
		if (place->kind == kind && memcmp(place->server, server, 16) == 0)
			return &place->connections;
	}
	if (table->keys == KEYS_MAX)
		return &table->others[kind];
	table->keys++;
	memcpy(place->server, server, sizeof(place->server));
	place->kind = kind;
	return &place->connections;
}

void encrypted_table__add(struct encrypted_table *table, const struct odd_connection *connection)
{
	if (connection->dst_port == ODD_PORT_HTTPS &&
	    !is_listed(table->resolvers, table->resolver_count, connection->dst))
		return;
	if (!was_seen(table, connection))
		(*number_of(table, connection->dst, odd_encrypted_kind(connection)))++;
}

void encrypted_table__totals(const struct encrypted_table *table, struct encrypted_totals *ret)
{
	struct encrypted_totals totals = {0};
	struct odd_encrypted_key key = {0};

	for (unsigned kind = 0; kind < ODD_ENCRYPTED_COUNT; kind++)
		totals.connections[kind] = table->others[kind];
	for (unsigned i = 0; i < ENCRYPTED_PLACES; i++) {
		memcpy(key.server, table->places[i].server, sizeof(key.server));
		key.kind = (enum odd_encrypted)table->places[i].kind;
		encrypted_totals__add(&totals, &key, table->places[i].connections);
	}
	*ret = totals;
}
