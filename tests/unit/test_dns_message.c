// SPDX-License-Identifier: GPL-2.0-or-later
/* Messages: written byte by byte, then cut, lied about and filled with nonsense. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "dns/message.h"

/* A literal without its NUL. */
#define WIRE(literal) (const uint8_t *)(literal), sizeof(literal) - 1

#define QUESTION "\7eXample\3COM\0\0\x1c\0\1"	/* example.com AAAA IN, 17 bytes: 12..28 */
#define OPT	 "\0\0\x29\4\xd0\0\0\x80\0\0\0" /* 1232 bytes, DO, no options */
#define RECORD	 "\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2\1" /* A 192.0.2.1 */

/* The end of the heap block is the end of what was captured, so ASan sees one byte too many. */
static enum dns_verdict read_cut(const uint8_t *data, size_t captured, size_t length,
				 struct dns_message *ret)
{
	uint8_t *copy = malloc(captured ? captured : 1);
	struct dns_bytes bytes = {.data = copy, .length = captured, .message_length = length};
	enum dns_verdict verdict;

	memcpy(copy, data, captured);
	memset(ret, 0xa5, sizeof(*ret));
	verdict = dns_message_read(&bytes, DNS_DEPTH_RDATA, ret);
	free(copy);
	return verdict;
}

static enum dns_verdict read_whole(const uint8_t *data, size_t length, struct dns_message *ret)
{
	return read_cut(data, length, length, ret);
}

static void assert_no_edns(const struct dns_message *message)
{
	cr_assert(!message->has_edns && !message->edns.dnssec_ok);
	cr_assert(message->edns.udp_bytes == 0 && message->edns.version == 0);
}

static void assert_no_question(const struct dns_message *message)
{
	cr_assert(!message->has_question);
	cr_assert(message->qname.length == 0 && message->qtype == 0 && message->qclass == 0);
}

Test(dns_message, header_is_read_field_by_field)
{
	struct dns_message message;

	cr_assert_eq(read_whole(WIRE("\x12\x34\xad\xb3\0\0\1\2\3\4\5\6"), &message),
		     DNS_MESSAGE_OK);
	cr_assert_eq(message.id, 0x1234);
	/* QR, opcode 5, AA, RD, RA, AD, CD, RCODE 3 */
	cr_assert_eq(message.flags, DNS_FLAG_QR | 5 << 11 | DNS_FLAG_AA | DNS_FLAG_RD |
					    DNS_FLAG_RA | DNS_FLAG_AD | DNS_FLAG_CD | 3);
	cr_assert_eq(dns_opcode(message.flags), 5);
	cr_assert_eq(message.rcode, 3);
	cr_assert_eq(message.qdcount, 0);
	cr_assert_eq(message.ancount, 0x0102);
	cr_assert_eq(message.nscount, 0x0304);
	cr_assert_eq(message.arcount, 0x0506);
	assert_no_question(&message);
	assert_no_edns(&message);
}

Test(dns_message, query_with_edns_is_read)
{
	static const char wire[] = "\xab\xcd\1\x20\0\1\0\0\0\0\0\1" QUESTION OPT;
	struct dns_message message;

	cr_assert_eq(read_whole(WIRE(wire), &message), DNS_MESSAGE_OK);
	cr_assert(message.has_question);
	cr_assert_eq(message.qtype, 28);
	cr_assert_eq(message.qclass, 1);
	cr_assert_eq(message.qname.length, 13);
	cr_assert_eq(memcmp(message.qname.wire, "\7example\3com", 13), 0, "0x20 case is gone");
	cr_assert(message.has_edns && message.edns.dnssec_ok);
	cr_assert_eq(message.edns.udp_bytes, 1232);
	cr_assert_eq(message.edns.version, 0);
	cr_assert_eq(message.rcode, 0);
}

/* RFC 6891 section 6.1.3: upper 8 bits in OPT; BADVERS is 16, here with a version of 3. */
Test(dns_message, rcode_is_joined_from_header_and_opt)
{
	static const struct {
		const uint8_t *wire;
		size_t length;
		uint16_t rcode;
		uint8_t version;
		bool edns_do;
	} rows[] = {
		{WIRE("\0\1\x80\0\0\0\0\0\0\0\0\1\0\0\x29\2\0\1\3\0\0\0\0"), 16, 3, false},
		{WIRE("\0\1\x80\7\0\0\0\0\0\0\0\1\0\0\x29\2\0\1\0\x80\0\0\0"), 23, 0, true},
		{WIRE("\0\1\x80\x0f\0\0\0\0\0\0\0\1\0\0\x29\2\0\xff\0\x7f\xff\0\0"), 4095, 0,
		 false},
		{WIRE("\0\1\x80\2\0\0\0\0\0\0\0\1\0\0\x29\2\0\0\0\xff\xff\0\0"), 2, 0, true},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct dns_message message;

		cr_assert_eq(read_whole(rows[i].wire, rows[i].length, &message), DNS_MESSAGE_OK);
		cr_assert_eq(message.rcode, rows[i].rcode, "row %zu", i);
		cr_assert_eq(message.edns.version, rows[i].version);
		cr_assert_eq(message.edns.dnssec_ok, rows[i].edns_do, "row %zu", i);
		cr_assert_eq(message.edns.udp_bytes, 512);
	}
}

