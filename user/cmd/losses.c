// SPDX-License-Identifier: GPL-2.0-or-later
/* Losses of all stages in one list. */
#include "losses.h"

#include "flow/assembly_rows.h"

#include <stdio.h>

static bool is_news(enum odd_drop drop)
{
	return drop != ODD_DROP_NONE && drop != ODD_DROP_TCP_CONTROL && drop != ODD_DROP_FRAGMENT;
}

/* What was left out is one loss, by the programs or behind the ring. */
static uint64_t drop_count(const struct state *state, enum odd_drop drop)
{
	return state->source.drops[drop] +
	       (drop == ODD_DROP_SHED ? state->assembly.packets.shed : 0);
}

struct teller {
	loss_fn fn;
	void *context;
};

static void tell(const struct teller *teller, uint64_t count, const char *name, const char *remedy)
{
	if (count)
		teller->fn(teller->context, count, name, remedy);
}

/* "tcp_holes": as JSON has it in the object "tcp". */
static const char *assembly_loss_name(const struct assembly_row *row, char buf[48])
{
	snprintf(buf, 48, "%s_%s", row->group, row->name);
	return buf;
}

void losses_list(const struct state *s, loss_fn fn, void *context)
{
	const struct teller teller = {.fn = fn, .context = context};
	char name[48];

	for (int i = 0; i < ODD_DROP_COUNT; i++)
		if (is_news((enum odd_drop)i))
			tell(&teller, drop_count(s, (enum odd_drop)i),
			     odd_drop_name((enum odd_drop)i), odd_drop_remedy((enum odd_drop)i));
	tell(&teller, s->exchanges.unparsable, dns_verdict_name(DNS_MESSAGE_SHORT),
	     "messages without a whole header; counted, not matched");
	for (unsigned i = 0; i < assembly_row_count; i++)
		if (assembly_rows[i].remedy)
			tell(&teller, assembly_row__number(&assembly_rows[i], &s->assembly),
			     assembly_loss_name(&assembly_rows[i], name), assembly_rows[i].remedy);
	tell(&teller, s->exchanges.evicted, "evicted",
	     drop_count(s, ODD_DROP_SHED)
		     ? "queries that waited when they were left out, or when there was no room: as "
		       "shed; raise sensor.pending"
		     : "more queries at once than remembered: raise sensor.pending");
	tell(&teller, s->exchanges.unsampled, "unsampled",
	     "responses whose queries were left out: as shed");
	tell(&teller, s->servers_evicted, "server_evicted",
	     "more servers than remembered: raise sensor.servers, or name yours in a [group]");
}
