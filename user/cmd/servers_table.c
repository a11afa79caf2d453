// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of servers: one set of columns for people, one for programs. */
#include "servers_table.h"

#include "base/text.h"
#include "dns/codes.h"

#include <inttypes.h>
#include <stdio.h>

/* RCODEs named in a row: the commonest; CSV and JSON have all. */
#define TOP_RCODES 2

#define CELL_MAX 96
/* All RCODEs with counts of 20 digits. */
#define RCODES_MAX (INTERVAL_RCODES * (DNS_CODE_TEXT_MAX + 24))

/* What matters most comes first: a narrow terminal wraps the rest. */
static const struct document_column columns[] = {
	{"SERVER", 15, false, false},	 {"GROUP", 8, false, false},
	{"STANDING", 10, false, false},	 {"MEDIAN", 8, true, false},
	{"BASELINE", 8, true, false},	 {"FROM BASELINE", 17, true, false},
	{"P90", 8, true, false},	 {"P99", 8, true, false},
	{"QUERIES", 8, true, false},	 {"ANSWERED", 8, true, false},
	{"UNANSWERED", 10, true, false}, {"RCODES", 27, false, false},
};

/* The keys of JSON. */
static const struct document_column csv_columns[] = {
	{"address", 15, false, false},	   {"group", 8, false, false},
	{"standing", 12, false, false},	   {"median_ns", 9, true, false},
	{"baseline_ns", 11, true, false},  {"distance_ns", 11, true, false},
	{"distance_pct", 12, true, false}, {"p90_ns", 9, true, false},
	{"p99_ns", 9, true, false},	   {"queries", 8, true, false},
	{"answered", 8, true, false},	   {"unanswered", 10, true, false},
	{"late", 6, true, false},	   {"samples", 8, true, false},
	{"rcodes", 27, false, false},
};

#define COLUMNS	    (sizeof(columns) / sizeof(columns[0]))
#define CSV_COLUMNS (sizeof(csv_columns) / sizeof(csv_columns[0]))

_Static_assert(COLUMNS <= TABLE_COLUMNS_MAX && CSV_COLUMNS <= TABLE_COLUMNS_MAX, "a table's bound");

const char *servers_distance_text(uint64_t median_ns, uint64_t baseline_ns, char *buf)
{
	bool below = median_ns < baseline_ns;
	uint64_t distance = below ? baseline_ns - median_ns : median_ns - baseline_ns;
	char text[TEXT_DURATION_MAX];
	const char *sign = distance == 0 ? "" : below ? "-" : "+";

	text_duration((int64_t)distance, text);
	if (baseline_ns)
		snprintf(buf, SERVERS_DISTANCE_MAX, "%s%s, %s%.0f %%", sign, text, sign,
			 100 * (double)distance / (double)baseline_ns);
	else
		snprintf(buf, SERVERS_DISTANCE_MAX, "%s%s", sign, text);
	return buf;
}

/* As state_json_server() has it: what is null there is NULL here. */
static bool has_median(const struct state_server *server)
{
	return server->totals.median_ns > 0;
}

static const char *latency(bool known, uint64_t ns, char *buf)
{
	return known ? text_duration((int64_t)ns, buf) : NULL;
}

static const char *standing(const struct state_server *server, enum table_colour *ret_colour)
{
	*ret_colour = TABLE_DIM;
	if (server->raised) {
		*ret_colour = TABLE_RED;
		return "odd";
	}
	if (server->sufficient && server->eligible) {
		*ret_colour = TABLE_GREEN;
		return "ok";
	}
	if (!server->group)
		return "not compared";
	return server->eligible ? "no peers" : "too few samples";
}

static unsigned commonest(const uint64_t *counts, const bool *taken)
{
	unsigned best = INTERVAL_RCODES;

	for (unsigned i = 0; i < INTERVAL_RCODES; i++)
		if (!taken[i] && counts[i] && (best == INTERVAL_RCODES || counts[i] > counts[best]))
			best = i;
	return best;
}

static const char *rcode_name(unsigned rcode, char *buf)
{
	return rcode == INTERVAL_RCODES - 1 ? "OTHER" : dns_rcode_text((uint16_t)rcode, buf);
}

/* "NOERROR 91 %, NXDOMAIN 9 %" */
static const char *rcodes(const struct state_server *server, char *buf, size_t size)
{
	bool taken[INTERVAL_RCODES] = {0};
	char code[DNS_CODE_TEXT_MAX];
	uint64_t sum = 0;
	size_t used = 0;

	for (unsigned i = 0; i < INTERVAL_RCODES; i++)
		sum += server->totals.rcodes[i];
	for (unsigned n = 0; n < TOP_RCODES; n++) {
		unsigned i = commonest(server->totals.rcodes, taken);

		if (i == INTERVAL_RCODES)
			break;
		taken[i] = true;
		used += (size_t)snprintf(buf + used, size - used, "%s%s %.3g %%", n ? ", " : "",
					 rcode_name(i, code),
					 (double)server->totals.rcodes[i] * 100 / (double)sum);
	}
	return used ? buf : NULL;
}

