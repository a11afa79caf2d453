// SPDX-License-Identifier: GPL-2.0-or-later
/* The memory back end: a filter's program, run on the flows of an exchange. */
#include "filter.h"
#include "filter_data.h"
#include "filter_regex.h"

#include <string.h>

static bool in_ranges(const struct filter_values *values, int64_t number)
{
	for (unsigned i = 0; i < values->count; i++)
		if (number >= values->ranges[i].low && number <= values->ranges[i].high)
			return true;
	return false;
}

static bool has_flags(const struct filter_values *values, int64_t number)
{
	for (unsigned i = 0; i < values->count; i++)
		if ((number & values->flags[i].mask) == values->flags[i].bits)
			return true;
	return false;
}

/* ASCII only, whatever the locale; in the value's own buffer. */
static void lower(struct operand_value *value)
{
	size_t length = value->length;
	const char *from = value->text;
	char *to = value->field.buf;

	if (length > sizeof(value->field.buf))
		length = sizeof(value->field.buf);
	for (size_t i = 0; i < length; i++)
		to[i] = from[i] >= 'A' && from[i] <= 'Z' ? (char)(from[i] | 0x20) : from[i];
	value->text = to;
	value->length = length;
}

static bool is_one_of(const struct filter_values *values, const struct operand_value *value)
{
	for (unsigned i = 0; i < values->count; i++)
		if (value->length == values->texts[i].length &&
		    memcmp(value->text, values->texts[i].text, value->length) == 0)
			return true;
	return false;
}

static bool contains(const struct filter_values *values, const struct operand_value *value)
{
	for (unsigned i = 0; i < values->count; i++)
		if (memmem(value->text, value->length, values->texts[i].text,
			   values->texts[i].length))
			return true;
	return false;
}

static bool matches_regex(const struct filter *filter, const struct filter_values *values,
			  const struct operand_value *value)
{
	for (unsigned i = 0; i < values->count; i++)
		if (filter_regex__match(filter->regexes[values->first_regex + i], value->text,
					value->length))
			return true;
	return false;
}

static bool text_matches(const struct filter *filter, const struct filter_values *values,
			 struct operand_value *value)
{
	if (values->test == TEST_REGEX)
		return matches_regex(filter, values, value);
	if (values->has_case)
		lower(value);
	return values->test == TEST_EXACT ? is_one_of(values, value) : contains(values, value);
}

static bool matches(const struct filter *filter, const struct filter_values *values,
		    struct operand_value *value)
{
	switch (values->test) {
	case TEST_NUMBERS:
		return in_ranges(values, value->number);
	case TEST_ADDRESSES:
		return address_set__has(&values->addresses, value->address);
	case TEST_FLAGS:
		return has_flags(values, value->number);
	default:
		return text_matches(filter, values, value);
	}
}

static bool run(const struct filter *filter, const struct flow *flow)
{
	unsigned at = filter->start;
	struct operand_value value;

	/* steps only lead to later ones */
	while (at < FILTER_REJECT) {
		const struct filter_term *term = &filter->terms[at];
		bool is_true;

		term->get(flow, &value);
		is_true = value.known && matches(filter, term->values, &value) != term->negated;
		at = is_true ? term->yes : term->no;
	}
	return at == FILTER_ACCEPT;
}

unsigned filter__match(const struct filter *filter, const struct exchange *exchange,
		       const struct exchange_names *names)
{
	unsigned directions = flow_directions(exchange), matched = 0;
	struct flow flow = {exchange, names, FLOW_QUERY};

	if (!filter->depends_on_flow)
		return run(filter, &flow) ? directions : 0;
	for (unsigned i = 0; i < FLOW_DIRECTIONS; i++) {
		flow.direction = (enum flow_direction)i;
		if (directions & FLOW_BIT(i) && run(filter, &flow))
			matched |= FLOW_BIT(i);
	}
	return matched;
}

bool filter__regex(const struct filter *filter, unsigned k, const char *text, size_t length)
{
	return k < filter->regex_count && filter_regex__match(filter->regexes[k], text, length);
}

uint64_t filter__given_up(const struct filter *filter)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < filter->regex_count; i++)
		sum += filter_regex__given_up(filter->regexes[i]);
	return sum;
}
