/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory of the exchange table: entries in two slabs, found through a hash,
 * standing in lists by what they wait for. Knows nothing of matching.
 *
 * An entry is 176 bytes with room for a name of 33, or 432 with room for any
 * name and for what a zone transfer adds up: few names are longer than 33
 * bytes, few queries ask for a zone, and that much for each would more than
 * double the memory. With its share of the hash (8 to 16 bytes) a pending query
 * takes at most 192 bytes. Who sent a query and the ends of the tunnel it came
 * through share room, as in struct odd_event. Slabs are reserved at their limit and touched as they
 * fill, so an idle table costs next to nothing. References are 32-bit: the top bit tells the slab,
 * 0 means none.
 */
#ifndef FLOW_ENTRY_H
#define FLOW_ENTRY_H

#include "exchange.h"

#include <oddns/abi.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ENTRY_NAME_SHORT 33
#define ENTRY_NAME_LONG	 256
#define ENTRY_TRIES_MAX	 8191

/* What an entry waits for; each is a list for each slab, the longest waiting first. */
enum entry_state {
	ENTRY_PENDING,	/* its response */
	ENTRY_EXPIRED,	/* a late response */
	ENTRY_ANSWERED, /* further responses: duplicates, or the same one at another hook */
	ENTRY_TRANSFER, /* further messages of a zone transfer; its exchange is not delivered yet */
	ENTRY_STATES,
};

/* Who talks to whom; the id is the query's. Compared and hashed as bytes. */
struct entry_key {
	uint8_t client[16];
	uint8_t server[16];
	uint16_t client_port;
	uint16_t server_port;
	uint16_t id;
	uint8_t protocol;
	uint8_t pad; /* 0 */
};

struct entry {
	uint32_t chain; /* next in the hash bucket */
	uint32_t hash;
	uint32_t older; /* neighbours in the list of the state */
	uint32_t newer;
	struct entry_key key;
	uint16_t vlan[ODD_VLANS_MAX];
	uint64_t first_ns; /* first transmission */
	uint64_t last_ns;  /* last transmission; once answered: the response, or the latest one */
	union {
		struct { /* tunnel == ODD_TUNNEL_NONE */
			uint64_t cgroup_id;
			uint32_t uid;
			uint32_t pid;
			char comm[16];
		};
		struct { /* else */
			uint8_t outer_src[16];
			uint8_t outer_dst[16];
		};
	};
	uint32_t tunnel_id;
	uint32_t ifindex;      /* of the first packet */
	uint32_t last_ifindex; /* and hook: where the last packet was seen */
	uint16_t flags; /* of the last transmission's header; of a transfer's first message */
	uint16_t ancount;
	uint16_t nscount;
	uint16_t arcount;
	uint16_t query_bytes;
	uint16_t qtype;
	uint16_t qclass;
	uint16_t tries : 13;  /* stays at ENTRY_TRIES_MAX */
	uint16_t cause : 3;   /* enum exchange_cause: what ICMP errors said; UNKNOWN: nothing */
	uint8_t state : 3;    /* enum entry_state */
	uint8_t is_aside : 1; /* pending, see entry_store__set_aside() */
	uint8_t tunnel : 4;   /* enum odd_tunnel */
	uint8_t last_hook : 4;
	uint8_t by_question : 1;	/* hashed with its question, see exchange_table.c */
	uint8_t is_transfer : 1;	/* asks for a zone over TCP: has struct entry_transfer */
	uint8_t name_length;		/* 0: no question */
	uint8_t name[ENTRY_NAME_SHORT]; /* of a short entry; a long one has ENTRY_NAME_LONG */
};

/* What a zone transfer adds up, behind the name of a long entry. Valid in ENTRY_TRANSFER. */
struct entry_transfer {
	uint64_t sent_ns;	/* last transmission of the query */
	uint64_t response_ns;	/* first message; entry.last_ns is the latest one's */
	uint64_t bytes;		/* of all messages: 2^64 are 5 years at the speed of memory */
	uint32_t messages;	/* stays at its greatest value */
	uint16_t rcode;		/* of the first message */
	bool is_late;		/* the first message came after the timeout */
	bool recursion_desired; /* RD of the query */
};

_Static_assert(sizeof(struct entry_transfer) == 32, "entry_transfer: no hidden padding");
_Static_assert(ENTRY_STATES <= 8 && CAUSES <= 8, "state and cause have 3 bits");
_Static_assert(ODD_TUNNEL_COUNT <= 16 && ODD_HOOK_COUNT <= 16, "tunnel and last_hook have 4 bits");
_Static_assert(sizeof(struct entry_key) == 40, "entry_key: hashed as bytes");
_Static_assert(sizeof(struct entry) == 176, "entry: what user.pending promises");

struct entry_list {
	uint32_t oldest;
	uint32_t newest;
	uint32_t count;
};

