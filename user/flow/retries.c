// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Truncated answers and their retries.
 *
 * A server whose answer does not fit into a datagram sets TC, and the client asks the same
 * again over TCP (RFC 1035 section 4.2.1, RFC 2181 section 9, RFC 7766 section 5). Each of the
 * two is an exchange, and neither alone tells the user's story: that TCP is blocked on the way,
 * so that a name never resolves, can only be seen when the second is missing. So an answered
 * exchange over UDP with TC waits here until it is decided:
 *
 *	UDP query ---> TC |<-- window -->|<-- timeout -->|
 *	                  |   [TCP query ...... ends]    |          retried, and right behind it
 *	                  |                              |          the exchange over TCP
 *	                  |   nothing                    | now      abandoned: truncated-no-tcp
 *	                  |          no room, end, clock |          unknown
 *
 * The retry comes from the client's address (from any port) to the server's address and port,
 * asks for the same name, type and class, is seen on the same VLAN and in the same network
 * (exchange_table.c tells which VLANs and tunnels fit each other), and its first query is sent
 * no earlier than the truncated answer came and no later than window_ns after that. How it ends
 * does not matter: unanswered, it was tried. An orphan over TCP stands for its query, with the
 * time of its response, since somebody must have asked. The exchanges' timeout bounds how long
 * after its query an exchange ends, hence how long to wait.
 *
 * A client that asks again over UDP, by another id, may leave several truncated answers to one
 * question. One answer over TCP serves them all, so all those are retried in whose window it
 * was asked; retry_of is the id of the latest. A second exchange over TCP finds none left, and
 * is a retry of nothing. So is the late response to a retry that was told as unanswered before.
 *
 * Truncated means here: answered in time, of service dns, with a readable question. A late
 * answer had lost its client already, an orphan may be anybody's invention, and what has no
 * question cannot be asked again. A truncated IXFR is followed by a transfer (RFC 1995 section
 * 2), which ends long after it answered; transfers of either kind are handed on at once, and
 * neither wait nor decide.
 *
 * An answer that waits must outlive the packet: it is copied with its name and bytes, and its
 * message is read again from the copy, so that whatever points into a message points into this
 * one. A copy takes 800 bytes and the captured ones. All others are not touched, and while
 * nothing waits each costs a comparison or two.
 *
 * A heap in order of the answers' ends says what is due, however disordered they come in; a
 * hash over client, server and question finds what a TCP exchange decides. Anybody can have
 * answers truncated at will (by a small EDNS size), so that a chain is bounded too: of one
 * question of one client SAME_MAX wait, then the oldest goes, undecided. So it goes when all
 * places are taken. Whatever happens, with each call
 *
 *	truncated = retried + abandoned + open + unknown
 */
#include "flow/retries.h"

#include "base/hash.h"
#include "dns/codes.h"
#include "flow/network.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#define HELD_MAX 65536
/* Clients send a query three or four times; some of them may share an address. */
#define SAME_MAX 16

/* A truncated exchange that waits. */
struct held {
	struct held *chain; /* next in the hash bucket */
	uint64_t hash;
	uint64_t order; /* of arrival: decides between equal ends */
	unsigned place; /* in the heap */
	struct exchange exchange;
	struct dns_message message;
	uint8_t data[]; /* the name, then the captured bytes */
};

/* What both exchanges have in common, but for the name. Hashed as bytes. */
struct question_key {
	uint8_t client[16];
	uint8_t server[16];
	uint16_t server_port;
	uint16_t qtype;
	uint16_t qclass;
	uint16_t pad; /* 0 */
};

_Static_assert(sizeof(struct question_key) == 40, "question_key: hashed as bytes");

struct retries {
	struct retries_limits limits;
	struct retries_counters counters;
	uint64_t seed;
	exchange_fn on_end;
	void *context;
	uint64_t now_ns;
	uint64_t orders;    /* given to copies so far */
	struct held **heap; /* counters.open of them, the one that ended first on top */
	struct held **buckets;
	uint64_t bucket_mask;
};

int retries__new(const struct retries_limits *limits, uint64_t seed, exchange_fn on_end,
		 void *context, struct retries **ret_retries)
{
	struct retries *retries;
	size_t buckets = 1;

	if (limits->held < 1 || limits->held > HELD_MAX)
		return -EINVAL;
	retries = calloc(1, sizeof(*retries));
	if (!retries)
		return -ENOMEM;
	while (buckets < limits->held)
		buckets *= 2;
	retries->heap = calloc(limits->held, sizeof(struct held *));
	retries->buckets = calloc(buckets, sizeof(struct held *));
	if (!retries->heap || !retries->buckets) {
		retries__free(retries);
		return -ENOMEM;
	}
	retries->limits = *limits;
	retries->seed = seed;
	retries->on_end = on_end;
	retries->context = context;
	retries->bucket_mask = buckets - 1;
	*ret_retries = retries;
	return 0;
}

