// SPDX-License-Identifier: GPL-2.0-or-later
/* Two tables of what goes in and out; kind.h tells where it lies. */
#include "kind.h"

#include "dns/message.h"

#include <netinet/in.h>

/* Name, member of struct exchange, how many values it has. */
#define NUMBERS(ROW)                                                                               \
	ROW(STATE, state, EXCHANGE_STATES)                                                         \
	ROW(SERVICE, service, SERVICES)                                                            \
	ROW(CAUSE, cause, CAUSES)

/* Name, member. */
#define FLAGS(ROW)                                                                                 \
	ROW(HAS_QUERY, has_query)                                                                  \
	ROW(HAS_RESPONSE, has_response)                                                            \
	ROW(RECURSION_DESIRED, recursion_desired)                                                  \
	ROW(WAS_RETRIED, was_retried)                                                              \
	ROW(IS_RETRY, is_retry)                                                                    \
	ROW(HAS_LATENCY, has_latency)

#define HAS_ROOM(name, member, count)                                                              \
	_Static_assert((count)-1 <= KIND_##name##_MASK, "as many bits as values need");
NUMBERS(HAS_ROOM)
_Static_assert(KEEP_ALL <= KIND_KEEP_MASK && DNS_MESSAGE_VERDICTS <= KIND_VERDICT_MASK,
	       "as many bits as values need");
_Static_assert(KIND_STATE_SHIFT == 0, "KIND_SQL_STATE()");

int64_t kind_pack(const struct exchange *exchange)
{
	int64_t kind = exchange->protocol == IPPROTO_TCP ? KIND_TCP : 0;

#define PACK_NUMBER(name, member, count) kind |= (int64_t)exchange->member << KIND_##name##_SHIFT;
#define PACK_FLAG(name, member)		 kind |= exchange->member ? KIND_##name : 0;
	NUMBERS(PACK_NUMBER)
	FLAGS(PACK_FLAG)
	return kind;
}

bool kind_unpack(int64_t kind, struct exchange *ret)
{
	bool valid = kind & (KIND_HAS_QUERY | KIND_HAS_RESPONSE);

#define UNPACK_NUMBER(name, member, count)                                                         \
	ret->member = kind >> KIND_##name##_SHIFT & KIND_##name##_MASK;                            \
	valid &= ret->member < (count);
#define UNPACK_FLAG(name, member) ret->member = kind & KIND_##name;
	NUMBERS(UNPACK_NUMBER)
	FLAGS(UNPACK_FLAG)
	ret->protocol = kind & KIND_TCP ? IPPROTO_TCP : IPPROTO_UDP;
	ret->keep = kind >> KIND_KEEP_SHIFT & KIND_KEEP_MASK;
	return valid && ret->keep <= KEEP_ALL &&
	       (kind >> KIND_VERDICT_SHIFT & KIND_VERDICT_MASK) <= DNS_MESSAGE_VERDICTS;
}
