// SPDX-License-Identifier: GPL-2.0-or-later
/* RDATA as text: the RFCs' own examples, and everything that a stranger may send instead. */
#include <criterion/criterion.h>
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dns/rdata.h"
#include "rdata_rows.h"

#define WIRE_MAX 65535
/* Names before the data, that pointers can point to: "foo.example." at 12, "example." at 16. */
#define BEFORE	   32
#define AT_EXAMPLE 16

static char text[DNS_RDATA_TEXT_MAX];

/* What is checked after each call. */
struct outcome {
	enum dns_rdata_verdict verdict;
	enum dns_name_verdict name;
	size_t length;
};

static bool is_generic(void)
{
	return strncmp(text, "\\# ", 3) == 0;
}

/*
 * The end of the heap block is the end of what was captured, and that of the text is the end of
 * its room, so ASan sees one byte too many of either.
 */
static struct outcome read_cut(uint16_t type, uint16_t class, const uint8_t *wire, size_t rdlength,
			       size_t captured)
{
	uint8_t *copy = malloc(BEFORE + captured);
	char *buf = malloc(DNS_RDATA_TEXT_MAX);
	struct dns_bytes bytes = {copy, BEFORE + captured, BEFORE + rdlength};
	struct dns_record record = {
		.rdata = BEFORE, .rdlength = (uint16_t)rdlength, .type = type, .class = class};
	struct outcome outcome;

	memset(copy, 0xff, BEFORE);
	memcpy(copy + 12, "\3foo\7example", 13);
	memcpy(copy + BEFORE, wire, captured);
	outcome.verdict = dns_rdata_check(&bytes, &record, &outcome.name);
	cr_assert_eq(dns_rdata_check(&bytes, &record, NULL), outcome.verdict);
	memset(buf, 'x', DNS_RDATA_TEXT_MAX);
	outcome.length = dns_rdata_text(&bytes, &record, buf);
	cr_assert_lt(outcome.length, DNS_RDATA_TEXT_MAX);
	cr_assert_eq(strlen(buf), outcome.length);
	for (size_t i = 0; i < outcome.length; i++)
		cr_assert(buf[i] >= ' ' && buf[i] <= '~', "type %u", type);
	memcpy(text, buf, outcome.length + 1);
	free(copy);
	free(buf);
	return outcome;
}

static struct outcome read_whole(uint16_t type, uint16_t class, const uint8_t *wire, size_t length)
{
	return read_cut(type, class, wire, length, length);
}

static size_t unhex(const char *hex, uint8_t *ret)
{
	size_t length = strlen(hex) / 2;

	for (size_t i = 0; i < length; i++)
		cr_assert_eq(sscanf(hex + 2 * i, "%2hhx", &ret[i]), 1);
	return length;
}

/* RFC 3597 section 5, by printf. */
static void assert_unknown(const uint8_t *wire, size_t rdlength, size_t captured, const char *what)
{
	static char expected[2 * WIRE_MAX + 16];
	int n = sprintf(expected, "\\# %zu%s", rdlength, captured ? " " : "");

	for (size_t i = 0; i < captured; i++)
		n += sprintf(expected + n, "%02X", wire[i]);
	cr_assert_str_eq(text, expected, "%s", what);
}

Test(dns_rdata, examples_of_the_rfcs_are_written_as_they_stand_there)
{
	static uint8_t wire[WIRE_MAX];

	for (size_t i = 0; i < rdata_good_count; i++) {
		const struct rdata_row *row = &rdata_good[i];
		size_t length = unhex(row->hex, wire);
		struct outcome outcome = read_whole(row->type, row->class, wire, length);

		cr_assert_eq(outcome.verdict, DNS_RDATA_OK, "type %u, %s", row->type, row->source);
		cr_assert_eq(outcome.name, DNS_NAME_OK);
		cr_assert_str_eq(text, row->text, "type %u, %s:\n%s\n%s", row->type, row->source,
				 text, row->text);
	}
}

Test(dns_rdata, what_an_rfc_forbids_is_bad)
{
	static uint8_t wire[WIRE_MAX];

	for (size_t i = 0; i < rdata_bad_count; i++) {
		const struct rdata_row *row = &rdata_bad[i];
		size_t length = unhex(row->hex, wire);
		struct outcome outcome = read_whole(row->type, row->class, wire, length);

		cr_assert_eq(outcome.verdict, DNS_RDATA_BAD, "type %u, %s: %s", row->type,
			     row->source, text);
		cr_assert_eq(outcome.name, DNS_NAME_OK);
		assert_unknown(wire, length, length, row->source);
	}
}

