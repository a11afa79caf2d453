/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mnemonics of IANA's "Domain Name System (DNS) Parameters" registry, as tables. */
#ifndef DNS_CODES_H
#define DNS_CODES_H

#include <stdbool.h>
#include <stdint.h>

/* Those that mean something to us. */
#define DNS_CLASS_IN	   1
#define DNS_TYPE_A	   1	/* RFC 1035 */
#define DNS_TYPE_AAAA	   28	/* RFC 3596 */
#define DNS_TYPE_OPT	   41	/* RFC 6891 */
#define DNS_TYPE_IXFR	   251	/* RFC 1995 */
#define DNS_TYPE_AXFR	   252	/* RFC 5936 */
#define DNS_OPCODE_UPDATE  5	/* RFC 2136 */
#define DNS_OPCODE_DSO	   6	/* RFC 8490 */
#define DNS_OPCODE_MAX	   15	/* four bits, RFC 1035 section 4.1.1 */
#define DNS_RCODE_NXDOMAIN 3	/* RFC 1035 */
#define DNS_RCODE_MAX	   4095 /* twelve bits with EDNS's, RFC 6891 section 6.1.3 */

/* "TYPE65535", "CLASS65535", "RCODE4095", "OPCODE15" and a NUL; the longest mnemonic is OPENPGPKEY
 */
#define DNS_CODE_TEXT_MAX 16

/**
 * dns_type_text() - RR type or QTYPE as mnemonic, "TYPE65280" when unknown (RFC 3597 section 5).
 * @buf: DNS_CODE_TEXT_MAX bytes, used only for unknown codes
 *
 * Return: static string or @buf
 */
const char *dns_type_text(uint16_t type, char *buf);

/** dns_class_text() - Class or QCLASS: "IN", "CH", "ANY", "CLASS65280" when unknown. */
const char *dns_class_text(uint16_t class, char *buf);

/** dns_rcode_text() - RCODE with EDNS extension, 0..4095: "NXDOMAIN", "BADVERS", "RCODE3841". */
const char *dns_rcode_text(uint16_t rcode, char *buf);

/** dns_opcode_text() - OPCODE: "QUERY", "NOTIFY", "OPCODE15" when unassigned. */
const char *dns_opcode_text(uint8_t opcode, char *buf);

/**
 * dns_type_code() - The number of a mnemonic in any case, and of "TYPE123".
 * @ret_type: untouched when there is none
 *
 * So are the others, for CLASS123, RCODE123 and OPCODE12.
 *
 * Return: is it one?
 */
bool dns_type_code(const char *text, uint16_t *ret_type);
bool dns_class_code(const char *text, uint16_t *ret_class);
bool dns_rcode_code(const char *text, uint16_t *ret_rcode);
bool dns_opcode_code(const char *text, uint16_t *ret_opcode);

/** dns_type_is_transfer() - Does a QTYPE ask for a zone or its changes? */
static inline bool dns_type_is_transfer(uint16_t type)
{
	return type == DNS_TYPE_AXFR || type == DNS_TYPE_IXFR;
}

#endif
