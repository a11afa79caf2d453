/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The TCP connections that are remembered: found by hash, in lists by the time of their last
 * segment. Memory is reserved for all and touched as it is needed.
 */
#ifndef FLOW_CONNECTION_H
#define FLOW_CONNECTION_H

#include <oddns/abi.h>

#include <stdbool.h>
#include <stdint.h>

/* No padding: hashed and compared as bytes. */
struct connection_key {
	uint8_t address[2][16]; /* the lower address first; of equal ones the lower port */
	uint16_t port[2];
	uint32_t tunnel_id; /* 0 when the tunnel's directions have ids of their own */
	uint32_t tunnel;    /* enum odd_tunnel, ODD_TUNNEL_NONE likewise */
};

struct backlog;

/* The bytes that one side sends, as far as they have been read. */
struct direction {
	struct backlog *backlog; /* NULL: nothing is held */
	uint32_t start;		 /* sequence of the first byte */
	uint32_t next;		 /* sequence of the byte that is to be read next */
	uint16_t length; /* of the message that is being read; of its prefix what is there */
	uint16_t seen;	 /* how much of it was read or given up */
	uint8_t side;	 /* its index in struct connection */
	uint8_t prefix_bytes : 2; /* of the length prefix: 0, 1, 2 */
	bool known : 1;		  /* start and next mean something */
	bool synced : 1;	  /* it is known where messages begin */
	bool told : 1;		  /* the message was handed on or given up, the rest is skipped */
	bool done : 1;		  /* FIN or RST was seen */
};

/* In the order in which they give way to others. */
enum connection_list {
	CONNECTION_ENDED, /* remembered a while to know what is sent again */
	CONNECTION_EMPTY, /* a SYN and nothing more: what a flood consists of */
	CONNECTION_OPEN,
	CONNECTION_LISTS,
};

/* Two cache lines: what finds it and what is read. */
struct connection {
	struct connection_key key;
	uint32_t hash;
	uint32_t chain; /* next one of its bucket; of a free one, the next free one */
	uint32_t held;	/* bytes that are held for it */
	uint64_t last_ns;
	struct direction direction[2];
	uint32_t older;
	uint32_t newer;
	uint32_t list; /* enum connection_list */
	uint32_t pad;
};

_Static_assert(sizeof(struct connection_key) == 44, "connection_key: hashed as bytes");
_Static_assert(sizeof(struct connection) == 128, "connection: two cache lines");

/* References are index + 1, 0 means none. */
struct connections {
	struct connection *slab;
	uint32_t *buckets;
	uint64_t seed;
	uint32_t limit;
	uint32_t mask; /* buckets - 1 */
	uint32_t used; /* that were ever in use */
	uint32_t free; /* head of those that are free again */
	uint32_t count;
	struct {
		uint32_t oldest, newest;
	} lists[CONNECTION_LISTS];
};

/** connections__init() - Room for @limit of them. Return: 0, -ENOMEM */
int connections__init(struct connections *connections, uint32_t limit, uint64_t seed);

/** connections__done() - Give the memory back; all zero is fine. */
void connections__done(struct connections *connections);

/**
 * connection_key_of() - Whose segment is this?
 *
 * Return: the index of its sender in the key, 0 or 1
 */
unsigned connection_key_of(const struct odd_event *event, struct connection_key *ret_key);

/** connections__hash() - Of a key, which will be looked up soon. */
uint32_t connections__hash(const struct connections *connections, const struct connection_key *key);

/** connections__find() - Return: it, NULL when there is none. */
struct connection *connections__find(const struct connections *connections,
				     const struct connection_key *key, uint32_t hash);

/** connections__add() - With nothing known of either direction, in no time's order yet: touch it.
 *
 * Return: it, NULL when there are as many as the limit
 */
struct connection *connections__add(struct connections *connections,
				    const struct connection_key *key, uint32_t hash);

/** connections__remove() - It must hold nothing any more. */
void connections__remove(struct connections *connections, struct connection *connection);

/** connections__touch() - It is the newest of that list now. */
void connections__touch(struct connections *connections, struct connection *connection,
			enum connection_list list, uint64_t now_ns);

/** connections__oldest() - Return: the one of the list, NULL when it is empty. */
struct connection *connections__oldest(const struct connections *connections,
				       enum connection_list list);

/** connection_of() - The connection that a direction is part of. */
static inline struct connection *connection_of(struct direction *direction)
{
	return (struct connection *)((uint8_t *)(direction - direction->side) -
				     __builtin_offsetof(struct connection, direction));
}

#endif
