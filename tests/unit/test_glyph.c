// SPDX-License-Identifier: GPL-2.0-or-later
/* Characters that do something come out as their number, all others as they are. */
#include "ui/glyph.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

static void expect(const char *text, const char *want)
{
	char got[256] = "";
	struct glyph glyph;
	size_t n = 0, width = glyph_width(text), sum = 0;

	while (*text) {
		text = glyph__next(text, &glyph);
		cr_assert_eq(strlen(glyph.bytes), glyph.length);
		n += (size_t)snprintf(got + n, sizeof(got) - n, "%s", glyph.bytes);
		sum += glyph.width;
	}
	cr_expect_str_eq(got, want);
	cr_expect_eq(width, sum);
}

Test(glyph, text_stays_as_it_is)
{
	expect("a \\ ~", "a \\ ~");
	expect("žluť 名前 \360\237\230\200", "žluť 名前 \360\237\230\200");
	cr_expect_eq(glyph_width("žluť"), 4);
}

Test(glyph, plain_text_ends_at_what_is_not_printable_ascii)
{
	cr_expect_eq(glyph_plain("a ~", ""), 3);
	cr_expect_eq(glyph_plain("", ""), 0);
	cr_expect_eq(glyph_plain("ab\177", ""), 2);
	cr_expect_eq(glyph_plain("ab\037", ""), 2);
	cr_expect_eq(glyph_plain("abc\303\251", ""), 3);
	cr_expect_eq(glyph_plain("a<b", "&<"), 1);
}

Test(glyph, controls_of_either_set_are_their_numbers)
{
	expect("\033[31m\r\n\t\001\037\177", "\\027[31m\\013\\010\\009\\001\\031\\127");
	expect("\302\200\302\233\302\237\302\240", "\\u{80}\\u{9b}\\u{9f}\302\240");
	cr_expect_eq(glyph_width("\033"), 4);
	cr_expect_eq(glyph_width("\302\233"), 6);
}

Test(glyph, what_turns_joins_or_hides_text_is_its_number)
{
	expect("\342\200\256a\342\200\254\342\201\246\342\201\251\330\234",
	       "\\u{202e}a\\u{202c}\\u{2066}\\u{2069}\\u{61c}");
	expect("\342\200\213\357\273\277\342\200\250\363\240\201\201",
	       "\\u{200b}\\u{feff}\\u{2028}\\u{e0041}");
}

/* RFC 3629 section 3 and 10: overlong forms, surrogates, beyond the end, lonely and missing bytes.
 */
Test(glyph, bytes_that_are_no_utf8_are_their_numbers)
{
	expect("\300\257", "\\192\\175");
	expect("\340\200\257", "\\224\\128\\175");
	expect("\355\240\200", "\\237\\160\\128");
	expect("\364\220\200\200", "\\244\\144\\128\\128");
	expect("\377\200", "\\255\\128");
	expect("\342\202", "\\226\\130");
	expect("\360\237\230", "\\240\\159\\152");
	expect("\233x", "\\155x");
}
