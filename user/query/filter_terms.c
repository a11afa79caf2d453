// SPDX-License-Identifier: GPL-2.0-or-later
/* What the grammar's rules do: fields by their words, lists by their names, nodes of the tree. */
#include "filter.h"
#include "filter_parse.h"

#include "base/nearest.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Words that are not fields by themselves: of a flow's source, its destination, or of either. */
static const struct end_word {
	const char *word;
	enum operand_type type;
	const char *source, *destination;
	const char *either[2]; /* of both flows, so that a term of both ends is one for both */
} end_words[] = {
	{"ip", OPERAND_ADDRESS, "src-ip", "dst-ip", {"client", "server"}},
	{"host", OPERAND_ADDRESS, "src-ip", "dst-ip", {"client", "server"}},
	{"net", OPERAND_ADDRESS, "src-ip", "dst-ip", {"client", "server"}},
	{"port", OPERAND_NUMBER, "src-port", "dst-port", {"client-port", "server-port"}},
	{"ctry", OPERAND_COUNTRY, "src-ctry", "dst-ctry", {"client", "server"}},
};

#define END_WORDS (sizeof(end_words) / sizeof(end_words[0]))

/* Longest word of a field, with room for what is misspelt. */
#define SUBJECT_MAX 64

int filter_enter(struct filter_parser *parser, struct filter_place place)
{
	if (++parser->depth > FILTER_DEPTH_MAX)
		return filter_fail(parser, place, "more than %d nested parentheses and nots",
				   FILTER_DEPTH_MAX);
	return 0;
}

void filter_leave(struct filter_parser *parser)
{
	parser->depth--;
}

/* --- the field -----------------------------------------------------------------------------------
 */

static const struct end_word *find_end_word(const char *word)
{
	for (size_t i = 0; i < END_WORDS; i++)
		if (strcasecmp(end_words[i].word, word) == 0)
			return &end_words[i];
	return NULL;
}

static int unknown_end(struct filter_parser *parser, const struct filter_item *item,
		       const char *word, const char *side)
{
	struct nearest nearest = {.word = word};
	char found[FILTER_FOUND_MAX];

	for (size_t i = 0; i < END_WORDS; i++)
		nearest__offer(&nearest, end_words[i].word);
	return filter_fail(parser, item->place,
			   "expected ip, host, net, port or ctry after '%s', found %s%s%s%s", side,
			   filter_found(item->text, item->length, found),
			   nearest.best ? "; did you mean " : "", nearest.best ? nearest.best : "",
			   nearest.best ? "?" : "");
}

static int unknown_field(struct filter_parser *parser, const struct filter_item *item,
			 const char *word, const char *known)
{
	struct nearest nearest = {.word = word};
	char found[FILTER_FOUND_MAX], near[64] = "";

	if (known)
		nearest__offer(&nearest, known);
	for (size_t i = 0; i < END_WORDS; i++)
		nearest__offer(&nearest, end_words[i].word);
	if (nearest.best)
		snprintf(near, sizeof(near), "; did you mean %s?", nearest.best);
	return filter_fail(parser, item->place, "expected a field, found %s%s",
			   filter_found(item->text, item->length, found), near);
}

static void set_ends(const struct end_word *word, enum filter_end end,
		     struct filter_subject *subject)
{
	subject->type = word->type;
	if (end == END_EITHER) {
		subject->operands[0] = operand_find(word->either[0], NULL);
		subject->operands[1] = operand_find(word->either[1], NULL);
		return;
	}
	subject->operands[0] =
		operand_find(end == END_SOURCE ? word->source : word->destination, NULL);
}

int filter_add_subject(struct filter_parser *parser, enum filter_end end,
		       const struct filter_item *item)
{
	struct filter_subject *subject = &parser->subject;
	const struct end_word *end_word;
	const char *nearest = NULL;
	char word[SUBJECT_MAX] = "";

	parser->item_count = 0;
	*subject = (struct filter_subject){.place = item->place};
	if (item->length < sizeof(word))
		memcpy(word, item->text, item->length);
	end_word = find_end_word(word);
	if (end_word) {
		set_ends(end_word, end, subject);
		return 0;
	}
	if (end != END_EITHER)
		return unknown_end(parser, item, word, end == END_SOURCE ? "src" : "dst");
	subject->operands[0] = operand_find(word, &nearest);
	if (!subject->operands[0])
		return unknown_field(parser, item, word, nearest);
	subject->type = subject->operands[0]->type;
	return 0;
}

/* --- values --------------------------------------------------------------------------------------
 */

int filter_push_item(struct filter_parser *parser, const struct filter_item *item)
{
	if (++parser->all_items > FILTER_ITEMS_MAX)
		return filter_fail(parser, item->place, "more than %d values", FILTER_ITEMS_MAX);
	if (parser->item_count == parser->item_room) {
		unsigned room = parser->item_room ? 2 * parser->item_room : 16;
		struct filter_item *more = reallocarray(parser->items, room, sizeof(*more));

		if (!more)
			return filter_no_memory(parser);
		parser->items = more;
		parser->item_room = room;
	}
	parser->items[parser->item_count++] = *item;
	return 0;
}

