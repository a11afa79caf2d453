// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of settings for people, at 80 columns. */
#include "settings.h"

#include "rows.h"
#include "value.h"

#include <string.h>

#define COLUMNS 78
#define INDENT	6

/* Write words, broken into lines that begin at column INDENT. */
static void write_wrapped(FILE *out, const char *text)
{
	int column = 0;

	while (*text) {
		int length = (int)strcspn(text, " ");

		if (column && column + 1 + length > COLUMNS) {
			fputc('\n', out);
			column = 0;
		}
		column += fprintf(out, "%*s%.*s", column ? 1 : INDENT, "", length, text);
		text += length;
		text += strspn(text, " ");
	}
	fputc('\n', out);
}

/* "    timeout = 5s  (10ms to 30s)", then the sentence; long ranges on a line of their own. */
static void write_row(FILE *out, const struct setting_row *row)
{
	char allowed[VALUE_ALLOWED_MAX];
	int column = fprintf(out, "    %s", row->key);

	if (row->fallback)
		column += fprintf(out, " = %s", *row->fallback ? row->fallback : "(empty)");
	value_allowed(row, allowed);
	if (column + 4 + (int)strlen(allowed) <= COLUMNS)
		fprintf(out, "  (%s)\n", allowed);
	else
		fprintf(out, "\n%*s(%s)\n", INDENT, "", allowed);
	write_wrapped(out, row->help);
}

void settings__help(FILE *out)
{
	const char *section = "";

	fputs("Settings, for the file and for --set SECTION.KEY=VALUE, with defaults:\n", out);
	for (unsigned i = 0; i < setting_row_count; i++) {
		const struct setting_row *row = &setting_rows[i];

		if (strcmp(section, row->section) != 0)
			fprintf(out, "  [%s]\n", row->section);
		section = row->section;
		write_row(out, row);
	}
}
