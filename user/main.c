// SPDX-License-Identifier: GPL-2.0-or-later
/* oddns: the table of verbs, and the way to them. */
#include "base/log.h"
#include "base/nearest.h"
#include "base/output.h"
#include "base/text.h"
#include "cmd/cmd.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const struct verb {
	const char *name;
	const char *summary; /* up to 60 columns */
	cmd_fn function;
} verbs[] = {
	{"run", "watch interfaces and write alerts to the journal", cmd_run},
	{"replay", "read capture files as if they were live", cmd_replay},
	{"status", "what the running daemon sees, counts and loses", cmd_status},
	{"servers", "the servers it knows, and how they compare", cmd_servers},
	{"flows", "what is in the store, exchange by exchange", cmd_flows},
	{"stats", "what is in the store, added up by any fields", cmd_stats},
	{"alerts", "the alerts that were raised, with their evidence", cmd_alerts},
	{"report", "a document on a span of time: PDF, HTML, text, CSV", cmd_report},
	{"doctor", "what this host can do, and what is in the way", cmd_doctor},
};

#define VERBS (sizeof(verbs) / sizeof(verbs[0]))

static const struct verb *find_verb(const char *name)
{
	for (size_t i = 0; i < VERBS; i++)
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	return NULL;
}

static int unknown_verb(const char *word)
{
	struct nearest nearest = {.word = word};
	char shown[160];

	text_printable(word, strlen(word), shown, sizeof(shown));
	if (*word == '-') {
		log_err(0, "option '%s': a command comes before it; see oddns --help", shown);
		return CMD_USAGE;
	}
	for (size_t i = 0; i < VERBS; i++)
		nearest__offer(&nearest, verbs[i].name);
	if (nearest.best)
		log_err(0, "command '%s': unknown, did you mean '%s'?; see oddns --help", shown,
			nearest.best);
	else
		log_err(0, "command '%s': unknown; see oddns --help", shown);
	return CMD_USAGE;
}

static int finish_output(void)
{
	return output_finish() < 0 ? CMD_FAILED : CMD_DONE;
}

static int print_help(void)
{
	printf("Usage: oddns COMMAND [OPTION...]\n"
	       "Watch DNS on the wire and say which server is the odd one out.\n\n"
	       "Commands:\n");
	for (size_t i = 0; i < VERBS; i++)
		printf("  %-10s %s\n", verbs[i].name, verbs[i].summary);
	printf("  %-10s %s\n", "help", "this text, or with a COMMAND what it takes");
	printf("\nOptions:\n"
	       "  -?, -h, --help   this text; behind a command, what it takes\n"
	       "  -V, --version    the version\n\n"
	       "Exit codes: 0 done, 1 failed, 2 wrong usage or configuration.\n"
	       "More in oddns(8); 'oddns run --help' lists the settings.\n");
	return finish_output();
}

static int print_version(void)
{
	printf("oddns " ODDNS_VERSION "\n");
	return finish_output();
}

static bool is_one_of(const char *word, const char *const *words)
{
	for (; *words; words++)
		if (strcmp(word, *words) == 0)
			return true;
	return false;
}

static const char *const help_words[] = {"-?", "-h", "--help", NULL};

/* "oddns help [COMMAND]": as "oddns COMMAND --help". */
static int help(int argc, char **argv)
{
	char option[] = "--help";
	const struct verb *verb;

	if (argc < 2 || is_one_of(argv[1], help_words))
		return print_help();
	verb = find_verb(argv[1]);
	if (!verb)
		return unknown_verb(argv[1]);
	return verb->function(2, (char *[]){argv[1], option, NULL});
}

int main(int argc, char **argv)
{
	static const char *const version_words[] = {"-V", "--version", NULL};
	const struct verb *verb;

	if (argc < 2) {
		log_err(0, "no command; see oddns --help");
		return CMD_USAGE;
	}
	if (is_one_of(argv[1], help_words))
		return print_help();
	if (is_one_of(argv[1], version_words))
		return print_version();
	if (strcmp(argv[1], "help") == 0)
		return help(argc - 1, argv + 1);
	verb = find_verb(argv[1]);
	if (!verb)
		return unknown_verb(argv[1]);
	return verb->function(argc - 1, argv + 1);
}
