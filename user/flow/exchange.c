// SPDX-License-Identifier: GPL-2.0-or-later
/* Names of the states of an exchange. */
#include "exchange.h"

const char *exchange_state_name(enum exchange_state state)
{
	static const char *const names[EXCHANGE_STATES] = {
		[EXCHANGE_ANSWERED] = "answered", [EXCHANGE_UNANSWERED] = "unanswered",
		[EXCHANGE_LATE] = "late",	  [EXCHANGE_ORPHAN] = "orphan",
		[EXCHANGE_PENDING] = "pending",
	};

	return names[state];
}
