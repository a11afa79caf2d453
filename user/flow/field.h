/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * THE table of what an exchange is made of, field by field: one row gives a
 * field its name, its type, how to get it from an exchange, and how people see
 * it. Everything that shows, stores or asks for exchanges goes through here, in
 * the order of the contract (design section 6).
 */
#ifndef FLOW_FIELD_H
#define FLOW_FIELD_H

#include "flow/field_value.h"

/* The rows, in the order of the contract. */
enum field_id {
	FIELD_TIME,
	FIELD_CLIENT,
	FIELD_CLIENT_PORT,
	FIELD_SERVER,
	FIELD_SERVER_PORT,
	FIELD_PROTO,
	FIELD_ID,
	FIELD_OPCODE,
	FIELD_QNAME,
	FIELD_QTYPE,
	FIELD_QCLASS,
	FIELD_RCODE,
	FIELD_STATE,
	FIELD_TRIES,
	FIELD_LATENCY,
	FIELD_WAIT,
	FIELD_QUERY_BYTES,
	FIELD_RESPONSE_BYTES,
	FIELD_MESSAGES,
	FIELD_FLAGS,
	FIELD_ANCOUNT,
	FIELD_NSCOUNT,
	FIELD_ARCOUNT,
	FIELD_IFNAME,
	FIELD_VLAN,
	FIELD_TUNNEL,
	FIELD_TUNNEL_ID,
	FIELD_OUTER_SRC,
	FIELD_OUTER_DST,
	FIELD_USER,
	FIELD_UID,
	FIELD_PID,
	FIELD_COMM,
	FIELD_UNIT,
	FIELD_SERVICE,
	FIELD_CAUSE,
	FIELD_TCP_RETRY,
	FIELD_RETRY_OF,
	FIELD_VERDICT,
	FIELD_EDNS_SIZE,
	FIELD_EDNS_VERSION,
	FIELD_DO,
	FIELD_ECS,
	FIELD_COOKIE,
	FIELD_NSID,
	FIELD_EDE,
	FIELD_EDNS_PADDING,
	FIELD_EDNS_KEEPALIVE,
	FIELD_EDNS_EXPIRE,
	FIELD_EDNS_REPORT,
	FIELD_CRR_NAME,
	FIELD_CRR_TYPE,
	FIELD_CRR_CLASS,
	FIELD_CRR_TTL,
	FIELD_CRR_RDATA,
	FIELD_CRR_RDATA_LEN,
	FIELD_ANSWERS,
	FIELD_RECORDS,
	FIELDS,
};

struct field {
	const char *name; /* key in JSON */
	enum field_type type;
	field_fn get;
	const char *title; /* of its column, for people */
	unsigned width;	   /* of its column in characters, for the values that are common */
	const char *help;  /* one phrase, for the manual */
};

extern const struct field fields[FIELDS];

#endif
