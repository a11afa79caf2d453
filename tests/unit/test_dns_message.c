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
	cr_assert(!message->has_edns);
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
		     DNS_MESSAGE_COUNTS);
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

/* Well-formed messages, and where in them one thing ends and the next begins. */
struct layout {
	const uint8_t *wire;
	size_t length;
	size_t question_end; /* of the first; 0 = no question */
	size_t opt_fixed;    /* offset behind OPT's RDLENGTH, 0 = no OPT */
	size_t opt_end;	     /* offset behind OPT's RDATA */
	size_t ends[6];	     /* of questions and records but the last one; 12 is always one */
};

static const struct layout layouts[] = {
	{WIRE("\xab\xcd\1\x20\0\1\0\0\0\0\0\1" QUESTION OPT), 29, 40, 40, {29}},
	{WIRE("\xab\xcd\x81\x80\0\1\0\2\0\0\0\2" QUESTION RECORD RECORD RECORD
	      "\0\0\x29\2\0\0\0\0\0\0\x0c\0\x0a\0\x08"
	      "clientck"),
	 29,
	 88,
	 100,
	 {29, 45, 61, 77}},
	{WIRE("\xab\xcd\1\0\0\1\0\0\0\0\0\0\0\0\x02\0\1"), 17, 0, 0, {0}},
	{WIRE("\xab\xcd\1\0\0\2\0\0\0\0\0\1" QUESTION "\3two\xc0\x0c\0\1\0\1" OPT),
	 29,
	 50,
	 50,
	 {29, 39}},
	{WIRE("\xab\xcd\x81\0\0\0\0\1\0\0\0\1\0\xff\0\0\1\0\0\0\0\0\0" OPT), 0, 34, 34, {23}},
	/* CNAME to a.example.com, whose A follows; owner by a pointer into the CNAME's data */
	{WIRE("\xab\xcd\x81\x80\0\1\0\2\0\0\0\0" QUESTION
	      "\xc0\x0c\0\5\0\1\0\0\0\x3c\0\4\1a\xc0\x0c"
	      "\xc0\x29\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2\1"),
	 29,
	 0,
	 0,
	 {29, 45}},
};

#define LAYOUTS (sizeof(layouts) / sizeof(layouts[0]))

