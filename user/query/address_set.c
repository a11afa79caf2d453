// SPDX-License-Identifier: GPL-2.0-or-later
/* Ranges of addresses, sorted and disjoint, so that a look-up is a binary search. */
#include "address_set.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ADDRESS	    16
#define MAPPED_BITS 96

static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

bool address_is_ipv4(const uint8_t address[16])
{
	return memcmp(address, mapped, sizeof(mapped)) == 0;
}

static int append(struct address_set *set, const struct address_range *range)
{
	if (set->count == set->room) {
		unsigned room = set->room ? 2 * set->room : 4;
		struct address_range *more = reallocarray(set->ranges, room, sizeof(*more));

		if (!more)
			return -ENOMEM;
		set->ranges = more;
		set->room = room;
	}
	set->ranges[set->count++] = *range;
	return 0;
}

static void prefix_range(const uint8_t *address, unsigned bits, struct address_range *ret)
{
	for (unsigned i = 0; i < ADDRESS; i++) {
		unsigned fixed = bits >= 8 * (i + 1) ? 8 : bits > 8 * i ? bits - 8 * i : 0;
		uint8_t rest = (uint8_t)(0xff >> fixed);

		ret->low[i] = address[i] & (uint8_t)~rest;
		ret->high[i] = address[i] | rest;
	}
}

/* What of an IPv6 network lies before and behind all of IPv4. */
static int append_around(struct address_set *set, const struct address_range *range)
{
	struct address_range before = *range, behind = *range;
	int r;

	/* ::fffe:ffff:ffff and ::1:0:0:0 */
	memset(before.high, 0, ADDRESS);
	memset(before.high + 10, 0xff, 6);
	before.high[11] = 0xfe;
	memset(behind.low, 0, ADDRESS);
	behind.low[9] = 1;
	r = append(set, &before);
	return r < 0 ? r : append(set, &behind);
}

int address_set__add(struct address_set *set, const uint8_t address[16], unsigned bits)
{
	struct address_range range, ipv4;

	prefix_range(address, bits, &range);
	prefix_range((const uint8_t[ADDRESS]){[10] = 0xff, [11] = 0xff}, MAPPED_BITS, &ipv4);
	if (bits < MAPPED_BITS && memcmp(range.low, ipv4.low, ADDRESS) <= 0 &&
	    memcmp(range.high, ipv4.high, ADDRESS) >= 0)
		return append_around(set, &range);
	return append(set, &range);
}

static int compare(const void *a, const void *b)
{
	const struct address_range *x = a, *y = b;

	return memcmp(x->low, y->low, ADDRESS);
}

/* Only what overlaps is united: neighbours may be the end of IPv4. */
void address_set__finish(struct address_set *set)
{
	unsigned last = 0;

	if (!set->count)
		return;
	qsort(set->ranges, set->count, sizeof(*set->ranges), compare);
	for (unsigned i = 1; i < set->count; i++) {
		struct address_range *range = &set->ranges[last];

		if (memcmp(set->ranges[i].low, range->high, ADDRESS) > 0)
			set->ranges[++last] = set->ranges[i];
		else if (memcmp(set->ranges[i].high, range->high, ADDRESS) > 0)
			memcpy(range->high, set->ranges[i].high, ADDRESS);
	}
	set->count = last + 1;
}

bool address_set__has(const struct address_set *set, const uint8_t address[16])
{
	unsigned low = 0, high = set->count; /* the range that begins last at or before it */

	while (low < high) {
		unsigned middle = low + (high - low) / 2;

		if (memcmp(set->ranges[middle].low, address, ADDRESS) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low > 0 && memcmp(address, set->ranges[low - 1].high, ADDRESS) <= 0;
}

void address_set__done(struct address_set *set)
{
	free(set->ranges);
}
