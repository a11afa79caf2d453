// SPDX-License-Identifier: GPL-2.0-or-later
/* Names: RFC 1035's own example, and everything that a stranger may send instead. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "dns/name.h"

/* A literal without its NUL. */
#define WIRE(literal) (const uint8_t *)(literal), sizeof(literal) - 1

/* The end of the heap block is the end of what was captured, so ASan sees one byte too many. */
static enum dns_name_verdict read_cut(const uint8_t *message, size_t captured, size_t length,
				      size_t offset, struct dns_name *ret_name, size_t *ret_next)
{
	uint8_t *copy = malloc(captured ? captured : 1);
	struct dns_bytes bytes = {.data = copy, .length = captured, .message_length = length};
	enum dns_name_verdict verdict;
	enum dns_name_verdict skipped, checked;
	size_t end = SIZE_MAX;
	size_t checked_end = SIZE_MAX;

	memcpy(copy, message, captured);
	verdict = dns_name_read(&bytes, offset, ret_name, ret_next);
	skipped = dns_name_skip(&bytes, offset, &end);
	if (verdict == DNS_NAME_OK)
		cr_assert(skipped == DNS_NAME_OK && end == *ret_next, "both find the end");
	else
		cr_assert(skipped == verdict || skipped == DNS_NAME_OK);
	cr_assert((end == SIZE_MAX) == (skipped != DNS_NAME_OK));
	checked = dns_name_check(&bytes, offset, &checked_end);
	cr_assert_eq(checked, verdict);
	cr_assert_eq(checked_end, verdict == DNS_NAME_OK ? end : SIZE_MAX);
	free(copy);
	return verdict;
}

static enum dns_name_verdict read_whole(const uint8_t *message, size_t length, size_t offset,
					struct dns_name *ret_name, size_t *ret_next)
{
	return read_cut(message, length, length, offset, ret_name, ret_next);
}

static void assert_text(const struct dns_name *name, const char *expected)
{
	char text[DNS_NAME_TEXT_MAX];
	size_t length = dns_name_text(name->wire, name->length, text);

	cr_assert_str_eq(text, expected);
	cr_assert_eq(length, strlen(expected));
}

/* RFC 1035 section 4.1.4: F.ISI.ARPA, FOO.F.ISI.ARPA, ARPA and the root, at their offsets. */
static void rfc1035_example(uint8_t message[93])
{
	memset(message, 0xff, 93);
	memcpy(message + 20, "\1F\3ISI\4ARPA", 12);
	memcpy(message + 40, "\3FOO\xc0\x14", 6);
	memcpy(message + 64, "\xc0\x1a", 2);
	message[92] = 0;
}

Test(dns_name, example_of_rfc1035_is_read)
{
	static const struct {
		size_t offset, next;
		uint8_t length;
		const char *text;
	} rows[] = {
		{20, 32, 12, "F.ISI.ARPA"},
		{40, 46, 16, "FOO.F.ISI.ARPA"},
		{64, 66, 6, "ARPA"},
		{92, 93, 1, "."},
	};
	uint8_t message[93];

	rfc1035_example(message);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct dns_name name;
		size_t next;

		cr_assert_eq(read_whole(message, 93, rows[i].offset, &name, &next), DNS_NAME_OK);
		cr_assert_eq(next, rows[i].next);
		cr_assert_eq(name.length, rows[i].length);
		assert_text(&name, rows[i].text);
	}
}

