// SPDX-License-Identifier: GPL-2.0-or-later
/* The oracle of the exchange table, from the text of the design (section 4). */
#include "table_oracle.h"

#include <criterion/criterion.h>
#include <netinet/in.h>
#include <string.h>

static void tell(struct oracle *o, const struct record *record)
{
	cr_assert_lt(o->out_count, ORACLE_OUT);
	o->out[o->out_count++] = *record;
}

static struct record record_of(const struct talk *talk, enum exchange_state state)
{
	const struct message *q = &talk->query;

	return (struct record){
		.time_ns = (int64_t)q->time_ns,
		.latency_ns = -1,
		.wait_ns = -1,
		.state = (int32_t)state,
		.name = q->name,
		.qtype = q->name == NO_QUESTION ? 0 : q->qtype,
		.client_port = q->client_port,
		.server = q->server,
		.protocol = q->protocol,
		.id = q->id,
		.tries = talk->tries,
		.query_bytes = talk->query_bytes,
		.ifindex = q->ifindex,
		.service = SERVICE_DNS,
		.cause = state == EXCHANGE_LATE ? CAUSE_LATE : CAUSE_UNKNOWN,
		.tunnel = q->tunnel,
		.tunnel_id = q->tunnel_id,
		/* the test's tunnels lead from 1 at the clients to 2 at the servers */
		.outer = !q->tunnel	  ? 0
			 : q->is_response ? 0x201
					  : 0x102,
	};
}

static void tell_answer(struct oracle *o, const struct talk *talk, const struct message *m,
			enum exchange_state state)
{
	struct record r = record_of(talk, state);

	r.end_ns = (int64_t)m->time_ns;
	if (talk->tries) {
		r.latency_ns = (int64_t)(m->time_ns - talk->last_ns);
		r.wait_ns = (int64_t)(m->time_ns - talk->query.time_ns);
	}
	if (r.name == NO_QUESTION && m->name != NO_QUESTION) { /* only the response can be read */
		r.name = m->name;
		r.qtype = m->qtype;
	}
	r.rcode = m->rcode;
	r.response_bytes = m->bytes;
	r.messages = 1;
	tell(o, &r);
}

static void tell_transfer(struct oracle *o, const struct talk *talk)
{
	struct record r = record_of(talk, talk->end);

	r.end_ns = (int64_t)talk->seen.time_ns;
	r.latency_ns = (int64_t)(talk->first.time_ns - talk->last_ns);
	r.wait_ns = (int64_t)(talk->first.time_ns - talk->query.time_ns);
	r.rcode = talk->first.rcode;
	r.response_bytes = talk->bytes;
	r.messages = talk->messages;
	tell(o, &r);
}

static void drop(struct oracle *o, const struct talk *talk)
{
	size_t at = (size_t)(talk - o->talks);

	o->count--;
	memmove(&o->talks[at], &o->talks[at + 1], (o->count - at) * sizeof(*talk));
}

/* The waiting talk that is due first. */
static struct talk *due(struct oracle *o)
{
	struct talk *first = NULL;

	for (unsigned i = 0; i < o->count; i++) {
		struct talk *talk = &o->talks[i];

		if (talk->state == TALK_WAITS && o->now_ns > talk->last_ns + o->timeout_ns &&
		    (!first || talk->last_ns < first->last_ns))
			first = talk;
	}
	return first;
}

/* The transfer that has been silent for too long, the longest. */
static struct talk *silent(struct oracle *o)
{
	struct talk *first = NULL;

	for (unsigned i = 0; i < o->count; i++) {
		struct talk *talk = &o->talks[i];

		if (talk->state == TALK_TRANSFER &&
		    o->now_ns > talk->seen.time_ns + o->timeout_ns &&
		    (!first || talk->seen.time_ns < first->seen.time_ns))
			first = talk;
	}
	return first;
}

static void end_transfer(struct oracle *o, const struct talk *talk)
{
	tell_transfer(o, talk);
	drop(o, talk);
}

