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
/*
 * Names before the data, that pointers can point to: "foo.example." at 12, "example." at 16, and
 * at 32 one of 255 bytes, of which each of the 250 in labels takes four characters.
 */
#define BEFORE		288
#define LONG_NAME_TEXT	(4 * 250 + 4)
#define POINTER_TO_LONG "\xc0\x20"

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
	copy[32] = copy[96] = copy[160] = 63;
	copy[224] = 61;
	copy[286] = 0;
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
		{6, "c00cc01000000001000000020000000300000004ffffffff",
		 "foo.example. example. 1 2 3 4 4294967295"},
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
		{"0161c120", DNS_RDATA_BAD, DNS_NAME_LOOP},
		{"c122", DNS_RDATA_BAD, DNS_NAME_FORWARD},
		{"c120", DNS_RDATA_BAD, DNS_NAME_FORWARD},
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

Test(dns_rdata, data_of_another_class_are_any_bytes)
{
	static const uint16_t in_only[] = {1, 22, 23, 26, 28, 33, 36, 42, 49, 64, 65};

	for (size_t i = 0; i < sizeof(in_only) / sizeof(in_only[0]); i++) {
		const uint8_t *wire = (const uint8_t *)"\1\2\3";

		for (uint16_t class = 2; class < 254; class ++) {
			cr_assert_eq(read_whole(in_only[i], class, wire, 3).verdict, DNS_RDATA_OK);
			cr_assert_str_eq(text, "\\# 3 010203");
		}
		cr_assert_eq(read_cut(in_only[i], 3, wire, 3, 2).verdict, DNS_RDATA_CUT);
		cr_assert_str_eq(text, "\\# 3 0102");
	}
	cr_assert_eq(read_whole(2, 3, (const uint8_t *)"\1a", 3).verdict, DNS_RDATA_OK);
	cr_assert_str_eq(text, "a.", "NS has the same data in all classes");
}

/* Strings of @filling that take @length bytes in all. */
static void fill_strings(uint8_t *wire, size_t length, int filling)
{
	memset(wire, filling, length);
	for (size_t at = 0; at < length; at += 256)
		wire[at] = (uint8_t)(length - at > 256 ? 255 : length - at - 1);
}

Test(dns_rdata, captured_text_fits_whatever_its_bytes_are)
{
	uint8_t wire[4096];

	for (int byte = 0; byte < 256; byte++) {
		bool plain = byte >= ' ' && byte <= '~';
		size_t each = byte == '"' || byte == '\\' ? 2 : plain ? 1 : 4;
		struct outcome outcome;

		fill_strings(wire, sizeof(wire), byte);
		outcome = read_whole(16, 1, wire, sizeof(wire));
		cr_assert_eq(outcome.verdict, DNS_RDATA_OK);
		/* 16 strings of 255 bytes, their quotes and the spaces between them */
		cr_assert_eq(outcome.length, 16 * (255 * each + 2) + 15, "byte %d", byte);
		memset(wire + 4, byte, sizeof(wire) - 4);
		outcome = read_whole(256, 1, wire, sizeof(wire));
		cr_assert_eq(outcome.verdict, DNS_RDATA_OK);
		cr_assert(!is_generic());
	}
	memset(wire, 0, sizeof(wire));
	cr_assert_eq(read_whole(16, 1, wire, sizeof(wire)).length, 3 * 4096 - 1);
	for (size_t i = 0; i < sizeof(wire); i++)
		wire[i] = 0xff;
	cr_assert_eq(read_whole(65280, 1, wire, sizeof(wire)).length, 8 + 2 * 4096);
}

/* Each of the longest escapes: "," and "\" of a list. */
Test(dns_rdata, captured_parameters_fit_whatever_their_bytes_are)
{
	static const char bytes[] = ",\\\"\xff";
	uint8_t wire[4096] = "\0\1\0\0\1";

	for (size_t i = 0; i < 4; i++) {
		wire[5] = (sizeof(wire) - 7) >> 8;
		wire[6] = (sizeof(wire) - 7) & 0xff;
		fill_strings(wire + 7, sizeof(wire) - 7, bytes[i]);
		cr_assert_eq(read_whole(64, 1, wire, sizeof(wire)).verdict, DNS_RDATA_OK);
		cr_assert(!is_generic());
	}
	memset(wire, 0, sizeof(wire));
	for (size_t i = 0; i + 4 <= sizeof(wire) - 3; i += 4) {
		wire[3 + i] = (uint8_t)((i / 4 + 60000) >> 8);
		wire[4 + i] = (uint8_t)(i / 4 + 60000);
	}
	cr_assert_eq(read_whole(64, 1, wire, 3 + 4 * 1000).verdict, DNS_RDATA_OK);
	cr_assert_eq(strncmp(text, "0 . key60000 key60001 ", 22), 0);
}