Test(dns_name, malformed_names_have_their_verdict_and_leave_outputs_alone)
{
	static const struct {
		const char *what;
		enum dns_name_verdict verdict;
		size_t offset;
		const uint8_t *message;
		size_t length;
	} rows[] = {
		{"pointer to itself", DNS_NAME_FORWARD, 0, WIRE("\xc0\x00")},
		{"pointer to its own labels", DNS_NAME_LOOP, 0, WIRE("\1a\xc0\x00")},
		{"pointer into its own labels", DNS_NAME_LOOP, 0, WIRE("\2a\0\xc0\x02")},
		{"pointer forward", DNS_NAME_FORWARD, 0, WIRE("\xc0\x02\0")},
		{"pointer beyond the message", DNS_NAME_FORWARD, 0, WIRE("\xff\xff")},
		{"two pointers in a ring", DNS_NAME_FORWARD, 2, WIRE("\xc0\x02\xc0\x00")},
		{"a loop through labels", DNS_NAME_FORWARD, 4, WIRE("\1a\xc0\x04\1b\xc0\x00")},
		{"a run that reaches its own pointer", DNS_NAME_LOOP, 2, WIRE("\1a\xc0\x00")},
		{"label type 0x40", DNS_NAME_LABEL, 0, WIRE("\x40\0")},
		{"label type 0x41", DNS_NAME_LABEL, 0, WIRE("\x41\0\0")},
		{"label type 0x80", DNS_NAME_LABEL, 0, WIRE("\x80\0")},
		{"label type 0xbf", DNS_NAME_LABEL, 2, WIRE("\1a\xbf\0")},
		{"label type behind a pointer", DNS_NAME_LABEL, 1, WIRE("\x40\xc0\x00")},
		{"no root", DNS_NAME_OVERRUN, 0, WIRE("\1a")},
		{"label overruns", DNS_NAME_OVERRUN, 0, WIRE("\3ab")},
		{"half a pointer", DNS_NAME_OVERRUN, 0, WIRE("\1a\xc0")},
		{"name at the end", DNS_NAME_OVERRUN, 2, WIRE("\1a")},
		{"name behind the end", DNS_NAME_OVERRUN, 9, WIRE("\1a")},
		{"no message", DNS_NAME_OVERRUN, 0, WIRE("")},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct dns_name name = {.length = 77};
		size_t next = 88;
		enum dns_name_verdict verdict =
			read_whole(rows[i].message, rows[i].length, rows[i].offset, &name, &next);

		cr_assert_eq(verdict, rows[i].verdict, "%s: %d", rows[i].what, verdict);
		cr_assert(name.length == 77 && next == 88, "%s", rows[i].what);
	}
}

/* RFC 1035 section 4.1.4: "A zero offset specifies the first byte of the ID field". */
Test(dns_name, pointer_into_the_header_is_a_pointer_back)
{
	static const uint8_t message[] = "\1x\0\0\0\1\0\0\0\0\0\0\1a\xc0\x00";
	struct dns_name name;
	size_t next;

	cr_assert_eq(read_whole(message, 16, 12, &name, &next), DNS_NAME_OK);
	assert_text(&name, "a.x");
	cr_assert_eq(next, 16);
}

Test(dns_name, labels_have_up_to_63_bytes)
{
	uint8_t message[65] = {63};
	struct dns_name name;
	size_t next;

	memset(message + 1, 'a', 63);
	cr_assert_eq(read_whole(message, 65, 0, &name, &next), DNS_NAME_OK);
	cr_assert_eq(name.length, 65);
}

/* Labels of 63, 63, 63 and @last bytes: 192 + 1 + @last + 1 bytes with the root. */
static size_t long_name(uint8_t last, uint8_t *message)
{
	size_t n = 0;

	for (int i = 0; i < 4; i++) {
		uint8_t label = i < 3 ? 63 : last;

		message[n++] = label;
		memset(message + n, 'x', label);
		n += label;
	}
	message[n++] = 0;
	return n;
}

Test(dns_name, has_255_bytes_at_most)
{
	uint8_t message[300];
	struct dns_name name = {0};
	size_t next;
	size_t n = long_name(61, message);

	cr_assert_eq(n, 255);
	cr_assert_eq(read_whole(message, n, 0, &name, &next), DNS_NAME_OK);
	cr_assert_eq(name.length, 255);
	cr_assert_eq(memcmp(name.wire, message, 255), 0);
	n = long_name(62, message);
	cr_assert_eq(n, 256);
	cr_assert_eq(read_whole(message, n, 0, &name, &next), DNS_NAME_LONG);
}

/* A label in front of a pointer to 253 bytes: only one of 1 byte fits. */
Test(dns_name, has_255_bytes_at_most_behind_a_pointer_too)
{
	for (uint8_t label = 1; label <= 63; label++) {
		uint8_t message[253 + 1 + 63 + 2];
		size_t start = long_name(59, message);
		size_t end = start + 1 + label + 2;
		struct dns_name name;
		size_t next;

		cr_assert_eq(start, 253);
		message[start] = label;
		memset(message + start + 1, 'f', label);
		memcpy(message + end - 2, "\xc0\x00", 2);
		cr_assert_eq(read_whole(message, end, start, &name, &next),
			     label == 1 ? DNS_NAME_OK : DNS_NAME_LONG, "%u", label);
		if (label == 1)
			cr_assert(name.length == 255 && next == end);
	}
}

