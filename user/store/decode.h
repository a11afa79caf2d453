/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a row of table exchange_row to the struct exchange that it was, with as
 * much of it as is asked for. decode.c opens with the idea.
 */
#ifndef STORE_DECODE_H
#define STORE_DECODE_H

#include "flow/field_value.h"
#include "query/operand.h"
#include "store/origin.h"
#include "store/schema.h"

/* "kind,time,client,...": names of all columns and commas. */
#define DECODE_SELECT_MAX 320

/* One thread's, for one segment at a time. */
struct decode {
	/* what a row has become: valid until the next one is read */
	struct exchange exchange;
	struct exchange_names names;

	/* private */
	uint32_t columns;
	int64_t start_ns;
	int64_t kind;
	struct origins origins;
	const struct origin *origin;
	struct dns_name qname;
	struct dns_message message;
	uint8_t *bytes; /* the message's; NULL when no records are asked for */
};

/**
 * decode__init() - Prepare for rows of which @wanted is looked at. Return: 0, -ENOMEM
 */
int decode__init(struct decode *decode, field_set wanted);
void decode__done(struct decode *decode);

/** decode__segment() - Rows are those of @db now. Return: 0, else SQLite's code */
int decode__segment(struct decode *decode, sqlite3 *db, int64_t start_ns);

/** decode__select() - The columns that rows must have. Return: @buf */
const char *decode__select(const struct decode *decode, char buf[DECODE_SELECT_MAX]);

/**
 * decode__row() - Read a row.
 * @row: stands on a row; its columns from @first on are those of decode__select()
 *
 * Numbers of the wrong type count as SQLite converts them, addresses that are none as "::", names
 * that are none as no name.
 *
 * Cost: about 50 ns with few fields, 400 ns with all.
 * Return: false when "kind" has values that do not exist: then the row says nothing
 */
bool decode__row(struct decode *decode, sqlite3_stmt *row, int first);

#endif
