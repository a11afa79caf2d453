/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Domain names: from the wire, compared, as text. A name in memory is its
 * uncompressed wire form (RFC 1035 section 3.1): length-prefixed labels and
 * the root's zero, 1..255 bytes.
 */
#ifndef DNS_NAME_H
#define DNS_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* RFC 1035 section 2.3.4 */
#define DNS_NAME_MAX 255
/* Each of 255 bytes as "\DDD" bounds the text, and its NUL. */
#define DNS_NAME_TEXT_MAX (4 * DNS_NAME_MAX + 1)

/* What a name on the wire can be. */
enum dns_name_verdict {
	DNS_NAME_OK,
	DNS_NAME_CUT,	  /* the captured bytes end inside the name, the message goes on */
	DNS_NAME_OVERRUN, /* the message ends inside the name */
	DNS_NAME_LABEL,	  /* label type 0x40 or 0x80 (RFC 6891 section 5) */
	DNS_NAME_LOOP, /* compression pointer into the labels that it ends (RFC 1035 section 4.1.4)
			*/
	DNS_NAME_FORWARD, /* compression pointer to itself or to what follows it */
	DNS_NAME_LONG,	  /* over 255 bytes, or more pointers than a name has labels */
	DNS_NAME_VERDICTS,
};

struct dns_name {
	uint8_t length; /* of wire, with the root's zero; 0 = no name */
	uint8_t wire[DNS_NAME_MAX];
};

/* A length from here on is the first byte of a compression pointer (RFC 1035 section 4.1.4). */
#define DNS_POINTER 0xc0

/* A message as far as it was captured: length <= message_length. */
struct dns_bytes {
	const uint8_t *data;
	size_t length;	       /* bytes that can be read */
	size_t message_length; /* bytes that the message had on the wire */
};

/**
 * dns_name_read() - Read a name, following compression pointers.
 * @bytes: the message
 * @offset: where the name starts
 * @ret_name: the name with case kept
 * @ret_next: offset of the first byte behind the name (behind its first pointer, if any)
 *
 * Each pointer must point to before the start of the labels that it ends, so
 * reading always ends: at most 127 labels and 127 pointers. Outputs are
 * untouched unless DNS_NAME_OK.
 *
 * Source: RFC 1035 sections 3.1, 4.1.4; RFC 9267 section 2.
 */
enum dns_name_verdict dns_name_read(const struct dns_bytes *bytes, size_t offset,
				    struct dns_name *ret_name, size_t *ret_next);

/**
 * dns_name_check() - As dns_name_read(), but the name itself is not wanted.
 */
enum dns_name_verdict dns_name_check(const struct dns_bytes *bytes, size_t offset,
				     size_t *ret_next);

/**
 * dns_name_skip() - Find the end of a name only: where its pointer leads is not looked at.
 *
 * Return: as dns_name_read() but for what is wrong with pointers
 */
enum dns_name_verdict dns_name_skip(const struct dns_bytes *bytes, size_t offset, size_t *ret_next);

/**
 * dns_name_lower() - Copy a name with ASCII letters in lower case (RFC 4343).
 * @wire: @length bytes, 1..255
 * @ret_wire: room for @length bytes; may be @wire itself
 */
void dns_name_lower(const uint8_t *wire, size_t length, uint8_t *ret_wire);

/**
 * dns_name_equal() - Are two names the same but for ASCII case (RFC 4343)?
 */
bool dns_name_equal(const uint8_t *a, size_t a_length, const uint8_t *b, size_t b_length);

/**
 * dns_name_text() - A name as text: no trailing dot but "." for the root, RFC 1035
 * section 5.1 escapes ("\." and "\\" in labels, "\DDD" for what is not printable).
 * @wire: @length bytes, a well-formed name; case is kept
 * @buf: DNS_NAME_TEXT_MAX bytes
 *
 * Return: length of the text
 */
size_t dns_name_text(const uint8_t *wire, size_t length, char *buf);

/**
 * dns_name_parse() - The name that dns_name_text() wrote as this text.
 * @text: @length bytes, need not be NUL-terminated; bytes that are not escaped stand for
 *	themselves, so whatever dns_name_text() writes is read, and more
 * @ret_name: untouched unless it is one
 *
 * Return: false when it is none: an empty label or one over 63 bytes, more than 255 bytes in all,
 * an escape that is cut or above 255
 * Source: RFC 1035 sections 2.3.4 and 5.1
 */
bool dns_name_parse(const char *text, size_t length, struct dns_name *ret_name);

#endif
