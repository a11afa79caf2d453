// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Runs scenarios: text scripts with a virtual clock, after unbound's
 * testdata/(name).rpl. Each file is one test; a step that goes wrong ends it. Prints TAP.
 *
 *	run FILE...
 *
 *	# a comment; the first one says what the scenario shows
 *	set sensor.timeout=5s		before the first event; after it: a reload
 *	epoch 0				what time 0 is, in seconds since 1970 (1700000000)
 *	at 1.000 | advance 5s		set the clock; at may go back
 *	boundary			advance to where the next interval starts
 *	tick				tell the pipeline what time it is
 *	query ... | response ... | raw HEX ...	see packet.h
 *	ask latency=14ms ...		query, advance by the latency, response
 *	icmp TYPE CODE ...		an ICMP error that quotes the query of these words
 *	finish				end of input
 *	repeat N [i] ... end		$i counts from 0
 *	for a,b in 14,61 12,58 ... end	$a is 14 and $b is 61 in the first round
 *	expect exchange state=answered latency=3ms ...	the next that has ended
 *	expect none			no further exchange has ended
 *	expect count queries=2 ...	counters of the exchange table
 *	expect interval server=A median=14ms ...	the last that has closed
 *	expect intervals N		so many have been delivered, of all servers
 *	expect alert raised rule=... subject=...	the next alert
 *	expect no alert			no further alert
 *	expect direction both		or unknown, queries-only, responses-only
 *	ignore				forget exchanges that have ended until now
 *
 * At the end no exchange and no alert may be left that was not spoken of. After
 * each step the identities of conservation are checked.
 */
#include "outcome.h"
#include "packet.h"

#include <netinet/in.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEED	      11
#define EPOCH_NS      1700000000000000000ULL
#define SCRIPT_LINES  1024
#define VALUES_MAX    8
#define BLOCKS_NESTED 8

#define WAYS_MAX 64

struct scenario {
	char *text;
	char *lines[SCRIPT_LINES];
	unsigned count;
	unsigned line; /* that is being carried out, from 1 */
	unsigned depth;
	unsigned expectations;
	uint64_t now_ns;
	bool finished;
	struct variables variables;
	struct settings *settings;
	struct pipeline *pipeline; /* NULL before the first step that needs it */
	struct outcome outcome;
	/* directions over TCP: who to whom, and the next sequence number */
	struct {
		uint8_t key[40];
		uint32_t next;
	} ways[WAYS_MAX];
	unsigned way_count;
};

static void start(struct scenario *s)
{
	struct pipeline_sinks sinks = outcome_sinks(&s->outcome);

	if (s->pipeline)
		return;
	if (settings__check(s->settings) < 0 ||
	    pipeline__new(s->settings, SEED, &sinks, &s->pipeline) < 0)
		outcome_fail(&s->outcome, "no pipeline with these settings");
}

/*
 * Where in its stream a segment stands: behind the one before it of this direction. A message
 * over TCP is one segment, with its length before it (RFC 1035 section 4.2.2).
 */
static void make_segment(struct scenario *s, struct odd_event *event)
{
	struct way {
		uint8_t src[16], dst[16];
		uint16_t src_port, dst_port;
		uint32_t tunnel;
	} way = {
		.src_port = event->src_port,
		.dst_port = event->dst_port,
		.tunnel = event->tunnel ? event->tunnel << 24 | event->tunnel_id : 0,
	};
	unsigned i = 0;

	memcpy(way.src, event->src, sizeof(way.src));
	memcpy(way.dst, event->dst, sizeof(way.dst));
	_Static_assert(sizeof(way) == sizeof(s->ways[0].key), "a way is compared as bytes");
	while (i < s->way_count && memcmp(s->ways[i].key, &way, sizeof(way)) != 0)
		i++;
	if (i == WAYS_MAX) {
		outcome_fail(&s->outcome, "more directions over TCP than a scenario can have");
		return;
	}
	if (i == s->way_count) {
		memcpy(s->ways[i].key, &way, sizeof(way));
		s->way_count++;
	}
	memmove(event->payload + 2, event->payload, event->captured_bytes);
	event->payload[0] = (uint8_t)(event->message_bytes >> 8);
	event->payload[1] = (uint8_t)event->message_bytes;
	event->message_bytes += 2;
	event->captured_bytes += 2;
	if (event->flags & PACKET_AGAIN)
		s->ways[i].next -= event->message_bytes;
	event->flags &= (__u8)~PACKET_AGAIN;
	event->sequence = s->ways[i].next;
	s->ways[i].next += event->message_bytes;
}

