// SPDX-License-Identifier: GPL-2.0-or-later
/* Rollups against SQL's own sums over the same rows. */
#include "writer_fixture.h"

#include "stats/latencies.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(rollup, .fini = writer_fixture_remove);

static int64_t number(const char *sql)
{
	return writer_fixture_number(FIXTURE_FILE, sql);
}

static const char *text(const char *sql)
{
	return writer_fixture_text(FIXTURE_FILE, sql);
}

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* All states, transfers, retransmissions; names, clients, servers and codes of few or many. */
static void put_random(struct writer *writer, unsigned count, unsigned names)
{
	static uint64_t state = 4711;
	uint8_t wire[] = "\6xxxxxx\3sub\7example\3org";
	char label[16];

	for (unsigned i = 0; i < count; i++) {
		struct exchange e = *writer_fixture_exchange(i);
		uint64_t random = next_random(&state);

		e.state = (enum exchange_state)(random % EXCHANGE_STATES);
		e.has_query = e.state != EXCHANGE_ORPHAN;
		e.has_response = e.state == EXCHANGE_ANSWERED || e.state == EXCHANGE_LATE ||
				 e.state == EXCHANGE_ORPHAN;
		e.has_latency = e.state == EXCHANGE_ANSWERED || e.state == EXCHANGE_LATE;
		e.tries = e.has_query ? 1 + (random >> 8) % 3 : 0;
		e.messages = e.has_response ? 1 + (random >> 12) % 2 : 0;
		e.response_bytes = e.has_response ? 100 + (random >> 16) % 997 : 0;
		e.query_bytes = e.has_query ? 20 + (random >> 26) % 97 : 0;
		e.latency_ns = e.wait_ns = (int64_t)(random >> 30) % 5003 * 1009;
		e.server[15] = (uint8_t)((random >> 20) % 7);
		e.client[15] = (uint8_t)((random >> 24) % 13);
		e.rcode = (random >> 28) % 3;
		e.qtype = 1 + (random >> 32) % 70;
		e.message = NULL;
		snprintf(label, sizeof(label), "h%05u", (unsigned)((random >> 36) % names));
		memcpy(wire + 1, label, 6);
		memcpy(wire + 12, label + 1, 4);
		e.qname = wire;
		e.qname_length = (random >> 50) % 11 ? sizeof(wire) : 0;
		writer_fixture_put(writer, &e);
	}
}

/*
 * Keys as SQL sees them: view flow has one row a flow. Sums by key must be those of table
 * rollup_key, and nothing else may be in either.
 */
static int64_t differences(unsigned dimension, const char *key)
{
	char sql[2048];

	snprintf(sql, sizeof(sql),
		 "WITH f AS (SELECT coalesce(%s,'') AS k, exchange_id AS e, packets AS p,"
		 " bytes AS b, f.state='unanswered' AS u FROM flow AS f JOIN exchange AS x ON"
		 " x.id=f.exchange_id),"
		 " raw AS (SELECT k, count(DISTINCT e), count(*), sum(p), sum(b),"
		 " count(DISTINCT CASE WHEN u THEN e END) FROM f GROUP BY k),"
		 " rolled AS (SELECT key, sum(exchanges), sum(flows), sum(packets), sum(bytes),"
		 " sum(unanswered) FROM rollup_key WHERE dimension=%u AND error=0 GROUP BY key)"
		 " SELECT (SELECT count(*) FROM (SELECT * FROM raw EXCEPT SELECT * FROM rolled)) +"
		 " (SELECT count(*) FROM (SELECT * FROM rolled EXCEPT SELECT * FROM raw)) +"
		 " 1000000*(SELECT count(*)=0 FROM raw)",
		 key, dimension);
	return number(sql);
}

static void put_minutes(unsigned names)
{
	const struct store_options options = writer_fixture_options();
	struct writer *writer = writer_fixture_writer(&options);

	for (unsigned minute = 0; minute < 5; minute++) {
		writer_fixture_tick(writer, FIXTURE_START + minute * 60 * FIXTURE_S);
		put_random(writer, 1009, names);
	}
	writer__finish(writer);
	writer__free(writer);
}

Test(rollup, sums_are_those_of_the_rows_while_lists_have_room)
{
	put_minutes(101);
	cr_expect_eq(number("SELECT count(*) FROM rollup"), 5);
	cr_expect_eq(number("SELECT sum(last_id-first_id+1) FROM rollup"), 5 * 1009);
	cr_expect_eq(number("SELECT max(floor) FROM rollup_dimension"), 0);
	cr_expect_eq(number("SELECT count(*) FROM rollup_dimension"), 5 * 6);
	cr_expect_eq(differences(0, "x.server"), 0);
	cr_expect_eq(differences(1, "x.client"), 0);
	cr_expect_eq(differences(2, "f.rcode"), 0);
	cr_expect_eq(differences(3, "x.qtype"), 0);
	cr_expect_eq(differences(4, "x.qname"), 0);
	cr_expect_eq(differences(5, "substr(x.qname,12)"), 0); /* behind "h00000.sub." */
	cr_expect_eq(number("SELECT (SELECT sum(exchanges) FROM rollup)=(SELECT count(*) FROM"
			    " exchange_row) AND (SELECT sum(unanswered) FROM rollup)=(SELECT"
			    " count(*) FROM exchange WHERE state='unanswered')"),
		     1);
	cr_expect_eq(number("SELECT a.f=b.f AND a.p=b.p AND a.b=b.b FROM (SELECT sum(flows) AS f,"
			    " sum(packets) AS p, sum(bytes) AS b FROM rollup) AS a, (SELECT"
			    " count(*) AS f, sum(packets) AS p, sum(bytes) AS b FROM flow) AS b"),
		     1);
	cr_expect_eq(number("SELECT count(*) FROM rollup AS u WHERE min_time<>(SELECT min(time)"
			    " FROM exchange_row WHERE id BETWEEN first_id AND last_id) OR"
			    " max_time<>(SELECT max(time) FROM exchange_row WHERE id BETWEEN"
			    " first_id AND last_id)"),
		     0);
	writer_fixture_check(FIXTURE_FILE);
}

