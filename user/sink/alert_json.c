// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads what json_alert() wrote. A store may be anybody's: nothing is taken for granted. */
#include "alert_json.h"

#include "base/text.h"

#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

static uint64_t number_in(const json_t *object, const char *name)
{
	json_int_t number = json_integer_value(json_object_get(object, name));

	return number > 0 ? (uint64_t)number : 0;
}

static bool read_server(const json_t *json, struct alert_evidence *ret)
{
	const char *server = json_string_value(json_object_get(json, "server"));
	const json_t *median = json_object_get(json, "median");
	uint64_t intervals = number_in(json, "intervals");

	if (!server || text_parse_address(server, ret->server) < 0)
		return false;
	ret->eligible = json_is_number(median);
	ret->median = json_number_value(median);
	ret->odd = json_is_true(json_object_get(json, "odd"));
	ret->intervals = intervals < UINT_MAX ? (unsigned)intervals : UINT_MAX;
	ret->samples = number_in(json, "samples");
	return true;
}

int alert_json_evidence(const char *json, struct alert_evidence **ret_evidence)
{
	json_t *line = json_loads(json, 0, NULL);
	const json_t *list = json_object_get(line, "evidence");
	size_t room = json_array_size(list);
	const char *type = json_string_value(json_object_get(line, "type"));
	struct alert_evidence *evidence = NULL;
	int n = 0;

	if (!type || strcmp(type, "alert") != 0 || room > INT_MAX)
		n = -EPROTO;
	else if (room > 0) {
		evidence = calloc(room, sizeof(*evidence));
		n = evidence ? 0 : -ENOMEM;
	}
	for (size_t i = 0; i < room && n >= 0; i++)
		if (read_server(json_array_get(list, i), &evidence[n]))
			n++;
	json_decref(line);
	if (n >= 0)
		*ret_evidence = evidence;
	return n;
}
