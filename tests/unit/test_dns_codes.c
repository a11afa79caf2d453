// SPDX-License-Identifier: GPL-2.0-or-later
/* Codes: rows of IANA's registry, and what it leaves unassigned. */
#include <criterion/criterion.h>
#include <string.h>

#include "dns/codes.h"

struct row {
	uint16_t code;
	const char *text;
};

#define EACH(row, rows)                                                                            \
	(const struct row *row = rows; row < rows + sizeof(rows) / sizeof(rows[0]); row++)

Test(dns_codes, types_are_named_as_iana_names_them)
{
	static const struct row rows[] = {
		{1, "A"},	    {2, "NS"},	      {5, "CNAME"},    {6, "SOA"},
		{10, "NULL"},	    {12, "PTR"},      {15, "MX"},      {16, "TXT"},
		{23, "NSAP-PTR"},   {28, "AAAA"},     {33, "SRV"},     {34, "ATMA"},
		{35, "NAPTR"},	    {38, "A6"},	      {39, "DNAME"},   {40, "SINK"},
		{41, "OPT"},	    {43, "DS"},	      {46, "RRSIG"},   {47, "NSEC"},
		{48, "DNSKEY"},	    {50, "NSEC3"},    {52, "TLSA"},    {53, "SMIMEA"},
		{51, "NSEC3PARAM"}, {55, "HIP"},      {59, "CDS"},     {60, "CDNSKEY"},
		{61, "OPENPGPKEY"}, {62, "CSYNC"},    {63, "ZONEMD"},  {64, "SVCB"},
		{65, "HTTPS"},	    {66, "DSYNC"},    {67, "HHIT"},    {68, "BRID"},
		{69, "UNECE"},	    {70, "ISO"},      {99, "SPF"},     {103, "UNSPEC"},
		{104, "NID"},	    {107, "LP"},      {108, "EUI48"},  {109, "EUI64"},
		{128, "NXNAME"},    {249, "TKEY"},    {250, "TSIG"},   {251, "IXFR"},
		{252, "AXFR"},	    {253, "MAILB"},   {254, "MAILA"},  {255, "ANY"},
		{256, "URI"},	    {257, "CAA"},     {258, "AVC"},    {259, "DOA"},
		{260, "AMTRELAY"},  {261, "RESINFO"}, {262, "WALLET"}, {263, "CLA"},
		{264, "IPN"},	    {32768, "TA"},    {32769, "DLV"},
	};
	char buf[DNS_CODE_TEXT_MAX];

	for
		EACH(row, rows)
	cr_assert_str_eq(dns_type_text(row->code, buf), row->text);
}

/* RFC 3597 section 5 */
Test(dns_codes, unknown_types_are_numbered)
{
	static const struct row rows[] = {
		{0, "TYPE0"},	      {54, "TYPE54"},	    {71, "TYPE71"},
		{98, "TYPE98"},	      {110, "TYPE110"},	    {127, "TYPE127"},
		{129, "TYPE129"},     {248, "TYPE248"},	    {265, "TYPE265"},
		{32767, "TYPE32767"}, {32770, "TYPE32770"}, {65280, "TYPE65280"},
		{65535, "TYPE65535"},
	};
	char buf[DNS_CODE_TEXT_MAX];

	for
		EACH(row, rows)
		{
			cr_assert_eq(dns_type_text(row->code, buf), buf);
			cr_assert_str_eq(buf, row->text);
		}
}

Test(dns_codes, classes_rcodes_and_opcodes_are_named_or_numbered)
{
	static const struct row classes[] = {
		{1, "IN"},
		{3, "CH"},
		{4, "HS"},
		{254, "NONE"},
		{255, "ANY"},
		{0, "CLASS0"},
		{2, "CLASS2"},
		{5, "CLASS5"},
		{256, "CLASS256"},
		{32769, "CLASS32769"},
		{65280, "CLASS65280"},
	};
	static const struct row rcodes[] = {
		{0, "NOERROR"},	     {1, "FORMERR"},	{2, "SERVFAIL"}, {3, "NXDOMAIN"},
		{4, "NOTIMP"},	     {5, "REFUSED"},	{6, "YXDOMAIN"}, {7, "YXRRSET"},
		{8, "NXRRSET"},	     {9, "NOTAUTH"},	{10, "NOTZONE"}, {11, "DSOTYPENI"},
		{12, "RCODE12"},     {15, "RCODE15"},	{16, "BADVERS"}, {17, "BADKEY"},
		{18, "BADTIME"},     {19, "BADMODE"},	{20, "BADNAME"}, {21, "BADALG"},
		{22, "BADTRUNC"},    {23, "BADCOOKIE"}, {24, "RCODE24"}, {3841, "RCODE3841"},
		{4095, "RCODE4095"},
	};
	static const struct row opcodes[] = {
		{0, "QUERY"},  {1, "IQUERY"}, {2, "STATUS"},  {3, "OPCODE3"},	{4, "NOTIFY"},
		{5, "UPDATE"}, {6, "DSO"},    {7, "OPCODE7"}, {15, "OPCODE15"},
	};
	char buf[DNS_CODE_TEXT_MAX];

	for
		EACH(row, classes)
	cr_assert_str_eq(dns_class_text(row->code, buf), row->text);
	for
		EACH(row, rcodes)
	cr_assert_str_eq(dns_rcode_text(row->code, buf), row->text);
	for
		EACH(row, opcodes)
	cr_assert_str_eq(dns_opcode_text((uint8_t)row->code, buf), row->text);
}

Test(dns_codes, every_code_has_a_text_of_its_own_that_fits)
{
	char buf[DNS_CODE_TEXT_MAX], other[DNS_CODE_TEXT_MAX];

	for (unsigned int code = 0; code <= UINT16_MAX; code++) {
		const char *text = dns_type_text((uint16_t)code, buf);

		cr_assert(strlen(text) > 0 && strlen(text) < DNS_CODE_TEXT_MAX);
		for (uint16_t below = 0; below < code && below < 300; below++)
			if (code < 300 || code - 32768 < 2)
				cr_assert_str_neq(text, dns_type_text(below, other));
		cr_assert(strlen(dns_class_text((uint16_t)code, buf)) < DNS_CODE_TEXT_MAX);
		cr_assert(strlen(dns_rcode_text((uint16_t)code, buf)) < DNS_CODE_TEXT_MAX);
		cr_assert(strlen(dns_opcode_text((uint8_t)code, buf)) < DNS_CODE_TEXT_MAX);
	}
}