Test(rollup, full_lists_keep_their_bounds)
{
	const struct store_options options = writer_fixture_options();
	struct writer *writer = writer_fixture_writer(&options);

	put_random(writer, 20011, 99991);
	writer__finish(writer);
	writer__free(writer);
	cr_expect_eq(number("SELECT count(*) FROM rollup_key WHERE dimension=4"), 1024);
	cr_expect_gt(number("SELECT floor FROM rollup_dimension WHERE dimension=4"), 0);
	cr_expect_eq(number("SELECT sum(packets) FROM rollup_key WHERE dimension=4"),
		     number("SELECT sum(packets) FROM flow"));
	cr_expect_eq(number("WITH raw AS (SELECT coalesce(qname,'') AS k, sum(packets) AS p FROM"
			    " flow GROUP BY 1) SELECT count(*) FROM raw LEFT JOIN rollup_key ON"
			    " dimension=4 AND key=k WHERE CASE WHEN key IS NULL THEN p > (SELECT"
			    " floor FROM rollup_dimension WHERE dimension=4) ELSE p > packets OR p"
			    " < packets - error END"),
		     0);
	cr_expect_eq(number("WITH raw AS (SELECT coalesce(qname,'') AS k, sum(bytes) AS b,"
			    " count(*) AS n FROM flow GROUP BY 1) SELECT count(*) FROM raw JOIN"
			    " rollup_key ON dimension=4 AND key=k WHERE bytes > b OR flows > n"),
		     0, "other sums are too low, if anything");
}

/* Samples of a packed histogram, and the value in the middle. */
static uint64_t samples_of(const char *sql, int64_t *ret_median)
{
	struct latencies latencies = {0};
	uint64_t samples;
	uint8_t bytes[32768];
	const char *hex = text(sql);
	size_t length = strlen(hex) / 2;

	for (size_t i = 0; i < length; i++)
		sscanf(hex + 2 * i, "%2hhx", &bytes[i]);
	cr_assert_eq(latencies__unpack(&latencies, bytes, length), 0);
	samples = latencies.samples;
	*ret_median = latencies__quantile(&latencies, 0.5);
	latencies__done(&latencies);
	return samples;
}

Test(rollup, latencies_are_those_of_answered_exchanges_only)
{
	const struct store_options options = writer_fixture_options();
	struct writer *writer = writer_fixture_writer(&options);
	int64_t median, exact;

	put_random(writer, 9973, 101);
	writer__finish(writer);
	writer__free(writer);
	cr_expect_eq((int64_t)samples_of("SELECT hex(latency) FROM rollup", &median),
		     number("SELECT count(*) FROM exchange WHERE state='answered'"));
	exact = number("SELECT latency FROM exchange_row WHERE kind&7=0 ORDER BY latency LIMIT 1"
		       " OFFSET (SELECT (count(*)-1)/2 FROM exchange_row WHERE kind&7=0)");
	cr_expect_leq(llabs(median - exact), exact / 64, "%lld of %lld", (long long)median,
		      (long long)exact);
	cr_expect_eq((int64_t)samples_of("SELECT hex(latency) FROM rollup_key WHERE dimension=2"
					 " AND key='FORMERR'",
					 &median),
		     number("SELECT count(*) FROM exchange WHERE state='answered' AND"
			    " rcode='FORMERR'"));
	cr_expect_str_eq(text("SELECT latency FROM rollup_key WHERE dimension=2 AND key=''"),
			 "NULL", "a query flow has none");
	cr_expect_eq((int64_t)samples_of("SELECT hex(latency) FROM rollup_key WHERE dimension=4"
					 " AND key=''",
					 &median),
		     number("SELECT count(*) FROM exchange WHERE state='answered' AND qname IS"
			    " NULL"));
}

Test(rollup, a_place_that_changes_hands_begins_its_sums_anew)
{
	const struct store_options options = writer_fixture_options();
	struct writer *writer = writer_fixture_writer(&options);

	put_random(writer, 5003, 99991);
	writer__finish(writer);
	writer__free(writer);
	cr_expect_gt(number("SELECT count(*) FROM rollup_key WHERE dimension=4 AND error>0"), 100);
	cr_expect_eq(number("WITH raw AS (SELECT qname AS k, count(*) AS n FROM exchange WHERE"
			    " state='answered' GROUP BY 1) SELECT count(*) FROM rollup_key LEFT"
			    " JOIN raw ON key=k WHERE dimension=4 AND key<>'' AND"
			    " length(coalesce(latency,''))>4*coalesce(n,0)"),
		     0, "no latencies but their own");
}
