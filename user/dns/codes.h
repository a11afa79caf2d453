/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mnemonics of IANA's "Domain Name System (DNS) Parameters" registry, as tables. */
#ifndef DNS_CODES_H
#define DNS_CODES_H

#include <stdint.h>

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

#endif
