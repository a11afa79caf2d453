// SPDX-License-Identifier: GPL-2.0-or-later
/* Text as characters, none of which does anything but be seen. */
#include "glyph.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

/*
 * Characters that are not seen themselves: controls (Cc), and of the formats (Cf) and separators
 * (Zl, Zp) of the Unicode Character Database those that change how others look.
 */
static bool is_hidden(uint32_t character)
{
	static const struct {
		uint32_t first, last;
	} hidden[] = {
		{0x00, 0x1f},	  {0x7f, 0x9f},	    {0xad, 0xad},	{0x61c, 0x61c},
		{0x180e, 0x180e}, {0x200b, 0x200f}, {0x2028, 0x202e},	{0x2060, 0x206f},
		{0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xe0000, 0xe007f},
	};

	for (unsigned i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++)
		if (character >= hidden[i].first && character <= hidden[i].last)
			return true;
	return false;
}

/*
 * RFC 3629: what each length begins with, and the smallest character that needs it.
 * Returns the length, 0 when this is no character; the NUL at the end is no continuation.
 */
static unsigned decode(const unsigned char *text, uint32_t *ret_character)
{
	static const struct {
		unsigned char mask, lead;
		uint32_t smallest;
	} forms[] = {{0x80, 0, 0}, {0xe0, 0xc0, 0x80}, {0xf0, 0xe0, 0x800}, {0xf8, 0xf0, 0x10000}};
	uint32_t character;
	unsigned more = 0;

	while (more < 4 && (text[0] & forms[more].mask) != forms[more].lead)
		more++;
	if (more == 4)
		return 0;
	character = text[0] & (unsigned char)~forms[more].mask;
	for (unsigned i = 1; i <= more; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
		character = character << 6 | (text[i] & 0x3f);
	}
	if (character < forms[more].smallest || character > 0x10ffff ||
	    (character >= 0xd800 && character <= 0xdfff))
		return 0;
	*ret_character = character;
	return more + 1;
}

const char *glyph__next(const char *text, struct glyph *ret_glyph)
{
	uint32_t character = 0;
	unsigned length = decode((const unsigned char *)text, &character), written;

	if (length && !is_hidden(character)) {
		memcpy(ret_glyph->bytes, text, length);
		ret_glyph->bytes[length] = '\0';
		ret_glyph->length = length;
		ret_glyph->width = 1;
		return text + length;
	}
	if (length > 1)
		written = (unsigned)snprintf(ret_glyph->bytes, sizeof(ret_glyph->bytes), "\\u{%x}",
					     character);
	else
		written = (unsigned)snprintf(ret_glyph->bytes, sizeof(ret_glyph->bytes), "\\%03u",
					     (unsigned char)*text);
	ret_glyph->length = ret_glyph->width = written;
	return text + (length ? length : 1);
}

size_t glyph_plain(const char *text, const char *except)
{
	size_t length = 0;

	while (text[length] >= ' ' && text[length] <= '~' && !strchr(except, text[length]))
		length++;
	return length;
}

size_t glyph_width(const char *text)
{
	struct glyph glyph;
	size_t width = glyph_plain(text, "");

	text += width;

	while (*text) {
		text = glyph__next(text, &glyph);
		width += glyph.width;
	}
	return width;
}
