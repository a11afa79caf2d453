// SPDX-License-Identifier: GPL-2.0-or-later
/* Records are stepped over by their RDLENGTH; neither owner nor data is read. */
#include "records.h"

#include "dns/codes.h"
#include "dns/wire.h"

/* TYPE, CLASS, TTL and RDLENGTH (RFC 1035 section 4.1.3) */
#define RECORD_FIXED 10

/* What ends an owner ends the record that it begins; where its pointer leads is no matter here. */
static enum dns_verdict step_over_owner(const struct dns_bytes *bytes, size_t *at)
{
	/* nearly all are a pointer and nothing else */
	if (*at + 2 <= bytes->length && bytes->data[*at] >= DNS_POINTER) {
		*at += 2;
		return DNS_MESSAGE_OK;
	}
	switch (dns_name_skip(bytes, *at, at)) {
	case DNS_NAME_OK:
		return DNS_MESSAGE_OK;
	case DNS_NAME_CUT:
		return DNS_MESSAGE_CUT;
	case DNS_NAME_LABEL:
		return DNS_MESSAGE_LABEL;
	case DNS_NAME_LONG:
		return DNS_MESSAGE_LONG;
	default:
		return DNS_MESSAGE_OVERRUN;
	}
}

enum dns_verdict dns_record_read(const struct dns_bytes *bytes, size_t offset,
				 struct dns_record *ret, size_t *ret_next)
{
	size_t at = offset, next;
	const uint8_t *fixed;
	enum dns_verdict verdict;

	if (offset >= bytes->message_length)
		return DNS_MESSAGE_COUNTS;
	verdict = step_over_owner(bytes, &at);
	if (verdict != DNS_MESSAGE_OK)
		return verdict;
	if (at + RECORD_FIXED > bytes->message_length)
		return DNS_MESSAGE_OVERRUN;
	if (at + RECORD_FIXED > bytes->length)
		return DNS_MESSAGE_CUT;
	fixed = bytes->data + at;
	next = at + RECORD_FIXED + dns_read16(fixed + 8);
	if (next > bytes->message_length)
		return DNS_MESSAGE_OVERRUN;
	ret->owner = offset;
	ret->rdata = at + RECORD_FIXED;
	ret->rdlength = dns_read16(fixed + 8);
	ret->type = dns_read16(fixed);
	ret->class = dns_read16(fixed + 2);
	ret->ttl = dns_read32(fixed + 4);
	*ret_next = next;
	return DNS_MESSAGE_OK;
}

bool dns_records__next(struct dns_records *records, struct dns_record *ret)
{
	unsigned section = DNS_SECTION_ANSWER;

	while (section < DNS_SECTIONS && records->left[section] == 0)
		section++;
	if (section == DNS_SECTIONS || records->looked_at == DNS_RECORDS_MAX)
		return false;
	if (dns_record_read(&records->bytes, records->at, ret, &records->at) != DNS_MESSAGE_OK)
		return false;
	ret->section = section;
	records->left[section]--;
	records->looked_at++;
	return true;
}

const char *dns_section_name(uint8_t opcode, enum dns_section section)
{
	static const char *const names[2][DNS_SECTIONS] = {
		{"answer", "authority", "additional"},
		{"prerequisite", "update", "additional"},
	};

	return names[opcode == DNS_OPCODE_UPDATE][section];
}
