// SPDX-License-Identifier: GPL-2.0-or-later
/* Names of what can be wrong with a DNS message, as counters have them. */
#include "verdict.h"

const char *dns_verdict_name(enum dns_verdict verdict)
{
	static const char *const names[DNS_MESSAGE_VERDICTS] = {
		[DNS_MESSAGE_OK] = "ok",
		[DNS_MESSAGE_CUT] = "cut",
		[DNS_MESSAGE_LOOP] = "loop",
		[DNS_MESSAGE_FORWARD] = "forward",
		[DNS_MESSAGE_LABEL] = "label",
		[DNS_MESSAGE_LONG] = "long",
		[DNS_MESSAGE_OVERRUN] = "overrun",
		[DNS_MESSAGE_COUNTS] = "counts",
		[DNS_MESSAGE_RDATA] = "rdata",
		[DNS_MESSAGE_EDNS] = "edns",
		[DNS_MESSAGE_TRAILING] = "trailing",
		[DNS_MESSAGE_SHORT] = "short",
	};

	return verdict < DNS_MESSAGE_VERDICTS ? names[verdict] : "unknown";
}
