/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How wide the columns of a table are on paper. */
#ifndef UI_PDF_COLUMNS_H
#define UI_PDF_COLUMNS_H

#include "ui/document.h"

#include <stdbool.h>

/* Between columns, half of it on either side of the text. */
#define PDF_COLUMN_GAP 10

/* What a column asks for, in points: least <= usual <= most. */
struct pdf_want {
	float least; /* below it, it cannot be read: its title's longest word, a few signs */
	float usual; /* holds nine cells of ten, if these are not very long */
	float most;  /* holds all cells that were measured */
};

/**
 * pdf_columns_fit() - Share a width among columns.
 * @room: in points
 * @ret_widths: of the @count columns, without gaps
 *
 * All get the most if that fits; else all get the usual, and of what is left those who miss little
 * get it first; else the widest are cut down to one width, but not below their least; else all are
 * scaled down.
 *
 * Return: 2 when all fits, 1 when outliers are wrapped, 0 when usual cells are, -1 when scaled
 */
int pdf_columns_fit(const struct pdf_want *wants, unsigned count, float room, float *ret_widths);

#endif
