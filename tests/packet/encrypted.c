// SPDX-License-Identifier: GPL-2.0-or-later
/* Packets to ports 853 and 443, and what each is. */
#include "encrypted.h"

#include <criterion/criterion.h>
#include <string.h>

#define KNOWN 8 /* 198.51.100.8, 2001:db8:53::8 */

const uint8_t encrypted_resolvers[ENCRYPTED_RESOLVERS][16] = {
	{[10] = 0xff, 0xff, 198, 51, 100, KNOWN},
	{0x20, 0x01, 0x0d, 0xb8, 0x00, 0x53, [15] = KNOWN},
};

/* RFC 9293 section 3.1 */
#define FIN 0x01
#define SYN 0x02
#define RST 0x04
#define ACK 0x10
#define ECE 0x40
#define CWR 0x80

#define TCP(v, client, port, flags)                                                                \
	.version = (v), .protocol = 6, .src_port = (client), .dst_port = (port),                   \
	.tcp_flags = (flags)
/* A client's first datagram has 1 200 bytes or more (RFC 9000 section 14.1). */
#define UDP(v, client, port, bytes)                                                                \
	.version = (v), .src_port = (client), .dst_port = (port), .opening = (bytes),              \
	.opening_bytes = sizeof(bytes) - 1, .garbage = 1200 - (sizeof(bytes) - 1)
#define AT(h) .host = (h)

/* RFC 9001 A.2, A.4 and A.5; RFC 9369 A.2 and A.4 */
#define INITIAL	  "\xc0\0\0\0\1\x08\x83\x94\xc8\xf0\x3e\x51\x57\x08\0\0\x44\x9e\x7b\x9a"
#define RETRY	  "\xff\0\0\0\1\0\x08\xf0\x67\xa5\x50\x2a\x42\x62\xb5\x74"
#define SHORT	  "\x4c\xfe\x41\x89\x65\x5e\x5c\xd5\x5c\x41\xf6\x90\x80"
#define INITIAL_2 "\xd7\x6b\x33\x43\xcf\x08\x83\x94\xc8\xf0\x3e\x51\x57\x08\0\0\x44"
#define RETRY_2	  "\xcf\x6b\x33\x43\xcf\0\x08\xf0\x67\xa5\x50\x2a\x42\x62\xb5\x74"
/* The types of version 1 (RFC 9000 table 5) and of version 2 (RFC 9369 section 3.2). */
#define ZERO_RTT    "\xd0\0\0\0\1\x08\x83\x94\xc8\xf0\x3e\x51\x57\x08\0\x44"
#define HANDSHAKE   "\xe0\0\0\0\1\x08\x83\x94\xc8\xf0\x3e\x51\x57\x08\0\x44"
#define ZERO_RTT_2  "\xe0\x6b\x33\x43\xcf\x08\x83\x94\xc8\xf0\x3e\x51\x57\x08\0\x44"
#define HANDSHAKE_2 "\xf0\x6b\x33\x43\xcf\x08\x83\x94\xc8\xf0\x3e\x51\x57\x08\0\x44"
/* Version negotiation (RFC 9000 section 17.2.1), with the same first byte as an Initial. */
#define NEGOTIATION "\xc0\0\0\0\0\x08\x83\x94\xc8\xf0\x3e\x51\x57\x08\0\0\0\1"
/* A version that is reserved to be refused (RFC 9000 section 15), of a client that tries. */
#define GREASE "\xc3\x1a\x2a\x3a\x4a\x08\x83\x94\xc8\xf0\x3e\x51\x57\x08\0\0\x44"
/* The fixed bit is 0: not QUIC (RFC 9000 section 17.2). */
#define UNFIXED "\x80\0\0\0\1\x08\x83\x94\xc8\xf0\x3e\x51\x57\x08\0\0\x44"

#define NONE ENCRYPTED_NONE

