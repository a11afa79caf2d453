// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Filters in the database: SQLite gives the same verdict on a row as memory does
 * on the exchange, for filters and exchanges made by dice. Rows are written here
 * as store/schema.h says, by hand.
 */
#include "filter_fixture.h"

#include "query/names.h"
#include "store/schema.h"

#include <criterion/criterion.h>
#include <netinet/in.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EXCHANGES 67
#define FILTERS	  4001
#define START_NS  1795330800000000000 /* 2026-11-22T07:00:00Z */
#define TEXT_ROOM 4096

static uint64_t dice = 20261122;

/* splitmix64 */
static unsigned throw(unsigned sides)
{
	uint64_t z = dice += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return (unsigned)((z ^ z >> 31) % sides);
}

#define ONE_OF(...)                                                                                \
	((const char *const[]){__VA_ARGS__}[throw(sizeof((const char *const[]){__VA_ARGS__}) /     \
						  sizeof(const char *))])

/* --- exchanges -----------------------------------------------------------------------------------
 */

static void throw_address(uint8_t *ret)
{
	cr_assert_eq(text_parse_address(ONE_OF("10.0.0.7", "10.0.0.8", "10.9.0.1", "192.0.2.53",
					       "8.8.8.8", "2001:db8::1", "2a00:1450::7", "fe80::1",
					       "10:0:7::", "::1", "100.64.0.1", "64:ff9b::a00:7"),
					ret),
		     0);
}

static void throw_name(struct exchange *e)
{
	static const struct {
		const char *wire;
		uint8_t length;
	} names[] = {
		{NULL, 0},
		{"", 1},
		{"\2cz", 4},
		{"\5email\6seznam\2cz", 17},
		{"\1a\2co\2uk", 9},
		{"\3www\7example\2co\2uk", 19},
		{"\4a'\"b\7example", 14},
		{"\3a.b\1\xff\4a\\_%", 12},
		{"\1"
		 "7\7in-addr\4arpa",
		 16},
	};
	unsigned i = throw(sizeof(names) / sizeof(names[0]));

	e->qname = (const uint8_t *)names[i].wire;
	e->qname_length = names[i].length;
	if (!e->qname_length)
		return;
	e->qtype = (uint16_t[]){1, 12, 28, 33, 65280}[throw(5)];
	e->qclass = (uint16_t)(throw(5) ? 1 : 3);
}

static void throw_origin(struct exchange *e)
{
	e->ifindex = throw(2) ? 7 : 3;
	e->vlan[0] = throw(2) ? 13 : 0;
	e->uid = (uint32_t[]){ODD_NO_UID, 0, 1013}[throw(3)];
	e->pid = throw(2) * 23;
	e->cgroup_id = throw(2) ? 4711 : 0;
	memset(e->comm, 0, sizeof(e->comm));
	snprintf(e->comm, sizeof(e->comm), "%s", ONE_OF("", "Curl-7", "a\nb\\", "\xff\xfe'x"));
	e->tunnel = (enum odd_tunnel) throw(ODD_TUNNEL_COUNT);
	e->tunnel_id = throw(3);
	if (e->tunnel != ODD_TUNNEL_NONE && throw(2)) {
		throw_address(e->outer_src);
		throw_address(e->outer_dst);
	}
}

static void throw_state(struct exchange *e)
{
	e->state = (enum exchange_state) throw(EXCHANGE_STATES);
	e->has_query = e->state != EXCHANGE_ORPHAN;
	e->has_response = e->state == EXCHANGE_ANSWERED || e->state == EXCHANGE_LATE ||
			  e->state == EXCHANGE_ORPHAN;
	if (e->state == EXCHANGE_MULTICAST) {
		e->has_query = throw(2);
		e->has_response = !e->has_query;
	}
	e->has_latency = e->state == EXCHANGE_ANSWERED || e->state == EXCHANGE_LATE;
	e->latency_ns = e->has_latency ? (int64_t) throw(100) * 1000000 - 3000000 : -1;
	e->wait_ns = e->has_latency ? e->latency_ns + (int64_t) throw(2) * 50000000 : -1;
	e->service = (enum exchange_service) throw(SERVICES);
	e->cause = (enum exchange_cause) throw(CAUSES);
	e->was_retried = throw(3) == 0;
	e->is_retry = throw(3) == 0;
	e->retry_of = (uint16_t)(e->is_retry * throw(3));
}

