/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A DNS message: header, first question, EDNS, and whether all of it is what it should be. */
#ifndef DNS_MESSAGE_H
#define DNS_MESSAGE_H

#include "dns/edns.h"
#include "dns/records.h"

#define DNS_HEADER_BYTES 12

/* Bits of the header's second word (RFC 1035 section 4.1.1, RFC 4035 section 3.2). */
#define DNS_FLAG_QR 0x8000
#define DNS_FLAG_AA 0x0400
#define DNS_FLAG_TC 0x0200
#define DNS_FLAG_RD 0x0100
#define DNS_FLAG_RA 0x0080
#define DNS_FLAG_Z  0x0040
#define DNS_FLAG_AD 0x0020
#define DNS_FLAG_CD 0x0010

/* How closely a message is read. */
enum dns_depth {
	DNS_DEPTH_RECORDS, /* header, questions, EDNS; of other records owner and where they end */
	DNS_DEPTH_RDATA,   /* and each record's data is held against its type */
};

struct dns_message {
	uint16_t id;
	uint16_t flags; /* second header word, host order: QR, opcode, AA .. RCODE */
	uint16_t rcode; /* header RCODE, with EDNS's upper 8 bits when OPT was read */
	uint16_t qdcount;
	uint16_t ancount;
	uint16_t nscount;
	uint16_t arcount;
	uint16_t qtype;	 /* valid when has_question */
	uint16_t qclass; /* valid when has_question */
	bool has_question;
	bool has_edns; /* an OPT record was found (RFC 6891) */
	enum dns_verdict verdict;
	uint32_t records;      /* offset of the first record; 0: none can be reached */
	struct dns_edns edns;  /* valid when has_edns; points into the message */
	struct dns_name qname; /* lower case; length 0 without question */
};

/**
 * dns_message_read() - Read header, first question and EDNS, and see what is wrong with the rest.
 * @bytes: the message, without TCP's length prefix
 * @ret: all that could be read, whatever the verdict; all zero but the verdict for SHORT
 *
 * The first defect is the verdict, and what can be reached behind it is read all the same: an OPT
 * behind a record with bad data, records behind an owner that points nowhere. The question is left
 * out when anything in it is wrong. A message that was cut in capture has the verdict that it
 * would have as a whole, or CUT when that depends on what is missing.
 *
 * Further questions (QDCOUNT > 1) are stepped over. Looks at no more than DNS_RECORDS_MAX records
 * and as many questions; of what lies behind them nothing is said. Bytes behind a DSO header are
 * its TLVs (RFC 8490 section 5.4), not trailing ones.
 *
 * Cost: about 40 ns for question and EDNS, 5 ns more for each record, and what dns_rdata_check()
 * takes; no allocation.
 * Return: ret->verdict
 * Source: RFC 1035 section 4.1, RFC 6891 section 6.1, RFC 9267.
 */
enum dns_verdict dns_message_read(const struct dns_bytes *bytes, enum dns_depth depth,
				  struct dns_message *ret);

/** dns_opcode() - OPCODE, 0..15, of a header's flags. */
static inline uint8_t dns_opcode(uint16_t flags)
{
	return (flags >> 11) & 0xf;
}

/**
 * dns_records_of() - Stand before the first record of a message.
 * @bytes: the message; its data must outlive the reader
 * @message: what dns_message_read() made of it
 */
struct dns_records dns_records_of(const struct dns_bytes *bytes, const struct dns_message *message);

#endif
