/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Errors of syntax, as people read them. */
#ifndef QUERY_FILTER_SYNTAX_H
#define QUERY_FILTER_SYNTAX_H

#include "query/filter_parse.h"

/* What may come at a place. */
enum filter_wanted {
	WANTED_TERM,
	WANTED_END_WORD, /* behind src and dst */
	WANTED_COMPARISON,
	WANTED_VALUE,
	WANTED_ITEM_OR_END, /* of a list */
	WANTED_AND_OR,
	WANTED_AND_OR_CLOSE,
	FILTER_WANTED,
};

/** filter_report_syntax() - What was wanted there, and what was found. */
void filter_report_syntax(struct filter_parser *parser, enum filter_wanted wanted,
			  struct filter_place place);

#endif
