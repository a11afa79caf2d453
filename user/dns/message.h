/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of a DNS message that an exchange needs: header, first question, EDNS. */
#ifndef DNS_MESSAGE_H
#define DNS_MESSAGE_H

#include "name.h"

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
 * What became of reading a message. All but the short ones can be matched: servers answer a
 * question that they cannot read with FORMERR, by the header alone.
 */
enum dns_verdict {
	DNS_MESSAGE_OK,
	DNS_MESSAGE_CUT,      /* captured bytes end early; what was readable is filled in */
	DNS_MESSAGE_NAME,     /* the question's name is malformed or overruns the message */
	DNS_MESSAGE_QUESTION, /* QTYPE and QCLASS overrun the message */
	DNS_MESSAGE_SHORT,    /* no whole header: nothing to match by */
	DNS_MESSAGE_VERDICTS,
	/* The malformed ones; behind them those that are unparsable. */
	DNS_MESSAGE_MALFORMED = DNS_MESSAGE_NAME,
	DNS_MESSAGE_UNPARSABLE = DNS_MESSAGE_SHORT,
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
	bool edns_do;  /* RFC 3225 */
	uint8_t edns_version;
	uint16_t edns_bytes;   /* requestor's UDP payload size */
	struct dns_name qname; /* lower case; length 0 without question */
};

/**
 * dns_message_read() - Read header, first question and OPT.
 * @bytes: the message, without TCP's length prefix
 * @ret: filled as far as the verdict tells: without question for NAME and QUESTION, all zero
 *	for SHORT
 *
 * Further questions (QDCOUNT > 1) are skipped. Defects behind the question
 * (bad records, trailing bytes) end the search for OPT and are no verdict:
 * a sensor must still match the message. Looks at no more than 128 records:
 * OPT stands last in practice, and a hostile count of 65535 must not cost time.
 *
 * Cost: about 60 ns for a question of 20 bytes; no allocation.
 * Source: RFC 1035 section 4.1, RFC 6891 section 6.1, RFC 9267.
 */
enum dns_verdict dns_message_read(const struct dns_bytes *bytes, struct dns_message *ret);

/** dns_opcode() - OPCODE, 0..15, of a header's flags. */
static inline uint8_t dns_opcode(uint16_t flags)
{
	return (flags >> 11) & 0xf;
}

/** dns_verdict_name() - "ok", "cut", "bad_name", "bad_question", "short": as counters are named. */
const char *dns_verdict_name(enum dns_verdict verdict);

#endif
