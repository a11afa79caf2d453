/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the two halves of documents as text share: sentences and tables, and charts. */
#ifndef UI_DOCUMENT_TEXT_H
#define UI_DOCUMENT_TEXT_H

#include "ui/document_format.h"

/** document_text_write() - Write a text, its controls as their numbers. */
void document_text_write(FILE *out, const char *text);

/** document_text_chart() - Draw a chart with characters, 72 wide. */
void document_text_chart(struct document *document, const struct chart *chart);

#endif
