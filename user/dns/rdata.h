/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RDATA in presentation form (RFC 1035 section 5.1), by a table of types; rdata.c has the idea. */
#ifndef DNS_RDATA_H
#define DNS_RDATA_H

#include "dns/records.h"

/*
 * The longest text: each of the 4096 bytes that are captured of a message at most as "\DDD",
 * and a NUL. What would be longer (names are decompressed) is written by RFC 3597 instead,
 * which takes two digits a byte.
 */
#define DNS_RDATA_TEXT_MAX (4 * 4096 + 64)

/* What the data of a record can be. */
enum dns_rdata_verdict {
	DNS_RDATA_OK,
	DNS_RDATA_CUT, /* the captured bytes end inside */
	DNS_RDATA_BAD, /* it is not what its type says: too short, too long, a bad name within */
	DNS_RDATA_VERDICTS,
};

/**
 * dns_rdata_check() - Is the data of a record what its type says?
 * @bytes: the message
 * @record: as dns_records__next() made it: rdata + rdlength <= bytes->message_length
 * @ret_name: DNS_NAME_LABEL, LOOP, FORWARD or LONG where the data are bad for that, else
 *	DNS_NAME_OK; may be NULL
 *
 * Data of a type that is not in the table, or of another class where a type is of class IN
 * only, are any bytes. So are empty data of class ANY and NONE: UPDATE's prerequisites and
 * deletions (RFC 2136 sections 2.4 and 2.5). Class IN with mDNS's cache-flush bit (RFC 6762
 * section 10.2) is class IN. A name that ends behind the data tells of a wrong length of the
 * record, so it is no verdict on the name.
 *
 * Cost: 5 ns for A and AAAA, 15 ns for a name; no allocation.
 */
enum dns_rdata_verdict dns_rdata_check(const struct dns_bytes *bytes,
				       const struct dns_record *record,
				       enum dns_name_verdict *ret_name);

/**
 * dns_rdata_text() - The data of a record as text, as dig and ldns print it.
 * @bytes: the message
 * @record: as for dns_rdata_check()
 * @buf: DNS_RDATA_TEXT_MAX bytes
 *
 * Printable ASCII only, and a NUL. Names are absolute, with the trailing dot, their case kept. Of
 * data that are cut or bad, and of types without a form of their own, RFC 3597's "\# 4 0A000001":
 * of cut data the length that the record says, and the bytes that were captured. Data that check
 * as good are written so too when their text would be longer than the buffer, which only
 * compressed names and lists of types can bring about. An empty APL is "".
 *
 * Cost: 12 ns for A, 20 ns for AAAA, 30 ns for CNAME and MX, 90 ns for SOA; no allocation.
 * Return: length of the text
 * Source: the RFC of each type stands at its row in rdata.c.
 */
size_t dns_rdata_text(const struct dns_bytes *bytes, const struct dns_record *record, char *buf);

#endif
