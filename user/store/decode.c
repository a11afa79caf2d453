// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A stored exchange is to be the exchange that was: every getter of the table
 * of fields must give what it gave when the sensor saw it. So no second set of
 * getters reads the store; the struct is made again, and for EDNS and records
 * also a message to read them from:
 *
 *	header    id and flags from their columns, counts of what was kept
 *	question  the exchange's name, type and class, unless all stand in the column
 *	records   the column, as it stood behind the question
 *
 * Records point back to names in the question, by offsets from the start of
 * the message. These lead to the same bytes, because header and question are
 * as long as they were. Two things are not read again: the verdict, which would
 * be another one where records were left out, and the RCODE. The message is as
 * long as it was on the wire, so that a record which was cut in capture is
 * still cut, not missing.
 *
 * A statement costs by its columns, and a name in wire form takes as long as
 * three numbers. So a table tells which columns each field needs, and only
 * these are selected and read. "kind" is always there: without the state and
 * whether there was a response nothing can be said of a row.
 *
 * The file may be crafted. Nothing is believed but what the bounds allow: a
 * kind that does not exist spoils its row, all else becomes some value of its
 * type.
 */
#include "decode.h"

#include "dns/wire.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum column {
	COLUMN_KIND,
	COLUMN_TIME,
	COLUMN_CLIENT,
	COLUMN_SERVER,
	COLUMN_CLIENT_PORT,
	COLUMN_SERVER_PORT,
	COLUMN_DNS_ID,
	COLUMN_FLAGS,
	COLUMN_RCODE,
	COLUMN_ANCOUNT,
	COLUMN_NSCOUNT,
	COLUMN_ARCOUNT,
	COLUMN_TRIES,
	COLUMN_LATENCY,
	COLUMN_WAIT,
	COLUMN_QUERY_BYTES,
	COLUMN_RESPONSE_BYTES,
	COLUMN_MESSAGES,
	COLUMN_QNAME,
	COLUMN_QTYPE,
	COLUMN_QCLASS,
	COLUMN_RETRY_OF,
	COLUMN_ORIGIN,
	COLUMN_RECORDS,
	COLUMNS,
};

static const char *const names[COLUMNS] = {
	"kind",	  "time",    "client", "server",      "client_port",	"server_port",
	"dns_id", "flags",   "rcode",  "ancount",     "nscount",	"arcount",
	"tries",  "latency", "wait",   "query_bytes", "response_bytes", "messages",
	"qname",  "qtype",   "qclass", "retry_of",    "origin",		"records",
};

#define C(column) (1U << COLUMN_##column)

#define COUNTS (C(ANCOUNT) | C(NSCOUNT) | C(ARCOUNT))
/* What a message is made of. */
#define MESSAGE                                                                                    \
	(C(DNS_ID) | C(FLAGS) | COUNTS | C(QUERY_BYTES) | C(RESPONSE_BYTES) | C(QNAME) |           \
	 C(QTYPE) | C(QCLASS) | C(RECORDS))

