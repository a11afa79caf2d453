/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * THE table of what an exchange is made of, field by field: one row gives a
 * field its name, its type, how to get it from an exchange, and how people see
 * it. Everything that shows, stores or asks for exchanges goes through here, in
 * the order of the contract (design section 6).
 */
#ifndef FLOW_FIELD_H
#define FLOW_FIELD_H

#include "flow/exchange.h"

#include "dns/name.h"

/* What a field's values are. Any may be missing in an exchange. */
enum field_type {
	FIELD_TYPE_TIME,     /* number: nanoseconds since 1970 in UTC */
	FIELD_TYPE_DURATION, /* number: nanoseconds, may be negative */
	FIELD_TYPE_INTEGER,  /* number */
	FIELD_TYPE_STRING,   /* text: printable ASCII */
	FIELD_TYPE_LIST,     /* items: printable ASCII */
};

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
	FIELDS,
};

/* Bits of the header's second word that have a mnemonic: QR AA TC RD RA AD CD. */
#define FIELD_ITEMS_MAX 7
/* The longest text is a name; what others name (users, units, interfaces) is cut there. */
#define FIELD_TEXT_MAX DNS_NAME_TEXT_MAX

/* The value of one field of one exchange. Which member is valid tells the field's type. */
struct field_value {
	bool known; /* false: the exchange has none, nothing below is valid */
	unsigned item_count;
	int64_t number;
	const char *text; /* static, or buf */
	const char *items[FIELD_ITEMS_MAX];
	char buf[FIELD_TEXT_MAX];
};

/*
 * What an exchange has only as a number and this host can name. A function may
 * be NULL, and may return NULL when it does not know; what it returns must stay
 * valid until its next call. Its bytes need not be printable.
 */
struct exchange_names {
	const char *(*interface)(void *context, uint32_t ifindex);
	const char *(*user)(void *context, uint32_t uid);
	const char *(*unit)(void *context, uint64_t cgroup_id);
	void *context;
};

/**
 * field_fn - Gets a field's value.
 * @names: not NULL
 * @ret: filled; bytes behind a text's NUL stay as they were
 */
typedef void (*field_fn)(const struct exchange *exchange, const struct exchange_names *names,
			 struct field_value *ret);

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