/* The names that there are, as far as they fit, and the one that was probably meant. */
static int unknown_list(struct filter_parser *parser, const struct filter_item *item,
			const char *name)
{
	const struct filter_lists *lists = parser->lists;
	struct nearest nearest = {.word = name};
	char known[256] = "", found[FILTER_FOUND_MAX];
	const char *each;
	size_t n = 0;

	for (unsigned i = 0; lists && (each = lists->name(lists->context, i)) != NULL; i++) {
		nearest__offer(&nearest, each);
		if (n < sizeof(known))
			n += (size_t)snprintf(known + n, sizeof(known) - n, "%s@%s", n ? ", " : "",
					      each);
	}
	filter_found(item->text, item->length, found);
	if (!n)
		return filter_fail(parser, item->place,
				   "no list %s; there are none, but files: @./FILE", found);
	if (nearest.best)
		return filter_fail(parser, item->place,
				   "no list %s; did you mean @%s? There are %s", found,
				   nearest.best, known);
	return filter_fail(parser, item->place, "no list %s; there are %s", found, known);
}

static int add_list(struct filter_parser *parser, const struct filter_item *item)
{
	const struct filter_lists *lists = parser->lists;
	char name[FILTER_WORD_MAX + 1];
	const char *const *each;

	memcpy(name, item->text + 1, item->length - 1);
	name[item->length - 1] = '\0';
	each = lists && name[0] ? lists->items(lists->context, name) : NULL;
	if (!each)
		return unknown_list(parser, item, name);
	for (; *each; each++) {
		struct filter_item one = {*each, (unsigned)strnlen(*each, FILTER_WORD_MAX), false,
					  item->place};

		if (filter_push_item(parser, &one) < 0)
			break;
	}
	return parser->result;
}

int filter_add_item(struct filter_parser *parser, const struct filter_item *item)
{
	unsigned before = parser->item_count;
	char found[FILTER_FOUND_MAX];
	int r;

	if (item->quoted || item->length == 0 || item->text[0] != '@')
		return filter_push_item(parser, item);
	if (memchr(item->text, '/', item->length))
		r = filter_add_file(parser, item);
	else
		r = add_list(parser, item);
	if (r == 0 && parser->item_count == before)
		r = filter_fail(parser, item->place, "list %s is empty",
				filter_found(item->text, item->length, found));
	return r;
}

/* --- the tree ------------------------------------------------------------------------------------
 */

static unsigned add_node(struct filter_parser *parser, const struct filter_node *node)
{
	struct filter *filter = parser->filter;

	if (filter->node_count == parser->node_room) {
		unsigned room = parser->node_room ? 2 * parser->node_room : 16;
		struct filter_node *more = reallocarray(filter->nodes, room, sizeof(*more));

		if (!more) {
			filter_no_memory(parser);
			return FILTER_NONE;
		}
		filter->nodes = more;
		parser->node_room = room;
	}
	filter->nodes[filter->node_count] = *node;
	return filter->node_count++;
}

/* A chain is one node with many children, however long: so the tree is no deeper than the text. */
void filter_join(struct filter_parser *parser, enum filter_node_kind kind, const unsigned sides[2],
		 unsigned *ret_node)
{
	struct filter_node *nodes = parser->filter->nodes;
	struct filter_node node = {.kind = kind, .next = FILTER_NONE};
	unsigned left = sides[0], right = sides[1];

	*ret_node = FILTER_NONE;
	if (left == FILTER_NONE || right == FILTER_NONE)
		return;
	if (nodes[left].kind != kind || nodes[left].negated) {
		node.first = left;
		left = add_node(parser, &node);
		if (left == FILTER_NONE)
			return;
		nodes = parser->filter->nodes;
	}
	nodes[right].next = nodes[left].first;
	nodes[left].first = right;
	*ret_node = left;
}

int filter_add_term(struct filter_parser *parser, enum filter_operator op,
		    struct filter_place place, unsigned *ret_node)
{
	const struct filter_subject *subject = &parser->subject;
	struct filter_node node = {.kind = NODE_TERM, .next = FILTER_NONE};
	unsigned sides[2];

	*ret_node = FILTER_NONE;
	parser->terms += subject->operands[1] ? 2 : 1;
	if (parser->terms > FILTER_TERMS_MAX)
		return filter_fail(parser, subject->place, "more than %d terms", FILTER_TERMS_MAX);
	node.operand = subject->operands[0];
	parser->operator_place = place;
	if (filter_make_values(parser, op, &node.values) < 0)
		return parser->result;
	sides[0] = add_node(parser, &node);
	if (subject->operands[1]) {
		node.operand = subject->operands[1];
		sides[1] = add_node(parser, &node);
		filter_join(parser, NODE_OR, sides, &sides[0]);
	}
	*ret_node = sides[0];
	if (parser->result < 0)
		return parser->result;
	parser->filter->nodes[*ret_node].negated =
		op == OPERATOR_NOT_EQUAL || op == OPERATOR_NOT_REGEX;
	return 0;
}
