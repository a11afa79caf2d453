// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The exchange table under random traffic with loss, duplication, retransmission,
 * late answers, reused ids, guesses, tunnels, zone transfers and copies at a second interface,
 * against an oracle that does the same in the simplest way. What single rules mean is in the
 * scenarios (tests/scenario).
 */
#include "flow/exchange_table.h"

#include "table_oracle.h"

#include <criterion/criterion.h>
#include <ctype.h>
#include <errno.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define MS	 1000000ULL
#define S	 (1000 * MS)
#define EPOCH	 (1700000000 * S)
#define TALKS	 3001
#define MESSAGES (TALKS * 48)
#define DURATION (307 * S)
#define NAMES	 7
#define SEED	 11

static const struct exchange_limits limits = {
	.timeout_ns = 5 * S, .grace_ns = 25 * S, .entries = 65536};

struct trial {
	struct exchange_table *table;
	struct oracle *oracle;
	struct record *delivered;
	unsigned count;
	struct message *messages;
	unsigned message_count;
	uint32_t random;
	bool disorder; /* messages arrive up to a millisecond out of order */
};

static uint32_t dice(struct trial *trial, uint32_t sides)
{
	uint32_t *x = &trial->random;

	*x ^= *x << 13;
	*x ^= *x >> 17;
	*x ^= *x << 5;
	return *x % sides;
}

/* --- messages --------------------------------------------------------------------------------- */

/* Every third name does not fit into a short entry; all begin alike. */
static size_t name_text(int number, char *buf, size_t size)
{
	return (size_t)snprintf(buf, size, "%swww.example%d.com",
				number % 3 ? "" : "a-label-that-is-longer-than-most-others-are.",
				number);
}

/* What there is in the place of a question that cannot be read: nothing, or junk. By the id. */
static enum dns_verdict junk_of(const struct message *m)
{
	static const enum dns_verdict verdicts[] = {DNS_MESSAGE_OK, DNS_MESSAGE_FORWARD,
						    DNS_MESSAGE_OVERRUN};

	return m->name == NO_QUESTION ? verdicts[m->id % 3] : DNS_MESSAGE_OK;
}

/* A pointer to itself, and a name with three bytes behind it. Return: how many there are */
static size_t put_junk(const struct message *m, uint8_t *out)
{
	bool is_name = junk_of(m) == DNS_MESSAGE_FORWARD;

	if (junk_of(m) == DNS_MESSAGE_OK)
		return 0;
	memcpy(out, is_name ? "\xc0\x0c\0\1\0\1" : "\1a\0\0\1\0", 6);
	return 6;
}

/* RFC 1035 section 4.1; the case of letters is drawn anew each time (0x20). */
static uint16_t encode(struct trial *trial, const struct message *m, uint8_t *out)
{
	const uint8_t header[12] = {
		(uint8_t)(m->id >> 8),
		(uint8_t)m->id,
		(uint8_t)(m->is_response ? 0x81 : 1),
		(uint8_t)m->rcode,
		0,
		m->name != NO_QUESTION || junk_of(m) != DNS_MESSAGE_OK,
	};
	char text[128];
	size_t at = sizeof(header);

	memcpy(out, header, sizeof(header));
	if (m->name == NO_QUESTION)
		return (uint16_t)(at + put_junk(m, out + at));
	name_text(m->name, text, sizeof(text));
	for (const char *label = text; *label;) {
		size_t length = strcspn(label, ".");

		out[at++] = (uint8_t)length;
		for (size_t i = 0; i < length; i++)
			out[at++] = (uint8_t)(dice(trial, 2) ? toupper(label[i]) : label[i]);
		label += length + (label[length] == '.');
	}
	out[at++] = 0;
	out[at++] = (uint8_t)(m->qtype >> 8);
	out[at++] = (uint8_t)m->qtype;
	out[at++] = 0;
	out[at++] = 1;
	return (uint16_t)at;
}

