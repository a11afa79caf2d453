// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Documents as PDF, on A4. Nothing is written before the end, as a PDF says at its end where
 * everything is. What goes wrong is kept in the paper, and told after each call.
 */
#include "document_format.h"
#include "pdf.h"
#include "pdf_chart.h"
#include "pdf_table.h"

#include <errno.h>
#include <stdlib.h>

#define PARAGRAPH_LEADING 13
#define PARAGRAPH_AFTER	  7

static const struct paper_type paragraph_type = {PAPER_PLAIN, 9.5f, &paper_black};

struct state {
	struct pdf pdf;
	struct pdf_table *table; /* the open one */
};

static void check(struct document *document)
{
	struct state *state = document->state;

	if (state->pdf.paper.error)
		document_fail(document, state->pdf.paper.error);
}

static void pdf_open(struct document *document)
{
	struct state *state = calloc(1, sizeof(*state));
	int r;

	if (!state) {
		document_fail(document, -ENOMEM);
		return;
	}
	document->state = state;
	r = pdf__init(&state->pdf, &document->head, document->head.shown);
	if (r < 0)
		document_fail(document, r);
}

static void pdf_chapter(struct document *document, const char *title, const char *about)
{
	struct state *state = document->state;

	pdf__chapter(&state->pdf, title, about);
	check(document);
}

static void pdf_paragraph(struct document *document, const char *text)
{
	struct state *state = document->state;
	char *copy = pdf_text(&state->pdf, text);

	pdf__begin(&state->pdf, PARAGRAPH_LEADING, PDF_ANY);
	if (copy)
		paper__wrapped(&state->pdf.paper, &paragraph_type, copy, PARAGRAPH_LEADING);
	state->pdf.paper.y -= PARAGRAPH_AFTER;
	free(copy);
	check(document);
}

static void pdf_table(struct document *document, const char *caption)
{
	struct state *state = document->state;

	state->table =
		pdf_table__new(&state->pdf, caption, document->columns, document->column_count);
	check(document);
}

static void pdf_row(struct document *document, const char *const *cells,
		    const enum table_colour *colours)
{
	struct state *state = document->state;

	pdf_table__row(state->table, cells, colours);
	check(document);
}

static void pdf_table_end(struct document *document, const char *none)
{
	struct state *state = document->state;

	pdf_table__end(state->table, none);
	pdf_table__free(state->table);
	state->table = NULL;
	check(document);
}

static void pdf_chart(struct document *document, const struct chart *chart)
{
	struct state *state = document->state;

	pdf_chart_draw(&state->pdf, chart);
	check(document);
}

static void pdf_finish(struct document *document)
{
	struct state *state = document->state;
	int r;

	pdf__finish(&state->pdf);
	r = paper__save(&state->pdf.paper, document->out);
	if (r < 0)
		document_fail(document, r);
}

static void pdf_release(struct document *document)
{
	struct state *state = document->state;

	if (!state)
		return;
	pdf_table__free(state->table);
	pdf__done(&state->pdf);
	free(state);
	document->state = NULL;
}

const struct document_writer document_pdf_writer = {
	.open = pdf_open,
	.chapter = pdf_chapter,
	.paragraph = pdf_paragraph,
	.table = pdf_table,
	.row = pdf_row,
	.table_end = pdf_table_end,
	.chart = pdf_chart,
	.finish = pdf_finish,
	.release = pdf_release,
};
