// SPDX-License-Identifier: GPL-2.0-or-later
/* Alerts counted by the minute; a minute begins with its first alert. */
#include "limit.h"

#define MINUTE_NS (60 * 1000000000LL)

bool alert_limit__take(struct alert_limit *limit, int64_t now_ns, bool *ret_first)
{
	if (limit->count == 0 || now_ns < limit->since_ns ||
	    now_ns - limit->since_ns >= MINUTE_NS) {
		limit->since_ns = now_ns;
		limit->count = 0;
	}
	*ret_first = limit->count == ALERTS_PER_MINUTE;
	if (limit->count <= ALERTS_PER_MINUTE)
		limit->count++;
	if (limit->count <= ALERTS_PER_MINUTE)
		return true;
	limit->held++;
	return false;
}
