/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Columns for people, aligned with spaces on a terminal and in a pipe alike. */
#ifndef UI_TABLE_H
#define UI_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* The widest set of columns, all fields of a DNS flow, has 26. */
#define TABLE_COLUMNS_MAX 32

enum table_colour { TABLE_PLAIN, TABLE_DIM, TABLE_GREEN, TABLE_YELLOW, TABLE_RED };

struct table_column {
	const char *title;
	bool right; /* numbers */
};

/* How @out looks to whoever reads it; the caller decides. */
struct style {
	bool colour;
	bool utf8;
};

struct table;

/**
 * table__new() - A table without rows.
 * @columns: @count columns, 1..TABLE_COLUMNS_MAX; must outlive the table
 *
 * Return: 0, -ENOMEM
 */
int table__new(const struct table_column *columns, unsigned count, struct table **ret_table);
void table__free(struct table *table);

/**
 * table__add() - The next cell, row by row; a row is full after as many cells as columns.
 * @fmt: UTF-8, each character one column wide
 *
 * Without memory the table is spoiled, which table__print() tells.
 */
void table__add(struct table *table, enum table_colour colour, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/** table__is_empty() - Has it no rows? */
bool table__is_empty(const struct table *table);

/**
 * table__print() - Titles and rows; columns as wide as their widest cell, two spaces between.
 *
 * Return: 0, -ENOMEM when a cell is missing; nothing is printed then
 */
int table__print(const struct table *table, FILE *out, struct style style);

/** colour__on() - Escape sequence that begins a colour, "" in a style without. */
const char *colour__on(struct style style, enum table_colour colour);

/** colour__off() - Escape sequence that ends it. */
const char *colour__off(struct style style, enum table_colour colour);

#endif
