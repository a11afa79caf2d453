// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fields that are read from the message itself, when somebody looks at them: until then a record
 * costs nothing but the check of its bounds.
 */
#include "field_message.h"

#include "base/digits.h"
#include "dns/codes.h"

#include <stdio.h>
#include <string.h>

/* What UPDATE has in its sections is no answer (RFC 2136 section 2). */
#define SECTIONS_ALL	((1U << DNS_SECTIONS) - 1)
#define SECTIONS_ANSWER (1U << DNS_SECTION_ANSWER)

static const struct dns_edns *edns_of(const struct exchange *e)
{
	return e->message && e->message->has_edns ? &e->message->edns : NULL;
}

/* EDNS's fields, each from its exchange's @edns when that is so. */
#define EDNS_NUMBER(name, condition, value)                                                        \
	FIELD_GETTER(name)                                                                         \
	{                                                                                          \
		const struct dns_edns *edns = edns_of(e);                                          \
                                                                                                   \
		if (edns && (condition))                                                           \
			field_set_number(ret, value);                                              \
		else                                                                               \
			field_set_none(ret);                                                       \
	}

FIELD_TEXT(verdict, e->message != NULL, dns_verdict_name(e->message->verdict))
EDNS_NUMBER(edns_size, true, edns->udp_bytes)
EDNS_NUMBER(edns_version, true, edns->version)
EDNS_NUMBER(do, true, edns->dnssec_ok)
EDNS_NUMBER(edns_padding, edns->has_padding, edns->padding_bytes)
EDNS_NUMBER(edns_keepalive, edns->has_keepalive, edns->keepalive_100ms * 100)
EDNS_NUMBER(edns_expire, edns->has_expire, edns->expire_s)

/* As dig writes it: address, source and scope prefix length. */
FIELD_GETTER(ecs)
{
	const struct dns_edns *edns = edns_of(e);
	size_t length;

	if (!edns || !edns->has_ecs) {
		field_set_none(ret);
		return;
	}
	length = strlen(text_address(edns->ecs_address, ret->buf));
	snprintf(ret->buf + length, sizeof(ret->buf) - length, "/%u/%u", edns->ecs_source,
		 edns->ecs_scope);
	field_set_text(ret, ret->buf);
}

FIELD_GETTER(cookie)
{
	const struct dns_edns *edns = edns_of(e);

	if (!edns || !edns->cookie_length) {
		field_set_none(ret);
		return;
	}
	*digits_hex_groups(ret->buf, edns->cookie, edns->cookie_length, DNS_COOKIE_MAX, ' ') = '\0';
	field_set_text(ret, ret->buf);
}

/* Any bytes by the RFC, a host's name in practice. */
FIELD_GETTER(nsid)
{
	const struct dns_edns *edns = edns_of(e);

	if (edns && edns->nsid_length)
		field_set_foreign(ret, edns->nsid, edns->nsid_length);
	else
		field_set_none(ret);
}

FIELD_GETTER(ede)
{
	ret->edns = edns_of(e);
	ret->known = ret->edns && ret->edns->ede_count;
}

FIELD_GETTER(edns_report)
{
	const struct dns_edns *edns = edns_of(e);

	if (!edns || !edns->report_length) {
		field_set_none(ret);
		return;
	}
	dns_name_text(edns->report, edns->report_length, ret->buf);
	field_set_text(ret, ret->buf);
}

/* --- records -----------------------------------------------------------------------------------
 */

/* Those of UPDATE are none, nor what a query of multicast DNS knows (RFC 6762 section 7.1). */
static bool has_answers(const struct exchange *e)
{
	return e->message->flags & DNS_FLAG_QR &&
	       dns_opcode(e->message->flags) != DNS_OPCODE_UPDATE;
}

/* Multicast DNS has a flag in the top bit of a record's class (RFC 6762 section 10.2). */
static uint16_t class_bits(const struct exchange *e)
{
	return e->service == SERVICE_MDNS ? 0x7fff : 0xffff;
}

/* The first record of the answer. Return: false when there is none, or none is to be kept */
static bool first_answer(const struct exchange *e, struct dns_record *ret)
{
	struct dns_records reader;

	if (!e->message || e->keep == KEEP_NONE || !has_answers(e))
		return false;
	reader = dns_records_of(&e->bytes, e->message);
	if (!dns_records__next(&reader, ret) || ret->section != DNS_SECTION_ANSWER)
		return false;
	ret->class &= class_bits(e);
	return true;
}

#define CRR_GETTER(name, set)                                                                      \
	FIELD_GETTER(name)                                                                         \
	{                                                                                          \
		struct dns_record record;                                                          \
                                                                                                   \
		if (first_answer(e, &record))                                                      \
			set;                                                                       \
		else                                                                               \
			field_set_none(ret);                                                       \
	}

CRR_GETTER(crr_type, field_set_text(ret, dns_type_text(record.type, ret->buf)))
CRR_GETTER(crr_class, field_set_text(ret, dns_class_text(record.class, ret->buf)))
CRR_GETTER(crr_ttl, field_set_number(ret, record.ttl))
CRR_GETTER(crr_rdata_len, field_set_number(ret, record.rdlength))

FIELD_GETTER(crr_name)
{
	struct dns_record record;

	if (first_answer(e, &record) && field_record_owner(&e->bytes, &record, ret->buf))
		field_set_text(ret, ret->buf);
	else
		field_set_none(ret);
}

FIELD_GETTER(crr_rdata)
{
	struct dns_record record;

	if (!first_answer(e, &record)) {
		field_set_none(ret);
		return;
	}
	dns_rdata_text(&e->bytes, &record, ret->buf);
	field_set_text(ret, ret->buf);
}

static void set_records(const struct exchange *e, unsigned sections, struct field_value *ret)
{
	ret->known = true;
	ret->records = (struct field_records){
		.reader = dns_records_of(&e->bytes, e->message),
		.opcode = dns_opcode(e->message->flags),
		.sections = (uint8_t)sections,
		.named_sections = sections != SECTIONS_ANSWER,
		.class_bits = class_bits(e),
		.limit = e->keep == KEEP_FIRST ? 1 : DNS_RECORDS_MAX,
	};
}

FIELD_GETTER(answers)
{
	if (e->message && e->keep != KEEP_NONE && has_answers(e))
		set_records(e, SECTIONS_ANSWER, ret);
	else
		field_set_none(ret);
}

FIELD_GETTER(records)
{
	if (e->message && e->keep == KEEP_ALL)
		set_records(e, has_answers(e) ? SECTIONS_ALL & ~SECTIONS_ANSWER : SECTIONS_ALL,
			    ret);
	else
		field_set_none(ret);
}
