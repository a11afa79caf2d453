/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of a DNS message that an exchange needs: header, first question, EDNS. */
#ifndef DNS_MESSAGE_H
#define DNS_MESSAGE_H

#include "dns/edns.h"

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

/*
 * What became of reading a message: OK, or the first thing that is wrong with it. Each but the
 * short one can be matched: what cannot be read is left out, and servers answer a question that
 * they cannot read with FORMERR, by the header alone.
 */
enum dns_verdict {
	DNS_MESSAGE_OK,
	DNS_MESSAGE_CUT,      /* the captured bytes end early; what was readable is filled in */
	DNS_MESSAGE_LOOP,     /* a name with a compression pointer into itself */
	DNS_MESSAGE_FORWARD,  /* a name with one that does not point back */
	DNS_MESSAGE_LABEL,    /* a name with a label of a type that does not exist */
	DNS_MESSAGE_LONG,     /* a name over 255 bytes */
	DNS_MESSAGE_OVERRUN,  /* a name, question or record that reaches beyond the message */
	DNS_MESSAGE_COUNTS,   /* fewer questions or records than the header says */
	DNS_MESSAGE_RDATA,    /* the data of a record is not what its type says */
	DNS_MESSAGE_EDNS,     /* malformed options, or two OPT (RFC 6891 section 6.1.1) */
	DNS_MESSAGE_TRAILING, /* bytes behind the last record */
	DNS_MESSAGE_SHORT,    /* no whole header: nothing to match by */
	DNS_MESSAGE_VERDICTS,
	/* The malformed ones; behind them those that are unparsable. */
	DNS_MESSAGE_MALFORMED = DNS_MESSAGE_LOOP,
	DNS_MESSAGE_UNPARSABLE = DNS_MESSAGE_SHORT,
};

/* How closely a message is read. */
enum dns_depth {
	DNS_DEPTH_RECORDS, /* header, question, EDNS; of other records only where they end */
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
 * @ret: filled as far as the verdict tells: without question when that is malformed, all zero but
 *	the verdict for SHORT
 *
 * Further questions (QDCOUNT > 1) are skipped. Looks at no more than DNS_RECORDS_MAX records.
 *
 * Cost: at most 120 ns for question and EDNS; no allocation.
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

/** dns_verdict_name() - "ok", "cut", "loop", "forward", ... "short": as counters are named. */
const char *dns_verdict_name(enum dns_verdict verdict);

#endif