/* The data are good up to where they end, so nothing but the end can be wrong. */
Test(dns_rdata, cut_anywhere_is_cut_and_shows_what_was_captured)
{
	static uint8_t wire[WIRE_MAX];

	for (size_t i = 0; i < rdata_good_count; i++) {
		const struct rdata_row *row = &rdata_good[i];
		size_t length = unhex(row->hex, wire);

		for (size_t captured = 0; captured < length; captured++) {
			struct outcome outcome =
				read_cut(row->type, row->class, wire, length, captured);

			cr_assert_eq(outcome.verdict, DNS_RDATA_CUT, "%s at %zu", row->source,
				     captured);
			assert_unknown(wire, length, captured, row->source);
		}
	}
}

/* Ends in a list, or in bytes to the end: another length can be good as well. */
static bool has_one_length(const struct rdata_row *row)
{
	static const uint16_t fixed[] = {1,  2,	 3,  4,	  5,   6,   7,	 8,   9,   12,	13, 14, 15,
					 17, 18, 19, 21,  23,  26,  27,	 28,  29,  33,	35, 36, 39,
					 51, 58, 66, 104, 105, 106, 107, 108, 109, 249, 250};

	if (strncmp(row->text, "\\#", 2) == 0)
		return false;
	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
		if (row->type == fixed[i])
			return true;
	return false;
}

Test(dns_rdata, one_byte_less_or_more_is_bad)
{
	static uint8_t wire[WIRE_MAX];
	size_t rows = 0;

	for (size_t i = 0; i < rdata_good_count; i++) {
		const struct rdata_row *row = &rdata_good[i];
		size_t length = unhex(row->hex, wire);

		if (!has_one_length(row))
			continue;
		wire[length] = 1;
		for (int more = -1; more <= 1; more += 2) {
			struct outcome outcome =
				read_whole(row->type, row->class, wire, length + (size_t)more);

			cr_assert_eq(outcome.verdict, DNS_RDATA_BAD, "%s %+d", row->source, more);
			cr_assert_eq(outcome.name, DNS_NAME_OK);
			assert_unknown(wire, length + (size_t)more, length + (size_t)more,
				       row->source);
		}
		rows++;
	}
	cr_assert_gt(rows, 40);
}

/* Of the others each end within the fixed part is bad. */
Test(dns_rdata, data_that_end_too_early_are_bad)
{
	static const struct {
		uint16_t type;
		const char *hex;
		size_t least; /* bytes of the shortest good data that start so */
	} rows[] = {
		{43, "00010501aa", 5},
		{48, "0100030501", 5},
		{25, "c0000300", 4},
		{44, "0101aa", 3},
		{45, "0a0002", 3},
		{45, "0a0102c0000226", 7},
		{46, "000105030001518000000000000000000a520001", 20},
		{47, "0000014000", 4},
		{50, "0101000c01aa01bb", 8},
		{51, "0101000c01aa", 6},
		{52, "000001aa", 4},
		{55, "010200010102", 6},
		{62, "000000420003", 6},
		{63, "0000000101010a", 7},
		{64, "000100", 3},
		{256, "000a000161", 5},
		{257, "000161", 3},
		{260, "0a80", 2},
	};
	static uint8_t wire[WIRE_MAX];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		unhex(rows[i].hex, wire);
		for (size_t length = 0; length < rows[i].least; length++)
			cr_assert_eq(read_whole(rows[i].type, 1, wire, length).verdict,
				     DNS_RDATA_BAD, "type %u, %zu", rows[i].type, length);
		cr_assert_eq(read_whole(rows[i].type, 1, wire, rows[i].least).verdict, DNS_RDATA_OK,
			     "type %u", rows[i].type);
	}
}

