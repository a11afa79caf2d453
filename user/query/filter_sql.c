// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The SQL back end: the tree as a WHERE over exchange_row.
 *
 * What is true or false whatever the row is folded away: a query flow never has
 * an RCODE, so of `dns-rcode 3 or port 53` its half is the port alone. What SQL
 * cannot tell (a field that only the records have, more values than SQLite
 * binds) becomes true, and the WHERE is then true for more rows than the filter;
 * never for fewer, as no NOT stands above a term.
 *
 * SQLite's parser has a stack of 100 symbols. An "(a AND (" takes three, so
 * chains are written as balanced trees, and what nests deeper than
 * SQL_DEPTH_MAX becomes true as well.
 */
#include "filter.h"
#include "filter_data.h"
#include "kind.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* Three symbols a level; 40 are left for terms, for what is around them and for the caller's. */
#define SQL_DEPTH_MAX 20
/* SQLite binds 32766 values, some of them the caller's. */
#define SQL_BINDINGS_MAX 32000
/* SQLite plans in the square of the ORs: 2000 networks take it 0.2 s, 8000 five. */
#define SQL_NETWORKS_MAX 2000

enum folded { FOLDED_FALSE, FOLDED_TRUE, FOLDED_TEXT };

struct sql {
	const struct filter *filter;
	enum flow_direction direction;
	char *text;
	size_t length, room;
	struct filter_binding *bindings;
	unsigned count, bindings_room;
	unsigned networks;  /* of all terms */
	unsigned *children; /* a stack of indexes of nodes */
	unsigned children_count;
	bool failed; /* no memory */
	bool exact;
};

static void put(struct sql *sql, const char *text)
{
	size_t length = strlen(text);

	if (sql->length + length + 1 > sql->room) {
		size_t room = 2 * (sql->length + length) + 256;
		char *more = realloc(sql->text, room);

		if (!more) {
			sql->failed = true;
			return;
		}
		sql->text = more;
		sql->room = room;
	}
	memcpy(sql->text + sql->length, text, length + 1);
	sql->length += length;
}

/* Each of the texts up to NULL. */
static void put_all(struct sql *sql, ...) __attribute__((sentinel));

static void put_all(struct sql *sql, ...)
{
	const char *text;
	va_list args;

	va_start(args, sql);
	while ((text = va_arg(args, const char *)) != NULL)
		put(sql, text);
	va_end(args);
}

static void bind(struct sql *sql, struct filter_binding binding)
{
	if (sql->count == sql->bindings_room) {
		unsigned room = sql->bindings_room ? 2 * sql->bindings_room : 16;
		struct filter_binding *more = reallocarray(sql->bindings, room, sizeof(*more));

		if (!more) {
			sql->failed = true;
			return;
		}
		sql->bindings = more;
		sql->bindings_room = room;
	}
	sql->bindings[sql->count++] = binding;
}

static void bind_number(struct sql *sql, int64_t number)
{
	bind(sql, (struct filter_binding){.type = FILTER_BIND_NUMBER, .number = number});
}

/* As addresses are stored: four bytes, or sixteen. */
static void bind_address(struct sql *sql, const uint8_t *address)
{
	bool ipv4 = address_is_ipv4(address);

	bind(sql, (struct filter_binding){.type = FILTER_BIND_BLOB,
					  .bytes = ipv4 ? address + 12 : address,
					  .length = ipv4 ? 4 : 16});
}

/* --- terms ---------------------------------------------------------------------------------------
 */

typedef void (*put_item_fn)(struct sql *sql, const char *of, const struct filter_values *values,
			    unsigned i);

/* Items from..to-1 with OR between them, as a balanced tree: (a OR b) OR (c OR d). */
static void put_items(struct sql *sql, const char *of, const struct filter_values *values,
		      put_item_fn put_item, const unsigned span[2])
{
	unsigned from = span[0], to = span[1], middle = from + (to - from) / 2;

	if (to - from == 1) {
		put_item(sql, of, values, from);
		return;
	}
	put(sql, "(");
	put_items(sql, of, values, put_item, (const unsigned[]){from, middle});
	put(sql, " OR ");
	put_items(sql, of, values, put_item, (const unsigned[]){middle, to});
	put(sql, ")");
}

