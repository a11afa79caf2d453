/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text as characters, none of which does anything but be seen. */
#ifndef UI_GLYPH_H
#define UI_GLYPH_H

#include <stdbool.h>
#include <stddef.h>

/* "\u{10ffff}" and its NUL */
#define GLYPH_MAX 11

/* One character to show. */
struct glyph {
	char bytes[GLYPH_MAX]; /* UTF-8, NUL at the end: itself, or its number instead */
	unsigned length;       /* of bytes */
	unsigned width;	       /* in characters: 1, or the escape's length */
};

/**
 * glyph__next() - The next character of a text.
 * @text: not at its end
 *
 * Controls (C0, DEL, C1), what is no UTF-8 (RFC 3629), and what is not seen but turns, joins or
 * hides others (direction, zero width, line separators, tags) come out as their number: bytes as
 * "\DDD" in decimal as in names (RFC 1035 section 5.1), characters as "\u{202e}".
 *
 * Return: what follows it
 * Source: Unicode Technical Report 36, section 2.5; Trojan Source (CVE-2021-42574)
 */
const char *glyph__next(const char *text, struct glyph *ret_glyph);

/**
 * glyph_plain() - How many bytes a text begins with that are printable ASCII, hence themselves.
 * @except: bytes that end it, too
 *
 * Most texts are that throughout: taken at once, a row costs a third.
 */
size_t glyph_plain(const char *text, const char *except);

/** glyph_width() - Of a whole text, in characters. */
size_t glyph_width(const char *text);

#endif
