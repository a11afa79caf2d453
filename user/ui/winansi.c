// SPDX-License-Identifier: GPL-2.0-or-later
/* WinAnsi is Latin-1 with printable signs where that has its second set of controls. */
#include "winansi.h"
#include "glyph.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Bytes 0x80 to 0x9f; 0: not used. */
static const uint16_t high_signs[32] = {
	0x20ac, 0,	0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
	0x2039, 0x0152, 0,	0x017d, 0,	0,	0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
	0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,	0x017e, 0x0178,
};

/* The character of a glyph, which is UTF-8 without faults. */
static uint32_t character_of(const struct glyph *glyph)
{
	const unsigned char *bytes = (const unsigned char *)glyph->bytes;
	uint32_t c = glyph->length == 1 ? bytes[0] : bytes[0] & (0x7fu >> glyph->length);

	for (unsigned i = 1; i < glyph->length; i++)
		c = c << 6 | (bytes[i] & 0x3f);
	return c;
}

/* The byte that shows @c; 0: there is none. */
static unsigned char sign_of(uint32_t c)
{
	if ((c >= 0x20 && c < 0x7f) || (c > 0xa0 && c <= 0xff))
		return (unsigned char)c;
	for (unsigned i = 0; c > 0xff && i < 32; i++)
		if (high_signs[i] == c)
			return (unsigned char)(0x80 + i);
	return c == 0xa0 ? ' ' : 0;
}

/* What shows a glyph: its sign, itself when it is an escape already, else an escape. */
static unsigned spell(const struct glyph *glyph, char *sign)
{
	uint32_t c;

	if (glyph->width > 1) {
		memcpy(sign, glyph->bytes, glyph->length);
		return glyph->length;
	}
	c = character_of(glyph);
	sign[0] = (char)sign_of(c);
	return sign[0] ? 1 : (unsigned)snprintf(sign, GLYPH_MAX, "\\u{%x}", c);
}

size_t winansi_encode(const char *text, char *buf, size_t size)
{
	const char *at = text ? text : "";
	size_t whole = 0, used = 0;
	bool cut = false;

	while (*at) {
		struct glyph glyph;
		char sign[GLYPH_MAX];
		unsigned n;

		at = glyph__next(at, &glyph);
		n = spell(&glyph, sign);
		cut = cut || used + n >= size;
		if (!cut) {
			memcpy(buf + used, sign, n);
			used += n;
		}
		whole += n;
	}
	buf[used] = '\0';
	return whole;
}
