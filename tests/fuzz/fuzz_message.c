// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes as a DNS message. The first two say how many of the others were
 * captured; the message had all of them. What was captured is a heap block of
 * exactly that size, so that AddressSanitizer sees each byte read too far.
 */
#include <stdlib.h>
#include <string.h>

#include "dns/codes.h"
#include "dns/message.h"

/* Names are tried from each of so many offsets. */
#define OFFSETS 96

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* abort() and not assert(): holds whatever NDEBUG says */
static void hold(bool true_here)
{
	if (!true_here)
		abort();
}

/* 1..255 bytes, labels of 1..63 bytes that end exactly at the root's zero. */
static void hold_wellformed(const struct dns_name *name)
{
	size_t i = 0;

	hold(name->length >= 1);
	while (i < name->length && name->wire[i] != 0) {
		hold(name->wire[i] <= 63);
		i += 1 + (size_t)name->wire[i];
	}
	hold(i + 1 == name->length);
}

static void hold_name(const struct dns_name *name)
{
	char text[DNS_NAME_TEXT_MAX];
	uint8_t lower[DNS_NAME_MAX];
	uint8_t twice[DNS_NAME_MAX];
	size_t length;

	hold_wellformed(name);
	length = dns_name_text(name->wire, name->length, text);
	hold(length >= 1 && length < sizeof(text) && strlen(text) == length);
	for (size_t i = 0; i < length; i++)
		hold(text[i] > ' ' && text[i] < 0x7f);
	dns_name_lower(name->wire, name->length, lower);
	dns_name_lower(lower, name->length, twice);
	hold(memcmp(lower, twice, name->length) == 0);
	hold(dns_name_equal(name->wire, name->length, lower, name->length));
}

static void try_names(const struct dns_bytes *bytes)
{
	for (size_t offset = 0; offset < OFFSETS && offset <= bytes->length; offset++) {
		struct dns_name name;
		size_t next = 0;
		size_t end = 0;
		enum dns_name_verdict read = dns_name_read(bytes, offset, &name, &next);
		enum dns_name_verdict skip = dns_name_skip(bytes, offset, &end);

		hold(read < DNS_NAME_VERDICTS && skip < DNS_NAME_VERDICTS);
		hold(read != DNS_NAME_CUT || bytes->length < bytes->message_length);
		if (skip == DNS_NAME_OK)
			hold(end > offset && end <= bytes->length);
		if (read != DNS_NAME_OK)
			continue;
		hold(skip == DNS_NAME_OK && end == next);
		hold_name(&name);
	}
}

static void hold_message(const struct dns_bytes *bytes, enum dns_verdict verdict,
			 const struct dns_message *message)
{
	hold(verdict < DNS_MESSAGE_VERDICTS);
	hold((verdict == DNS_MESSAGE_SHORT) == (bytes->length < DNS_HEADER_BYTES));
	if (verdict == DNS_MESSAGE_OK)
		hold(bytes->length == bytes->message_length);
	if (verdict == DNS_MESSAGE_CUT)
		hold(bytes->length < bytes->message_length);
	if (verdict >= DNS_MESSAGE_MALFORMED)
		hold(!message->has_question && !message->has_edns);
	hold(message->has_question == (message->qname.length != 0));
	hold(message->rcode <= 0xfff && (message->rcode & 0xf) == (message->flags & 0xf));
	if (message->has_question) {
		uint8_t lower[DNS_NAME_MAX];

		hold_name(&message->qname);
		dns_name_lower(message->qname.wire, message->qname.length, lower);
		hold(memcmp(lower, message->qname.wire, message->qname.length) == 0);
	}
	if (!message->has_edns)
		hold(!message->has_edns && message->rcode <= 0xf);
}

static void hold_codes(const struct dns_message *message)
{
	char buf[DNS_CODE_TEXT_MAX];

	hold(strlen(dns_type_text(message->qtype, buf)) < sizeof(buf));
	hold(strlen(dns_class_text(message->qclass, buf)) < sizeof(buf));
	hold(strlen(dns_rcode_text(message->rcode, buf)) < sizeof(buf));
	hold(strlen(dns_opcode_text(dns_opcode(message->flags), buf)) < sizeof(buf));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dns_bytes bytes;
	struct dns_message message;
	enum dns_verdict verdict;
	uint8_t *copy;

	if (size < 2)
		return 0;
	bytes.message_length = size - 2;
	bytes.length = (size_t)data[0] << 8 | data[1];
	if (bytes.length > bytes.message_length)
		bytes.length = bytes.message_length;
	copy = malloc(bytes.length ? bytes.length : 1);
	if (!copy)
		return 0;
	memcpy(copy, data + 2, bytes.length);
	bytes.data = copy;
	memset(&message, 0xa5, sizeof(message)); /* what is not filled in shows */
	verdict = dns_message_read(&bytes, DNS_DEPTH_RDATA, &message);
	hold_message(&bytes, verdict, &message);
	hold_codes(&message);
	try_names(&bytes);
	free(copy);
	return 0;
}
