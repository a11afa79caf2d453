// SPDX-License-Identifier: GPL-2.0-or-later
/* Records one after the other: all of them, as far as they go, and no more than allowed. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "dns/message.h"

#define QUESTION "\7eXample\3COM\0\0\x1c\0\1"			/* 12..28 */
#define A	 "\xc0\x0c\0\1\0\1\0\0\x0e\x10\0\4\xc0\0\2\1"	/* 16 bytes */
#define NS	 "\xc0\x14\0\2\0\1\0\1\x51\x80\0\5\2ns\xc0\x0c" /* 17 bytes */
#define OPT	 "\0\0\x29\4\xd0\0\0\x80\0\0\0"			/* 11 bytes */
#define TSIG	 "\1k\0\0\xfa\0\xff\0\0\0\0\0\1x"		/* 14 bytes */

/* two questions, A, NS, NS, OPT, TSIG: at 39, 55, 72, 89, 100, end 114 */
static const uint8_t whole[] =
	"\0\7\x81\x80\0\2\0\1\0\2\0\2" QUESTION "\3two\xc0\x0c\0\1\0\1" A NS NS OPT TSIG;

static const struct dns_record expected[] = {
	{DNS_SECTION_ANSWER, 39, 51, 4, 1, 1, 3600},
	{DNS_SECTION_AUTHORITY, 55, 67, 5, 2, 1, 86400},
	{DNS_SECTION_AUTHORITY, 72, 84, 5, 2, 1, 86400},
	{DNS_SECTION_ADDITIONAL, 89, 100, 0, 41, 1232, 0x8000},
	{DNS_SECTION_ADDITIONAL, 100, 113, 1, 250, 255, 0},
};

/* Return: records that were read of the first @captured bytes, each of them as expected */
static size_t read_records(size_t captured, size_t length)
{
	uint8_t *copy = malloc(captured);
	struct dns_bytes bytes = {.data = copy, .length = captured, .message_length = length};
	struct dns_message message;
	struct dns_records records;
	struct dns_record record;
	size_t n = 0;

	memcpy(copy, whole, captured);
	dns_message_read(&bytes, DNS_DEPTH_RECORDS, &message);
	records = dns_records_of(&bytes, &message);
	memset(&record, 0, sizeof(record));
	for (; dns_records__next(&records, &record); n++) {
		cr_assert_lt(n, 5);
		cr_assert_eq(record.section, expected[n].section, "record %zu", n);
		cr_assert_eq(record.owner, expected[n].owner, "record %zu", n);
		cr_assert_eq(record.rdata, expected[n].rdata, "record %zu", n);
		cr_assert_eq(record.rdlength, expected[n].rdlength, "record %zu", n);
		cr_assert_eq(record.type, expected[n].type, "record %zu", n);
		cr_assert_eq(record.class, expected[n].class, "record %zu", n);
		cr_assert_eq(record.ttl, expected[n].ttl, "record %zu", n);
	}
	cr_assert_not(dns_records__next(&records, &record), "the end stays the end");
	if (n)
		cr_assert_eq(record.owner, expected[n - 1].owner, "untouched behind the last");
	free(copy);
	return n;
}

Test(dns_record, all_are_read_behind_all_questions)
{
	cr_assert_eq(sizeof(whole) - 1, 114);
	cr_assert_eq(read_records(114, 114), 5);
}

/* A record counts from where its header was captured. */
Test(dns_record, of_a_cut_message_those_with_a_whole_header_are_read)
{
	for (size_t n = DNS_HEADER_BYTES; n <= 114; n++) {
		size_t headers = 0;

		for (size_t i = 0; i < 5; i++)
			headers += n >= expected[i].rdata;
		cr_assert_eq(read_records(n, 114), headers, "%zu bytes", n);
	}
}

