// SPDX-License-Identifier: GPL-2.0-or-later
/* Tables: alignment by characters, no trailing spaces, colour only when wanted. */
#include "ui/table.h"

#include <criterion/criterion.h>

#include <stdlib.h>
#include <string.h>

static const struct table_column columns[] = {{"NAME", false}, {"N", true}, {"NOTE", false}};

static void expect(struct style style, const char *want)
{
	struct table *table;
	char *got = NULL;
	size_t size;
	FILE *out;

	cr_assert_eq(table__new(columns, 3, &table), 0);
	cr_expect(table__is_empty(table));
	table__add(table, TABLE_PLAIN, "a");
	table__add(table, TABLE_RED, "%d", 101);
	table__add(table, TABLE_PLAIN, "%s", "");
	table__add(table, TABLE_PLAIN, "žluť ok");
	table__add(table, TABLE_PLAIN, "7");
	table__add(table, TABLE_PLAIN, "x");
	cr_expect(!table__is_empty(table));
	out = open_memstream(&got, &size);
	cr_assert_eq(table__print(table, out, style), 0);
	fclose(out);
	cr_expect_str_eq(got, want);
	free(got);
	table__free(table);
}

Test(table, columns_align_by_characters_and_lines_end_without_spaces)
{
	expect((struct style){0}, "NAME       N  NOTE\n"
				  "a        101\n"
				  "žluť ok    7  x\n");
}

Test(table, colour_takes_no_width)
{
	expect((struct style){.colour = true},
	       "\033[2mNAME\033[0m       \033[2mN\033[0m  \033[2mNOTE\033[0m\n"
	       "a        \033[31m101\033[0m\n"
	       "žluť ok    7  x\n");
}

Test(table, control_characters_do_not_reach_the_terminal)
{
	struct table *table;
	char *got = NULL;
	size_t size;
	FILE *out;

	cr_assert_eq(table__new(columns, 1, &table), 0);
	table__add(table, TABLE_PLAIN, "%s", "e\033[2Jth\n\177");
	out = open_memstream(&got, &size);
	cr_assert_eq(table__print(table, out, (struct style){0}), 0);
	fclose(out);
	cr_expect_str_eq(got, "NAME\ne?[2Jth??\n");
	free(got);
	table__free(table);
}
