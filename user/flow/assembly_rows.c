// SPDX-License-Identifier: GPL-2.0-or-later
/* Names, places and remedies of assembly's counters. */
#include "assembly_rows.h"

#include <string.h>

#define AT(member)	  offsetof(struct assembly_totals, member)
#define PACKETS(name)	  "assembly", #name, AT(packets.name)
#define FRAGMENTS(name)	  "fragments", #name, AT(fragments.name)
#define TCP(name)	  "tcp", #name, AT(streams.name)
#define RAISE_ASSEMBLY	  "; raise sensor.assembly"
#define RAISE_CONNECTIONS "; raise sensor.connections"

const struct assembly_row assembly_rows[] = {
	{PACKETS(packets), NULL},
	{PACKETS(messages), NULL},
	{PACKETS(joined), NULL},
	{PACKETS(coalesced), NULL},
	{PACKETS(shed), "left out under overload, as whole exchanges; give the daemon a processor"},

	{FRAGMENTS(fragments), NULL},
	{FRAGMENTS(reassembled), NULL},
	{FRAGMENTS(partial), "datagrams of which fragments never came; what came is read"},
	{FRAGMENTS(overlapping), "datagrams whose fragments overlap, refused (RFC 8200 4.5)"},
	{FRAGMENTS(repeated), NULL},
	{FRAGMENTS(misshapen), "fragments that fit no datagram, made by an attacker or a fault"},
	{FRAGMENTS(unclaimed), NULL}, /* never known to be DNS */
	{FRAGMENTS(evicted), "datagrams given up for want of room" RAISE_ASSEMBLY},
	{FRAGMENTS(held), NULL},
	{FRAGMENTS(held_bytes), NULL},

	{TCP(segments), NULL},
	{TCP(controls), NULL},
	{TCP(messages), NULL},
	{TCP(cut), "messages over TCP that lack a part; what came is read"},
	{TCP(over_message), NULL}, /* long ones, whose rest is not kept */
	{TCP(headless), "messages over TCP that lack their start"},
	{TCP(retransmitted), NULL},
	{TCP(reordered), NULL},
	{TCP(overlapping), NULL},
	{TCP(holes), "segments that were not seen; mirror ports drop when they are overloaded"},
	{TCP(resynced), NULL},
	{TCP(skipped), "segments of streams that began before they were watched, or behind a hole"},
	{TCP(misframed), "places in TCP streams where no message can begin: not DNS, or a fault"},
	{TCP(over_connection), "segments that came too far before their turn"},
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
