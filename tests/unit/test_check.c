// SPDX-License-Identifier: GPL-2.0-or-later
/* Findings of doctor as JSON Lines; the expected lines are written by hand. */
#include "sink/check.h"

#include <criterion/criterion.h>
#include <stdlib.h>

Test(check, a_line_has_all_keys_in_order)
{
	static const struct {
		struct check check;
		const char *line;
	} rows[] = {
		{{CHECK_OK, "bpf", NULL, "works", ""},
		 "{\"type\":\"check\",\"name\":\"bpf\",\"interface\":null,\"result\":\"ok\","
		 "\"finding\":\"works\",\"advice\":\"\"}\n"},
		{{CHECK_NOTE, "xdp-hook", "veth0", "held by \"x\"", "look"},
		 "{\"type\":\"check\",\"name\":\"xdp-hook\",\"interface\":\"veth0\","
		 "\"result\":\"note\",\"finding\":\"held by \\\"x\\\"\",\"advice\":\"look\"}\n"},
		{{CHECK_PROBLEM, "link", "a\\200", "none", "look"},
		 "{\"type\":\"check\",\"name\":\"link\",\"interface\":\"a\\\\200\","
		 "\"result\":\"problem\",\"finding\":\"none\",\"advice\":\"look\"}\n"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *line = NULL;
		size_t size;
		FILE *out = open_memstream(&line, &size);

		check__print(out, &rows[i].check);
		fclose(out);
		cr_assert_str_eq(line, rows[i].line, "row %zu: %s", i, line);
		free(line);
	}
}