void retries__free(struct retries *retries)
{
	if (!retries)
		return;
	for (uint64_t i = 0; i < retries->counters.open; i++)
		free(retries->heap[i]);
	free(retries->heap);
	free(retries->buckets);
	free(retries);
}

/* --- the heap --- */

static bool ended_before(const struct held *a, const struct held *b)
{
	uint64_t a_ns = (uint64_t)a->exchange.end_ns, b_ns = (uint64_t)b->exchange.end_ns;

	return a_ns != b_ns ? a_ns < b_ns : a->order < b->order;
}

static void put(struct retries *r, unsigned place, struct held *held)
{
	r->heap[place] = held;
	held->place = place;
}

static void sift_up(struct retries *r, unsigned place, struct held *held)
{
	while (place > 0 && ended_before(held, r->heap[(place - 1) / 2])) {
		put(r, place, r->heap[(place - 1) / 2]);
		place = (place - 1) / 2;
	}
	put(r, place, held);
}

static void sift_down(struct retries *r, unsigned place, struct held *held)
{
	unsigned child;

	while ((child = 2 * place + 1) < r->counters.open) {
		if (child + 1 < r->counters.open &&
		    ended_before(r->heap[child + 1], r->heap[child]))
			child++;
		if (!ended_before(r->heap[child], held))
			break;
		put(r, place, r->heap[child]);
		place = child;
	}
	put(r, place, held);
}

/* --- waiting and leaving --- */

static void insert(struct retries *r, struct held *held)
{
	struct held **bucket = &r->buckets[held->hash & r->bucket_mask];

	held->order = r->orders++;
	held->chain = *bucket;
	*bucket = held;
	sift_up(r, (unsigned)r->counters.open++, held);
}

static void take_out(struct retries *r, struct held *held)
{
	struct held **link = &r->buckets[held->hash & r->bucket_mask];
	struct held *last = r->heap[--r->counters.open];

	while (*link != held)
		link = &(*link)->chain;
	*link = held->chain;
	if (last == held)
		return;
	if (ended_before(last, held))
		sift_up(r, held->place, last);
	else
		sift_down(r, held->place, last);
}

/* One that waited is decided, or is not. @counter: which of the counters says so */
static void hand_on(struct retries *r, struct held *held, uint64_t *counter)
{
	take_out(r, held);
	++*counter;
	r->on_end(r->context, &held->exchange);
	free(held);
}

static void give_up_all(struct retries *r)
{
	while (r->counters.open)
		hand_on(r, r->heap[0], &r->counters.unknown);
}

/* --- time --- */

/* How long after the truncated answer its retry ends, at the latest. */
static uint64_t span_ns(const struct retries *r)
{
	return r->limits.window_ns + r->limits.timeout_ns;
}

static bool is_due(const struct retries *r, const struct held *held)
{
	uint64_t end_ns = (uint64_t)held->exchange.end_ns;

	return r->now_ns > end_ns && r->now_ns - end_ns > span_ns(r);
}

static void advance(struct retries *r, uint64_t now_ns)
{
	if (now_ns > r->now_ns)
		r->now_ns = now_ns;
	while (r->counters.open && is_due(r, r->heap[0])) {
		r->heap[0]->exchange.cause = CAUSE_TRUNCATED;
		hand_on(r, r->heap[0], &r->counters.abandoned);
	}
}

/* The time of a packet or of a clock, unlike that of an expiry, which may lie far back. */
static void pass_time(struct retries *r, uint64_t now_ns)
{
	if (now_ns < r->now_ns && r->now_ns - now_ns > span_ns(r)) {
		give_up_all(r);
		r->now_ns = now_ns;
	}
	advance(r, now_ns);
}

/* --- who belongs to whom --- */

static uint64_t hash_of(const struct retries *r, const struct exchange *e)
{
	struct question_key key = {
		.server_port = e->server_port, .qtype = e->qtype, .qclass = e->qclass};

	memcpy(key.client, e->client, sizeof(key.client));
	memcpy(key.server, e->server, sizeof(key.server));
	return hash_bytes(e->qname, e->qname_length, hash_bytes(&key, sizeof(key), r->seed));
}

static bool same_question(const struct exchange *a, const struct exchange *b)
{
	return memcmp(a->client, b->client, sizeof(a->client)) == 0 &&
	       memcmp(a->server, b->server, sizeof(a->server)) == 0 &&
	       a->server_port == b->server_port && a->qtype == b->qtype && a->qclass == b->qclass &&
	       a->qname_length == b->qname_length &&
	       memcmp(a->qname, b->qname, a->qname_length) == 0;
}

static bool same_network(const struct exchange *a, const struct exchange *b)
{
	return network_same_vlan(a->vlan, b->vlan) &&
	       network_same_tunnel(a->tunnel, a->tunnel_id, b->tunnel, b->tunnel_id);
}

/* Was the query over TCP sent in the window of the truncated answer? */
static bool in_window(const struct retries *r, const struct exchange *truncated,
		      const struct exchange *tcp)
{
	return tcp->time_ns >= truncated->end_ns &&
	       (uint64_t)tcp->time_ns - (uint64_t)truncated->end_ns <= r->limits.window_ns;
}