Test(dns_name, has_127_labels_at_most)
{
	uint8_t message[300];
	struct dns_name name;
	size_t next;

	for (size_t i = 0; i < 128; i++)
		memcpy(message + 2 * i, "\1a", 2);
	message[254] = 0;
	cr_assert_eq(read_whole(message, 255, 0, &name, &next), DNS_NAME_OK);
	cr_assert_eq(name.length, 255);
	message[254] = 1;
	message[256] = 0;
	cr_assert_eq(read_whole(message, 257, 0, &name, &next), DNS_NAME_LONG);
}

/* Each of 127 labels may end in a pointer; what goes on beyond that ends no label. */
Test(dns_name, follows_127_pointers_at_most)
{
	uint8_t message[1 + 2 * 8000] = {0};
	struct dns_name name;
	size_t next;

	for (size_t i = 0; i < 8000; i++) {
		size_t target = i ? 2 * i - 1 : 0;

		message[1 + 2 * i] = (uint8_t)(0xc0 | target >> 8);
		message[2 + 2 * i] = (uint8_t)target;
	}
	cr_assert_eq(read_whole(message, sizeof(message), 1 + 2 * 126, &name, &next), DNS_NAME_OK);
	cr_assert(name.length == 1 && next == 1 + 2 * 127);
	cr_assert_eq(read_whole(message, sizeof(message), 1 + 2 * 127, &name, &next),
		     DNS_NAME_LONG);
	cr_assert_eq(read_whole(message, sizeof(message), 1 + 2 * 7999, &name, &next),
		     DNS_NAME_LONG);
}

Test(dns_name, of_127_labels_that_each_end_in_a_pointer_is_read)
{
	uint8_t message[1 + 4 * 127] = {0};
	struct dns_name name;
	size_t next;

	for (size_t i = 0; i < 127; i++) {
		size_t target = i ? 1 + 4 * (i - 1) : 0;

		memcpy(message + 1 + 4 * i, "\1b", 2);
		message[3 + 4 * i] = (uint8_t)(0xc0 | target >> 8);
		message[4 + 4 * i] = (uint8_t)target;
	}
	cr_assert_eq(read_whole(message, sizeof(message), 1 + 4 * 126, &name, &next), DNS_NAME_OK);
	cr_assert_eq(name.length, 255);
	cr_assert_eq(memcmp(name.wire, "\1b\1b", 4), 0);
	cr_assert_eq(name.wire[254], 0);
}

Test(dns_name, cut_at_every_byte_is_cut_or_overrun)
{
	uint8_t message[93];
	struct dns_name name;
	size_t next;

	rfc1035_example(message);
	for (size_t n = 0; n < 46; n++) {
		enum dns_name_verdict direct = n < 32 ? DNS_NAME_CUT : DNS_NAME_OK;

		cr_assert_eq(read_cut(message, n, 93, 20, &name, &next), direct, "%zu", n);
		cr_assert_eq(read_cut(message, n, 93, 40, &name, &next), DNS_NAME_CUT, "%zu", n);
		if (n < 32)
			cr_assert_eq(read_whole(message, n, 20, &name, &next), DNS_NAME_OVERRUN);
		cr_assert_eq(read_whole(message, n, 40, &name, &next), DNS_NAME_OVERRUN);
	}
	cr_assert_eq(read_cut(message, 46, 93, 40, &name, &next), DNS_NAME_OK);
	/* what is missing cannot help: the label itself overruns the message */
	cr_assert_eq(read_cut(WIRE("\5ab"), 5, 0, &name, &next), DNS_NAME_OVERRUN);
	cr_assert_eq(read_cut(WIRE("\5ab"), 6, 0, &name, &next), DNS_NAME_OVERRUN);
	cr_assert_eq(read_cut(WIRE("\5ab"), 7, 0, &name, &next), DNS_NAME_CUT);
}

Test(dns_name, skipping_looks_no_further_than_the_first_pointer)
{
	static const uint8_t message[] = "\x40\0\1a\xc0\x00\1b\xc0\x08\1c\xc0\x40";
	struct dns_bytes bytes = {.data = message, .length = 14, .message_length = 14};
	size_t next = 0;

	cr_assert_eq(dns_name_skip(&bytes, 2, &next), DNS_NAME_OK);
	cr_assert_eq(next, 6);
	cr_assert_eq(dns_name_skip(&bytes, 6, &next), DNS_NAME_OK, "into its own labels");
	cr_assert_eq(next, 10);
	cr_assert_eq(dns_name_skip(&bytes, 10, &next), DNS_NAME_OK, "points forward");
	cr_assert_eq(next, 14);
	bytes.length = bytes.message_length = 13;
	cr_assert_eq(dns_name_skip(&bytes, 10, &next), DNS_NAME_OVERRUN, "half a pointer");
	cr_assert_eq(next, 14);
}

