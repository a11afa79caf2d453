/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the sensor reports of one talk between a client and a server: a query
 * (with its retransmissions) and its response, or the lack of one of them.
 */
#ifndef FLOW_EXCHANGE_H
#define FLOW_EXCHANGE_H

#include <oddns/abi.h>

#include "dns/message.h"

enum exchange_state {
	EXCHANGE_ANSWERED,   /* response within the timeout */
	EXCHANGE_UNANSWERED, /* none within the timeout; no latency */
	EXCHANGE_LATE,	     /* response after the timeout, within the grace */
	EXCHANGE_ORPHAN,     /* response to no query that was seen */
	EXCHANGE_PENDING,    /* the capture or the daemon ended within the timeout */
	EXCHANGE_MULTICAST,  /* a message of multicast DNS, which is not matched (RFC 6762) */
	EXCHANGE_STATES,
};

/* How much of a message's records is shown and stored with an exchange: a setting. */
enum exchange_keep {
	KEEP_NONE,
	KEEP_FIRST, /* record of the answer */
	KEEP_ALL,
};

/* Which protocol of the DNS family. Only the first has servers that are compared. */
enum exchange_service {
	SERVICE_DNS,
	SERVICE_MDNS,  /* port 5353, RFC 6762 */
	SERVICE_LLMNR, /* port 5355, RFC 4795 */
	SERVICES,
};

/* Why a client did not get what it asked for. */
enum exchange_cause {
	CAUSE_UNKNOWN, /* not a failure, or not known yet */
	CAUSE_NONE,    /* unanswered, and nothing was heard */
	CAUSE_PORT,  /* unanswered or pending, and an ICMP error said: nobody listens on the port */
	CAUSE_HOST,  /* ... host or network unreachable */
	CAUSE_ADMIN, /* ... administratively prohibited */
	CAUSE_TOO_BIG,	 /* ... packet too big */
	CAUSE_LATE,	 /* late: the query counts as unanswered, its response came after */
	CAUSE_TRUNCATED, /* answered with TC over UDP, and not asked again over TCP */
	CAUSES,
};

/*
 * Lives during the callback that delivers it only. What a state cannot have is
 * 0, or -1 in latency_ns and wait_ns when has_latency is false. Header fields
 * (flags, counts) are the response's, without one the query's. A zone transfer
 * is one exchange, whose header fields, rcode, latency and wait are those of its
 * first message.
 */
struct exchange {
	enum exchange_state state;
	int64_t time_ns;    /* first query; the response's for an orphan; since 1970 in UTC */
	int64_t end_ns;	    /* when it ended: (last) response, expiry, end of input */
	bool has_latency;   /* answered and late */
	int64_t latency_ns; /* response - last transmission; negative when frames lie reversed */
	int64_t wait_ns;    /* response - first transmission; of a transfer the first response */
	uint8_t client[16];
	uint8_t server[16];
	uint16_t client_port;
	uint16_t server_port;
	uint8_t protocol; /* IPPROTO_UDP or IPPROTO_TCP */
	uint16_t vlan[ODD_VLANS_MAX];
	/* what the query's packet was wrapped in, an orphan's: the response's */
	enum odd_tunnel tunnel;
	uint32_t tunnel_id;
	uint8_t outer_src[16]; /* ends of the tunnel as of that packet; :: when it has none */
	uint8_t outer_dst[16];
	uint32_t ifindex; /* of the first packet seen */
	uint16_t id;
	uint16_t flags;
	uint16_t rcode; /* with EDNS's upper bits; valid when has_response */
	bool has_query;
	bool has_response;
	bool recursion_desired; /* RD of the query, of the response without one */
	uint16_t ancount;
	uint16_t nscount;
	uint16_t arcount;
	uint32_t tries;		 /* transmissions of the query, 0 for an orphan */
	uint32_t query_bytes;	 /* length of the last query message */
	uint64_t response_bytes; /* length of the response, of all messages of a zone transfer */
	uint32_t messages;	 /* of the response: 0 without, 1, or more for a zone transfer */
	uint16_t qtype;		 /* valid when exchange_has_question() */
	uint16_t qclass;	 /* valid when exchange_has_question() */
	bool is_nameless;	 /* there was a question, but its name was not stored */
	uint8_t qname_length;	 /* 0 when no question was readable, and when is_nameless */
	const uint8_t *qname;	 /* wire form, lower case */
	/* the sender of the query, when it is on this host (egress) and tunnel is ODD_TUNNEL_NONE
	 */
	uint32_t uid; /* ODD_NO_UID when unknown */
	uint32_t pid; /* 0 when unknown */
	uint64_t cgroup_id;
	char comm[16]; /* NUL-terminated, bytes chosen by the process */
	enum exchange_service service;
	enum exchange_cause cause;
	bool was_retried;	 /* UDP, truncated: the same was asked over TCP then */
	bool is_retry;		 /* TCP: the same was answered with TC over UDP before... */
	uint16_t retry_of;	 /* ...with this id */
	enum exchange_keep keep; /* how much of the message is to be shown */
	/*
	 * The message that the header fields are of, while it is at hand: the response's, of
	 * multicast DNS also a query's. NULL and 0 bytes: gone, as a query's and a transfer's are.
	 */
	const struct dns_message *message;
	struct dns_bytes bytes;
};

/**
 * exchange_fn - Receives exchanges as they end.
 * @context: what was registered with the callback
 * @exchange: valid during the call only
 */
typedef void (*exchange_fn)(void *context, const struct exchange *exchange);

/** exchange_has_question() - Are type and class of a question known, with or without its name? */
static inline bool exchange_has_question(const struct exchange *exchange)
{
	return exchange->qname_length > 0 || exchange->is_nameless;
}

/** exchange_state_name() - "answered", "unanswered", "late", "orphan", "pending", "multicast". */
const char *exchange_state_name(enum exchange_state state);

/** exchange_service_name() - "dns", "mdns", "llmnr". */
const char *exchange_service_name(enum exchange_service service);

/**
 * exchange_cause_name() - "none", "icmp-port-unreachable", "icmp-host-unreachable",
 * "icmp-admin-prohibited", "icmp-packet-too-big", "late", "truncated-no-tcp"; NULL for
 * CAUSE_UNKNOWN.
 */
const char *exchange_cause_name(enum exchange_cause cause);

/** exchange_tunnel_name() - "vxlan", "geneve", ...; NULL for ODD_TUNNEL_NONE. */
const char *exchange_tunnel_name(enum odd_tunnel tunnel);

#endif
