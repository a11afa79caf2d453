// SPDX-License-Identifier: GPL-2.0-or-later
/* A hash table with open addressing, half full at the most; filled anew when it is. */
#include "origin_cache.h"

#include "base/hash.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS (2 * ORIGINS_MAX)

/* All of an exchange that its origin is made of. Compared as bytes. */
struct origin_key {
	uint64_t cgroup_id;
	uint32_t ifindex, tunnel, tunnel_id, uid, pid;
	uint16_t vlan[2]; /* the columns that there are */
	uint8_t outer_src[16], outer_dst[16];
	char comm[16];
};

_Static_assert(sizeof(struct origin_key) == 80 && ODD_VLANS_MAX >= 2, "origin_key: no padding");

struct slot {
	struct origin_key key;
	int64_t id; /* 0: free */
};

struct origin_cache {
	uint64_t seed;
	unsigned used;
	struct origin_key last; /* most exchanges come from where the one before did */
	int64_t last_id;
	struct slot slots[SLOTS];
};

int origin_cache__new(uint64_t seed, struct origin_cache **ret_cache)
{
	struct origin_cache *cache = calloc(1, sizeof(*cache));

	if (!cache)
		return -ENOMEM;
	cache->seed = seed;
	*ret_cache = cache;
	return 0;
}

void origin_cache__free(struct origin_cache *cache)
{
	free(cache);
}

void origin_cache__clear(struct origin_cache *cache)
{
	if (cache->used > 0)
		memset(cache->slots, 0, sizeof(cache->slots));
	cache->used = 0;
	cache->last_id = 0;
}

static void make_key(const struct exchange *e, struct origin_key *ret)
{
	size_t length = strnlen(e->comm, sizeof(e->comm)); /* what is behind the NUL may be old */

	*ret = (struct origin_key){
		.cgroup_id = e->cgroup_id,
		.ifindex = e->ifindex,
		.tunnel = e->tunnel,
		.tunnel_id = e->tunnel_id,
		.uid = e->uid,
		.pid = e->pid,
		.vlan = {e->vlan[0], e->vlan[1]},
	};
	if (e->tunnel != ODD_TUNNEL_NONE) {
		memcpy(ret->outer_src, e->outer_src, sizeof(ret->outer_src));
		memcpy(ret->outer_dst, e->outer_dst, sizeof(ret->outer_dst));
	}
	memcpy(ret->comm, e->comm, length);
}

static struct slot *find(struct origin_cache *c, const struct origin_key *key)
{
	uint64_t i = hash_bytes(key, sizeof(*key), c->seed);

	while (c->slots[i % SLOTS].id && memcmp(&c->slots[i % SLOTS].key, key, sizeof(*key)) != 0)
		i++;
	return &c->slots[i % SLOTS];
}

/* An address as a column: four or sixteen bytes; none when it is "::". */
static struct cell outer_cell(const uint8_t *address)
{
	static const uint8_t none[16], mapped[12] = {[10] = 0xff, [11] = 0xff};

	if (memcmp(address, none, sizeof(none)) == 0)
		return (struct cell){0};
	if (memcmp(address, mapped, sizeof(mapped)) == 0)
		return cell_bytes(address + 12, 4);
	return cell_bytes(address, 16);
}

static struct cell unless(int64_t number, int64_t none)
{
	return number == none ? (struct cell){0} : cell_number(number);
}

static int make_row(const struct origin_maker *maker, const struct origin_key *key, int64_t *ret_id)
{
	const struct exchange_names *n = maker->names;
	bool local = key->uid != ODD_NO_UID;
	struct cell cells[] = {
		{0}, /* id */
		cell_text(n->interface ? n->interface(n->context, key->ifindex) : NULL),
		unless(key->vlan[0], 0),
		unless(key->vlan[1], 0),
		unless(key->tunnel, ODD_TUNNEL_NONE),
		key->tunnel == ODD_TUNNEL_NONE ? (struct cell){0} : cell_number(key->tunnel_id),
		outer_cell(key->outer_src),
		outer_cell(key->outer_dst),
		unless(key->uid, ODD_NO_UID),
		cell_text(n->user && local ? n->user(n->context, key->uid) : NULL),
		unless(key->pid, 0),
		key->comm[0] ? cell_bytes(key->comm, strnlen(key->comm, sizeof(key->comm)))
			     : (struct cell){0},
		cell_text(n->unit && key->cgroup_id ? n->unit(n->context, key->cgroup_id) : NULL),
	};
	bool known = false;
	int r;

	for (size_t i = 0; i < sizeof(cells) / sizeof(cells[0]); i++)
		known |= cells[i].type != CELL_NULL;
	*ret_id = -1; /* of nothing */
	if (!known)
		return 0;
	r = insert__row(maker->insert, cells, sizeof(cells) / sizeof(cells[0]));
	if (r == 0)
		*ret_id = sqlite3_last_insert_rowid(sqlite3_db_handle(maker->insert->stmt));
	return r;
}

static int find_or_make(const struct origin_maker *maker, const struct origin_key *key,
			int64_t *ret_id)
{
	struct origin_cache *cache = maker->cache;
	struct slot *slot = find(cache, key);
	int64_t id = slot->id;
	int r = 0;

	if (!id) {
		r = make_row(maker, key, &id);
		if (r < 0)
			return r;
		if (cache->used == ORIGINS_MAX) {
			origin_cache__clear(cache);
			slot = find(cache, key);
		}
		slot->key = *key;
		slot->id = id;
		cache->used++;
	}
	*ret_id = id;
	return r;
}

int origin_cache__id(const struct origin_maker *maker, const struct exchange *exchange,
		     int64_t *ret_id)
{
	struct origin_cache *cache = maker->cache;
	struct origin_key key;
	int r;

	make_key(exchange, &key);
	if (!cache->last_id || memcmp(&key, &cache->last, sizeof(key)) != 0) {
		r = find_or_make(maker, &key, &cache->last_id);
		if (r < 0) {
			cache->last_id = 0;
			return r;
		}
		cache->last = key;
	}
	*ret_id = cache->last_id < 0 ? 0 : cache->last_id;
	return 0;
}
