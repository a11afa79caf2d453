%{
/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The grammar of filters. A term is a field, perhaps how to compare, and values;
 * what words mean as fields and values is known to filter_terms.c alone, so that
 * a new field changes nothing here.
 */
#include "query/filter_parse.h"
#include "query/filter.h"
#include "query/filter_syntax.h"
%}

%code requires {
#include "query/filter_parse.h"
}

%code provides {
/* flex's, which includes this for the tokens */
int filter_yylex(FILTER_YYSTYPE *value, FILTER_YYLTYPE *place, void *scanner);
}

%code {
/* From the first to the last symbol; of nothing, what comes before. */
#define YYLLOC_DEFAULT(current, rhs, n)                                                            \
	do {                                                                                       \
		(current).begin = YYRHSLOC(rhs, (n) ? 1 : 0).begin;                               \
		(current).end = YYRHSLOC(rhs, n).end;                                              \
	} while (0)
/* A parenthesis and a not take three symbols a level, what is around them a few more. */
#define YYMAXDEPTH (8 * FILTER_DEPTH_MAX + 64)
#define TRY(done)                                                                                  \
	do {                                                                                       \
		if ((done) < 0)                                                                    \
			YYABORT;                                                                   \
	} while (0)

static void filter_yyerror(const struct filter_place *place, void *scanner,
			   struct filter_parser *parser, const char *message);
}

%define api.pure full
%define api.prefix {filter_yy}
%define api.token.prefix {FILTER_}
%define api.location.type {struct filter_place}
%define parse.error custom
%define parse.lac full
%locations
%expect 0
%lex-param {void *scanner}
%parse-param {void *scanner} {struct filter_parser *parser}
%initial-action { @$ = (struct filter_place){0, 0}; }

%union {
	struct filter_item item;
	enum filter_operator op;
	unsigned node;
}

%token AND OR NOT OPEN CLOSE OPEN_LIST CLOSE_LIST COMMA
%token EQUAL NOT_EQUAL LESS AT_MOST GREATER AT_LEAST REGEX NOT_REGEX
%token <item> IN SRC DST WORD QUOTED
%nterm <node> either both factor term
%nterm <op> comparison
%nterm <item> item

%%

filter:
	%empty			{ parser->filter->root = FILTER_NONE; }
|	either			{ parser->filter->root = $1; }
;

either:
	both
|	either OR both		{ filter_join(parser, NODE_OR, (unsigned[]){$1, $3}, &$$); }
;

both:
	factor
|	both AND factor		{ filter_join(parser, NODE_AND, (unsigned[]){$1, $3}, &$$); }
;

factor:
	term
|	OPEN enter either CLOSE	{ $$ = $3; filter_leave(parser); }
|	NOT enter factor	{
	$$ = $3;
	if ($3 != FILTER_NONE)
		parser->filter->nodes[$3].negated ^= true;
	filter_leave(parser);
}
;

enter:
	%empty			{ TRY(filter_enter(parser, @$)); }
;

term:
	subject value		{ TRY(filter_add_term(parser, OPERATOR_NONE, @$, &$$)); }
|	subject comparison value {
	TRY(filter_add_term(parser, $2, @2, &$$));
}
;

subject:
	WORD			{ TRY(filter_add_subject(parser, END_EITHER, &$1)); }
|	SRC WORD		{ TRY(filter_add_subject(parser, END_SOURCE, &$2)); }
|	DST WORD		{ TRY(filter_add_subject(parser, END_DESTINATION, &$2)); }
;

comparison:
	EQUAL			{ $$ = OPERATOR_EQUAL; }
|	NOT_EQUAL		{ $$ = OPERATOR_NOT_EQUAL; }
|	LESS			{ $$ = OPERATOR_LESS; }
|	AT_MOST			{ $$ = OPERATOR_AT_MOST; }
|	GREATER			{ $$ = OPERATOR_GREATER; }
|	AT_LEAST		{ $$ = OPERATOR_AT_LEAST; }
|	REGEX			{ $$ = OPERATOR_REGEX; }
|	NOT_REGEX		{ $$ = OPERATOR_NOT_REGEX; }
|	IN			{ $$ = OPERATOR_IN; }
;

value:
	item			{ TRY(filter_add_item(parser, &$1)); }
|	OPEN_LIST items CLOSE_LIST
;

items:
	item			{ TRY(filter_add_item(parser, &$1)); }
|	items item		{ TRY(filter_add_item(parser, &$2)); }
|	items COMMA item	{ TRY(filter_add_item(parser, &$3)); }
;

item:
	WORD
|	QUOTED
|	SRC
|	DST
|	IN			/* the class, where no value follows */
;

%%

/* What may come here, for people: by the symbols that only come at one kind of place. */
static enum filter_wanted wanted(const yypcontext_t *context)
{
	yysymbol_kind_t expected[YYNTOKENS];
	bool can[YYNTOKENS] = {false};
	int n = yypcontext_expected_tokens(context, expected, YYNTOKENS);

	for (int i = 0; i < n; i++)
		can[expected[i]] = true;
	if (can[YYSYMBOL_EQUAL])
		return WANTED_COMPARISON;
	if (can[YYSYMBOL_OPEN])
		return WANTED_TERM;
	if (can[YYSYMBOL_CLOSE_LIST])
		return WANTED_ITEM_OR_END;
	if (can[YYSYMBOL_QUOTED])
		return WANTED_VALUE;
	if (can[YYSYMBOL_AND])
		return can[YYSYMBOL_CLOSE] ? WANTED_AND_OR_CLOSE : WANTED_AND_OR;
	return WANTED_END_WORD;
}

static int yyreport_syntax_error(const yypcontext_t *context, void *scanner,
				 struct filter_parser *parser)
{
	(void)scanner;
	filter_report_syntax(parser, wanted(context), *yypcontext_location(context));
	return 0;
}

/* Only for what is no syntax error: there is no memory for the stack, whose depth is known. */
static void filter_yyerror(const struct filter_place *place, void *scanner,
			   struct filter_parser *parser, const char *message)
{
	(void)place;
	(void)scanner;
	(void)message;
	filter_no_memory(parser);
}