static void hand_over(struct scenario *s, union packet *packet)
{
	packet->event.time_ns = s->now_ns;
	if (packet->event.protocol == IPPROTO_TCP && packet->event.message_bytes > 0)
		make_segment(s, &packet->event);
	s->outcome.handed++;
	s->outcome.follows += (packet->event.flags & ODD_EVENT_FOLLOWS) != 0;
	pipeline__event(s->pipeline, &packet->event);
}

/* --- steps ------------------------------------------------------------------------------------ */

static void step_set(struct scenario *s, struct words *words)
{
	char assignment[WORDS_TEXT_MAX];

	if (words->count < 2) {
		outcome_fail(&s->outcome, "set what?");
		return;
	}
	/* sections have blanks in their names: "group lan.servers=..." */
	snprintf(assignment, sizeof(assignment), "%s%s%s", words->at[1],
		 words->count > 2 ? " " : "", words->count > 2 ? words->at[2] : "");
	words->used[1] = true;
	if (words->count > 2)
		words->used[2] = true;
	if (settings__set(s->settings, assignment) < 0)
		outcome_fail(&s->outcome, "cannot be set");
	else if (s->pipeline && pipeline__configure(s->pipeline, s->settings) < 0)
		outcome_fail(&s->outcome, "cannot be set now");
}

static bool read_time(struct scenario *s, struct words *words, int64_t *ret_ns)
{
	const char *text = words_next(words);

	if (text && words_duration(text, ret_ns))
		return true;
	outcome_fail(&s->outcome, "no time that can be read");
	return false;
}

static void step_epoch(struct scenario *s, struct words *words)
{
	int64_t ns;

	if (!read_time(s, words, &ns))
		return;
	s->outcome.epoch_ns = (uint64_t)ns;
	s->now_ns = (uint64_t)ns;
}

static void step_at(struct scenario *s, struct words *words)
{
	int64_t ns;

	if (read_time(s, words, &ns))
		s->now_ns = s->outcome.epoch_ns + (uint64_t)ns;
}

static void step_advance(struct scenario *s, struct words *words)
{
	int64_t ns;

	if (read_time(s, words, &ns))
		s->now_ns += (uint64_t)ns;
}

static void step_boundary(struct scenario *s, struct words *words)
{
	(void)words;
	s->now_ns += s->settings->interval_ns - s->now_ns % s->settings->interval_ns;
}

static void step_tick(struct scenario *s, struct words *words)
{
	(void)words;
	pipeline__tick(s->pipeline, s->now_ns);
}

static void step_message(struct scenario *s, struct words *words, bool is_response)
{
	union packet packet;
	const char *wrong = packet_message(words, is_response, &packet);

	if (wrong)
		outcome_fail(&s->outcome, "%s", wrong);
	else
		hand_over(s, &packet);
}

static void step_query(struct scenario *s, struct words *words)
{
	step_message(s, words, false);
}

static void step_response(struct scenario *s, struct words *words)
{
	step_message(s, words, true);
}

static void step_ask(struct scenario *s, struct words *words)
{
	const char *latency = words_value(words, "latency");
	struct words again = *words;
	int64_t ns;

	/* the copy's words point into the original's text, which lives as long */
	if (!latency || !words_duration(latency, &ns)) {
		outcome_fail(&s->outcome, "latency cannot be read");
		return;
	}
	(void)words_value(words, "rcode"); /* of the response only */
	step_query(s, words);
	s->now_ns += (uint64_t)ns;
	step_response(s, &again);
}