void oracle_expire(struct oracle *o, uint64_t now_ns)
{
	struct talk *talk;

	if (now_ns > o->now_ns)
		o->now_ns = now_ns;
	while ((talk = due(o))) {
		struct record r = record_of(talk, EXCHANGE_UNANSWERED);

		r.end_ns = (int64_t)(talk->last_ns + o->timeout_ns);
		if (!talk->cause)
			talk->cause = CAUSE_NONE;
		r.cause = (int32_t)talk->cause;
		o->counters.causes[talk->cause]++;
		tell(o, &r);
		talk->state = TALK_EXPIRED;
		o->counters.pending--;
		o->counters.unanswered++;
	}
	while ((talk = silent(o)))
		end_transfer(o, talk);
	for (unsigned i = o->count; i-- > 0;) {
		const struct talk *t = &o->talks[i];
		uint64_t end = t->state == TALK_EXPIRED ? t->last_ns + o->timeout_ns + o->grace_ns
							: t->seen.time_ns + o->timeout_ns;

		if (t->state != TALK_WAITS && t->state != TALK_TRANSFER && o->now_ns > end)
			drop(o, t);
	}
}

static bool same_key(const struct message *a, const struct message *b)
{
	return a->server == b->server && a->client_port == b->client_port && a->id == b->id &&
	       a->protocol == b->protocol;
}

static bool same_question(const struct message *a, const struct message *b)
{
	return a->name == b->name && (a->name == NO_QUESTION || a->qtype == b->qtype);
}

/* Kinds whose id is the same in both directions and names a network. */
static const bool names_network[ODD_TUNNEL_COUNT] = {
	[ODD_TUNNEL_VXLAN] = true,
	[ODD_TUNNEL_GENEVE] = true,
	[ODD_TUNNEL_GRE] = true,
	[ODD_TUNNEL_PPPOE] = true,
};

static bool same_network(const struct message *a, const struct message *b)
{
	if (!names_network[a->tunnel] || !names_network[b->tunnel])
		return true;
	return a->tunnel == b->tunnel && a->tunnel_id == b->tunnel_id;
}

/*
 * The first talk with the question, of those that began with the key before others; else, for a
 * response that lacks it, the first of its key.
 */
static struct talk *match(struct oracle *o, const struct message *m, enum talk_state state)
{
	struct talk *own = NULL, *fits = NULL;

	for (unsigned i = 0; i < o->count; i++) {
		struct talk *talk = &o->talks[i];

		if (talk->state != state || !same_key(&talk->query, m))
			continue;
		if (!same_network(&talk->query, m)) {
			o->kept_apart += same_question(&talk->query, m);
			continue;
		}
		if (same_question(&talk->query, m) && (!own || (own->further && !talk->further)))
			own = talk;
		if (!fits && m->is_response && !talk->further &&
		    (m->name == NO_QUESTION || talk->query.name == NO_QUESTION))
			fits = talk;
	}
	return own ? own : fits;
}

/* The transfer that a query ends: the latest with its key to itself, else of the same question. */
static struct talk *asked_anew(struct oracle *o, const struct message *m)
{
	for (unsigned i = o->count; i-- > 0;) {
		struct talk *talk = &o->talks[i];

		if (talk->state == TALK_TRANSFER && !talk->further && same_key(&talk->query, m) &&
		    same_network(&talk->query, m))
			return talk;
	}
	return match(o, m, TALK_TRANSFER);
}

static bool is_copy(const struct oracle *o, const struct talk *talk, const struct message *m)
{
	int64_t apart = (int64_t)(m->time_ns - talk->seen.time_ns);

	return (talk->seen.ifindex != m->ifindex || talk->seen.hook != m->hook) &&
	       llabs(apart) < (int64_t)o->fold_ns;
}

static struct talk *begin(struct oracle *o, const struct message *m)
{
	struct talk *talk = &o->talks[o->count], *other = NULL;

	cr_assert_lt(o->count, ORACLE_TALKS);
	for (unsigned i = 0; i < o->count; i++)
		if (same_key(&o->talks[i].query, m) && !o->talks[i].further)
			other = &o->talks[i];
	*talk = (struct talk){.query = *m, .seen = *m, .last_ns = m->time_ns};
	talk->further = other && m->name != NO_QUESTION && !same_question(&other->query, m);
	o->count++;
	return talk;
}

static void take_query(struct oracle *o, const struct message *m)
{
	struct talk *talk = match(o, m, TALK_WAITS), *old;

	if (talk && is_copy(o, talk, m)) {
		o->counters.folded++;
		if (!talk->query.tunnel) { /* the test's senders are all unknown */
			talk->query.tunnel = m->tunnel;
			talk->query.tunnel_id = m->tunnel_id;
		}
		return;
	}
	o->counters.queries++;
	if (talk) {
		o->counters.retransmitted++;
	} else {
		while ((old = asked_anew(o, m)))
			end_transfer(o, old);
		if ((old = match(o, m, TALK_SETTLED)))
			drop(o, old);
		if ((old = match(o, m, TALK_EXPIRED)))
			drop(o, old);
		talk = begin(o, m);
		o->counters.pending++;
	}
	talk->tries++;
	talk->last_ns = m->time_ns;
	talk->seen = *m;
	talk->query_bytes = m->bytes;
}