static void throw_exchange(struct exchange *e)
{
	*e = (struct exchange){.time_ns = START_NS + (int64_t) throw(3600) * 1000000000 - 7};
	throw_state(e);
	throw_name(e);
	throw_origin(e);
	throw_address(e->client);
	throw_address(e->server);
	e->client_port = (uint16_t)(throw(2) ? 40961 : 53);
	e->server_port = (uint16_t)(throw(3) ? 53 : 5353);
	e->protocol = throw(3) ? IPPROTO_UDP : IPPROTO_TCP;
	e->id = (uint16_t) throw(7);
	e->flags = (uint16_t)(throw(2) ? throw(65536) : 0x8180);
	e->rcode = (uint16_t)(e->has_response ? (unsigned[]){0, 2, 3, 3841}[throw(4)] : 0);
	e->ancount = (uint16_t) throw(3);
	e->nscount = (uint16_t) throw(2);
	e->arcount = (uint16_t) throw(2);
	e->tries = e->has_query ? 1 + throw(3) : 0;
	e->query_bytes = e->has_query ? 30 + throw(50) : 0;
	e->response_bytes = e->has_response ? 50 + throw(4000) : 0;
	e->messages = e->has_response ? 1 + (throw(5) == 0) * 7 : 0;
}

/* --- rows ----------------------------------------------------------------------------------------
 */

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *statement;

	cr_assert_eq(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK, "%s: %s",
		     sqlite3_errmsg(db), sql);
	return statement;
}

static void bind_address(sqlite3_stmt *statement, int i, const uint8_t *address)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

	if (memcmp(address, mapped, 12) == 0)
		sqlite3_bind_blob(statement, i, address + 12, 4, SQLITE_STATIC);
	else
		sqlite3_bind_blob(statement, i, address, 16, SQLITE_STATIC);
}

static void bind_if(sqlite3_stmt *statement, int i, bool known, int64_t number)
{
	if (known)
		sqlite3_bind_int64(statement, i, number);
	else
		sqlite3_bind_null(statement, i);
}

static void insert_origin(sqlite3 *db, int id, const struct exchange *e)
{
	const struct exchange_names *n = &fixture_names;
	const char *interface = n->interface(NULL, e->ifindex);
	sqlite3_stmt *s = prepare(db, "INSERT INTO origin (id, interface, vlan, tunnel, tunnel_id,"
				      " outer_src, outer_dst, uid, user, pid, comm, unit)"
				      " VALUES (?,?,?,?,?,?,?,?,?,?,?,?)");

	sqlite3_bind_int(s, 1, id);
	sqlite3_bind_text(s, 2, interface, -1, SQLITE_STATIC);
	bind_if(s, 3, e->vlan[0], e->vlan[0]);
	sqlite3_bind_int(s, 4, e->tunnel);
	sqlite3_bind_int64(s, 5, e->tunnel_id);
	bind_address(s, 6, e->outer_src);
	bind_address(s, 7, e->outer_dst);
	bind_if(s, 8, e->uid != ODD_NO_UID, e->uid);
	sqlite3_bind_text(s, 9, n->user(NULL, e->uid), -1, SQLITE_STATIC);
	bind_if(s, 10, e->pid, e->pid);
	sqlite3_bind_blob(s, 11, e->comm, (int)strlen(e->comm), SQLITE_STATIC);
	sqlite3_bind_text(s, 12, n->unit(NULL, e->cgroup_id), -1, SQLITE_STATIC);
	cr_assert_eq(sqlite3_step(s), SQLITE_DONE, "%s", sqlite3_errmsg(db));
	sqlite3_finalize(s);
}

static void bind_row(sqlite3_stmt *s, const struct exchange *e)
{
	char name[DNS_NAME_TEXT_MAX];

	sqlite3_bind_int64(s, 2, e->time_ns - START_NS);
	bind_address(s, 3, e->client);
	bind_address(s, 4, e->server);
	sqlite3_bind_int(s, 5, e->client_port);
	sqlite3_bind_int(s, 6, e->server_port);
	sqlite3_bind_int(s, 7, e->id);
	sqlite3_bind_int(s, 8, e->flags);
	sqlite3_bind_int64(s, 9, kind_pack(e));
	bind_if(s, 10, e->has_response, e->rcode);
	sqlite3_bind_int(s, 11, e->ancount);
	sqlite3_bind_int(s, 12, e->nscount);
	sqlite3_bind_int(s, 13, e->arcount);
	sqlite3_bind_int64(s, 14, e->tries);
	bind_if(s, 15, e->has_latency, e->latency_ns);
	bind_if(s, 16, e->has_latency && e->wait_ns != e->latency_ns, e->wait_ns);
	sqlite3_bind_int64(s, 17, e->query_bytes);
	sqlite3_bind_int64(s, 18, (int64_t)e->response_bytes);
	bind_if(s, 19, e->messages != (uint32_t)e->has_response, e->messages);
	bind_if(s, 21, e->qname_length, e->qtype);
	bind_if(s, 22, e->qname_length, e->qclass);
	bind_if(s, 23, e->is_retry, e->retry_of);
	if (!e->qname_length)
		return;
	dns_name_text(e->qname, e->qname_length, name);
	sqlite3_bind_text(s, 20, name, -1, SQLITE_TRANSIENT);
}