static void step_icmp(struct scenario *s, struct words *words)
{
	union packet packet;
	const char *wrong = packet_icmp(words, &packet);

	if (wrong)
		outcome_fail(&s->outcome, "%s", wrong);
	else
		hand_over(s, &packet);
}

static void step_raw(struct scenario *s, struct words *words)
{
	union packet packet;
	const char *wrong = packet_raw(words, &packet);

	if (wrong)
		outcome_fail(&s->outcome, "%s", wrong);
	else
		hand_over(s, &packet);
}

static void step_finish(struct scenario *s, struct words *words)
{
	(void)words;
	pipeline__finish(s->pipeline);
	s->finished = true;
}

static void step_expect(struct scenario *s, struct words *words)
{
	s->expectations++;
	outcome_expect(&s->outcome, s->pipeline, words);
}

static void step_ignore(struct scenario *s, struct words *words)
{
	(void)words;
	s->outcome.exchange_next = s->outcome.exchange_count;
}

static const struct step {
	const char *word;
	bool needs_pipeline;
	void (*carry_out)(struct scenario *s, struct words *words);
} steps[] = {
	{"set", false, step_set},
	{"epoch", false, step_epoch},
	{"at", false, step_at},
	{"advance", false, step_advance},
	{"boundary", false, step_boundary},
	{"tick", true, step_tick},
	{"query", true, step_query},
	{"response", true, step_response},
	{"ask", true, step_ask},
	{"raw", true, step_raw},
	{"icmp", true, step_icmp},
	{"finish", true, step_finish},
	{"expect", true, step_expect},
	{"ignore", true, step_ignore},
};

static const struct step *step_of(const char *word)
{
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (strcmp(steps[i].word, word) == 0)
			return &steps[i];
	return NULL;
}

static void carry_out(struct scenario *s, struct words *words)
{
	const struct step *step = step_of(words->at[0]);

	if (!step) {
		outcome_fail(&s->outcome, "no such step");
		return;
	}
	words->used[0] = true;
	if (step->needs_pipeline)
		start(s);
	if (!*s->outcome.why)
		step->carry_out(s, words);
	if (words_unused(words))
		outcome_fail(&s->outcome, "nobody understands '%s'", words_unused(words));
	if (s->pipeline)
		outcome_check(&s->outcome, s->pipeline);
}

/* --- lines and blocks ------------------------------------------------------------------------- */

static void run_lines(struct scenario *s, unsigned from, unsigned to);

static bool opens_block(const char *line)
{
	line += strspn(line, " \t");
	return strncmp(line, "repeat ", 7) == 0 || strncmp(line, "for ", 4) == 0;
}

static bool ends_block(const char *line)
{
	line += strspn(line, " \t");
	return strncmp(line, "end", 3) == 0 && strspn(line + 3, " \t") == strlen(line + 3);
}

/* Index of the "end" that belongs to the block opened at @from; s->count when there is none. */
static unsigned end_of(const struct scenario *s, unsigned from)
{
	unsigned depth = 0, at = from;

	for (; at < s->count; at++) {
		depth += opens_block(s->lines[at]);
		depth -= ends_block(s->lines[at]);
		if (depth == 0)
			break;
	}
	return at;
}

static void run_repeat(struct scenario *s, struct words *words, unsigned from, unsigned to)
{
	unsigned outer = s->variables.count;
	const char *name;
	uint64_t rounds;

	if (words->count < 2 || !words_number(words->at[1], &rounds)) {
		outcome_fail(&s->outcome, "repeat how often?");
		return;
	}
	name = words->count > 2 ? words->at[2] : "i";
	s->variables.at[s->variables.count++].name = name;
	for (uint64_t i = 0; i < rounds && !*s->outcome.why; i++) {
		snprintf(s->variables.at[outer].value, sizeof(s->variables.at[outer].value),
			 "%" PRIu64, i);
		run_lines(s, from, to);
	}
	s->variables.count = outer;
}

/* "a,b" in place, as an array. Return: how many */
static unsigned split_list(char *text, char *ret[VALUES_MAX])
{
	unsigned n = 0;

	while (text && n < VALUES_MAX)
		ret[n++] = strsep(&text, ",");
	return n;
}

