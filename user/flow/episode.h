/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An episode: what a user waited for. All that one client asked about one name in one go, over
 * retransmissions, retries with a new id, the next server, the switch to TCP, AAAA beside A.
 */
#ifndef FLOW_EPISODE_H
#define FLOW_EPISODE_H

#include "flow/exchange.h"

/* Servers of an episode that are named: resolv.conf(5) takes 3, resolvers try some more. */
#define EPISODE_SERVERS_MAX 6
/* Types asked: A, AAAA, HTTPS; more only in tools, whose next type begins another episode. */
#define EPISODE_TYPES_MAX 6

/*
 * How it ended, from the client's side: the best that any attempt for a type brought, of the type
 * that fared worst. The order is from good to bad.
 */
enum episode_outcome {
	EPISODE_ANSWERED,   /* NOERROR or NXDOMAIN for each type that was asked */
	EPISODE_FAILED,	    /* all that came was an error: SERVFAIL, REFUSED, ... */
	EPISODE_TRUNCATED,  /* all that came was truncated */
	EPISODE_UNANSWERED, /* nothing came in time */
	EPISODE_PENDING,    /* the input ended before an answer came */
	EPISODE_OUTCOMES,
};

/* Lives during the callback that delivers it only. */
struct episode {
	enum episode_outcome outcome; /* of the type that fared worst */
	uint8_t client[16];
	uint8_t qname_length;
	const uint8_t *qname; /* wire form, lower case */
	int64_t time_ns;      /* first query */
	/* the last type's first final answer; of a type without one, when its last attempt ended */
	int64_t end_ns;
	int64_t wait_ns;    /* end - time: what the user waited; not negative */
	uint32_t attempts;  /* transmissions of queries */
	uint32_t exchanges; /* a query that was answered late counts twice, as it is told twice */
	uint32_t rcode; /* of the type that fared worst: of the answer that decided its outcome */
	bool has_rcode; /* false when unanswered or pending */
	bool over_udp;
	bool over_tcp;
	bool was_truncated;    /* an answer over UDP was */
	unsigned server_count; /* in the order in which they were tried, up to the maximum */
	unsigned type_count;   /* in the order in which they were asked */
	uint8_t servers[EPISODE_SERVERS_MAX][16];
	uint16_t types[EPISODE_TYPES_MAX];
};

typedef void (*episode_fn)(void *context, const struct episode *episode);

/** episode_outcome_name() - "answered", "failed", "truncated", "unanswered", "pending". */
const char *episode_outcome_name(enum episode_outcome outcome);

#endif
