// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of rules: a new one that compares servers is one row here and its settings. */
#include "rule_rows.h"

#include <string.h>

/* RFC 1035 section 4.1.1 */
#define RCODE_SERVFAIL 2

static uint64_t latency_samples(const struct interval *interval)
{
	return interval->samples;
}

static double latency_ns(const struct interval *interval)
{
	return (double)interval->median_ns;
}

/* Queries whose fate is known: a late answer's query is one that was not answered in time. */
static uint64_t unanswered_samples(const struct interval *interval)
{
	return (uint64_t)interval->answered + interval->unanswered;
}

static double unanswered_share(const struct interval *interval)
{
	return interval->unanswered / (double)unanswered_samples(interval);
}

static uint64_t servfail_samples(const struct interval *interval)
{
	return (uint64_t)interval->answered + interval->late;
}

static double servfail_share(const struct interval *interval)
{
	return interval->rcodes[RCODE_SERVFAIL] / (double)servfail_samples(interval);
}

const struct rule_row rule_rows[RULES] = {
	[RULE_LATENCY] =
		{
			.id = RULE_LATENCY,
			.name = "odd-one-out",
			.metric = "latency_ns",
			.unit = UNIT_NS,
			.what = "latency",
			.advice = "Time \"dig @SERVER NAME\" against this server and a peer. If "
				  "only this "
				  "one is slow, look at the path to it (mtr), at its load, at its "
				  "cache, "
				  "and at the servers that it forwards to.",
			.samples = latency_samples,
			.value = latency_ns,
		},
	[RULE_UNANSWERED] =
		{
			.id = RULE_UNANSWERED,
			.name = "odd-unanswered",
			.metric = "unanswered_share",
			.unit = UNIT_SHARE,
			.what = "unanswered share",
			.advice = "Ask it with \"dig @SERVER NAME\" and with \"dig +tcp @SERVER "
				  "NAME\". If "
				  "TCP works and UDP does not, look for loss, filters and rate "
				  "limits on "
				  "the path; else at the server itself, its load and its log.",
			.samples = unanswered_samples,
			.value = unanswered_share,
		},
	[RULE_SERVFAIL] =
		{
			.id = RULE_SERVFAIL,
			.name = "odd-servfail",
			.metric = "servfail_share",
			.unit = UNIT_SHARE,
			.what = "SERVFAIL share",
			.advice = "Ask for a failing name with \"dig @SERVER NAME\", then with "
				  "\"dig +cd\". "
				  "If +cd helps, DNSSEC validation fails there (clock, trust "
				  "anchor); else "
				  "look at the servers that it forwards to and whether it reaches "
				  "them.",
			.samples = servfail_samples,
			.value = servfail_share,
		},
};

const struct rule_row *rule_row_of(const char *name, const char *metric)
{
	static const struct rule_row shares = {.unit = UNIT_SHARE}, latencies = {.unit = UNIT_NS};
	size_t length = strlen(metric);

	for (unsigned i = 0; i < RULES; i++)
		if (strcmp(rule_rows[i].name, name) == 0)
			return &rule_rows[i];
	return length > 3 && strcmp(metric + length - 3, "_ns") == 0 ? &latencies : &shares;
}
