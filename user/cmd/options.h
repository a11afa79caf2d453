/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Options that verbs share: what each means is said once, which it takes is a mask. */
#ifndef CMD_OPTIONS_H
#define CMD_OPTIONS_H

#include "cmd/option_rows.h"
#include "config/settings.h"

enum engine_choice { ENGINE_AUTO, ENGINE_KERNEL, ENGINE_NATIVE };
enum output_format { FORMAT_TEXT, FORMAT_JSON, FORMAT_CSV, FORMAT_HTML, FORMAT_PDF, FORMATS };

/* What a verb says of itself. */
struct options_verb {
	const char *name;  /* "run" */
	const char *about; /* paragraph at the top of its help */
	unsigned takes;	   /* OPTION_* */
	unsigned formats;  /* 1 << enum output_format for each; 0: text and json */
	int64_t last_ns;   /* --last's default; 0: all that there is */
};

/* Owned by the caller between options__parse() and options__done(). */
struct cmd_options {
	const char *config_path; /* NULL: CONFIG_DEFAULT_FILE if it exists; points into argv */
	char **assignments;	 /* "SECTION.KEY=VALUE", in the order given */
	unsigned assignment_count;
	unsigned interfaces_at; /* 1 + index of the assignment that -i made, 0: none */
	enum engine_choice engine;
	enum output_format format;
	bool has_format; /* --format was given */
	bool has_store;	 /* --store was given */
	bool try;
	bool uniflow;
	bool follow;
	bool help_fields;
	char *filter;	     /* owned; NULL: none was given */
	const char *columns; /* these texts point into argv; NULL: not given */
	const char *output;
	const char *sort;
	const char *by;
	const char *order;
	uint64_t limit; /* 0: not given */
	uint64_t top;	/* valid when has_top */
	bool has_top;
	const char *last; /* as they are written, pointing into argv; NULL: not given */
	const char *since;
	const char *until;
	/* since <= time < until, ns since 1970 in UTC; INT64_MIN, INT64_MAX: open */
	int64_t since_ns;
	int64_t until_ns;
	int64_t now_ns; /* when the arguments were read */
	char **files;	/* points into argv */
	unsigned file_count;
	struct settings *settings; /* NULL when the verb takes neither --config nor --set */
};

/**
 * options__parse() - Read a verb's arguments and, if it takes any, its settings.
 * @argv: argv[0] is the verb; files move to the end; must outlive @ret
 * @ret: to be freed with options__done() after success
 *
 * "--help" and "--usage" print and exit with 0.
 *
 * Return: 0, -EINVAL for wrong usage, else why the settings could not be read; reported,
 * and CMD_USAGE is the exit code for all but -ENOMEM
 */
int options__parse(const struct options_verb *verb, int argc, char **argv, struct cmd_options *ret);

/**
 * options__settings() - Read the settings afresh: defaults, the file, then the assignments.
 * @ret_settings: owned by the caller
 *
 * For SIGHUP: what is in @options stays as it is.
 *
 * Return: 0, else as options__parse(); reported
 */
int options__settings(const struct cmd_options *options, struct settings **ret_settings);

/** options__done() - Free what options__parse() gave, the settings too; may be repeated. */
void options__done(struct cmd_options *options);

#endif
