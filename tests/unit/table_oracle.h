/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the exchange table should do, once more and as simply as possible: an
 * array of talks that is searched from end to end. Knows no bytes, no hash and
 * no lists; works from what a test says of each message.
 */
#ifndef TABLE_ORACLE_H
#define TABLE_ORACLE_H

#include "flow/exchange_table.h"

#define ORACLE_TALKS 4096
#define ORACLE_OUT   65536
#define NO_QUESTION  (-1)

/* A message as the test made it. */
struct message {
	uint64_t time_ns;
	uint64_t arrives_ns; /* order in which it is handed in */
	bool is_response;
	uint8_t server; /* last byte of its address */
	uint16_t client_port;
	uint16_t id;
	uint8_t protocol;
	int name; /* number, or NO_QUESTION */
	uint16_t qtype;
	uint16_t rcode;
	uint16_t bytes; /* length of the message */
	uint32_t ifindex;
	uint8_t hook;
	uint8_t tunnel; /* enum odd_tunnel */
	uint32_t tunnel_id;
	uint16_t icmp; /* not 0: an ICMP error of this type << 8 | code quotes it, a query */
};

/* An exchange as it should be delivered. No padding: compared and sorted as bytes. */
struct record {
	int64_t time_ns, end_ns, latency_ns, wait_ns;
	int32_t state, name, qtype, rcode;
	uint32_t client_port, server, protocol, id;
	uint32_t tries, query_bytes, response_bytes, ifindex;
	int32_t cause, service;
	uint32_t messages, tunnel, tunnel_id, outer; /* outer: last bytes of source, destination */
};

enum talk_state { TALK_WAITS, TALK_EXPIRED, TALK_SETTLED, TALK_TRANSFER };

struct talk {
	enum talk_state state;
	struct message query; /* first transmission; the response, of an orphan */
	uint64_t last_ns;
	uint32_t tries; /* 0: an orphan */
	uint16_t query_bytes;
	struct message seen;	   /* the last packet that was not folded */
	enum exchange_cause cause; /* what ICMP errors said */
	bool further;		   /* began while its key was in use for another question */
	/* of a transfer */
	struct message first; /* of its messages */
	uint32_t messages, bytes;
	enum exchange_state end; /* as it will be delivered */
};

struct oracle {
	uint64_t timeout_ns, grace_ns, fold_ns, now_ns;
	struct talk talks[ORACLE_TALKS]; /* in the order in which they began */
	unsigned count;
	struct record out[ORACLE_OUT];
	unsigned out_count;
	struct exchange_counters counters;
	unsigned kept_apart; /* times that only the network told two messages apart */
};

/** oracle_take() - One message. */
void oracle_take(struct oracle *oracle, const struct message *message);

/** oracle_expire() - Time passes. */
void oracle_expire(struct oracle *oracle, uint64_t now_ns);

#endif
