/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The filter language (design section 6), compiled once to an immutable
 * program with two back ends: a verdict on an exchange in memory, and a WHERE
 * for the store. filter.c opens with the idea.
 *
 * Logic is SQL's: a comparison with what a flow does not have is unknown, and
 * so is its negation; a flow matches when the whole is true. So neither
 * `dns-rcode NOERROR` nor `not dns-rcode NOERROR` shows a query flow.
 */
#ifndef QUERY_FILTER_H
#define QUERY_FILTER_H

#include "flow/flow.h"
#include "query/operand.h"

/* Longest text of a filter: a list of some ten thousand addresses. */
#define FILTER_TEXT_MAX (1 << 20)
/* Depth of parentheses and nots: what people write has ten. Compiling recurs as deep. */
#define FILTER_DEPTH_MAX 250
/* Terms; "ip" and "port" are two. SQLite binds at most 32766 values. */
#define FILTER_TERMS_MAX 4096

struct filter;

/* Lists by name: @dns_servers. */
struct filter_lists {
	/**
	 * Items of list @name, as they were written, NULL-terminated; valid until the filter is
	 * compiled. NULL: no such list.
	 */
	const char *const *(*items)(void *context, const char *name);
	/* the i-th known name, for the error; NULL behind the last */
	const char *(*name)(void *context, unsigned i);
	void *context;
};

struct filter_error {
	unsigned column;   /* of the first byte that does not fit, from 1; in characters of UTF-8 */
	char message[512]; /* printable: "expected a type after 'dns-qtype', found 'PTRR'; did you
			      mean PTR?" */
};

/**
 * filter__compile() - Compile a filter.
 * @text: UTF-8, NUL-terminated; @length tells whether there are NULs inside, which is an error.
 *	Only white space: all flows match.
 * @lists: NULL: there are none
 *
 * "@name" is a list of @lists; with a '/' in it ("@./servers", "@/etc/x") it is a file with an
 * item a line, # begins a comment.
 *
 * Return: 0, -EINVAL with @ret_error filled, -ENOMEM
 */
int filter__compile(const char *text, size_t length, const struct filter_lists *lists,
		    struct filter **ret_filter, struct filter_error *ret_error);
void filter__free(struct filter *filter);

/**
 * filter__match() - Which flows of an exchange match.
 *
 * Cost: about 10 to 20 ns a term; no allocation. May be called by several threads at a time.
 * Return: set of FLOW_BIT(); 0: none
 */
unsigned filter__match(const struct filter *filter, const struct exchange *exchange,
		       const struct exchange_names *names);

/** filter__fields() - What of an exchange filter__match() looks at. */
field_set filter__fields(const struct filter *filter);

/* A value to bind, in the order of the ?s. Owned by the filter. */
struct filter_binding {
	enum { FILTER_BIND_NUMBER, FILTER_BIND_TEXT, FILTER_BIND_BLOB } type;
	int64_t number;
	const void *bytes; /* text or blob */
	int length;
};

/**
 * filter__where() - The filter as an SQL expression over table exchange_row of the store.
 * @ret_bindings: one for each ? in order
 * @ret_exact: it is true for the very rows of which some flow matches; false: for those and others
 *
 * All values are bound, none is pasted. More rows are found when a field is in records only, or
 * when there is more than SQLite takes: 32000 values, 2000 networks, depth 20. May call the SQL
 * functions dns_regex(k, text) = filter__regex(), dns_qname2(text), dns_domain(text)
 * (query/names.h), which the store provides.
 *
 * Return: text, owned by the filter
 */
const char *filter__where(const struct filter *filter, const struct filter_binding **ret_bindings,
			  unsigned *ret_count, bool *ret_exact);

/**
 * filter__regex() - Does text match the filter's k-th regular expression? For dns_regex().
 *
 * Never when that takes more than a million steps, some ms: patterns can explode.
 */
bool filter__regex(const struct filter *filter, unsigned k, const char *text, size_t length);

/**
 * filter__given_up() - Texts so far that a regular expression took too many steps for, so that
 * they counted as not matching. A text may be looked at, and counted, more than once.
 */
uint64_t filter__given_up(const struct filter *filter);

#endif