static void hand_over(struct trial *trial, const struct message *m)
{
	static const uint8_t client[16] = {[10] = 0xff, [11] = 0xff, [12] = 10, [15] = 1};
	union {
		struct odd_event event;
		uint8_t bytes[sizeof(struct odd_event) + 512];
	} u = {.event = {.time_ns = m->time_ns,
			 .uid = ODD_NO_UID,
			 .ifindex = m->ifindex,
			 .hook = m->hook,
			 .tunnel = m->tunnel & 0xf,
			 .tunnel_id = m->tunnel_id,
			 .protocol = m->protocol}};
	uint8_t server[16] = {[10] = 0xff, [11] = 0xff, [12] = 192, [14] = 2, [15] = m->server};

	if (m->tunnel) { /* in the place of the sender */
		memcpy(u.event.outer_src, m->is_response ? server : client, 15);
		memcpy(u.event.outer_dst, m->is_response ? client : server, 15);
		u.event.outer_src[15] = m->is_response ? 2 : 1;
		u.event.outer_dst[15] = m->is_response ? 1 : 2;
	}
	memcpy(u.event.src, m->is_response ? server : client, sizeof(server));
	memcpy(u.event.dst, m->is_response ? client : server, sizeof(server));
	u.event.src_port = m->is_response ? 53 : m->client_port;
	u.event.dst_port = m->is_response ? m->client_port : 53;
	u.event.message_bytes = encode(trial, m, u.bytes + sizeof(struct odd_event));
	u.event.captured_bytes = u.event.message_bytes;
	exchange_table__event(trial->table, &u.event);
	if (junk_of(m) != DNS_MESSAGE_OK)
		trial->oracle->counters.verdicts[junk_of(m)]++;
}

/* --- traffic ---------------------------------------------------------------------------------- */

static void put(struct trial *trial, const struct message *m)
{
	uint8_t bytes[512];
	struct message *at = &trial->messages[trial->message_count];

	cr_assert_lt(trial->message_count + 1, MESSAGES);
	*at = *m;
	at->bytes = encode(trial, m, bytes);
	at->arrives_ns = at->time_ns + (trial->disorder ? dice(trial, MS) : 0);
	trial->message_count++;
	if (dice(trial, 2)) /* once more at the other interface */
		return;
	at[1] = at[0];
	at[1].ifindex = 3 - at->ifindex;
	at[1].hook = ODD_HOOK_TC_EGRESS;
	at[1].time_ns += 1000 + dice(trial, 50000);
	if (dice(trial, 3) == 0) { /* inside of the tunnel and outside */
		at[1].tunnel = at->tunnel ? ODD_TUNNEL_NONE : ODD_TUNNEL_VXLAN;
		at[1].tunnel_id = at->tunnel ? 0 : 1;
	}
	at[1].arrives_ns = at[1].time_ns + (trial->disorder ? dice(trial, MS) : 0);
	trial->message_count++;
}

static uint64_t latency(struct trial *trial)
{
	const uint64_t edges[] = {5 * S, 5 * S + 1, 30 * S, 30 * S + 1};
	uint32_t kind = dice(trial, 32);

	if (kind < 22)
		return MS + dice(trial, 300 * MS);
	if (kind < 25)
		return dice(trial, 4900) * MS + dice(trial, MS);
	if (kind < 29)
		return (5100 + dice(trial, 24000)) * MS + dice(trial, MS);
	if (kind < 30 || trial->disorder)
		return (30100 + dice(trial, 5000)) * MS;
	return edges[dice(trial, 4)];
}

static void put_responses(struct trial *trial, struct message m)
{
	unsigned copies = dice(trial, 7) == 0 ? 2 + dice(trial, 2) : 1;
	unsigned kind = dice(trial, 29);

	m.is_response = true;
	m.ifindex = 3 - m.ifindex;
	m.rcode = (uint16_t)(dice(trial, 5) ? 0 : 3);
	if (kind == 0)
		m.name = NO_QUESTION;
	else if (kind == 1) /* a guess */
		m.name = (m.name + 1) % NAMES;
	m.time_ns += latency(trial);
	for (unsigned i = 0; i < copies; i++) {
		put(trial, &m);
		m.time_ns += MS + dice(trial, 2000) * MS;
	}
}

/* Many messages, most without the question, now and then with a pause that ends the transfer. */
static void put_transfer(struct trial *trial, struct message m)
{
	unsigned messages = 1 + dice(trial, 11);
	int name = m.name;

	m.is_response = true;
	m.ifindex = 3 - m.ifindex;
	m.rcode = dice(trial, 7) ? 0 : 5;
	m.time_ns += latency(trial);
	for (unsigned i = 0; i < messages; i++) {
		put(trial, &m);
		m.time_ns += (dice(trial, 13) ? dice(trial, 900) : 4700 + dice(trial, 600)) * MS +
			     dice(trial, MS);
		m.name = dice(trial, 3) ? NO_QUESTION : name;
	}
}