static void insert(sqlite3 *db, int id, const struct exchange *e)
{
	sqlite3_stmt *s = prepare(
		db, "INSERT INTO exchange_row (id, time, client, server, client_port, server_port,"
		    " dns_id, flags, kind, rcode, ancount, nscount, arcount, tries, latency, wait,"
		    " query_bytes, response_bytes, messages, qname, qtype, qclass, retry_of,"
		    " origin) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,"
		    " ?18,?19,?20,?21,?22,?23,?1)");

	insert_origin(db, id, e);
	sqlite3_bind_int(s, 1, id);
	bind_row(s, e);
	cr_assert_eq(sqlite3_step(s), SQLITE_DONE, "%s", sqlite3_errmsg(db));
	sqlite3_finalize(s);
}

/* --- functions of the store ----------------------------------------------------------------------
 */

static const struct filter *current;

static void sql_regex(sqlite3_context *context, int n, sqlite3_value **values)
{
	(void)n;
	sqlite3_result_int(context, filter__regex(current, (unsigned)sqlite3_value_int(values[0]),
						  (const char *)sqlite3_value_text(values[1]),
						  (size_t)sqlite3_value_bytes(values[1])));
}

typedef const char *(*cut_fn)(const char *name, size_t length, size_t *ret_length);

static void cut(sqlite3_context *context, sqlite3_value *value, cut_fn fn)
{
	const char *name = (const char *)sqlite3_value_text(value);
	size_t length;

	if (!name)
		return;
	name = fn(name, (size_t)sqlite3_value_bytes(value), &length);
	sqlite3_result_text(context, name, (int)length, SQLITE_TRANSIENT);
}

static void sql_qname2(sqlite3_context *context, int n, sqlite3_value **values)
{
	(void)n;
	cut(context, values[0], name_second_level);
}

static void sql_domain(sqlite3_context *context, int n, sqlite3_value **values)
{
	(void)n;
	cut(context, values[0], name_domain);
}

