// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * oddns flows: what the store holds, exchange by exchange or flow by flow.
 *
 * A row goes one of two ways. When the store delivers rows in the order in
 * which they are shown, each is written as it comes, so that the first is seen
 * at once and memory does not grow. Else it is made and held (lines.h): flows,
 * because a response starts later than the queries behind its own; the newest
 * N, which are looked for from the end; and whatever is sorted by a field.
 *
 * A line of JSON is json_exchange()'s or json_flow()'s; all other formats are
 * a document's (ui/document.h), whose cells columns.h makes.
 */
#include "cmd.h"

#include "base/log.h"
#include "columns.h"
#include "lines.h"
#include "query.h"
#include "sink/json.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define NS_PER_S 1000000000LL

/* How long --follow sleeps between looks at the store, which has new rows each second. */
#define FOLLOW_MS 500

/*
 * No response starts later behind its query: timeout and grace together are 30 s by default, and
 * the histogram of latencies ends below this.
 */
#define WAIT_MAX_NS (120 * NS_PER_S)

/* What scans return when they have delivered enough. */
#define ENOUGH 1

struct flows {
	struct query query;
	struct columns *columns;   /* NULL: JSON */
	struct document *document; /* NULL: JSON */
	const struct operand *sort;
	bool falling;
	struct lines *lines; /* NULL: rows are written as they come */
	bool backwards;	     /* rows come newest first */
	FILE *maker;	     /* of lines that are held */
	char *made;
	size_t made_length;
};

static const struct options_verb verb = {
	.name = "flows",
	.about =
		"List DNS exchanges of the store, of the last hour unless a span or a store is "
		"named, by their start. FILTER picks them, as 'dns-rcode NXDOMAIN and client "
		"10.0.0.0/8'; an exchange is shown if its query or its response matches. FORMAT is "
		"text, json, csv, html or pdf. --limit N "
		"shows the newest N, the newest of them last; with --sort the first N; with "
		"--follow those before new ones, of which none are shown else.",
	.takes = OPTION_CONFIG | OPTION_SET | OPTION_FORMAT | OPTION_FILTER | OPTION_STORE |
		 OPTION_SPAN | OPTION_UNIFLOW | OPTION_FOLLOW | OPTION_LIMIT | OPTION_SORT |
		 OPTION_COLUMNS | OPTION_OUTPUT | OPTION_FIELDS,
	.formats = 1u << FORMAT_TEXT | 1u << FORMAT_JSON | 1u << FORMAT_CSV | 1u << FORMAT_HTML |
		   1u << FORMAT_PDF,
	.last_ns = 3600 * NS_PER_S,
};

/* --- rows ----------------------------------------------------------------------------------------
 */

static void write_json(FILE *out, bool uniflow, const struct flow *flow)
{
	const struct json_names names = {.exchange = *flow->names};

	if (uniflow)
		json_flow(out, flow);
	else
		json_exchange(out, &names, flow->exchange);
}

static void write_row(struct flows *flows, const struct flow *flow)
{
	struct columns_row row;

	if (!flows->columns) {
		write_json(flows->query.out, flows->query.options.uniflow, flow);
		return;
	}
	columns__row(flows->columns, flow, &row);
	document__row(flows->document, row.cells, row.colours);
}

/* Cells as bytes: for each its colour behind 'A', or '-' when there is none; its text, a NUL. */
static void pack_row(struct flows *flows, const struct flow *flow)
{
	struct columns_row row;
	unsigned count;

	columns__shown(flows->columns, &count);
	columns__row(flows->columns, flow, &row);
	for (unsigned i = 0; i < count; i++) {
		const char *text = row.cells[i] ? row.cells[i] : "";

		putc_unlocked(row.cells[i] ? 'A' + (int)row.colours[i] : '-', flows->maker);
		fwrite_unlocked(text, 1, strlen(text) + 1, flows->maker);
	}
}

/* A line that was held. */
static int write_line(void *context, const void *content, size_t length)
{
	struct flows *flows = context;
	struct columns_row row;
	const char *text = content, *end = text + length;

	if (!flows->columns) {
		fwrite_unlocked(content, 1, length, flows->query.out);
		return 0;
	}
	for (unsigned i = 0; text < end; i++) {
		row.cells[i] = *text == '-' ? NULL : text + 1;
		row.colours[i] = *text == '-' ? TABLE_PLAIN : (enum table_colour)(*text - 'A');
		text += strlen(text) + 1;
	}
	document__row(flows->document, row.cells, row.colours);
	return 0;
}

static void sort_key(const struct flows *flows, const struct flow *flow,
		     struct operand_value *value, struct line_key *ret)
{
	*ret = (struct line_key){.known = true};
	if (!flows->sort) {
		ret->number =
			flows->query.options.uniflow ? flow_time(flow) : flow->exchange->time_ns;
		return;
	}
	columns_value(flows->sort, flows->query.options.uniflow, flow, value);
	ret->known = value->known;
	if (!value->known)
		return;
	switch (flows->sort->type) {
	case OPERAND_ADDRESS:
	case OPERAND_COUNTRY:
		ret->bytes = value->address;
		ret->length = 16;
		break;
	case OPERAND_NAME:
	case OPERAND_TEXT:
		ret->bytes = value->text;
		ret->length = value->length;
		break;
	default:
		ret->number = value->number;
	}
}

