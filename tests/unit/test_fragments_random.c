// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The fragment reassembler under random traffic: datagrams that are split, shuffled,
 * repeated, lost, overlapped, cut, given two ends, late, and of identifications that
 * are used again, against an oracle that keeps a byte for each byte.
 */
#include "flow/fragments.h"

#include "fragments_fixture.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define DATAGRAMS 2003
#define IDS	  509
#define EVERY	  (10 * MS) /* a datagram begins; an identification is used again after 5.09 s */
#define TIMEOUT	  (2 * S)
#define BYTES	  1024 /* of the longest message */
#define PIECES	  64   /* fragments of a datagram */
#define FRAGMENTS (DATAGRAMS * 16)
#define SEEDS	  7

static const struct fragments_limits limits = {
	.timeout_ns = TIMEOUT, .datagrams = 4096, .bytes = 64 << 20};

/* What the oracle knows of an identification. */
struct model {
	bool known, settled, whole, headed;
	uint64_t since_ns;
	uint32_t number; /* in order of arrival */
	struct fragment pieces[PIECES];
	unsigned count;
	uint32_t end, first_message;
	uint64_t first_ns;
	uint8_t bytes[BYTES];
	bool taken[BYTES], there[BYTES]; /* by a fragment; and not cut off */
};

struct outcome {
	uint64_t time_ns;
	uint32_t id, message, captured;
	uint8_t flags;
	uint8_t bytes[BYTES];
};

struct oracle {
	struct model models[IDS];
	struct fragments_counters counters;
	struct outcome *out;
	unsigned out_count, number;
	uint64_t now_ns;
};

struct trial {
	struct fragment *fragments; /* in the order in which they are handed in */
	uint64_t *order;
	unsigned count;
	uint32_t random;
};

static uint32_t dice(struct trial *trial, uint32_t sides)
{
	uint32_t *x = &trial->random;

	*x ^= *x << 13;
	*x ^= *x >> 17;
	*x ^= *x << 5;
	return *x % sides;
}

/* --- oracle ----------------------------------------------------------------------------------- */

static bool is_first(const struct fragment *f)
{
	return !(f->flags & ODD_EVENT_LATER);
}

static bool is_last(const struct fragment *f)
{
	return !(f->flags & ODD_EVENT_MORE);
}

static uint32_t there_end(const struct fragment *f)
{
	return f->start + f->bytes - f->missing;
}

/* A first fragment that was cut is known as far as it is there. */
static uint32_t said_end(const struct fragment *f)
{
	return is_first(f) ? there_end(f) : f->start + f->bytes;
}

static void say(struct oracle *oracle, const struct model *m, uint32_t id, uint64_t time_ns)
{
	struct outcome *out = &oracle->out[oracle->out_count++];
	uint32_t i = 0;

	memset(out, 0, sizeof(*out));
	while (i < m->first_message && i < m->end && m->there[i]) {
		out->bytes[i] = m->bytes[i];
		i++;
	}
	out->time_ns = time_ns;
	out->id = id;
	out->message = m->first_message;
	out->captured = i;
	out->flags = i < m->first_message ? ODD_EVENT_CUT : 0;
}

static void settle(struct oracle *oracle, struct model *m, uint64_t *counter)
{
	oracle->counters.held--;
	m->settled = true;
	(*counter)++;
}

static void oracle_give_up(struct oracle *oracle, struct model *m)
{
	if (!m->settled) {
		uint64_t *counter =
			m->headed ? &oracle->counters.partial : &oracle->counters.unclaimed;

		if (m->headed)
			say(oracle, m, (uint32_t)(m - oracle->models), m->first_ns);
		settle(oracle, m, counter);
	}
	*m = (struct model){0};
}

static void oracle_time(struct oracle *oracle, uint64_t now_ns, bool all)
{
	if (now_ns > oracle->now_ns)
		oracle->now_ns = now_ns;
	for (;;) {
		struct model *oldest = NULL;

		for (struct model *m = oracle->models; m < oracle->models + IDS; m++)
			if (m->known && (all || oracle->now_ns - m->since_ns > TIMEOUT) &&
			    (!oldest || m->number < oldest->number))
				oldest = m;
		if (!oldest)
			return;
		oracle_give_up(oracle, oldest);
	}
}

static bool is_same(const struct fragment *a, const struct fragment *b)
{
	/* where nothing is there, nothing differs */
	bool unseen = there_end(a) == a->start || there_end(b) == b->start;

	return a->start == b->start && said_end(a) == said_end(b) && is_first(a) == is_first(b) &&
	       a->message == b->message && (a->salt == b->salt || unseen);
}

static bool overlaps(const struct model *m, const struct fragment *f)
{
	if (is_first(f) && m->headed)
		return true; /* at least in the UDP header */
	for (uint32_t i = f->start; i < said_end(f); i++)
		if (m->taken[i])
			return true;
	return false;
}

