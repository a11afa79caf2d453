/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From an exchange to a row of table exchange_row, schema.h. */
#ifndef STORE_ENCODE_H
#define STORE_ENCODE_H

#include "store/database.h"
#include "store/item.h"
#include "store/privacy.h"
#include "store/schema.h"

/* The columns in order. */
enum row_column {
	ROW_ID,
	ROW_TIME,
	ROW_CLIENT,
	ROW_SERVER,
	ROW_CLIENT_PORT,
	ROW_SERVER_PORT,
	ROW_DNS_ID,
	ROW_FLAGS,
	ROW_KIND,
	ROW_RCODE,
	ROW_ANCOUNT,
	ROW_NSCOUNT,
	ROW_ARCOUNT,
	ROW_TRIES,
	ROW_LATENCY,
	ROW_WAIT,
	ROW_QUERY_BYTES,
	ROW_RESPONSE_BYTES,
	ROW_MESSAGES,
	ROW_QNAME,
	ROW_QTYPE,
	ROW_QCLASS,
	ROW_RETRY_OF,
	ROW_ORIGIN,
	ROW_RECORDS,
	ROW_COLUMNS,
};

/* A row, and what its cells point to. Some 67 KB: one is used again and again. */
struct row {
	const struct exchange *exchange; /* its pointers lead nowhere */
	struct cell cells[ROW_COLUMNS];
	uint8_t client[16]; /* as it is stored */
	size_t qname_length;
	char qname[DNS_NAME_TEXT_MAX]; /* not valid when its cell is NULL */
	uint8_t trimmed[STORE_RECORDS_MAX];
};

/**
 * encode_exchange() - Make the row.
 * @item: must outlive what is made of @ret
 * @names: false: without the name
 * @ret: ROW_ID, ROW_TIME and ROW_ORIGIN are NULL, as they are the segment's
 *
 * Cost: about 60 ns.
 */
void encode_exchange(const struct item_exchange *item, const struct privacy *privacy, bool names,
		     struct row *ret);

/** encode_address() - 4 bytes of an IPv4-mapped address, else 16. */
struct cell encode_address(const uint8_t address[16]);

#endif
