// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any bytes as a DNS message. The first two say how many of the others were
 * captured; the message had all of them. What was captured is a heap block of
 * exactly that size, so that AddressSanitizer sees each byte read too far.
 *
 * Beside what must hold of any result there is a second opinion: a reader that knows no
 * capture, no verdicts and no shortcuts says whether the whole message is well-formed. Data of
 * records are judged by dns_rdata_check() alone, so it is asked about the rest.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dns/codes.h"
#include "dns/message.h"
#include "dns/rdata.h"

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

/* The text by the letter of RFC 1035 section 5.1, byte by byte. */
static size_t slow_text(const struct dns_name *name, char *text)
{
	size_t n = 0, at = 0;

	for (; name->wire[at]; at += 1U + name->wire[at]) {
		if (at)
			text[n++] = '.';
		for (size_t i = at + 1; i <= at + name->wire[at]; i++) {
			uint8_t c = name->wire[i];

			if (c == '.' || c == '\\')
				n += (size_t)snprintf(text + n, 5, "\\%c", c);
			else if (c > ' ' && c < 0x7f)
				text[n++] = (char)c;
			else
				n += (size_t)snprintf(text + n, 5, "\\%03u", c);
		}
	}
	if (n == 0)
		text[n++] = '.';
	return n;
}

static void hold_name(const struct dns_name *name)
{
	char text[DNS_NAME_TEXT_MAX];
	char slow[DNS_NAME_TEXT_MAX];
	uint8_t lower[DNS_NAME_MAX];
	uint8_t twice[DNS_NAME_MAX];
	size_t length;

	hold_wellformed(name);
	length = dns_name_text(name->wire, name->length, text);
	hold(length >= 1 && length < sizeof(text) && strlen(text) == length);
	hold(slow_text(name, slow) == length && memcmp(slow, text, length) == 0);
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
		size_t checked = 0;
		enum dns_name_verdict read = dns_name_read(bytes, offset, &name, &next);
		enum dns_name_verdict skip = dns_name_skip(bytes, offset, &end);

		hold(read < DNS_NAME_VERDICTS && skip < DNS_NAME_VERDICTS);
		hold(dns_name_check(bytes, offset, &checked) == read);
		hold(checked == next);
		hold(read != DNS_NAME_CUT || bytes->length < bytes->message_length);
		if (skip == DNS_NAME_OK)
			hold(end > offset && end <= bytes->length);
		if (read != DNS_NAME_OK)
			continue;
		hold(skip == DNS_NAME_OK && end == next);
		hold_name(&name);
	}
}

static bool within(const struct dns_bytes *bytes, const uint8_t *data, size_t length)
{
	if (!data)
		return length == 0;
	return data >= bytes->data + DNS_HEADER_BYTES &&
	       data + length <= bytes->data + bytes->length;
}

static void hold_edns(const struct dns_bytes *bytes, const struct dns_edns *edns)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	bool is_ipv4 = memcmp(edns->ecs_address, mapped, sizeof(mapped)) == 0;

	hold(within(bytes, edns->cookie, edns->cookie_length));
	hold(edns->cookie_length == 0 || edns->cookie_length == 8 ||
	     (edns->cookie_length >= 16 && edns->cookie_length <= DNS_COOKIE_MAX));
	hold(within(bytes, edns->nsid, edns->nsid_length));
	hold(within(bytes, edns->report, edns->report_length));
	hold(edns->ede_count <= DNS_EDE_MAX);
	for (size_t i = 0; i < edns->ede_count; i++)
		hold(within(bytes, edns->ede[i].text, edns->ede[i].text_length));
	hold(edns->has_padding || edns->padding_bytes == 0);
	hold(edns->has_keepalive || edns->keepalive_100ms == 0);
	hold(edns->has_expire || edns->expire_s == 0);
	if (!edns->has_ecs)
		return;
	hold(edns->ecs_source <= 128 && edns->ecs_scope <= 128);
	for (unsigned bit = edns->ecs_source + (is_ipv4 ? 96U : 0U); bit < 128; bit++)
		hold((edns->ecs_address[bit / 8] & 0x80 >> bit % 8) == 0);
	if (edns->report_length) {
		struct dns_name name = {.length = edns->report_length};

		memcpy(name.wire, edns->report, edns->report_length);
		hold_wellformed(&name);
	}
}