/* Each field's columns, "kind" apart. Those of the message, which are the others, need MESSAGE. */
static const uint32_t columns_of[FIELDS] = {
	[FIELD_TIME] = C(TIME),
	[FIELD_CLIENT] = C(CLIENT),
	[FIELD_CLIENT_PORT] = C(CLIENT_PORT),
	[FIELD_SERVER] = C(SERVER),
	[FIELD_SERVER_PORT] = C(SERVER_PORT),
	[FIELD_ID] = C(DNS_ID),
	[FIELD_OPCODE] = C(FLAGS),
	[FIELD_QNAME] = C(QNAME),
	[FIELD_QTYPE] = C(QTYPE),
	[FIELD_QCLASS] = C(QCLASS),
	[FIELD_RCODE] = C(RCODE),
	[FIELD_TRIES] = C(TRIES),
	[FIELD_LATENCY] = C(LATENCY),
	[FIELD_WAIT] = C(LATENCY) | C(WAIT),
	[FIELD_QUERY_BYTES] = C(QUERY_BYTES),
	[FIELD_RESPONSE_BYTES] = C(RESPONSE_BYTES),
	[FIELD_MESSAGES] = C(MESSAGES),
	[FIELD_FLAGS] = C(FLAGS),
	[FIELD_ANCOUNT] = C(ANCOUNT),
	[FIELD_NSCOUNT] = C(NSCOUNT),
	[FIELD_ARCOUNT] = C(ARCOUNT),
	[FIELD_IFNAME] = C(ORIGIN),
	[FIELD_VLAN] = C(ORIGIN),
	[FIELD_TUNNEL] = C(ORIGIN),
	[FIELD_TUNNEL_ID] = C(ORIGIN),
	[FIELD_OUTER_SRC] = C(ORIGIN),
	[FIELD_OUTER_DST] = C(ORIGIN),
	[FIELD_USER] = C(ORIGIN),
	[FIELD_UID] = C(ORIGIN),
	[FIELD_PID] = C(ORIGIN),
	[FIELD_COMM] = C(ORIGIN),
	[FIELD_UNIT] = C(ORIGIN),
	[FIELD_RETRY_OF] = C(RETRY_OF),
};

static uint32_t columns_for(field_set wanted)
{
	uint32_t columns = C(KIND);

	for (unsigned i = 0; i < FIELDS; i++)
		if (wanted >> i & 1)
			columns |= i > FIELD_VERDICT ? MESSAGE : columns_of[i];
	/* any flow has a time, and a response's is later by the wait */
	if (columns & C(TIME))
		columns |= C(LATENCY) | C(WAIT);
	return columns;
}

/* --- names: those of the row that is read, whatever their numbers ------------------------------
 */

static const char *interface_of(void *context, uint32_t ifindex __attribute__((unused)))
{
	return ((const struct decode *)context)->origin->interface;
}

static const char *user_of(void *context, uint32_t uid __attribute__((unused)))
{
	return ((const struct decode *)context)->origin->user;
}

static const char *unit_of(void *context, uint64_t cgroup_id __attribute__((unused)))
{
	return ((const struct decode *)context)->origin->unit;
}

/* The header's counts. */
#define COUNTS_BYTES (DNS_HEADER_BYTES - STORE_COUNTS_AT)
/* Header, the longest question and the most records. */
#define MESSAGE_MAX (DNS_HEADER_BYTES + DNS_NAME_MAX + 4 + STORE_RECORDS_MAX)

int decode__init(struct decode *decode, field_set wanted)
{
	static const struct origin nobody = {.uid = ODD_NO_UID};

	*decode = (struct decode){
		.columns = columns_for(wanted),
		.origin = &nobody,
		.names = {interface_of, user_of, unit_of, decode},
	};
	decode->exchange.uid = ODD_NO_UID;
	decode->exchange.latency_ns = decode->exchange.wait_ns = -1;
	decode->exchange.qname = decode->qname.wire;
	if (!(decode->columns & C(RECORDS)))
		return 0;
	decode->bytes = malloc(MESSAGE_MAX);
	return decode->bytes ? 0 : -ENOMEM;
}

void decode__done(struct decode *decode)
{
	origins__close(&decode->origins);
	free(decode->bytes);
	decode->bytes = NULL;
}

int decode__segment(struct decode *decode, sqlite3 *db, int64_t start_ns)
{
	decode->start_ns = start_ns;
	if (!(decode->columns & C(ORIGIN)))
		return SQLITE_OK;
	return origins__open(&decode->origins, db);
}

const char *decode__select(const struct decode *decode, char buf[DECODE_SELECT_MAX])
{
	size_t n = 0;

	for (unsigned i = 0; i < COLUMNS; i++) {
		size_t length = strlen(names[i]);

		if (!(decode->columns >> i & 1))
			continue;
		if (n)
			buf[n++] = ',';
		memcpy(buf + n, names[i], length);
		n += length;
	}
	buf[n] = '\0';
	return buf;
}

