// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Random streams: two sides say messages, which are cut into segments anywhere,
 * shuffled, repeated, overlapped and lost. What must come out is worked out from
 * the messages and from which bytes were sent, without a reassembler.
 */
#include "talk.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TRIALS	     211
#define MESSAGES     23
#define SEGMENTS_MAX 4096
/* With losses, a segment begins with a whole header or not at a message: then a guess is right. */
#define SEGMENT_MIN 16
/* They say that they have a question. */
#define MESSAGE_MIN 17

struct piece {
	uint32_t from, to;
	bool lost;
	char side;
};

struct trial {
	uint32_t random;
	struct talk *talk;
	uint32_t begins[2][MESSAGES + 1]; /* of each side's messages, their prefixes */
	struct piece pieces[SEGMENTS_MAX];
	unsigned piece_count;
	bool there[2][SAID_MAX]; /* bytes that were sent */
	bool begins_piece[2][SAID_MAX];
	uint32_t end_of[2][SAID_MAX]; /* of the piece that begins here */
	char expected[TOLD_MAX];
	size_t expected_bytes;
};

static uint32_t dice(struct trial *trial, uint32_t sides)
{
	uint32_t *x = &trial->random;

	*x ^= *x << 13;
	*x ^= *x >> 17;
	*x ^= *x << 5;
	return *x % sides;
}

static void say_messages(struct trial *trial)
{
	for (int s = 0; s < 2; s++) {
		for (uint16_t i = 0; i < MESSAGES; i++) {
			trial->begins[s][i] = trial->talk->side[s].said;
			talk_say(trial->talk, (char)('a' + s), i,
				 MESSAGE_MIN + dice(trial, dice(trial, 5) ? 100 : 5000));
		}
		trial->begins[s][MESSAGES] = trial->talk->side[s].said;
		trial->talk->side[s].start = dice(trial, UINT32_MAX);
	}
}

static void add_piece(struct trial *trial, char side, uint32_t from, uint32_t to)
{
	cr_assert_lt(trial->piece_count, SEGMENTS_MAX);
	trial->pieces[trial->piece_count++] = (struct piece){.from = from, .to = to, .side = side};
}

/* Cut what a side said into segments of @least and more, and often where messages begin. */
static void cut(struct trial *trial, int s, uint32_t least)
{
	uint32_t said = trial->talk->side[s].said, at = 0;

	while (at < said) {
		uint32_t end = at + least + dice(trial, dice(trial, 3) ? 60 : 1400);
		bool at_message = dice(trial, 2);

		for (unsigned i = 0; i < MESSAGES && at_message; i++)
			if (trial->begins[s][i] >= at + least && trial->begins[s][i] < end)
				end = trial->begins[s][i];
		if (end + least > said)
			end = said;
		add_piece(trial, (char)('a' + s), at, end);
		at = end;
	}
}

static void shuffle(struct trial *trial)
{
	for (unsigned i = 0; i < trial->piece_count; i++) {
		unsigned rest = trial->piece_count - i;
		unsigned j = i + dice(trial, rest < 11 ? rest : 11);
		struct piece piece = trial->pieces[i];

		trial->pieces[i] = trial->pieces[j];
		trial->pieces[j] = piece;
	}
}

static void send_pieces(struct trial *trial)
{
	talk_open(trial->talk);
	for (unsigned i = 0; i < trial->piece_count; i++) {
		const struct piece *p = &trial->pieces[i];

		if (!p->lost)
			talk_send(trial->talk, p->side, p->from, p->to);
		trial->talk->now_ns += dice(trial, 100000);
	}
}

/* What was told of one side. */
static void hold_side(struct trial *trial, const char *told, char side, const char *name)
{
	char of_side[TOLD_MAX] = "";
	size_t n = 0;

	for (const char *word = told; *word; word += strcspn(word, " ")) {
		word += strspn(word, " ");
		if (*word == side)
			n += (size_t)snprintf(of_side + n, sizeof(of_side) - n, "%.*s ",
					      (int)strcspn(word, " "), word);
	}
	cr_assert_str_eq(of_side, trial->expected, "%s: %s, not %s", name, of_side,
			 trial->expected);
}

static struct trial *trial_new(uint32_t seed)
{
	struct streams_limits limits = talk_limits();
	struct trial *trial = calloc(1, sizeof(*trial));

	cr_assert(trial);
	trial->random = seed * 2654435761U + 1;
	limits.connection_bytes = limits.bytes = 1 << 22;
	trial->talk = talk_new(&limits);
	say_messages(trial);
	return trial;
}

static void trial_free(struct trial *trial)
{
	talk_free(trial->talk);
	free(trial);
}

static void expect(struct trial *trial, int s, unsigned message, uint32_t captured)
{
	uint32_t bytes = trial->begins[s][message + 1] - trial->begins[s][message] - 2;
	char number[16] = "";

	if (captured < 12)
		return;
	if (captured < bytes)
		snprintf(number, sizeof(number), "/%u", captured);
	trial->expected_bytes += (size_t)snprintf(trial->expected + trial->expected_bytes,
						  sizeof(trial->expected) - trial->expected_bytes,
						  "%c%u%s ", 'a' + s, message, number);
}

