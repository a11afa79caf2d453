/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which entry a message belongs to. */
#ifndef FLOW_MATCH_H
#define FLOW_MATCH_H

#include "entry.h"

#include "dns/message.h"

/* One message on its way through the table. */
struct seen {
	const struct odd_event *event;
	struct dns_message message;
	struct entry_key key;
	uint32_t hash; /* of the key */
	bool is_response;
};

/**
 * match_find() - The entry of a state that a message belongs to, NULL when there is none.
 *
 * One with its question and VLAN before, for a response, one of another VLAN, and
 * that before one where a question is lacking; among equals the oldest. Never one of
 * another network in a tunnel.
 */
struct entry *match_find(const struct entry_store *store, const struct seen *s,
			 enum entry_state state);

/**
 * match_quoted() - The pending entry whose query an ICMP error quotes, NULL when there is none.
 *
 * By key and, when so much is quoted, question: the error comes on ways of its own, from inside
 * or outside of tunnels and VLANs. Of several the oldest that no error has spoken of, so that
 * as many errors as queries are about one each.
 */
struct entry *match_quoted(const struct entry_store *store, const struct seen *s);

/**
 * match_transfer() - The open transfer that a query ends, because it uses its key anew.
 *
 * Return: NULL when there is none (more)
 */
struct entry *match_transfer(const struct entry_store *store, const struct seen *s);

/** match_plan() - How an entry for a query, or for an orphan, is to be added. */
struct entry_plan match_plan(const struct entry_store *store, const struct seen *s);

/**
 * match_orient() - Who asks whom: fills is_response and key from event and message.
 *
 * The sender of a response is the server (RFC 1035 section 4.1.1).
 */
void match_orient(struct seen *s);

/** match_to_group() - Let LLMNR's group stand for the server in the key (RFC 4795 section 2). */
void match_to_group(struct seen *s);

#endif