/* A record counts when it lies in the message as a whole. */
Test(dns_record, of_a_message_that_ends_early_those_that_are_whole_are_read)
{
	for (size_t n = DNS_HEADER_BYTES; n <= 114; n++) {
		size_t wholes = 0;

		for (size_t i = 0; i < 5; i++)
			wholes += n >= expected[i].rdata + expected[i].rdlength;
		cr_assert_eq(read_records(n, n), wholes, "%zu bytes", n);
	}
}

Test(dns_record, behind_an_owner_that_points_nowhere_reading_goes_on)
{
	static const uint8_t wire[] =
		"\0\7\x81\x80\0\1\0\3\0\0\0\0" QUESTION A "\xff\xff\0\1\0\1\0\0\0\0\0\0" A;
	struct dns_bytes bytes = {wire, sizeof(wire) - 1, sizeof(wire) - 1};
	struct dns_message message;
	struct dns_records records;
	struct dns_record record;
	struct dns_name name;
	size_t next;

	cr_assert_eq(dns_message_read(&bytes, DNS_DEPTH_RECORDS, &message), DNS_MESSAGE_FORWARD);
	records = dns_records_of(&bytes, &message);
	cr_assert(dns_records__next(&records, &record));
	cr_assert(dns_records__next(&records, &record));
	cr_assert_eq(dns_name_read(&bytes, record.owner, &name, &next), DNS_NAME_FORWARD);
	cr_assert(dns_records__next(&records, &record));
	cr_assert_eq(record.owner, 57);
	cr_assert_not(dns_records__next(&records, &record));
}

Test(dns_record, where_none_can_be_reached_there_is_none)
{
	static const uint8_t wire[] = "\0\7\x81\x80\0\1\0\1\0\0\0\0\x40" A;
	struct dns_bytes bytes = {wire, sizeof(wire) - 1, sizeof(wire) - 1};
	struct dns_message message;
	struct dns_records records;
	struct dns_record record;

	cr_assert_eq(dns_message_read(&bytes, DNS_DEPTH_RECORDS, &message), DNS_MESSAGE_LABEL);
	cr_assert_eq(message.records, 0);
	records = dns_records_of(&bytes, &message);
	cr_assert_not(dns_records__next(&records, &record));
}

/* 150 roots of 11 bytes; 65535 are announced in each section. */
Test(dns_record, no_more_than_128_are_read)
{
	uint8_t wire[DNS_HEADER_BYTES + 150 * 11] = {0, 7,   0x80, 0,  0,    0,
						     0, 100, 0,	   20, 0xff, 0xff};
	struct dns_bytes bytes = {wire, sizeof(wire), sizeof(wire)};
	struct dns_message message;
	struct dns_records records;
	struct dns_record record;
	unsigned sections[DNS_SECTIONS] = {0};

	for (size_t i = 0; i < 150; i++)
		memcpy(wire + DNS_HEADER_BYTES + i * 11, "\0\xff\0\0\1\0\0\0\0\0\0", 11);
	dns_message_read(&bytes, DNS_DEPTH_RECORDS, &message);
	records = dns_records_of(&bytes, &message);
	while (dns_records__next(&records, &record))
		sections[record.section]++;
	cr_assert_eq(sections[DNS_SECTION_ANSWER], 100);
	cr_assert_eq(sections[DNS_SECTION_AUTHORITY], 20);
	cr_assert_eq(sections[DNS_SECTION_ADDITIONAL], 8);
}

/* RFC 2136 section 2 */
Test(dns_record, sections_of_an_update_have_names_of_their_own)
{
	cr_assert_str_eq(dns_section_name(0, DNS_SECTION_ANSWER), "answer");
	cr_assert_str_eq(dns_section_name(0, DNS_SECTION_AUTHORITY), "authority");
	cr_assert_str_eq(dns_section_name(4, DNS_SECTION_ADDITIONAL), "additional");
	cr_assert_str_eq(dns_section_name(5, DNS_SECTION_ANSWER), "prerequisite");
	cr_assert_str_eq(dns_section_name(5, DNS_SECTION_AUTHORITY), "update");
	cr_assert_str_eq(dns_section_name(5, DNS_SECTION_ADDITIONAL), "additional");
}
