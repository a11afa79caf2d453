// SPDX-License-Identifier: GPL-2.0-or-later
/* The memory of TCP connections: one slab, hash chains, lists by age. */
#include "connection.h"

#include "base/hash.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

/* A table that emptied gives its memory back when it had grown beyond this. */
#define KEEP_CONNECTIONS 4096

static void *reserve(size_t bytes)
{
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

static size_t slab_bytes(const struct connections *cs)
{
	return sizeof(*cs->slab) * cs->limit;
}

static size_t bucket_bytes(const struct connections *cs)
{
	return sizeof(*cs->buckets) * ((size_t)cs->mask + 1);
}

int connections__init(struct connections *cs, uint32_t limit, uint64_t seed)
{
	uint32_t buckets = 16;

	while (buckets < limit)
		buckets *= 2;
	*cs = (struct connections){.seed = seed, .limit = limit, .mask = buckets - 1};
	cs->slab = reserve(slab_bytes(cs));
	cs->buckets = reserve(bucket_bytes(cs));
	if (cs->slab && cs->buckets)
		return 0;
	connections__done(cs);
	return -ENOMEM;
}

void connections__done(struct connections *cs)
{
	if (cs->slab)
		munmap(cs->slab, slab_bytes(cs));
	if (cs->buckets)
		munmap(cs->buckets, bucket_bytes(cs));
	*cs = (struct connections){0};
}

unsigned connection_key_of(const struct odd_event *event, struct connection_key *ret_key)
{
	bool shared_id = event->tunnel >= ODD_TUNNEL_VXLAN && event->tunnel <= ODD_TUNNEL_PPPOE;
	int order = memcmp(event->src, event->dst, sizeof(event->src));
	unsigned side = order ? order > 0 : event->src_port > event->dst_port;

	memcpy(ret_key->address[side], event->src, sizeof(event->src));
	memcpy(ret_key->address[!side], event->dst, sizeof(event->dst));
	ret_key->port[side] = event->src_port;
	ret_key->port[!side] = event->dst_port;
	ret_key->tunnel_id = shared_id ? event->tunnel_id : 0;
	ret_key->tunnel = shared_id ? event->tunnel : ODD_TUNNEL_NONE;
	return side;
}

static struct connection *at(const struct connections *cs, uint32_t ref)
{
	return ref ? &cs->slab[ref - 1] : NULL;
}

static uint32_t reference(const struct connections *cs, const struct connection *c)
{
	return (uint32_t)(c - cs->slab) + 1;
}

uint32_t connections__hash(const struct connections *cs, const struct connection_key *key)
{
	uint32_t hash = (uint32_t)hash_bytes(key, sizeof(*key), cs->seed);

	__builtin_prefetch(&cs->buckets[hash & cs->mask], 1);
	return hash;
}

struct connection *connections__find(const struct connections *cs, const struct connection_key *key,
				     uint32_t hash)
{
	struct connection *c = at(cs, cs->buckets[hash & cs->mask]);

	while (c && (c->hash != hash || memcmp(&c->key, key, sizeof(*key)) != 0))
		c = at(cs, c->chain);
	return c;
}

static void append(struct connections *cs, struct connection *c, enum connection_list list)
{
	uint32_t ref = reference(cs, c), before = cs->lists[list].newest;

	c->list = list;
	c->older = before;
	c->newer = 0;
	if (before)
		at(cs, before)->newer = ref;
	else
		cs->lists[list].oldest = ref;
	cs->lists[list].newest = ref;
}

static void unlink_from_list(struct connections *cs, const struct connection *c)
{
	if (c->older)
		at(cs, c->older)->newer = c->newer;
	else
		cs->lists[c->list].oldest = c->newer;
	if (c->newer)
		at(cs, c->newer)->older = c->older;
	else
		cs->lists[c->list].newest = c->older;
}

struct connection *connections__add(struct connections *cs, const struct connection_key *key,
				    uint32_t hash)
{
	uint32_t *bucket = &cs->buckets[hash & cs->mask];
	struct connection *c;

	if (cs->free) {
		c = at(cs, cs->free);
		cs->free = c->chain;
	} else if (cs->used < cs->limit) {
		c = at(cs, ++cs->used);
	} else {
		return NULL;
	}
	*c = (struct connection){.key = *key, .hash = hash, .chain = *bucket};
	c->direction[1].side = 1;
	*bucket = reference(cs, c);
	append(cs, c, CONNECTION_EMPTY);
	cs->count++;
	return c;
}

/* Nothing is left after a flood: hand its memory back to the kernel. */
static void shrink(struct connections *cs)
{
	if (cs->used <= KEEP_CONNECTIONS)
		return;
	madvise(cs->slab, slab_bytes(cs), MADV_DONTNEED);
	madvise(cs->buckets, bucket_bytes(cs), MADV_DONTNEED);
	cs->used = 0;
	cs->free = 0;
}

void connections__remove(struct connections *cs, struct connection *c)
{
	uint32_t ref = reference(cs, c), *link = &cs->buckets[c->hash & cs->mask];

	while (*link != ref)
		link = &at(cs, *link)->chain;
	*link = c->chain;
	unlink_from_list(cs, c);
	c->chain = cs->free;
	cs->free = ref;
	if (--cs->count == 0)
		shrink(cs);
}

void connections__touch(struct connections *cs, struct connection *c, enum connection_list list,
			uint64_t now_ns)
{
	c->last_ns = now_ns;
	if (c->list == list && !c->newer)
		return;
	unlink_from_list(cs, c);
	append(cs, c, list);
}

struct connection *connections__oldest(const struct connections *cs, enum connection_list list)
{
	return at(cs, cs->lists[list].oldest);
}
