// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A message is read as far as an exchange needs it: header, first question, and
 * EDNS's OPT, which stands somewhere among the records behind. Only header and
 * question decide the verdict. What follows them is skimmed: no record's data
 * is read, and the first thing that cannot be true ends the search.
 */
#include "message.h"

#include <string.h>

#define TYPE_OPT 41

/* QTYPE and QCLASS (RFC 1035 section 4.1.2) */
#define QUESTION_FIXED 4
/* TYPE, CLASS, TTL and RDLENGTH (RFC 1035 section 4.1.3) */
#define RECORD_FIXED 10

/* Bounds the search: a real response has some dozens of records and OPT behind them. */
#define ENTRIES_MAX 128

/* OPT's TTL: extended RCODE, version, flags (RFC 6891 section 6.1.3) */
#define EDNS_FLAG_DO 0x8000

static inline uint16_t read16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static void read_header(const uint8_t *data, struct dns_message *ret)
{
	ret->id = read16(data);
	ret->flags = read16(data + 2);
	ret->rcode = ret->flags & 0xf;
	ret->qdcount = read16(data + 4);
	ret->ancount = read16(data + 6);
	ret->nscount = read16(data + 8);
	ret->arcount = read16(data + 10);
}

/* What a name makes of the message that it stands in. */
static const enum dns_verdict of_name[DNS_NAME_VERDICTS] = {
	[DNS_NAME_OK] = DNS_MESSAGE_OK,		  [DNS_NAME_CUT] = DNS_MESSAGE_CUT,
	[DNS_NAME_OVERRUN] = DNS_MESSAGE_OVERRUN, [DNS_NAME_LABEL] = DNS_MESSAGE_LABEL,
	[DNS_NAME_LOOP] = DNS_MESSAGE_LOOP,	  [DNS_NAME_FORWARD] = DNS_MESSAGE_FORWARD,
	[DNS_NAME_LONG] = DNS_MESSAGE_LONG,
};

/* @ret_next: offset of the first byte behind the question, set for DNS_MESSAGE_OK */
static enum dns_verdict read_question(const struct dns_bytes *bytes, struct dns_message *ret,
				      size_t *ret_next)
{
	struct dns_name name;
	size_t next;
	enum dns_name_verdict verdict = dns_name_read(bytes, DNS_HEADER_BYTES, &name, &next);

	if (verdict != DNS_NAME_OK)
		return of_name[verdict];
	if (next + QUESTION_FIXED > bytes->message_length)
		return DNS_MESSAGE_OVERRUN;
	if (next + QUESTION_FIXED > bytes->length)
		return DNS_MESSAGE_CUT;
	ret->qtype = read16(bytes->data + next);
	ret->qclass = read16(bytes->data + next + 2);
	ret->has_question = true;
	ret->qname.length = name.length;
	dns_name_lower(name.wire, name.length, ret->qname.wire);
	*ret_next = next + QUESTION_FIXED;
	return DNS_MESSAGE_OK;
}

/* @fixed: the record's bytes behind its owner */
static void read_opt(const uint8_t *fixed, struct dns_message *ret)
{
	ret->has_edns = true;
	ret->edns.udp_bytes = read16(fixed + 2);
	ret->rcode |= (uint16_t)(fixed[4] << 4);
	ret->edns.version = fixed[5];
	ret->edns.dnssec_ok = read16(fixed + 6) & EDNS_FLAG_DO;
}

/* @at: offset behind the first question; @entries: questions and records that may follow */
static void find_opt(const struct dns_bytes *bytes, size_t at, uint32_t entries,
		     struct dns_message *ret)
{
	uint32_t questions = ret->qdcount ? ret->qdcount - 1U : 0;

	for (uint32_t i = 0; i < entries && i < ENTRIES_MAX; i++) {
		const uint8_t *owner = bytes->data + at;
		const uint8_t *fixed;

		if (dns_name_skip(bytes, at, &at) != DNS_NAME_OK)
			return;
		if (i < questions) {
			at += QUESTION_FIXED;
			continue;
		}
		fixed = bytes->data + at;
		if (at + RECORD_FIXED > bytes->length)
			return;
		at += RECORD_FIXED + (size_t)read16(fixed + 8);
		if (at > bytes->message_length)
			return;
		if (*owner == 0 && read16(fixed) == TYPE_OPT) {
			read_opt(fixed, ret);
			return;
		}
	}
}

enum dns_verdict dns_message_read(const struct dns_bytes *bytes, enum dns_depth depth,
				  struct dns_message *ret)
{
	size_t at = DNS_HEADER_BYTES;
	uint32_t entries;

	(void)depth;
	if (bytes->length < DNS_HEADER_BYTES) {
		memset(ret, 0, sizeof(*ret));
		return ret->verdict = DNS_MESSAGE_SHORT;
	}
	/* not the name's 255 bytes: its length says which of them count */
	memset(ret, 0, offsetof(struct dns_message, qname.wire));
	read_header(bytes->data, ret);
	if (ret->qdcount > 0) {
		enum dns_verdict verdict = read_question(bytes, ret, &at);

		if (verdict != DNS_MESSAGE_OK)
			return ret->verdict = verdict;
	}
	ret->records = (uint32_t)at;
	entries =
		(ret->qdcount ? ret->qdcount - 1U : 0) + ret->ancount + ret->nscount + ret->arcount;
	find_opt(bytes, at, entries, ret);
	ret->verdict = bytes->length < bytes->message_length ? DNS_MESSAGE_CUT : DNS_MESSAGE_OK;
	return ret->verdict;
}

const char *dns_verdict_name(enum dns_verdict verdict)
{
	static const char *const names[DNS_MESSAGE_VERDICTS] = {
		[DNS_MESSAGE_OK] = "ok",
		[DNS_MESSAGE_CUT] = "cut",
		[DNS_MESSAGE_LOOP] = "loop",
		[DNS_MESSAGE_FORWARD] = "forward",
		[DNS_MESSAGE_LABEL] = "label",
		[DNS_MESSAGE_LONG] = "long",
		[DNS_MESSAGE_OVERRUN] = "overrun",
		[DNS_MESSAGE_COUNTS] = "counts",
		[DNS_MESSAGE_RDATA] = "rdata",
		[DNS_MESSAGE_EDNS] = "edns",
		[DNS_MESSAGE_TRAILING] = "trailing",
		[DNS_MESSAGE_SHORT] = "short",
	};

	return verdict < DNS_MESSAGE_VERDICTS ? names[verdict] : "unknown";
}
