/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The records of a message that a field shows. */
#ifndef FLOW_FIELD_RECORDS_H
#define FLOW_FIELD_RECORDS_H

#include "dns/rdata.h"

/* Records that a field shows: those of some sections of a message. */
struct field_records {
	struct dns_records reader; /* before the first */
	uint8_t opcode;
	uint8_t sections;    /* bit for each enum dns_section: shown */
	bool named_sections; /* each is shown with the name of its section */
	unsigned limit;	     /* so many at the most */
	uint16_t class_bits; /* of a class; multicast DNS has a flag in the top one */
};

/**
 * field_records__next() - The next record that is to be shown.
 *
 * OPT is none: what it says are fields of their own. Return: false behind the last one
 */
bool field_records__next(struct field_records *records, struct dns_record *ret);

/**
 * field_record_owner() - The name of a record as text, in lower case, as QNAMEs are shown.
 * @buf: DNS_NAME_TEXT_MAX bytes
 *
 * Return: @buf, NULL when the name cannot be read
 */
const char *field_record_owner(const struct dns_bytes *bytes, const struct dns_record *record,
			       char *buf);

#endif
