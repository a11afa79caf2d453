/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Columns of `oddns flows`: any operands, or a set of them by name. An exchange in one row has
 * what its query says of the ends (source, ports, start) and what its response says of the rest.
 */
#ifndef CMD_COLUMNS_H
#define CMD_COLUMNS_H

#include "query/operand.h"
#include "ui/document.h"

struct columns_options {
	bool uniflow;	 /* rows are flows; else exchanges */
	bool exact;	 /* for programs: JSON's keys as titles, durations in ns, 9 decimals */
	unsigned screen; /* characters of the terminal, to which names are cut; 0: nothing is cut */
	bool utf8;	 /* of the terminal */
};

struct columns;

/**
 * columns__new() - Columns by their words.
 * @text: words of operands with commas between, or the name of a set; NULL: "default"
 *
 * Return: 0, -EINVAL for what is none; -ENOMEM; reported
 */
int columns__new(const char *text, const struct columns_options *options,
		 struct columns **ret_columns);
void columns__free(struct columns *columns);

/** columns__shown() - As a document's table wants them; as long as @columns lives. */
const struct document_column *columns__shown(const struct columns *columns, unsigned *ret_count);

/** columns__needs() - What of an exchange columns__row() looks at. */
field_set columns__needs(const struct columns *columns);

/* A row, valid until the next one is made. */
struct columns_row {
	const char *cells[TABLE_COLUMNS_MAX]; /* printable ASCII but for an ellipsis; NULL: none */
	enum table_colour colours[TABLE_COLUMNS_MAX];
};

/**
 * columns__row() - The cells of a flow, or of an exchange, whose direction does not matter then.
 *
 * Failures are red, slow answers yellow.
 */
void columns__row(struct columns *columns, const struct flow *flow, struct columns_row *ret);

/**
 * columns_value() - What is shown of an operand, for comparing.
 * @uniflow: @row is a flow; false: an exchange, whose direction does not matter
 */
void columns_value(const struct operand *operand, bool uniflow, const struct flow *row,
		   struct operand_value *ret);

#endif
