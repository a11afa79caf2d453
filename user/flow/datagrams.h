/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Datagrams of which fragments have arrived: found by what their fragments share,
 * standing in order of arrival and, by state, in order of their use. Knows what they
 * take of memory, not what makes them whole.
 */
#ifndef FLOW_DATAGRAMS_H
#define FLOW_DATAGRAMS_H

#include <oddns/abi.h>

#include "flow/pieces.h"

#include <stdbool.h>
#include <stdint.h>

/* A position in a message that is not known. */
#define NOWHERE UINT32_MAX

/* Fragments with the same key are of one datagram. Compared and hashed as bytes. */
struct datagram_key {
	uint8_t src[16];
	uint8_t dst[16];
	uint32_t identification;
	uint32_t tunnel_id; /* 0 but for tunnels that tell networks apart */
	uint8_t tunnel;	    /* as tunnel_id */
	uint8_t protocol;
	uint8_t pad[2]; /* 0 */
};

enum datagram_state {
	DATAGRAM_HEADLESS, /* its first fragment has not come */
	DATAGRAM_HEADED,
	DATAGRAM_SETTLED, /* handed on or refused, just remembered */
	DATAGRAM_STATES,
};

/* The lists in which a datagram stands. */
enum datagram_list { DATAGRAM_BY_AGE, DATAGRAM_BY_STATE, DATAGRAM_LISTS };

/* References are indices into datagrams.slots; 0 means none, so slot 0 is not used. */
struct datagram_link {
	uint32_t older;
	uint32_t newer;
};

struct datagram {
	struct datagram_key key;
	uint32_t hash;
	uint32_t chain; /* next in the hash bucket, or of those given back */
	struct datagram_link links[DATAGRAM_LISTS];
	uint64_t since_ns;
	struct pieces pieces;
	uint32_t end;		/* of the message, as the last fragment told, or NOWHERE */
	uint32_t furthest;	/* end of the piece that reaches furthest */
	uint32_t cut_at;	/* the first byte that was cut off, or NOWHERE */
	uint8_t state;		/* enum datagram_state */
	bool was_whole;		/* settled by being handed on whole */
	struct odd_event first; /* header of the first fragment's event; stands last: flexible */
};

_Static_assert(sizeof(struct datagram_key) == 44, "datagram_key: hashed as bytes");
/* With the least room for pieces 528: 4096 small first fragments hold 2.1 MiB. */
_Static_assert(sizeof(struct datagram) == 240, "datagram: what each costs, its bytes aside");

struct datagram_list_ends {
	uint32_t oldest;
	uint32_t newest;
};

struct datagrams {
	struct datagram *slots;
	uint32_t limit;
	uint32_t used; /* of slots, high-water mark */
	uint32_t free; /* chain of those given back */
	uint32_t bucket_mask;
	uint32_t *buckets;
	struct datagram_list_ends by_age;
	struct datagram_list_ends by_state[DATAGRAM_STATES];
	uint64_t seed;
	uint64_t *waiting; /* datagrams that are not settled */
	uint64_t *bytes;   /* of all, in use now: struct datagram and pieces */
};

/**
 * datagrams__init() - Reserve room.
 * @limit: datagrams at once, settled ones included, 1..2^20
 * @seed: of the hash
 * @waiting: where datagrams that are not settled are counted
 * @bytes: where the memory of all is counted, settled ones included
 *
 * Return: 0, -ENOMEM
 */
int datagrams__init(struct datagrams *datagrams, uint32_t limit, uint64_t seed, uint64_t *waiting,
		    uint64_t *bytes);

/** datagrams__done() - Give all memory back. */
void datagrams__done(struct datagrams *datagrams);

/** datagrams__hash() - Of a key. */
uint32_t datagrams__hash(const struct datagrams *datagrams, const struct datagram_key *key);

/** datagrams__find() - The datagram with a key, or NULL. */
struct datagram *datagrams__find(const struct datagrams *datagrams, const struct datagram_key *key,
				 uint32_t hash);

/** datagrams__is_full() - Is there no slot for another one? */
bool datagrams__is_full(const struct datagrams *datagrams);

/**
 * datagrams__add() - Begin a datagram, headless and without pieces, the newest one.
 * @hash: of @key; no datagram with that key may be there, nor may it be full
 */
struct datagram *datagrams__add(struct datagrams *datagrams, const struct datagram_key *key,
				uint32_t hash, uint64_t since_ns);

/** datagrams__put() - Put a piece in, see pieces__put(). Return: 0, -ENOMEM */
int datagrams__put(struct datagrams *datagrams, struct datagram *datagram,
		   const struct piece *piece, const uint8_t *payload);

/** datagrams__head() - The first fragment of a headless datagram is there. */
void datagrams__head(struct datagrams *datagrams, struct datagram *datagram);

/** datagrams__settle() - Give the pieces of a datagram back, remember it. */
void datagrams__settle(struct datagrams *datagrams, struct datagram *datagram);

/** datagrams__forget() - Remove a datagram, settled or not. */
void datagrams__forget(struct datagrams *datagrams, struct datagram *datagram);

/** datagrams__oldest() - The one that was begun first, or NULL. */
struct datagram *datagrams__oldest(const struct datagrams *datagrams);

/**
 * datagrams__dispensable() - The one that can best be done without, or NULL.
 * @keep: not this one; may be NULL
 *
 * The oldest settled one, else the oldest headless, else the oldest headed.
 */
struct datagram *datagrams__dispensable(const struct datagrams *datagrams,
					const struct datagram *keep);

#endif
