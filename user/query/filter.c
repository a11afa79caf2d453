// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The filter compiler.
 *
 *	dns-rcode "NXDomain" and not (dst ip 10.0.0.0/8 or port 5353)
 *
 * 1. lexer.l and parser.y read words and their grammar. What a word means is
 *    known to the table of operands; what may stand to its right, to its type
 *    (filter_values.c). So a new field is a row, and no rule.
 *
 * 2. The tree gets a normal form without nots: each is pushed down to the terms
 *    by De Morgan's laws, which hold in SQL's three-valued logic too.
 *
 *	dns-rcode 3 AND dst-ip not in 10/8 AND client-port not 5353
 *						AND server-port not 5353
 *
 *    A negated term is true when its value is known and does not match. With
 *    nots only there, "unknown" and "false" can be one: AND and OR never make
 *    true of either, and nothing above turns false into true. So two values do,
 *    in memory and in the database.
 *
 * 3. The memory back end is a program of terms, each with the step that follows
 *    when it is true, and when it is not, as in classic BPF:
 *
 *	0: dns-rcode = 3	yes: 1		no: reject
 *	1: dst-ip in 10/8, not	yes: 2		no: reject
 *	2: client-port 5353, not yes: 3		no: reject
 *	3: server-port 5353, not yes: accept	no: reject
 *
 *    Steps lead forward only, so a run ends, and looks at each term once.
 *
 * 4. The database back end is a WHERE made of the same tree (filter_sql.c). As
 *    the tree has no nots, to replace a term that SQL cannot tell by "true"
 *    gives a condition that is true of more rows, never of fewer.
 *
 * A filter is about flows, of which an exchange has two. Terms with src and dst
 * turn round with the flow, and what the response says is not known of the
 * query; other terms are the same for both. Is the whole made of these, one run
 * tells for both flows. "ip" and "port" are: either end of a flow is either end
 * of the exchange.
 *
 * All that grows with the text is bounded: its length, the words, the depth, the
 * terms. Chains of and, or are one node each, so no recursion goes deeper than
 * the text's parentheses and nots.
 */
#include "filter.h"

#include "filter_data.h"
#include "filter_parse.h"
#include "filter_regex.h"

#include "query/parser.tab.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* flex's, without its header, which does not compile alone */
int filter_yylex_init_extra(struct filter_parser *parser, void **ret_scanner);
void *filter_yy_scan_bytes(const char *text, int length, void *scanner);
int filter_yylex_destroy(void *scanner);

/* --- the text ------------------------------------------------------------------------------------
 */

/* What no grammar has to say. */
static int check_text(struct filter_parser *parser)
{
	const char *nul = memchr(parser->text, '\0', parser->length);
	unsigned at;

	if (parser->length > FILTER_TEXT_MAX)
		return filter_fail(parser, (struct filter_place){FILTER_TEXT_MAX, FILTER_TEXT_MAX},
				   "a filter of more than %d bytes", FILTER_TEXT_MAX);
	if (!nul)
		return 0;
	at = (unsigned)(nul - parser->text);
	return filter_fail(parser, (struct filter_place){at, at + 1}, "a NUL byte in the filter");
}

static int parse(struct filter_parser *parser)
{
	void *scanner;
	int r = check_text(parser);

	if (r < 0)
		return r;
	if (filter_yylex_init_extra(parser, &scanner) != 0)
		return filter_no_memory(parser);
	if (!filter_yy_scan_bytes(parser->text, (int)parser->length, scanner))
		r = filter_no_memory(parser);
	else if (filter_yyparse(scanner, parser) != 0 && parser->result == 0)
		r = filter_no_memory(parser);
	filter_yylex_destroy(scanner);
	return r < 0 ? r : parser->result;
}

/* --- normal form and program ---------------------------------------------------------------------
 */