/* --- columns -----------------------------------------------------------------------------------
 */

/* The next column of a row, in the order of enum column. */
struct cursor {
	sqlite3_stmt *row;
	int at;
	uint32_t columns;
};

#define HAS(cursor, column) ((cursor)->columns & C(column))

static inline int64_t next_number(struct cursor *c)
{
	return sqlite3_column_int64(c->row, c->at++);
}

/* @instead: of NULL */
static inline int64_t next_number_or(struct cursor *c, int64_t instead)
{
	int at = c->at++;

	if (sqlite3_column_type(c->row, at) == SQLITE_NULL)
		return instead;
	return sqlite3_column_int64(c->row, at);
}

/* @known: set unless it is NULL */
static inline uint16_t next_code(struct cursor *c, bool *known)
{
	*known |= sqlite3_column_type(c->row, c->at) != SQLITE_NULL;
	return (uint16_t)next_number(c);
}

/* Sums of hostile numbers end at the ends of 64 bits. */
static inline int64_t add(int64_t a, int64_t b)
{
	int64_t sum;

	if (__builtin_add_overflow(a, b, &sum))
		return b < 0 ? INT64_MIN : INT64_MAX;
	return sum;
}

static void read_ends(struct cursor *c, int64_t start_ns, struct exchange *e)
{
	if (HAS(c, TIME))
		e->time_ns = add(start_ns, next_number(c));
	if (HAS(c, CLIENT))
		origin_address(c->row, c->at++, e->client);
	if (HAS(c, SERVER))
		origin_address(c->row, c->at++, e->server);
	if (HAS(c, CLIENT_PORT))
		e->client_port = (uint16_t)next_number(c);
	if (HAS(c, SERVER_PORT))
		e->server_port = (uint16_t)next_number(c);
}

static void read_header(struct cursor *c, struct exchange *e)
{
	if (HAS(c, DNS_ID))
		e->id = (uint16_t)next_number(c);
	if (HAS(c, FLAGS))
		e->flags = (uint16_t)next_number(c);
	if (HAS(c, RCODE))
		e->rcode = (uint16_t)next_number(c);
	if (HAS(c, ANCOUNT))
		e->ancount = (uint16_t)next_number(c);
	if (HAS(c, NSCOUNT))
		e->nscount = (uint16_t)next_number(c);
	if (HAS(c, ARCOUNT))
		e->arcount = (uint16_t)next_number(c);
}

/* Of a transfer the end is that of its first message: the last one's is not stored. */
static void read_times(struct cursor *c, struct exchange *e)
{
	int64_t latency = HAS(c, LATENCY) ? next_number(c) : 0;
	int64_t wait = HAS(c, WAIT) ? next_number_or(c, latency) : 0;

	e->latency_ns = e->has_latency ? latency : -1;
	e->wait_ns = e->has_latency ? wait : -1;
	e->end_ns = e->has_latency ? add(e->time_ns, wait) : e->time_ns;
}

static void read_sizes(struct cursor *c, struct exchange *e)
{
	if (HAS(c, TRIES))
		e->tries = (uint32_t)next_number(c);
	read_times(c, e);
	if (HAS(c, QUERY_BYTES))
		e->query_bytes = (uint32_t)next_number(c);
	if (HAS(c, RESPONSE_BYTES))
		e->response_bytes = (uint64_t)next_number(c);
	if (HAS(c, MESSAGES))
		e->messages = (uint32_t)next_number_or(c, e->has_response);
}

static void read_question(struct cursor *c, struct decode *d)
{
	struct exchange *e = &d->exchange;
	const char *text;
	size_t length;

	if (HAS(c, QNAME)) {
		text = (const char *)sqlite3_column_text(c->row, c->at);
		length = text ? (size_t)sqlite3_column_bytes(c->row, c->at) : 0;
		e->qname_length = 0;
		if (length && dns_name_parse(text, length, &d->qname))
			e->qname_length = d->qname.length;
		c->at++;
	}
	e->is_nameless = false;
	if (HAS(c, QTYPE))
		e->qtype = next_code(c, &e->is_nameless);
	if (HAS(c, QCLASS))
		e->qclass = next_code(c, &e->is_nameless);
	e->is_nameless = e->is_nameless && !e->qname_length;
}

