// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Arguments of verbs, through argp. argp prints two lines about a wrong option and exits; one
 * line that says what to do is wanted, so ARGP_NO_ERRS silences it. That flag silences argp's
 * own --help too: help is an option of ours, which takes the flag back.
 */
#include "options.h"

#include "base/log.h"
#include "base/nearest.h"
#include "base/output.h"
#include "base/text.h"
#include "cmd.h"
#include "option_rows.h"

#include <argp.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char *const engine_names[] = {
	[ENGINE_AUTO] = "auto",
	[ENGINE_KERNEL] = "kernel",
	[ENGINE_NATIVE] = "native",
};

static const char *const format_names[] = {
	[FORMAT_TEXT] = "text", [FORMAT_JSON] = "json", [FORMAT_CSV] = "csv",
	[FORMAT_HTML] = "html", [FORMAT_PDF] = "pdf",
};

/* What verbs print that say nothing else. */
#define FORMATS_USUAL (1u << FORMAT_TEXT | 1u << FORMAT_JSON)

/* Options whose value is kept as it is written, or that are there or not. */
static const struct {
	int key;
	size_t text; /* offset of a const char * in struct cmd_options; 0: none */
	size_t flag; /* offset of a bool; 0: none */
} plain_options[] = {
	{'c', offsetof(struct cmd_options, config_path), 0},
	{'f', 0, offsetof(struct cmd_options, follow)},
	{KEY_TRY, 0, offsetof(struct cmd_options, try)},
	{KEY_UNIFLOW, 0, offsetof(struct cmd_options, uniflow)},
	{KEY_FIELDS, 0, offsetof(struct cmd_options, help_fields)},
	{KEY_SORT, offsetof(struct cmd_options, sort), 0},
	{KEY_OUTPUT, offsetof(struct cmd_options, output), 0},
	{KEY_BY, offsetof(struct cmd_options, by), 0},
	{KEY_ORDER, offsetof(struct cmd_options, order), 0},
	{KEY_LAST, offsetof(struct cmd_options, last), 0},
	{KEY_SINCE, offsetof(struct cmd_options, since), 0},
	{KEY_UNTIL, offsetof(struct cmd_options, until), 0},
	{'o', offsetof(struct cmd_options, columns), 0},
};

#define PLAIN_OPTIONS (sizeof(plain_options) / sizeof(plain_options[0]))

struct parse {
	const struct options_verb *verb;
	struct cmd_options *options;
	bool reported;
};

static int usage_error(struct parse *parse, const char *what, const char *value, const char *why)
{
	char shown[160];

	text_printable(value, strlen(value), shown, sizeof(shown));
	log_err(0, "%s: %s%s%s: %s", parse->verb->name, what, *what && *value ? " " : "", shown,
		why);
	parse->reported = true;
	return EINVAL;
}

/* --- what options do -----------------------------------------------------------------------------
 */

static int add_assignment(struct cmd_options *options, const char *name, const char *value)
{
	char **list =
		reallocarray(options->assignments, options->assignment_count + 1, sizeof(*list));
	int r;

	if (!list)
		return ENOMEM;
	options->assignments = list;
	r = asprintf(&list[options->assignment_count], "%s%s", name, value);
	if (r < 0)
		return ENOMEM;
	options->assignment_count++;
	return 0;
}

/* The first -i makes the assignment, others add to it. */
static int add_interface(struct parse *parse, const char *name)
{
	struct cmd_options *options = parse->options;
	char **assignment, *longer;
	int r;

	if (!*name)
		return usage_error(parse, "--interface", "''", "no name; write -i IFACE");
	if (!options->interfaces_at) {
		r = add_assignment(options, "sensor.interfaces=", name);
		options->interfaces_at = options->assignment_count;
		return r;
	}
	assignment = &options->assignments[options->interfaces_at - 1];
	if (asprintf(&longer, "%s,%s", *assignment, name) < 0)
		return ENOMEM;
	free(*assignment);
	*assignment = longer;
	return 0;
}

/* Index of @word in @names; -1 when it is none of them. */
static int index_of(const char *const *names, unsigned n, const char *word)
{
	for (unsigned i = 0; i < n; i++)
		if (strcmp(names[i], word) == 0)
			return (int)i;
	return -1;
}

static int choose_engine(struct parse *parse, const char *word)
{
	int i = index_of(engine_names, 3, word);

	if (i < 0)
		return usage_error(parse, "--engine", *word ? word : "''",
				   "no such engine; allowed auto, kernel, native");
	parse->options->engine = (enum engine_choice)i;
	return 0;
}

