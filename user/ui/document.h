/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A document of chapters, paragraphs, tables and charts, written as it comes:
 * one table of formats, one file for each. All that a person is shown by flows,
 * stats, servers, alerts and report goes through here, so each of them has all
 * formats.
 *
 * Texts are UTF-8. What others chose (names, users) has been made printable
 * ASCII before (base/text.h, dns/name.h); here each format escapes what means
 * something to it: CSV quotes, and cells that a spreadsheet would run as
 * formulas; HTML markup; control characters in any case.
 */
#ifndef UI_DOCUMENT_H
#define UI_DOCUMENT_H

#include "ui/table.h"

#include <stdint.h>

enum document_format { DOCUMENT_TEXT, DOCUMENT_CSV, DOCUMENT_HTML, DOCUMENT_PDF, DOCUMENT_FORMATS };

/* What stands at the top, and on each page of a PDF. */
struct document_head {
	const char *title;	    /* "DNS report" */
	const char *host;	    /* name of the host that watched; NULL: not told */
	const char *filter;	    /* as it was written; NULL or "": none */
	int64_t since_ns, until_ns; /* what it covers, ns since 1970 in UTC */
	int64_t made_ns;	    /* when it was made */
	bool shown;		    /* by text and CSV, too: a list has none, a report has one */
};

struct document;

/**
 * document__open() - Begin a document.
 * @out: written to as the document grows; a PDF when it is closed. Not closed.
 * @head: copied
 * @style: of @out, for DOCUMENT_TEXT: a terminal or not
 *
 * Return: 0, -ENOMEM
 */
int document__open(enum document_format format, FILE *out, const struct document_head *head,
		   struct style style, struct document **ret_document);

/**
 * document__close() - End it.
 *
 * Return: 0, else what went wrong since it was opened: -ENOMEM, or the errno of writing
 */
int document__close(struct document *document);

/** document__chapter() - Begin a chapter. @about: one sentence below the title; NULL: none */
void document__chapter(struct document *document, const char *title, const char *about);

/** document__paragraph() - A sentence or some. CSV leaves it out. */
void document__paragraph(struct document *document, const char *text);

struct document_column {
	const char *title;
	unsigned width; /* in characters, of common values; longer ones are wrapped in PDF and
			   widen the column in text, up to twice; the last one may be as long as
			   it is */
	bool right;	/* numbers */
	bool bar;	/* a share of 1, as decimals: drawn as a bar, in text with its percentage;
			   in CSV a number of percent */
};

/**
 * document__table() - Begin a table.
 * @caption: NULL: none
 * @columns: must outlive the table
 * @count: 1..TABLE_COLUMNS_MAX
 *
 * Text: aligned by the columns' widths, each row written at once, as a list may never end.
 * CSV: RFC 4180, the titles being the first line; a second table follows behind an empty line and
 * a line with its chapter's and own title.
 */
void document__table(struct document *document, const char *caption,
		     const struct document_column *columns, unsigned count);

/**
 * document__row() - A row of the open table.
 * @cells: as many as columns; NULL: no value
 * @colours: NULL, or one for each cell; only terminals show them, and HTML and PDF red and yellow
 */
void document__row(struct document *document, const char *const *cells,
		   const enum table_colour *colours);

/** document__table_end() - End the table. @none: what to say when it has no rows; NULL: nothing */
void document__table_end(struct document *document, const char *none);

struct chart_point {
	int64_t time_ns;
	double value; /* in the chart's unit */
};

struct chart_series {
	const char *name;		  /* in the legend */
	const struct chart_point *points; /* in order of time */
	unsigned count;
	bool reference; /* drawn thick and dashed, in grey: the baseline */
};

/* Series drawn in one chart; more cannot be told apart. The caller says what it left out. */
#define CHART_SERIES_MAX 8

struct chart {
	const char *title;
	const char *unit;	    /* of values: "ms" */
	int64_t since_ns, until_ns; /* the axis of time */
	int64_t gap_ns;		    /* a line breaks between points farther apart */
	const struct chart_series *series;
	unsigned count; /* 1..CHART_SERIES_MAX */
};

/**
 * document__chart() - A picture of values over time, with axes, units and legend.
 *
 * Readable in print and by the colour-blind: series differ by dashes and marks, too. Text draws it
 * with characters (braille when style.utf8); CSV has a table of series, time, value.
 */
void document__chart(struct document *document, const struct chart *chart);

#endif
