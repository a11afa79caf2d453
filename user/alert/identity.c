// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The MESSAGE_ID of each rule: random, made once by `systemd-id128 new`, never
 * changed, for people filter by them. dist/oddns.catalog explains each.
 */
#include "alert_message.h"

static const char *const ids[] = {
	[RULE_LATENCY] = "949ce43667df465392940e9d074b02e0",
	[RULE_UNANSWERED] = "8b32aa76c718476684afa7b7c67f34c3",
	[RULE_SERVFAIL] = "fa83fde91a634c07bbea722db0ed2a86",
};

_Static_assert(sizeof(ids) / sizeof(ids[0]) == RULES, "each rule has an id");

const char *alert_id(const struct rule_row *rule)
{
	return ids[rule->id];
}