/* Nobody waits for this response. */
static void take_spare(struct oracle *o, const struct message *m)
{
	struct talk *talk = match(o, m, TALK_SETTLED);
	struct talk orphan = {.query = *m};

	if (talk && is_copy(o, talk, m)) {
		o->counters.folded++;
		return;
	}
	o->counters.responses++;
	if (talk && talk->tries) {
		o->counters.duplicate++;
	} else {
		o->counters.orphan++;
		tell_answer(o, &orphan, m, EXCHANGE_ORPHAN);
	}
	if (!talk)
		begin(o, m)->state = TALK_SETTLED;
	else
		talk->seen = *m;
}

/* AXFR is 252, IXFR 251 (IANA). */
static bool opens_transfer(const struct message *query, const struct message *response)
{
	return query->protocol == IPPROTO_TCP && query->name != NO_QUESTION &&
	       (query->qtype == 251 || query->qtype == 252) && response->rcode == 0;
}

static void take_continued(struct oracle *o, struct talk *talk, const struct message *m)
{
	uint64_t latest_ns = talk->seen.time_ns;

	if (is_copy(o, talk, m)) {
		o->counters.folded++;
		return;
	}
	o->counters.responses++;
	o->counters.continued++;
	talk->messages++;
	talk->bytes += m->bytes;
	talk->seen = *m;
	if (m->time_ns < latest_ns)
		talk->seen.time_ns = latest_ns;
}

static void take_response(struct oracle *o, const struct message *m)
{
	enum exchange_state state = EXCHANGE_ANSWERED;
	struct talk *talk = match(o, m, TALK_WAITS), *transfer = match(o, m, TALK_TRANSFER);

	if (talk) {
		o->counters.answered++;
		o->counters.pending--;
	} else if (transfer) {
		take_continued(o, transfer, m);
		return;
	} else {
		talk = match(o, m, TALK_EXPIRED);
		state = EXCHANGE_LATE;
		if (!talk) {
			take_spare(o, m);
			return;
		}
		o->counters.late++;
		o->counters.causes[talk->cause]--;
		o->counters.causes[CAUSE_LATE]++;
	}
	o->counters.responses++;
	talk->seen = *m;
	if (opens_transfer(&talk->query, m)) {
		talk->state = TALK_TRANSFER;
		talk->first = *m;
		talk->messages = 1;
		talk->bytes = m->bytes;
		talk->end = state;
		return;
	}
	tell_answer(o, talk, m, state);
	talk->state = TALK_SETTLED;
}

/* RFC 792 and RFC 1812 section 5.2.7.1, what the test sends of them. */
static enum exchange_cause cause_of(uint16_t icmp)
{
	switch (icmp) {
	case 0x301:
		return CAUSE_HOST;
	case 0x303:
		return CAUSE_PORT;
	case 0x304:
		return CAUSE_TOO_BIG;
	case 0x30d:
		return CAUSE_ADMIN;
	default:
		return CAUSE_UNKNOWN;
	}
}

/* How well a waiting talk suits what an error quotes: question, not told of yet, key of its own. */
static unsigned rank(const struct talk *talk, const struct message *m)
{
	bool lacks = m->name == NO_QUESTION || talk->query.name == NO_QUESTION;
	bool same = same_question(&talk->query, m);

	if (talk->state != TALK_WAITS || !same_key(&talk->query, m) || (!same && !lacks) ||
	    (talk->further && m->name == NO_QUESTION))
		return 0;
	return 1 + 4 * same + 2 * !talk->cause + !talk->further;
}

static void take_quoted(struct oracle *o, const struct message *m)
{
	struct talk *best = NULL;

	o->counters.quoted++;
	for (unsigned i = 0; i < o->count; i++)
		if (rank(&o->talks[i], m) > (best ? rank(best, m) : 0))
			best = &o->talks[i];
	if (best && cause_of(m->icmp))
		best->cause = cause_of(m->icmp);
	else
		o->counters.quoted_unmatched++;
}

void oracle_take(struct oracle *o, const struct message *m)
{
	oracle_expire(o, m->time_ns);
	if (m->icmp)
		take_quoted(o, m);
	else if (m->is_response)
		take_response(o, m);
	else
		take_query(o, m);
}