struct entry_slab {
	uint8_t *memory;
	size_t entry_bytes;
	uint32_t limit;
	uint32_t used; /* high-water mark: entries that were ever handed out since the last reset */
	uint32_t free; /* chain of those given back */
	uint32_t live;
};

struct entry_store {
	struct entry_slab slabs[2]; /* short, long */
	/* of each slab, so that room is found in either; the last of those that are set aside */
	struct entry_list lists[2][ENTRY_STATES + 1];
	uint32_t *buckets;
	uint32_t bucket_count; /* power of two */
	uint32_t by_question;  /* entries that are hashed so */
	uint64_t seed;
};

/**
 * entry_store__init() - Reserve room.
 * @limit: entries at once; an eighth of them may be long
 * @seed: of the hash
 *
 * Return: 0, -ENOMEM
 */
int entry_store__init(struct entry_store *store, uint32_t limit, uint64_t seed);

/** entry_store__done() - Give all memory back. */
void entry_store__done(struct entry_store *store);

/**
 * entry_store__hash() - Hash of a key, and of the question with it.
 * @question: @question_bytes bytes, any content; none: the hash of the key alone
 */
uint32_t entry_store__hash(const struct entry_store *store, const struct entry_key *key,
			   const void *question, size_t question_bytes);

/* What an entry is added for; it stays so. */
struct entry_plan {
	uint32_t hash;	     /* under which entry_store__find() shall find it */
	bool by_question;    /* that hash is one with the question */
	bool is_transfer;    /* it may have to add up a zone transfer */
	uint8_t name_length; /* 0..255; with is_transfer, chooses the slab */
};

/**
 * entry_store__add() - Take an entry for a key and put it into the list of pending ones.
 *
 * Only the key, what @plan says and the state are set; last_ns must be before the next
 * entry_store__oldest().
 *
 * Return: the entry, NULL when that slab is full
 */
struct entry *entry_store__add(struct entry_store *store, const struct entry_key *key,
			       const struct entry_plan *plan);

/** entry_store__transfer() - Its sums, NULL when it was not added with is_transfer. */
struct entry_transfer *entry_store__transfer(const struct entry *entry);

/** entry_store__remove() - Take an entry out of list and hash, and free it. */
void entry_store__remove(struct entry_store *store, struct entry *entry);

/** entry_store__move() - Put an entry at the newest end of a state's list. */
void entry_store__move(struct entry_store *store, struct entry *entry, enum entry_state state);

/**
 * entry_store__oldest() - Longest waiting entry of a state, NULL when none.
 *
 * Of the two slabs' the one with the lesser last_ns; the short one when equal.
 */
struct entry *entry_store__oldest(const struct entry_store *store, enum entry_state state);

/** entry_store__oldest_in() - The same in one slab. */
struct entry *entry_store__oldest_in(const struct entry_store *store, bool is_long,
				     enum entry_state state);

/** entry_store__waiting() - Entries in a state. */
uint32_t entry_store__waiting(const struct entry_store *store, enum entry_state state);

/** entry_store__newer() - The next longest waiting of the same list, or NULL. */
struct entry *entry_store__newer(const struct entry_store *store, const struct entry *entry);

/**
 * entry_store__each_pending() - Call @visit for each pending entry, which it may remove.
 */
void entry_store__each_pending(struct entry_store *store,
			       void (*visit)(void *context, struct entry *entry), void *context);

/**
 * entry_store__oldest_open() - Longest waiting pending entry that is not set aside, or NULL.
 */
struct entry *entry_store__oldest_open(const struct entry_store *store, bool is_long);

/**
 * entry_store__set_aside() - Pass a pending entry over from now on when room is looked for.
 * @entry: what entry_store__oldest_open() returned
 *
 * It stays pending in all else, until entry_store__move() puts it into a list anew.
 */
void entry_store__set_aside(struct entry_store *store, struct entry *entry);

/**
 * entry_store__find() - First entry of a bucket with this key, or the next one after @after.
 * @after: NULL to begin
 *
 * Newest first. Return: NULL when there is no more
 */
struct entry *entry_store__find(const struct entry_store *store, const struct entry_key *key,
				uint32_t hash, const struct entry *after);

/**
 * entry_store__trim() - Hand memory back that a flood has left behind.
 *
 * When few entries are left of many, moves them together, so pointers to entries are valid no
 * more. Cost: two comparisons, about 10 ms after a flood of a million.
 */
void entry_store__trim(struct entry_store *store);

/** entry_store__is_long() - Does the entry stand in the slab of long entries? */
bool entry_store__is_long(const struct entry *entry);

/** entry_store__count() - Entries in use. */
uint32_t entry_store__count(const struct entry_store *store);

/** entry_store__bytes() - Memory that the store has touched. */
uint64_t entry_store__bytes(const struct entry_store *store);

#endif
