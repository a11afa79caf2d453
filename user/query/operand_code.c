// SPDX-License-Identifier: GPL-2.0-or-later
/* Mnemonics of operands; those of DNS are IANA's (dns/codes.h), the others our own. */
#include "operand_code.h"

#include "dns/codes.h"
#include "flow/flow.h"

#include <netinet/in.h>
#include <strings.h>

/* --- to text ------------------------------------------------------------------------------------
 */

/* A pair of functions over one of DNS. */
#define DNS_CODES(name, c_type, max)                                                               \
	const char *text_of_##name(int64_t number, char *buf)                                      \
	{                                                                                          \
		if (number < 0 || number > (max))                                                  \
			return NULL;                                                               \
		return dns_##name##_text((c_type)number, buf);                                     \
	}                                                                                          \
                                                                                                   \
	bool code_of_##name(const char *text, int64_t *ret)                                        \
	{                                                                                          \
		uint16_t code;                                                                     \
                                                                                                   \
		if (!dns_##name##_code(text, &code))                                               \
			return false;                                                              \
		*ret = code;                                                                       \
		return true;                                                                       \
	}

/* Finds the text among those of all numbers below @count. */
static bool find_code(const char *(*text_of)(int64_t number, char *buf), int64_t count,
		      const char *text, int64_t *ret)
{
	for (int64_t number = 0; number < count; number++) {
		const char *name = text_of(number, NULL);

		if (!name || strcasecmp(name, text) != 0)
			continue;
		*ret = number;
		return true;
	}
	return false;
}

/* A pair of functions over an enumeration, whose names need no buffer. */
#define ENUM_CODES(name, c_type, count, name_of)                                                   \
	const char *text_of_##name(int64_t number, char *buf __attribute__((unused)))              \
	{                                                                                          \
		return number >= 0 && number < (count) ? name_of((c_type)number) : NULL;           \
	}                                                                                          \
                                                                                                   \
	bool code_of_##name(const char *text, int64_t *ret)                                        \
	{                                                                                          \
		return find_code(text_of_##name, count, text, ret);                                \
	}

static const char *proto_name(int number)
{
	if (number == IPPROTO_TCP)
		return "tcp";
	return number == IPPROTO_UDP ? "udp" : NULL;
}

static const char *answer_name(bool yes)
{
	return yes ? "yes" : "no";
}

DNS_CODES(type, uint16_t, UINT16_MAX)
DNS_CODES(class, uint16_t, UINT16_MAX)
DNS_CODES(rcode, uint16_t, DNS_RCODE_MAX)
DNS_CODES(opcode, uint8_t, DNS_OPCODE_MAX)
ENUM_CODES(proto, int, IPPROTO_UDP + 1, proto_name)
ENUM_CODES(state, enum exchange_state, EXCHANGE_STATES, exchange_state_name)
ENUM_CODES(service, enum exchange_service, SERVICES, exchange_service_name)
ENUM_CODES(cause, enum exchange_cause, CAUSES, exchange_cause_name)
ENUM_CODES(verdict, enum dns_verdict, DNS_MESSAGE_VERDICTS, dns_verdict_name)
ENUM_CODES(tunnel, enum odd_tunnel, ODD_TUNNEL_COUNT, exchange_tunnel_name)
ENUM_CODES(direction, enum flow_direction, FLOW_DIRECTIONS, flow_direction_name)
ENUM_CODES(answer, bool, 2, answer_name)

/* --- flags ---------------------------------------------------------------------------------------
 */

static const struct {
	uint16_t bit;
	const char *name;
} flags[FIELD_ITEMS_MAX] = {
	{DNS_FLAG_QR, "qr"}, {DNS_FLAG_AA, "aa"}, {DNS_FLAG_TC, "tc"}, {DNS_FLAG_RD, "rd"},
	{DNS_FLAG_RA, "ra"}, {DNS_FLAG_AD, "ad"}, {DNS_FLAG_CD, "cd"},
};

const char *text_of_flag(int64_t number, char *buf __attribute__((unused)))
{
	for (unsigned i = 0; i < FIELD_ITEMS_MAX; i++)
		if (flags[i].bit == number)
			return flags[i].name;
	return NULL;
}

bool code_of_flag(const char *text, int64_t *ret)
{
	for (unsigned i = 0; i < FIELD_ITEMS_MAX; i++) {
		if (strcasecmp(flags[i].name, text) != 0)
			continue;
		*ret = flags[i].bit;
		return true;
	}
	return false;
}