/* Nothing is lost; segments that were sent already come again with other ends. */
Test(streams_random, whatever_the_segments_all_messages_come_in_order)
{
	for (uint32_t seed = 1; seed <= TRIALS; seed++) {
		struct trial *trial = trial_new(seed);
		char name[32];

		snprintf(name, sizeof(name), "seed %u", seed);
		for (int s = 0; s < 2; s++) {
			cut(trial, s, 1);
			for (unsigned i = 0; i < 61; i++) {
				uint32_t from = dice(trial, trial->talk->side[s].said);
				uint32_t rest = trial->talk->side[s].said - from;

				add_piece(trial, (char)('a' + s), from,
					  from + 1 + dice(trial, rest < 3000 ? rest : 3000));
			}
		}
		shuffle(trial);
		/* pieces at the end of the list lie anywhere: let them come anywhere */
		for (unsigned i = 0; i < 53; i++) {
			unsigned a = dice(trial, trial->piece_count);
			unsigned b = dice(trial, trial->piece_count);
			struct piece piece = trial->pieces[a];

			trial->pieces[a] = trial->pieces[b];
			trial->pieces[b] = piece;
		}
		send_pieces(trial);
		for (int s = 0; s < 2; s++) {
			trial->expected_bytes = 0;
			for (unsigned i = 0; i < MESSAGES; i++)
				expect(trial, s, i, UINT32_MAX);
			hold_side(trial, trial->talk->told, (char)('a' + s), name);
		}
		cr_assert_eq(trial->talk->counters->held_bytes, 0, "%s", name);
		cr_assert_eq(trial->talk->counters->holes, 0, "%s", name);
		trial_free(trial);
	}
}

/* --- with losses ------------------------------------------------------------------------------ */

static void lose_some(struct trial *trial)
{
	unsigned share = 3 + dice(trial, 60), original = trial->piece_count;

	for (unsigned i = 0; i < original; i++) {
		struct piece *p = &trial->pieces[i];

		p->lost = dice(trial, share) == 0;
		trial->begins_piece[p->side - 'a'][p->from] = !p->lost;
		trial->end_of[p->side - 'a'][p->from] = p->to;
		for (uint32_t at = p->from; at < p->to; at++)
			trial->there[p->side - 'a'][at] = !p->lost;
		if (!p->lost && dice(trial, 7) == 0)
			add_piece(trial, p->side, p->from, p->to);
	}
}

/* First byte from @at on that is @wanted; the end when none is. */
static uint32_t next_byte(const struct trial *trial, int s, uint32_t at, bool wanted)
{
	while (at < trial->talk->side[s].said && trial->there[s][at] != wanted)
		at++;
	return at;
}

/* The first segment from @at on that begins with a message. Return: its number */
static unsigned enter_again(const struct trial *trial, int s, uint32_t at)
{
	while (at < trial->talk->side[s].said) {
		if (trial->begins_piece[s][at]) {
			for (unsigned i = 0; i < MESSAGES; i++)
				if (trial->begins[s][i] == at)
					return i;
			at = trial->end_of[s][at];
		} else {
			at++;
		}
	}
	return MESSAGES;
}

/*
 * A message is whole, or there up to its first missing byte; the next one is found if the last
 * missing byte before it belongs to this one's body.
 */
static void expect_side(struct trial *trial, int s)
{
	unsigned i = 0;

	trial->expected_bytes = 0;
	trial->expected[0] = 0;
	while (i < MESSAGES) {
		uint32_t begin = trial->begins[s][i], end = trial->begins[s][i + 1];
		uint32_t hole = next_byte(trial, s, begin, false), last = end;

		if (hole >= begin + 2)
			expect(trial, s, i, (hole < end ? hole : end) - begin - 2);
		if (hole < begin + 2) {
			i = enter_again(trial, s, next_byte(trial, s, hole, true));
			continue;
		}
		while (last > begin && !trial->there[s][last - 1])
			last--;
		if (last < end && !trial->there[s][end])
			i = enter_again(trial, s, next_byte(trial, s, end, true));
		else
			i++;
	}
}

Test(streams_random, only_what_lost_bytes_hide_is_missing)
{
	unsigned cuts = 0, resyncs = 0, skipped = 0;

	for (uint32_t seed = 1; seed <= TRIALS; seed++) {
		struct trial *trial = trial_new(seed);
		char name[32];

		snprintf(name, sizeof(name), "seed %u", seed);
		cut(trial, 0, SEGMENT_MIN);
		cut(trial, 1, SEGMENT_MIN);
		lose_some(trial);
		shuffle(trial);
		send_pieces(trial);
		streams__finish(trial->talk->streams);
		for (int s = 0; s < 2; s++) {
			expect_side(trial, s);
			hold_side(trial, trial->talk->told, (char)('a' + s), name);
		}
		cuts += trial->talk->counters->cut > 0;
		resyncs += trial->talk->counters->resynced > 0;
		skipped += trial->talk->counters->skipped > 0;
		trial_free(trial);
	}
	/* it was tried */
	cr_assert_gt(cuts, TRIALS / 2);
	cr_assert_gt(resyncs, TRIALS / 2);
	cr_assert_gt(skipped, TRIALS / 2);
}
