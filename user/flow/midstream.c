// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A guess at what begins a TCP segment.
 *
 * Senders mostly write a message, or some, at once, so that segments begin with
 * one, and inside of a zone transfer some do. The bytes of names, addresses and
 * signatures must not pass for a header. What tells most: the count of questions
 * is 0 or 1 (15 bits), and the records that are counted have room in the length
 * that the prefix says, of at least 11 bytes each.
 */
#include "midstream.h"

#include "dns/message.h"

#define PREFIX_BYTES   2
#define QUESTION_BYTES 5  /* root, type, class: RFC 1035 section 4.1.2 */
#define RECORD_BYTES   11 /* root, type, class, TTL, length: RFC 1035 section 4.1.3 */
/* At the end: OPT, TSIG or SIG(0), and one for what is to come. */
#define QUERY_ADDITIONAL_MAX 3

#define FLAGS_OF_RESPONSE (DNS_FLAG_AA | DNS_FLAG_TC | DNS_FLAG_RA)

enum { OPCODE_QUERY = 0, OPCODE_STATUS = 2, OPCODE_NOTIFY = 4, OPCODE_UPDATE = 5, OPCODE_DSO = 6 };

static unsigned be16(const uint8_t *at)
{
	return (unsigned)at[0] << 8 | at[1];
}

static bool flags_can_be(unsigned flags)
{
	unsigned opcode = flags >> 11 & 0xf, rcode = flags & 0xf;

	if (flags & DNS_FLAG_Z)
		return false;
	/* NOTIFY is sent with AA (RFC 1996 section 3.3) */
	if (!(flags & DNS_FLAG_QR) &&
	    (rcode || (flags & FLAGS_OF_RESPONSE & ~(opcode == OPCODE_NOTIFY ? DNS_FLAG_AA : 0U))))
		return false;
	return opcode == OPCODE_QUERY || opcode == OPCODE_STATUS || opcode == OPCODE_NOTIFY ||
	       opcode == OPCODE_UPDATE || opcode == OPCODE_DSO;
}

/* @header: 12 bytes, whose flags can be */
static bool counts_can_be(const uint8_t *header, unsigned length)
{
	unsigned flags = be16(header + 2), opcode = flags >> 11 & 0xf;
	unsigned questions = be16(header + 4), answers = be16(header + 6);
	unsigned authority = be16(header + 8), additional = be16(header + 10);

	if (questions > 1 || DNS_HEADER_BYTES + questions * QUESTION_BYTES +
					     (answers + authority + additional) * RECORD_BYTES >
				     length)
		return false;
	if (opcode == OPCODE_DSO)
		return questions + answers + authority + additional == 0;
	if (flags & DNS_FLAG_QR)
		return true;
	/* an update has its zone as question, and may have many records */
	if (opcode == OPCODE_UPDATE)
		return questions == 1;
	/* NOTIFY may bring the new SOA as answer, IXFR has the old one as authority */
	return questions == 1 && answers <= (opcode == OPCODE_NOTIFY) && authority <= 1 &&
	       additional <= QUERY_ADDITIONAL_MAX;
}

/* As far as @n bytes of it say. */
static bool header_can_be(const uint8_t *header, unsigned n, unsigned length)
{
	if (n >= 4 && !flags_can_be(be16(header + 2)))
		return false;
	return n < DNS_HEADER_BYTES || counts_can_be(header, length);
}

bool midstream_is_start(const struct odd_event *segment)
{
	const uint8_t *payload = segment->payload;
	unsigned at = 0, captured = segment->captured_bytes, bytes = segment->message_bytes;
	bool headers_can_be = true;

	if (captured < PREFIX_BYTES)
		return false;
	while (at < bytes && captured - at >= PREFIX_BYTES) {
		unsigned length = be16(payload + at);

		if (length < DNS_HEADER_BYTES)
			return false;
		at += PREFIX_BYTES;
		headers_can_be &= header_can_be(payload + at, captured - at, length);
		if (!headers_can_be && at == PREFIX_BYTES)
			return false;
		at += length;
		if (at >= captured)
			break;
	}
	return at == bytes || headers_can_be;
}
