// SPDX-License-Identifier: GPL-2.0-or-later
/* Names, places and remedies of assembly's counters. */
#include "assembly_rows.h"

#include <string.h>

#define AT(member)	  offsetof(struct assembly_totals, member)
#define PACKETS(name)	  "assembly", #name, AT(packets.name)
#define FRAGMENTS(name)	  "fragments", #name, AT(fragments.name)
#define TCP(name)	  "tcp", #name, AT(streams.name)
#define RAISE_ASSEMBLY	  ": raise sensor.assembly"
#define RAISE_CONNECTIONS ": raise sensor.connections"
#define LOOK_FOR_LOSS	  ": look for loss at the mirror port and in sensor.ring"
#define AN_ATTACK	  ": an attack, or a broken sender"

const struct assembly_row assembly_rows[] = {
	{PACKETS(packets), NULL},
	{PACKETS(messages), NULL},
	{PACKETS(joined), NULL},
	{PACKETS(coalesced), NULL},
	{PACKETS(shed), NULL}, /* a loss, told together with what the programs gave up */

	{FRAGMENTS(fragments), NULL},
	{FRAGMENTS(reassembled), NULL},
	{FRAGMENTS(partial), "datagrams whose fragments did not all come, read as far as they "
			     "go" LOOK_FOR_LOSS},
	{FRAGMENTS(overlapping), "datagrams whose fragments overlap, refused (RFC 8200 "
				 "4.5)" AN_ATTACK},
	{FRAGMENTS(repeated), NULL},
	{FRAGMENTS(misshapen), "fragments that fit no datagram" AN_ATTACK},
	{FRAGMENTS(unclaimed), NULL}, /* never known to be DNS */
	{FRAGMENTS(evicted), "datagrams given up for want of room" RAISE_ASSEMBLY},
	{FRAGMENTS(held), NULL},
	{FRAGMENTS(held_bytes), NULL},

	{TCP(segments), NULL},
	{TCP(controls), NULL},
	{TCP(messages), NULL},
	{TCP(cut), "messages over TCP that lack a part, read as far as they go: see tcp_holes"},
	{TCP(over_message), NULL}, /* long ones, whose rest is not kept */
	{TCP(headless), "messages over TCP that lack their start: see tcp_holes"},
	{TCP(retransmitted), NULL},
	{TCP(reordered), NULL},
	{TCP(overlapping), NULL},
	{TCP(holes), "places where segments were not seen" LOOK_FOR_LOSS},
	{TCP(resynced), NULL},
	{TCP(skipped),
	 "segments of streams whose start was not seen, or behind a hole: nothing to do, "
	 "new connections are read"},
	{TCP(misframed), "places where no message can begin: not DNS, or a broken sender"},
	{TCP(over_connection), "segments that came too far before their turn" LOOK_FOR_LOSS},
	{TCP(over_total), "segments that found no room" RAISE_ASSEMBLY},
	{TCP(opened), NULL},
	{TCP(closed), NULL},
	{TCP(idle), NULL},
	{TCP(evicted), "connections given up for others" RAISE_CONNECTIONS},
	{TCP(connections), NULL},
	{TCP(held_bytes), NULL},
};

const unsigned assembly_row_count = sizeof(assembly_rows) / sizeof(assembly_rows[0]);

uint64_t assembly_row__number(const struct assembly_row *row, const struct assembly_totals *totals)
{
	uint64_t number;

	memcpy(&number, (const char *)totals + row->offset, sizeof(number));
	return number;
}