/* Return: 0, negative errno after reporting */
static int hold_row(struct flows *flows, const struct flow *flow)
{
	struct operand_value value;
	struct line_key key;
	int r;

	rewind(flows->maker);
	if (flows->columns)
		pack_row(flows, flow);
	else
		write_json(flows->maker, flows->query.options.uniflow, flow);
	if (fflush(flows->maker) != 0)
		return log_err(-errno, "hold a line");
	sort_key(flows, flow, &value, &key);
	r = lines__add(flows->lines, &key, flows->made, flows->made_length);
	if (r == -E2BIG)
		return log_err(0, "sort: too many lines; narrow filter or span, or give --limit"),
		       r;
	return r < 0 ? log_err(r, "hold a line") : 0;
}

static int put_row(struct flows *flows, const struct exchange *exchange,
		   const struct exchange_names *names, enum flow_direction direction)
{
	const struct flow flow = {exchange, names, direction};

	if (flows->lines)
		return hold_row(flows, &flow);
	write_row(flows, &flow);
	return 0;
}

/* Of rows that come newest first, can one of those to come still be among the newest flows? */
static bool has_newest(const struct flows *flows, int64_t time_ns)
{
	int64_t first;

	return flows->backwards && lines__full(flows->lines, &first) &&
	       time_ns < first - WAIT_MAX_NS;
}

/* store_row_fn */
static int on_row(void *context, const struct exchange *exchange,
		  const struct exchange_names *names, unsigned directions)
{
	struct flows *flows = context;
	int r = 0;

	/* a write that was interrupted has failed, too */
	if (query__stopped())
		return -EINTR;
	if (ferror(flows->query.out))
		return log_err(-EIO, "write the output");
	if (!flows->query.options.uniflow)
		return put_row(flows, exchange, names, FLOW_QUERY);
	if (flows->lines && !flows->sort && !flows->backwards)
		lines__release(flows->lines, exchange->time_ns, write_line, flows);
	for (unsigned i = 0; r == 0 && i < FLOW_DIRECTIONS; i++) {
		unsigned direction = flows->backwards ? FLOW_DIRECTIONS - 1 - i : i;

		if (directions & FLOW_BIT(direction))
			r = put_row(flows, exchange, names, (enum flow_direction)direction);
	}
	return r == 0 && has_newest(flows, exchange->time_ns) ? ENOUGH : r;
}

/* --- scans ---------------------------------------------------------------------------------------
 */

static field_set needed_fields(const struct flows *flows)
{
	field_set needs;

	if (!flows->columns)
		return ~(field_set)0 >> (64 - FIELDS);
	needs = columns__needs(flows->columns) | (field_set)1 << FIELD_TIME |
		(field_set)1 << FIELD_WAIT;
	return flows->sort ? needs | flows->sort->needs : needs;
}

/* Rows that do not come in the order in which they are shown are held. */
static int make_lines(struct flows *flows)
{
	const struct cmd_options *options = &flows->query.options;
	struct lines_options held = {.limit = options->limit};

	if (flows->sort) {
		held.keep = LINES_FIRST;
		held.falling = flows->falling;
	} else if (options->limit) {
		held.keep = LINES_LAST;
		held.added_falling = flows->backwards = true;
	} else if (!options->uniflow) {
		return 0;
	}
	if (!flows->maker)
		flows->maker = open_memstream(&flows->made, &flows->made_length);
	if (!flows->maker || lines__new(&held, &flows->lines) < 0)
		return log_err(-ENOMEM, "hold lines");
	return 0;
}

/* What is in the store. */
static int list(struct flows *flows, void *contexts[1])
{
	struct store_scan scan;
	int r = make_lines(flows);

	if (r < 0)
		return r;
	query__scan(&flows->query, !flows->query.out_is_terminal || flows->sort, &scan);
	scan.contexts = contexts;
	scan.workers = 1;
	scan.on_row = on_row;
	scan.fields = needed_fields(flows);
	scan.order = flows->backwards ? STORE_DESCENDING : STORE_ASCENDING;
	/* of exchanges the newest come first; of flows those of some more may be among them */
	if (flows->backwards && !flows->query.options.uniflow)
		scan.limit = flows->query.options.limit;
	r = store_reader__scan(flows->query.reader, &scan);
	query__progress_done(&flows->query);
	if (r == ENOUGH)
		r = 0;
	/* what a segment that cannot be read has left out has been said; the rest is shown */
	if (flows->lines && r != -EINTR && r != -E2BIG && r != -ENOMEM)
		lines__finish(flows->lines, write_line, flows);
	lines__free(flows->lines);
	flows->lines = NULL;
	flows->backwards = false;
	return r;
}