/* What is negated above comes down. */
static void push_nots(struct filter *filter, unsigned at, bool negate)
{
	struct filter_node *node = &filter->nodes[at];

	negate ^= node->negated;
	if (node->kind == NODE_TERM) {
		node->negated = negate;
		return;
	}
	node->negated = false;
	if (negate)
		node->kind = node->kind == NODE_AND ? NODE_OR : NODE_AND;
	for (unsigned i = node->first; i != FILTER_NONE; i = filter->nodes[i].next)
		push_nots(filter, i, negate);
}

/* Where a node's steps lead to. */
struct way {
	unsigned yes, no;
};

/*
 * Write the steps of a node before those that are there already; children come last first, as
 * they are linked. Return: the first step
 */
static unsigned write_steps(struct filter *filter, unsigned at, struct way way, unsigned *left)
{
	const struct filter_node *node = &filter->nodes[at];
	unsigned start;

	if (node->kind == NODE_TERM) {
		filter->terms[--*left] = (struct filter_term){
			.get = node->operand->get,
			.operand = node->operand,
			.values = node->values,
			.negated = node->negated,
			.yes = way.yes,
			.no = way.no,
		};
		return *left;
	}
	start = node->kind == NODE_AND ? way.yes : way.no;
	for (unsigned i = node->first; i != FILTER_NONE; i = filter->nodes[i].next) {
		struct way each = way;

		if (node->kind == NODE_AND)
			each.yes = start;
		else
			each.no = start;
		start = write_steps(filter, i, each, left);
	}
	return start;
}

static int write_program(struct filter *filter)
{
	unsigned left = filter->term_count;

	filter->start = FILTER_ACCEPT;
	if (filter->root == FILTER_NONE)
		return 0;
	filter->terms = calloc(left, sizeof(*filter->terms));
	if (!filter->terms)
		return -ENOMEM;
	push_nots(filter, filter->root, false);
	filter->start = write_steps(filter, filter->root,
				    (struct way){FILTER_ACCEPT, FILTER_REJECT}, &left);
	for (unsigned i = 0; i < filter->term_count; i++) {
		const struct operand *operand = filter->terms[i].operand;

		filter->fields |= operand->needs;
		filter->depends_on_flow |= operand->side != OPERAND_OF_BOTH;
	}
	return 0;
}

/* --- the filter ----------------------------------------------------------------------------------
 */

static void parser_done(struct filter_parser *parser)
{
	for (unsigned i = 0; i < parser->file_count; i++)
		free(parser->files[i]);
	free(parser->files);
	free(parser->items);
}

int filter__compile(const char *text, size_t length, const struct filter_lists *lists,
		    struct filter **ret_filter, struct filter_error *ret_error)
{
	struct filter_error error = {0};
	struct filter_parser parser = {
		.text = text, .length = length, .lists = lists, .error = &error};
	struct filter *filter = calloc(1, sizeof(*filter));
	int r = -ENOMEM;

	parser.filter = filter;
	if (filter)
		r = parse(&parser);
	parser_done(&parser);
	if (r == 0) {
		filter->term_count = parser.terms;
		r = write_program(filter);
	}
	if (r == 0)
		r = filter_write_where(filter);
	if (r < 0) {
		if (r == -EINVAL)
			*ret_error = error;
		filter__free(filter);
		return r;
	}
	*ret_filter = filter;
	return 0;
}

void filter__free(struct filter *filter)
{
	if (!filter)
		return;
	for (unsigned i = 0; i < filter->value_count; i++)
		filter_values__free(filter->values[i]);
	for (unsigned i = 0; i < filter->regex_count; i++)
		filter_regex__free(filter->regexes[i]);
	free(filter->values);
	free(filter->regexes);
	free(filter->nodes);
	free(filter->terms);
	free(filter->sql);
	free(filter->bindings);
	free(filter);
}

field_set filter__fields(const struct filter *filter)
{
	return filter->fields;
}

const char *filter__where(const struct filter *filter, const struct filter_binding **ret_bindings,
			  unsigned *ret_count, bool *ret_exact)
{
	*ret_bindings = filter->bindings;
	*ret_count = filter->binding_count;
	*ret_exact = filter->exact;
	return filter->sql;
}