static int choose_format(struct parse *parse, const char *word)
{
	unsigned allowed = parse->verb->formats ? parse->verb->formats : FORMATS_USUAL;
	int i = index_of(format_names, FORMATS, word);
	char why[96] = "no such format; allowed";

	if (i >= 0 && allowed & 1u << i) {
		parse->options->format = (enum output_format)i;
		parse->options->has_format = true;
		return 0;
	}
	for (i = 0; i < FORMATS; i++)
		if (allowed & 1u << i)
			snprintf(why + strlen(why), sizeof(why) - strlen(why), " %s%s",
				 format_names[i], allowed >> (i + 1) ? "," : "");
	return usage_error(parse, "--format", *word ? word : "''", why);
}

/* Folders of settings are absolute, as the daemon has none that it works in. */
static int choose_store(struct parse *parse, const char *dir)
{
	char *here, *path;
	int r;

	if (!*dir)
		return usage_error(parse, "--store", "''", "no name; write --store DIR");
	parse->options->has_store = true;
	if (*dir == '/')
		return add_assignment(parse->options, "store.path=", dir);
	here = get_current_dir_name();
	if (!here || asprintf(&path, "%s/%s", here, dir) < 0) {
		free(here);
		return ENOMEM;
	}
	r = add_assignment(parse->options, "store.path=", path);
	free(path);
	free(here);
	return r;
}

static int take_count(struct parse *parse, const char *option, const char *text, uint64_t *ret)
{
	if (!*text || strlen(text) > 9 || text[strspn(text, "0123456789")])
		return usage_error(parse, option, *text ? text : "''",
				   "not a whole number; allowed 0 to 999999999");
	*ret = strtoull(text, NULL, 10);
	return 0;
}

/* A filter may be one argument or many words. */
static int add_filter(struct parse *parse, const char *word)
{
	char **filter = &parse->options->filter, *longer;

	if (asprintf(&longer, "%s%s%s", *filter ? *filter : "", *filter ? " " : "", word) < 0)
		return ENOMEM;
	free(*filter);
	*filter = longer;
	return 0;
}

static int take_file(struct parse *parse, struct argp_state *state, char *arg)
{
	struct cmd_options *options = parse->options;

	if (parse->verb->takes & OPTION_FILTER)
		return add_filter(parse, arg);
	if (!(parse->verb->takes & OPTION_FILES) && parse->verb->takes & OPTION_INTERFACE)
		return usage_error(parse, "argument", *arg ? arg : "''",
				   "none is taken; write -i IFACE for an interface");
	if (!(parse->verb->takes & OPTION_FILES))
		return usage_error(parse, "argument", *arg ? arg : "''",
				   "none is taken; see --help");
	if (!*arg)
		return usage_error(parse, "FILE", "''", "empty name; write the path of a capture");
	options->files = &state->argv[state->next - 1];
	options->file_count = (unsigned)(state->argc - state->next + 1);
	state->next = state->argc; /* argp has moved all files behind the options */
	return 0;
}

/* --- what is wrong with an option that getopt refused --------------------------------------------
 */

static bool takes(const struct parse *parse, const struct option_row *row)
{
	return (parse->verb->takes | OPTION_HELP) & row->bit;
}

static const struct option_row *find_short(const struct parse *parse, char key)
{
	for (size_t i = 0; i < OPTION_ROWS; i++)
		if (takes(parse, &option_rows[i]) && option_rows[i].option.key == key)
			return &option_rows[i];
	return NULL;
}

/* @arg is "--...": unknown, without its value, with one too many, or short for several. */
static int diagnose_long(struct parse *parse, const char *arg)
{
	char word[64], why[128];
	struct nearest nearest = {.word = word};
	unsigned matches = 0;

	snprintf(word, sizeof(word), "%.*s", (int)strcspn(arg + 2, "="), arg + 2);
	for (size_t i = 0; i < OPTION_ROWS; i++) {
		const char *name = option_rows[i].option.name;

		if (!name || !takes(parse, &option_rows[i]))
			continue;
		matches += strncmp(name, word, strlen(word)) == 0;
		nearest__offer(&nearest, name);
	}
	if (matches == 1)
		return usage_error(parse, "option", arg,
				   strchr(arg, '=') ? "takes no value; see --help"
						    : "needs a value; see --help");
	if (matches > 1)
		return usage_error(parse, "option", arg, "could be several; see --help");
	if (!nearest.best)
		return usage_error(parse, "option", arg, "unknown; see --help");
	snprintf(why, sizeof(why), "unknown, did you mean --%s?; see --help", nearest.best);
	return usage_error(parse, "option", arg, why);
}