static bool has_two_ends(struct model *m, const struct fragment *f)
{
	if (is_last(f) && m->end == UINT32_MAX)
		m->end = said_end(f);
	if ((is_last(f) && m->end != said_end(f)) || said_end(f) > m->end)
		return true;
	for (unsigned i = 0; i < m->count; i++)
		if (said_end(&m->pieces[i]) > m->end)
			return true;
	return false;
}

static void put(struct model *m, const struct fragment *f)
{
	cr_assert_lt(m->count, PIECES);
	m->pieces[m->count++] = *f;
	if (is_first(f)) {
		m->headed = true;
		m->first_message = f->message;
		m->first_ns = EPOCH + f->at_ns;
	}
	for (uint32_t i = f->start; i < said_end(f); i++)
		m->taken[i] = true;
	for (uint32_t i = f->start; i < there_end(f); i++) {
		m->there[i] = true;
		m->bytes[i] = fixture_byte(f->id, i) ^ f->salt;
	}
}

/* Up to the message's end, the datagram's, or the first byte that was cut off. */
static bool is_complete(const struct model *m)
{
	uint32_t i = 0;

	while (i < m->first_message && i < m->end && m->there[i])
		i++;
	if (!m->headed)
		return false;
	for (unsigned k = 0; k < m->count; k++)
		if (m->pieces[k].missing && there_end(&m->pieces[k]) == i)
			return true;
	return i == m->first_message || i == m->end;
}

static void oracle_take(struct oracle *oracle, const struct fragment *f)
{
	struct model *m = &oracle->models[f->id];
	bool same = false;

	oracle->counters.fragments++;
	oracle_time(oracle, EPOCH + f->at_ns, false);
	if (!m->known) {
		*m = (struct model){.known = true,
				    .since_ns = oracle->now_ns,
				    .number = oracle->number++,
				    .end = UINT32_MAX};
		oracle->counters.held++;
	}
	if (m->settled) {
		oracle->counters.repeated += m->whole;
		return;
	}
	for (unsigned i = 0; i < m->count; i++)
		same = same || is_same(&m->pieces[i], f);
	if (!same && overlaps(m, f)) {
		settle(oracle, m, &oracle->counters.overlapping);
	} else if (has_two_ends(m, f)) {
		settle(oracle, m, &oracle->counters.misshapen);
	} else {
		if (same)
			oracle->counters.repeated++;
		else
			put(m, f);
		if (!is_complete(m))
			return;
		say(oracle, m, f->id, EPOCH + f->at_ns);
		m->whole = !oracle->out[oracle->out_count - 1].flags;
		settle(oracle, m,
		       m->whole ? &oracle->counters.reassembled : &oracle->counters.partial);
	}
}

/* --- traffic ---------------------------------------------------------------------------------- */

static void schedule(struct trial *trial, struct fragment f, uint64_t begin_ns)
{
	/* most within a millisecond, one in seven within 3 s, and 5 ms out of order */
	f.at_ns = begin_ns + dice(trial, dice(trial, 7) ? MS : (uint32_t)(3 * S / 2)) * 2ULL;
	cr_assert_lt(trial->count, FRAGMENTS);
	trial->order[trial->count] = f.at_ns + dice(trial, 5 * MS);
	trial->fragments[trial->count++] = f;
}

static void spoil(struct trial *trial, struct fragment *f)
{
	switch (dice(trial, 10)) {
	case 0:
		f->salt = 1;
		break;
	case 1:
		f->bytes += 8 * (1 + dice(trial, 4));
		break;
	case 2:
		f->message += (uint16_t)(is_first(f) * 8);
		break;
	case 3:
		f->flags ^= is_first(f) ? 0 : ODD_EVENT_MORE; /* an end, or none */
		f->bytes &= ~7U;
		break;
	case 6: /* another end, or bytes behind it */
		f->start = is_first(f) ? 0 : 720;
		f->bytes = is_first(f) ? f->bytes : 64;
		break;
	case 4:
		if (!is_first(f) && f->start >= 8)
			f->start -= 8;
		break;
	case 5:
		f->missing = dice(trial, f->bytes + 1);
		break;
	default:
		break;
	}
	if (!is_first(f) && !f->bytes)
		f->bytes = 8;
}

static void add_fragment(struct trial *trial, struct fragment f, uint64_t begin_ns)
{
	if (dice(trial, 23) == 0)
		return; /* lost */
	schedule(trial, f, begin_ns);
	if (dice(trial, 7) == 0)
		schedule(trial, f, begin_ns);
	if (dice(trial, 11) == 0) {
		spoil(trial, &f);
		schedule(trial, f, begin_ns);
	}
}

