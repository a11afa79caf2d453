/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Texts in the one-byte encoding of PDF's built-in fonts (ISO 32000-1 annex D.2). */
#ifndef UI_WINANSI_H
#define UI_WINANSI_H

#include <stddef.h>

#define WINANSI_ELLIPSIS '\x85'
#define WINANSI_DASH	 '\x96'

/**
 * winansi_encode() - Encode a text so that each of its bytes is a sign that can be printed.
 * @text: UTF-8 that others may have chosen; NULL: as ""
 * @buf: @size bytes, at least 1; always NUL-terminated, cut between signs when too small
 *
 * What ui/glyph.h escapes is escaped as there; so is what the encoding lacks: "\u{3b1}".
 *
 * Return: bytes that the whole takes without its NUL, as snprintf() does
 */
size_t winansi_encode(const char *text, char *buf, size_t size);

#endif