static void put_places(struct sql *sql, unsigned count)
{
	put(sql, "(?");
	for (unsigned i = 1; i < count; i++)
		put(sql, ",?");
	put(sql, ")");
}

static void put_range(struct sql *sql, const char *of, const struct filter_values *values,
		      unsigned i)
{
	const struct number_range *range = &values->ranges[i];

	if (range->low == range->high) {
		put_all(sql, of, "=?", NULL);
		bind_number(sql, range->low);
	} else if (range->low == INT64_MIN) {
		put_all(sql, of, "<=?", NULL);
		bind_number(sql, range->high);
	} else {
		put_all(sql, of, ">=?", NULL);
		bind_number(sql, range->low);
	}
}

/* A list has single numbers only; a comparison has one range, which is open to one side. */
static void put_numbers(struct sql *sql, const char *of, const struct filter_values *values)
{
	if (values->count == 1) {
		put_range(sql, of, values, 0);
		return;
	}
	put_all(sql, of, " IN ", NULL);
	put_places(sql, values->count);
	for (unsigned i = 0; i < values->count; i++)
		bind_number(sql, values->ranges[i].low);
}

static bool is_single(const struct address_range *range)
{
	return memcmp(range->low, range->high, sizeof(range->low)) == 0;
}

static unsigned count_singles(const struct address_set *set)
{
	unsigned n = 0;

	for (unsigned i = 0; i < set->count; i++)
		n += is_single(&set->ranges[i]);
	return n;
}

/* Blobs are compared byte by byte, so the length keeps IPv4 and IPv6 apart. */
static void put_network(struct sql *sql, const char *of, const struct address_range *range)
{
	put_all(sql, "(length(", of, address_is_ipv4(range->low) ? ")=4 AND " : ")=16 AND ", of,
		" BETWEEN ? AND ?)", NULL);
	bind_address(sql, range->low);
	bind_address(sql, range->high);
}

/* Of the ranges from..to-1 those that are networks, at least one; as put_items() does. */
static void put_networks(struct sql *sql, const char *of, const struct address_set *set,
			 const unsigned span[2])
{
	unsigned from = span[0], to = span[1], middle;

	while (from < to && is_single(&set->ranges[from]))
		from++;
	while (to > from && is_single(&set->ranges[to - 1]))
		to--;
	if (to - from == 1) {
		put_network(sql, of, &set->ranges[from]);
		return;
	}
	middle = from + (to - from) / 2;
	put(sql, "(");
	put_networks(sql, of, set, (const unsigned[]){from, middle});
	put(sql, " OR ");
	put_networks(sql, of, set, (const unsigned[]){middle, to});
	put(sql, ")");
}

static void put_addresses(struct sql *sql, const char *of, const struct filter_values *values)
{
	const struct address_set *set = &values->addresses;
	unsigned singles = count_singles(set);

	if (singles == 1 && set->count == 1) {
		put_all(sql, of, "=?", NULL);
		bind_address(sql, set->ranges[0].low);
		return;
	}
	if (singles) {
		put_all(sql, of, " IN ", NULL);
		put_places(sql, singles);
	}
	for (unsigned i = 0; i < set->count; i++)
		if (is_single(&set->ranges[i]))
			bind_address(sql, set->ranges[i].low);
	if (singles && singles < set->count)
		put(sql, " OR ");
	if (singles < set->count)
		put_networks(sql, of, set, (const unsigned[]){0, set->count});
}

static void put_flags(struct sql *sql, const char *of, const struct filter_values *values,
		      unsigned i)
{
	put_all(sql, "(", of, "&?)=?", NULL);
	bind_number(sql, values->flags[i].mask);
	bind_number(sql, values->flags[i].bits);
}

static void bind_text(struct sql *sql, const struct filter_text *text, bool blob)
{
	bind(sql, (struct filter_binding){.type = blob ? FILTER_BIND_BLOB : FILTER_BIND_TEXT,
					  .bytes = text->text,
					  .length = (int)text->length});
}

