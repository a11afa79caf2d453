/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A picture of values over time, on paper. */
#ifndef UI_PDF_CHART_H
#define UI_PDF_CHART_H

#include "ui/pdf.h"

/** pdf_chart_draw() - Draw a chart where the document has come to; its title is not split from it.
 */
void pdf_chart_draw(struct pdf *pdf, const struct chart *chart);

#endif
