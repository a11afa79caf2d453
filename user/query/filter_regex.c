// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The one door to PCRE2. What a match needs to write to is kept from one to the
 * next: a thread takes it, and puts it back or, when another was faster, frees
 * it. So matches allocate nothing once as many threads as match have begun.
 */
#include "filter_regex.h"

#include "base/text.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

/* A name has at most 1020 bytes: some ten steps for each are usual, a million take some ms. */
#define MATCH_STEPS_MAX 1000000
#define MATCH_DEPTH_MAX 10000
#define MATCH_HEAP_KIB	1024
/* Parentheses of a pattern: the compiler recurs. */
#define PARENS_MAX 50
#define WHY_MAX	   128

struct filter_regex {
	pcre2_code *code;
	pcre2_match_context *limits;
	_Atomic(pcre2_match_data *) spare;
	_Atomic uint64_t given_up;
};

static int refuse(int error, char *ret_why)
{
	PCRE2_UCHAR8 message[WHY_MAX];

	if (error == PCRE2_ERROR_NOMEMORY)
		return -ENOMEM;
	pcre2_get_error_message(error, message, sizeof(message));
	text_printable((const char *)message, strlen((const char *)message), ret_why, WHY_MAX);
	return -EINVAL;
}

/* Never UTF: names are ASCII, and other texts any bytes. */
static int compile(const char *pattern, size_t length, pcre2_code **ret_code, char *ret_why)
{
	const uint32_t options = PCRE2_CASELESS | PCRE2_NEVER_UTF | PCRE2_NEVER_UCP |
				 PCRE2_NEVER_BACKSLASH_C | PCRE2_NO_AUTO_CAPTURE | PCRE2_DOTALL;
	pcre2_compile_context *context = pcre2_compile_context_create(NULL);
	PCRE2_SIZE offset;
	int error;

	if (!context)
		return -ENOMEM;
	pcre2_set_parens_nest_limit(context, PARENS_MAX);
	*ret_code = pcre2_compile((PCRE2_SPTR8)pattern, length, options, &error, &offset, context);
	pcre2_compile_context_free(context);
	return *ret_code ? 0 : refuse(error, ret_why);
}

int filter_regex__new(const char *pattern, size_t length, struct filter_regex **ret_regex,
		      char *ret_why)
{
	struct filter_regex *regex = calloc(1, sizeof(*regex));
	int r = regex ? compile(pattern, length, &regex->code, ret_why) : -ENOMEM;

	if (r < 0)
		goto fail;
	regex->limits = pcre2_match_context_create(NULL);
	r = -ENOMEM;
	if (!regex->limits)
		goto fail;
	pcre2_set_match_limit(regex->limits, MATCH_STEPS_MAX);
	pcre2_set_depth_limit(regex->limits, MATCH_DEPTH_MAX);
	pcre2_set_heap_limit(regex->limits, MATCH_HEAP_KIB);
	*ret_regex = regex;
	return 0;
fail:
	filter_regex__free(regex);
	return r;
}

void filter_regex__free(struct filter_regex *regex)
{
	if (!regex)
		return;
	pcre2_match_data_free(atomic_load(&regex->spare));
	pcre2_match_context_free(regex->limits);
	pcre2_code_free(regex->code);
	free(regex);
}

bool filter_regex__match(const struct filter_regex *regex, const char *text, size_t length)
{
	/* the spare room and the counter are no part of what is immutable */
	_Atomic(pcre2_match_data *) *spare = &((struct filter_regex *)regex)->spare;
	_Atomic uint64_t *given_up = &((struct filter_regex *)regex)->given_up;
	pcre2_match_data *room = atomic_exchange(spare, NULL);
	int r;

	if (!room)
		room = pcre2_match_data_create(1, NULL);
	if (!room) {
		atomic_fetch_add_explicit(given_up, 1, memory_order_relaxed);
		return false;
	}
	r = pcre2_match(regex->code, (PCRE2_SPTR8)text, length, 0, 0, room, regex->limits);
	pcre2_match_data_free(atomic_exchange(spare, room));
	if (r < PCRE2_ERROR_NOMATCH)
		atomic_fetch_add_explicit(given_up, 1, memory_order_relaxed);
	return r >= 0;
}

uint64_t filter_regex__given_up(const struct filter_regex *regex)
{
	return atomic_load_explicit(&regex->given_up, memory_order_relaxed);
}
