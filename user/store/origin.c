// SPDX-License-Identifier: GPL-2.0-or-later
/* Origins are few and rows are many: each origin is read once, and again when it lost its slot. */
#include "origin.h"

#include <stdlib.h>
#include <string.h>

/* Names of users, units and interfaces are shorter; a hostile one costs no more than this. */
#define NAME_BYTES 4096

/* What getters are asked for is there when its number is not 0 (field.c). */
#define KNOWN 1

static const struct origin nobody = {.uid = ODD_NO_UID};

int origins__open(struct origins *origins, sqlite3 *db)
{
	origins__close(origins);
	return sqlite3_prepare_v3(db,
				  "SELECT interface, user, unit, vlan, vlan2, tunnel, tunnel_id,"
				  " outer_src, outer_dst, uid, pid, comm FROM origin WHERE id=?",
				  -1, SQLITE_PREPARE_PERSISTENT, &origins->find, NULL);
}

void origins__close(struct origins *origins)
{
	sqlite3_finalize(origins->find);
	for (unsigned i = 0; i < ORIGINS_CACHED; i++)
		free(origins->slots[i]);
	memset(origins, 0, sizeof(*origins));
}

void origin_address(sqlite3_stmt *row, int i, uint8_t ret[16])
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	const void *bytes = sqlite3_column_blob(row, i);

	switch (bytes ? sqlite3_column_bytes(row, i) : 0) {
	case 4:
		memcpy(ret, mapped, sizeof(mapped));
		memcpy(ret + 12, bytes, 4);
		return;
	case 16:
		memcpy(ret, bytes, 16);
		return;
	default:
		memset(ret, 0, 16);
	}
}

static void read_numbers(sqlite3_stmt *row, struct origin *ret)
{
	const void *comm;
	size_t length;

	ret->vlan[0] = (uint16_t)sqlite3_column_int(row, 3);
	ret->vlan[1] = (uint16_t)sqlite3_column_int(row, 4);
	ret->tunnel = sqlite3_column_int(row, 5);
	if (ret->tunnel >= ODD_TUNNEL_COUNT)
		ret->tunnel = ODD_TUNNEL_NONE;
	ret->tunnel_id = (uint32_t)sqlite3_column_int64(row, 6);
	origin_address(row, 7, ret->outer_src);
	origin_address(row, 8, ret->outer_dst);
	ret->uid = ODD_NO_UID;
	if (sqlite3_column_type(row, 9) != SQLITE_NULL)
		ret->uid = (uint32_t)sqlite3_column_int64(row, 9);
	ret->pid = (uint32_t)sqlite3_column_int64(row, 10);
	comm = sqlite3_column_blob(row, 11);
	length = comm ? (size_t)sqlite3_column_bytes(row, 11) : 0;
	if (length >= sizeof(ret->comm))
		length = sizeof(ret->comm) - 1;
	if (length)
		memcpy(ret->comm, comm, length);
}

/* The names stand behind the struct, so that one free() is enough. */
static struct origin *read_origin(sqlite3_stmt *row)
{
	const char *texts[3], *copies[3] = {NULL};
	size_t lengths[3], room = 0;
	struct origin *origin;
	char *at;

	for (int i = 0; i < 3; i++) {
		texts[i] = (const char *)sqlite3_column_text(row, i);
		lengths[i] = texts[i] ? strnlen(texts[i], NAME_BYTES) : 0;
		room += lengths[i] + 1;
	}
	origin = calloc(1, sizeof(*origin) + room);
	if (!origin)
		return NULL;
	at = (char *)(origin + 1);
	for (int i = 0; i < 3; i++) {
		if (!texts[i])
			continue;
		memcpy(at, texts[i], lengths[i]);
		copies[i] = at;
		at += lengths[i] + 1;
	}
	origin->interface = copies[0];
	origin->user = copies[1];
	origin->unit = copies[2];
	read_numbers(row, origin);
	return origin;
}

const struct origin *origins__find(struct origins *origins, int64_t id)
{
	struct origin **slot = &origins->slots[(uint64_t)id % ORIGINS_CACHED];
	struct origin *origin = NULL;

	if (*slot && (*slot)->id == id)
		return *slot;
	sqlite3_bind_int64(origins->find, 1, id);
	if (sqlite3_step(origins->find) == SQLITE_ROW)
		origin = read_origin(origins->find);
	sqlite3_reset(origins->find);
	if (!origin)
		return &nobody;
	origin->id = id;
	free(*slot);
	return *slot = origin;
}

void origin_apply(const struct origin *origin, struct exchange *exchange)
{
	memcpy(exchange->vlan, origin->vlan, sizeof(origin->vlan));
	exchange->tunnel = origin->tunnel;
	exchange->tunnel_id = origin->tunnel_id;
	memcpy(exchange->outer_src, origin->outer_src, sizeof(exchange->outer_src));
	memcpy(exchange->outer_dst, origin->outer_dst, sizeof(exchange->outer_dst));
	exchange->uid = origin->uid;
	exchange->pid = origin->pid;
	exchange->cgroup_id = origin->unit ? KNOWN : 0;
	exchange->ifindex = origin->interface ? KNOWN : 0;
	memcpy(exchange->comm, origin->comm, sizeof(exchange->comm));
}