static sqlite3 *database(void)
{
	sqlite3 *db;
	char start[64];

	cr_assert_eq(sqlite3_open(":memory:", &db), SQLITE_OK);
	cr_assert_eq(sqlite3_exec(db, schema_sql, NULL, NULL, NULL), SQLITE_OK, "%s",
		     sqlite3_errmsg(db));
	snprintf(start, sizeof(start), "INSERT INTO meta VALUES ('start_ns', %lld)",
		 (long long)START_NS);
	cr_assert_eq(sqlite3_exec(db, start, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_create_function(db, "dns_regex", 2, SQLITE_UTF8, NULL, sql_regex, NULL, NULL);
	sqlite3_create_function(db, "dns_qname2", 1, SQLITE_UTF8, NULL, sql_qname2, NULL, NULL);
	sqlite3_create_function(db, "dns_domain", 1, SQLITE_UTF8, NULL, sql_domain, NULL, NULL);
	return db;
}

static void bind_all(sqlite3_stmt *s, const struct filter_binding *bindings, unsigned count)
{
	cr_assert_eq(sqlite3_bind_parameter_count(s), (int)count);
	for (unsigned i = 0; i < count; i++) {
		const struct filter_binding *b = &bindings[i];

		if (b->type == FILTER_BIND_NUMBER)
			sqlite3_bind_int64(s, (int)i + 1, b->number);
		else if (b->type == FILTER_BIND_TEXT)
			sqlite3_bind_text(s, (int)i + 1, b->bytes, b->length, SQLITE_STATIC);
		else
			sqlite3_bind_blob(s, (int)i + 1, b->bytes, b->length, SQLITE_STATIC);
	}
}

/* Each row that matches by WHERE: ids are bits of the result. Return: is the WHERE exact? */
static bool select_rows(sqlite3 *db, const struct filter *filter, bool *ret_found)
{
	const struct filter_binding *bindings;
	const char *where;
	sqlite3_stmt *s;
	unsigned count;
	char *sql;
	bool exact;
	int r;

	where = filter__where(filter, &bindings, &count, &exact);
	sql = sqlite3_mprintf("SELECT id FROM exchange_row WHERE (%s) AND id >= 0", where);
	s = prepare(db, sql);
	bind_all(s, bindings, count);
	current = filter;
	memset(ret_found, 0, EXCHANGES * sizeof(*ret_found));
	while ((r = sqlite3_step(s)) == SQLITE_ROW)
		ret_found[sqlite3_column_int(s, 0)] = true;
	cr_assert_eq(r, SQLITE_DONE, "%s", sqlite3_errmsg(db));
	sqlite3_finalize(s);
	sqlite3_free(sql);
	return exact;
}

/* --- filters -------------------------------------------------------------------------------------
 */

/* A value of the field's kind, near to those of the exchanges. */
static const char *throw_value(const struct operand *operand)
{
	static char text[64];
	char buf[32];

	switch (operand->type) {
	case OPERAND_ADDRESS:
		return ONE_OF("10.0.0.7", "10.0.0.0/8", "10.0.0.0/29", "192.0.2.53", "::1", "::/0",
			      "0.0.0.0/0", "2001:db8::/32", "a00::/8", "10::/16", "8.8.8.8",
			      "2a00:1450::7", "fe80::/10", "::/8", "192.0.2.0/31");
	case OPERAND_COUNTRY:
		return "0";
	case OPERAND_DURATION:
		return ONE_OF("50ms", "0", "-1ms", "20ms", "97ms", "-3ms", "100ms");
	case OPERAND_TIME:
		return ONE_OF("2026-11-22T07:30:00Z", "2026-11-22T07:10:00.000000001Z",
			      "2026-11-22", "2026-11-22T07:59");
	case OPERAND_FLAGS:
		return ONE_OF("rd", "'qr rd ra'", "tc", "0x8180", "'aa'", "0", "33152", "''");
	case OPERAND_NAME:
		return ONE_OF("cz", "seznam", "email.seznam.cz", "seznam.cz", "co.uk", "'.'",
			      "example.co.uk", "'a\\'", "\"'\"", "'\\255'", "'_%'", "'%'", "''",
			      "arpa", "CZ.", "'a\\.b'");
	case OPERAND_TEXT:
		return ONE_OF("alice", "Alice", "eth7", "eth", "curl", "Curl-7", "'\\'", "7",
			      "postfix.service", "\"'x\"", "\xff", "''");
	case OPERAND_CODE:
		if (operand->code_text(throw(8), buf) && throw(2)) {
			unsigned n = throw(8);
			const char *name = operand->code_text(n, buf);

			snprintf(text, sizeof(text), "\"%s\"", name ? name : "0");
			return text;
		}
		snprintf(text, sizeof(text), "%u",
			 (unsigned[]){0, 1, 2, 3, 6, 7, 12, 17, 28, 33}[throw(10)]);
		return text;
	default:
		return ONE_OF("0", "1", "2", "7", "13", "23", "41", "53", "1k", "1013", "5353",
			      "40961", "-1", "0x7", "60", "2000");
	}
}

static const char *throw_operator(const struct operand *operand)
{
	switch (operand->type) {
	case OPERAND_NUMBER:
	case OPERAND_DURATION:
	case OPERAND_TIME:
	case OPERAND_CODE:
		return ONE_OF("", "=", "!=", "<", "<=", ">", ">=");
	case OPERAND_NAME:
	case OPERAND_TEXT:
		return ONE_OF("", "", "=", "!=", "~", "!~");
	default:
		return ONE_OF("", "=", "!=", "in");
	}
}

static size_t put_values(char *text, const struct operand *operand)
{
	const char *op = throw_operator(operand);
	size_t n;

	if (*op == '~' || strcmp(op, "!~") == 0)
		return (size_t)snprintf(text, 512, "%s %s", op,
					ONE_OF("'^[a-e]'", "z$", "'s.z|uk'", "\\d", "['^$', e]"));
	if (strchr(op, '<') || strchr(op, '>') || throw(4))
		return (size_t)snprintf(text, 512, "%s %s", op, throw_value(operand));
	n = (size_t)snprintf(text, 512, "%s [%s", op, throw_value(operand));
	for (unsigned i = throw(4); i; i--)
		n += (size_t)snprintf(text + n, 512, ", %s", throw_value(operand));
	return n + (size_t)snprintf(text + n, 512, "]");
}

/* Fields that only records have cannot be told by rows. */
static size_t put_term(char *text)
{
	static const struct operand port = {.type = OPERAND_NUMBER},
				    address = {.type = OPERAND_ADDRESS},
				    country = {.type = OPERAND_COUNTRY};
	const struct operand *operand;
	size_t n;

	if (throw(4) == 0) {
		unsigned which = throw(3);

		n = (size_t)snprintf(text, 512, "%s %s ", ONE_OF("src", "dst", ""),
				     which == 0	  ? "ip"
				     : which == 1 ? "port"
						  : "ctry");
		return n + put_values(text + n, which == 0   ? &address
						: which == 1 ? &port
							     : &country);
	}
	do
		operand = &operands[throw(operand_count)];
	while (!operand->query_sql && !operand->response_sql);
	n = (size_t)snprintf(text, 512, "%s ", operand->word);
	return n + put_values(text + n, operand);
}

static size_t put_filter(char *text, unsigned depth)
{
	size_t n;

	if (depth == 0 || throw(4) == 0)
		return put_term(text);
	if (throw(4) == 0) {
		n = (size_t)snprintf(text, 512, "not (");
		n += put_filter(text + n, depth - 1);
		return n + (size_t)snprintf(text + n, 512, ")");
	}
	n = (size_t)snprintf(text, 512, "(");
	n += put_filter(text + n, depth - 1);
	n += (size_t)snprintf(text + n, 512, " %s ", ONE_OF("and", "or"));
	n += put_filter(text + n, depth - 1);
	return n + (size_t)snprintf(text + n, 512, ")");
}

static void check(sqlite3 *db, const struct exchange *exchanges, const char *text, bool is_exact)
{
	struct filter *filter = fixture_compile(text);
	bool found[EXCHANGES];
	bool exact = select_rows(db, filter, found);

	cr_assert_eq(exact, is_exact, "%s", text);
	for (int i = 0; i < EXCHANGES; i++) {
		unsigned matched = filter__match(filter, &exchanges[i], &fixture_names);

		cr_assert(found[i] == (matched != 0) || (found[i] && !exact),
			  "%s: row %d: memory %u, SQL %d\n%s", text, i, matched, found[i],
			  filter__where(filter, &(const struct filter_binding *){0}, &(unsigned){0},
					&(bool){0}));
	}
	filter__free(filter);
}

static void fill(sqlite3 *db, struct exchange *ret)
{
	for (int i = 0; i < EXCHANGES; i++) {
		throw_exchange(&ret[i]);
		insert(db, i, &ret[i]);
	}
}

Test(filter_sql, random_filters_give_the_same_verdict_on_rows_as_in_memory)
{
	static struct exchange exchanges[EXCHANGES];
	static char text[TEXT_ROOM];
	sqlite3 *db = database();

	fill(db, exchanges);
	for (unsigned i = 0; i < FILTERS; i++) {
		size_t n = put_filter(text, i % 5);

		cr_assert_lt(n, sizeof(text));
		check(db, exchanges, text, true);
	}
	sqlite3_close(db);
}

/* Each by itself, so that no other term hides it. */
Test(filter_sql, each_field_gives_the_same_verdict)
{
	static struct exchange exchanges[EXCHANGES];
	char text[TEXT_ROOM];
	sqlite3 *db = database();

	fill(db, exchanges);
	for (unsigned i = 0; i < operand_count; i++) {
		bool is_exact = operands[i].query_sql || operands[i].response_sql;

		for (unsigned k = 0; k < 29; k++) {
			size_t n = (size_t)snprintf(text, 512, "%s%s ", k % 2 ? "not " : "",
						    operands[i].word);

			put_values(text + n, &operands[i]);
			check(db, exchanges, text, is_exact);
		}
	}
	sqlite3_close(db);
}

Test(filter_sql, what_rows_cannot_tell_gives_more_rows_never_fewer)
{
	static const char *const texts[] = {
		"dns-crr-ttl < 60",
		"not dns-crr-ttl < 60",
		"port 53 and dns-nsid x",
		"port 53 or dns-ede x",
		"not (port 53 or dns-answers x)",
		"dns-qcount 1",
		"dns-rcode 3 and not dns-qcount 2",
	};
	static struct exchange exchanges[EXCHANGES];
	sqlite3 *db = database();

	fill(db, exchanges);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		check(db, exchanges, texts[i], false);
	sqlite3_close(db);
}

static const char *where_of(const char *text, unsigned *ret_count, bool *ret_exact)
{
	static char sql[1 << 16];
	struct filter *filter = fixture_compile(text);
	const struct filter_binding *bindings;

	snprintf(sql, sizeof(sql), "%s", filter__where(filter, &bindings, ret_count, ret_exact));
	filter__free(filter);
	return sql;
}

Test(filter_sql, a_where_is_written_once_when_flows_do_not_differ)
{
	static const struct {
		const char *text, *where;
		unsigned count;
	} rows[] = {
		{"", "1", 0},
		{"port 53", "((client_port=?) OR (server_port=?))", 2},
		{"dst port 53",
		 "(kind&512 AND (kind&7)<>2 AND (server_port=?)) OR (kind&1024 AND "
		 "(client_port=?))",
		 2},
		{"dns-rcode 3", "(kind&1024 AND (rcode=?))", 1},
		{"dns-rcode 3 or uid 0 and dns-rcode 2",
		 "(kind&1024 AND ((rcode=?) OR (((SELECT nullif(uid,4294967295) FROM origin WHERE "
		 "origin.id=exchange_row.origin)=?) AND (rcode=?))))",
		 3},
		{"dns-nsid x", "(kind&512 AND (kind&7)<>2 AND 1) OR (kind&1024 AND 1)", 0},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		unsigned count;
		bool exact;

		cr_assert_str_eq(where_of(rows[i].text, &count, &exact), rows[i].where);
		cr_assert_eq(count, rows[i].count, "%s", rows[i].text);
	}
}

Test(filter_sql, no_value_is_pasted)
{
	unsigned count;
	bool exact;
	const char *where =
		where_of("dns-qname \"x'; DROP TABLE exchange_row; --\" and comm = evil "
			 "and ip 10.77.77.77 and dns-id 7919 and dns-qname ~ evil",
			 &count, &exact);

	cr_assert_null(strstr(where, "DROP"));
	cr_assert_null(strstr(where, "evil"));
	cr_assert_null(strstr(where, "77"));
	cr_assert_null(strstr(where, "7919"));
	cr_assert_eq(count, 6);
}

/* SQLite's parser, its depth of expressions and its number of values are bounded. */
Test(filter_sql, the_longest_and_deepest_filters_are_taken_by_sqlite)
{
	static struct exchange exchanges[EXCHANGES];
	char *text = malloc(1 << 20);
	sqlite3 *db = database();
	size_t n = 0;

	fill(db, exchanges);
	for (unsigned i = 0; i < 4093; i++)
		n += (size_t)snprintf(text + n, 512, "%sdns-id %u", i ? " or " : "", 7 + i);
	check(db, exchanges, text, true);
	n = 0;
	for (unsigned i = 0; i < 249; i++)
		n += (size_t)snprintf(text + n, 512, "dns-id %u %s (", 7 + i, i % 2 ? "and" : "or");
	n += (size_t)snprintf(text + n, 512, "port 53");
	memset(text + n, ')', 249);
	text[n + 249] = '\0';
	check(db, exchanges, text, false);
	n = (size_t)snprintf(text, 512, "dst ip [10.0.0.0/24");
	for (unsigned i = 1; i < 7993; i++)
		n += (size_t)snprintf(text + n, 512, " 10.%u.%u.0/24", i / 256, i % 256);
	snprintf(text + n, 512, "]");
	check(db, exchanges, text, false);
	n = (size_t)snprintf(text, 512, "dst ip [8.8.8.8 ::/8 10.9.0.0/16");
	for (unsigned i = 1; i < 991; i++)
		n += (size_t)snprintf(text + n, 512, " 10.%u.%u.0/24", i / 256, i % 256);
	snprintf(text + n, 512, "]");
	check(db, exchanges, text, true);
	n = (size_t)snprintf(text, 512, "ip [10.0.0.7");
	for (unsigned i = 1; i < 20011; i++)
		n += (size_t)snprintf(text + n, 512, " 10.%u.%u.1", i / 256, i % 256);
	snprintf(text + n, 512, "]");
	check(db, exchanges, text, false);
	free(text);
	sqlite3_close(db);
}
