/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Events from the words of a scenario. Messages are written here field by field
 * as RFC 1035 section 4 draws them, with nothing of the program's own reader.
 */
#ifndef SCENARIO_PACKET_H
#define SCENARIO_PACKET_H

#include "words.h"

#include <oddns/abi.h>

/* In an event's flags, for the runner: the segment before, seen once more. */
#define PACKET_AGAIN 0x80

/* The payload follows the event, as in the ring. */
union packet {
	struct odd_event event;
	uint8_t bytes[sizeof(struct odd_event) + 2 + ODD_SNAPLEN_MAX];
};

/**
 * packet_message() - Make a query or response.
 * @words: [client=A:P] [server=A:P] [id=N] [NAME [TYPE]] [proto=tcp] [vlan=N[,N]] [if=N]
 *	[hook=xdp|ingress|egress] [follows] [again] [uid=N] [pid=N] [comm=TEXT] [tunnel=KIND[:ID]
 *	[outer=SRC,DST]] [rd] [aa] ... [opcode=N]
 *	[edns] [class=N] [no-question] [cut=BYTES]; of a response also [rcode=NAME|N] [answers=N]
 *and [name=NAME] [type=TYPE], when its question is not the query's
 *
 * Return: NULL, or what is wrong
 */
const char *packet_message(struct words *words, bool is_response, union packet *ret);

/**
 * packet_icmp() - Make an ICMP error: TYPE CODE [by=A], and the words of the query that it quotes.
 *
 * by: who sent it, the query's server by default; an IPv6 address makes it ICMPv6
 */
const char *packet_icmp(struct words *words, union packet *ret);

/** packet_raw() - Make an event of any bytes: HEX from=A:P to=A:P [proto=tcp] [length=N] ... */
const char *packet_raw(struct words *words, union packet *ret);

/** packet_address() - Read "10.0.0.1" or "2001:db8::1" as 16 bytes, mapped. */
bool packet_address(const char *text, uint8_t ret[16]);

/** packet_tunnel() - enum odd_tunnel of a kind as exchanges show it, "none" too; -1 when unknown.
 */
int packet_tunnel(const char *text);

/** packet_type() - QTYPE of a mnemonic or "TYPE65280"; 0 when unknown. */
uint16_t packet_type(const char *text);

/** packet_rcode() - RCODE of a mnemonic or number; -1 when unknown. */
int packet_rcode(const char *text);

#endif
