/* SPDX-License-Identifier: GPL-2.0-or-later */
/* JSON Lines of the contract (design section 6): one object a line, keys in its order. */
#ifndef SINK_JSON_H
#define SINK_JSON_H

#include "flow/table.h"
#include "rule/rules.h"
#include "source/source.h"
#include "stats/servers.h"

#include <stdio.h>

/* What a line needs that is not in the record itself. */
struct json_names {
	/* name of an interface index, NULL when unknown (captures) */
	const char *(*interface)(void *context, uint32_t ifindex);
	/* name of a group, NULL when in none */
	const char *(*group)(void *context, const struct server *server);
	void *context;
};

/* Each writes one line to @out; errors show in ferror(@out). */
void json_exchange(FILE *out, const struct json_names *names, const struct exchange *exchange);
void json_interval(FILE *out, const struct json_names *names, const struct server *server,
		   const struct interval *interval);
void json_alert(FILE *out, const struct alert *alert);
void json_summary(FILE *out, const struct exchange_counters *exchanges,
		  const struct source_counters *source);

#endif
