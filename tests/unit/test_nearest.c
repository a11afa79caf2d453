// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/nearest.h"

#include <criterion/criterion.h>
#include <string.h>

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))

Test(nearest, finds_what_was_meant_and_stays_silent_otherwise)
{
	static const struct {
		const char *word, *best;
	} rows[] = {
		{"timeot", "timeout"},
		{"timeuot", "timeout"},
		{"TIMEOUT", "timeout"},
		{"intrval", "interval"},
		{"inter", "interval"},
		{"server", "servers"},
		{"x", NULL},
		{"", NULL},
		{"elephant", NULL},
		{"tmt", NULL},
	};
	static const char *const words[] = {"interval", "interfaces", "timeout", "servers", "tc"};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct nearest nearest = {.word = rows[i].word};

		for (size_t j = 0; j < ROWS(words); j++)
			nearest__offer(&nearest, words[j]);
		if (rows[i].best)
			cr_assert(nearest.best && strcmp(nearest.best, rows[i].best) == 0, "%s: %s",
				  rows[i].word, nearest.best ? nearest.best : "none");
		else
			cr_assert_null(nearest.best, "%s: %s", rows[i].word, nearest.best);
	}
}
