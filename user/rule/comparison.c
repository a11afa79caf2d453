// SPDX-License-Identifier: GPL-2.0-or-later
/* One group compared by one rule. */
#include "comparison.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int comparison__reserve(struct comparison *comparison, unsigned members, unsigned window)
{
	struct comparison new = {.members_max = members, .window_max = window};
	size_t n = members ? members : 1, values = n * window;

	if (members <= comparison->members_max && window <= comparison->window_max)
		return 0;
	new.series = calloc(n, sizeof(*new.series));
	new.findings = calloc(n, sizeof(*new.findings));
	new.members = calloc(n, sizeof(*new.members));
	new.evidence = calloc(n, sizeof(*new.evidence));
	new.window = calloc(window, sizeof(*new.window));
	new.values = calloc(values, sizeof(*new.values));
	new.scratch = calloc(values, sizeof(*new.scratch));
	if (!new.series || !new.findings || !new.members || !new.evidence || !new.window ||
	    !new.values || !new.scratch) {
		comparison__done(&new);
		return -ENOMEM;
	}
	comparison__done(comparison);
	*comparison = new;
	return 0;
}

void comparison__done(struct comparison *comparison)
{
	free(comparison->series);
	free(comparison->findings);
	free(comparison->members);
	free(comparison->evidence);
	free(comparison->window);
	free(comparison->values);
	free(comparison->scratch);
	*comparison = (struct comparison){.count = 0};
}

void comparison__start(struct comparison *comparison)
{
	comparison->count = 0;
	comparison->has_evidence = false;
	comparison->verdict = (struct odd_verdict){.sufficient = false};
}

void comparison__add(struct comparison *comparison, const struct server *server)
{
	comparison->members[comparison->count++] = server;
}

/* The values of a member's intervals that have enough samples. */
static void read_series(struct comparison *comparison, unsigned member, const struct rule_row *row,
			unsigned min_samples)
{
	double *values = comparison->values + (size_t)member * comparison->window_max;
	unsigned n = server__series(comparison->members[member], comparison->window);
	struct odd_series series = {.values = values};

	for (unsigned i = 0; i < n; i++) {
		const struct interval *interval = comparison->window[i];
		uint64_t samples = row->samples(interval);

		if (samples == 0 || samples < min_samples)
			continue;
		values[series.count++] = row->value(interval);
		series.samples += samples;
	}
	comparison->series[member] = series;
}

void comparison__run(struct comparison *comparison, const struct rule_row *row,
		     unsigned min_samples, const struct odd_limits *limits)
{
	for (unsigned i = 0; i < comparison->count; i++)
		read_series(comparison, i, row, min_samples);
	comparison->verdict = odd_one_out(comparison->series, comparison->count, limits,
					  comparison->scratch, comparison->findings);
}

const struct alert_evidence *comparison__evidence(struct comparison *comparison)
{
	for (unsigned i = 0; i < comparison->count && !comparison->has_evidence; i++) {
		const struct odd_member *finding = &comparison->findings[i];
		struct alert_evidence *evidence = &comparison->evidence[i];

		*evidence = (struct alert_evidence){
			.eligible = finding->eligible,
			.odd = finding->odd,
			.median = finding->median,
			.intervals = comparison->series[i].count,
			.samples = comparison->series[i].samples,
		};
		memcpy(evidence->server, server__address(comparison->members[i]),
		       sizeof(evidence->server));
	}
	comparison->has_evidence = true;
	return comparison->evidence;
}
