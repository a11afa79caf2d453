// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Documents as text, for a terminal and for a pipe.
 *
 * A row is written when it comes: a list that follows the store has no end to wait for. So
 * columns start with the widths that their values usually have. A longer value widens its column
 * from that row on, which bends the table once and not at every such row. But a name may be 1000
 * characters long, and one of these must not push the rest of the table off the screen: beyond
 * twice its width a column does not grow, and such a value only bends its own row. The last
 * column, when it is text, bends nothing.
 */
#include "document_text.h"
#include "glyph.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define LINE_WIDTH 79 /* of sentences: terminals have 80 columns */
#define GAP	   2  /* between columns */
#define GROWTH	   2  /* of columns, in widths */
#define PERCENT	   6  /* width of "<0.1 %" */
#define BAR_MIN	   5
#define NONE	   "-"

struct text_state {
	size_t widths[TABLE_COLUMNS_MAX];
	bool begun; /* something stands above */
};

void document_text_write(FILE *out, const char *text)
{
	struct glyph glyph;
	size_t plain = glyph_plain(text, "");

	fwrite(text, 1, plain, out);
	text += plain;
	while (*text) {
		text = glyph__next(text, &glyph);
		fputs(glyph.bytes, out);
	}
}

static void write_line(struct document *document, const char *text)
{
	document_text_write(document->out, text);
	fputc('\n', document->out);
}

/* One empty line between parts, none above the first. */
static void write_gap(struct document *document)
{
	struct text_state *state = document->state;

	if (state->begun)
		fputc('\n', document->out);
	state->begun = true;
}

static void write_title(struct document *document, const char *title, const char *utf8, char ascii)
{
	write_line(document, title);
	for (size_t i = glyph_width(title); i > 0; i--)
		if (document->style.utf8)
			fputs(utf8, document->out);
		else
			fputc(ascii, document->out);
	fputc('\n', document->out);
}

/* Words on lines of LINE_WIDTH; a word that is longer has a line of its own. */
static void write_sentences(struct document *document, const char *text)
{
	size_t at = 0;

	for (;;) {
		char *word;
		size_t length, width;

		text += strspn(text, " ");
		length = strcspn(text, " ");
		if (!length)
			break;
		word = strndup(text, length);
		if (!word) {
			document_fail(document, -ENOMEM);
			return;
		}
		width = glyph_width(word);
		if (at)
			fputc(at + 1 + width > LINE_WIDTH ? '\n' : ' ', document->out);
		at = at && at + 1 + width <= LINE_WIDTH ? at + 1 + width : width;
		document_text_write(document->out, word);
		free(word);
		text += length;
	}
	fputc('\n', document->out);
}

static void write_fact(struct document *document, const char *name, const char *value)
{
	fprintf(document->out, "%-8s", name);
	write_line(document, value);
}

static void write_head(struct document *document)
{
	const struct document_head *head = &document->head;
	char since[DOCUMENT_MOMENT_MAX], until[DOCUMENT_MOMENT_MAX], made[DOCUMENT_MOMENT_MAX];

	write_gap(document);
	write_title(document, head->title, "═", '=');
	if (head->host)
		write_fact(document, "Host", head->host);
	fprintf(document->out, "%-8s%s to %s\n", "Time", document_moment(head->since_ns, since),
		document_moment(head->until_ns, until));
	if (head->filter)
		write_fact(document, "Filter", head->filter);
	write_fact(document, "Made", document_moment(head->made_ns, made));
}

static void text_open(struct document *document)
{
	document->state = calloc(1, sizeof(struct text_state));
	if (!document->state)
		document_fail(document, -ENOMEM);
	else if (document->head.shown)
		write_head(document);
}

static void text_release(struct document *document)
{
	free(document->state);
}

static void text_chapter(struct document *document, const char *title, const char *about)
{
	write_gap(document);
	if (document->head.shown)
		fputc('\n', document->out);
	write_title(document, title, "─", '-');
	if (about)
		write_sentences(document, about);
}

static void text_paragraph(struct document *document, const char *text)
{
	write_gap(document);
	write_sentences(document, text);
}

static size_t least_width(const struct document_column *column)
{
	size_t title = glyph_width(column->title), width = column->width;

	if (column->bar && width < BAR_MIN + 1 + PERCENT)
		width = BAR_MIN + 1 + PERCENT;
	return width > title ? width : title;
}

