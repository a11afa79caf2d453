// SPDX-License-Identifier: GPL-2.0-or-later
/* Operands that are read from the message, through the getters of THE table of fields. */
#include "operand_get.h"

#include "operand_code.h"

#include "dns/codes.h"
#include "dns/rdata.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* The field, if the message that it is read from is this flow's. Return: is it known? */
static bool get_field(const struct flow *flow, enum field_id field, struct operand_value *ret)
{
	ret->field.known = false;
	if (operand_has_header(flow))
		fields[field].get(flow->exchange, flow->names, &ret->field);
	ret->known = ret->field.known;
	return ret->known;
}

#define FIELD_OPERAND_NUMBER(name, field_id)                                                       \
	OPERAND_GETTER(name)                                                                       \
	{                                                                                          \
		if (get_field(flow, field_id, ret))                                                \
			ret->number = ret->field.number;                                           \
	}

#define FIELD_OPERAND_TEXT(name, field_id)                                                         \
	OPERAND_GETTER(name)                                                                       \
	{                                                                                          \
		if (!get_field(flow, field_id, ret))                                               \
			return;                                                                    \
		ret->text = ret->field.text;                                                       \
		ret->length = strlen(ret->text);                                                   \
	}

/* What the field says with a mnemonic is that of a number. */
#define FIELD_OPERAND_CODE(name, field_id, code_of)                                                \
	OPERAND_GETTER(name)                                                                       \
	{                                                                                          \
		ret->known =                                                                       \
			get_field(flow, field_id, ret) && code_of(ret->field.text, &ret->number);  \
	}

/* clang-format off */
FIELD_OPERAND_CODE(dns_verdict, FIELD_VERDICT, code_of_verdict)
FIELD_OPERAND_TEXT(dns_crr_name, FIELD_CRR_NAME)
FIELD_OPERAND_CODE(dns_crr_type, FIELD_CRR_TYPE, code_of_type)
FIELD_OPERAND_CODE(dns_crr_class, FIELD_CRR_CLASS, code_of_class)
FIELD_OPERAND_NUMBER(dns_crr_ttl, FIELD_CRR_TTL)
FIELD_OPERAND_TEXT(dns_crr_rdata, FIELD_CRR_RDATA)
FIELD_OPERAND_NUMBER(dns_crr_rdata_len, FIELD_CRR_RDATA_LEN)
FIELD_OPERAND_NUMBER(edns_size, FIELD_EDNS_SIZE)
FIELD_OPERAND_NUMBER(edns_version, FIELD_EDNS_VERSION)
FIELD_OPERAND_NUMBER(edns_do, FIELD_DO)
FIELD_OPERAND_TEXT(dns_ecs, FIELD_ECS)
FIELD_OPERAND_TEXT(dns_cookie, FIELD_COOKIE)
FIELD_OPERAND_TEXT(dns_nsid, FIELD_NSID)
FIELD_OPERAND_NUMBER(edns_padding, FIELD_EDNS_PADDING)
FIELD_OPERAND_NUMBER(edns_keepalive, FIELD_EDNS_KEEPALIVE)
FIELD_OPERAND_NUMBER(edns_expire, FIELD_EDNS_EXPIRE)
FIELD_OPERAND_TEXT(edns_report, FIELD_EDNS_REPORT)
/* clang-format on */

/* Add to the text in field.buf; what is longer than the buffer is cut. */
static void append(struct operand_value *value, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void append(struct operand_value *value, const char *format, ...)
{
	size_t room = sizeof(value->field.buf) - value->length;
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(value->field.buf + value->length, room, format, args);
	va_end(args);
	if (n > 0)
		value->length += (size_t)n < room ? (size_t)n : room - 1;
}

static void start_text(struct operand_value *value)
{
	value->field.buf[0] = '\0';
	value->text = value->field.buf;
	value->length = 0;
}

/* "18 Prohibited: by policy; 22 No Reachable Authority" */
OPERAND_GETTER(dns_ede)
{
	const struct dns_edns *edns;

	if (!get_field(flow, FIELD_EDE, ret))
		return;
	edns = ret->field.edns;
	start_text(ret);
	for (unsigned i = 0; i < edns->ede_count; i++) {
		const struct dns_ede *ede = &edns->ede[i];
		const char *name = dns_ede_name(ede->code);
		char text[FIELD_TEXT_MAX];

		append(ret, "%s%u%s%s", i ? "; " : "", ede->code, name ? " " : "",
		       name ? name : "");
		if (ede->text_length)
			append(ret, ": %s",
			       text_printable((const char *)ede->text, ede->text_length, text,
					      sizeof(text)));
	}
}

/* "www.example.com 300 IN A 192.0.2.7; ...", as dig does; @has_section: with its name in front. */
static void set_records(const struct flow *flow, bool has_section, struct operand_value *ret)
{
	const struct dns_bytes *bytes = &flow->exchange->bytes;
	struct field_records records = ret->field.records;
	char owner[DNS_NAME_TEXT_MAX], rdata[DNS_RDATA_TEXT_MAX];
	char class[DNS_CODE_TEXT_MAX], type[DNS_CODE_TEXT_MAX];
	struct dns_record record;

	start_text(ret);
	/* what is behind a full buffer would be cut anyway */
	while (ret->length + 1 < sizeof(ret->field.buf) && field_records__next(&records, &record)) {
		if (!field_record_owner(bytes, &record, owner))
			continue;
		dns_rdata_text(bytes, &record, rdata);
		append(ret, "%s%s%s%s %u %s %s %s", ret->length ? "; " : "",
		       has_section ? dns_section_name(records.opcode, record.section) : "",
		       has_section ? " " : "", owner, record.ttl,
		       dns_class_text(record.class, class), dns_type_text(record.type, type),
		       rdata);
	}
}

OPERAND_GETTER(dns_answers)
{
	if (get_field(flow, FIELD_ANSWERS, ret))
		set_records(flow, false, ret);
}

OPERAND_GETTER(dns_records)
{
	if (get_field(flow, FIELD_RECORDS, ret))
		set_records(flow, true, ret);
}