/* As bytes: what others chose need not be UTF-8, and SQLite's lower() is ASCII's. */
static void put_contains(struct sql *sql, const char *of, const struct filter_values *values,
			 unsigned i)
{
	if (values->has_case)
		put_all(sql, "instr(CAST(lower(", of, ") AS BLOB),?)>0", NULL);
	else
		put_all(sql, "instr(", of, ",?)>0", NULL);
	bind_text(sql, &values->texts[i], values->has_case);
}

static void put_exact(struct sql *sql, const char *of, const struct filter_values *values)
{
	if (values->has_case)
		put_all(sql, "lower(", of, ") IN ", NULL);
	else
		put_all(sql, of, " IN ", NULL);
	put_places(sql, values->count);
	for (unsigned i = 0; i < values->count; i++)
		bind_text(sql, &values->texts[i], false);
}

static void put_regex(struct sql *sql, const char *of, const struct filter_values *values,
		      unsigned i)
{
	/* unknown, and not false, when there is no text */
	put_all(sql, "CASE WHEN ", of, " IS NOT NULL THEN dns_regex(?,", of, ") END", NULL);
	bind_number(sql, values->first_regex + i);
}

static void put_test(struct sql *sql, const char *of, const struct filter_values *values)
{
	const unsigned all[] = {0, values->count};

	switch (values->test) {
	case TEST_NUMBERS:
		put_numbers(sql, of, values);
		break;
	case TEST_ADDRESSES:
		put_addresses(sql, of, values);
		break;
	case TEST_FLAGS:
		put_items(sql, of, values, put_flags, all);
		break;
	case TEST_EXACT:
		put_exact(sql, of, values);
		break;
	case TEST_CONTAINS:
		put_items(sql, of, values, put_contains, all);
		break;
	case TEST_REGEX:
		put_items(sql, of, values, put_regex, all);
		break;
	}
}

/* How many values a term binds, at most. */
static unsigned bindings_of(const struct filter_values *values)
{
	if (values->test == TEST_ADDRESSES)
		return 2 * values->addresses.count;
	return values->test == TEST_FLAGS ? 2 * values->count : values->count;
}

static unsigned networks_of(const struct filter_values *values)
{
	if (values->test != TEST_ADDRESSES)
		return 0;
	return values->addresses.count - count_singles(&values->addresses);
}

/* Levels of parentheses that a list takes; those of a term itself are in SQL_DEPTH_MAX. */
static unsigned depth_of(const struct filter_values *values)
{
	unsigned items = values->test == TEST_ADDRESSES ? values->addresses.count : values->count;
	unsigned depth = 0;

	if (values->test == TEST_NUMBERS || values->test == TEST_EXACT)
		return 0;
	while (items >> depth > 1)
		depth++;
	return depth;
}

static enum folded put_term(struct sql *sql, const struct filter_node *node, unsigned depth)
{
	const struct operand *operand = node->operand;
	const char *of = sql->direction == FLOW_QUERY ? operand->query_sql : operand->response_sql;

	if (!of && (operand->query_sql || operand->response_sql))
		return FOLDED_FALSE;
	if (!of || depth + depth_of(node->values) > SQL_DEPTH_MAX ||
	    sql->networks + networks_of(node->values) > SQL_NETWORKS_MAX ||
	    sql->count + bindings_of(node->values) > SQL_BINDINGS_MAX) {
		sql->exact = false;
		return FOLDED_TRUE;
	}
	sql->networks += networks_of(node->values);
	put(sql, node->negated ? "NOT (" : "(");
	put_test(sql, of, node->values);
	put(sql, ")");
	return FOLDED_TEXT;
}

/* --- and, or -------------------------------------------------------------------------------------
 */

static enum folded put_node(struct sql *sql, const struct filter_node *node, unsigned depth);