static void put_burst(struct trial *trial, struct message m)
{
	for (int i = 0; i < 2 * NAMES; i++) {
		m.name = i / 2;
		m.qtype = i % 2 ? 1 : 28;
		m.time_ns += MS;
		put(trial, &m);
	}
}

/* Two networks that both directions name, and a kind that names the direction only. */
static void choose_tunnel(struct trial *trial, struct message *m)
{
	const uint8_t kinds[] = {ODD_TUNNEL_VXLAN, ODD_TUNNEL_PPPOE, ODD_TUNNEL_ERSPAN};

	if (dice(trial, 2))
		return;
	m->tunnel = kinds[dice(trial, 3)];
	m->tunnel_id = m->tunnel == ODD_TUNNEL_ERSPAN ? dice(trial, 1024) : 1;
	if (m->tunnel == ODD_TUNNEL_VXLAN)
		m->tunnel_id += dice(trial, 2);
}

/* A client asks, perhaps again and again; somebody answers, perhaps. */
static void put_talk(struct trial *trial, struct message m)
{
	unsigned tries = 1 + (dice(trial, 4) == 0) + (dice(trial, 11) == 0);

	if (dice(trial, 37) == 0) { /* the query went another way */
		put_responses(trial, m);
		return;
	}
	if (dice(trial, 211) == 0) /* many questions on one key */
		put_burst(trial, m);
	for (unsigned i = 0; i < tries; i++) {
		put(trial, &m);
		m.time_ns += (20 + dice(trial, 3000)) * MS + dice(trial, MS);
	}
	if (m.qtype > 28)
		put_transfer(trial, m);
	else if (dice(trial, 7))
		put_responses(trial, m);
}

/* Sometimes the same happens in the other network, too. */
static void put_talks(struct trial *trial)
{
	struct message m = {
		.time_ns = EPOCH + S + dice(trial, DURATION / MS) * MS + dice(trial, MS),
		.server = (uint8_t)(1 + dice(trial, 3)),
		.client_port = (uint16_t)(40000 + dice(trial, 5)),
		.id = (uint16_t)dice(trial, 5),
		.protocol = dice(trial, 7) ? IPPROTO_UDP : IPPROTO_TCP,
		.name = dice(trial, 41) ? (int)dice(trial, NAMES) : NO_QUESTION,
		.qtype = dice(trial, 3) ? 1 : 28,
		.ifindex = 1 + dice(trial, 2),
		.hook = ODD_HOOK_XDP,
	};

	choose_tunnel(trial, &m);
	if (m.protocol == IPPROTO_TCP && dice(trial, 2))
		m.qtype = dice(trial, 5) ? 252 : 251;
	put_talk(trial, m);
	if (m.tunnel != ODD_TUNNEL_VXLAN || dice(trial, 3))
		return;
	m.tunnel_id = 3 - m.tunnel_id;
	m.time_ns += dice(trial, 1000) * MS + dice(trial, MS);
	put_talk(trial, m);
}

static int by_arrival(const void *a, const void *b)
{
	const struct message *x = a, *y = b;

	return (x->arrives_ns > y->arrives_ns) - (x->arrives_ns < y->arrives_ns);
}

static void make_traffic(struct trial *trial)
{
	trial->messages = calloc(MESSAGES, sizeof(*trial->messages));
	for (unsigned i = 0; i < TALKS; i++)
		put_talks(trial);
	qsort(trial->messages, trial->message_count, sizeof(*trial->messages), by_arrival);
	/* the table remembers orphans once it knows of two interfaces: let it know before */
	trial->messages[0].is_response = false;
	for (uint32_t i = 0; i < 2; i++)
		trial->messages[i].ifindex = i + 1;
}

/* --- comparison ------------------------------------------------------------------------------- */

static int name_number(const struct exchange *x)
{
	char text[128], came[DNS_NAME_TEXT_MAX];

	if (!x->qname_length)
		return NO_QUESTION;
	dns_name_text(x->qname, x->qname_length, came);
	for (int i = 0; i < NAMES; i++) {
		name_text(i, text, sizeof(text));
		if (strcmp(text, came) == 0)
			return i;
	}
	cr_assert_fail("no name that was sent: %s", came);
	return NO_QUESTION;
}