struct layout {
	const uint8_t *wire;
	size_t length;
	size_t name_end;     /* offset behind the question's name */
	size_t question_end; /* 0 = no question */
	size_t opt_fixed;    /* offset behind OPT's RDLENGTH, 0 = no OPT */
	size_t opt_end;	     /* offset behind OPT's RDATA */
};

static const struct layout layouts[] = {
	{WIRE("\xab\xcd\1\x20\0\1\0\0\0\0\0\1" QUESTION OPT), 25, 29, 40, 40},
	{WIRE("\xab\xcd\x81\x80\0\1\0\2\0\0\0\2" QUESTION RECORD RECORD RECORD
	      "\0\0\x29\2\0\0\0\0\0\0\5\0\x0a\0\1\x42"),
	 25, 29, 88, 93},
	{WIRE("\xab\xcd\1\0\0\1\0\0\0\0\0\0\0\0\x02\0\1"), 13, 17, 0, 0},
	{WIRE("\xab\xcd\1\0\0\2\0\0\0\0\0\1" QUESTION "\3two\xc0\x0c\0\1\0\1" OPT), 25, 29, 50, 50},
	{WIRE("\xab\xcd\x81\0\0\0\0\1\0\0\0\1\0\0\1\0\1\0\0\0\0\0\0" OPT), 0, 0, 34, 34},
};

/* The whole message was on the wire, the capture ends somewhere: cut, never malformed. */
Test(dns_message, captured_up_to_any_byte_is_cut_and_filled_so_far)
{
	for (const struct layout *l = layouts; l < layouts + 5; l++) {
		for (size_t n = 0; n <= l->length; n++) {
			struct dns_message m;
			enum dns_verdict verdict = read_cut(l->wire, n, l->length, &m);

			if (n < DNS_HEADER_BYTES) {
				cr_assert_eq(verdict, DNS_MESSAGE_SHORT, "%zu bytes", n);
				continue;
			}
			cr_assert_eq(verdict, n < l->length ? DNS_MESSAGE_CUT : DNS_MESSAGE_OK);
			cr_assert_eq(m.id, 0xabcd);
			cr_assert_eq(m.has_question, l->question_end && n >= l->question_end);
			if (!m.has_question)
				assert_no_question(&m);
			cr_assert_eq(m.has_edns, l->opt_fixed && n >= l->opt_fixed, "%zu", n);
			if (!m.has_edns)
				assert_no_edns(&m);
		}
	}
}

/* The message itself ends there: what is behind the question is no matter of the verdict. */
Test(dns_message, that_ends_at_any_byte_says_what_is_missing)
{
	for (const struct layout *l = layouts; l < layouts + 5; l++) {
		for (size_t n = 0; n <= l->length; n++) {
			struct dns_message m;
			enum dns_verdict expected = n < DNS_HEADER_BYTES  ? DNS_MESSAGE_SHORT
						    : n < l->name_end	  ? DNS_MESSAGE_OVERRUN
						    : n < l->question_end ? DNS_MESSAGE_OVERRUN
									  : DNS_MESSAGE_OK;

			cr_assert_eq(read_whole(l->wire, n, &m), expected, "%zu bytes", n);
			cr_assert_eq(m.id, n < DNS_HEADER_BYTES ? 0 : 0xabcd);
			cr_assert_eq(m.has_question, l->question_end && expected == DNS_MESSAGE_OK);
			cr_assert_eq(m.has_edns, l->opt_end && n >= l->opt_end, "%zu", n);
			if (!m.has_edns)
				assert_no_edns(&m);
		}
	}
}

