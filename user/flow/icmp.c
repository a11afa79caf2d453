// SPDX-License-Identifier: GPL-2.0-or-later
/* ICMP errors that quote a query: what they say of its fate, and to whom it is said. */
#include "icmp.h"

#include <string.h>

/* The beginning of ::ffff:0:0/96 (RFC 4291 section 2.5.5.2) */
static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

#define CODES 16

/* Type 3. Others tell nothing of a query: protocol unreachable (2), source route failed (5)... */
static const uint8_t causes_v4[CODES] = {
	[0] = CAUSE_HOST,  [1] = CAUSE_HOST,  [3] = CAUSE_PORT,	  [4] = CAUSE_TOO_BIG,
	[6] = CAUSE_HOST,  [7] = CAUSE_HOST,  [9] = CAUSE_ADMIN,  [10] = CAUSE_ADMIN,
	[11] = CAUSE_HOST, [12] = CAUSE_HOST, [13] = CAUSE_ADMIN,
};

/* Type 1: no route (0), policy (1, 5), address unreachable (3), rejected by the route (6). */
static const uint8_t causes_v6[CODES] = {
	[0] = CAUSE_HOST, [1] = CAUSE_ADMIN, [3] = CAUSE_HOST,
	[4] = CAUSE_PORT, [5] = CAUSE_ADMIN, [6] = CAUSE_ADMIN,
};

#define TYPE_UNREACHABLE    3
#define TYPE_UNREACHABLE_V6 1
#define TYPE_TOO_BIG_V6	    2 /* its code is to be ignored */

enum exchange_cause icmp_cause(bool is_v6, uint32_t type_code)
{
	uint32_t type = type_code >> 8, code = type_code & 0xff;

	if (is_v6 && type == TYPE_TOO_BIG_V6)
		return CAUSE_TOO_BIG;
	if (type != (is_v6 ? TYPE_UNREACHABLE_V6 : TYPE_UNREACHABLE) || code >= CODES)
		return CAUSE_UNKNOWN;
	return (enum exchange_cause)(is_v6 ? causes_v6 : causes_v4)[code];
}

void icmp_take(struct exchange_table *table, const struct odd_event *event)
{
	struct dns_bytes bytes = {event->payload, event->captured_bytes, event->message_bytes};
	bool is_v6 = memcmp(event->outer_src, mapped, sizeof(mapped)) != 0;
	enum exchange_cause cause = icmp_cause(is_v6, event->tunnel_id);
	struct seen s = {.event = event};
	struct entry *entry = NULL;

	table->counters.quoted++;
	/* Often only the beginning is quoted: no verdict on the message, which was seen whole. */
	if (dns_message_read(&bytes, DNS_DEPTH_RECORDS, &s.message) < DNS_MESSAGE_UNPARSABLE) {
		room_orient(table, &s);
		entry = s.is_response ? NULL : room_find_quoted(table, &s);
	}
	if (entry && cause != CAUSE_UNKNOWN)
		entry->cause = cause & 7;
	else
		table->counters.quoted_unmatched++;
}