static void take(void *context, const struct exchange *x)
{
	struct trial *trial = context;

	cr_assert_lt(trial->count, ORACLE_OUT);
	trial->delivered[trial->count++] = (struct record){
		.time_ns = x->time_ns,
		.end_ns = x->end_ns,
		.latency_ns = x->latency_ns,
		.wait_ns = x->wait_ns,
		.state = (int32_t)x->state,
		.name = name_number(x),
		.qtype = x->qtype,
		.rcode = x->rcode,
		.client_port = x->client_port,
		.server = x->server[15],
		.protocol = x->protocol,
		.id = x->id,
		.tries = x->tries,
		.query_bytes = x->query_bytes,
		.response_bytes = (uint32_t)x->response_bytes,
		.ifindex = x->ifindex,
		.messages = x->messages,
		.tunnel = x->tunnel,
		.tunnel_id = x->tunnel_id,
		.outer = (uint32_t)x->outer_src[15] << 8 | x->outer_dst[15],
	};
}

static bool knows(void *context, const uint8_t *server)
{
	(void)context;
	return server[15] == 1;
}

static void compare(const struct trial *trial, unsigned from)
{
	const struct oracle *o = trial->oracle;

	cr_assert_eq(trial->count, o->out_count, "%u delivered, %u expected", trial->count,
		     o->out_count);
	for (unsigned i = from; i < trial->count; i++) {
		const struct record *a = &trial->delivered[i], *b = &o->out[i];

		cr_assert_eq(memcmp(a, b, sizeof(*a)), 0,
			     "exchange %u: %s id %u name %d time %.9f end %.9f tries %u, expected "
			     "%s id %u name %d time %.9f end %.9f tries %u",
			     i, exchange_state_name((enum exchange_state)a->state), a->id, a->name,
			     (double)(a->time_ns - (int64_t)EPOCH) / 1e9,
			     (double)(a->end_ns - (int64_t)EPOCH) / 1e9, a->tries,
			     exchange_state_name((enum exchange_state)b->state), b->id, b->name,
			     (double)(b->time_ns - (int64_t)EPOCH) / 1e9,
			     (double)(b->end_ns - (int64_t)EPOCH) / 1e9, b->tries);
	}
}

static void compare_counters(const struct trial *trial)
{
	const struct exchange_counters *a = exchange_table__counters(trial->table);

	cr_assert_eq(memcmp(a, &trial->oracle->counters, sizeof(*a)), 0,
		     "queries %lu answered %lu unanswered %lu pending %lu retransmitted %lu "
		     "evicted %lu late %lu orphan %lu duplicate %lu continued %lu folded %lu",
		     a->queries, a->answered, a->unanswered, a->pending, a->retransmitted,
		     a->evicted, a->late, a->orphan, a->duplicate, a->continued, a->folded);
}

static int by_bytes(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct record));
}

/* --- tests ------------------------------------------------------------------------------------ */

static struct trial *new_trial(uint32_t seed, uint64_t entries, bool disorder)
{
	struct trial *trial = calloc(1, sizeof(*trial));
	const struct exchange_listener listener = {take, knows, trial};
	struct exchange_limits with_entries = limits;

	with_entries.entries = entries;
	trial->random = seed * 2654435761U;
	trial->disorder = disorder;
	trial->oracle = calloc(1, sizeof(*trial->oracle));
	trial->oracle->timeout_ns = limits.timeout_ns;
	trial->oracle->grace_ns = limits.grace_ns;
	trial->oracle->fold_ns = 50 * MS;
	trial->delivered = calloc(ORACLE_OUT, sizeof(*trial->delivered));
	cr_assert_eq(exchange_table__new(&with_entries, SEED, &listener, &trial->table), 0);
	make_traffic(trial);
	return trial;
}

static void free_trial(struct trial *trial)
{
	exchange_table__free(trial->table);
	free(trial->oracle);
	free(trial->delivered);
	free(trial->messages);
	free(trial);
}

/* Every kind of end and of counting must have been there, or the comparison says little. */
static void check_richness(const struct exchange_counters *c)
{
	cr_assert(c->answered > 1000 && c->unanswered > 100 && c->late > 50 && c->orphan > 50 &&
			  c->duplicate > 50 && c->folded > 1000 && c->retransmitted > 300 &&
			  c->continued > 300 && c->verdicts[DNS_MESSAGE_FORWARD] > 50 &&
			  c->verdicts[DNS_MESSAGE_OVERRUN] > 50,
		  "answered %lu unanswered %lu late %lu orphan %lu duplicate %lu continued %lu",
		  c->answered, c->unanswered, c->late, c->orphan, c->duplicate, c->continued);
}

