// SPDX-License-Identifier: GPL-2.0-or-later
/* What the verbs that ask the store share. */
#include "query.h"

#include "base/log.h"
#include "base/output.h"
#include "base/text.h"
#include "cmd.h"
#include "daemon_state.h"
#include "query_error.h"
#include "query_file.h"
#include "query_lists.h"

#include <errno.h>
#include <limits.h>
#include <locale.h>
#include <signal.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

/* Rows of 200 bytes by the million: a write(2) for each 300 of them. */
#define STDOUT_BUFFER_BYTES (1 << 16)

static volatile sig_atomic_t stop;

static void on_signal(int number)
{
	(void)number;
	stop = 1;
}

/* Not restarted: who waits is to wake up. Again, and we end at once. */
static void catch_signals(void)
{
	const struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	signal(SIGPIPE, SIG_DFL);
}

/* --- arguments -----------------------------------------------------------------------------------
 */

/* The format of a file by its suffix; text when it has none. Return: -1: it tells nothing */
static int format_of(const char *path)
{
	static const struct {
		const char *suffix;
		enum output_format format;
	} suffixes[] = {
		{".json", FORMAT_JSON}, {".jsonl", FORMAT_JSON}, {".csv", FORMAT_CSV},
		{".html", FORMAT_HTML}, {".htm", FORMAT_HTML},	 {".pdf", FORMAT_PDF},
		{".txt", FORMAT_TEXT},	{".text", FORMAT_TEXT},
	};
	const char *name = strrchr(path, '/'), *suffix = strrchr(name ? name : path, '.');

	if (!suffix)
		return FORMAT_TEXT;
	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++)
		if (strcasecmp(suffix, suffixes[i].suffix) == 0)
			return (int)suffixes[i].format;
	return -1;
}

/* Return: CMD_DONE, else the exit code, reported; so do the others below. */
static int choose_format(const struct options_verb *verb, struct query *query)
{
	struct cmd_options *options = &query->options;

	if (options->output && !options->has_format) {
		int format = format_of(options->output);

		if (format < 0 || !(verb->formats & 1u << format)) {
			log_err(0,
				"%s: --output '%s': its suffix is that of no format that the "
				"command has; name one with --format",
				verb->name, options->output);
			return CMD_USAGE;
		}
		options->format = (enum output_format)format;
	}
	if (options->format == FORMAT_PDF && !options->output && isatty(STDOUT_FILENO)) {
		log_err(0, "%s: --format pdf: no terminal shows it; name a file with --output FILE",
			verb->name);
		return CMD_USAGE;
	}
	return CMD_DONE;
}

static int show_filter_error(const struct query *query, const struct query_lists *lists,
			     const struct filter_error *error)
{
	if (lists->unread)
		log_err(lists->error, "filter: read list '%s'", lists->unread);
	else
		query_error__show(query->options.filter, error,
				  lists->no_servers
					  ? "no server is configured; name yours in a [group] or "
					    "in [list " QUERY_LISTS_SERVERS "]"
					  : NULL,
				  isatty(STDERR_FILENO));
	return CMD_USAGE;
}

static int compile_filter(struct query *query)
{
	struct query_lists lists = {.settings = query->options.settings};
	const struct filter_lists named = query_lists__filter(&lists);
	const char *text = query->options.filter;
	struct filter_error error;
	int code = CMD_DONE, r;

	if (!text)
		return CMD_DONE;
	r = filter__compile(text, strlen(text), &named, &query->filter, &error);
	if (r == -ENOMEM) {
		log_err(r, "compile the filter");
		code = CMD_FAILED;
	} else if (r < 0) {
		code = show_filter_error(query, &lists, &error);
	}
	query_lists__done(&lists);
	return code;
}

/* --- store and output ----------------------------------------------------------------------------
 */

static int open_store(struct query *query)
{
	const char *dir = query->options.settings->store.dir;
	struct stat status;

	if (stat(dir, &status) < 0 && (errno == ENOENT || errno == ENOTDIR)) {
		log_err(-errno,
			"open the store '%s'; a running daemon makes one ('systemctl start "
			"oddns'), 'oddns replay --store DIR FILE' makes one of captures; name "
			"another with --store DIR",
			dir);
		return -ENOENT;
	}
	return store_reader__open(dir, &query->reader);
}

/* Standard output, or the file of --output. */
static bool is_to_file(const struct query *query)
{
	return query->options.output && strcmp(query->options.output, "-") != 0;
}

static int open_output(struct query *query)
{
	static char buffer[STDOUT_BUFFER_BYTES]; /* must live until exit */
	int r;

	if (is_to_file(query)) {
		r = query_file__open(query->options.output, &query->file);
		if (r == 0)
			query->out = query_file__out(query->file);
		return r;
	}
	query->out = stdout;
	if (!query->out_is_terminal)
		setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
	return 0;
}

static void free_query(struct query *query)
{
	store_reader__close(query->reader);
	filter__free(query->filter);
	options__done(&query->options);
}

static void describe_output(struct query *query)
{
	query->style = stdout_style();
	query->out_is_terminal = !is_to_file(query) && isatty(STDOUT_FILENO);
	if (is_to_file(query))
		query->style.colour = false;
}

