/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mnemonics of the operands that are numbers: from text, and to text. */
#ifndef QUERY_OPERAND_CODE_H
#define QUERY_OPERAND_CODE_H

#include <stdbool.h>
#include <stdint.h>

/**
 * code_of_type(), ... - The number of a mnemonic in any case; operand.code of a row.
 *
 * Return: is it one? @ret is untouched when not
 */
bool code_of_type(const char *text, int64_t *ret);
bool code_of_class(const char *text, int64_t *ret);
bool code_of_rcode(const char *text, int64_t *ret);
bool code_of_opcode(const char *text, int64_t *ret);
bool code_of_proto(const char *text, int64_t *ret);
bool code_of_state(const char *text, int64_t *ret);
bool code_of_service(const char *text, int64_t *ret);
bool code_of_cause(const char *text, int64_t *ret);
bool code_of_verdict(const char *text, int64_t *ret);
bool code_of_tunnel(const char *text, int64_t *ret);
bool code_of_direction(const char *text, int64_t *ret);
bool code_of_answer(const char *text, int64_t *ret); /* yes and no */
bool code_of_flag(const char *text, int64_t *ret);   /* the bit in the DNS header */

/**
 * text_of_type(), ... - The mnemonic of a number; operand.code_text of a row.
 * @buf: DNS_CODE_TEXT_MAX bytes, used where a number of DNS has no mnemonic: "TYPE65280"
 *
 * Return: static string or @buf; NULL: there is no such number
 */
const char *text_of_type(int64_t number, char *buf);
const char *text_of_class(int64_t number, char *buf);
const char *text_of_rcode(int64_t number, char *buf);
const char *text_of_opcode(int64_t number, char *buf);
const char *text_of_proto(int64_t number, char *buf);
const char *text_of_state(int64_t number, char *buf);
const char *text_of_service(int64_t number, char *buf);
const char *text_of_cause(int64_t number, char *buf);
const char *text_of_verdict(int64_t number, char *buf);
const char *text_of_tunnel(int64_t number, char *buf);
const char *text_of_direction(int64_t number, char *buf);
const char *text_of_answer(int64_t number, char *buf);
const char *text_of_flag(int64_t number, char *buf);

#endif
