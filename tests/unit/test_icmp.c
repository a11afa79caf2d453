// SPDX-License-Identifier: GPL-2.0-or-later
/* Which ICMP errors the walk looks into, and what the exchange table makes of them. */
#include "flow/icmp.h"

#include <criterion/criterion.h>

#include <oddns/packet.h>

/* Two tables, for the programs and for the daemon: what one lets in the other must know. */
Test(icmp, each_error_that_is_let_in_is_a_cause_and_no_other_is)
{
	unsigned errors[2] = {0, 0};

	for (unsigned v6 = 0; v6 < 2; v6++) {
		for (uint32_t i = 0; i < 65536; i++) {
			const uint8_t icmp[] = {(uint8_t)(i >> 8), (uint8_t)i};
			bool is_error = odd_is_icmp_error(v6 ? 6 : 4, icmp);

			errors[v6] += is_error;
			cr_assert_eq(is_error, icmp_cause(v6, i) != CAUSE_UNKNOWN,
				     "version %u, type %u, code %u", v6 ? 6 : 4, icmp[0], icmp[1]);
		}
	}
	/* RFC 792 and 1122: type 3 with codes 0, 1, 3, 4, 6, 7, 9 to 13; RFC 4443: type 1 with
	 * codes 0, 1, 3 to 6, and type 2 with any */
	cr_assert_eq(errors[0], 11);
	cr_assert_gt(errors[1], 6);
}