/* A cell as it is laid out: a text, or a bar in front of one. */
struct part {
	const char *text;
	enum table_colour colour;
	size_t width; /* of the text */
	size_t bar;   /* width of the bar and the gap behind it; 0: none */
	double share;
};

/* A bar to eighths of a character (U+2588 to U+258F); without UTF-8 to whole ones. */
static void draw_bar(struct document *document, const struct part *part)
{
	static const char *const eighths[] = {" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"};
	double share = part->share < 1 ? part->share : 1;
	unsigned steps = document->style.utf8 ? 8 : 1;
	unsigned left = (unsigned)(share * (double)(part->bar - 1) * steps + 0.5);

	if (!left && share > 0 && steps == 8)
		left = 1; /* little is more than nothing */
	for (size_t i = 0; i < part->bar; i++) {
		unsigned now = left < steps ? left : steps;

		fputs(steps == 8 ? eighths[now] : now ? "#" : " ", document->out);
		left -= now;
	}
}

/* Spaces are owed until something follows, so that no line ends in them. */
static void write_part(struct document *document, const struct part *part, size_t before,
		       size_t *owed)
{
	if (!*part->text && !part->bar) {
		*owed += before;
		return;
	}
	fprintf(document->out, "%*s", (int)(*owed + (part->bar ? 0 : before)), "");
	fputs(colour__on(document->style, part->colour), document->out);
	if (part->bar) {
		draw_bar(document, part);
		fprintf(document->out, "%*s", (int)before, "");
	}
	document_text_write(document->out, part->text);
	fputs(colour__off(document->style, part->colour), document->out);
	*owed = 0;
}

static void write_parts(struct document *document, const struct part *parts)
{
	struct text_state *state = document->state;
	size_t owed = 0;

	for (unsigned i = 0; i < document->column_count; i++) {
		const struct document_column *column = &document->columns[i];
		size_t width = parts[i].width + parts[i].bar, spaces;
		bool last = i + 1 == document->column_count;

		if (width > state->widths[i] && width <= GROWTH * least_width(column) &&
		    (!last || column->right))
			state->widths[i] = width;
		spaces = width < state->widths[i] ? state->widths[i] - width : 0;
		write_part(document, &parts[i], column->right || parts[i].bar ? spaces : 0, &owed);
		owed += (column->right || parts[i].bar ? 0 : spaces) + GAP;
	}
	fputc('\n', document->out);
	if (fflush(document->out) != 0)
		document_fail(document, -errno);
}

static void text_table(struct document *document, const char *caption)
{
	struct text_state *state = document->state;
	struct part parts[TABLE_COLUMNS_MAX] = {0};

	write_gap(document);
	if (caption)
		write_line(document, caption);
	for (unsigned i = 0; i < document->column_count; i++) {
		const struct document_column *column = &document->columns[i];

		state->widths[i] = least_width(column);
		parts[i].text = column->title;
		parts[i].width = glyph_width(column->title);
		parts[i].colour = TABLE_DIM;
	}
	write_parts(document, parts);
}

static void text_row(struct document *document, const char *const *cells,
		     const enum table_colour *colours)
{
	struct part parts[TABLE_COLUMNS_MAX] = {0};
	char percents[TABLE_COLUMNS_MAX][DOCUMENT_PERCENT_MAX];

	for (unsigned i = 0; i < document->column_count; i++) {
		struct part *part = &parts[i];

		part->text = cells[i] ? cells[i] : NONE;
		part->colour = colours ? colours[i] : TABLE_PLAIN;
		if (document->columns[i].bar && document_share(cells[i], &part->share)) {
			part->text = document_percent(part->share, percents[i]);
			part->bar = least_width(&document->columns[i]) - PERCENT;
		}
		part->width = glyph_width(part->text);
	}
	write_parts(document, parts);
}

static void text_table_end(struct document *document, const char *none)
{
	if (!document->rows && none)
		write_sentences(document, none);
}

static void text_chart(struct document *document, const struct chart *chart)
{
	write_gap(document);
	document_text_chart(document, chart);
}

const struct document_writer document_text_writer = {
	.open = text_open,
	.chapter = text_chapter,
	.paragraph = text_paragraph,
	.table = text_table,
	.row = text_row,
	.table_end = text_table_end,
	.chart = text_chart,
	.release = text_release,
};