Test(dns_rdata, what_would_be_longer_is_written_as_unknown)
{
	uint8_t wire[WIRE_MAX] = "\1\2\0\1aa";
	size_t names = 0;

	/* HIP: a tag and a key of one byte are "2 61 YQ==", each name is parted by a space */
	for (; names < 40; names++) {
		struct outcome outcome = read_whole(55, 1, wire, 6 + 2 * names);
		size_t expected = 9 + names * (1 + LONG_NAME_TEXT);

		cr_assert_eq(outcome.verdict, DNS_RDATA_OK);
		if (is_generic())
			break;
		cr_assert_eq(outcome.length, expected);
		memcpy(wire + 6 + 2 * names, POINTER_TO_LONG, 2);
	}
	cr_assert_eq(names, (DNS_RDATA_TEXT_MAX - 1 - 9) / (1 + LONG_NAME_TEXT) + 1);
	/* NSEC: all types of all windows */
	wire[0] = 0;
	for (size_t window = 0; window < 256; window++) {
		wire[1 + 34 * window] = (uint8_t)window;
		wire[2 + 34 * window] = 32;
		memset(wire + 3 + 34 * window, 0xff, 32);
	}
	cr_assert_eq(read_whole(47, 1, wire, 1 + 34 * 256).verdict, DNS_RDATA_OK);
	cr_assert(is_generic());
	/* more than any capture has: cut to what fits */
	cr_assert_eq(read_whole(65280, 1, wire, WIRE_MAX).verdict, DNS_RDATA_OK);
	cr_assert_gt(strlen(text), 2 * 4096 + 10);
	cr_assert_eq(strncmp(text, "\\# 65535 00002000FFFF", 9), 0);
}

/* Types with a row, and some without. */
static const uint16_t all_types[] = {
	1,   2,	  3,   4,   5,	 6,   7,   8,	9,   12,  13,  14,    15,    16,  17,
	18,  19,  20,  21,  22,	 23,  24,  25,	26,  27,  28,  29,    33,    35,  36,
	37,  39,  42,  43,  44,	 45,  46,  47,	48,  49,  50,  51,    52,    53,  55,
	56,  57,  58,  59,  60,	 61,  62,  63,	64,  65,  66,  99,    104,   105, 106,
	107, 108, 109, 249, 250, 256, 257, 258, 260, 261, 262, 32768, 32769,
};

static bool has_row(uint16_t type)
{
	for (size_t i = 0; i < sizeof(all_types) / sizeof(all_types[0]); i++)
		if (all_types[i] == type)
			return true;
	return false;
}

Test(dns_rdata, data_of_types_without_a_row_are_any_bytes)
{
	for (uint32_t type = 0; type <= UINT16_MAX; type++) {
		if (has_row((uint16_t)type))
			continue;
		cr_assert_eq(read_whole((uint16_t)type, 1, (const uint8_t *)"\xff", 1).verdict,
			     DNS_RDATA_OK, "%u", type);
		cr_assert_str_eq(text, "\\# 1 FF");
	}
}

/* Bytes as they are in real data: mostly small numbers, short names and pointers. */
static size_t random_data(unsigned int *seed, uint8_t *wire, size_t most)
{
	size_t length = (size_t)rand_r(seed) % most;

	for (size_t i = 0; i < length; i++) {
		int kind = rand_r(seed) % 8;

		wire[i] = (uint8_t)(kind < 4 ? rand_r(seed) % 6 : kind < 5 ? 0 : rand_r(seed));
		if (kind == 6 && i + 1 < length) {
			wire[i++] = 0xc0;
			wire[i] = 12;
		}
	}
	return length;
}

/* One of the good rows' data of that type with a few bytes changed; 0 when there are none. */
static size_t changed_row(unsigned int *seed, uint16_t type, uint8_t *wire)
{
	const struct rdata_row *row = &rdata_good[(size_t)rand_r(seed) % rdata_good_count];
	size_t length = strlen(row->hex) / 2;

	for (size_t i = 0; row->type != type; i++) {
		if (i == rdata_good_count)
			return 0;
		row = &rdata_good[i];
		length = strlen(row->hex) / 2;
	}
	unhex(row->hex, wire);
	for (int i = rand_r(seed) % 3; i > 0 && length > 0; i--)
		wire[(size_t)rand_r(seed) % length] = (uint8_t)rand_r(seed);
	return length;
}

Test(dns_rdata, good_data_have_text_and_bad_ones_have_not)
{
	unsigned int seed = 23;
	uint8_t wire[512];

	for (size_t t = 0; t < sizeof(all_types) / sizeof(all_types[0]); t++) {
		size_t good = 0, bad = 0;

		for (int i = 0; i < 10007; i++) {
			size_t length = i % 2 ? changed_row(&seed, all_types[t], wire)
					      : random_data(&seed, wire, i % 3 ? 24 : 100);
			size_t captured = i % 7 ? length : (size_t)rand_r(&seed) % (length + 1);
			struct outcome outcome = read_cut(all_types[t], 1, wire, length, captured);

			cr_assert_eq(outcome.verdict != DNS_RDATA_OK, is_generic(), "type %u: %s",
				     all_types[t], text);
			cr_assert(outcome.name == DNS_NAME_OK || outcome.verdict == DNS_RDATA_BAD);
			good += outcome.verdict == DNS_RDATA_OK;
			bad += outcome.verdict == DNS_RDATA_BAD;
		}
		cr_assert(good > 10 && bad > 10, "type %u: %zu %zu", all_types[t], good, bad);
	}
}
