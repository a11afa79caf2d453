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

#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Keys of long options; 'i', 'c', '?' and 'h' are short ones. */
enum { KEY_HOOK = 0x100, KEY_SET, KEY_ENGINE, KEY_FORMAT, KEY_TRY, KEY_USAGE };

/* QUERY and the rcodes that resolvers are used for: NOERROR, NXDOMAIN, SERVFAIL. */
#define KEYS_PER_SERVER 4

/* In each verb's mask. */
#define OPTION_HELP (1u << 31)

/* A row for each option: the bit of the verb's mask, and argp's own. */
static const struct option_row {
	unsigned bit;
	struct argp_option option;
} option_rows[] = {
	{OPTION_INTERFACE,
	 {"interface", 'i', "IFACE", 0,
	  "Watch this interface; may be repeated (default: those of the default routes)", 0}},
	{OPTION_CONFIG,
	 {"config", 'c', "FILE", 0,
	  "Read settings from FILE (default: " CONFIG_DEFAULT_FILE ", if there is one)", 0}},
	{OPTION_HOOK,
	 {"hook", KEY_HOOK, "HOOK", 0, "See packets at auto, xdp, xdp-generic or tc", 0}},
	{OPTION_SET,
	 {"set", KEY_SET, "SECTION.KEY=VALUE", 0,
	  "Change a setting after the file was read; may be repeated", 0}},
	{OPTION_ENGINE,
	 {"engine", KEY_ENGINE, "ENGINE", 0,
	  "Parse with kernel (the loaded program), native (the same code, no privilege) or auto",
	  0}},
	{OPTION_TRY,
	 {"try", KEY_TRY, NULL, 0,
	  "Attach to the interfaces and detach again; native XDP may cut their links for a moment",
	  0}},
	{OPTION_HELP, {"help", '?', NULL, 0, "Print this text", -1}},
	{OPTION_HELP, {NULL, 'h', NULL, OPTION_ALIAS, NULL, -1}},
	{OPTION_HELP, {"usage", KEY_USAGE, NULL, 0, "Print the options in short", -1}},
	{OPTION_FORMAT,
	 {"format", KEY_FORMAT, "FORMAT", 0, "Print text (for people) or json (JSON Lines)", 0}},
};

#define OPTION_ROWS (sizeof(option_rows) / sizeof(option_rows[0]))

static const char *const engine_names[] = {
	[ENGINE_AUTO] = "auto",
	[ENGINE_KERNEL] = "kernel",
	[ENGINE_NATIVE] = "native",
};

static const char *const format_names[] = {
	[FORMAT_TEXT] = "text",
	[FORMAT_JSON] = "json",
};

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
	int i = index_of(format_names, 2, word);

	if (i < 0)
		return usage_error(parse, "--format", *word ? word : "''",
				   "no such format; allowed text, json");
	parse->options->format = (enum output_format)i;
	return 0;
}

static int take_file(struct parse *parse, struct argp_state *state, char *arg)
{
	struct cmd_options *options = parse->options;

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

/* --- argp ----------------------------------------------------------------------------------------
 */

/* Help that could not be written is a failure. */
static int print_help(struct argp_state *state, unsigned what)
{
	state->flags &= ~(unsigned)ARGP_NO_ERRS;
	argp_state_help(state, stdout, what);
	exit(output_finish() < 0 ? CMD_FAILED : CMD_DONE);
}

static int finish(struct parse *parse)
{
	if ((parse->verb->takes & OPTION_FILES) && parse->options->file_count == 0)
		return usage_error(parse, "no FILE", "", "nothing to read; name a capture file");
	return 0;
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
	case 'i':
		return add_interface(parse, arg);
	case 'c':
		parse->options->config_path = arg;
		return 0;
	case KEY_HOOK:
		return add_assignment(parse->options, "sensor.hook=", arg);
	case KEY_SET:
		return add_assignment(parse->options, "", arg);
	case KEY_ENGINE:
		return choose_engine(parse, arg);
	case KEY_TRY:
		parse->options->try = true;
		return 0;
	case KEY_FORMAT:
		return choose_format(parse, arg);
	case ARGP_KEY_ARG:
		return take_file(parse, state, arg);
	case ARGP_KEY_SUCCESS:
		return finish(parse);
	case ARGP_KEY_ERROR:
		if (!parse->reported)
			diagnose(parse, state);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
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

static int parse_arguments(struct parse *parse, int argc, char **argv)
{
	struct argp_option rows[OPTION_ROWS + 1] = {0};
	struct argp argp = {
		.options = rows,
		.parser = on_key,
		.args_doc = parse->verb->takes & OPTION_FILES ? "FILE..." : NULL,
		.doc = parse->verb->about,
		.help_filter = help_filter,
	};
	char program[32];
	size_t n = 0;

	for (size_t i = 0; i < OPTION_ROWS; i++)
		if (takes(parse, &option_rows[i]))
			rows[n++] = option_rows[i].option;
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

enum attach_mode options__attach_mode(const struct settings *settings)
{
	static const enum attach_mode modes[] = {
		[HOOK_AUTO] = ATTACH_AUTO,
		[HOOK_XDP] = ATTACH_XDP,
		[HOOK_XDP_GENERIC] = ATTACH_XDP_GENERIC,
		[HOOK_TC] = ATTACH_TC,
	};

	return modes[settings->hook];
}

unsigned options__server_keys(const struct settings *settings)
{
	unsigned keys = settings->servers * KEYS_PER_SERVER;

	for (unsigned i = 0; i < settings->group_count; i++)
		for (unsigned j = 0; j < settings->groups[i].server_count; j++)
			if (settings->groups[i].servers[j].prefix_bits == 128)
				keys += ODD_RCODE_COUNT;
	return keys;
}

int options__parse(const struct options_verb *verb, int argc, char **argv, struct cmd_options *ret)
{
	struct cmd_options options = {0};
	struct parse parse = {.verb = verb, .options = &options};
	int r = parse_arguments(&parse, argc, argv);

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
	settings__free(options->settings);
	memset(options, 0, sizeof(*options));
}
