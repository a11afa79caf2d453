/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was counted on the way from the wire to the exchanges, as sinks tell it at the end. */
#ifndef SINK_SUMMARY_H
#define SINK_SUMMARY_H

#include "flow/assembly_rows.h"
#include "flow/episodes.h"
#include "flow/exchange_table.h"
#include "flow/retries.h"
#include "source/capture.h"
#include "source/source.h"

struct summary {
	const struct assembly_totals *assembly;
	const struct exchange_counters *exchanges;
	const struct retries_counters *retries;
	const struct episodes_counters *episodes; /* NULL when nobody wants them */
	const struct source_counters *source;
	const struct capture_counters *capture; /* NULL when packets came from no file */
};

/* The groups of enum odd_drop, each from its first reason to before the next group's. */
#define SUMMARY_NOT_DNS_END    ODD_DROP_FIRST_UNPARSABLE
#define SUMMARY_UNPARSABLE_END ODD_DROP_FIRST_LOST
#define SUMMARY_LOST_END       ODD_DROP_SERVER_RCODE_FULL

/** summary_packets() - Packets on a DNS port with payload, of all hooks. */
static inline uint64_t summary_packets(const struct source_counters *source)
{
	uint64_t packets = 0;

	for (unsigned i = 0; i < ODD_HOOK_COUNT; i++)
		packets += source->packets[i];
	return packets;
}

/** summary_drops() - Sum of the reasons from @first to before @end. */
static inline uint64_t summary_drops(const struct source_counters *source, unsigned first,
				     unsigned end)
{
	uint64_t sum = 0;

	for (unsigned i = first; i < end; i++)
		sum += source->drops[i];
	return sum;
}

/** summary_shed() - Packets left out under overload, by the programs and behind the ring. */
static inline uint64_t summary_shed(const struct summary *summary)
{
	return summary->source->drops[ODD_DROP_SHED] + summary->assembly->packets.shed;
}

#endif
