// SPDX-License-Identifier: GPL-2.0-or-later
/* Lines held until it is sure which comes next. Expected orders by hand, or by qsort(). */
#include "cmd/lines.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Collects what comes out, a blank between. */
struct heard {
	char text[512];
	int stop_after; /* lines; 0: never */
	int count;
};

static int hear(void *context, const void *content, size_t length)
{
	struct heard *heard = context;
	size_t n = strlen(heard->text);

	snprintf(heard->text + n, sizeof(heard->text) - n, "%s%.*s", n ? " " : "", (int)length,
		 (const char *)content);
	heard->count++;
	return heard->stop_after && heard->count == heard->stop_after ? 7 : 0;
}

static struct lines *make(struct lines_options options)
{
	struct lines *lines;

	cr_assert_eq(lines__new(&options, &lines), 0);
	return lines;
}

static void add(struct lines *lines, bool known, int64_t number, const char *content)
{
	const struct line_key key = {.known = known, .number = number};

	cr_assert_eq(lines__add(lines, &key, content, strlen(content)), 0);
}

static void add_text(struct lines *lines, const char *key_text, const char *content)
{
	const struct line_key key = {.known = true, .bytes = key_text, .length = strlen(key_text)};

	cr_assert_eq(lines__add(lines, &key, content, strlen(content)), 0);
}

static void check_finish(struct lines *lines, const char *expected)
{
	struct heard heard = {0};

	cr_assert_eq(lines__finish(lines, hear, &heard), 0);
	cr_assert_str_eq(heard.text, expected);
	lines__free(lines);
}

Test(lines, nothing_comes_of_nothing)
{
	check_finish(make((struct lines_options){LINES_LAST, 0, false, false}), "");
	check_finish(make((struct lines_options){LINES_FIRST, 5, true, true}), "");
	lines__free(NULL);
}

Test(lines, those_before_a_moment_are_released_in_order)
{
	struct lines *lines = make((struct lines_options){LINES_LAST, 0, false, false});
	struct heard heard = {0};

	add(lines, true, 30, "c");
	add(lines, true, 10, "a");
	add(lines, true, 20, "b");
	cr_assert_eq(lines__release(lines, 20, hear, &heard), 0);
	cr_assert_str_eq(heard.text, "a");
	add(lines, true, 5, "early");
	cr_assert_eq(lines__release(lines, 30, hear, &heard), 0);
	cr_assert_str_eq(heard.text, "a early b");
	check_finish(lines, "c");
}

Test(lines, newest_ones_stay_in_rising_order)
{
	static const int numbers[] = {3, 9, 1, 7, 5, 8, 2};
	struct lines *lines = make((struct lines_options){LINES_LAST, 3, false, false});
	char text[8];
	int64_t first;

	for (size_t i = 0; i < 7; i++) {
		cr_assert_eq(lines__full(lines, &first), i >= 3);
		snprintf(text, sizeof(text), "%d", numbers[i]);
		add(lines, true, numbers[i], text);
	}
	cr_assert(lines__full(lines, &first) && first == 7);
	check_finish(lines, "7 8 9");
}

Test(lines, first_ones_stay_and_those_without_a_key_come_last)
{
	struct lines *rising = make((struct lines_options){LINES_FIRST, 4, false, false});
	struct lines *falling = make((struct lines_options){LINES_FIRST, 0, true, false});

	for (int i = 0; i < 2; i++) {
		struct lines *lines = i ? falling : rising;

		add(lines, false, -99, "none");
		add(lines, true, 2, "two");
		add(lines, true, -1, "minus");
		add(lines, false, 99, "nothing");
		add(lines, true, 3, "three");
	}
	check_finish(rising, "minus two three none");
	check_finish(falling, "three two minus none nothing");
}

Test(lines, texts_are_compared_by_their_bytes)
{
	struct lines *lines = make((struct lines_options){LINES_FIRST, 0, false, false});

	add_text(lines, "b", "b");
	add_text(lines, "ab", "ab");
	add_text(lines, "", "empty");
	add_text(lines, "a", "a");
	add_text(lines, "abc", "abc");
	check_finish(lines, "empty a ab abc b");
}

Test(lines, equal_ones_keep_the_order_in_which_they_were_added_or_its_reverse)
{
	static const struct lines_options options[] = {
		{LINES_LAST, 0, false, false},
		{LINES_FIRST, 0, false, false},
		{LINES_FIRST, 0, true, false},
		{LINES_LAST, 4, false, true},
	};
	static const char *const added[] = {"p", "q", "r", "s", "t"};
	static const char *const expected[] = {
		"p q r s t", "p q r s t", "p q r s t",
		"s r q p", /* the first added is the newest */
	};

	for (size_t i = 0; i < 4; i++) {
		struct lines *lines = make(options[i]);

		for (size_t j = 0; j < 5; j++)
			add(lines, true, 4, added[j]);
		check_finish(lines, expected[i]);
	}
}

Test(lines, who_has_heard_enough_ends_it)
{
	struct lines *lines = make((struct lines_options){LINES_LAST, 0, false, false});
	struct heard heard = {.stop_after = 2};

	for (int i = 0; i < 5; i++)
		add(lines, true, i, "x");
	cr_assert_eq(lines__finish(lines, hear, &heard), 7);
	cr_assert_str_eq(heard.text, "x x");
	lines__free(lines);
}

Test(lines, more_than_memory_allows_is_refused)
{
	const struct line_key key = {.known = true};
	struct lines *lines = make((struct lines_options){LINES_LAST, 0, false, false});
	const size_t size = LINES_BYTES_MAX / 3;
	char *content = calloc(1, size);

	cr_assert_eq(lines__add(lines, &key, content, size), 0);
	cr_assert_eq(lines__add(lines, &key, content, size), 0);
	cr_assert_eq(lines__add(lines, &key, content, size), -E2BIG);
	free(content);
	lines__free(lines);
}

static int compare_numbers(const void *a, const void *b)
{
	const int *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

struct numbers {
	int list[1009];
	int count;
};

static int hear_number(void *context, const void *content, size_t length)
{
	struct numbers *numbers = context;

	cr_assert_eq(length, sizeof(int));
	memcpy(&numbers->list[numbers->count++], content, length);
	return 0;
}

Test(lines, random_lines_come_as_qsort_has_them)
{
	struct lines *lines = make((struct lines_options){LINES_LAST, 499, false, false});
	struct numbers heard = {0};
	static int sorted[1009];

	srand(11);
	for (int i = 0; i < 1009; i++) {
		const struct line_key key = {.known = true, .number = sorted[i] = rand() % 307};

		cr_assert_eq(lines__add(lines, &key, &sorted[i], sizeof(int)), 0);
	}
	qsort(sorted, 1009, sizeof(int), compare_numbers);
	cr_assert_eq(lines__finish(lines, hear_number, &heard), 0);
	cr_assert_eq(heard.count, 499);
	cr_assert_arr_eq(heard.list, sorted + 1009 - 499, 499 * sizeof(int));
	lines__free(lines);
}
