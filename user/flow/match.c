// SPDX-License-Identifier: GPL-2.0-or-later
/* Which entry a message belongs to: by key, question and VLAN. exchange_table.c tells why. */
#include "match.h"

#include <string.h>

static bool same_vlan(const struct entry *entry, const struct odd_event *event)
{
	static const uint16_t none[ODD_VLANS_MAX];

	return memcmp(entry->vlan, event->vlan, sizeof(none)) == 0 ||
	       memcmp(entry->vlan, none, sizeof(none)) == 0 ||
	       memcmp(event->vlan, none, sizeof(none)) == 0;
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

uint32_t match_question_hash(const struct entry_store *store, const struct seen *s)
{
	uint8_t buf[DNS_NAME_MAX + 4];

	return entry_store__hash(store, &s->key, buf, question_bytes(&s->message, buf));
}

/* How well an entry suits a message, from not at all to best. */
enum fit { FIT_NONE, FIT_LACKING, FIT_ELSEWHERE, FIT_OWN };

static enum fit fit_of(const struct entry *entry, const struct seen *s)
{
	bool vlan = same_vlan(entry, s->event);

	if (same_question(entry, &s->message))
		return vlan ? FIT_OWN : s->is_response ? FIT_ELSEWHERE : FIT_NONE;
	return vlan && s->is_response && may_lack(entry, &s->message) ? FIT_LACKING : FIT_NONE;
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
	other = find_hashed(store, s, match_question_hash(store, s), state, &other_fit);
	return other_fit > fit ? other : entry;
}

bool match_is_second(const struct entry_store *store, const struct seen *s)
{
	struct entry *entry = entry_store__find(store, &s->key, s->hash, NULL);

	return entry && s->message.has_question && !same_question(entry, &s->message);
}
