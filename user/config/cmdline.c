// SPDX-License-Identifier: GPL-2.0-or-later
/* Settings of the command line: --set SECTION.KEY=VALUE. */
#include "assign.h"
#include "base/log.h"
#include "base/text.h"
#include "settings.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What cannot be split into section, key and value. */
static int malformed(const char *assignment, const char *lacks)
{
	char shown[160];

	text_printable(assignment, strlen(assignment), shown, sizeof(shown));
	log_err(0, "--set %s: no %s; write SECTION.KEY=VALUE", shown, lacks);
	return -EINVAL;
}

int settings__set(struct settings *settings, const char *assignment)
{
	const char *equals = strchr(assignment, '=');
	struct assignment a = {.section = ""};
	char *section, *dot;
	int r;

	if (!equals)
		return malformed(assignment, "value");
	section = strndup(assignment, (size_t)(equals - assignment));
	if (!section)
		return log_err(-ENOMEM, "--set");
	dot = strrchr(section, '.');
	if (!dot || dot == section || !dot[1]) {
		r = malformed(assignment, dot && dot > section ? "key" : "section");
	} else {
		*dot = '\0';
		a.section = section;
		a.key = dot + 1;
		a.value = equals + 1 + strspn(equals + 1, " \t");
		r = assign(settings, &a);
	}
	free(section);
	return r;
}
