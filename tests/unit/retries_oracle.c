// SPDX-License-Identifier: GPL-2.0-or-later
/* Written from the header of flow/retries, not from its source. */
#include "retries_oracle.h"

#include <string.h>

static struct told *tell(struct retries_oracle *o, const struct talked *t)
{
	struct told *told = &o->told[o->told_count++];

	memset(told, 0, sizeof(*told));
	told->end_ns = t->end_ns;
	told->id = t->id;
	told->is_tcp = t->is_tcp;
	return told;
}

static struct told *let_go(struct retries_oracle *o, unsigned at, uint64_t *counter)
{
	struct told *told = tell(o, &o->held[at]);

	memmove(&o->held[at], &o->held[at + 1], (o->open - at - 1) * sizeof(o->held[0]));
	o->open--;
	++*counter;
	return told;
}

/* The one that ended first, of equal ones the first that came; of @who, or of all when -1. */
static int first_of(const struct retries_oracle *o, int who)
{
	int first = -1;

	for (unsigned i = 0; i < o->open; i++)
		if ((who < 0 || o->held[i].who == who) &&
		    (first < 0 || o->held[i].end_ns < o->held[first].end_ns))
			first = (int)i;
	return first;
}

static void let_all_go(struct retries_oracle *o)
{
	while (o->open)
		let_go(o, (unsigned)first_of(o, -1), &o->unknown);
}

/* @may_step: the time says what the clock shows */
static void pass(struct retries_oracle *o, int64_t now_ns, bool may_step)
{
	int64_t span_ns = o->window_ns + o->timeout_ns;

	if (may_step && now_ns + span_ns < o->now_ns) {
		let_all_go(o);
		o->now_ns = now_ns;
	}
	if (now_ns > o->now_ns)
		o->now_ns = now_ns;
	while (o->open && o->held[first_of(o, -1)].end_ns + span_ns < o->now_ns)
		let_go(o, (unsigned)first_of(o, -1), &o->abandoned)->abandoned = 1;
}

static void hold(struct retries_oracle *o, const struct talked *t)
{
	unsigned same = 0;

	pass(o, t->end_ns, true);
	o->truncated++;
	for (unsigned i = 0; i < o->open; i++)
		same += o->held[i].who == t->who;
	if (same == o->same_max)
		let_go(o, (unsigned)first_of(o, t->who), &o->unknown);
	if (o->open == o->places)
		let_go(o, (unsigned)first_of(o, -1), &o->unknown);
	o->held[o->open++] = *t;
}

static bool retries_it(const struct retries_oracle *o, const struct talked *tcp,
		       const struct talked *held)
{
	return held->who == tcp->who && held->end_ns <= tcp->time_ns &&
	       tcp->time_ns <= held->end_ns + o->window_ns;
}

static void take_tcp(struct retries_oracle *o, const struct talked *tcp)
{
	struct told told = {.end_ns = tcp->end_ns, .id = tcp->id, .is_tcp = 1};

	for (;;) {
		int first = -1;

		for (unsigned i = 0; i < o->open; i++)
			if (retries_it(o, tcp, &o->held[i]) &&
			    (first < 0 || o->held[i].end_ns < o->held[first].end_ns))
				first = (int)i;
		if (first < 0)
			break;
		told.is_retry = 1;
		told.retry_of = o->held[first].id;
		let_go(o, (unsigned)first, &o->retried)->was_retried = 1;
	}
	o->told[o->told_count++] = told;
}

void retries_oracle_exchange(struct retries_oracle *o, const struct talked *t)
{
	o->told_count = 0;
	if (t->is_truncated) {
		hold(o, t);
		return;
	}
	if (o->open)
		pass(o, t->end_ns, false);
	if (t->is_tcp)
		take_tcp(o, t);
	else
		tell(o, t);
}

void retries_oracle_tick(struct retries_oracle *o, int64_t now_ns)
{
	o->told_count = 0;
	pass(o, now_ns, true);
}

void retries_oracle_finish(struct retries_oracle *o)
{
	o->told_count = 0;
	let_all_go(o);
}