Test(dns_message, short_of_a_header_is_all_zero_but_the_verdict)
{
	static const struct dns_message zero = {.verdict = DNS_MESSAGE_SHORT};
	struct dns_message message;

	cr_assert_eq(read_whole(WIRE("\1\2\3\4\5\6\7\x08\x09\x0a\x0b"), &message),
		     DNS_MESSAGE_SHORT);
	cr_assert_eq(memcmp(&message, &zero, sizeof(zero)), 0);
	cr_assert_eq(read_cut(WIRE("\1\2\3\4\5\6\7\x08\x09\x0a\x0b"), 500, &message),
		     DNS_MESSAGE_SHORT);
	cr_assert_eq(memcmp(&message, &zero, sizeof(zero)), 0);
}

Test(dns_message, malformed_question_keeps_the_header)
{
#define HEADER "\0\7\x81\x83\0\1\0\0\0\0\0\1"
	static const struct {
		const char *what;
		enum dns_verdict verdict;
		const uint8_t *wire;
		size_t length;
	} rows[] = {
		{"no byte of a question", DNS_MESSAGE_OVERRUN, WIRE(HEADER)},
		{"pointer to itself", DNS_MESSAGE_FORWARD, WIRE(HEADER "\xc0\x0c\0\1\0\1" OPT)},
		{"pointer forward", DNS_MESSAGE_FORWARD, WIRE(HEADER "\xc0\x12\0\1\0\1" OPT)},
		{"loop", DNS_MESSAGE_LOOP, WIRE(HEADER "\1a\xc0\x0c\0\1\0\1" OPT)},
		{"label 0x40", DNS_MESSAGE_LABEL, WIRE(HEADER "\x40\0\0\1\0\1" OPT)},
		{"label 0x80", DNS_MESSAGE_LABEL, WIRE(HEADER "\x80\0\0\1\0\1" OPT)},
		{"pointer into the header, to 0x81", DNS_MESSAGE_LABEL,
		 WIRE(HEADER "\xc0\x02\0\1\0\1" OPT)},
		{"three bytes behind the name", DNS_MESSAGE_OVERRUN, WIRE(HEADER "\0\0\1\0")},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct dns_message message;

		cr_assert_eq(read_whole(rows[i].wire, rows[i].length, &message), rows[i].verdict,
			     "%s", rows[i].what);
		cr_assert(message.id == 7 && message.rcode == 3 && message.arcount == 1);
		assert_no_question(&message);
		assert_no_edns(&message);
	}
}

/* Malformed is malformed, whatever else was not captured. */
Test(dns_message, malformed_question_of_a_cut_message_is_not_cut)
{
	struct dns_message message;

	cr_assert_eq(read_cut(WIRE(HEADER "\x40"), 100, &message), DNS_MESSAGE_LABEL);
	cr_assert_eq(read_cut(WIRE(HEADER "\5ab"), 17, &message), DNS_MESSAGE_OVERRUN);
	cr_assert_eq(read_cut(WIRE(HEADER "\0\0"), 16, &message), DNS_MESSAGE_OVERRUN);
	cr_assert_eq(read_cut(WIRE(HEADER "\0\0"), 17, &message), DNS_MESSAGE_CUT);
}

Test(dns_message, first_of_several_questions_is_kept)
{
	struct dns_message message;

	cr_assert_eq(read_whole(layouts[3].wire, layouts[3].length, &message), DNS_MESSAGE_OK);
	cr_assert_eq(message.qdcount, 2);
	cr_assert_eq(message.qtype, 28);
	cr_assert_eq(message.qname.length, 13);
	cr_assert(message.has_edns, "OPT is found behind the second question");
}

Test(dns_message, counts_that_lie_are_no_verdict)
{
	static const struct {
		const char *what;
		const uint8_t *wire;
		size_t length;
		bool has_edns;
	} rows[] = {
		{"65535 questions", WIRE("\0\7\1\0\xff\xff\0\0\0\0\0\1" QUESTION OPT), false},
		{"65535 of all", WIRE("\0\7\1\0\xff\xff\xff\xff\xff\xff\xff\xff" QUESTION), false},
		{"65535 answers, OPT first", WIRE("\0\7\1\0\0\1\xff\xff\0\0\0\0" QUESTION OPT),
		 true},
		{"no record announced", WIRE("\0\7\1\0\0\1\0\0\0\0\0\0" QUESTION OPT), false},
		{"one announced, two there", WIRE("\0\7\1\0\0\1\0\1\0\0\0\0" QUESTION RECORD OPT),
		 false},
		{"OPT as authority", WIRE("\0\7\1\0\0\1\0\1\0\1\0\0" QUESTION RECORD OPT), true},
		{"nonsense behind", WIRE("\0\7\1\0\0\1\0\0\0\0\0\1" QUESTION "\x40\x41"), false},
		{"trailing bytes", WIRE("\0\7\1\0\0\1\0\0\0\0\0\1" QUESTION OPT "\x40\x41"), true},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct dns_message message;

		cr_assert_eq(read_whole(rows[i].wire, rows[i].length, &message), DNS_MESSAGE_OK,
			     "%s", rows[i].what);
		cr_assert(message.has_question && message.qtype == 28);
		cr_assert_eq(message.has_edns, rows[i].has_edns, "%s", rows[i].what);
	}
}

