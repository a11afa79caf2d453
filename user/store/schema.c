// SPDX-License-Identifier: GPL-2.0-or-later
/* The tables and views of a segment. Comments in statements stay readable with .schema. */
#include "schema.h"

#include <stddef.h>

/* Text of this host: what could steer a terminal is shown as its bytes, x'1b5b'. */
#define PLAIN(t)                                                                                   \
	"CASE WHEN " t " GLOB '*[^ -~]*' THEN 'x'''||lower(hex(" t "))||'''' ELSE " t " END"

// clang-format off
/* An address column as text: four or sixteen bytes; IPv6 without "::", which plain SQL cannot do. */
#define BYTE(a, i)                                                                                 \
	"((instr('0123456789ABCDEF', substr(hex(" a "), 2*" #i "-1, 1))-1)*16"                     \
	"+instr('0123456789ABCDEF', substr(hex(" a "), 2*" #i ", 1))-1)"
#define GROUP(a, i) "lower(substr(hex(" a "), 4*" #i "-3, 4))"
#define GROUPS(a)                                                                                  \
	GROUP(a, 1) "||':'||" GROUP(a, 2) "||':'||" GROUP(a, 3) "||':'||" GROUP(a, 4) "||':'||"    \
	GROUP(a, 5) "||':'||" GROUP(a, 6) "||':'||" GROUP(a, 7) "||':'||" GROUP(a, 8)
#define BYTES(a)                                                                                   \
	"printf('%d.%d.%d.%d'," BYTE(a, 1) "," BYTE(a, 2) "," BYTE(a, 3) "," BYTE(a, 4) ")"
#define ADDRESS(a)                                                                                 \
	"CASE length(" a ") WHEN 4 THEN " BYTES(a) " WHEN 16 THEN " GROUPS(a) " END"

/* Nanoseconds since 1970 as RFC 3339 with 9 decimals, also before 1970. */
#define FLOOR_S(t) "((" t ")-(((" t ")%1000000000)+1000000000)%1000000000)/1000000000"
#define TIME(t)                                                                                    \
	"strftime('%Y-%m-%dT%H:%M:%S'," FLOOR_S(t) ",'unixepoch')||"                               \
						   "printf('.%09dZ',(((" t                         \
						   ")%1000000000)+1000000000)%1000000000)"

#define START "(SELECT value FROM meta WHERE key='start_ns')"
#define CODE(of, number, prefix)                                                                   \
	"coalesce((SELECT name FROM code WHERE code.kind='" of "' AND code.number=" number         \
	"),'" prefix "'||" number ")"

