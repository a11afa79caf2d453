/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Column "kind" of the store's table exchange_row: what of an exchange takes
 * few bits. Where each lies is said here once: packing and unpacking (kind.c)
 * and the SQL of operands, filters and views are made of it.
 *
 * 23 bits, because SQLite stores numbers below 2^23 in three bytes. Numbers
 * are written as SQL shows them.
 */
#ifndef QUERY_KIND_H
#define QUERY_KIND_H

#include "flow/exchange.h"

#define KIND_STATE_SHIFT       0 /* enum exchange_state */
#define KIND_STATE_MASK	       7
#define KIND_SERVICE_SHIFT     3 /* enum exchange_service */
#define KIND_SERVICE_MASK      3
#define KIND_CAUSE_SHIFT       5 /* enum exchange_cause */
#define KIND_CAUSE_MASK	       7
#define KIND_TCP	       256
#define KIND_HAS_QUERY	       512
#define KIND_HAS_RESPONSE      1024
#define KIND_RECURSION_DESIRED 2048
#define KIND_WAS_RETRIED       4096
#define KIND_IS_RETRY	       8192
#define KIND_KEEP_SHIFT	       14 /* enum exchange_keep: which records are in column "records" */
#define KIND_KEEP_MASK	       3
#define KIND_VERDICT_SHIFT     16 /* 1 + enum dns_verdict; 0: no message was at hand */
#define KIND_VERDICT_MASK      15
#define KIND_HAS_OPT	       1048576 /* "records" ends with an OPT record */
#define KIND_HAS_LATENCY       2097152
#define KIND_HAS_QUESTIONS     4194304 /* "records" begins with counts and questions */

/* In SQL: KIND_SQL_NUMBER("r.kind", CAUSE), KIND_SQL_FLAG("r.kind", TCP); the state lies lowest. */
#define KIND_TEXT_(number) #number
#define KIND_TEXT(number)  KIND_TEXT_(number)
#define KIND_SQL_NUMBER(column, name)                                                              \
	"((" column ">>" KIND_TEXT(KIND_##name##_SHIFT) ")&" KIND_TEXT(KIND_##name##_MASK) ")"
#define KIND_SQL_FLAG(column, name) column "&" KIND_TEXT(KIND_##name)
#define KIND_SQL_STATE(column)	    "(" column "&" KIND_TEXT(KIND_STATE_MASK) ")"

/** kind_pack() - What is of the exchange; keep, verdict and OPT, of what is stored, are left 0. */
int64_t kind_pack(const struct exchange *exchange);

/**
 * kind_unpack() - The exchange's part, with keep.
 *
 * Return: false when some part, the verdict too, is of no kind that there is; then @ret has no
 * meaning
 */
bool kind_unpack(int64_t kind, struct exchange *ret);

#endif
