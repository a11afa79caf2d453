// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A message is read once from front to back: header, questions, records. The first thing that
 * cannot be true is its verdict. Reading does not end there if it is known where the next record
 * begins: an OPT behind a record that lies about its data says as much as ever.
 *
 * What was not captured is not judged. So a message that was cut by us is either CUT, or what it
 * would have been as a whole: a defect is noted where it stands, and CUT where the bytes end.
 */
#include "message.h"

#include <string.h>

#include "dns/codes.h"
#include "dns/rdata.h"
#include "dns/wire.h"

/* QTYPE and QCLASS (RFC 1035 section 4.1.2) */
#define QUESTION_FIXED 4

/* In OPT's TTL: extended RCODE, version, flags (RFC 6891 section 6.1.3) */
#define EDNS_FLAG_DO 0x8000

static void read_header(const uint8_t *data, struct dns_message *ret)
{
	ret->id = dns_read16(data);
	ret->flags = dns_read16(data + 2);
	ret->rcode = ret->flags & 0xf;
	ret->qdcount = dns_read16(data + 4);
	ret->ancount = dns_read16(data + 6);
	ret->nscount = dns_read16(data + 8);
	ret->arcount = dns_read16(data + 10);
}

/* What a name makes of the message that it stands in. */
static const enum dns_verdict of_name[DNS_NAME_VERDICTS] = {
	[DNS_NAME_OK] = DNS_MESSAGE_OK,		  [DNS_NAME_CUT] = DNS_MESSAGE_CUT,
	[DNS_NAME_OVERRUN] = DNS_MESSAGE_OVERRUN, [DNS_NAME_LABEL] = DNS_MESSAGE_LABEL,
	[DNS_NAME_LOOP] = DNS_MESSAGE_LOOP,	  [DNS_NAME_FORWARD] = DNS_MESSAGE_FORWARD,
	[DNS_NAME_LONG] = DNS_MESSAGE_LONG,
};

/* The first counts. */
static void note(struct dns_message *message, enum dns_verdict verdict)
{
	if (message->verdict == DNS_MESSAGE_OK)
		message->verdict = verdict;
}

/* Return: false, and nothing is filled in, when the first question is not what it should be */
static bool read_question(const struct dns_bytes *bytes, struct dns_message *ret, size_t *at)
{
	struct dns_name name;
	size_t next;

	if (dns_name_read(bytes, *at, &name, &next) != DNS_NAME_OK ||
	    next + QUESTION_FIXED > bytes->length)
		return false;
	ret->qtype = dns_read16(bytes->data + next);
	ret->qclass = dns_read16(bytes->data + next + 2);
	ret->has_question = true;
	ret->qname.length = name.length;
	dns_name_lower(name.wire, name.length, ret->qname.wire);
	*at = next + QUESTION_FIXED;
	return true;
}

/* Return: false when it is not known where it ends; what is wrong is noted */
static bool step_over_question(const struct dns_bytes *bytes, struct dns_message *ret, size_t *at)
{
	size_t next;

	if (*at == bytes->message_length) {
		note(ret, DNS_MESSAGE_COUNTS);
		return false;
	}
	note(ret, of_name[dns_name_check(bytes, *at, &next)]);
	if (dns_name_skip(bytes, *at, &next) != DNS_NAME_OK)
		return false;
	next += QUESTION_FIXED;
	if (next > bytes->length) {
		note(ret, next > bytes->message_length ? DNS_MESSAGE_OVERRUN : DNS_MESSAGE_CUT);
		return false;
	}
	*at = next;
	return true;
}

static void read_questions(const struct dns_bytes *bytes, struct dns_message *ret)
{
	size_t at = DNS_HEADER_BYTES;

	for (unsigned i = 0; i < ret->qdcount; i++) {
		if (i == 0 && read_question(bytes, ret, &at))
			continue;
		if (i == DNS_RECORDS_MAX || !step_over_question(bytes, ret, &at))
			return;
	}
	ret->records = (uint32_t)at;
}

/* Of options of which not all were captured, the bytes that are whole options. */
static size_t whole_options(const uint8_t *options, size_t length, size_t captured)
{
	size_t at = 0;

	while (captured - at >= DNS_OPTION_FIXED) {
		size_t end = at + DNS_OPTION_FIXED + dns_read16(options + at + 2);

		if (end > length)
			return captured; /* an overrun, cut or not */
		if (end > captured)
			break;
		at = end;
	}
	return at;
}

/* Two OPT, or one of another owner: RFC 6891 sections 6.1.1 and 6.1.2. The first good one counts.
 */
static void read_opt(const struct dns_bytes *bytes, const struct dns_record *record,
		     struct dns_message *ret)
{
	const uint8_t *options = bytes->data + record->rdata;
	size_t length = record->rdlength;
	size_t captured = bytes->length - record->rdata;

