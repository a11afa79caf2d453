/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * THE table of what can be asked of a flow: words of the filter language,
 * fields of `stats --by`, columns of `flows -o`. One row gives a word its type,
 * how to get it from a flow in memory, where it lies in the store, how it is
 * explained. What a flow does not have (the RCODE of a query) is unknown.
 */
#ifndef QUERY_OPERAND_H
#define QUERY_OPERAND_H

#include "flow/flow.h"

#include <stdio.h>

/* How values are compared, and how literals for them are written. */
enum operand_type {
	OPERAND_NUMBER,	  /* 53, > 100 */
	OPERAND_DURATION, /* 50ms; nanoseconds */
	OPERAND_CODE,	  /* a number with mnemonics: PTR, NXDomain, udp, answered */
	OPERAND_ADDRESS,  /* address, network, list; 16 bytes */
	OPERAND_COUNTRY,  /* of an address: 0 = none */
	OPERAND_NAME,	  /* domain name: substring, = exact, ~ regex; in lower case */
	OPERAND_TEXT,	  /* other text: as a name, without regard to case */
	OPERAND_FLAGS,	  /* set of mnemonics: aa, tc */
	OPERAND_TIME,	  /* RFC 3339; nanoseconds since 1970 in UTC */
	OPERAND_TYPES,
};

/* Which flows have it. */
enum operand_side {
	OPERAND_OF_BOTH,     /* both flows of an exchange have the same */
	OPERAND_OF_RESPONSE, /* known of the response flow only; a query flow has it if the
				exchange has no response and it is the query's (flags, counts) */
	OPERAND_OF_FLOW,     /* source, destination, packets: each flow has its own */
};

/* What an exchange as a whole has, of an operand that each flow has its own of. */
enum operand_whole {
	WHOLE_QUERY,	/* the query's: ends, ports */
	WHOLE_RESPONSE, /* the response's, if there is one */
	WHOLE_SUM,	/* numbers: of both together */
	WHOLE_NONE,
};

/* A value for comparing: what is valid follows from the operand's type. */
struct operand_value {
	bool known;
	int64_t number;		/* NUMBER, DURATION, CODE, FLAGS (bits of the DNS header), TIME */
	const uint8_t *address; /* ADDRESS, COUNTRY: 16 bytes */
	/*
	 * NAME, TEXT: in field.buf, then printable ASCII with escapes; or elsewhere, the bytes as
	 * others chose them. Not NUL-terminated for sure
	 */
	const char *text;
	size_t length;		  /* of text */
	struct field_value field; /* room for text; not cleared */
};

/* Bits of enum field_id: what of an exchange has to be there. */
typedef uint64_t field_set;
_Static_assert(FIELDS <= 64, "a set of fields is a word");

struct operand {
	const char *word;  /* "dns-qname", as in the filter language and --by */
	const char *alias; /* another word for the same, as JSON's key; NULL: none */
	enum operand_type type;
	enum operand_side side;
	enum operand_whole whole; /* OF_FLOW */
	int field;		  /* enum field_id that it shows; -1: computed from the flow */
	field_set needs;
	void (*get)(const struct flow *flow, struct operand_value *ret);
	/*
	 * Where it lies in table exchange_row of the store (store/schema.h), as an SQL
	 * expression for either flow; NULL in one: those flows never have it; NULL in both: only
	 * memory can tell. Texts there are as memory has them, addresses are blobs of 4 or 16
	 * bytes. Known without asking: which flows an exchange has.
	 */
	const char *query_sql;
	const char *response_sql;
	bool (*code)(const char *text, int64_t *ret); /* CODE, FLAGS: of a mnemonic, any case */
	/* CODE, FLAGS: mnemonic of a number, or of a bit; NULL: it has none. @buf:
	 * DNS_CODE_TEXT_MAX */
	const char *(*code_text)(int64_t number, char *buf);
	const char *title;   /* of its column, for people */
	unsigned width;	     /* of its column in characters */
	const char *example; /* a whole term: dns-qtype "PTR" */
	const char *help;    /* one phrase */
};

extern const struct operand operands[];
extern const unsigned operand_count;

/**
 * operand_find() - The operand of a word or an alias, in any case; '_' and '-' are the same.
 *
 * Return: NULL when there is none; then @ret_nearest, if not NULL, is a known word that is near,
 * or NULL
 */
const struct operand *operand_find(const char *word, const char **ret_nearest);

/**
 * operand_text() - What people see, and what stats count by: "PTR", "192.0.2.1", "62.1 ms".
 * @buf: FIELD_TEXT_MAX bytes
 *
 * All is printable ASCII. Durations are in nanoseconds without a unit if @plain.
 *
 * Return: static string or @buf, NULL when the flow does not have it
 */
const char *operand_text(const struct operand *operand, const struct flow *flow, bool plain,
			 char *buf);

/**
 * operand_value_text() - As operand_text(), of a value that is at hand.
 * @value: known
 *
 * Return: static string or @buf; NULL: a country that is none of those that can be told
 */
const char *operand_value_text(const struct operand *operand, const struct operand_value *value,
			       bool plain, char *buf);

/** operands_help() - Print all words with type, example and meaning, aligned. */
void operands_help(FILE *out);

#endif