/* --- the message -------------------------------------------------------------------------------
 */

static uint8_t *put16(uint8_t *at, uint16_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
	return at + 2;
}

/* Counts tell of what was kept. */
static uint8_t *put_counts(const struct decode *d, uint8_t *at)
{
	const struct exchange *e = &d->exchange;

	if (e->keep == KEEP_ALL) {
		at = put16(at, e->ancount);
		at = put16(at, e->nscount);
		return put16(at, e->arcount);
	}
	at = put16(at, e->keep == KEEP_FIRST && e->ancount > 0);
	at = put16(at, 0);
	return put16(at, (d->kind & KIND_HAS_OPT) != 0);
}

/* A name that is not known is the root: then no record follows. */
static uint8_t *put_question(const struct decode *d, uint8_t *at)
{
	const struct exchange *e = &d->exchange;

	if (e->qname_length)
		at = mempcpy(at, e->qname, e->qname_length);
	else
		*at++ = 0;
	at = put16(at, e->qtype);
	return put16(at, e->qclass);
}

/* How long it was on the wire; at least as long as what is left of it. */
static size_t message_length(const struct exchange *e, size_t length)
{
	uint64_t bytes = e->has_response ? e->response_bytes : e->query_bytes;

	return bytes > length && bytes <= UINT16_MAX ? (size_t)bytes : length;
}

static void make_message(struct decode *d, const uint8_t *records, size_t length)
{
	struct exchange *e = &d->exchange;
	uint8_t *at = put16(d->bytes, e->id);

	at = put16(at, e->flags);
	if (length > STORE_RECORDS_MAX)
		length = STORE_RECORDS_MAX;
	if (d->kind & KIND_HAS_QUESTIONS) {
		size_t counts = length < COUNTS_BYTES ? length : COUNTS_BYTES;

		at = put_counts(d, put16(at, length < 2 ? 0 : dns_read16(records)));
		records += counts;
		length -= counts;
	} else {
		at = put_question(d, put_counts(d, put16(at, 1)));
	}
	if (length)
		memcpy(at, records, length);
	length += (size_t)(at - d->bytes);
	e->bytes = (struct dns_bytes){d->bytes, length, message_length(e, length)};
	dns_message_read(&e->bytes, DNS_DEPTH_RECORDS, &d->message);
}

/* One that was not at hand then is not now. Without its columns it has a verdict and no more. */
static void read_message(struct cursor *c, struct decode *d)
{
	unsigned verdict = d->kind >> KIND_VERDICT_SHIFT & KIND_VERDICT_MASK;
	const uint8_t *records = NULL;

	d->exchange.message = verdict ? &d->message : NULL;
	if (verdict && HAS(c, RECORDS)) {
		records = sqlite3_column_blob(c->row, c->at);
		make_message(d, records, records ? (size_t)sqlite3_column_bytes(c->row, c->at) : 0);
	}
	if (verdict)
		d->message.verdict = verdict - 1;
}

bool decode__row(struct decode *decode, sqlite3_stmt *row, int first)
{
	struct cursor c = {row, first, decode->columns};
	struct exchange *e = &decode->exchange;

	decode->kind = next_number(&c);
	if (!kind_unpack(decode->kind, e))
		return false;
	read_ends(&c, decode->start_ns, e);
	read_header(&c, e);
	read_sizes(&c, e);
	read_question(&c, decode);
	if (HAS(&c, RETRY_OF))
		e->retry_of = (uint16_t)next_number(&c);
	if (HAS(&c, ORIGIN)) {
		decode->origin = origins__find(&decode->origins, next_number(&c));
		origin_apply(decode->origin, e);
	}
	read_message(&c, decode);
	return true;
}