Test(dns_rdata, pointers_are_followed_in_every_type_with_names)
{
	static const struct {
		uint16_t type;
		const char *hex;
		const char *text;
	} rows[] = {
		{5, "c00c", "foo.example."},
		{2, "016ec010", "n.example."},
		{15, "000ac010", "10 example."},
		{6, "c00cc02000000001000000020000000300000004ffffffff",
		 "foo.example. foo.example. 1 2 3 4 4294967295"},
		{33, "000000010035c00c", "0 1 53 foo.example."},
		{35, "00010002000000c010", "1 2 \"\" \"\" \"\" example."},
		{46, "000105030001518000000000000000000a52c01001",
		 "A 5 3 86400 19700101000000 19700101000000 2642 example. AQ=="},
		{47, "c010000140", "example. A"},
		{64, "0001c00c000300020035", "1 foo.example. port=53"},
	};
	uint8_t wire[64];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t length;

		length = unhex(rows[i].hex, wire);
		cr_assert_eq(read_whole(rows[i].type, 1, wire, length).verdict, DNS_RDATA_OK);
		cr_assert_str_eq(text, rows[i].text);
	}
}

Test(dns_rdata, what_is_wrong_with_a_name_is_told)
{
	static const struct {
		const char *hex;
		enum dns_rdata_verdict verdict;
		enum dns_name_verdict name;
	} rows[] = {
		{"0161c020", DNS_RDATA_BAD, DNS_NAME_LOOP},
		{"c022", DNS_RDATA_BAD, DNS_NAME_FORWARD},
		{"c020", DNS_RDATA_BAD, DNS_NAME_FORWARD},
		{"4100", DNS_RDATA_BAD, DNS_NAME_LABEL},
		{"0361", DNS_RDATA_BAD, DNS_NAME_OK}, /* the length is wrong, not the name */
		{"c0", DNS_RDATA_BAD, DNS_NAME_OK},
		{"0000", DNS_RDATA_BAD, DNS_NAME_OK},
	};
	uint8_t wire[300];
	struct outcome outcome;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		outcome = read_whole(5, 1, wire, unhex(rows[i].hex, wire));
		cr_assert_eq(outcome.verdict, rows[i].verdict, "%s", rows[i].hex);
		cr_assert_eq(outcome.name, rows[i].name, "%s", rows[i].hex);
		cr_assert(is_generic());
	}
	for (size_t i = 0; i < 256; i += 2)
		memcpy(wire + i, "\1a", 2);
	wire[256] = 0;
	outcome = read_whole(5, 1, wire, 257);
	cr_assert(outcome.verdict == DNS_RDATA_BAD && outcome.name == DNS_NAME_LONG);
}

/* The name goes on behind the data, but not behind what was captured. */
Test(dns_rdata, a_name_that_leaves_its_record_is_bad_though_the_message_goes_on)
{
	static const uint8_t message[] = "\3foo\7example\0\0\0";
	struct dns_bytes bytes = {message, sizeof(message) - 1, 4000};
	struct dns_record record = {.rdlength = 6, .type = 2, .class = 1};
	enum dns_name_verdict name;

	cr_assert_eq(dns_rdata_check(&bytes, &record, &name), DNS_RDATA_BAD);
	cr_assert_eq(name, DNS_NAME_OK);
	bytes.length = 6;
	cr_assert_eq(dns_rdata_check(&bytes, &record, &name), DNS_RDATA_BAD);
	bytes.length = 4;
	cr_assert_eq(dns_rdata_check(&bytes, &record, &name), DNS_RDATA_CUT);
	cr_assert_eq(name, DNS_NAME_OK);
	record.rdata = 100; /* nothing of it was captured */
	cr_assert_eq(dns_rdata_check(&bytes, &record, &name), DNS_RDATA_CUT);
	dns_rdata_text(&bytes, &record, text);
	cr_assert_str_eq(text, "\\# 6");
}

Test(dns_rdata, names_of_hostile_bytes_are_printable)
{
	static const struct {
		const char *hex;
		const char *text;
	} rows[] = {
		{"05612e625c6300", "a\\.b\\\\c."}, {"041b5b324a00", "\\027[2J."},
		{"02c32800", "\\195(."},	   {"0300ff7f00", "\\000\\255\\127."},
		{"05222720602400", "\"'\\032`$."}, {"00", "."},
	};
	uint8_t wire[64];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t length;

		length = unhex(rows[i].hex, wire);
		cr_assert_eq(read_whole(2, 1, wire, length).verdict, DNS_RDATA_OK);
		cr_assert_str_eq(text, rows[i].text);
	}
}