static void hold_message(const struct dns_bytes *bytes, enum dns_verdict verdict,
			 const struct dns_message *message)
{
	hold(verdict < DNS_MESSAGE_VERDICTS && verdict == message->verdict);
	hold((verdict == DNS_MESSAGE_SHORT) == (bytes->length < DNS_HEADER_BYTES));
	if (verdict == DNS_MESSAGE_OK)
		hold(bytes->length == bytes->message_length);
	if (verdict == DNS_MESSAGE_CUT)
		hold(bytes->length < bytes->message_length);
	hold(message->records == 0 ||
	     (message->records >= DNS_HEADER_BYTES && message->records <= bytes->length));
	hold(message->has_question == (message->qname.length != 0));
	hold(message->rcode <= 0xfff && (message->rcode & 0xf) == (message->flags & 0xf));
	if (message->has_question) {
		uint8_t lower[DNS_NAME_MAX];

		hold_name(&message->qname);
		dns_name_lower(message->qname.wire, message->qname.length, lower);
		hold(memcmp(lower, message->qname.wire, message->qname.length) == 0);
	}
	if (message->has_edns)
		hold_edns(bytes, &message->edns);
	else
		hold(message->rcode <= 0xf);
}

/* --- the second opinion ---------------------------------------------------------------------- */

/* The name's length in bytes, 0 when it is not one; where it ends. Follows each pointer. */
static size_t slow_name(const struct dns_bytes *bytes, size_t at, size_t *ret_end)
{
	size_t start = at, length = 1, end = 0;

	for (;;) {
		if (at >= bytes->message_length || length > DNS_NAME_MAX)
			return 0;
		if (bytes->data[at] == 0) {
			*ret_end = end ? end : at + 1;
			return length;
		}
		if (bytes->data[at] >= 0xc0) {
			size_t target;

			if (at + 2 > bytes->message_length)
				return 0;
			target = (bytes->data[at] & 0x3fU) * 256U + bytes->data[at + 1];
			if (target >= start)
				return 0;
			end = end ? end : at + 2;
			at = start = target;
			continue;
		}
		if (bytes->data[at] >= 0x40)
			return 0;
		length += 1U + bytes->data[at];
		at += 1U + bytes->data[at];
	}
}

static unsigned slow16(const struct dns_bytes *bytes, size_t at)
{
	return bytes->data[at] * 256U + bytes->data[at + 1];
}

static bool slow_options(const uint8_t *options, size_t length)
{
	struct dns_edns edns = {0};

	return dns_edns_read(options, length, &edns);
}

/* One record at *@at; its data when @rdata. */
static bool slow_record(const struct dns_bytes *bytes, bool rdata, unsigned *opts, size_t *at)
{
	size_t owner = *at, fixed = 0;
	struct dns_record record = {.owner = owner};

	if (slow_name(bytes, owner, &fixed) == 0 || fixed + 10 > bytes->message_length)
		return false;
	record.type = (uint16_t)slow16(bytes, fixed);
	record.class = (uint16_t)slow16(bytes, fixed + 2);
	record.rdlength = (uint16_t)slow16(bytes, fixed + 8);
	record.rdata = fixed + 10;
	*at = record.rdata + record.rdlength;
	if (*at > bytes->message_length)
		return false;
	if (record.type == 41)
		return bytes->data[owner] == 0 && (*opts)++ == 0 &&
		       slow_options(bytes->data + record.rdata, record.rdlength);
	return !rdata || dns_rdata_check(bytes, &record, NULL) == DNS_RDATA_OK;
}

/* Is the message, all of which is there, well-formed? */
static bool slow_message(const struct dns_bytes *bytes, bool rdata)
{
	unsigned questions = slow16(bytes, 4), opts = 0;
	unsigned records = slow16(bytes, 6) + slow16(bytes, 8) + slow16(bytes, 10);
	size_t at = DNS_HEADER_BYTES;

	for (unsigned i = 0; i < questions; i++) {
		if (i == DNS_RECORDS_MAX)
			return true;
		if (slow_name(bytes, at, &at) == 0 || at + 4 > bytes->message_length)
			return false;
		at += 4;
	}
	for (unsigned i = 0; i < records; i++) {
		if (i == DNS_RECORDS_MAX)
			return true;
		if (!slow_record(bytes, rdata, &opts, &at))
			return false;
	}
	return at == bytes->message_length || (bytes->data[2] >> 3 & 0xf) == 6;
}

/* --- records --------------------------------------------------------------------------------- */

static void hold_record(const struct dns_bytes *bytes, const struct dns_record *record)
{
	static char text[DNS_RDATA_TEXT_MAX + 1];
	enum dns_name_verdict name = DNS_NAME_VERDICTS;
	enum dns_rdata_verdict verdict = dns_rdata_check(bytes, record, &name);
	size_t length;

	hold(verdict < DNS_RDATA_VERDICTS && name < DNS_NAME_VERDICTS);
	hold(verdict == DNS_RDATA_BAD || name == DNS_NAME_OK || name == DNS_NAME_CUT);
	if (verdict == DNS_RDATA_CUT)
		hold(bytes->length < bytes->message_length);
	text[DNS_RDATA_TEXT_MAX] = '!';
	length = dns_rdata_text(bytes, record, text);
	hold(text[DNS_RDATA_TEXT_MAX] == '!' && length < DNS_RDATA_TEXT_MAX);
	hold(strlen(text) == length);
	for (size_t i = 0; i < length; i++)
		hold(text[i] >= ' ' && text[i] < 0x7f);
}

