// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `oddns doctor`: what this host can do, found out by trying. One line a check;
 * the last thing it says, by its exit code, is whether `oddns run` would start.
 */
#include "doctor.h"

#include "base/log.h"
#include "base/output.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/daemon_state.h"
#include "source/programs.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* Room for three programs with their numbers, or a list of holders. */
#define FINDING_MAX 512

static const struct options_verb verb = {
	.name = "doctor",
	.about = "What this host can do, and what is in the way: kernel features (tried on a veth "
		 "pair of its own), hooks and who holds them, MTU, offloads, the journal, the "
		 "store, and what a running daemon sees. Exit code 0 when 'oddns run' can start, 1 "
		 "when not.",
	.takes = OPTION_INTERFACE | OPTION_CONFIG | OPTION_SET | OPTION_FORMAT | OPTION_TRY,
};

static const struct look {
	enum table_colour colour;
	const char *mark;
} looks[] = {
	[CHECK_OK] = {TABLE_GREEN, "✓"},
	[CHECK_NOTE] = {TABLE_YELLOW, "!"},
	[CHECK_PROBLEM] = {TABLE_RED, "✗"},
};

/* A mark on a terminal that can show it, a word wherever programs read. */
static const char *mark_of(const struct doctor *doctor, enum check_result result)
{
	return doctor->style.colour && doctor->style.utf8 ? looks[result].mark
							  : check_result_name(result);
}

static void show(struct doctor *doctor, const struct check *check)
{
	if (!doctor->table) {
		check__print(stdout, check);
		return;
	}
	table__add(doctor->table, looks[check->result].colour, "%s",
		   mark_of(doctor, check->result));
	table__add(doctor->table, TABLE_PLAIN, "%s%s%s", check->interface ? check->interface : "",
		   check->interface ? " " : "", check->name);
	table__add(doctor->table, TABLE_PLAIN, "%s%s%s", check->finding, *check->advice ? "; " : "",
		   check->advice);
}

void doctor__tell(struct doctor *doctor, const struct check *check, const char *fmt, ...)
{
	char finding[FINDING_MAX], printable[FINDING_MAX], interface[64];
	struct check told = *check;
	va_list args;

	va_start(args, fmt);
	vsnprintf(finding, sizeof(finding), fmt, args);
	va_end(args);
	told.finding = text_printable(finding, strlen(finding), printable, sizeof(printable));
	if (check->interface)
		told.interface = text_printable(check->interface, strlen(check->interface),
						interface, sizeof(interface));
	doctor->has_problem |= check->result == CHECK_PROBLEM;
	show(doctor, &told);
}

/* Return: 0, -ENOMEM after reporting */
static int print_table(const struct doctor *doctor)
{
	int r = doctor->table ? table__print(doctor->table, stdout, doctor->style) : 0;

	return r < 0 ? log_err(r, "print findings") : 0;
}

static int examine(struct doctor *doctor)
{
	static const struct table_column columns[] = {
		{"RESULT", false}, {"CHECK", false}, {"FINDING; WHAT TO DO", false}};
	int r = 0;

	doctor->style = stdout_style();
	if (doctor->options.format == FORMAT_TEXT)
		r = table__new(columns, 3, &doctor->table);
	if (r < 0)
		return log_err(r, "make a table");
	doctor__examine_host(doctor);
	doctor__examine_daemon(doctor);
	doctor__examine_store(doctor);
	doctor__examine_interfaces(doctor);
	return print_table(doctor);
}

int cmd_doctor(int argc, char **argv)
{
	struct doctor doctor = {0};
	int r = options__parse(&verb, argc, argv, &doctor.options);

	if (r < 0)
		return r == -ENOMEM ? CMD_FAILED : CMD_USAGE;
	r = examine(&doctor);
	if (doctor.programs)
		programs__free(doctor.programs);
	state__free(doctor.state);
	table__free(doctor.table);
	options__done(&doctor.options);
	if (output_finish() < 0)
		r = -EIO;
	return r < 0 || doctor.has_problem ? CMD_FAILED : CMD_DONE;
}
