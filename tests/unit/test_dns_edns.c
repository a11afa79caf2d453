// SPDX-License-Identifier: GPL-2.0-or-later
/* EDNS options: each as its RFC draws it, too short, too long, twice, and cut at each byte. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "dns/edns.h"

/* A literal without its NUL. */
#define WIRE(literal) (const uint8_t *)(literal), sizeof(literal) - 1

#define LABEL_63                                                                                   \
	"\x3f"                                                                                     \
	"123456789012345678901234567890123456789012345678901234567890123"

/* The options lie at the end of a heap block, which is kept until the next call. */
static bool read_options(const uint8_t *options, size_t length, struct dns_edns *ret)
{
	static uint8_t *copy;

	free(copy);
	copy = malloc(length ? length : 1);
	memcpy(copy, options, length);
	memset(ret, 0, sizeof(*ret));
	ret->udp_bytes = 1232;
	ret->version = 1;
	ret->dnssec_ok = true;
	return dns_edns_read(copy, length, ret);
}

static void assert_nothing_read(const struct dns_edns *edns, const char *what)
{
	struct dns_edns nothing;

	memset(&nothing, 0, sizeof(nothing));
	nothing.udp_bytes = 1232;
	nothing.version = 1;
	nothing.dnssec_ok = true;
	cr_assert_eq(memcmp(edns, &nothing, sizeof(nothing)), 0, "%s", what);
}

Test(dns_edns, every_option_is_read_beside_the_others)
{
	static const char wire[] = "\0\x08\0\7\0\1\x18\x10\xc0\0\2" /* ECS 192.0.2.0/24/16 */
				   "\0\x0a\0\x10"
				   "clientckserverck" /* cookie */
				   "\0\3\0\4"
				   "ns\0\xff" /* NSID */
				   "\0\x0f\0\x08\0\6"
				   "bogus\0"			/* EDE 6, with a NUL at its end */
				   "\0\x0b\0\2\1\x2c"		/* keep-alive 30 s */
				   "\0\x09\0\4\0\1\x51\x80"	/* expire 86400 s */
				   "\0\x12\0\x0b\2er\6report\0" /* report channel */
				   "\xff\xfe\0\3xyz"		/* local use */
				   "\0\x0c\0\5\0\0\0\0\0";	/* padding */
	struct dns_edns edns;

	cr_assert(read_options(WIRE(wire), &edns));
	cr_assert(edns.udp_bytes == 1232 && edns.version == 1 && edns.dnssec_ok, "left alone");
	cr_assert(edns.has_ecs && edns.ecs_source == 24 && edns.ecs_scope == 16);
	cr_assert_eq(memcmp(edns.ecs_address, "\0\0\0\0\0\0\0\0\0\0\xff\xff\xc0\0\2\0", 16), 0);
	cr_assert_eq(edns.cookie_length, 16);
	cr_assert_eq(memcmp(edns.cookie, "clientckserverck", 16), 0);
	cr_assert_eq(edns.nsid_length, 4);
	cr_assert_eq(memcmp(edns.nsid, "ns\0\xff", 4), 0);
	cr_assert(edns.ede_count == 1 && edns.ede[0].code == 6 && edns.ede[0].text_length == 5);
	cr_assert_eq(memcmp(edns.ede[0].text, "bogus", 5), 0);
	cr_assert(edns.has_keepalive && edns.keepalive_100ms == 300);
	cr_assert(edns.has_expire && edns.expire_s == 86400);
	cr_assert_eq(edns.report_length, 11);
	cr_assert_eq(memcmp(edns.report, "\2er\6report\0", 11), 0);
	cr_assert(edns.has_padding && edns.padding_bytes == 5);
}