static void run_for(struct scenario *s, struct words *words, unsigned from, unsigned to)
{
	unsigned outer = s->variables.count, n;
	char *names[VALUES_MAX], *values[VALUES_MAX];

	if (words->count < 4 || strcmp(words->at[2], "in") != 0) {
		outcome_fail(&s->outcome, "for NAMES in VALUES...");
		return;
	}
	n = split_list(words->at[1], names);
	s->variables.count += n;
	for (unsigned round = 3; round < words->count && !*s->outcome.why; round++) {
		if (split_list(words->at[round], values) != n) {
			outcome_fail(&s->outcome, "as many values as names");
			break;
		}
		for (unsigned i = 0; i < n; i++) {
			struct variable *variable = &s->variables.at[outer + i];

			variable->name = names[i];
			snprintf(variable->value, sizeof(variable->value), "%s", values[i]);
		}
		run_lines(s, from, to);
	}
	s->variables.count = outer;
}

/* @at: index of the line that opens the block. Return: index of its end */
static unsigned run_block(struct scenario *s, struct words *words, unsigned at)
{
	unsigned end = end_of(s, at);

	if (end == s->count || s->depth == BLOCKS_NESTED) {
		outcome_fail(&s->outcome, "block without end, or too deep");
		return end;
	}
	s->depth++;
	if (strcmp(words->at[0], "for") == 0)
		run_for(s, words, at + 1, end);
	else
		run_repeat(s, words, at + 1, end);
	s->depth--;
	return end;
}

static void run_lines(struct scenario *s, unsigned from, unsigned to)
{
	for (unsigned at = from; at < to && !*s->outcome.why; at++) {
		struct words words;
		const char *wrong = words_split(s->lines[at], &s->variables, &words);

		s->line = at + 1;
		if (wrong)
			outcome_fail(&s->outcome, "%s", wrong);
		else if (words.count && opens_block(s->lines[at]))
			at = run_block(s, &words, at);
		else if (words.count)
			carry_out(s, &words);
	}
}

/* --- files ------------------------------------------------------------------------------------ */

static bool read_lines(struct scenario *s, const char *path)
{
	FILE *file = fopen(path, "re");
	size_t size = 0;
	char *rest;

	if (!file)
		return false;
	if (getdelim(&s->text, &size, '\0', file) < 0) {
		fclose(file);
		return false;
	}
	fclose(file);
	rest = s->text;
	while (rest && s->count < SCRIPT_LINES)
		s->lines[s->count++] = strsep(&rest, "\n");
	return !rest;
}

static void run_file(struct scenario *s, const char *path)
{
	s->outcome.epoch_ns = EPOCH_NS;
	s->now_ns = EPOCH_NS;
	s->settings = settings__new();
	if (!s->settings || !read_lines(s, path)) {
		outcome_fail(&s->outcome, "cannot be read");
		return;
	}
	run_lines(s, 0, s->count);
	if (!s->expectations)
		outcome_fail(&s->outcome, "expects nothing");
	outcome_left(&s->outcome);
}

static bool report(const struct scenario *s, unsigned number, const char *path)
{
	const char *name = strrchr(path, '/');
	bool ok = !*s->outcome.why;

	name = name ? name + 1 : path;
	printf("%sok %u - %.*s\n", ok ? "" : "not ", number, (int)strcspn(name, "."), name);
	if (!ok)
		printf("# %s:%u: %s\n#   %s\n", path, s->line, s->outcome.why,
		       s->line ? s->lines[s->line - 1] : "");
	return ok;
}

int main(int argc, char **argv)
{
	bool ok = true;

	printf("1..%d\n", argc - 1);
	for (int i = 1; i < argc; i++) {
		struct scenario *s = calloc(1, sizeof(*s));

		if (!s)
			return 1;
		run_file(s, argv[i]);
		ok &= report(s, (unsigned)i, argv[i]);
		pipeline__free(s->pipeline);
		settings__free(s->settings);
		outcome_done(&s->outcome);
		free(s->text);
		free(s);
	}
	return ok ? 0 : 1;
}