Test(dns_name, keeps_case_when_read)
{
	struct dns_name name;
	size_t next;

	cr_assert_eq(read_whole(WIRE("\3wWw\2eX\0"), 0, &name, &next), DNS_NAME_OK);
	assert_text(&name, "wWw.eX");
}

/* RFC 4343 section 3: only 0x41..0x5A have another case. */
static uint8_t lower_by_rfc4343(size_t c)
{
	return (uint8_t)(c >= 0x41 && c <= 0x5a ? c + 0x20 : c);
}

Test(dns_name, lower_changes_only_ascii_letters_at_any_place)
{
	for (size_t length = 1; length <= 19; length++) {
		for (size_t c = 0; c < 256 * length; c++) {
			uint8_t wire[19], out[20], expected[19];

			memset(wire, 0xc1, sizeof(wire));
			memset(expected, 0xc1, sizeof(expected));
			memset(out, 0xee, sizeof(out));
			wire[c / 256] = (uint8_t)(c % 256);
			expected[c / 256] = lower_by_rfc4343(c % 256);
			dns_name_lower(wire, length, out);
			cr_assert_eq(memcmp(out, expected, length), 0);
			cr_assert_eq(out[length], 0xee);
			dns_name_lower(wire, length, wire);
			cr_assert_eq(memcmp(wire, expected, length), 0);
		}
	}
}

Test(dns_name, neighbours_do_not_disturb_each_other_in_lower)
{
	uint8_t wire[255], out[255];

	for (size_t i = 0; i < sizeof(wire); i++)
		wire[i] = (uint8_t)(i * 167 + 1);
	dns_name_lower(wire, sizeof(wire), out);
	for (size_t i = 0; i < sizeof(wire); i++)
		cr_assert_eq(out[i], lower_by_rfc4343(wire[i]));
}

Test(dns_name, equality_looks_away_from_ascii_case_only)
{
	static const struct {
		bool equal;
		const uint8_t *a;
		size_t a_length;
		const uint8_t *b;
		size_t b_length;
	} rows[] = {
		{true, WIRE("\0"), WIRE("\0")},
		{true, WIRE("\3wWw\7eXaMpLe\3CoM\0"), WIRE("\3WwW\7ExAmPlE\3cOm\0")},
		{true, WIRE("\1A\0"), WIRE("\1a\0")},
		{false, WIRE("\1a\0"), WIRE("\1b\0")},
		{false, WIRE("\1a\0"), WIRE("\0")},
		{false, WIRE("\1a\0"), WIRE("\1a")},
		/* 0x40 and 0x60, 0x5B and 0x7B, 0xC1 and 0xE1 differ by 0x20 but are no letters */
		{false, WIRE("\1@\0"), WIRE("\1`\0")},
		{false, WIRE("\1[\0"), WIRE("\1{\0")},
		{false, WIRE("\1\xc1\0"), WIRE("\1\xe1\0")},
		{false, WIRE("\x0c@@@@@@@@@@@@\0"), WIRE("\x0c````````````\0")},
		{false, WIRE("\3www\7example\3com\0"), WIRE("\3www\7exbmple\3com\0")},
		{false, WIRE("\3www\7example\3com\0"), WIRE("\3www\7example\3con\0")},
		/* the same text but for where the labels end */
		{false, WIRE("\3a.b\0"), WIRE("\1a\1b\0")},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		cr_assert_eq(
			dns_name_equal(rows[i].a, rows[i].a_length, rows[i].b, rows[i].b_length),
			rows[i].equal, "row %zu", i);
}

Test(dns_name, text_escapes_what_is_not_plain)
{
	static const struct {
		const char *text;
		const uint8_t *wire;
		size_t length;
	} rows[] = {
		{".", WIRE("\0")},
		{"", WIRE("")},
		{"a", WIRE("\1a\0")},
		{"WwW.Example", WIRE("\3WwW\7Example\0")},
		{"a\\.b.c", WIRE("\3a.b\1c\0")},
		{"a\\\\b", WIRE("\3a\\b\0")},
		{"\\000", WIRE("\1\0\0")},
		{"two\\032words", WIRE("\11two words\0")},
		{"\\009\\010\\127\\128\\255", WIRE("\5\t\n\x7f\x80\xff\0")},
		{"!\"#$()*;@_~", WIRE("\x0b!\"#$()*;@_~\0")},
		{"_dns-sd._udp", WIRE("\7_dns-sd\4_udp\0")},
	};
	char text[DNS_NAME_TEXT_MAX];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		cr_assert_eq(dns_name_text(rows[i].wire, rows[i].length, text),
			     strlen(rows[i].text), "%s", rows[i].text);
		cr_assert_str_eq(text, rows[i].text);
	}
}

