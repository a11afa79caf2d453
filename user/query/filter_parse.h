/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What lexer, grammar and the makers of terms share while a filter is compiled. */
#ifndef QUERY_FILTER_PARSE_H
#define QUERY_FILTER_PARSE_H

#include "query/filter_data.h"

/* Longest word: a path. Names have 1020 bytes at most. */
#define FILTER_WORD_MAX 4096
/* Items of all lists: what a filter's text, or a file, holds at two bytes for each. */
#define FILTER_ITEMS_MAX (1 << 19)

/* Bytes of the text, from begin to before end. */
struct filter_place {
	unsigned begin, end;
};

enum filter_operator {
	OPERATOR_NONE, /* a value follows: equal; of texts and flags: in it */
	OPERATOR_IN,   /* equal to one of a list */
	OPERATOR_EQUAL,
	OPERATOR_NOT_EQUAL,
	OPERATOR_LESS,
	OPERATOR_AT_MOST,
	OPERATOR_GREATER,
	OPERATOR_AT_LEAST,
	OPERATOR_REGEX,
	OPERATOR_NOT_REGEX,
	FILTER_OPERATORS,
};

enum filter_end { END_EITHER, END_SOURCE, END_DESTINATION };

struct filter_error;
struct filter_lists;

/* A word or what stood in quotes. */
struct filter_item {
	const char *text; /* not NUL-terminated */
	unsigned length;
	bool quoted;
	struct filter_place place; /* of an item of a named list: of the name */
};

/* The left side of a term: one field, or both ends. */
struct filter_subject {
	const struct operand *operands[2]; /* [1]: NULL, or any of both may match */
	enum operand_type type;		   /* how values are written */
	struct filter_place place;
};

struct filter_parser {
	const char *text;
	size_t length;
	unsigned offset; /* where the lexer is */
	const struct filter_lists *lists;
	struct filter *filter;
	unsigned node_room, value_room, regex_room, terms, depth;
	/* the items of the term that is being read */
	struct filter_item *items;
	unsigned item_count, item_room, all_items;
	struct filter_subject subject;
	struct filter_place operator_place; /* the term's, when it has no operator */
	char **files;			    /* texts of files that were read */
	unsigned file_count;
	int result; /* 0, -EINVAL: error is filled, -ENOMEM */
	struct filter_error *error;
};

/**
 * filter_fail() - What does not fit, and where; the first one counts.
 *
 * Return: -EINVAL
 */
int filter_fail(struct filter_parser *parser, struct filter_place place, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/** filter_no_memory() - Return: -ENOMEM */
int filter_no_memory(struct filter_parser *parser);

/** filter_found() - "'abc'", "'abc...'", "the end": for errors. @buf: FILTER_FOUND_MAX bytes */
const char *filter_found(const char *text, size_t length, char *buf);
#define FILTER_FOUND_MAX 160 /* 32 bytes as "\DDD", quotes, dots */

/**
 * filter_add_subject() - A term begins: what it is about.
 *
 * Return: 0, or the parser's result
 */
int filter_add_subject(struct filter_parser *parser, enum filter_end end,
		       const struct filter_item *word);

/** filter_add_item() - A value of the term, or a list by its name. Return: as above */
int filter_add_item(struct filter_parser *parser, const struct filter_item *item);

/** filter_add_term() - The term is whole. @ret_node: index of its node. Return: as above */
int filter_add_term(struct filter_parser *parser, enum filter_operator op,
		    struct filter_place place, unsigned *ret_node);

/** filter_make_values() - What the items are for the subject's type. Return: as above */
int filter_make_values(struct filter_parser *parser, enum filter_operator op,
		       const struct filter_values **ret_values);

/** filter_add_file() - The items of a file. @item: its name, with the @. Return: as above */
int filter_add_file(struct filter_parser *parser, const struct filter_item *item);

/** filter_push_item() - An item as it is. Return: as above */
int filter_push_item(struct filter_parser *parser, const struct filter_item *item);

/** filter_join() - A node that is both, or either. @ret_node: FILTER_NONE on failure */
void filter_join(struct filter_parser *parser, enum filter_node_kind kind, const unsigned sides[2],
		 unsigned *ret_node);

/** filter_enter(), filter_leave() - A parenthesis or a not. Return: 0, or the parser's result */
int filter_enter(struct filter_parser *parser, struct filter_place place);
void filter_leave(struct filter_parser *parser);

#endif