/* RFC 7871 section 6; 7.1.2 for a client that hides its address. */
Test(dns_edns, client_subnet_is_as_long_as_its_prefix)
{
	static const struct {
		const char *what;
		const uint8_t *wire;
		size_t length;
		uint8_t source, scope;
		uint8_t address[16];
	} rows[] = {
#define MAPPED 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff
		{"/32", WIRE("\0\x08\0\x08\0\1\x20\x20\xc0\0\2\1"), 32, 32, {MAPPED, 192, 0, 2, 1}},
		{"/0", WIRE("\0\x08\0\4\0\1\0\0"), 0, 0, {MAPPED}},
		{"/17", WIRE("\0\x08\0\7\0\1\x11\0\x0a\1\x80"), 17, 0, {MAPPED, 10, 1, 128}},
		{"/1", WIRE("\0\x08\0\5\0\1\1\0\x80"), 1, 0, {MAPPED, 128}},
		{"IPv6 /56",
		 WIRE("\0\x08\0\x0b\0\2\x38\x30\x20\1\x0d\xb8\0\1\xff"),
		 56,
		 48,
		 {0x20, 1, 0x0d, 0xb8, 0, 1, 0xff}},
		{"IPv6 /128",
		 WIRE("\0\x08\0\x14\0\2\x80\0\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1"),
		 128,
		 0,
		 {0x20, 1, 0x0d, 0xb8, [15] = 1}},
		{"IPv6 /0", WIRE("\0\x08\0\4\0\2\0\0"), 0, 0, {0}},
		{"no family", WIRE("\0\x08\0\4\0\0\0\0"), 0, 0, {MAPPED}},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct dns_edns edns;

		cr_assert(read_options(rows[i].wire, rows[i].length, &edns), "%s", rows[i].what);
		cr_assert(edns.has_ecs, "%s", rows[i].what);
		cr_assert_eq(edns.ecs_source, rows[i].source, "%s", rows[i].what);
		cr_assert_eq(edns.ecs_scope, rows[i].scope, "%s", rows[i].what);
		cr_assert_eq(memcmp(edns.ecs_address, rows[i].address, 16), 0, "%s", rows[i].what);
	}
}

Test(dns_edns, option_of_a_wrong_length_is_malformed_and_the_next_is_read)
{
	static const struct {
		const char *what;
		const uint8_t *wire;
		size_t length;
	} rows[] = {
		{"ECS, no byte", WIRE("\0\x08\0\0")},
		{"ECS, three bytes", WIRE("\0\x08\0\3\0\1\0")},
		{"ECS /24, two octets", WIRE("\0\x08\0\6\0\1\x18\0\xc0\0")},
		{"ECS /24, four octets", WIRE("\0\x08\0\x08\0\1\x18\0\xc0\0\2\0")},
		{"ECS /23, bit 24 is set", WIRE("\0\x08\0\7\0\1\x17\0\xc0\0\3")},
		{"ECS /1, bit 8 is set", WIRE("\0\x08\0\5\0\1\1\0\x81")},
		{"ECS /33 of IPv4", WIRE("\0\x08\0\x09\0\1\x21\0\xc0\0\2\1\0")},
		{"ECS /32/33 of IPv4", WIRE("\0\x08\0\x08\0\1\x20\x21\xc0\0\2\1")},
		{"ECS /129 of IPv6",
		 WIRE("\0\x08\0\x15\0\2\x81\0\1\2\3\4\5\6\7\x08\1\2\3\4\5\6\7\x08\0")},
		{"ECS /0/129 of IPv6", WIRE("\0\x08\0\4\0\2\0\x81")},
		{"ECS /8 of no family", WIRE("\0\x08\0\5\0\0\x08\0\x0a")},
		{"ECS /8 of family 3, no octet", WIRE("\0\x08\0\4\0\3\x08\0")},
		{"cookie, no byte", WIRE("\0\x0a\0\0")},
		{"cookie, 7 bytes", WIRE("\0\x0a\0\7"
					 "clientc")},
		{"cookie, 9 bytes", WIRE("\0\x0a\0\x09"
					 "clientckx")},
		{"cookie, 15 bytes", WIRE("\0\x0a\0\x0f"
					  "clientckserverc")},
		{"cookie, 41 bytes", WIRE("\0\x0a\0\x29"
					  "clientck1234567890123456789012345678901ab")},
		{"EDE, no byte", WIRE("\0\x0f\0\0")},
		{"EDE, one byte", WIRE("\0\x0f\0\1\0")},
		{"keep-alive, one byte", WIRE("\0\x0b\0\1\0")},
		{"keep-alive, three bytes", WIRE("\0\x0b\0\3\0\0\0")},
		{"expire, three bytes", WIRE("\0\x09\0\3\0\0\0")},
		{"expire, five bytes", WIRE("\0\x09\0\5\0\0\0\0\0")},
		{"report channel, no byte", WIRE("\0\x12\0\0")},
		{"report channel, no root", WIRE("\0\x12\0\3\2er")},
		{"report channel, a byte behind", WIRE("\0\x12\0\5\2er\0\0")},
		{"report channel, label beyond", WIRE("\0\x12\0\3\3er")},
		{"report channel, compressed", WIRE("\0\x12\0\5\2er\xc0\x0c")},
		{"report channel, label 0x40", WIRE("\0\x12\0\2\x40\0")},
		{"report channel, 256 bytes",
		 WIRE("\0\x12\1\0" LABEL_63 LABEL_63 LABEL_63 "\x3e"
		      "12345678901234567890123456789012345678901234567890123456789012"
		      "\0")},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t wire[320];
		struct dns_edns edns;

		cr_assert_not(read_options(rows[i].wire, rows[i].length, &edns), "%s",
			      rows[i].what);
		assert_nothing_read(&edns, rows[i].what);
		memcpy(wire, rows[i].wire, rows[i].length);
		memcpy(wire + rows[i].length, "\0\x0c\0\1", 5);
		cr_assert_not(read_options(wire, rows[i].length + 5, &edns), "%s", rows[i].what);
		cr_assert(edns.has_padding && edns.padding_bytes == 1, "%s", rows[i].what);
	}
}