// clang-format off
const struct encrypted_case encrypted_cases[] = {
	{"SYN to 853", {TCP(4, 1001, 853, SYN)}, DOT},
	{"SYN to 853, IPv6", {TCP(6, 1001, 853, SYN)}, DOT},
	{"the same SYN again", {TCP(4, 1001, 853, SYN)}, NONE},
	{"the same SYN again, IPv6", {TCP(6, 1001, 853, SYN)}, NONE},
	{"the same ports anew, another sequence number",
	 {TCP(4, 1001, 853, SYN), .sequence = 0x1234567}, DOT},
	{"the same ports to another server", {TCP(4, 1001, 853, SYN), AT(54)}, DOT},
	{"another client port", {TCP(4, 1002, 853, SYN)}, DOT},
	{"SYN for ECN (RFC 3168 section 6.1.1)", {TCP(4, 1003, 853, SYN | ECE | CWR)}, DOT},
	{"SYN with options", {TCP(4, 1004, 853, SYN), .tcp_options = 20}, DOT},
	{"SYN with data, as in Fast Open", {TCP(6, 1005, 853, SYN), .garbage = 300}, DOT},
	{"SYN behind IPv4 options", {TCP(4, 1006, 853, SYN), .options = 8}, DOT},
	{"SYN behind an extension header",
	 {TCP(6, 1007, 853, SYN), .exts = {{.kind = 60}}, .ext_count = 1}, DOT},
	{"SYN and ACK", {TCP(4, 1010, 853, SYN | ACK)}, NONE},
	{"ACK", {TCP(4, 1011, 853, ACK)}, NONE},
	{"RST", {TCP(4, 1012, 853, RST)}, NONE},
	{"SYN and RST", {TCP(4, 1013, 853, SYN | RST)}, NONE},
	{"SYN and FIN", {TCP(4, 1014, 853, SYN | FIN)}, NONE},
	{"no flags", {TCP(4, 1015, 853, PACKET_ZERO)}, NONE},
	{"data", {TCP(6, 1016, 853, 0x18), .garbage = 500}, NONE},
	{"SYN and ACK of the server",
	 {.version = 4, .from_server = true, .protocol = 6, .src_port = 853, .dst_port = 1001,
	  .tcp_flags = SYN | ACK}, NONE},
	{"SYN from port 853 to a stranger",
	 {.version = 4, .protocol = 6, .src_port = 853, .dst_port = 1017, .tcp_flags = SYN}, NONE},
	{"SYN from port 853 to port 853", {TCP(4, 853, 853, SYN), AT(55)}, DOT},
	{"SYN to 443 of a resolver", {TCP(4, 1020, 443, SYN), AT(KNOWN)}, DOH},
	{"SYN to 443 of a resolver, IPv6", {TCP(6, 1020, 443, SYN), AT(KNOWN)}, DOH},
	{"again", {TCP(6, 1020, 443, SYN), AT(KNOWN)}, NONE},
	{"SYN to 853 of a resolver", {TCP(4, 1020, 853, SYN), AT(KNOWN)}, DOT},
	{"data to 443 of a resolver", {TCP(4, 1021, 443, 0x18), AT(KNOWN), .garbage = 99}, NONE},
	{"SYN to 443 of a stranger", {TCP(4, 1022, 443, SYN)}, NONE},
	{"SYN to 443 of a stranger, IPv6", {TCP(6, 1022, 443, SYN)}, NONE},
	{"SYN of a resolver to 443 of a stranger",
	 {TCP(4, 1023, 443, SYN), AT(KNOWN), .from_server = true}, NONE},
	{"SYN to 442", {TCP(4, 1024, 442, SYN), AT(KNOWN)}, NONE},
	{"SYN to 854", {TCP(4, 1025, 854, SYN), AT(KNOWN)}, NONE},
	{"SYN to 853 + 2^15", {TCP(4, 1026, 853 + 32768, SYN), AT(KNOWN)}, NONE},
	{"SYN to 65535", {TCP(4, 1027, 65535, SYN), AT(KNOWN)}, NONE},

	{"Initial to 853", {UDP(4, 1030, 853, INITIAL)}, DOQ},
	{"Initial to 853, IPv6", {UDP(6, 1030, 853, INITIAL)}, DOQ},
	{"another Initial of it", {UDP(4, 1030, 853, INITIAL "\x55")}, NONE},
	{"Initial of version 2", {UDP(4, 1031, 853, INITIAL_2)}, DOQ},
	{"Initial of a version to be refused", {UDP(4, 1032, 853, GREASE)}, DOQ},
	{"0-RTT", {UDP(4, 1033, 853, ZERO_RTT)}, NONE},
	{"Handshake", {UDP(4, 1034, 853, HANDSHAKE)}, NONE},
	{"Retry", {UDP(4, 1035, 853, RETRY)}, NONE},
	{"0-RTT of version 2", {UDP(6, 1036, 853, ZERO_RTT_2)}, NONE},
	{"Handshake of version 2", {UDP(4, 1037, 853, HANDSHAKE_2)}, NONE},
	{"Retry of version 2, which is an Initial's type in version 1",
	 {UDP(4, 1038, 853, RETRY_2)}, NONE},
	{"short header", {UDP(4, 1039, 853, SHORT)}, NONE},
	{"version negotiation", {UDP(4, 1040, 853, NEGOTIATION)}, NONE},
	{"no fixed bit", {UDP(4, 1041, 853, UNFIXED)}, NONE},
	{"Initial of the server",
	 {UDP(4, 853, 1030, INITIAL), .from_server = true}, NONE},
	{"Initial from 853 to a stranger", {UDP(4, 853, 1042, INITIAL)}, NONE},
	{"datagram that ends within the version",
	 {.version = 4, .src_port = 1043, .dst_port = 853, .opening = INITIAL,
	  .opening_bytes = 4, .padded_to = 60}, NONE},
	{"its UDP length says so, the bytes are there",
	 {UDP(4, 1044, 853, INITIAL), .udp_length = 12}, NONE},
	{"empty datagram, Ethernet padding",
	 {.version = 4, .src_port = 1045, .dst_port = 853, .padded_to = 60}, NONE},
	{"plain DNS to 853", {.version = 4, .src_port = 1046, .dst_port = 853, .messages = {29}}, NONE},
	{"Initial to 443 of a resolver", {UDP(4, 1050, 443, INITIAL), AT(KNOWN)}, DOH3},
	{"Initial of version 2 to 443 of a resolver, IPv6",
	 {UDP(6, 1050, 443, INITIAL_2), AT(KNOWN)}, DOH3},
	{"again", {UDP(6, 1050, 443, INITIAL_2), AT(KNOWN)}, NONE},
	{"short header to 443 of a resolver", {UDP(4, 1051, 443, SHORT), AT(KNOWN)}, NONE},
	{"Initial to 443 of a stranger", {UDP(4, 1052, 443, INITIAL)}, NONE},
	{"the ports of a TCP connection over UDP", {UDP(4, 1001, 853, INITIAL)}, DOQ},
	{"SCTP", {.version = 4, .protocol = 132, .src_port = 1060, .dst_port = 853}, NONE},
	{.kind = NONE},
};
// clang-format on