static void add_datagram(struct trial *trial, uint32_t number)
{
	uint32_t total = 9 + dice(trial, 700), start = 0;
	struct fragment f = {.id = number % IDS, .message = (uint16_t)total};

	/* sometimes UDP's length is another one than that of all fragments */
	if (dice(trial, 29) == 0)
		f.message = (uint16_t)(total + dice(trial, 17) - 8);
	while (start < total) {
		uint32_t bytes = 8 * (dice(trial, 40) + !!start);
		bool last = start + bytes >= total && start;

		if (start + bytes >= total)
			bytes = start ? total - start : (total - 1) & ~7U;
		f.start = start;
		f.bytes = bytes;
		f.flags = last ? ODD_EVENT_LATER : ODD_EVENT_LATER | ODD_EVENT_MORE;
		if (start == 0 && !f.salt) {
			f.flags = ODD_EVENT_MORE;
			/* hosts' first fragments end where the message does */
			if (f.bytes > f.message)
				f.bytes = f.message & ~7U;
		}
		add_fragment(trial, f, number * EVERY);
		f.message = 0;
		start += f.bytes;
		if (!start) { /* only the UDP header: the message begins in the next one */
			f.start = 0;
			f.bytes = total < 64 ? total : 64;
			f.flags = f.bytes == total ? ODD_EVENT_LATER
						   : ODD_EVENT_LATER | ODD_EVENT_MORE;
			add_fragment(trial, f, number * EVERY);
			start = f.bytes;
		}
	}
}

static int by_order(const void *a, const void *b, void *orders)
{
	const uint64_t *order = orders;
	const uint32_t *x = a, *y = b;

	if (order[*x] != order[*y])
		return order[*x] < order[*y] ? -1 : 1;
	return *x < *y ? -1 : 1;
}

/* --- comparison ------------------------------------------------------------------------------- */

static void compare_counters(const struct oracle *oracle, const struct fragments_counters *counters)
{
	struct fragments_counters expected = oracle->counters;

	expected.held_bytes = counters->held_bytes; /* an oracle has no memory to count */
	cr_assert_arr_eq(counters, &expected, sizeof(expected));
}

static void compare_messages(const struct oracle *oracle, const struct heard *heard, unsigned from)
{
	cr_assert_eq(heard->count, oracle->out_count);
	for (unsigned i = from; i < heard->count; i++) {
		const struct odd_event *event = &heard->messages[i].event;
		const struct outcome *out = &oracle->out[i];

		cr_assert_eq(event->dst_port, 1024 + out->id, "message %u", i);
		cr_assert_eq(event->time_ns, out->time_ns, "message %u", i);
		cr_assert_eq(event->message_bytes, out->message, "message %u", i);
		cr_assert_eq(event->captured_bytes, out->captured, "message %u", i);
		cr_assert_eq(event->flags, out->flags, "message %u", i);
		cr_assert_arr_eq(heard->messages[i].payload, out->bytes, out->captured);
	}
}

static void run(struct trial *trial, struct oracle *oracle, const uint32_t *order)
{
	const struct fragments_counters *counters;
	struct fragments *fragments;
	struct heard heard = {0};

	cr_assert_eq(fragments__new(&limits, trial->random, fixture_hear, &heard, &fragments), 0);
	counters = fragments__counters(fragments);
	for (unsigned i = 0; i < trial->count; i++) {
		const struct fragment *f = &trial->fragments[order[i]];
		struct odd_event *event = fixture_event(f);
		unsigned before = heard.count;

		fragments__event(fragments, event);
		free(event);
		oracle_take(oracle, f);
		compare_counters(oracle, counters);
		compare_messages(oracle, &heard, before);
	}
	fragments__finish(fragments);
	oracle_time(oracle, 0, true);
	compare_counters(oracle, counters);
	compare_messages(oracle, &heard, 0);
	cr_assert_eq(counters->held_bytes, 0);
	fragments__free(fragments);
	fixture_forget(&heard);
}

/* So that no case is compared that never happens. */
static void check_happened(const struct fragments_counters *c)
{
	cr_assert_gt(c->reassembled, DATAGRAMS / 3);
	cr_assert_gt(c->partial, DATAGRAMS / 50);
	cr_assert_gt(c->overlapping, DATAGRAMS / 50);
	cr_assert_gt(c->misshapen, DATAGRAMS / 100);
	cr_assert_gt(c->unclaimed, DATAGRAMS / 50);
	cr_assert_gt(c->repeated, DATAGRAMS / 20);
}

Test(fragments, random_traffic_agrees_with_the_oracle)
{
	struct trial trial = {.fragments = calloc(FRAGMENTS, sizeof(struct fragment)),
			      .order = calloc(FRAGMENTS, sizeof(uint64_t))};
	struct oracle *oracle = malloc(sizeof(*oracle));
	struct outcome *out = calloc(FRAGMENTS, sizeof(*out));
	uint32_t *order = calloc(FRAGMENTS, sizeof(*order));

	cr_assert(trial.fragments && trial.order && oracle && out && order);
	for (uint32_t seed = 1; seed <= SEEDS; seed++) {
		memset(oracle, 0, sizeof(*oracle));
		oracle->out = out;
		trial.random = seed * 2654435761U;
		trial.count = 0;
		for (uint32_t number = 0; number < DATAGRAMS; number++)
			add_datagram(&trial, number);
		for (uint32_t i = 0; i < trial.count; i++)
			order[i] = i;
		qsort_r(order, trial.count, sizeof(*order), by_order, trial.order);
		run(&trial, oracle, order);
		check_happened(&oracle->counters);
	}
	free(trial.fragments);
	free(trial.order);
	free(oracle);
	free(out);
	free(order);
}
