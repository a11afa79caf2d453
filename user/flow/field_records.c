// SPDX-License-Identifier: GPL-2.0-or-later
/* The records of a message that a field shows. */
#include "field_records.h"

#include "dns/codes.h"

bool field_records__next(struct field_records *records, struct dns_record *ret)
{
	if (!records->limit)
		return false;
	while (dns_records__next(&records->reader, ret)) {
		if (!(records->sections >> ret->section & 1) || ret->type == DNS_TYPE_OPT)
			continue;
		records->limit--;
		ret->class &= records->class_bits;
		return true;
	}
	return false;
}

const char *field_record_owner(const struct dns_bytes *bytes, const struct dns_record *record,
			       char *buf)
{
	struct dns_name name;
	size_t next;

	if (dns_name_read(bytes, record->owner, &name, &next) != DNS_NAME_OK)
		return NULL;
	dns_name_lower(name.wire, name.length, name.wire);
	dns_name_text(name.wire, name.length, buf);
	return buf;
}
