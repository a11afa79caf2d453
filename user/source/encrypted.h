/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Connections of DNS that cannot be read, as the programs count them (maps encrypted,
 * resolvers, connections of bpf/maps.bpf.h), and the same counted natively.
 */
#ifndef SOURCE_ENCRYPTED_H
#define SOURCE_ENCRYPTED_H

#include <oddns/encrypted.h>

#include <stdbool.h>

struct oddns_bpf;

/* Servers named: as many as one reads. */
#define ENCRYPTED_TOP 10

struct encrypted_server {
	__u8 server[16];
	__u32 kind; /* enum odd_encrypted */
	__u32 pad;
	__u64 connections;
};

struct encrypted_totals {
	__u64 connections[ODD_ENCRYPTED_COUNT];	    /* by kind, of all servers */
	struct encrypted_server top[ENCRYPTED_TOP]; /* most connections first, then by address */
	__u32 top_count;
	__u32 pad;
};

/** encrypted_name() - "dot", "doq", "doh", "doh3". */
const char *encrypted_name(enum odd_encrypted kind);

/** encrypted_totals__sum() - Connections of all kinds. */
__u64 encrypted_totals__sum(const struct encrypted_totals *totals);

/** encrypted_totals__add() - Take one key with its number; server :: is no server to name. */
void encrypted_totals__add(struct encrypted_totals *totals, const struct odd_encrypted_key *key,
			   __u64 connections);

/* "dot 3, doh 1; to 192.0.2.1 (dot 3), 2001:db8::1 (doh 1)", with the first five servers */
#define ENCRYPTED_TEXT_MAX 512

/**
 * encrypted_text() - Say of which kinds the connections are, and where they go.
 * @buf: ENCRYPTED_TEXT_MAX bytes
 *
 * Return: @buf, empty without connections
 */
const char *encrypted_text(const struct encrypted_totals *totals, char *buf);

/* --- in the kernel ---------------------------------------------------------------------------- */

/** encrypted_maps__prepare() - Make the keys of server ::. Return: 0, negative errno */
int encrypted_maps__prepare(const struct oddns_bpf *programs);

/**
 * encrypted_maps__set_resolvers() - Make the map hold these and no others.
 * @list: @count addresses, ODD_RESOLVERS_MAX at most
 *
 * What stays is not touched, so no connection to it is missed meanwhile.
 *
 * Return: 0, negative errno
 */
int encrypted_maps__set_resolvers(const struct oddns_bpf *programs, const __u8 (*list)[16],
				  unsigned count);

/**
 * encrypted_maps__read() - Sum what all processors have counted.
 * @ret: untouched without memory
 *
 * Cost: two system calls a key, of which there are ODD_ENCRYPTED_KEYS_MAX at most: 1 ms.
 */
void encrypted_maps__read(const struct oddns_bpf *programs, struct encrypted_totals *ret);

/* --- natively --------------------------------------------------------------------------------- */

/*
 * Connections remembered, each in one of the places of the row that its key hashes to, newest
 * first. The 8192 that the programs remember find room: all, in 99 of 100 captures.
 */
#define ENCRYPTED_SEEN 65536
#define ENCRYPTED_ROW  8
/* Places for keys: twice what may be used, so that probing ends soon. */
#define ENCRYPTED_PLACES 2048

struct encrypted_table {
	const __u8 (*resolvers)[16];
	unsigned resolver_count;
	unsigned keys;					  /* but those of server :: */
	struct encrypted_server places[ENCRYPTED_PLACES]; /* connections 0: free */
	__u64 others[ODD_ENCRYPTED_COUNT];		  /* server :: */
	struct odd_connection seen[ENCRYPTED_SEEN];
};

/** encrypted_table__add() - Count a connection, unless it was, or goes to a stranger on 443. */
void encrypted_table__add(struct encrypted_table *table, const struct odd_connection *connection);

/** encrypted_table__totals() - What was counted. */
void encrypted_table__totals(const struct encrypted_table *table, struct encrypted_totals *ret);

#endif
