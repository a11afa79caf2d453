// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `oddns servers`: each server, how it answers, and how it stands against its group; as the daemon
 * knows them now, or over a span of the store.
 */
#include "base/log.h"
#include "base/output.h"
#include "cmd/cmd.h"
#include "cmd/daemon_state.h"
#include "cmd/query.h"
#include "cmd/server_history.h"
#include "cmd/servers_table.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define DAY_NS (86400LL * 1000000000)

static const struct options_verb verb = {
	.name = "servers",
	.about = "The servers that the running daemon knows, with how fast and how well they "
		 "answer, and how they compare with the others of their group. With --store, "
		 "--output or a "
		 "span of time, and when no daemon runs, they are those of the store.",
	.takes = OPTION_CONFIG | OPTION_SET | OPTION_FORMAT | OPTION_STORE | OPTION_SPAN |
		 OPTION_OUTPUT,
	.formats = 1u << FORMAT_TEXT | 1u << FORMAT_CSV | 1u << FORMAT_JSON | 1u << FORMAT_PDF |
		   1u << FORMAT_HTML,
	.last_ns = DAY_NS,
};

/* What is shown, and where it is from. */
struct listing {
	FILE *out;
	enum output_format format;
	struct document *document;	      /* NULL: JSON */
	const struct state *state;	      /* NULL: from the store */
	const struct server_history *history; /* NULL: from the daemon */
};

static unsigned listed_count(const struct listing *listing)
{
	return listing->state ? listing->state->server_count
			      : server_history__count(listing->history);
}

static const struct state_server *listed_at(const struct listing *listing, unsigned i)
{
	return listing->state ? &listing->state->servers[i]
			      : &server_history__at(listing->history, i)->state;
}

/* What the table does not say. */
static void tell_more(const struct listing *listing)
{
	uint64_t more = 0;
	char text[160];

	if (listing->state)
		more = listing->state->servers_known - listing->state->server_count;
	if (more) {
		snprintf(text, sizeof(text), "and %" PRIu64 " more", more);
		document__paragraph(listing->document, text);
	}
	if (listing->history && server_history__left_out(listing->history)) {
		snprintf(text, sizeof(text),
			 "%" PRIu64 " intervals are only counted: more than %d are not compared",
			 server_history__left_out(listing->history), SERVER_HISTORY_MAX);
		document__paragraph(listing->document, text);
	}
}

static void show(const struct listing *listing)
{
	bool csv = listing->format == FORMAT_CSV;

	if (!listing->document) {
		for (unsigned i = 0; i < listed_count(listing); i++)
			state_server__print(listing->out, listed_at(listing, i));
		return;
	}
	servers_table__begin(listing->document, csv, NULL);
	for (unsigned i = 0; i < listed_count(listing); i++)
		servers_table__row(listing->document, csv, listed_at(listing, i));
	document__table_end(listing->document, listing->state
						       ? "No server has answered yet."
						       : "No server has answered in this time.");
	tell_more(listing);
}

/* --- as the daemon knows them -------------------------------------------------------------------
 */

/* Return: 0, else what went wrong; reported */
static int show_live(const struct daemon_state *daemon)
{
	static const enum document_format formats[FORMATS] = {
		[FORMAT_TEXT] = DOCUMENT_TEXT,
		[FORMAT_CSV] = DOCUMENT_CSV,
		[FORMAT_HTML] = DOCUMENT_HTML,
		[FORMAT_PDF] = DOCUMENT_PDF,
	};
	const struct document_head head = {
		.title = "DNS servers",
		.since_ns = daemon->state->started_ns,
		.until_ns = daemon->state->now_ns,
		.made_ns = daemon->options.now_ns,
	};
	struct listing listing = {
		.out = stdout,
		.format = daemon->options.format,
		.state = daemon->state,
	};
	int r = 0;

	if (listing.format == FORMAT_PDF && isatty(STDOUT_FILENO))
		return log_err(-EINVAL, "--format pdf: not for a terminal; write > FILE");
	if (listing.format != FORMAT_JSON)
		r = document__open(formats[listing.format], stdout, &head, daemon->style,
				   &listing.document);
	if (r < 0)
		return log_err(r, "show servers");
	show(&listing);
	r = listing.document ? document__close(listing.document) : 0;
	return r < 0 ? log_err(r, "show servers") : 0;
}

/* --- from the store -----------------------------------------------------------------------------
 */

/* Return: 0, else what went wrong; reported */
static int read_store(struct query *query, struct server_history *history)
{
	int r = store_reader__intervals(query->reader, &query->span, server_history__add, history);

	if (r == 0)
		r = server_history__judge(history);
	return r == -ENOMEM ? log_err(r, "compare servers") : r;
}

static int show_store(struct query *query)
{
	struct listing listing = {.out = query->out, .format = query->options.format};
	struct server_history *history;
	int r = server_history__new(query->options.settings, &history);

	if (r < 0)
		return log_err(r, "compare servers");
	r = read_store(query, history);
	if (r == 0 && listing.format != FORMAT_JSON)
		r = query__document(query, "DNS servers", false, &listing.document);
	if (r == 0) {
		listing.history = history;
		show(&listing);
		r = listing.document ? query__document_close(query, listing.document) : 0;
	}
	server_history__free(history);
	return r;
}

static int from_store(int argc, char **argv)
{
	struct query query;
	int code, r;

	if (!query__read(&verb, argc, argv, &query, &code))
		return code;
	r = query__open(&query);
	if (r == 0)
		r = show_store(&query);
	return query__close(&query, r);
}

/* The store is asked when it is named, or a time is. */
static bool wants_store(const struct cmd_options *options)
{
	return options->has_store || options->last || options->since || options->until ||
	       options->output;
}

/* As the daemon knows them; of the store when there is nobody else to ask. */
static int from_daemon(int argc, char **argv)
{
	struct daemon_state daemon;
	int code = daemon_state__open(&verb, argc, argv, &daemon);

	if (code != CMD_DONE)
		return code;
	if (daemon.running) {
		code = show_live(&daemon) < 0 ? CMD_FAILED : CMD_DONE;
		if (code == CMD_DONE && output_finish() < 0)
			code = CMD_FAILED;
	} else if (access(daemon.options.settings->store.dir, R_OK) < 0) {
		code = daemon_state__not_running(&daemon);
	} else {
		log_info("no daemon runs; these are the servers of the store in the last 24 hours");
		code = from_store(argc, argv);
	}
	daemon_state__close(&daemon);
	return code;
}

int cmd_servers(int argc, char **argv)
{
	struct cmd_options options;
	int r = options__parse(&verb, argc, argv, &options);
	bool store;

	if (r < 0)
		return r == -ENOMEM ? CMD_FAILED : CMD_USAGE;
	store = wants_store(&options);
	options__done(&options);
	return store ? from_store(argc, argv) : from_daemon(argc, argv);
}