static void try_records(const struct dns_bytes *bytes, const struct dns_message *message)
{
	struct dns_records records = dns_records_of(bytes, message);
	struct dns_record record;
	size_t end = message->records;
	unsigned count = 0;

	for (; dns_records__next(&records, &record); count++) {
		struct dns_name name;
		size_t next = 0, slow_end = 0;
		enum dns_name_verdict owner = dns_name_read(bytes, record.owner, &name, &next);

		hold(record.owner == end && record.section < DNS_SECTIONS);
		end = record.rdata + record.rdlength;
		hold(record.rdata <= bytes->length && end <= bytes->message_length);
		if (owner == DNS_NAME_OK)
			hold(next + 10 == record.rdata);
		else
			hold(message->verdict != DNS_MESSAGE_OK);
		if (bytes->length == bytes->message_length)
			hold((slow_name(bytes, record.owner, &slow_end) != 0) ==
			     (owner == DNS_NAME_OK));
		hold_record(bytes, &record);
	}
	hold(count <= DNS_RECORDS_MAX);
	if (message->verdict == DNS_MESSAGE_OK && count < DNS_RECORDS_MAX)
		hold(count == (unsigned)message->ancount + message->nscount + message->arcount ||
		     message->records == 0);
}

/* --- one message ----------------------------------------------------------------------------- */

static void hold_codes(const struct dns_message *message)
{
	char buf[DNS_CODE_TEXT_MAX];

	hold(strlen(dns_type_text(message->qtype, buf)) < sizeof(buf));
	hold(strlen(dns_class_text(message->qclass, buf)) < sizeof(buf));
	hold(strlen(dns_rcode_text(message->rcode, buf)) < sizeof(buf));
	hold(strlen(dns_opcode_text(dns_opcode(message->flags), buf)) < sizeof(buf));
}

/* A copy of the first @length bytes, in a heap block of that size. */
static struct dns_bytes captured(const uint8_t *data, size_t length, size_t message_length)
{
	uint8_t *copy = malloc(length ? length : 1);

	hold(copy != NULL);
	memcpy(copy, data, length);
	return (struct dns_bytes){copy, length, message_length};
}

static enum dns_verdict read_at(const struct dns_bytes *bytes, enum dns_depth depth,
				struct dns_message *ret)
{
	enum dns_verdict verdict;

	memset(ret, 0xa5, sizeof(*ret)); /* what is not filled in shows */
	verdict = dns_message_read(bytes, depth, ret);
	hold_message(bytes, verdict, ret);
	hold_codes(ret);
	return verdict;
}

/* Return: the verdict at the greater depth */
static enum dns_verdict try_message(const struct dns_bytes *bytes)
{
	struct dns_message message, shallow;
	enum dns_verdict verdict = read_at(bytes, DNS_DEPTH_RDATA, &message);
	enum dns_verdict skimmed = read_at(bytes, DNS_DEPTH_RECORDS, &shallow);

	/* data only hide what is behind them */
	if (verdict == DNS_MESSAGE_OK || verdict == DNS_MESSAGE_SHORT)
		hold(skimmed == verdict);
	hold(message.records == shallow.records && message.has_edns == shallow.has_edns);
	if (bytes->length == bytes->message_length && verdict != DNS_MESSAGE_SHORT) {
		hold((verdict == DNS_MESSAGE_OK) == slow_message(bytes, true));
		hold((skimmed == DNS_MESSAGE_OK) == slow_message(bytes, false));
	}
	if (verdict != DNS_MESSAGE_SHORT)
		try_records(bytes, &message);
	return verdict;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dns_bytes whole, cut;
	enum dns_verdict of_whole, of_cut;
	size_t length;

	if (size < 2)
		return 0;
	length = (size_t)data[0] << 8 | data[1];
	if (length > size - 2)
		length = size - 2;
	whole = captured(data + 2, size - 2, size - 2);
	cut = captured(data + 2, length, size - 2);
	of_whole = try_message(&whole);
	of_cut = try_message(&cut);
	/* what was captured tells the truth, or nothing */
	if (of_cut != DNS_MESSAGE_CUT && of_cut != DNS_MESSAGE_SHORT)
		hold(of_cut == of_whole);
	try_names(&cut);
	free((uint8_t *)whole.data);
	free((uint8_t *)cut.data);
	return 0;
}
