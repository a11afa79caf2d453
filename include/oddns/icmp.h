/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ICMP errors that quote a DNS query over UDP: they say why no response will come.
 *
 *	IPv4 | ICMP 8 bytes | IPv4 | UDP | DNS header | ...
 *	                    '- quoted: the beginning of the packet that did not arrive
 *
 * The walk goes into the quoted packet as it goes into a tunnel, by the same steps, and comes
 * out with that packet's addresses, ports and message. What differs:
 *
 * - It is no packet but the beginning of one. How much is quoted is the sender's choice: 8 bytes
 *   behind the IP header at least (RFC 792), as much as fits into 576 bytes (RFC 1812 section
 *   4.3.2.3) or 1280 (RFC 4443 section 2.4). So its lengths are those of the packet that was, and
 *   are not held against what is here. The header should come back unchanged (RFC 1122 section
 *   3.2.2), but some stacks return another total length, so nothing depends on that one.
 * - Only a query over UDP is of interest, to which nobody answered. That a response did not arrive
 *   is its asker's doing, who has closed the port; TCP has ways of its own to learn it.
 * - Nothing is entered from here: no tunnel, no further ICMP.
 *
 * Nobody checks whether the error is true: a stranger who guesses ports and id can forge one. It
 * is told, with its sender, and believed no more than a response is.
 */
#ifndef ODDNS_ICMP_H
#define ODDNS_ICMP_H

#include "tunnels.h"

#define ODD_DNS_HEADER_BYTES 12

#define ODD_ICMP_BYTES 8 /* RFC 792, RFC 4443 section 3: what stands before the quoted packet */

#define ODD_ICMP_UNREACHABLE   3 /* RFC 792 */
#define ODD_ICMP6_UNREACHABLE  1 /* RFC 4443 section 3.1 */
#define ODD_ICMP6_PACKET_LARGE 2 /* section 3.2, its code is to be ignored */

/*
 * Codes that tell the fate of a query, one bit each. IPv4 (RFC 792, RFC 1122 section 3.2.2.1, RFC
 * 1812 section 5.2.7.1): network and host unreachable (0, 1), unknown (6, 7) or not for this type
 * of service (11, 12); port unreachable (3); fragmentation needed (4); administratively prohibited
 * (9, 10, 13). Not: protocol unreachable (2), source route failed (5), host isolated (8, obsolete),
 * precedence (14, 15).
 */
#define ODD_ICMP_CODES                                                                             \
	(1U << 0 | 1U << 1 | 1U << 3 | 1U << 4 | 1U << 6 | 1U << 7 | 1U << 9 | 1U << 10 |          \
	 1U << 11 | 1U << 12 | 1U << 13)
/*
 * IPv6 (RFC 4443 section 3.1): no route (0), address unreachable (3); port unreachable (4);
 * administratively prohibited (1), source address failed policy (5), route rejected (6). Not:
 * beyond the scope of the source address (2), errors of routing headers (7, 8).
 */
#define ODD_ICMP6_CODES (1U << 0 | 1U << 1 | 1U << 3 | 1U << 4 | 1U << 5 | 1U << 6)

static __always_inline int odd_is_icmp(__u8 version, __u8 protocol)
{
	return protocol == (version == 6 ? ODD_IPPROTO_ICMPV6 : ODD_IPPROTO_ICMP);
}

/* The codes of each type, ICMP's and then ICMPv6's. verifier: instead of branches. */
static const __u32 odd_icmp_codes[512] = {
	[ODD_ICMP_UNREACHABLE] = ODD_ICMP_CODES,
	[256 | ODD_ICMP6_UNREACHABLE] = ODD_ICMP6_CODES,
	[256 | ODD_ICMP6_PACKET_LARGE] = ~0U,
};

/* Does this ICMP say that a packet did not arrive? @icmp: type and code */
static __always_inline int odd_is_icmp_error(__u8 version, const __u8 *icmp)
{
	__u8 code = icmp[1] < 31 ? icmp[1] : 31; /* what is above is one */

	return odd_icmp_codes[(version == 6) << 8 | icmp[0]] >> code & 1;
}

/*
 * Where the quoted packet ends if something follows it (RFC 4884 section 4: a length in words of 4
 * or 8 bytes, at least 128 bytes, and extensions behind). Older senders leave the byte 0.
 */
static __always_inline void odd_step_quote_end(struct odd_walk *w, const __u8 *icmp)
{
	__u32 bytes = w->version == 6 ? icmp[4] * 8U : icmp[5] * 4U;

	if (bytes >= 128 && !(w->version == 6 && icmp[0] == ODD_ICMP6_PACKET_LARGE))
		odd_step_narrow(w, w->offset + bytes);
}

/* ICMP (RFC 792), ICMPv6 (RFC 4443): an error leads into the packet that it quotes. */
static __always_inline int odd_step_icmp(struct odd_cursor *c, struct odd_walk *w)
{
	const __u8 *icmp = odd_step_take(c, w, ODD_ICMP_BYTES);

	if (!icmp)
		return ODD_DROP_L4_SHORT;
	if (!odd_is_icmp_error(w->version, icmp))
		return ODD_WALK_OTHER;
	odd_step_quote_end(w, icmp);
	w->next = w->version == 6 ? ODD_ETHERTYPE_IPV6 : ODD_ETHERTYPE_IPV4;
	odd_step_inside(w, ODD_TUNNEL_ICMP, odd_read16(icmp));
	w->flags = ODD_EVENT_QUOTED;
	return ODD_WALK_ON;
}

/*
 * A quoted datagram to a DNS port: a query, of which the DNS header is there, or nothing of
 * interest. A first fragment is taken as the datagram that it begins.
 * @udp: its header; @c and @w stand behind it
 */
static __always_inline int odd_step_query(struct odd_cursor *c, struct odd_walk *w, const __u8 *udp)
{
	const __u8 *message;

	if (w->offset + ODD_DNS_HEADER_BYTES > w->readable)
		return ODD_DROP_ICMP_SHORT;
	message = cursor_take(c, ODD_DNS_HEADER_BYTES);
	if (!message || odd_read16(udp + 4) < 8 + ODD_DNS_HEADER_BYTES)
		return ODD_DROP_ICMP_SHORT;
	if (message[2] & 0x80)
		return ODD_WALK_OTHER;
	w->flags = ODD_EVENT_QUOTED;
	w->identification = 0;
	w->claimed = 0;
	return ODD_WALK_DNS;
}

#endif
