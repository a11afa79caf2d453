/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a segment of the store looks like: a SQLite database for one hour or
 * day, DIR/2026-11-22T07.db or DIR/2026-11-22.db (UTC), by the time of the
 * exchange's first query. Written by one process, readable by anybody, also by
 * plain sqlite3 through the views exchange, flow, interval, alert.
 *
 * Rows of exchange_row are in order of arrival, so that writing appends and
 * readers that follow go on behind the last id. What lies where in time is told
 * by a row of `batch` for each commit: ids and the earliest and latest time
 * among them. A rollup covers the ids that arrived within a minute; ids behind
 * the last rollup have none yet. So at any moment, after any crash, each row is
 * in exactly one batch and in at most one rollup.
 */
#ifndef STORE_SCHEMA_H
#define STORE_SCHEMA_H

#include "query/kind.h"

#include <stdint.h>

/* PRAGMA application_id ("ODNS") and user_version. */
#define STORE_APPLICATION_ID 0x4f444e53
#define STORE_VERSION	     1

/*
 * Column "records": the message's resource records in wire form as they were
 * behind the question, so that compression pointers, which are offsets from
 * the start of the message, stay good behind a header of 12 bytes and the
 * question with the exchange's name. KEEP_ALL: as captured, up to
 * STORE_RECORDS_MAX. KEEP_FIRST: the answer's first record; KEEP_NONE: none;
 * then OPT, if there was one. NULL: nothing.
 *
 * With KIND_HAS_QUESTIONS the column has the message from STORE_COUNTS_AT on:
 * the header's four counts as they were, all questions, then the records as
 * above. So it is when a message has none or several questions, or one that is
 * not the exchange's name byte by byte: names in records may point there, and
 * resolvers mix the case of what they ask (0x20) to know their answers again.
 *
 * When names or clients are not to be stored no records are kept (they stand in
 * there, too), and of the rest the counts at the most.
 */
#define STORE_RECORDS_MAX 65535
#define STORE_COUNTS_AT	  4 /* QDCOUNT (RFC 1035 section 4.1.1) */

/* Column "dimension" of rollup_key: what keys are, as text that people see. */
enum rollup_dimension {
	ROLLUP_SERVER,
	ROLLUP_CLIENT,
	ROLLUP_RCODE,
	ROLLUP_QTYPE,
	ROLLUP_QNAME,
	ROLLUP_QNAME2, /* last two labels */
	ROLLUP_DIMENSIONS,
};

/* SQL that makes an empty segment: tables, views, documented in comments which SQLite keeps. */
extern const char schema_sql[];

/* SQL that brings a segment of version i to i + 1, [0] being unused; NULL: cannot be. */
extern const char *const schema_migrations[STORE_VERSION];

#endif
