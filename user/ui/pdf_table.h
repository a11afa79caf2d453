/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A table on as many pages as it takes. */
#ifndef UI_PDF_TABLE_H
#define UI_PDF_TABLE_H

#include "ui/pdf.h"

/* All tables of a document have this many lines of cells together. Measured with rows of eleven
 * cells: 0.7 kB of memory a line until the end, so 184 MB, in 7000 pages, which nobody reads. */
#define PDF_LINES_MAX 250000

struct pdf_table;

/**
 * pdf_table__new() - Begin a table.
 * @caption: copied; NULL: none
 * @columns: must outlive the table
 *
 * The first rows are kept until it is known how wide their cells are.
 *
 * Return: the table; NULL after having kept the error in @pdf
 */
struct pdf_table *pdf_table__new(struct pdf *pdf, const char *caption,
				 const struct document_column *columns, unsigned count);
void pdf_table__free(struct pdf_table *table);

/** pdf_table__row() - As document__row(). Rows beyond PDF_LINES_MAX are counted only. */
void pdf_table__row(struct pdf_table *table, const char *const *cells,
		    const enum table_colour *colours);

/** pdf_table__end() - Draw what is left, and say how many rows are not shown. @none: as document's
 */
void pdf_table__end(struct pdf_table *table, const char *none);

#endif