/* The one that ended first of those that an exchange over TCP retries, NULL when none. */
static struct held *first_retried(const struct retries *r, const struct exchange *tcp,
				  uint64_t hash)
{
	struct held *first = NULL;

	for (struct held *held = r->buckets[hash & r->bucket_mask]; held; held = held->chain)
		if (held->hash == hash && in_window(r, &held->exchange, tcp) &&
		    same_question(&held->exchange, tcp) && same_network(&held->exchange, tcp) &&
		    (!first || ended_before(held, first)))
			first = held;
	return first;
}

/* --- exchanges --- */

/* Zone transfers, by their type: RFC 5936 section 2, RFC 1995 section 3. */
static bool is_transfer(const struct exchange *e)
{
	return e->qname_length && dns_type_is_transfer(e->qtype);
}

static bool is_truncated(const struct exchange *e)
{
	return e->flags & DNS_FLAG_TC && e->state == EXCHANGE_ANSWERED &&
	       e->protocol == IPPROTO_UDP && e->service == SERVICE_DNS && e->qname_length &&
	       !is_transfer(e);
}

static bool may_be_retry(const struct exchange *e)
{
	return e->protocol == IPPROTO_TCP && e->service == SERVICE_DNS && e->qname_length;
}

/* Return: NULL when out of memory, or when there is more of it than a place may hold */
static struct held *copy_of(const struct exchange *e)
{
	struct dns_bytes bytes = e->message ? e->bytes : (struct dns_bytes){0};
	struct held *held;

	/* a datagram of fragments may be longer, and would hardly be truncated */
	if (bytes.length > ODD_SNAPLEN_MAX)
		return NULL;
	held = malloc(sizeof(*held) + e->qname_length + bytes.length);
	if (!held)
		return NULL;
	held->exchange = *e;
	memcpy(held->data, e->qname, e->qname_length);
	held->exchange.qname = held->data;
	if (e->message) {
		memcpy(held->data + e->qname_length, bytes.data, bytes.length);
		bytes.data = held->data + e->qname_length;
		dns_message_read(&bytes, DNS_DEPTH_RECORDS, &held->message);
		/* it may have been read more closely than that */
		held->message.verdict = e->message->verdict;
		held->exchange.message = &held->message;
	}
	held->exchange.bytes = bytes;
	return held;
}

/* A place for one more of this hash. */
static void make_room(struct retries *r, uint64_t hash)
{
	struct held *oldest = NULL;
	unsigned same = 0;

	for (struct held *held = r->buckets[hash & r->bucket_mask]; held; held = held->chain) {
		if (held->hash != hash)
			continue;
		same++;
		if (!oldest || ended_before(held, oldest))
			oldest = held;
	}
	if (same == SAME_MAX)
		hand_on(r, oldest, &r->counters.unknown);
	if (r->counters.open == r->limits.held)
		hand_on(r, r->heap[0], &r->counters.unknown);
}

static void hold(struct retries *r, const struct exchange *e)
{
	struct held *held;

	pass_time(r, (uint64_t)e->end_ns);
	held = copy_of(e);
	if (!held) {
		r->counters.truncated++;
		r->counters.unknown++;
		r->on_end(r->context, e);
		return;
	}
	held->hash = hash_of(r, e);
	make_room(r, held->hash);
	r->counters.truncated++;
	insert(r, held);
}

/* Hand on an exchange over TCP, before it those that it retries. */
static void decide(struct retries *r, const struct exchange *tcp)
{
	struct exchange retry = *tcp;
	uint64_t hash = hash_of(r, tcp);
	struct held *held;

	while ((held = first_retried(r, tcp, hash))) {
		retry.is_retry = true;
		retry.retry_of = held->exchange.id;
		held->exchange.was_retried = true;
		hand_on(r, held, &r->counters.retried);
	}
	r->on_end(r->context, &retry);
}

void retries__exchange(struct retries *retries, const struct exchange *exchange)
{
	if (is_truncated(exchange)) {
		hold(retries, exchange);
		return;
	}
	if (!retries->counters.open || is_transfer(exchange)) {
		retries->on_end(retries->context, exchange);
		return;
	}
	advance(retries, (uint64_t)exchange->end_ns);
	if (may_be_retry(exchange))
		decide(retries, exchange);
	else
		retries->on_end(retries->context, exchange);
}

void retries__tick(struct retries *retries, uint64_t now_ns)
{
	pass_time(retries, now_ns);
}

void retries__finish(struct retries *retries)
{
	advance(retries, retries->now_ns);
	give_up_all(retries);
}

void retries__set_limits(struct retries *retries, const struct retries_limits *limits)
{
	retries->limits.window_ns = limits->window_ns;
	retries->limits.timeout_ns = limits->timeout_ns;
}

const struct retries_counters *retries__counters(const struct retries *retries)
{
	return &retries->counters;
}