	if (ret->has_edns || bytes->data[record->owner] != 0) {
		note(ret, DNS_MESSAGE_EDNS);
		return;
	}
	ret->has_edns = true;
	memset(&ret->edns, 0, sizeof(ret->edns));
	ret->edns.udp_bytes = record->class;
	ret->rcode |= (uint16_t)(record->ttl >> 24 << 4);
	ret->edns.version = (uint8_t)(record->ttl >> 16);
	ret->edns.dnssec_ok = record->ttl & EDNS_FLAG_DO;
	if (captured < length)
		length = whole_options(options, length, captured);
	if (length && !dns_edns_read(options, length, &ret->edns))
		note(ret, DNS_MESSAGE_EDNS);
}

static void check_rdata(const struct dns_bytes *bytes, const struct dns_record *record,
			struct dns_message *ret)
{
	enum dns_name_verdict name = DNS_NAME_OK;

	/* most records are addresses: they need no look at the table of types */
	if (record->class == DNS_CLASS_IN &&
	    ((record->type == DNS_TYPE_A && record->rdlength == 4) ||
	     (record->type == DNS_TYPE_AAAA && record->rdlength == 16)))
		return;
	if (dns_rdata_check(bytes, record, &name) != DNS_RDATA_BAD)
		return;
	note(ret, name == DNS_NAME_OK ? DNS_MESSAGE_RDATA : of_name[name]);
}

static void check_owner(const struct dns_bytes *bytes, size_t at, struct dns_message *ret)
{
	const uint8_t *owner = bytes->data + at;
	size_t end;

	if (at + 2 <= bytes->length &&
	    (owner[0] == 0 ||
	     (owner[0] == DNS_POINTER && owner[1] == DNS_HEADER_BYTES && ret->has_question)))
		return;
	note(ret, of_name[dns_name_check(bytes, at, &end)]);
}

/* Return: offset behind the record; 0 when that cannot be known */
static size_t read_record(const struct dns_bytes *bytes, size_t at, enum dns_depth depth,
			  struct dns_message *ret)
{
	struct dns_record record;
	enum dns_verdict verdict;
	size_t next;

	if (at < bytes->message_length)
		check_owner(bytes, at, ret);
	verdict = dns_record_read(bytes, at, &record, &next);
	if (verdict != DNS_MESSAGE_OK) {
		note(ret, verdict);
		return 0;
	}
	if (record.type == DNS_TYPE_OPT)
		read_opt(bytes, &record, ret);
	else if (depth == DNS_DEPTH_RDATA)
		check_rdata(bytes, &record, ret);
	if (next <= bytes->length)
		return next;
	note(ret, DNS_MESSAGE_CUT);
	return 0;
}

static void read_records(const struct dns_bytes *bytes, enum dns_depth depth,
			 struct dns_message *ret)
{
	uint32_t count = (uint32_t)ret->ancount + ret->nscount + ret->arcount;
	size_t at = ret->records;

	for (uint32_t i = 0; i < count; i++) {
		if (i == DNS_RECORDS_MAX)
			return;
		at = read_record(bytes, at, depth, ret);
		if (at == 0)
			return;
	}
	/* behind a DSO header there are TLVs, which no count tells of (RFC 8490 section 5.4) */
	if (at < bytes->message_length && dns_opcode(ret->flags) != DNS_OPCODE_DSO)
		note(ret, DNS_MESSAGE_TRAILING);
}

/* flatten: for each message of each exchange, calls are a tenth of the cost of all stages */
__attribute__((flatten)) enum dns_verdict
dns_message_read(const struct dns_bytes *bytes, enum dns_depth depth, struct dns_message *ret)
{
	if (bytes->length < DNS_HEADER_BYTES) {
		memset(ret, 0, sizeof(*ret));
		return ret->verdict = DNS_MESSAGE_SHORT;
	}
	/* not the name's 255 bytes: its length says which of them count; nor EDNS, without an OPT
	 */
	memset(ret, 0, offsetof(struct dns_message, edns));
	ret->qname.length = 0;
	read_header(bytes->data, ret);
	read_questions(bytes, ret);
	if (ret->records)
		read_records(bytes, depth, ret);
	if (bytes->length < bytes->message_length)
		note(ret, DNS_MESSAGE_CUT);
	return ret->verdict;
}

struct dns_records dns_records_of(const struct dns_bytes *bytes, const struct dns_message *message)
{
	struct dns_records records = {.bytes = *bytes, .at = message->records};

	if (message->records) {
		records.left[DNS_SECTION_ANSWER] = message->ancount;
		records.left[DNS_SECTION_AUTHORITY] = message->nscount;
		records.left[DNS_SECTION_ADDITIONAL] = message->arcount;
	}
	return records;
}
