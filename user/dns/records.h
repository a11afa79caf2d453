/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The resource records of a message, one after the other, as far as they can be read. */
#ifndef DNS_RECORDS_H
#define DNS_RECORDS_H

#include "dns/name.h"
#include "dns/verdict.h"

/*
 * Records of one message that are looked at: a real response has some dozens, and a hostile
 * count of 65535 must not cost time.
 */
#define DNS_RECORDS_MAX 128

/* The sections behind the question (RFC 1035 section 4.1; RFC 2136 section 2 for UPDATE). */
enum dns_section {
	DNS_SECTION_ANSWER,	/* UPDATE: prerequisite */
	DNS_SECTION_AUTHORITY,	/* UPDATE: update */
	DNS_SECTION_ADDITIONAL, /* UPDATE: additional */
	DNS_SECTIONS,
};

/* A record (RFC 1035 section 4.1.3). Offsets are from the start of the message. */
struct dns_record {
	enum dns_section section;
	size_t owner;	   /* where its name starts: dns_name_read() */
	size_t rdata;	   /* rdlength bytes, all within message_length */
	uint16_t rdlength; /* as the record says */
	uint16_t type;
	uint16_t class;
	uint32_t ttl; /* seconds (RFC 2181 section 8: with the top bit set it means 0) */
};

/* Where a reader stands. Made by dns_records_of() in message.h. */
struct dns_records {
	struct dns_bytes bytes;
	size_t at;		     /* the next record */
	uint16_t left[DNS_SECTIONS]; /* records of each section that are still to come */
	uint16_t looked_at;	     /* DNS_RECORDS_MAX at the most */
};

/**
 * dns_record_read() - Read the record that begins at an offset.
 * @bytes: the message
 * @offset: where its owner starts
 * @ret: all but the section
 * @ret_next: offset of the first byte behind the record, at most message_length
 *
 * The owner is stepped over, not followed: dns_name_check() tells whether its pointer is good.
 * Outputs are untouched unless DNS_MESSAGE_OK.
 *
 * Return: OK; COUNTS when the message ends at @offset; CUT, OVERRUN, LABEL, LONG when the record's
 * end cannot be found
 */
enum dns_verdict dns_record_read(const struct dns_bytes *bytes, size_t offset,
				 struct dns_record *ret, size_t *ret_next);

/**
 * dns_records__next() - Read the next record.
 * @ret: filled when there is one; OPT and TSIG are records as any other
 *
 * The header of the record is whole; of its data that much as was captured can be read. Its owner
 * may still be malformed, behind a pointer: then dns_name_read() fails.
 * Cost: about 5 ns.
 *
 * Return: false behind the last one, at the first that cannot be read, and after DNS_RECORDS_MAX
 */
bool dns_records__next(struct dns_records *records, struct dns_record *ret);

/**
 * dns_section_name() - "answer", "authority", "additional"; for UPDATE "prerequisite", "update",
 * "additional" (RFC 2136 section 2).
 */
const char *dns_section_name(uint8_t opcode, enum dns_section section);

#endif
