/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An exchange that tests of what is shown begin with. */
#ifndef UNIT_EXCHANGE_FIXTURE_H
#define UNIT_EXCHANGE_FIXTURE_H

#include "flow/exchange.h"

/**
 * exchange_fixture() - AAAA of www.example.com, asked by 192.0.2.10 at 2001:db8::53.
 *
 * Sent twice, at 1795297651.123456789 and a second later; answered 1 234 567 ns after that with
 * NOERROR and 1, 2, 3 records, of which there are no bytes.
 */
struct exchange exchange_fixture(void);

#endif
