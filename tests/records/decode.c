// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * DNS messages as oddns reads them, for the comparison with ldns and tshark.
 *
 * One message a line on standard input: hexadecimal digits, or "DIGITS/LENGTH" for one of LENGTH
 * bytes of which only these were captured. Printed are fields between tabs, which no text of ours
 * holds:
 *
 *   M  verdict, id, rcode, counts of the four sections
 *   Q  name, class, type
 *   E  key=value: what EDNS says
 *   R  section, owner, class, type, TTL, RDATA
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dns/codes.h"
#include "dns/message.h"
#include "dns/rdata.h"
#include "records/hex.h"

/* A name as RDATA has it: with the trailing dot. */
static const char *absolute(const struct dns_name *name)
{
	static char text[DNS_NAME_TEXT_MAX + 1];
	size_t length = dns_name_text(name->wire, name->length, text);

	if (strcmp(text, ".") != 0)
		memcpy(text + length, ".", 2);
	return text;
}

static void print_bytes(const char *key, const uint8_t *data, size_t length)
{
	if (length == 0)
		return;
	printf("\t%s=", key);
	print_hex(data, length);
}

static void print_ede(const struct dns_edns *edns)
{
	for (unsigned int i = 0; i < edns->ede_count; i++) {
		printf("\tede=%u:", edns->ede[i].code);
		print_hex(edns->ede[i].text, edns->ede[i].text_length);
	}
}

static void print_edns(const struct dns_edns *edns)
{
	printf("E\tsize=%u\tversion=%u\tdo=%u", edns->udp_bytes, edns->version, edns->dnssec_ok);
	if (edns->has_ecs) {
		printf("\tecs=");
		print_hex(edns->ecs_address, sizeof(edns->ecs_address));
		printf("/%u/%u", edns->ecs_source, edns->ecs_scope);
	}
	print_bytes("cookie", edns->cookie, edns->cookie_length);
	print_bytes("nsid", edns->nsid, edns->nsid_length);
	if (edns->has_keepalive)
		printf("\tkeepalive=%u", edns->keepalive_100ms);
	if (edns->has_padding)
		printf("\tpadding=%u", edns->padding_bytes);
	if (edns->has_expire)
		printf("\texpire=%" PRIu32, edns->expire_s);
	print_bytes("report", edns->report, edns->report_length);
	print_ede(edns);
	putchar('\n');
}

static void print_record(const struct dns_bytes *bytes, uint8_t opcode,
			 const struct dns_record *record)
{
	static char rdata[DNS_RDATA_TEXT_MAX];
	char class[DNS_CODE_TEXT_MAX], type[DNS_CODE_TEXT_MAX];
	struct dns_name owner;
	size_t next, length;

	if (dns_name_read(bytes, record->owner, &owner, &next) != DNS_NAME_OK)
		abort(); /* the reader has read it before */
	length = dns_rdata_text(bytes, record, rdata);
	if (length != strlen(rdata))
		abort();
	printf("R\t%s\t%s\t%s\t%s\t%" PRIu32 "\t%s\n", dns_section_name(opcode, record->section),
	       absolute(&owner), dns_class_text(record->class, class),
	       dns_type_text(record->type, type), record->ttl, rdata);
}

static void print_message(const struct dns_bytes *bytes)
{
	char class[DNS_CODE_TEXT_MAX], type[DNS_CODE_TEXT_MAX];
	struct dns_message message;
	struct dns_records records;
	struct dns_record record;

	dns_message_read(bytes, DNS_DEPTH_RDATA, &message);
	printf("M\t%s\t%u\t%u\t%u\t%u\t%u\t%u\n", dns_verdict_name(message.verdict), message.id,
	       message.rcode, message.qdcount, message.ancount, message.nscount, message.arcount);
	if (message.has_question)
		printf("Q\t%s\t%s\t%s\n", absolute(&message.qname),
		       dns_class_text(message.qclass, class), dns_type_text(message.qtype, type));
	if (message.has_edns)
		print_edns(&message.edns);
	records = dns_records_of(bytes, &message);
	while (dns_records__next(&records, &record))
		print_record(bytes, dns_opcode(message.flags), &record);
}

int main(void)
{
	static char line[HEX_LINE_MAX];
	struct dns_bytes bytes;

	while (fgets(line, sizeof(line), stdin)) {
		const char *slash = strchr(line, '/');
		size_t length;
		/* exactly as long as the message, so that a sanitizer sees what reads beyond */
		uint8_t *data = read_hex(line, &length);

		bytes.data = data;
		bytes.length = length;
		bytes.message_length = slash ? strtoul(slash + 1, NULL, 10) : length;
		print_message(&bytes);
		free(data);
	}
	return 0;
}
