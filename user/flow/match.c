// SPDX-License-Identifier: GPL-2.0-or-later
/* Which entry a message belongs to: by key, question, VLAN, tunnel. exchange_table.c tells why. */
#include "match.h"

#include "network.h"

#include "dns/codes.h"

#include <netinet/in.h>
#include <string.h>

static bool same_vlan(const struct entry *entry, const struct odd_event *event)
{
	return network_same_vlan(entry->vlan, event->vlan);
}

static bool same_network(const struct entry *entry, const struct odd_event *event)
{
	return network_same_tunnel(entry->tunnel, entry->tunnel_id, event->tunnel,
				   event->tunnel_id);
}

static bool same_question(const struct entry *entry, const struct dns_message *message)
{
	if (!message->has_question || !entry->name_length)
		return !message->has_question && !entry->name_length;
	return entry->qtype == message->qtype && entry->qclass == message->qclass &&
	       entry->name_length == message->qname.length &&
	       memcmp(entry->name, message->qname.wire, entry->name_length) == 0;
}

/* A response may lack the question (FORMERR), and a query may have been cut before it. */
static bool may_lack(const struct entry *entry, const struct dns_message *message)
{
	return !message->has_question || !entry->name_length;
}

/* Name, type and class as one run of bytes. Return: its length */
static size_t question_bytes(const struct dns_message *message, uint8_t *buf)
{
	memcpy(buf, message->qname.wire, message->qname.length);
	memcpy(buf + message->qname.length, &message->qtype, sizeof(message->qtype));
	memcpy(buf + message->qname.length + 2, &message->qclass, sizeof(message->qclass));
	return message->qname.length + 4U;
}

static uint32_t question_hash(const struct entry_store *store, const struct seen *s)
{
	uint8_t buf[DNS_NAME_MAX + 4];

	return entry_store__hash(store, &s->key, buf, question_bytes(&s->message, buf));
}

/* How well an entry suits a message, from not at all to best. */
enum fit { FIT_NONE, FIT_LACKING_ELSEWHERE, FIT_LACKING, FIT_ELSEWHERE, FIT_OWN };

static enum fit fit_of(const struct entry *entry, const struct seen *s)
{
	bool vlan = same_vlan(entry, s->event);

	if (!same_network(entry, s->event))
		return FIT_NONE;
	if (same_question(entry, &s->message))
		return vlan ? FIT_OWN : s->is_response ? FIT_ELSEWHERE : FIT_NONE;
	if (!s->is_response || !may_lack(entry, &s->message))
		return FIT_NONE;
	if (vlan)
		return FIT_LACKING;
	/* the first message came on another VLAN with the question, the others without it */
	return entry->state == ENTRY_TRANSFER ? FIT_LACKING_ELSEWHERE : FIT_NONE;
}

/*
 * Among the entries of a hash the one that suits best; among equals the oldest,
 * which is the last of its chain. @fit: FIT_NONE before, how well it suits after
 */
static struct entry *find_hashed(const struct entry_store *store, const struct seen *s,
				 uint32_t hash, enum entry_state state, enum fit *fit)
{
	struct entry *entry = NULL, *best = NULL;

	while ((entry = entry_store__find(store, &s->key, hash, entry))) {
		enum fit this = entry->state == state ? fit_of(entry, s) : FIT_NONE;

		if (this == FIT_NONE || this < *fit)
			continue;
		best = entry;
		*fit = this;
	}
	return best;
}

struct entry *match_find(const struct entry_store *store, const struct seen *s,
			 enum entry_state state)
{
	enum fit fit = FIT_NONE, other_fit = FIT_NONE;
	struct entry *entry = find_hashed(store, s, s->hash, state, &fit), *other;

	if (fit == FIT_OWN || !s->message.has_question || !store->by_question)
		return entry;
	other = find_hashed(store, s, question_hash(store, s), state, &other_fit);
	return other_fit > fit ? other : entry;
}

/* How well an entry suits what is quoted; more is better, 0 not at all. */
static unsigned quoted_fit(const struct entry *entry, const struct dns_message *message)
{
	bool is_same = same_question(entry, message);

	if (entry->state != ENTRY_PENDING || (!is_same && !may_lack(entry, message)))
		return 0;
	return 1 + 2 * is_same + (entry->cause == CAUSE_UNKNOWN);
}

static struct entry *best_quoted(const struct entry_store *store, const struct seen *s,
				 uint32_t hash, unsigned *fit)
{
	struct entry *entry = NULL, *best = NULL;

	while ((entry = entry_store__find(store, &s->key, hash, entry))) {
		unsigned this = quoted_fit(entry, &s->message);

		if (!this || this < *fit)
			continue;
		best = entry;
		*fit = this;
	}
	return best;
}

struct entry *match_quoted(const struct entry_store *store, const struct seen *s)
{
	unsigned fit = 0, other_fit = 0;
	struct entry *entry = best_quoted(store, s, s->hash, &fit), *other;

	if (!s->message.has_question || !store->by_question)
		return entry;
	other = best_quoted(store, s, question_hash(store, s), &other_fit);
	return other_fit > fit ? other : entry;
}

struct entry *match_transfer(const struct entry_store *store, const struct seen *s)
{
	struct entry *entry = NULL;

	if (!entry_store__waiting(store, ENTRY_TRANSFER))
		return NULL;
	while ((entry = entry_store__find(store, &s->key, s->hash, entry)))
		if (entry->state == ENTRY_TRANSFER && same_vlan(entry, s->event) &&
		    same_network(entry, s->event))
			return entry;
	return match_find(store, s, ENTRY_TRANSFER);
}

/* Does the hash of the key lead to another question already? */
static bool is_second(const struct entry_store *store, const struct seen *s)
{
	struct entry *entry = entry_store__find(store, &s->key, s->hash, NULL);

	return entry && s->message.has_question && !same_question(entry, &s->message);
}

/* AXFR and IXFR, whose response may be many messages over TCP (RFC 5936 section 2.2, RFC 1995). */
static bool asks_for_zone(const struct seen *s)
{
	return !s->is_response && s->key.protocol == IPPROTO_TCP && s->message.has_question &&
	       dns_type_is_transfer(s->message.qtype);
}

struct entry_plan match_plan(const struct entry_store *store, const struct seen *s)
{
	bool by_question = is_second(store, s);

	return (struct entry_plan){
		.hash = by_question ? question_hash(store, s) : s->hash,
		.by_question = by_question,
		.is_transfer = asks_for_zone(s),
		.name_length = s->message.qname.length,
	};
}

void match_orient(struct seen *s)
{
	const struct odd_event *e = s->event;

	s->is_response = s->message.flags & DNS_FLAG_QR;
	memcpy(s->key.client, s->is_response ? e->dst : e->src, sizeof(s->key.client));
	memcpy(s->key.server, s->is_response ? e->src : e->dst, sizeof(s->key.server));
	s->key.client_port = s->is_response ? e->dst_port : e->src_port;
	s->key.server_port = s->is_response ? e->src_port : e->dst_port;
	s->key.id = s->message.id;
	s->key.protocol = e->protocol;
	s->key.pad = 0;
}

void match_to_group(struct seen *s)
{
	/* 224.0.0.252, mapped, and ff02::1:3 */
	static const uint8_t v4[16] = {[10] = 0xff, [11] = 0xff, 224, 0, 0, 252};
	static const uint8_t v6[16] = {0xff, 2, [13] = 1, [15] = 3};

	memcpy(s->key.server, memcmp(s->key.client, v4, 12) == 0 ? v4 : v6, sizeof(v4));
}