/* getopt has passed the argument that it refused, unless that is a cluster as "-zi". */
static int diagnose(struct parse *parse, const struct argp_state *state)
{
	const char *arg = state->argv[state->next - 1];
	const char *next = state->next < state->argc ? state->argv[state->next] : "";

	if (next[0] == '-' && next[1] && next[1] != '-' && next[2] && !find_short(parse, next[1]))
		arg = next;
	else if (strncmp(arg, "--", 2) == 0)
		return diagnose_long(parse, arg);
	if (arg[0] == '-' && !arg[2] && find_short(parse, arg[1]))
		return usage_error(parse, "option", arg, "needs a value; see --help");
	return usage_error(parse, "option", arg, "unknown; see --help");
}

/* --- spans of time -------------------------------------------------------------------------------
 */

static int read_time(struct parse *parse, const char *option, const char *text, int64_t *ret)
{
	if (text_parse_time(text, parse->options->now_ns, ret) == 0)
		return 0;
	return usage_error(
		parse, option, *text ? text : "''",
		"no such time; write 2026-11-22, 07:30, '2026-11-22 07:30:00', RFC 3339, "
		"-2h, today or yesterday");
}

static int read_last(struct parse *parse)
{
	struct cmd_options *options = parse->options;
	uint64_t last_ns;

	if (options->since || options->until)
		return usage_error(parse, "--last", options->last,
				   "is a span by itself; leave --since and --until out");
	if (text_parse_duration(options->last, &last_ns) < 0 || last_ns == 0)
		return usage_error(parse, "--last", *options->last ? options->last : "''",
				   "no such duration; write 30m, 24h or 7d");
	options->since_ns = options->now_ns - (int64_t)last_ns;
	return 0;
}

/* A store that is named is looked at as a whole, unless a span is named too. */
static int read_span(struct parse *parse)
{
	struct cmd_options *options = parse->options;
	int r = 0;

	if (options->last)
		return read_last(parse);
	if (options->since)
		r = read_time(parse, "--since", options->since, &options->since_ns);
	else if (!options->until && !options->has_store && parse->verb->last_ns)
		options->since_ns = options->now_ns - parse->verb->last_ns;
	if (r == 0 && options->until)
		r = read_time(parse, "--until", options->until, &options->until_ns);
	if (r == 0 && options->since_ns >= options->until_ns)
		return usage_error(parse, "--until", options->until, "is not later than --since");
	return r;
}

static int finish(struct parse *parse)
{
	if ((parse->verb->takes & OPTION_FILES) && parse->options->file_count == 0)
		return usage_error(parse, "no FILE", "", "nothing to read; name a capture file");
	return read_span(parse);
}

/* --- argp ----------------------------------------------------------------------------------------
 */

/* Help that could not be written is a failure. */
static int print_help(struct argp_state *state, unsigned what)
{
	state->flags &= ~(unsigned)ARGP_NO_ERRS;
	argp_state_help(state, stdout, what);
	exit(output_finish() < 0 ? CMD_FAILED : CMD_DONE);
}

