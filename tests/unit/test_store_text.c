// SPDX-License-Identifier: GPL-2.0-or-later
/* What status says of the store. */
#include "cmd/store_text.h"

#include <criterion/criterion.h>
#include <errno.h>

static const struct {
	struct state_store store; /* on, written, overflow, failed, bytes, segments, error */
	enum table_colour colour;
	const char *text;
} rows[] = {
	{{0}, TABLE_YELLOW, "nothing is kept: store.enabled is no, or it could not be opened"},
	{{1, 0, 0, 0, 0, 0, 0}, TABLE_PLAIN, "0 exchanges written; 0 files, 0.0 KiB"},
	{{1, 23, 0, 0, 1572864, 1, 0}, TABLE_PLAIN, "23 exchanges written; 1 file, 1.5 MiB"},
	{{1, 23, 0, 7, 1024, 3, 0},
	 TABLE_YELLOW,
	 "23 exchanges written; 3 files, 1.0 KiB; lost 7 (could not be written 7)"},
	{{1, 23, 5, 0, 1024, 3, 0},
	 TABLE_YELLOW,
	 "23 exchanges written; 3 files, 1.0 KiB; lost 5 (disk too slow 5)"},
	{{1, 23, 5, 7, 1024, 3, ENOSPC},
	 TABLE_RED,
	 "23 exchanges written; 3 files, 1.0 KiB; lost 12 (could not be written 7, disk too slow "
	 "5); cannot be written now: No space left on device"},
	{{1, 23, 0, 0, 1024, 3, EROFS},
	 TABLE_RED,
	 "23 exchanges written; 3 files, 1.0 KiB; cannot be written now: Read-only file system"},
	{{1, UINT64_MAX, UINT64_MAX / 2, UINT64_MAX / 2, UINT64_MAX, UINT64_MAX, EILSEQ},
	 TABLE_RED,
	 "18446744073709551615 exchanges written; 18446744073709551615 files, 16777216.0 TiB; lost "
	 "18446744073709551614 (could not be written 9223372036854775807, disk too slow "
	 "9223372036854775807); cannot be written now: Invalid or incomplete multibyte or wide "
	 "character"},
};

Test(store_text, counts_losses_and_trouble_are_told_with_their_colour)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum table_colour colour = TABLE_GREEN;
		char buf[STORE_TEXT_MAX];

		cr_expect_str_eq(store_text(&rows[i].store, buf, &colour), rows[i].text, "%s", buf);
		cr_expect_eq(colour, rows[i].colour, "%s", buf);
	}
}
