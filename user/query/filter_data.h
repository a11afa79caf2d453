/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a compiled filter is made of; filter.c opens with the idea. */
#ifndef QUERY_FILTER_DATA_H
#define QUERY_FILTER_DATA_H

#include "query/address_set.h"
#include "query/operand.h"

/* How a value is held against what a term was written with. Any of its items may match. */
enum filter_test {
	TEST_NUMBERS,	/* ranges */
	TEST_ADDRESSES, /* addresses */
	TEST_FLAGS,	/* flags */
	TEST_EXACT,	/* texts */
	TEST_CONTAINS,	/* texts */
	TEST_REGEX,	/* regexes */
};

struct number_range {
	int64_t low, high; /* both belong to it */
};

/* Those of the bits under the mask are set that are set in bits, and no others. */
struct filter_flags {
	int64_t mask, bits;
};

struct filter_text {
	char *text; /* in lower case */
	size_t length;
};

/* What stands to the right in a term. Terms may share it. */
struct filter_values {
	enum filter_test test;
	bool has_case;	/* a text's value may have upper case */
	unsigned count; /* of the items below */
	union {
		struct number_range *ranges;
		struct filter_flags *flags;
		struct filter_text *texts;
		struct address_set addresses; /* has a count of its own */
		unsigned first_regex;	      /* of count in the filter's regexes */
	};
};

/* Where the program ends. */
#define FILTER_ACCEPT (~0U)
#define FILTER_REJECT (~0U - 1)

/* A step of the program: true when the value is known, and matches or not, as wanted. */
struct filter_term {
	void (*get)(const struct flow *flow, struct operand_value *ret); /* operand's */
	const struct operand *operand;
	const struct filter_values *values;
	bool negated;
	unsigned yes, no; /* the step that follows, behind this one; or FILTER_ACCEPT, _REJECT */
};

struct filter_regex;   /* filter_regex.h */
struct filter_binding; /* filter.h */
struct filter;

enum filter_node_kind { NODE_TERM, NODE_AND, NODE_OR };

/* The normal form as a tree, without nots. */
struct filter_node {
	enum filter_node_kind kind;
	bool negated;	/* while parsing; in the end only of terms */
	unsigned first; /* AND, OR: the last child; TERM: index of its step */
	unsigned next;	/* the child before this one; FILTER_NONE: there is none */
	const struct operand *operand;
	const struct filter_values *values;
};

#define FILTER_NONE (~0U)

struct filter {
	struct filter_term *terms; /* the program */
	unsigned term_count;
	unsigned start;
	bool depends_on_flow; /* the flows of an exchange may differ */
	field_set fields;
	struct filter_node *nodes;
	unsigned node_count, root;
	struct filter_values **values;
	unsigned value_count;
	struct filter_regex **regexes;
	unsigned regex_count;
	/* the WHERE */
	char *sql;
	struct filter_binding *bindings;
	unsigned binding_count;
	bool exact;
};

/** filter_values__free() - NULL is allowed. */
void filter_values__free(struct filter_values *values);

/** filter_write_where() - Make the WHERE of a filter whose tree is finished. Return: 0, -ENOMEM */
int filter_write_where(struct filter *filter);

#endif
