// SPDX-License-Identifier: GPL-2.0-or-later
/* Settings before anything is read: each row's fallback. */
#include "rows.h"
#include "settings.h"
#include "value.h"

#include <stdlib.h>

struct settings *settings__new(void)
{
	struct settings *settings = calloc(1, sizeof(*settings));
	char why[REFUSAL_MAX];

	if (!settings)
		return NULL;
	for (unsigned i = 0; i < setting_row_count; i++) {
		const struct setting_row *row = &setting_rows[i];

		if (setting_is_named(row) || value_set(row, settings, row->fallback, why) == 0)
			continue;
		settings__free(settings);
		return NULL;
	}
	return settings;
}
