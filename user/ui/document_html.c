// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Documents as HTML: one file that can be mailed, kept and opened years later. It loads nothing
 * and runs nothing, and its policy tells the browser so: even if a name found its way past the
 * escapes below, there is no script that it could start and no place it could send to.
 *
 * Names come from the network. All text goes through one function, which escapes the five
 * characters that mean something in elements or in quoted attributes; there are no unquoted
 * attributes, and no text goes into styles or addresses.
 *
 * The contents stand above the chapters, but are known when the last one has ended: a report is
 * kept in memory until then, a few hundred kilobytes. A list has no chapters, may be endless, and
 * is written as it comes.
 */
#include "document_html.h"
#include "glyph.h"

#include <errno.h>
#include <stdlib.h>

/* More columns than these are printed across. */
#define UPRIGHT_COLUMNS 9

/* Of columns, in characters, on screens that are narrow. */
#define TEXT_WIDTH_MAX 20

struct html_state {
	FILE *contents; /* list items, in memory */
	FILE *body;	/* in memory; of a list the document's own file */
	char *contents_text, *body_text;
	size_t contents_size, body_size;
	bool in_section;
};

void document_html_write(FILE *out, const char *text)
{
	struct glyph glyph;
	size_t plain = glyph_plain(text, "&<>\"'");

	fwrite(text, 1, plain, out);
	text += plain;
	while (*text) {
		text = glyph__next(text, &glyph);
		switch (glyph.bytes[0]) {
		case '&':
			fputs("&amp;", out);
			break;
		case '<':
			fputs("&lt;", out);
			break;
		case '>':
			fputs("&gt;", out);
			break;
		case '"':
			fputs("&quot;", out);
			break;
		case '\'':
			fputs("&#39;", out);
			break;
		default:
			fputs(glyph.bytes, out);
		}
	}
}

static void write_element(FILE *out, const char *begin, const char *text, const char *end)
{
	fputs(begin, out);
	document_html_write(out, text);
	fputs(end, out);
}

static void write_head(FILE *out, const struct document_head *head)
{
	char since[DOCUMENT_MOMENT_MAX], until[DOCUMENT_MOMENT_MAX], made[DOCUMENT_MOMENT_MAX];

	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	      "<meta http-equiv=\"Content-Security-Policy\" "
	      "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	      "<meta name=\"color-scheme\" content=\"light dark\">\n",
	      out);
	write_element(out, "<title>", head->title, "");
	if (head->host)
		write_element(out, " – ", head->host, "");
	fprintf(out, "</title>\n<style>\n%s</style>\n</head>\n<body>\n", document_html_style);
	write_element(out, "<header>\n<h1>", head->title, "</h1>\n<dl>\n");
	if (head->host)
		write_element(out, "<div><dt>Host</dt><dd>", head->host, "</dd></div>\n");
	fprintf(out, "<div><dt>Time</dt><dd>%s to %s</dd></div>\n",
		document_moment(head->since_ns, since), document_moment(head->until_ns, until));
	if (head->filter)
		write_element(out, "<div><dt>Filter</dt><dd><code>", head->filter,
			      "</code></dd></div>\n");
	fprintf(out, "<div><dt>Made</dt><dd>%s</dd></div>\n</dl>\n</header>\n",
		document_moment(head->made_ns, made));
}

static void html_open(struct document *document)
{
	struct html_state *state = calloc(1, sizeof(*state));

	document->state = state;
	if (!state) {
		document_fail(document, -ENOMEM);
		return;
	}
	write_head(document->out, &document->head);
	if (document->head.shown) {
		state->contents = open_memstream(&state->contents_text, &state->contents_size);
		state->body = open_memstream(&state->body_text, &state->body_size);
		if (!state->contents || !state->body)
			document_fail(document, -ENOMEM);
	} else {
		state->body = document->out;
		fputs("<main>\n", state->body);
	}
}

static void html_release(struct document *document)
{
	struct html_state *state = document->state;

	if (!state)
		return;
	if (state->contents)
		fclose(state->contents);
	if (state->body && state->body != document->out)
		fclose(state->body);
	free(state->contents_text);
	free(state->body_text);
	free(state);
}

static void end_section(struct html_state *state)
{
	if (state->in_section)
		fputs("</section>\n", state->body);
	state->in_section = false;
}

static void html_chapter(struct document *document, const char *title, const char *about)
{
	struct html_state *state = document->state;

	end_section(state);
	fprintf(state->body, "<section aria-labelledby=\"c%u\">\n<h2 id=\"c%u\">",
		document->chapters, document->chapters);
	write_element(state->body, "", title, "</h2>\n");
	if (about)
		write_element(state->body, "<p class=\"about\">", about, "</p>\n");
	state->in_section = true;
	if (!state->contents)
		return;
	fprintf(state->contents, "<li><a href=\"#c%u\">", document->chapters);
	write_element(state->contents, "", title, "</a></li>\n");
}