unsigned encrypted_case_build(const struct encrypted_case *c, unsigned wrap, uint8_t *frame)
{
	static const struct packet_layer vxlan[] = {{.kind = PACKET_IP4, .hop = 1},
						    {.kind = PACKET_UDP},
						    {.kind = PACKET_VXLAN, .id = 7},
						    {.kind = PACKET_ETHERNET},
						    {.kind = PACKET_NONE}};
	static const struct packet_layer gre[] = {
		{.kind = PACKET_IP6, .hop = 1}, {.kind = PACKET_GRE}, {.kind = PACKET_NONE}};
	struct packet packet = c->packet;

	packet.src_port = (uint16_t)(packet.src_port + 2000 * wrap);
	if (wrap == 1 || wrap == 2)
		packet.tags[0] = (struct packet_tag){0x8100, 7};
	if (wrap == 2)
		packet.tags[1] = (struct packet_tag){0x8100, 8};
	if (wrap == 3)
		packet.outer = vxlan;
	if (wrap == 4)
		packet.outer = gre;
	return packet_build(&packet, frame, NULL);
}

void encrypted_expect(const struct encrypted_case *c, unsigned wrap,
		      const struct encrypted_totals *before, const struct encrypted_totals *after)
{
	for (int kind = 0; kind < ODD_ENCRYPTED_COUNT; kind++) {
		unsigned long long grown = after->connections[kind] - before->connections[kind];

		cr_expect_eq(grown, kind == c->kind, "%s, wrap %u: %llu of %s", c->name, wrap,
			     grown, encrypted_name((enum odd_encrypted)kind));
	}
}
