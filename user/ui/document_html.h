/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of documents as HTML share: structure, charts, looks. */
#ifndef UI_DOCUMENT_HTML_H
#define UI_DOCUMENT_HTML_H

#include "ui/document_format.h"

/* What stands in <style>: screens, light and dark, and paper. */
extern const char document_html_style[];

/** document_html_write() - Write a text as text, for elements and quoted attributes alike. */
void document_html_write(FILE *out, const char *text);

/**
 * document_html_chart() - Draw a chart as a figure of SVG with its legend.
 * @out: where the document's body goes
 */
void document_html_chart(struct document *document, FILE *out, const struct chart *chart);

#endif
