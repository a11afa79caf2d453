// SPDX-License-Identifier: GPL-2.0-or-later
/* Cells are kept as text until the widths of all are known. */
#include "table.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define GAP 2

struct cell {
	char *text;
	enum table_colour colour;
};

struct table {
	const struct table_column *columns;
	unsigned column_count;
	struct cell *cells;
	size_t count;
	size_t room;
	bool spoiled;
};

/* ECMA-48 SGR. */
static const char *const sequences[] = {
	[TABLE_PLAIN] = "",	     [TABLE_DIM] = "\033[2m",  [TABLE_GREEN] = "\033[32m",
	[TABLE_YELLOW] = "\033[33m", [TABLE_RED] = "\033[31m",
};

const char *colour__on(struct style style, enum table_colour colour)
{
	return style.colour ? sequences[colour] : "";
}

const char *colour__off(struct style style, enum table_colour colour)
{
	return style.colour && colour != TABLE_PLAIN ? "\033[0m" : "";
}

int table__new(const struct table_column *columns, unsigned count, struct table **ret_table)
{
	struct table *table = calloc(1, sizeof(*table));

	if (!table)
		return -ENOMEM;
	table->columns = columns;
	table->column_count = count;
	*ret_table = table;
	return 0;
}

void table__free(struct table *table)
{
	if (!table)
		return;
	for (size_t i = 0; i < table->count; i++)
		free(table->cells[i].text);
	free(table->cells);
	free(table);
}

static int make_room(struct table *table)
{
	size_t room = table->room ? 2 * table->room : 64;
	struct cell *cells;

	if (table->count < table->room)
		return 0;
	cells = reallocarray(table->cells, room, sizeof(*cells));
	if (!cells)
		return -ENOMEM;
	table->cells = cells;
	table->room = room;
	return 0;
}

void table__add(struct table *table, enum table_colour colour, const char *fmt, ...)
{
	char *text = NULL;
	va_list args;
	int n;

	va_start(args, fmt);
	n = vasprintf(&text, fmt, args);
	va_end(args);
	if (n < 0 || make_room(table) < 0) {
		table->spoiled = true;
		free(n < 0 ? NULL : text);
		return;
	}
	for (char *c = text; *c; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = '?'; /* interfaces may be named with escape sequences */
	table->cells[table->count++] = (struct cell){.text = text, .colour = colour};
}

bool table__is_empty(const struct table *table)
{
	return !table->count && !table->spoiled;
}

/* Characters of UTF-8: all bytes but continuations (RFC 3629 section 3). */
static size_t width_of(const char *text)
{
	size_t width = 0;

	for (; *text; text++)
		width += ((unsigned char)*text & 0xc0) != 0x80;
	return width;
}

static void measure(const struct table *table, size_t *ret_widths)
{
	for (unsigned i = 0; i < table->column_count; i++)
		ret_widths[i] = width_of(table->columns[i].title);
	for (size_t i = 0; i < table->count; i++) {
		size_t width = width_of(table->cells[i].text);

		if (width > ret_widths[i % table->column_count])
			ret_widths[i % table->column_count] = width;
	}
}

/* Spaces are owed until something follows, so that no line ends in them. */
static void print_cell(FILE *out, size_t *owed, size_t before, const char *const texts[3])
{
	if (!*texts[1]) {
		*owed += before;
		return;
	}
	fprintf(out, "%*s%s%s%s", (int)(*owed + before), "", texts[0], texts[1], texts[2]);
	*owed = 0;
}

int table__print(const struct table *table, FILE *out, struct style style)
{
	size_t cells = table->column_count + table->count, owed = 0;
	size_t widths[TABLE_COLUMNS_MAX];

	if (table->spoiled)
		return -ENOMEM;
	measure(table, widths);
	for (size_t i = 0; i < cells; i++) {
		unsigned at = (unsigned)(i % table->column_count);
		bool title = i < table->column_count, right = table->columns[at].right;
		const struct cell *cell = title ? NULL : &table->cells[i - table->column_count];
		const char *text = title ? table->columns[at].title : cell->text;
		enum table_colour colour = title ? TABLE_DIM : cell->colour;
		const char *texts[3] = {colour__on(style, colour), text,
					colour__off(style, colour)};
		size_t spaces = widths[at] - width_of(text);

		print_cell(out, &owed, right ? spaces : 0, texts);
		owed += (right ? 0 : spaces) + GAP;
		if (at + 1 == table->column_count) {
			fputc('\n', out);
			owed = 0;
		}
	}
	return 0;
}
