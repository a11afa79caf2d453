/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How an error in a filter is shown. */
#ifndef CMD_QUERY_ERROR_H
#define CMD_QUERY_ERROR_H

#include "query/filter.h"

#include <stdbool.h>

/* Characters of a filter that are shown: of a longer one those around the error. */
#define QUERY_ERROR_SHOWN 72

/**
 * query_error__show() - Report on stderr what is wrong with a filter.
 * @hint: what to do beyond what the error says, behind a semicolon; NULL: nothing
 * @lines: with the filter and a caret below the column, for a terminal; false: in one line
 *
 * What the locale cannot print is shown as '?'.
 */
void query_error__show(const char *filter, const struct filter_error *error, const char *hint,
		       bool lines);

#endif