Test(dns_name, longest_text_fits)
{
	uint8_t message[300];
	char text[DNS_NAME_TEXT_MAX];
	size_t n = long_name(61, message);

	for (size_t i = 0; i < n; i++)
		if (message[i] == 'x')
			message[i] = 0xff;
	/* 250 bytes of labels as "\255" and three dots */
	cr_assert_eq(dns_name_text(message, n, text), 4 * 250 + 3);
	cr_assert_eq(strlen(text), 4 * 250 + 3);
}

/* The rows of text_escapes_what_is_not_plain, read by hand from RFC 1035 section 5.1. */
Test(dns_name, text_is_read_back)
{
	static const struct {
		const char *text;
		const uint8_t *wire;
		size_t length;
	} rows[] = {
		{".", WIRE("\0")},
		{"a", WIRE("\1a\0")},
		{"WwW.Example", WIRE("\3WwW\7Example\0")},
		{"a\\.b.c", WIRE("\3a.b\1c\0")},
		{"a\\\\b", WIRE("\3a\\b\0")},
		{"\\000", WIRE("\1\0\0")},
		{"\\009\\010\\127\\128\\255", WIRE("\5\t\n\x7f\x80\xff\0")},
		{"two words\xff", WIRE("\12two words\xff\0")},
		{"\\a\\b", WIRE("\2ab\0")},
	};
	struct dns_name name;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		cr_assert(dns_name_parse(rows[i].text, strlen(rows[i].text), &name), "row %zu", i);
		cr_assert_eq(name.length, rows[i].length, "row %zu", i);
		cr_assert_arr_eq(name.wire, rows[i].wire, rows[i].length);
	}
}

Test(dns_name, text_that_is_no_name_is_refused)
{
	static const char *const rows[] = {
		"", "..", ".a", "a.", "a..b", "\\", "a\\", "\\1", "\\12", "\\12a", "\\256", "\\999",
	};
	struct dns_name name = {.length = 7};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		cr_assert_not(dns_name_parse(rows[i], strlen(rows[i]), &name), "'%s'", rows[i]);
	cr_assert_eq(name.length, 7);
}

/* Labels of 63 bytes and a last one that makes the wire form 255 or 256 bytes long. */
Test(dns_name, text_is_read_up_to_63_bytes_a_label_and_255_in_all)
{
	char text[300];
	struct dns_name name;

	memset(text, 'x', sizeof(text));
	cr_assert(dns_name_parse(text, 63, &name));
	cr_assert_eq(name.length, 65);
	cr_assert_not(dns_name_parse(text, 64, &name));
	text[63] = text[127] = text[191] = '.';
	cr_assert(dns_name_parse(text, 253, &name));
	cr_assert_eq(name.length, 255);
	cr_assert_eq(name.wire[192], 61);
	cr_assert_eq(name.wire[254], 0);
	cr_assert_not(dns_name_parse(text, 254, &name));
}

Test(dns_name, any_name_survives_being_text)
{
	uint8_t wire[DNS_NAME_MAX];
	char text[DNS_NAME_TEXT_MAX];
	struct dns_name name;

	srandom(4711);
	for (unsigned round = 0; round < 2003; round++) {
		size_t n = 0;

		while (random() % 5 && n < 180) {
			size_t label = 1 + (size_t)random() % 63;

			wire[n++] = (uint8_t)label;
			while (label--)
				wire[n++] = (uint8_t)random();
		}
		wire[n++] = 0;
		cr_assert(dns_name_parse(text, dns_name_text(wire, n, text), &name));
		cr_assert_eq(name.length, n);
		cr_assert_arr_eq(name.wire, wire, n);
	}
}