const char schema_sql[] =
	"CREATE TABLE meta (-- start_ns, end_ns: the span of this segment; oddns: who made it\n"
	" key TEXT PRIMARY KEY, value) WITHOUT ROWID;\n"

	"CREATE TABLE code (-- names of numbers\n"
	" kind TEXT, -- state, service, cause, verdict, opcode, rcode, qtype, qclass, tunnel\n"
	" number INTEGER, name TEXT, PRIMARY KEY (kind, number)) WITHOUT ROWID;\n"

	"CREATE TABLE origin (-- where exchanges were seen and who asked\n"
	" id INTEGER PRIMARY KEY, interface TEXT, vlan INTEGER, vlan2 INTEGER,\n"
	" tunnel INTEGER, tunnel_id INTEGER, outer_src BLOB, outer_dst BLOB,\n"
	" uid INTEGER, user TEXT, pid INTEGER, comm BLOB, unit TEXT);\n"

	"CREATE TABLE exchange_row (\n"
	" id INTEGER PRIMARY KEY, -- order of arrival\n"
	" time INTEGER NOT NULL, -- first query, ns since meta.start_ns\n"
	" client BLOB, server BLOB, -- 4 or 16 bytes\n"
	" client_port INTEGER, server_port INTEGER, dns_id INTEGER,\n"
	" flags INTEGER, -- second word of the DNS header: the response's, else the query's\n"
	" kind INTEGER, -- bits: state 0-2, service 3-4, cause 5-7, tcp 8, query 9, response 10,\n"
	"  -- rd 11, retried 12, retry 13, records kept 14-15, 1+verdict 16-19, opt 20, latency 21,\n"
	"  -- questions 22: `records` begins with the header's four counts and the questions\n"
	" rcode INTEGER, -- with EDNS's bits; NULL: no response\n"
	" ancount INTEGER, nscount INTEGER, arcount INTEGER, tries INTEGER,\n"
	" latency INTEGER, -- ns from the last transmission; NULL: none\n"
	" wait INTEGER, -- ns from the first one; NULL: the same\n"
	" query_bytes INTEGER, response_bytes INTEGER, messages INTEGER, -- NULL: as has response\n"
	" qname TEXT, qtype INTEGER, qclass INTEGER,\n"
	" retry_of INTEGER, origin INTEGER,\n"
	" records BLOB); -- resource records in wire form, behind 12 bytes and the question, or\n"
	"  -- the message behind its first 4 bytes: see kind\n"

	"CREATE TABLE batch (-- one for each transaction; times: ns since meta.start_ns\n"
	" first_id INTEGER PRIMARY KEY, last_id INTEGER, min_time INTEGER, max_time INTEGER);\n"

	"CREATE TABLE rollup (-- sums over the ids of about a minute; times: ns since meta.start_ns\n"
	" id INTEGER PRIMARY KEY, first_id INTEGER, last_id INTEGER, min_time INTEGER,\n"
	" max_time INTEGER, exchanges INTEGER, flows INTEGER, packets INTEGER, bytes INTEGER,\n"
	" unanswered INTEGER, latency BLOB); -- histogram: LEB128 pairs of bucket distance, count\n"

	"CREATE TABLE rollup_dimension (-- floor: the most packets of a key that is not listed\n"
	" rollup INTEGER, dimension INTEGER, floor INTEGER,\n"
	" PRIMARY KEY (dimension, rollup)) WITHOUT ROWID;\n"

	"CREATE TABLE rollup_key (-- the heaviest keys of a rollup; packets are too high by error\n"
	" dimension INTEGER, -- 0 server, 1 client, 2 rcode, 3 qtype, 4 qname, 5 last two labels\n"
	" rollup INTEGER, key TEXT, -- '' for none\n"
	" exchanges INTEGER, flows INTEGER, packets INTEGER, bytes INTEGER, unanswered INTEGER,\n"
	" error INTEGER, latency BLOB, PRIMARY KEY (dimension, rollup, key)) WITHOUT ROWID;\n"

	"CREATE TABLE interval_row (-- times since 1970, latencies in ns; rcodes: JSON, name to count\n"
	" id INTEGER PRIMARY KEY, time_ns INTEGER, server BLOB, grp TEXT, queries INTEGER,\n"
	" answered INTEGER, unanswered INTEGER, late INTEGER, samples INTEGER, sampled INTEGER,\n"
	" median_ns INTEGER, p90_ns INTEGER, p99_ns INTEGER, baseline_ns INTEGER, rcodes TEXT);\n"

	"CREATE TABLE alert_row (-- value, baseline, absolute: ns, or shares of 1\n"
	" id INTEGER PRIMARY KEY, time_ns INTEGER, rule TEXT, state TEXT, severity TEXT, grp TEXT,\n"
	" subject BLOB, metric TEXT, value REAL, baseline REAL, absolute REAL, relative REAL,\n"
	" samples INTEGER, message TEXT, json TEXT);\n"

	"CREATE VIEW exchange AS SELECT r.id AS id, " TIME("(r.time+" START ")") " AS time,\n"
	" r.time+" START " AS time_ns, " ADDRESS("r.client") " AS client, r.client_port AS client_port,\n"
	" " ADDRESS("r.server") " AS server, r.server_port AS server_port,\n"
	" CASE WHEN " KIND_SQL_FLAG("r.kind", TCP) " THEN 'tcp' ELSE 'udp' END AS proto, r.dns_id AS dns_id,\n"
	" " CODE("opcode", "((r.flags>>11)&15)", "OPCODE") " AS opcode, r.qname AS qname,\n"
	" " CODE("qtype", "r.qtype", "TYPE") " AS qtype,\n"
	" " CODE("qclass", "r.qclass", "CLASS") " AS qclass,\n"
	" " CODE("rcode", "r.rcode", "RCODE") " AS rcode,\n"
	" (SELECT name FROM code WHERE code.kind='state' AND number=" KIND_SQL_STATE("r.kind") ") AS state,\n"
	" r.tries AS tries, r.latency AS latency_ns, coalesce(r.wait, r.latency) AS wait_ns,\n"
	" r.query_bytes AS query_bytes, r.response_bytes AS response_bytes,\n"
	" coalesce(r.messages, (" KIND_SQL_FLAG("r.kind", HAS_RESPONSE) ")<>0) AS messages, r.flags AS flags,\n"
	" r.ancount AS ancount, r.nscount AS nscount, r.arcount AS arcount,\n"
	" " PLAIN("o.interface") " AS ifname, o.vlan AS vlan,\n"
	" (SELECT name FROM code WHERE code.kind='tunnel' AND number=o.tunnel) AS tunnel,\n"
	" o.tunnel_id AS tunnel_id, " ADDRESS("o.outer_src") " AS outer_src,\n"
	" " ADDRESS("o.outer_dst") " AS outer_dst, " PLAIN("o.user") " AS user, o.uid AS uid, o.pid AS pid,\n"
	" " PLAIN("CAST(o.comm AS TEXT)") " AS comm, " PLAIN("o.unit") " AS unit,\n"
	" (SELECT name FROM code WHERE code.kind='service' AND number=" KIND_SQL_NUMBER("r.kind", SERVICE) ") AS service,\n"
	" (SELECT name FROM code WHERE code.kind='cause' AND number=" KIND_SQL_NUMBER("r.kind", CAUSE) ") AS cause,\n"
	" r.retry_of AS retry_of,\n"
	" (SELECT name FROM code WHERE code.kind='verdict' AND number=" KIND_SQL_NUMBER("r.kind", VERDICT) "-1) AS verdict,\n"
	" (" KIND_SQL_FLAG("r.kind", HAS_QUERY) ")<>0 AS has_query, (" KIND_SQL_FLAG("r.kind", HAS_RESPONSE) ")<>0 AS has_response, r.records AS records\n"
	" FROM exchange_row AS r LEFT JOIN origin AS o ON o.id=r.origin;\n"

	"CREATE VIEW flow AS\n"
	" SELECT id AS exchange_id, time, time_ns, client AS src, client_port AS src_port,\n"
	" server AS dst, server_port AS dst_port, 'query' AS direction, proto, tries AS packets,\n"
	" tries*query_bytes AS bytes, dns_id, opcode, qname, qtype, qclass,\n"
	" NULL AS rcode, state, NULL AS latency_ns, user, uid, pid, comm, unit, ifname, vlan\n"
	" FROM exchange WHERE has_query AND state<>'late'\n"
	" UNION ALL\n"
	" SELECT id, " TIME("(time_ns+coalesce(wait_ns,0))") ", time_ns+coalesce(wait_ns,0),\n"
	" server, server_port, client, client_port, 'response', proto, messages, response_bytes,\n"
	" dns_id, opcode, qname, qtype, qclass, rcode, state, latency_ns, user, uid, pid, comm, unit,\n"
	" ifname, vlan FROM exchange WHERE has_response;\n"

	"CREATE VIEW interval AS SELECT id, " TIME("time_ns") " AS time, time_ns,\n"
	" " ADDRESS("server") " AS server, grp AS \"group\", queries, answered, unanswered, late,\n"
	" samples, sampled, median_ns, p90_ns, p99_ns, baseline_ns, rcodes FROM interval_row;\n"

	"CREATE VIEW alert AS SELECT id, " TIME("time_ns") " AS time, time_ns, rule, state, severity,\n"
	" grp AS \"group\", " ADDRESS("subject") " AS subject, metric, value, baseline, absolute,\n"
	" relative, samples, message, json FROM alert_row;\n";
// clang-format on

const char *const schema_migrations[STORE_VERSION] = {NULL};