/* Queries whose fate is known: those pending and retransmissions are neither. */
static const char *answered_share(const struct state_server *server, char buf[CELL_MAX])
{
	uint64_t ended = server->totals.answered + server->totals.unanswered;

	if (!ended)
		return NULL;
	snprintf(buf, CELL_MAX, "%.1f %%", 100 * (double)server->totals.answered / (double)ended);
	return buf;
}

static const char *number(uint64_t count, char buf[CELL_MAX])
{
	snprintf(buf, CELL_MAX, "%" PRIu64, count);
	return buf;
}

static void add_row(struct document *document, const struct state_server *server)
{
	const struct server_totals *totals = &server->totals;
	bool median = has_median(server), compared = median && server->sufficient;
	enum table_colour colours[COLUMNS] = {TABLE_PLAIN};
	char address[TEXT_ADDRESS_MAX], text[COLUMNS][CELL_MAX];
	const char *cells[COLUMNS] = {
		text_address(server->address, address),
		server->group,
		standing(server, &colours[2]),
		latency(median, totals->median_ns, text[3]),
		latency(server->sufficient, server->baseline_ns, text[4]),
		compared ? servers_distance_text(totals->median_ns, server->baseline_ns, text[5])
			 : NULL,
		latency(median, totals->p90_ns, text[6]),
		latency(median, totals->p99_ns, text[7]),
		number(totals->queries, text[8]),
		answered_share(server, text[9]),
		number(totals->unanswered, text[10]),
		rcodes(server, text[11], sizeof(text[11])),
	};

	colours[5] = server->raised && compared ? TABLE_RED : TABLE_PLAIN;
	colours[10] = totals->unanswered ? TABLE_YELLOW : TABLE_PLAIN;
	document__row(document, cells, colours);
}

static const char *optional(bool known, uint64_t count, char buf[CELL_MAX])
{
	return known ? number(count, buf) : NULL;
}

/* "NOERROR 9101, NXDOMAIN 907" */
static const char *all_rcodes(const struct state_server *server, char *buf, size_t size)
{
	char code[DNS_CODE_TEXT_MAX];
	size_t used = 0;

	buf[0] = '\0';
	for (unsigned i = 0; i < INTERVAL_RCODES; i++)
		if (server->totals.rcodes[i])
			used += (size_t)snprintf(buf + used, size - used, "%s%s %" PRIu64,
						 used ? ", " : "", rcode_name(i, code),
						 server->totals.rcodes[i]);
	return buf;
}

static void add_csv_row(struct document *document, const struct state_server *server)
{
	const struct server_totals *totals = &server->totals;
	bool median = has_median(server), compared = median && server->sufficient;
	int64_t distance = (int64_t)totals->median_ns - (int64_t)server->baseline_ns;
	char address[TEXT_ADDRESS_MAX], text[CSV_COLUMNS][CELL_MAX], codes[RCODES_MAX];
	const char *cells[CSV_COLUMNS] = {
		text_address(server->address, address),
		server->group,
		state_server__standing(server),
		optional(median, totals->median_ns, text[3]),
		optional(server->sufficient, server->baseline_ns, text[4]),
		compared ? text[5] : NULL,
		compared && server->baseline_ns ? text[6] : NULL,
		optional(median, totals->p90_ns, text[7]),
		optional(median, totals->p99_ns, text[8]),
		number(totals->queries, text[9]),
		number(totals->answered, text[10]),
		number(totals->unanswered, text[11]),
		number(totals->late, text[12]),
		number(totals->samples, text[13]),
		all_rcodes(server, codes, sizeof(codes)),
	};

	snprintf(text[5], CELL_MAX, "%" PRId64, distance);
	snprintf(text[6], CELL_MAX, "%.1f",
		 server->baseline_ns ? 100 * (double)distance / (double)server->baseline_ns : 0);
	document__row(document, cells, NULL);
}

void servers_table__begin(struct document *document, bool csv, const char *caption)
{
	if (csv)
		document__table(document, caption, csv_columns, CSV_COLUMNS);
	else
		document__table(document, caption, columns, COLUMNS);
}

void servers_table__row(struct document *document, bool csv, const struct state_server *server)
{
	if (csv)
		add_csv_row(document, server);
	else
		add_row(document, server);
}
