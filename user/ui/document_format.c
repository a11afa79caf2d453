// SPDX-License-Identifier: GPL-2.0-or-later
/* Documents: what all formats have in common, and the table of them. */
#include "document_format.h"

#include "base/text.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct document_writer *const writers[DOCUMENT_FORMATS] = {
	[DOCUMENT_TEXT] = &document_text_writer,
	[DOCUMENT_CSV] = &document_csv_writer,
	[DOCUMENT_HTML] = &document_html_writer,
	[DOCUMENT_PDF] = &document_pdf_writer,
};

void document_fail(struct document *document, int error)
{
	if (!document->error)
		document->error = error;
}

/* What stdio noted since errno was cleared. */
static void look_at_output(struct document *document)
{
	if (ferror(document->out))
		document_fail(document, errno ? -errno : -EIO);
}

/* Before each call of a writer: is there any use in it? */
static bool is_writable(struct document *document)
{
	errno = 0;
	return !document->error;
}

static char *copy(struct document *document, const char *text)
{
	char *copied = text ? strdup(text) : NULL;

	if (text && !copied)
		document_fail(document, -ENOMEM);
	return copied;
}

static void release(struct document *document)
{
	if (document->writer->release)
		document->writer->release(document);
	free(document->chapter);
	free((char *)document->head.title);
	free((char *)document->head.host);
	free((char *)document->head.filter);
	free(document);
}

int document__open(enum document_format format, FILE *out, const struct document_head *head,
		   struct style style, struct document **ret_document)
{
	struct document *document;
	int error;

	if ((unsigned)format >= DOCUMENT_FORMATS || !writers[format])
		return -EINVAL;
	document = calloc(1, sizeof(*document));
	if (!document)
		return -ENOMEM;
	document->writer = writers[format];
	document->out = out;
	document->style = style;
	document->head = *head;
	document->head.title = copy(document, head->title);
	document->head.host = copy(document, head->host);
	document->head.filter = copy(document, head->filter && *head->filter ? head->filter : NULL);
	if (is_writable(document) && document->writer->open) {
		document->writer->open(document);
		look_at_output(document);
	}
	error = document->error;
	if (error == -ENOMEM) {
		release(document);
		return error;
	}
	*ret_document = document; /* what else went wrong is told when it is closed */
	return 0;
}

int document__close(struct document *document)
{
	int error;

	document__table_end(document, NULL);
	if (is_writable(document)) {
		if (document->writer->finish)
			document->writer->finish(document);
		if (fflush(document->out) != 0)
			document_fail(document, -errno);
		look_at_output(document);
	}
	error = document->error;
	release(document);
	return error;
}

void document__chapter(struct document *document, const char *title, const char *about)
{
	document__table_end(document, NULL);
	if (!is_writable(document))
		return;
	free(document->chapter);
	document->chapter = copy(document, title);
	document->chapters++;
	if (document->writer->chapter)
		document->writer->chapter(document, title, about);
	look_at_output(document);
}

void document__paragraph(struct document *document, const char *text)
{
	document__table_end(document, NULL);
	if (!document->writer->paragraph || !is_writable(document))
		return;
	document->writer->paragraph(document, text);
	look_at_output(document);
}

void document__table(struct document *document, const char *caption,
		     const struct document_column *columns, unsigned count)
{
	document__table_end(document, NULL);
	if (!count || count > TABLE_COLUMNS_MAX)
		document_fail(document, -EINVAL);
	if (!is_writable(document))
		return;
	document->columns = columns;
	document->column_count = count;
	document->rows = 0;
	document->tables++;
	document->writer->table(document, caption);
	look_at_output(document);
}

void document__row(struct document *document, const char *const *cells,
		   const enum table_colour *colours)
{
	if (!document->columns)
		document_fail(document, -EINVAL);
	if (!is_writable(document))
		return;
	document->writer->row(document, cells, colours);
	document->rows++;
	look_at_output(document);
}

void document__table_end(struct document *document, const char *none)
{
	if (document->columns && document->writer->table_end && is_writable(document)) {
		document->writer->table_end(document, none);
		look_at_output(document);
	}
	document->columns = NULL;
}

void document__chart(struct document *document, const struct chart *chart)
{
	document__table_end(document, NULL);
	if (chart->count > CHART_SERIES_MAX)
		document_fail(document, -EINVAL);
	if (!is_writable(document))
		return;
	document->tables++;
	document->writer->chart(document, chart);
	look_at_output(document);
}

bool document_share(const char *cell, double *ret_share)
{
	char *end;
	double share;

	if (!cell || !*cell || cell[strspn(cell, "0123456789.eE+-")])
		return false;
	share = strtod(cell, &end);
	if (end == cell || *end || !isfinite(share) || share < 0)
		return false;
	*ret_share = share;
	return true;
}

const char *document_percent(double share, char *buf)
{
	double percent = 100 * share;

	if (percent > 0 && percent < 0.05)
		snprintf(buf, DOCUMENT_PERCENT_MAX, "<0.1 %%");
	else if (percent > 0 && percent < 9.95)
		snprintf(buf, DOCUMENT_PERCENT_MAX, "%.1f %%", percent);
	else if (percent >= 99.5 && percent < 100)
		snprintf(buf, DOCUMENT_PERCENT_MAX, ">99 %%"); /* nearly all is not all */
	else
		snprintf(buf, DOCUMENT_PERCENT_MAX, percent < 1e6 ? "%.0f %%" : "%.3g %%", percent);
	return buf;
}

const char *document_moment(int64_t ns, char *buf)
{
	char text[TEXT_TIME_MAX];
	size_t day;

	text_time(ns, text);
	day = strcspn(text, "T");
	snprintf(buf, DOCUMENT_MOMENT_MAX, "%.*s %.8s UTC", (int)day, text, text + day + 1);
	return buf;
}
