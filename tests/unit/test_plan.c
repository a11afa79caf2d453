// SPDX-License-Identifier: GPL-2.0-or-later
/* Ranges of rows: what is taken out of them. */
#include "store/plan.h"

#include <criterion/criterion.h>
#include <stdlib.h>

/* 7 rows, then 13. */
static struct plan twenty_rows(void)
{
	struct plan plan = {.count = 2, .room = 2, .rows = 20};

	plan.pieces = calloc(plan.room, sizeof(*plan.pieces));
	cr_assert(plan.pieces);
	plan.pieces[0] = (struct piece){.first = 1, .last = 7};
	plan.pieces[1] = (struct piece){.first = 8, .last = 20};
	return plan;
}

Test(plan, taking_out_a_whole_piece_leaves_none_of_it)
{
	struct plan plan = twenty_rows();

	cr_assert_eq(plan__take_out(&plan, 0, 1, 7), 0);
	cr_assert_eq(plan.count, 1);
	cr_assert_eq(plan.pieces[0].first, 8);
	cr_assert_eq(plan.pieces[0].last, 20);
	cr_assert_eq(plan.rows, 13);
	plan__done(&plan);
}

/* A share of no rows would be no number. */
Test(plan, taking_out_all_leaves_no_pieces_to_make_progress_with)
{
	struct plan plan = twenty_rows();

	cr_assert_eq(plan__take_out(&plan, 0, 1, 20), 0);
	cr_assert_eq(plan.count, 0);
	cr_assert_eq(plan.rows, 0);
	plan__done(&plan);
}

Test(plan, taking_out_the_middle_leaves_both_ends)
{
	struct plan plan = twenty_rows();

	cr_assert_eq(plan__take_out(&plan, 0, 3, 5), 0);
	plan__join(&plan, 0);
	cr_assert_eq(plan.rows, 17);
	cr_assert_eq(plan.count, 2);
	cr_assert_eq(plan.pieces[0].first, 1);
	cr_assert_eq(plan.pieces[0].last, 2);
	cr_assert_eq(plan.pieces[1].first, 6);
	cr_assert_eq(plan.pieces[1].last, 20);
	plan__done(&plan);
}