/* What a query asks for without saying anything, and the bounds of what varies. */
Test(dns_edns, lengths_that_are_allowed)
{
	struct dns_edns edns;

	cr_assert(read_options(WIRE("\0\3\0\0\0\x0b\0\0\0\x09\0\0\0\x0c\0\0"), &edns));
	cr_assert(edns.nsid && edns.nsid_length == 0);
	cr_assert(edns.has_keepalive && edns.keepalive_100ms == 0);
	cr_assert(edns.has_expire && edns.expire_s == 0);
	cr_assert(edns.has_padding && edns.padding_bytes == 0);
	cr_assert(read_options(WIRE("\0\x0a\0\x08"
				    "clientck"),
			       &edns));
	cr_assert_eq(edns.cookie_length, 8);
	cr_assert(read_options(WIRE("\0\x0a\0\x28"
				    "clientck12345678901234567890123456789012"),
			       &edns));
	cr_assert_eq(edns.cookie_length, 40);
	cr_assert(read_options(WIRE("\0\x12\0\1\0"), &edns));
	cr_assert_eq(edns.report_length, 1);
	cr_assert(read_options(WIRE("\0\x12\0\xff" LABEL_63 LABEL_63 LABEL_63 "\x3d"
				    "1234567890123456789012345678901234567890123456789012345678901"
				    "\0"),
			       &edns));
	cr_assert_eq(edns.report_length, 255);
	cr_assert(read_options((const uint8_t *)"", 0, &edns));
	assert_nothing_read(&edns, "no option");
}

Test(dns_edns, client_subnet_of_an_unknown_family_is_stepped_over)
{
	struct dns_edns edns;

	cr_assert(read_options(WIRE("\0\x08\0\6\0\3\x10\xff\1\2"), &edns));
	assert_nothing_read(&edns, "family 3");
}

Test(dns_edns, of_an_option_that_comes_twice_the_first_counts)
{
	static const char wire[] = "\0\x08\0\5\0\1\x08\0\x0a"
				   "\0\x08\0\5\0\1\x08\0\x0b"
				   "\0\x0a\0\x08"
				   "clientck"
				   "\0\x0a\0\x10"
				   "CLIENTCKserverck"
				   "\0\3\0\0"
				   "\0\3\0\2ns"
				   "\0\x0b\0\2\0\1"
				   "\0\x0b\0\2\0\2"
				   "\0\x09\0\0"
				   "\0\x09\0\4\0\0\0\2"
				   "\0\x12\0\3\1a\0"
				   "\0\x12\0\4\2bb\0"
				   "\0\x0c\0\0"
				   "\0\x0c\0\1\0";
	struct dns_edns edns;

	cr_assert(read_options(WIRE(wire), &edns));
	cr_assert_eq(edns.ecs_address[12], 10);
	cr_assert(edns.cookie_length == 8 && memcmp(edns.cookie, "clientck", 8) == 0);
	cr_assert(edns.nsid && edns.nsid_length == 0);
	cr_assert_eq(edns.keepalive_100ms, 1);
	cr_assert_eq(edns.expire_s, 0);
	cr_assert(edns.report_length == 3 && memcmp(edns.report, "\1a\0", 3) == 0);
	cr_assert_eq(edns.padding_bytes, 0);
}

