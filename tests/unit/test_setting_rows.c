// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of settings, and all that is written about it: help, example, manual, completion. */
#include "settings_fixture.h"

#include "config/rows.h"

static char *slurp(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text = calloc(1, 65536);

	cr_assert(file, "%s: run the tests in the folder of the Makefile", path);
	cr_assert_lt(fread(text, 1, 65535, file), 65535);
	fclose(file);
	return text;
}

Test(setting_rows, every_row_has_a_readable_default_and_an_ascii_sentence)
{
	for (unsigned i = 0; i < setting_row_count; i++) {
		const struct setting_row *row = &setting_rows[i];

		cr_assert_eq(setting_is_named(row), row->fallback == NULL, "%s", row->key);
		cr_assert_gt(strlen(row->help), 10, "%s", row->key);
		for (const char *c = row->help; *c; c++)
			cr_assert(*c >= 0x20 && *c < 0x7f, "%s", row->key);
	}
}

Test(setting_rows, help_shows_every_row_within_80_columns)
{
	char *text = NULL, *rest = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	settings__help(out);
	fclose(out);
	for (unsigned i = 0; i < setting_row_count; i++) {
		char line[128];

		snprintf(line, sizeof(line), "    %s%s%s", setting_rows[i].key,
			 setting_rows[i].fallback ? " = " : "",
			 setting_rows[i].fallback ? setting_rows[i].fallback : "");
		cr_assert(strstr(text, line), "%s", line);
	}
	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		cr_assert_lt(strlen(line), 80, "%s", line);
	free(text);
}

/* The example: each setting as a comment with its default, in its section; and it reads. */
Test(setting_rows, the_example_file_shows_every_row_with_its_default)
{
	char *text = slurp("user/dist/oddns.conf"), *at = text;
	const char *section = "";
	int r;

	for (unsigned i = 0; i < setting_row_count; i++) {
		const struct setting_row *row = &setting_rows[i];
		char line[128];

		if (strcmp(section, row->section) != 0 && !setting_is_named(row)) {
			snprintf(line, sizeof(line), "\n[%s]\n", row->section);
			at = strstr(text, line);
			cr_assert(at, "no [%s]", row->section);
		} else if (strcmp(section, row->section) != 0) {
			at = strstr(text, "\n#[group ");
			cr_assert(at);
		}
		section = row->section;
		snprintf(line, sizeof(line), "\n#%s =%s%s%s", row->key,
			 row->fallback && *row->fallback ? " " : "",
			 row->fallback ? row->fallback : "", row->fallback ? "\n" : " ");
		cr_assert(strstr(at, line), "[%s]: no '%s'", row->section, line + 1);
	}
	settings__free(read_text(text, &r));
	cr_assert_eq(r, 0);
	free(text);
}

/* With "#" taken from before keys and sections, the example is a whole configuration. */
Test(setting_rows, the_example_file_can_be_uncommented)
{
	char *text = slurp("user/dist/oddns.conf"), *to = text;
	struct settings *s;
	int r;

	for (const char *from = text; *from; from++)
		if (*from != '#' || from[1] == ' ' || from[1] == '\n')
			*to++ = *from;
	*to = '\0';
	s = read_text(text, &r);
	cr_assert_eq(r, 0);
	cr_assert_eq(s->group_count, 1);
	cr_assert_eq(s->timeout_ns, 5 * SECOND);
	cr_assert_eq(settings__check(s), 0);
	settings__free(s);
	free(text);
}

Test(setting_rows, manual_and_completion_know_every_row)
{
	char *manual = slurp("user/dist/oddns.8");
	char *completion = slurp("user/dist/oddns.bash-completion");

	for (unsigned i = 0; i < setting_row_count; i++) {
		const struct setting_row *row = &setting_rows[i];
		char text[128], *at;

		snprintf(text, sizeof(text), ".Ss %s\n", row->section);
		at = strstr(manual, text);
		cr_assert(at, "%s", text);
		snprintf(text, sizeof(text), "\n.It Ic %s%s%s\n", row->key,
			 row->fallback && *row->fallback ? " = " : "",
			 row->fallback ? row->fallback : "");
		cr_assert(strstr(at, text), "[%s]: no '%s'", row->section, text + 1);
		if (setting_is_named(row))
			continue;
		snprintf(text, sizeof(text), "%s.%s=", row->section, row->key);
		cr_assert(strstr(completion, text), "completion: no '%s'", text);
	}
	free(manual);
	free(completion);
}