/* The whole message was on the wire, the capture ends somewhere: cut, never malformed. */
Test(dns_message, captured_up_to_any_byte_is_cut_and_filled_so_far)
{
	for (const struct layout *l = layouts; l < layouts + LAYOUTS; l++) {
		for (size_t n = 0; n <= l->length; n++) {
			struct dns_message m;
			enum dns_verdict verdict = read_cut(l->wire, n, l->length, &m);

			if (n < DNS_HEADER_BYTES) {
				cr_assert_eq(verdict, DNS_MESSAGE_SHORT, "%zu bytes", n);
				continue;
			}
			cr_assert_eq(verdict, n < l->length ? DNS_MESSAGE_CUT : DNS_MESSAGE_OK,
				     "layout %zu, %zu bytes: %s", (size_t)(l - layouts), n,
				     dns_verdict_name(verdict));
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

/* Nothing behind the last byte, or some part of a question or record is missing. */
static enum dns_verdict of_an_end_at(const struct layout *l, size_t n)
{
	if (n < DNS_HEADER_BYTES)
		return DNS_MESSAGE_SHORT;
	if (n == l->length)
		return DNS_MESSAGE_OK;
	if (n == DNS_HEADER_BYTES)
		return DNS_MESSAGE_COUNTS;
	for (size_t i = 0; i < 6; i++)
		if (n == l->ends[i])
			return DNS_MESSAGE_COUNTS;
	return DNS_MESSAGE_OVERRUN;
}

Test(dns_message, that_ends_at_any_byte_says_what_is_missing)
{
	for (const struct layout *l = layouts; l < layouts + LAYOUTS; l++) {
		for (size_t n = 0; n <= l->length; n++) {
			struct dns_message m;
			enum dns_verdict verdict = read_whole(l->wire, n, &m);

			cr_assert_eq(verdict, of_an_end_at(l, n), "layout %zu, %zu bytes: %s",
				     (size_t)(l - layouts), n, dns_verdict_name(verdict));
			cr_assert_eq(m.id, n < DNS_HEADER_BYTES ? 0 : 0xabcd);
			cr_assert_eq(m.has_question, l->question_end && n >= l->question_end);
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

Test(dns_message, malformed_question_keeps_the_header_and_what_can_be_reached)
{
#define HEADER "\0\7\x81\x83\0\1\0\0\0\0\0\1"
	static const struct {
		const char *what;
		enum dns_verdict verdict;
		const uint8_t *wire;
		size_t length;
		bool has_edns; /* where the question ends is known */
	} rows[] = {
		{"no byte of a question", DNS_MESSAGE_COUNTS, WIRE(HEADER), false},
		{"pointer to itself", DNS_MESSAGE_FORWARD, WIRE(HEADER "\xc0\x0c\0\1\0\1" OPT),
		 true},
		{"pointer forward", DNS_MESSAGE_FORWARD, WIRE(HEADER "\xc0\x12\0\1\0\1" OPT), true},
		{"loop", DNS_MESSAGE_LOOP, WIRE(HEADER "\1a\xc0\x0c\0\1\0\1" OPT), true},
		{"label 0x40", DNS_MESSAGE_LABEL, WIRE(HEADER "\x40\0\0\1\0\1" OPT), false},
		{"label 0x80", DNS_MESSAGE_LABEL, WIRE(HEADER "\x80\0\0\1\0\1" OPT), false},
		{"pointer into the header, to 0x81", DNS_MESSAGE_LABEL,
		 WIRE(HEADER "\xc0\x02\0\1\0\1" OPT), true},
		{"three bytes behind the name", DNS_MESSAGE_OVERRUN, WIRE(HEADER "\0\0\1\0"),
		 false},
		{"the first defect counts", DNS_MESSAGE_LOOP, WIRE(HEADER "\1a\xc0\x0c\0\1\0"),
		 false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct dns_message message;

		cr_assert_eq(read_whole(rows[i].wire, rows[i].length, &message), rows[i].verdict,
			     "%s", rows[i].what);
		cr_assert(message.id == 7 && message.rcode == 3 && message.arcount == 1);
		assert_no_question(&message);
		cr_assert_eq(message.has_edns, rows[i].has_edns, "%s", rows[i].what);
		cr_assert_eq(message.records != 0, rows[i].has_edns, "%s", rows[i].what);
		if (!message.has_edns)
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

/* What was wrong, first of all; and is the OPT that the message has found all the same? */
struct row {
	const char *what;
	enum dns_verdict verdict;
	bool has_edns;
	const uint8_t *wire;
	size_t length;
};

/* a record of type A with that owner */
#define OWNED(owner) owner "\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2\1"
#define HEAD(an, ar) "\0\7\x81\x80\0\1\0" an "\0\0\0" ar
#define COOKIE                                                                                     \
	"\0\x0a\0\x08"                                                                             \
	"clientck"
/* OPT with options */
#define OPT_OF(length, options) "\0\0\x29\4\xd0\0\0\x80\0\0" length options
#define LABEL_63                                                                                   \
	"\x3f"                                                                                     \
	"123456789012345678901234567890123456789012345678901234567890123"

static const struct row rows_of_verdicts[] = {
	{"answer and OPT", DNS_MESSAGE_OK, true, WIRE(HEAD("\1", "\1") QUESTION RECORD OPT)},
	{"OPT as answer", DNS_MESSAGE_OK, true, WIRE(HEAD("\1", "\0") QUESTION OPT)},
	{"65535 questions", DNS_MESSAGE_LABEL, false,
	 WIRE("\0\7\1\0\xff\xff\0\0\0\0\0\1" QUESTION "\0\0\x29\4\xd0\x40")},
	{"65535 of all", DNS_MESSAGE_COUNTS, false,
	 WIRE("\0\7\1\0\xff\xff\xff\xff\xff\xff\xff\xff" QUESTION)},
	{"65535 answers, OPT first", DNS_MESSAGE_COUNTS, true,
	 WIRE("\0\7\1\0\0\1\xff\xff\0\0\0\0" QUESTION OPT)},
	{"no record announced", DNS_MESSAGE_TRAILING, false, WIRE(HEAD("\0", "\0") QUESTION OPT)},
	{"one announced, two there", DNS_MESSAGE_TRAILING, false,
	 WIRE(HEAD("\1", "\0") QUESTION RECORD OPT)},
	{"one zero byte behind", DNS_MESSAGE_TRAILING, true,
	 WIRE(HEAD("\0", "\1") QUESTION OPT "\0")},
	{"a byte behind the question of a query", DNS_MESSAGE_TRAILING, false,
	 WIRE("\0\7\1\0\0\1\0\0\0\0\0\0" QUESTION "\0")},
	{"second question missing", DNS_MESSAGE_COUNTS, false,
	 WIRE("\0\7\1\0\0\2\0\0\0\0\0\0" QUESTION)},
	{"second question overruns", DNS_MESSAGE_OVERRUN, false,
	 WIRE("\0\7\1\0\0\2\0\0\0\0\0\0" QUESTION "\xc0\x0c\0\1\0")},
	{"second question loops", DNS_MESSAGE_LOOP, true,
	 WIRE("\0\7\1\0\0\2\0\0\0\0\0\1" QUESTION "\1a\xc0\x1d\0\1\0\1" OPT)},
	{"one answer fewer", DNS_MESSAGE_COUNTS, false, WIRE(HEAD("\2", "\0") QUESTION RECORD)},
	{"OPT announced, not there", DNS_MESSAGE_COUNTS, false,
	 WIRE(HEAD("\1", "\1") QUESTION RECORD)},

	{"owner loops", DNS_MESSAGE_LOOP, true,
	 WIRE(HEAD("\1", "\1") QUESTION OWNED("\1a\xc0\x1d") OPT)},
	{"owner points to itself", DNS_MESSAGE_FORWARD, true,
	 WIRE(HEAD("\1", "\1") QUESTION OWNED("\xc0\x1d") OPT)},
	{"owner points forward", DNS_MESSAGE_FORWARD, true,
	 WIRE(HEAD("\1", "\1") QUESTION OWNED("\xc0\x2d") OPT)},
	{"owner points beyond the message", DNS_MESSAGE_FORWARD, true,
	 WIRE(HEAD("\1", "\1") QUESTION OWNED("\xff\xff") OPT)},
	{"owner points into the question to a label 0x58", DNS_MESSAGE_LABEL, true,
	 WIRE(HEAD("\1", "\1") QUESTION OWNED("\xc0\x0e") OPT)},
	{"owner of label type 0x40", DNS_MESSAGE_LABEL, false,
	 WIRE(HEAD("\1", "\1") QUESTION OWNED("\x40\1") OPT)},
	{"owner of 256 bytes", DNS_MESSAGE_LONG, false,
	 WIRE(HEAD("\1", "\1") QUESTION OWNED(
		 LABEL_63 LABEL_63 LABEL_63
		 "\x3e"
		 "12345678901234567890123456789012345678901234567890123456789012"
		 "\0") OPT)},
	{"owner of 256 bytes with what it points to", DNS_MESSAGE_LONG, true,
	 WIRE(HEAD("\1", "\1") QUESTION OWNED(LABEL_63 LABEL_63 LABEL_63
					      "\x32"
					      "12345678901234567890123456789012345678901234567890"
					      "\xc0\x0c") OPT)},
	{"owner of 255 bytes with what it points to", DNS_MESSAGE_OK, true,
	 WIRE(HEAD("\1", "\1") QUESTION OWNED(LABEL_63 LABEL_63 LABEL_63
					      "\x31"
					      "1234567890123456789012345678901234567890123456789"
					      "\xc0\x0c") OPT)},
	{"owner without end", DNS_MESSAGE_OVERRUN, false, WIRE(HEAD("\1", "\0") QUESTION "\3two")},
	{"pointer without its second byte", DNS_MESSAGE_OVERRUN, false,
	 WIRE(HEAD("\1", "\0") QUESTION "\xc0")},
	{"record of a type only", DNS_MESSAGE_OVERRUN, false,
	 WIRE(HEAD("\1", "\0") QUESTION "\0\0\1")},
	{"RDLENGTH one too many", DNS_MESSAGE_OVERRUN, false,
	 WIRE(HEAD("\0", "\1") QUESTION "\0\xff\0\0\1\0\0\0\0\0\3\1\2")},
	{"RDLENGTH of 65535", DNS_MESSAGE_OVERRUN, true,
	 WIRE("\0\7\x81\x80\0\1\0\0\0\0\0\2" QUESTION OPT "\0\xff\0\0\1\0\0\0\0\xff\xff\1\2")},
	{"OPT's RDATA overruns", DNS_MESSAGE_OVERRUN, false,
	 WIRE(HEAD("\0", "\1") QUESTION OPT_OF("\x0d", COOKIE))},

	{"A of three bytes", DNS_MESSAGE_RDATA, true,
	 WIRE(HEAD("\1", "\1") QUESTION "\xc0\x0c\0\1\0\1\0\0\0\x3c\0\3\xc0\0\2" OPT)},
	{"AAAA of four bytes", DNS_MESSAGE_RDATA, true,
	 WIRE(HEAD("\1", "\1") QUESTION "\xc0\x0c\0\x1c\0\1\0\0\0\x3c\0\4\xc0\0\2\1" OPT)},
	{"CNAME with a byte behind", DNS_MESSAGE_RDATA, true,
	 WIRE(HEAD("\1", "\1") QUESTION "\xc0\x0c\0\5\0\1\0\0\0\x3c\0\5\1a\xc0\x0c\0" OPT)},
	{"CNAME that loops", DNS_MESSAGE_LOOP, true,
	 WIRE(HEAD("\1", "\1") QUESTION "\xc0\x0c\0\5\0\1\0\0\0\x3c\0\4\1a\xc0\x29" OPT)},
	{"CNAME that points to itself", DNS_MESSAGE_FORWARD, true,
	 WIRE(HEAD("\1", "\1") QUESTION "\xc0\x0c\0\5\0\1\0\0\0\x3c\0\2\xc0\x29" OPT)},
	{"CNAME with a label 0x80", DNS_MESSAGE_LABEL, true,
	 WIRE(HEAD("\1", "\1") QUESTION "\xc0\x0c\0\5\0\1\0\0\0\x3c\0\2\x80\0" OPT)},
	{"UPDATE deletes any A: empty RDATA of class ANY", DNS_MESSAGE_OK, false,
	 WIRE("\0\7\x28\0\0\1\0\0\0\1\0\0" QUESTION "\xc0\x0c\0\1\0\xff\0\0\0\0\0\0")},

	{"two OPT", DNS_MESSAGE_EDNS, true, WIRE("\0\7\1\0\0\1\0\0\0\0\0\2" QUESTION OPT OPT)},
	{"OPT of the owner a", DNS_MESSAGE_EDNS, false, WIRE(HEAD("\0", "\1") QUESTION "\1a" OPT)},
	{"OPT of an owner by a pointer to a root", DNS_MESSAGE_EDNS, false,
	 WIRE(HEAD("\0", "\1") QUESTION "\xc0\x18\0\x29\4\xd0\0\0\0\0\0\0")},
	{"option of a code only", DNS_MESSAGE_EDNS, true,
	 WIRE(HEAD("\0", "\1") QUESTION OPT_OF("\2", "\0\x0a"))},
	{"option that overruns OPT", DNS_MESSAGE_EDNS, true,
	 WIRE(HEAD("\0", "\1") QUESTION OPT_OF("\5", "\0\3\0\2x"))},
	{"cookie of 7 bytes", DNS_MESSAGE_EDNS, true,
	 WIRE(HEAD("\0", "\1") QUESTION OPT_OF("\x0b", "\0\x0a\0\7"
						       "clientc"))},

	{"RDATA before EDNS", DNS_MESSAGE_RDATA, true,
	 WIRE(HEAD("\1", "\1") QUESTION "\xc0\x0c\0\1\0\1\0\0\0\x3c\0\0" OPT_OF("\1", "\0"))},
	{"EDNS before RDATA", DNS_MESSAGE_EDNS, true,
	 WIRE(HEAD("\1", "\1") QUESTION OPT_OF("\1", "\0") "\xc0\x0c\0\1\0\1\0\0\0\x3c\0\0")},
	{"owner before RDATA of the same record", DNS_MESSAGE_FORWARD, true,
	 WIRE(HEAD("\1", "\1") QUESTION "\xc0\x1d\0\1\0\1\0\0\0\x3c\0\0" OPT)},
	{"owner before overrun of the same record", DNS_MESSAGE_FORWARD, false,
	 WIRE(HEAD("\1", "\1") QUESTION "\xc0\x1d\0\1\0\1\0\0\0\x3c\0\x63")},
	{"RDATA before trailing bytes", DNS_MESSAGE_RDATA, false,
	 WIRE(HEAD("\1", "\0") QUESTION "\xc0\x0c\0\1\0\1\0\0\0\x3c\0\1x"
					"\0")},

	{"DSO with a keep-alive TLV", DNS_MESSAGE_OK, false,
	 WIRE("\0\7\x30\0\0\0\0\0\0\0\0\0\0\1\0\x08\0\0\x3a\x98\0\0\x3a\x98")},
	{"STATUS with the same bytes", DNS_MESSAGE_TRAILING, false,
	 WIRE("\0\7\x10\0\0\0\0\0\0\0\0\0\0\1\0\x08\0\0\x3a\x98\0\0\x3a\x98")},
};

#define EACH_VERDICT(row)                                                                          \
	(const struct row *row = rows_of_verdicts;                                                 \
	 row < rows_of_verdicts + sizeof(rows_of_verdicts) / sizeof(rows_of_verdicts[0]); row++)

Test(dns_message, first_defect_is_the_verdict_and_what_follows_is_not_lost)
{
	struct dns_message message;

	for
		EACH_VERDICT(row)
		{
			enum dns_verdict verdict = read_whole(row->wire, row->length, &message);

			cr_assert_eq(verdict, row->verdict, "%s: %s", row->what,
				     dns_verdict_name(verdict));
			cr_assert_eq(message.verdict, verdict);
			cr_assert_eq(message.has_edns, row->has_edns, "%s", row->what);
			if (message.has_edns)
				cr_assert_eq(message.edns.udp_bytes, 1232, "%s", row->what);
			else
				assert_no_edns(&message);
		}
}

/* Cut at any byte a message is what it is as a whole, or nothing is known of what is wrong. */
Test(dns_message, malformed_is_found_before_the_cut_or_not_at_all)
{
	struct dns_message message;

	for
		EACH_VERDICT(row)
		{
			bool found = false;

			for (size_t n = DNS_HEADER_BYTES; n < row->length; n++) {
				enum dns_verdict verdict =
					read_cut(row->wire, n, row->length, &message);

				if (verdict != DNS_MESSAGE_CUT)
					cr_assert_eq(verdict, row->verdict, "%s, %zu bytes: %s",
						     row->what, n, dns_verdict_name(verdict));
				cr_assert(!found || verdict != DNS_MESSAGE_CUT, "%s", row->what);
				found = verdict != DNS_MESSAGE_CUT;
			}
		}
}

Test(dns_message, data_of_records_is_not_looked_at_unless_asked_for)
{
	static const uint8_t wire[] =
		HEAD("\1", "\1") QUESTION "\xc0\x0c\0\1\0\1\0\0\0\x3c\0\3\xc0\0\2" OPT;
	struct dns_bytes bytes = {wire, sizeof(wire) - 1, sizeof(wire) - 1};
	struct dns_message message;

	cr_assert_eq(dns_message_read(&bytes, DNS_DEPTH_RDATA, &message), DNS_MESSAGE_RDATA);
	cr_assert_eq(dns_message_read(&bytes, DNS_DEPTH_RECORDS, &message), DNS_MESSAGE_OK);
	cr_assert(message.has_edns);
}

Test(dns_message, records_begin_behind_all_questions)
{
	struct dns_message message;

	for (const struct layout *l = layouts; l < layouts + LAYOUTS; l++) {
		size_t first = DNS_HEADER_BYTES;

		read_whole(l->wire, l->length, &message);
		for (size_t i = 0; i < message.qdcount; i++)
			first = l->ends[i] ? l->ends[i] : l->length;
		cr_assert_eq(message.records, first, "layout %zu", (size_t)(l - layouts));
	}
}

/* 129 questions of 5 bytes are stepped over, the first and 128 further; behind more nobody looks.
 */
Test(dns_message, no_more_than_128_further_questions_are_stepped_over)
{
	uint8_t wire[DNS_HEADER_BYTES + 5 * 131] = {0, 7, 1};
	struct dns_message message;

	for (size_t i = 0; i < 131; i++)
		memcpy(wire + DNS_HEADER_BYTES + 5 * i, "\0\0\1\0\1", 5);
	for (uint8_t n = 127; n <= 131; n++) {
		size_t length = DNS_HEADER_BYTES + 5U * n;

		wire[5] = n;
		cr_assert_eq(read_whole(wire, length, &message), DNS_MESSAGE_OK, "%u", n);
		cr_assert_eq(message.records, n <= 128 ? length : 0, "%u", n);
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
		     DNS_MESSAGE_COUNTS);
	cr_assert(message.has_edns);
}

/* RFC 6891 section 6.1.2: "MUST be 0 (root domain)"; of two, the first that is one. */
Test(dns_message, only_an_opt_that_is_owned_by_the_root_counts)
{
#define QUERY_2 "\0\7\1\0\0\0\0\0\0\0\0\2"
	static const struct {
		const char *what;
		const uint8_t *wire;
		size_t length;
		enum dns_verdict verdict;
		uint16_t edns_bytes; /* 0 = none */
	} rows[] = {
		{"the first of two", WIRE(QUERY_2 "\0\0\x29\1\0\0\0\0\0\0\0" OPT), DNS_MESSAGE_EDNS,
		 256},
		{"owner a", WIRE(QUERY_2 "\1a\0\0\x29\1\0\0\0\0\0\0\0" OPT), DNS_MESSAGE_EDNS,
		 1232},
		{"owner is a pointer", WIRE(QUERY_2 "\xc0\x00\0\x29\1\0\0\0\0\0\0\0" OPT),
		 DNS_MESSAGE_EDNS, 1232},
		{"type 0x2900", WIRE(QUERY_2 "\0\x29\0\1\0\0\0\0\0\0\0" OPT), DNS_MESSAGE_OK, 1232},
		{"RDATA overruns", WIRE(QUERY_2 "\0\0\x29\1\0\0\0\0\0\0\x0c" OPT),
		 DNS_MESSAGE_OVERRUN, 0},
		{"a record that overruns", WIRE(QUERY_2 "\0\0\1\0\1\0\0\0\0\0\x0c" OPT),
		 DNS_MESSAGE_OVERRUN, 0},
		{"a loop as owner", WIRE(QUERY_2 "\xc0\x0c\0\xff\0\1\0\0\0\0\0\0" OPT),
		 DNS_MESSAGE_FORWARD, 1232},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct dns_message message;

		cr_assert_eq(read_whole(rows[i].wire, rows[i].length, &message), rows[i].verdict,
			     "%s", rows[i].what);
		cr_assert_eq(message.has_edns, rows[i].edns_bytes != 0, "%s", rows[i].what);
		if (message.has_edns)
			cr_assert_eq(message.edns.udp_bytes, rows[i].edns_bytes, "%s",
				     rows[i].what);
	}
}

/* Of an OPT that is cut its whole options are read, and no defect is made up. */
Test(dns_message, opt_in_a_message_cut_inside_its_options_is_read)
{
	/* NSID, cookie, padding: at 40, 46 and 58 */
	static const uint8_t wire[] =
		HEAD("\0", "\1") QUESTION OPT_OF("\x1a", "\0\3\0\2ns" COOKIE "\0\x0c\0\4\0\0\0\0");
	static const size_t length = sizeof(wire) - 1;

	for (size_t n = 40; n < length; n++) {
		struct dns_message message;

		cr_assert_eq(read_cut(wire, n, length, &message), DNS_MESSAGE_CUT, "%zu", n);
		cr_assert(message.has_edns);
		cr_assert_eq(message.edns.udp_bytes, 1232);
		cr_assert_eq(message.edns.nsid_length, n >= 46 ? 2 : 0, "%zu", n);
		cr_assert_eq(message.edns.cookie_length, n >= 58 ? 8 : 0, "%zu", n);
		cr_assert(!message.edns.has_padding);
	}
}

Test(dns_message, verdicts_have_the_names_of_their_counters)
{
	static const char *const names[] = {"ok",    "cut",  "loop",	 "forward",
					    "label", "long", "overrun",	 "counts",
					    "rdata", "edns", "trailing", "short"};

	cr_assert_eq(sizeof(names) / sizeof(names[0]), DNS_MESSAGE_VERDICTS);
	for (enum dns_verdict i = 0; i < DNS_MESSAGE_VERDICTS; i++)
		cr_assert_str_eq(dns_verdict_name(i), names[i]);
	cr_assert_str_eq(dns_verdict_name(DNS_MESSAGE_VERDICTS), "unknown");
}
