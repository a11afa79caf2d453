// SPDX-License-Identifier: GPL-2.0-or-later
/* `oddns servers`: each server, how it answers, and how it stands against its group. */
#include "base/log.h"
#include "base/output.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "dns/codes.h"
#include "daemon_state.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const struct options_verb verb = {
	.name = "servers",
	.about = "The servers that the running daemon knows, with how fast and how well they "
		 "answer, and how they compare with the others of their group.",
	.takes = OPTION_CONFIG | OPTION_SET | OPTION_FORMAT,
};

/* RCODEs named in a row: the commonest; --format json has all. */
#define TOP_RCODES 2

/* What matters most comes first: a narrow terminal wraps the rest. */
static const struct table_column columns[] = {
	{"SERVER", false},    {"GROUP", false},	 {"STANDING", false}, {"MEDIAN", true},
	{"BASELINE", true},   {"P90", true},	 {"QUERIES", true},   {"ANSWERED", true},
	{"UNANSWERED", true}, {"RCODES", false},
};

#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

static void add_latency(struct table *table, bool known, uint64_t ns)
{
	char text[TEXT_DURATION_MAX];

	table__add(table, TABLE_PLAIN, "%s", known ? text_duration((int64_t)ns, text) : "-");
}

static unsigned commonest(const uint64_t *counts, const bool *taken)
{
	unsigned best = INTERVAL_RCODES;

	for (unsigned i = 0; i < INTERVAL_RCODES; i++)
		if (!taken[i] && counts[i] && (best == INTERVAL_RCODES || counts[i] > counts[best]))
			best = i;
	return best;
}

/* "NOERROR 91 %, NXDOMAIN 9 %" */
static void add_rcodes(struct table *table, const struct state_server *server)
{
	char text[128] = "-", code[DNS_CODE_TEXT_MAX];
	bool taken[INTERVAL_RCODES] = {0};
	uint64_t sum = 0;
	size_t used = 0;

	for (unsigned i = 0; i < INTERVAL_RCODES; i++)
		sum += server->totals.rcodes[i];
	for (unsigned n = 0; n < TOP_RCODES; n++) {
		unsigned i = commonest(server->totals.rcodes, taken);

		if (i == INTERVAL_RCODES)
			break;
		taken[i] = true;
		used += (size_t)snprintf(
			text + used, sizeof(text) - used, "%s%s %.3g %%", n ? ", " : "",
			i == INTERVAL_RCODES - 1 ? "OTHER" : dns_rcode_text((uint16_t)i, code),
			(double)server->totals.rcodes[i] * 100 / (double)sum);
	}
	table__add(table, TABLE_PLAIN, "%s", text);
}

static void add_standing(struct table *table, const struct state_server *server)
{
	if (server->raised)
		table__add(table, TABLE_RED, "odd");
	else if (server->sufficient && server->eligible)
		table__add(table, TABLE_GREEN, "ok");
	else if (!server->group)
		table__add(table, TABLE_DIM, "not compared");
	else if (server->eligible)
		table__add(table, TABLE_DIM, "no peers");
	else
		table__add(table, TABLE_DIM, "too few samples");
}

/* Queries whose fate is known: those pending and retransmissions are neither. */
static void add_shares(struct table *table, const struct state_server *server)
{
	uint64_t ended = server->totals.answered + server->totals.unanswered;

	if (!ended) {
		table__add(table, TABLE_PLAIN, "-");
		table__add(table, TABLE_PLAIN, "%" PRIu64, server->totals.unanswered);
		return;
	}
	table__add(table, TABLE_PLAIN, "%.1f %%",
		   100 * (double)server->totals.answered / (double)ended);
	table__add(table, server->totals.unanswered ? TABLE_YELLOW : TABLE_PLAIN, "%" PRIu64,
		   server->totals.unanswered);
}

static void add_server(struct table *table, const struct state_server *server)
{
	char address[TEXT_ADDRESS_MAX];

	table__add(table, TABLE_PLAIN, "%s", text_address(server->address, address));
	table__add(table, TABLE_PLAIN, "%s", server->group ? server->group : "-");
	add_standing(table, server);
	add_latency(table, server->totals.median_ns > 0, server->totals.median_ns);
	add_latency(table, server->sufficient, server->baseline_ns);
	add_latency(table, server->totals.median_ns > 0, server->totals.p90_ns);
	table__add(table, TABLE_PLAIN, "%" PRIu64, server->totals.queries);
	add_shares(table, server);
	add_rcodes(table, server);
}

/* Return: 0, -ENOMEM after reporting. */
static int print_text(const struct daemon_state *daemon)
{
	const struct state *state = daemon->state;
	struct table *table;
	int r;

	if (!state->server_count) {
		puts("No server has answered yet.");
		return 0;
	}
	r = table__new(columns, COLUMNS, &table);
	if (r < 0)
		return log_err(r, "print servers");
	for (unsigned i = 0; i < state->server_count; i++)
		add_server(table, &state->servers[i]);
	r = table__print(table, stdout, daemon->style);
	table__free(table);
	if (r < 0)
		return log_err(r, "print servers");
	if (state->servers_known > state->server_count)
		printf("and %" PRIu64 " more\n", state->servers_known - state->server_count);
	return 0;
}

static void print_json(const struct daemon_state *daemon)
{
	for (unsigned i = 0; i < daemon->state->server_count; i++)
		state_server__print(stdout, &daemon->state->servers[i]);
}

int cmd_servers(int argc, char **argv)
{
	struct daemon_state daemon;
	int code = daemon_state__open(&verb, argc, argv, &daemon);

	if (code != CMD_DONE)
		return code;
	if (!daemon.running)
		code = daemon_state__not_running(&daemon);
	else if (daemon.options.format == FORMAT_JSON)
		print_json(&daemon);
	else if (print_text(&daemon) < 0)
		code = CMD_FAILED;
	if (output_finish() < 0)
		code = CMD_FAILED;
	daemon_state__close(&daemon);
	return code;
}