/* Sleeps; whoever read our output may go away meanwhile. Return: 0, -EPIPE */
static int wait_for_more(void)
{
	struct pollfd out = {.fd = STDOUT_FILENO};

	if (poll(&out, 1, FOLLOW_MS) > 0 && out.revents & (POLLERR | POLLHUP | POLLNVAL))
		return -EPIPE;
	return 0;
}

/*
 * As tail -f. Where the store ends is remembered before what lies there is shown: rows that are
 * stored in between are rather shown twice than not at all.
 */
static int follow(struct flows *flows, void *contexts[1])
{
	const struct cmd_options *options = &flows->query.options;
	struct store_scan scan;
	int r;

	query__scan(&flows->query, false, &scan);
	scan.contexts = contexts;
	scan.workers = 1;
	scan.on_row = on_row;
	scan.fields = needed_fields(flows);
	r = store_reader__follow(flows->query.reader, &scan);
	if (r == 0 && (options->limit || options->last || options->since))
		r = list(flows, contexts);
	while (r == 0 && !query__stopped()) {
		if (fflush(flows->query.out) != 0)
			return log_err(-errno, "write the output");
		r = wait_for_more();
		if (r == 0)
			r = store_reader__follow(flows->query.reader, &scan);
	}
	/* asked to end, or nobody reads: both are how it ends */
	return r == -EINTR || r == -EPIPE ? 0 : r;
}

/* --- the verb ------------------------------------------------------------------------------------
 */

/* Return: 0, -EINVAL after reporting what does not go together */
static int check_options(const struct cmd_options *options)
{
	const struct {
		bool is;
		const char *text;
	} wrong[] = {
		{options->columns && options->format == FORMAT_JSON,
		 "--columns: lines of JSON have all fields; pick them with jq"},
		{options->follow &&
			 (options->format == FORMAT_PDF || options->format == FORMAT_HTML),
		 "--follow: pdf and html have an end; allowed text, csv, json"},
		{options->follow && options->output,
		 "--follow: FILE would never be whole; redirect standard output"},
		{options->follow && options->sort, "--follow: what is to come cannot be sorted"},
		{options->follow && options->until, "--follow: has no end; leave --until out"},
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		if (wrong[i].is)
			return log_err(0, "%s: %s", verb.name, wrong[i].text), -EINVAL;
	return 0;
}

/* "-FIELD": falling. By start is how they come. */
static int choose_sort(struct flows *flows)
{
	const char *word = flows->query.options.sort;

	if (!word)
		return 0;
	flows->falling = *word == '-';
	flows->sort = query__operand("--sort", word + flows->falling);
	return flows->sort ? 0 : -EINVAL;
}

static unsigned screen_width(const struct query *query)
{
	struct winsize size;

	if (!query->out_is_terminal || query->options.format != FORMAT_TEXT)
		return 0;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col == 0)
		return 80;
	return size.ws_col;
}

static int choose_columns(struct flows *flows)
{
	const struct query *query = &flows->query;
	const struct columns_options options = {
		.uniflow = query->options.uniflow,
		.exact = query->options.format == FORMAT_CSV,
		.screen = screen_width(query),
		.utf8 = query->style.utf8,
	};

	if (query->options.format == FORMAT_JSON)
		return 0;
	return columns__new(query->options.columns, &options, &flows->columns);
}

static int open_document(struct flows *flows)
{
	const char *title = flows->query.options.uniflow ? "DNS flows" : "DNS exchanges";
	const struct document_column *shown;
	unsigned count;
	int r;

	if (!flows->columns)
		return 0;
	r = query__document(&flows->query, title, false, &flows->document);
	if (r < 0)
		return r;
	shown = columns__shown(flows->columns, &count);
	document__table(flows->document, NULL, shown, count);
	return 0;
}

static int close_document(struct flows *flows, int r)
{
	int closed;

	if (!flows->document)
		return r;
	document__table_end(flows->document,
			    r == 0 && !flows->query.options.follow ? "Nothing matches." : NULL);
	closed = query__document_close(&flows->query, flows->document);
	return r < 0 ? r : closed;
}

static int show(struct flows *flows)
{
	void *contexts[1] = {flows};
	int r = open_document(flows);

	if (r == 0)
		r = flows->query.options.follow ? follow(flows, contexts) : list(flows, contexts);
	return close_document(flows, r);
}

static void free_flows(struct flows *flows)
{
	columns__free(flows->columns);
	if (flows->maker)
		fclose(flows->maker);
	free(flows->made);
}

int cmd_flows(int argc, char **argv)
{
	struct flows flows = {0};
	int code, r;

	if (!query__open(&verb, argc, argv, &flows.query, &code))
		return code;
	r = check_options(&flows.query.options);
	if (r == 0)
		r = choose_sort(&flows);
	if (r == 0)
		r = choose_columns(&flows);
	if (r == -EINVAL) {
		query__close(&flows.query, r);
		return CMD_USAGE;
	}
	if (r == 0)
		r = query__begin(&flows.query);
	if (r == 0)
		r = show(&flows);
	free_flows(&flows);
	return query__close(&flows.query, r);
}