Test(exchange_table, random_traffic_gives_what_the_oracle_says_after_each_message)
{
	for (uint32_t seed = 1; seed <= 5; seed++) {
		struct trial *trial = new_trial(seed, limits.entries, false);

		for (unsigned i = 0; i < trial->message_count; i++) {
			unsigned before = trial->count;

			hand_over(trial, &trial->messages[i]);
			oracle_take(trial->oracle, &trial->messages[i]);
			compare(trial, before);
			compare_counters(trial);
		}
		check_richness(&trial->oracle->counters);
		cr_assert_gt(trial->oracle->kept_apart, 50);
		free_trial(trial);
	}
}

Test(exchange_table, out_of_order_traffic_gives_the_same_exchanges_in_some_order)
{
	for (uint32_t seed = 1; seed <= 5; seed++) {
		struct trial *trial = new_trial(seed, limits.entries, true);

		for (unsigned i = 0; i < trial->message_count; i++) {
			hand_over(trial, &trial->messages[i]);
			oracle_take(trial->oracle, &trial->messages[i]);
		}
		exchange_table__tick(trial->table, EPOCH + 2 * DURATION);
		oracle_expire(trial->oracle, EPOCH + 2 * DURATION);
		qsort(trial->delivered, trial->count, sizeof(struct record), by_bytes);
		qsort(trial->oracle->out, trial->oracle->out_count, sizeof(struct record),
		      by_bytes);
		compare(trial, 0);
		compare_counters(trial);
		free_trial(trial);
	}
}

Test(exchange_table, ticks_between_messages_change_nothing)
{
	struct trial *with = new_trial(7, limits.entries, false);
	struct trial *without = new_trial(7, limits.entries, false);

	for (unsigned i = 0; i < with->message_count; i++) {
		uint64_t now = with->messages[i].time_ns;

		if (i)
			exchange_table__tick(with->table, now - dice(with, 2));
		with->random = without->random; /* letters are drawn with it, too */
		hand_over(with, &with->messages[i]);
		with->random = without->random;
		hand_over(without, &without->messages[i]);
		cr_assert_eq(with->count, without->count);
	}
	cr_assert_eq(
		memcmp(with->delivered, without->delivered, with->count * sizeof(struct record)),
		0);
	free_trial(with);
	free_trial(without);
}

static void check_identities(const struct trial *trial, unsigned handed)
{
	const struct exchange_counters *c = exchange_table__counters(trial->table);
	struct exchange_usage usage = exchange_table__usage(trial->table);

	cr_assert_eq(c->queries,
		     c->answered + c->unanswered + c->pending + c->retransmitted + c->evicted);
	cr_assert_eq(c->responses, c->answered + c->late + c->orphan + c->duplicate + c->continued);
	cr_assert_eq(handed, c->queries + c->responses + c->folded);
	cr_assert_eq(trial->count + usage.transfers,
		     c->answered + c->late + c->orphan + c->unanswered);
	cr_assert_leq(usage.entries, usage.limit);
	cr_assert_leq(c->pending, usage.entries);
	/* 64 short entries, 8 long ones and the 1 024 buckets at the start */
	cr_assert_leq(usage.bytes, 64 * 176 + 8 * 432 + 1024 * 4);
}

Test(exchange_table, smallest_table_keeps_identities_and_bounds)
{
	for (uint32_t seed = 1; seed <= 3; seed++) {
		struct trial *trial = new_trial(seed, 64, seed == 2);
		const struct exchange_counters *c = exchange_table__counters(trial->table);

		for (unsigned i = 0; i < trial->message_count; i++) {
			hand_over(trial, &trial->messages[i]);
			check_identities(trial, i + 1);
		}
		exchange_table__finish(trial->table);
		cr_assert_eq(trial->count,
			     c->answered + c->late + c->orphan + c->unanswered + c->pending);
		cr_assert_eq(exchange_table__usage(trial->table).entries, 0);
		cr_assert_gt(c->answered, 500);
		cr_assert_gt(c->evicted, 0);
		free_trial(trial);
	}
}

Test(exchange_table, limits_out_of_range_are_refused)
{
	const uint64_t bad[] = {0, 63, (1ULL << 26) + 1, UINT64_MAX};
	const struct exchange_listener listener = {take, knows, NULL};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct exchange_limits out = limits;
		struct exchange_table *table = NULL;

		out.entries = bad[i];
		cr_assert_eq(exchange_table__new(&out, SEED, &listener, &table), -EINVAL);
		cr_assert_null(table);
	}
}