/* @records A records, then OPT; ANCOUNT and ARCOUNT as said */
static size_t with_records(size_t records, uint16_t ancount, uint16_t arcount, uint8_t *wire)
{
	size_t n = 29;

	memcpy(wire, "\0\7\x81\x80\0\1\0\0\0\0\0\0" QUESTION, n);
	wire[6] = (uint8_t)(ancount >> 8);
	wire[7] = (uint8_t)ancount;
	wire[10] = (uint8_t)(arcount >> 8);
	wire[11] = (uint8_t)arcount;
	for (size_t i = 0; i < records; i++, n += 16)
		memcpy(wire + n, RECORD, 16);
	memcpy(wire + n, OPT, 11);
	return n + 11;
}

Test(dns_message, opt_is_searched_among_128_records)
{
	static uint8_t wire[29 + 200 * 16 + 11];
	struct dns_message message;

	for (size_t records = 0; records < 200; records++) {
		size_t n = with_records(records, (uint16_t)records, 1, wire);

		cr_assert_eq(read_whole(wire, n, &message), DNS_MESSAGE_OK);
		cr_assert_eq(message.has_edns, records < 128, "%zu records", records);
	}
	cr_assert_eq(read_whole(wire, with_records(100, 65535, 65535, wire), &message),
		     DNS_MESSAGE_OK);
	cr_assert(message.has_edns);
}

Test(dns_message, only_an_opt_that_is_owned_by_the_root_counts)
{
#define QUERY_2 "\0\7\1\0\0\0\0\0\0\0\0\2"
	static const struct {
		const char *what;
		const uint8_t *wire;
		size_t length;
		uint16_t edns_bytes; /* 0 = none */
	} rows[] = {
		{"the first of two", WIRE(QUERY_2 "\0\0\x29\1\0\0\0\0\0\0\0" OPT), 256},
		{"owner a", WIRE(QUERY_2 "\1a\0\0\x29\1\0\0\0\0\0\0\0" OPT), 1232},
		{"owner is a pointer", WIRE(QUERY_2 "\xc0\x00\0\x29\1\0\0\0\0\0\0\0" OPT), 1232},
		{"type 0x2900", WIRE(QUERY_2 "\0\x29\0\1\0\0\0\0\0\0\0" OPT), 1232},
		{"RDATA overruns", WIRE(QUERY_2 "\0\0\x29\1\0\0\0\0\0\0\x0c" OPT), 0},
		{"RDATA up to the end", WIRE(QUERY_2 "\0\0\x29\1\0\0\0\0\0\0\x0b" OPT), 256},
		{"a record that overruns", WIRE(QUERY_2 "\0\0\1\0\1\0\0\0\0\0\x0c" OPT), 0},
		{"a loop as owner", WIRE(QUERY_2 "\xc0\x0c\0\1\0\1\0\0\0\0\0\0" OPT), 0},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct dns_message message;

		cr_assert_eq(read_whole(rows[i].wire, rows[i].length, &message), DNS_MESSAGE_OK);
		cr_assert_eq(message.has_edns, rows[i].edns_bytes != 0, "%s", rows[i].what);
		cr_assert_eq(message.edns.udp_bytes, rows[i].edns_bytes, "%s", rows[i].what);
	}
}

/* OPT's RDATA may be cut: all that is kept of it stands before. */
Test(dns_message, opt_in_a_message_cut_inside_its_options_is_read)
{
	struct dns_message message;

	cr_assert_eq(read_cut(layouts[1].wire, 90, 93, &message), DNS_MESSAGE_CUT);
	cr_assert(message.has_edns);
	cr_assert_eq(message.edns.udp_bytes, 512);
}

Test(dns_message, verdicts_have_the_names_of_their_counters)
{
	cr_assert_str_eq(dns_verdict_name(DNS_MESSAGE_OK), "ok");
	cr_assert_str_eq(dns_verdict_name(DNS_MESSAGE_CUT), "cut");
	cr_assert_str_eq(dns_verdict_name(DNS_MESSAGE_SHORT), "short");
	cr_assert_str_eq(dns_verdict_name(DNS_MESSAGE_LOOP), "loop");
	cr_assert_str_eq(dns_verdict_name(DNS_MESSAGE_OVERRUN), "overrun");
}