bool query__read(const struct options_verb *verb, int argc, char **argv, struct query *ret,
		 int *ret_code)
{
	struct query query = {0};
	int r = options__parse(verb, argc, argv, &query.options), code;

	if (r < 0) {
		*ret_code = r == -ENOMEM ? CMD_FAILED : CMD_USAGE;
		return false;
	}
	setlocale(LC_CTYPE, "");
	if (query.options.help_fields) {
		operands_help(stdout);
		*ret_code = output_finish() < 0 ? CMD_FAILED : CMD_DONE;
		options__done(&query.options);
		return false;
	}
	catch_signals();
	query.span = (struct store_span){query.options.since_ns, query.options.until_ns};
	code = choose_format(verb, &query);
	if (code == CMD_DONE)
		code = compile_filter(&query);
	if (code != CMD_DONE) {
		free_query(&query);
		*ret_code = code;
		return false;
	}
	describe_output(&query);
	*ret = query;
	return true;
}

int query__open(struct query *query)
{
	int r = open_store(query);

	return r < 0 ? r : open_output(query);
}

/* A list that misses what was not tried to the end must not look whole. */
static void report_given_up(const struct query *query)
{
	uint64_t texts = query->filter ? filter__given_up(query->filter) : 0;

	if (texts > 0)
		log_warn("filter: a regular expression took too many steps %llu times, which "
			 "counted as no match; write it without repetitions in repetitions",
			 (unsigned long long)texts);
}

int query__close(struct query *query, int r)
{
	int finished;

	query__progress_done(query);
	report_given_up(query);
	if (r == -EINTR)
		log_err(0, "interrupted: what is shown is not all");
	if (query->file)
		finished = query_file__close(query->file, r == 0);
	else /* what failed has been reported: the output is not to be a second complaint */
		finished = r < 0 && r != -EINTR ? 0 : output_finish();
	free_query(query);
	return r < 0 || finished < 0 ? CMD_FAILED : CMD_DONE;
}

/* --- scans ---------------------------------------------------------------------------------------
 */

static void on_progress(void *context, double share)
{
	struct query *query = context;

	query->shows_progress = true;
	fprintf(stderr, "\r\033[K%s: %.0f %%", "reading the store", share * 100);
}

void query__scan(struct query *query, bool progress, struct store_scan *ret)
{
	*ret = (struct store_scan){
		.span = query->span,
		.filter = query->filter,
		.stop = &stop,
		.progress_context = query,
	};
	if (progress && isatty(STDERR_FILENO))
		ret->on_progress = on_progress;
}

bool query__stopped(void)
{
	return stop;
}

/* ECMA-48 section 8.3.41 (EL) */
void query__progress_done(struct query *query)
{
	if (query->shows_progress)
		fputs("\r\033[K", stderr);
	query->shows_progress = false;
}

/* --- documents -----------------------------------------------------------------------------------
 */

/* What the head says of time: open ends are those of what is stored, or now. */
static void fill_span(struct query *query, struct document_head *head)
{
	struct store_span stored = {query->options.now_ns, query->options.now_ns};
	bool is_open = query->span.since_ns == INT64_MIN;

	store_reader__span(query->reader, &stored);
	head->since_ns = is_open ? stored.since_ns : query->span.since_ns;
	head->until_ns = query->span.until_ns;
	if (head->until_ns == INT64_MAX)
		head->until_ns = is_open ? stored.until_ns : query->options.now_ns;
}

int query__document(struct query *query, const char *title, bool with_head,
		    struct document **ret_document)
{
	static const enum document_format formats[FORMATS] = {
		[FORMAT_TEXT] = DOCUMENT_TEXT,
		[FORMAT_CSV] = DOCUMENT_CSV,
		[FORMAT_HTML] = DOCUMENT_HTML,
		[FORMAT_PDF] = DOCUMENT_PDF,
	};
	char host[HOST_NAME_MAX + 1] = "", shown[4 * sizeof(host)];
	struct document_head head = {
		.title = title,
		.filter = query->options.filter,
		.made_ns = query->options.now_ns,
		.shown = with_head,
	};
	int r;

	/* a store that is named may be another host's */
	if (!query->options.has_store && gethostname(host, sizeof(host) - 1) == 0)
		head.host = text_printable(host, strlen(host), shown, sizeof(shown));
	fill_span(query, &head);
	r = document__open(formats[query->options.format], query->out, &head, query->style,
			   ret_document);
	return r < 0 ? log_err(r, "make the document") : 0;
}

int query__document_close(struct query *query, struct document *document)
{
	int r = document__close(document);

	if (r < 0)
		log_err(r, "write %s",
			query->options.output ? query->options.output : "standard output");
	return r;
}

const struct operand *query__operand(const char *option, const char *word)
{
	const char *nearest = NULL;
	const struct operand *operand = operand_find(word, &nearest);
	char shown[160];

	if (operand)
		return operand;
	text_printable(word, strlen(word), shown, sizeof(shown));
	if (nearest)
		log_err(0, "%s '%s': no such field, did you mean '%s'?; see --help-fields", option,
			shown, nearest);
	else
		log_err(0, "%s '%s': no such field; see --help-fields", option, shown);
	return NULL;
}