static void html_paragraph(struct document *document, const char *text)
{
	struct html_state *state = document->state;

	write_element(state->body, "<p>", text, "</p>\n");
}

static const char *class_of(const struct document_column *column)
{
	if (column->bar)
		return " class=\"bar\"";
	return column->right ? " class=\"num\"" : "";
}

/* Text breaks anywhere, so that it needs a width to break at; numbers and bars do not break. */
static void write_title(FILE *out, const struct document_column *column)
{
	unsigned width = column->width < TEXT_WIDTH_MAX ? column->width : TEXT_WIDTH_MAX;

	fprintf(out, "<th scope=\"col\"%s", class_of(column));
	if (!column->right && !column->bar)
		fprintf(out, " style=\"min-width:%uch\"", width);
	write_element(out, ">", column->title, "</th>");
}

/* A wide table moves within its frame, which keys can move, too. */
static void html_table(struct document *document, const char *caption)
{
	struct html_state *state = document->state;
	const char *name = caption ? caption : document->chapter;

	fprintf(state->body, "<div class=\"scroll%s\" role=\"region\" tabindex=\"0\" aria-label=\"",
		document->column_count > UPRIGHT_COLUMNS ? " across" : "");
	write_element(state->body, "", name ? name : document->head.title, "\">\n<table>\n");
	if (caption)
		write_element(state->body, "<caption>", caption, "</caption>\n");
	fputs("<thead>\n<tr>", state->body);
	for (unsigned i = 0; i < document->column_count; i++) {
		write_title(state->body, &document->columns[i]);
	}
	fputs("</tr>\n</thead>\n<tbody>\n", state->body);
}

static void write_bar(FILE *out, double share)
{
	char percent[DOCUMENT_PERCENT_MAX];

	fprintf(out, "<span class=\"track\"><span style=\"width:%.1f%%\"></span></span>",
		share < 1 ? 100 * share : 100);
	document_html_write(out, document_percent(share, percent));
}

static void html_row(struct document *document, const char *const *cells,
		     const enum table_colour *colours)
{
	struct html_state *state = document->state;

	fputs("<tr>", state->body);
	for (unsigned i = 0; i < document->column_count; i++) {
		const struct document_column *column = &document->columns[i];
		enum table_colour colour = colours ? colours[i] : TABLE_PLAIN;
		double share;

		fprintf(state->body, "<td%s>", class_of(column));
		if (colour == TABLE_RED || colour == TABLE_YELLOW)
			fprintf(state->body, "<span class=\"%s\">",
				colour == TABLE_RED ? "red" : "yellow");
		if (column->bar && document_share(cells[i], &share))
			write_bar(state->body, share);
		else
			document_html_write(state->body, cells[i] ? cells[i] : "–");
		fputs(colour == TABLE_RED || colour == TABLE_YELLOW ? "</span></td>" : "</td>",
		      state->body);
	}
	fputs("</tr>\n", state->body);
}

static void html_table_end(struct document *document, const char *none)
{
	struct html_state *state = document->state;

	if (!document->rows && none) {
		fprintf(state->body, "<tr><td class=\"none\" colspan=\"%u\">",
			document->column_count);
		write_element(state->body, "", none, "</td></tr>\n");
	}
	fputs("</tbody>\n</table>\n</div>\n", state->body);
}

static void html_chart(struct document *document, const struct chart *chart)
{
	struct html_state *state = document->state;

	document_html_chart(document, state->body, chart);
}

/* Their texts are whole when streams in memory are flushed. */
static void write_report(struct document *document)
{
	struct html_state *state = document->state;

	if (fflush(state->contents) != 0 || fflush(state->body) != 0 || ferror(state->contents) ||
	    ferror(state->body)) {
		document_fail(document, -ENOMEM);
		return;
	}
	if (document->chapters > 1)
		fprintf(document->out,
			"<nav aria-labelledby=\"contents\">\n<h2 id=\"contents\">Contents</h2>\n"
			"<ol>\n%s</ol>\n</nav>\n",
			state->contents_text);
	fprintf(document->out, "<main>\n%s", state->body_text);
}

static void html_finish(struct document *document)
{
	struct html_state *state = document->state;

	end_section(state);
	if (document->head.shown)
		write_report(document);
	fputs("</main>\n</body>\n</html>\n", document->out);
}

const struct document_writer document_html_writer = {
	.open = html_open,
	.chapter = html_chapter,
	.paragraph = html_paragraph,
	.table = html_table,
	.row = html_row,
	.table_end = html_table_end,
	.chart = html_chart,
	.finish = html_finish,
	.release = html_release,
};