/* Children from..to-1 of the stack. */
static enum folded put_children(struct sql *sql, enum filter_node_kind kind, const unsigned span[2],
				unsigned depth)
{
	enum folded absorbing = kind == NODE_AND ? FOLDED_FALSE : FOLDED_TRUE, left, right;
	unsigned middle = span[0] + (span[1] - span[0]) / 2, count = sql->count;
	size_t start = sql->length, end;

	if (span[1] - span[0] == 1)
		return put_node(sql, &sql->filter->nodes[sql->children[span[0]]], depth);
	put(sql, "(");
	left = put_children(sql, kind, (const unsigned[]){span[0], middle}, depth + 1);
	end = sql->length;
	if (left == FOLDED_TEXT)
		put(sql, kind == NODE_AND ? " AND " : " OR ");
	right = left == absorbing
			? left
			: put_children(sql, kind, (const unsigned[]){middle, span[1]}, depth + 1);
	if (right == absorbing || (left != FOLDED_TEXT && right != FOLDED_TEXT)) {
		sql->length = start;
		sql->count = count;
		return right;
	}
	if (right != FOLDED_TEXT)
		sql->length = end;
	put(sql, ")");
	return FOLDED_TEXT;
}

static enum folded put_node(struct sql *sql, const struct filter_node *node, unsigned depth)
{
	unsigned bottom = sql->children_count, count = 0;
	enum folded folded;

	if (node->kind == NODE_TERM)
		return put_term(sql, node, depth);
	if (depth >= SQL_DEPTH_MAX) {
		sql->exact = false;
		return FOLDED_TRUE;
	}
	for (unsigned i = node->first; i != FILTER_NONE; i = sql->filter->nodes[i].next)
		count++;
	sql->children_count += count;
	for (unsigned i = node->first, at = bottom + count; i != FILTER_NONE;
	     i = sql->filter->nodes[i].next)
		sql->children[--at] = i;
	folded = put_children(sql, node->kind, (const unsigned[]){bottom, bottom + count}, depth);
	sql->children_count = bottom;
	return folded;
}

/* --- the whole -----------------------------------------------------------------------------------
 */

static enum folded put_root(struct sql *sql, enum flow_direction direction)
{
	sql->direction = direction;
	if (sql->filter->root == FILTER_NONE)
		return FOLDED_TRUE;
	return put_node(sql, &sql->filter->nodes[sql->filter->root], 0);
}

/* The rows that have the flow, and where the filter is true of it; as flow_directions() has it. */
_Static_assert(EXCHANGE_LATE == 2, "as written in SQL");

static bool put_half(struct sql *sql, enum flow_direction direction)
{
	size_t start = sql->length;
	enum folded folded;

	put(sql,
	    direction == FLOW_QUERY
		    ? "(" KIND_SQL_FLAG("kind", HAS_QUERY) " AND " KIND_SQL_STATE("kind") "<>2 AND "
		    : "(" KIND_SQL_FLAG("kind", HAS_RESPONSE) " AND ");
	folded = put_root(sql, direction);
	if (folded == FOLDED_FALSE) {
		sql->length = start;
		return false;
	}
	put(sql, folded == FOLDED_TRUE ? "1)" : ")");
	return true;
}

static void put_where(struct sql *sql)
{
	bool query;

	if (!sql->filter->depends_on_flow) {
		/* each row has a flow */
		enum folded folded = put_root(sql, FLOW_RESPONSE);

		if (folded != FOLDED_TEXT)
			put(sql, folded == FOLDED_TRUE ? "1" : "0");
		return;
	}
	query = put_half(sql, FLOW_QUERY);
	if (query) {
		size_t end = sql->length;

		put(sql, " OR ");
		if (!put_half(sql, FLOW_RESPONSE))
			sql->length = end;
	} else if (!put_half(sql, FLOW_RESPONSE)) {
		put(sql, "0");
	}
}

int filter_write_where(struct filter *filter)
{
	struct sql sql = {.filter = filter, .exact = true};

	sql.children = calloc(filter->node_count + 1, sizeof(*sql.children));
	if (!sql.children)
		return -ENOMEM;
	put_where(&sql);
	free(sql.children);
	if (sql.failed) {
		free(sql.text);
		free(sql.bindings);
		return -ENOMEM;
	}
	sql.text[sql.length] = '\0';
	filter->sql = sql.text;
	filter->bindings = sql.bindings;
	filter->binding_count = sql.count;
	filter->exact = sql.exact;
	return 0;
}
