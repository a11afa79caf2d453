// SPDX-License-Identifier: GPL-2.0-or-later
/* Findings of `oddns doctor` as JSON Lines. */
#include "check.h"

#include <jansson.h>

const char *check_result_name(enum check_result result)
{
	static const char *const names[] = {
		[CHECK_OK] = "ok",
		[CHECK_NOTE] = "note",
		[CHECK_PROBLEM] = "problem",
	};

	return names[result];
}

void check__print(FILE *out, const struct check *check)
{
	json_t *json =
		json_pack("{s:s, s:s, s:s?, s:s, s:s, s:s}", "type", "check", "name", check->name,
			  "interface", check->interface, "result", check_result_name(check->result),
			  "finding", check->finding, "advice", check->advice);

	json_dumpf(json, out, JSON_COMPACT | JSON_ENSURE_ASCII);
	fputc('\n', out);
	json_decref(json);
}
