/* SPDX-License-Identifier: GPL-2.0-or-later */
/* RDATA in presentation form (RFC 1035 section 5.1), by a table of types; rdata.c has the idea. */
#ifndef DNS_RDATA_H
#define DNS_RDATA_H

#include "dns/record.h"

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
 * @ret_name: DNS_NAME_OK, or what is wrong with a name in it, for DNS_RDATA_BAD; may be NULL
 *
 * Data of a type that is not in the table, or of another class where a type is of class IN
 * only, is any bytes. So are empty data of UPDATE's prerequisites and deletions (RFC 2136
 * section 2.4, class ANY and NONE) and of DSO.
 *
 * Cost: 2 ns for A and AAAA, 10 to 20 ns for a name; no allocation.
 */
enum dns_rdata_verdict dns_rdata_check(const struct dns_bytes *bytes,
				       const struct dns_record *record,
				       enum dns_name_verdict *ret_name);

/**
 * dns_rdata_text() - The data of a record as text, as dig and ldns print it.
 * @bytes: the message
 * @buf: DNS_RDATA_TEXT_MAX bytes
 *
 * Printable ASCII only. Names are absolute, with the trailing dot, their case kept. Of data that
 * is cut or bad, and of types without a form of their own, RFC 3597's "\# 4 0A000001": of cut
 * data the length that the record says, and the bytes that were captured.
 *
 * Cost: about 60 ns for A; no allocation.
 * Return: length of the text
 * Source: the RFC of each type stands at its row in rdata.c.
 */
size_t dns_rdata_text(const struct dns_bytes *bytes, const struct dns_record *record, char *buf);

#endif
