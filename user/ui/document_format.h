/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the formats of documents share, and what each of them does. document_format.c is what is
 * called by document.h, and calls them.
 */
#ifndef UI_DOCUMENT_FORMAT_H
#define UI_DOCUMENT_FORMAT_H

#include "ui/document.h"

struct document {
	const struct document_writer *writer;
	void *state; /* the writer's own */
	FILE *out;
	struct style style;
	struct document_head head; /* its texts belong to the document; host and filter may be NULL,
				      filter is never "" */
	int error;		   /* the first, negative errno; nothing is written after it */

	char *chapter;	   /* the open one's title; NULL before the first */
	unsigned chapters; /* begun so far */
	unsigned tables;   /* and charts, begun so far, the one in hand included */

	/* Of the open table. */
	const struct document_column *columns; /* NULL: none is open */
	unsigned column_count;
	uint64_t rows; /* written before the one in hand */
};

/*
 * A format. These are called in order only: a row only in a table, nothing but rows in it,
 * and nothing but release once there is an error. A writer tells errors by document_fail();
 * those of @document->out are looked at after each call anyway. What a format has no use for is
 * NULL, but table, row and chart.
 */
struct document_writer {
	/* Makes the state and writes what comes first; at its error release is called, too. */
	void (*open)(struct document *document);
	void (*chapter)(struct document *document, const char *title, const char *about);
	void (*paragraph)(struct document *document, const char *text);
	void (*table)(struct document *document, const char *caption);
	void (*row)(struct document *document, const char *const *cells,
		    const enum table_colour *colours);
	void (*table_end)(struct document *document, const char *none);
	void (*chart)(struct document *document, const struct chart *chart);
	void (*finish)(struct document *document);  /* writes what is left */
	void (*release)(struct document *document); /* frees the state, which may be NULL */
};

/** Each format's, in its own file. */
extern const struct document_writer document_text_writer;
extern const struct document_writer document_csv_writer;
extern const struct document_writer document_html_writer;
extern const struct document_writer document_pdf_writer;

/* What stands in place of a chart without any. */
#define DOCUMENT_NO_VALUES "No values in this time."

/** document_fail() - Keep an error, unless there is one. @error: negative errno */
void document_fail(struct document *document, int error);

/**
 * document_share() - Read the cell of a bar column.
 * @ret_share: of 1, finite, not below 0; more than 1 is possible, and drawn as 1
 *
 * Return: is it a number? What is not is shown as it is, without a bar.
 */
bool document_share(const char *cell, double *ret_share);

/* "100 %", "4.3 %"; longer for shares far above 1 */
#define DOCUMENT_PERCENT_MAX 16

/**
 * document_percent() - Write a share for people: "23 %", below 10 % with a decimal.
 * @buf: DOCUMENT_PERCENT_MAX bytes
 *
 * Return: @buf
 */
const char *document_percent(double share, char *buf);

/* "2026-11-22 07:18:08 UTC" and its NUL, with room for other years */
#define DOCUMENT_MOMENT_MAX 40

/**
 * document_moment() - Write a moment for people, to the second.
 * @buf: DOCUMENT_MOMENT_MAX bytes
 *
 * Return: @buf
 */
const char *document_moment(int64_t ns, char *buf);

#endif