static int take_plain(struct cmd_options *options, int key, const char *arg)
{
	for (size_t i = 0; i < PLAIN_OPTIONS; i++) {
		if (plain_options[i].key != key)
			continue;
		if (arg)
			*(const char **)((char *)options + plain_options[i].text) = arg;
		else
			*(bool *)((char *)options + plain_options[i].flag) = true;
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static error_t on_value(struct parse *parse, int key, const char *arg)
{
	switch (key) {
	case 'i':
		return add_interface(parse, arg);
	case KEY_HOOK:
		return add_assignment(parse->options, "sensor.hook=", arg);
	case KEY_SET:
		return add_assignment(parse->options, "", arg);
	case KEY_ENGINE:
		return choose_engine(parse, arg);
	case KEY_FORMAT:
		return choose_format(parse, arg);
	case KEY_STORE:
		return choose_store(parse, arg);
	case 'n':
		return take_count(parse, "--limit", arg, &parse->options->limit);
	case KEY_TOP:
		parse->options->has_top = true;
		return take_count(parse, "--top", arg, &parse->options->top);
	default:
		return take_plain(parse->options, key, arg);
	}
}

static error_t on_key(int key, char *arg, struct argp_state *state)
{
	struct parse *parse = state->input;

	switch (key) {
	case '?':
	case 'h':
		return print_help(state, ARGP_HELP_STD_HELP & ~ARGP_HELP_EXIT_OK);
	case KEY_USAGE:
		return print_help(state, ARGP_HELP_USAGE);
	case 'o':
		return take_plain(parse->options,
				  parse->verb->takes & OPTION_COLUMNS ? 'o' : KEY_OUTPUT, arg);
	case ARGP_KEY_ARG:
		return take_file(parse, state, arg);
	case ARGP_KEY_SUCCESS:
		return finish(parse);
	case ARGP_KEY_ERROR:
		if (!parse->reported)
			diagnose(parse, state);
		return 0;
	default:
		return on_value(parse, key, arg);
	}
}

/* Those that only read what a daemon left need one setting of all; their help stays short. */
static char *settings_hint(void)
{
	return strdup("Settings for --set are listed by 'oddns run --help'.\n");
}

/* The list of settings ends the help of verbs that work with them. */
static char *help_filter(int key, const char *text, void *input)
{
	const struct parse *parse = input;
	char *list = NULL;
	size_t size;
	FILE *out;

	if (key == ARGP_KEY_HELP_DUP_ARGS_NOTE)
		return NULL;
	if (key != ARGP_KEY_HELP_EXTRA || !parse || !(parse->verb->takes & OPTION_SET))
		return (char *)text;
	if (!(parse->verb->takes & (OPTION_HOOK | OPTION_ENGINE)))
		return settings_hint();
	out = open_memstream(&list, &size);
	if (!out)
		return NULL;
	settings__help(out);
	return fclose(out) == 0 ? list : NULL;
}

/* The row as argp wants it: -o is short for --output where it is not for --columns. */
static struct argp_option argp_row(const struct parse *parse, const struct option_row *row)
{
	struct argp_option option = row->option;

	if (option.key == KEY_OUTPUT && !(parse->verb->takes & OPTION_COLUMNS))
		option.key = 'o';
	return option;
}

static int parse_arguments(struct parse *parse, int argc, char **argv)
{
	struct argp_option rows[OPTION_ROWS + 1] = {0};
	struct argp argp = {
		.options = rows,
		.parser = on_key,
		.args_doc = parse->verb->takes & OPTION_FILES	 ? "FILE..."
			    : parse->verb->takes & OPTION_FILTER ? "[FILTER]"
								 : NULL,
		.doc = parse->verb->about,
		.help_filter = help_filter,
	};
	char program[32];
	size_t n = 0;

	for (size_t i = 0; i < OPTION_ROWS; i++)
		if (takes(parse, &option_rows[i]))
			rows[n++] = argp_row(parse, &option_rows[i]);
	snprintf(program, sizeof(program), "oddns %s", parse->verb->name);
	argv[0] = program;
	n = (size_t)argp_parse(&argp, argc, argv, ARGP_NO_ERRS | ARGP_NO_HELP, NULL, parse);
	argv[0] = (char *)parse->verb->name;
	return -(int)n;
}

int options__settings(const struct cmd_options *options, struct settings **ret_settings)
{
	struct settings *settings = settings__new();
	int r;

	if (!settings)
		return log_err(-ENOMEM, "make settings");
	r = settings__read_file(settings, options->config_path);
	for (unsigned i = 0; i < options->assignment_count && r == 0; i++)
		r = settings__set(settings, options->assignments[i]);
	if (r == 0)
		r = settings__check(settings);
	if (r < 0) {
		settings__free(settings);
		return r;
	}
	*ret_settings = settings;
	return 0;
}

int options__parse(const struct options_verb *verb, int argc, char **argv, struct cmd_options *ret)
{
	struct cmd_options options = {.since_ns = INT64_MIN, .until_ns = INT64_MAX};
	struct parse parse = {.verb = verb, .options = &options};
	struct timespec now;
	int r;

	clock_gettime(CLOCK_REALTIME, &now);
	options.now_ns = now.tv_sec * 1000000000LL + now.tv_nsec;
	r = parse_arguments(&parse, argc, argv);
	if (r < 0 && !parse.reported)
		log_err(r, "%s: read arguments", verb->name);
	if (r == 0 && (verb->takes & (OPTION_CONFIG | OPTION_SET)))
		r = options__settings(&options, &options.settings);
	if (r < 0) {
		options__done(&options);
		return r;
	}
	*ret = options;
	return 0;
}

void options__done(struct cmd_options *options)
{
	for (unsigned i = 0; i < options->assignment_count; i++)
		free(options->assignments[i]);
	free(options->assignments);
	free(options->filter);
	settings__free(options->settings);
	memset(options, 0, sizeof(*options));
}