/* The text is what the server sent, whatever that is; only a NUL at the very end is taken away. */
Test(dns_edns, four_errors_are_kept_with_any_text)
{
	static const char wire[] = "\0\x0f\0\2\0\x16"		 /* no text */
				   "\0\x0f\0\7\0\1\xff\xc3(\"\\" /* no UTF-8, quote, backslash */
				   "\0\x0f\0\5\xff\xff"
				   "a\0\0"		/* two NUL */
				   "\0\x0f\0\3\0\x12\0" /* a NUL alone */
				   "\0\x0f\0\3\0\x0fx"	/* a fifth */
				   "\0\x0f\0\1\0";	/* a sixth, malformed */
	struct dns_edns edns;

	cr_assert(read_options((const uint8_t *)wire, sizeof(wire) - 1 - 5, &edns));
	cr_assert_eq(edns.ede_count, 4);
	cr_assert(edns.ede[0].code == 22 && edns.ede[0].text_length == 0);
	cr_assert(edns.ede[1].code == 1 && edns.ede[1].text_length == 5);
	cr_assert_eq(memcmp(edns.ede[1].text, "\xff\xc3(\"\\", 5), 0);
	cr_assert(edns.ede[2].code == 65535 && edns.ede[2].text_length == 2);
	cr_assert_eq(memcmp(edns.ede[2].text, "a\0", 2), 0);
	cr_assert(edns.ede[3].code == 18 && edns.ede[3].text_length == 0);
	cr_assert_not(read_options(WIRE(wire), &edns), "the sixth is looked at all the same");
}

/* Whole options are read; of the one that is cut nothing. */
Test(dns_edns, options_that_end_at_any_byte_are_malformed_but_between_two)
{
	static const char wire[] = "\0\3\0\2ns"
				   "\0\x0a\0\x08"
				   "clientck"
				   "\0\x0b\0\2\0\1";
	struct dns_edns edns;

	for (size_t n = 0; n < sizeof(wire); n++) {
		bool whole = n == 0 || n == 6 || n == 18 || n == 24;

		cr_assert_eq(read_options((const uint8_t *)wire, n, &edns), whole, "%zu", n);
		cr_assert_eq(edns.nsid_length, n >= 6 ? 2 : 0, "%zu", n);
		cr_assert_eq(edns.cookie_length, n >= 18 ? 8 : 0, "%zu", n);
		cr_assert_eq(edns.has_keepalive, n >= 24, "%zu", n);
	}
}

/* IANA, "Extended DNS Error Codes": 0..24 are of RFC 8914 section 4, the others came later. */
Test(dns_edns, errors_are_named_as_iana_names_them)
{
	static const struct {
		uint16_t code;
		const char *name;
	} rows[] = {
		{0, "Other Error"},
		{1, "Unsupported DNSKEY Algorithm"},
		{3, "Stale Answer"},
		{6, "DNSSEC Bogus"},
		{7, "Signature Expired"},
		{9, "DNSKEY Missing"},
		{10, "RRSIGs Missing"},
		{11, "No Zone Key Bit Set"},
		{15, "Blocked"},
		{18, "Prohibited"},
		{19, "Stale NXDomain Answer"},
		{20, "Not Authoritative"},
		{22, "No Reachable Authority"},
		{23, "Network Error"},
		{24, "Invalid Data"},
		{25, "Signature Expired before Valid"},
		{26, "Too Early"},
		{27, "Unsupported NSEC3 Iterations Value"},
		{28, "Unable to conform to policy"},
		{29, "Synthesized"},
		{30, "Invalid Query Type"},
		{35, "Blocked by Upstream DNS Server"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		cr_assert_str_eq(dns_ede_name(rows[i].code), rows[i].name);
	for (unsigned code = 0; code <= UINT16_MAX; code++)
		cr_assert_eq(dns_ede_name((uint16_t)code) != NULL, code <= 35, "%u", code);
}
