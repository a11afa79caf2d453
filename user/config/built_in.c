// SPDX-License-Identifier: GPL-2.0-or-later
/* Settings that are built into what a daemon has loaded, attached and opened. */
#include "settings.h"

#include <stddef.h>
#include <string.h>

enum content { BYTES, TEXT, NAMES };

#define MEMBER(member, content)                                                                    \
	{                                                                                          \
		offsetof(struct settings, member), sizeof(((struct settings *)0)->member), content \
	}

static const struct member {
	size_t offset;
	size_t bytes;
	enum content content;
} members[] = {
	MEMBER(interfaces, NAMES),	  MEMBER(ports, BYTES),
	MEMBER(port_count, BYTES),	  MEMBER(hook, BYTES),
	MEMBER(interval_ns, BYTES),	  MEMBER(window, BYTES),
	MEMBER(snaplen, BYTES),		  MEMBER(tunnels, BYTES),
	MEMBER(ring_bytes, BYTES),	  MEMBER(pending, BYTES),
	MEMBER(servers, BYTES),		  MEMBER(pin_dir, TEXT),
	MEMBER(state_dir, TEXT),	  MEMBER(connections, BYTES),
	MEMBER(assembly, BYTES),	  MEMBER(multicast, BYTES),
	MEMBER(encrypted, BYTES),	  MEMBER(store.enabled, BYTES),
	MEMBER(store.dir, TEXT),	  MEMBER(store.segment, BYTES),
	MEMBER(store.max_bytes, BYTES),	  MEMBER(store.max_age_ns, BYTES),
	MEMBER(store.queue_bytes, BYTES), MEMBER(store.records, BYTES),
	MEMBER(store.names, BYTES),	  MEMBER(store.clients, BYTES),
	MEMBER(store.prefix4, BYTES),	  MEMBER(store.prefix6, BYTES),
};

#define MEMBERS (sizeof(members) / sizeof(members[0]))

static bool same_names(char *const *a, char *const *b)
{
	for (; *a && *b; a++, b++)
		if (strcmp(*a, *b) != 0)
			return false;
	return !*a && !*b;
}

static bool same(const struct member *member, const void *a, const void *b)
{
	switch (member->content) {
	case NAMES:
		return same_names(*(char ***)a, *(char ***)b);
	case TEXT:
		return strcmp(*(char **)a, *(char **)b) == 0;
	case BYTES:
		break;
	}
	return memcmp(a, b, member->bytes) == 0;
}

bool settings__same_built_in(const struct settings *a, const struct settings *b)
{
	for (size_t i = 0; i < MEMBERS; i++)
		if (!same(&members[i], (const char *)a + members[i].offset,
			  (const char *)b + members[i].offset))
			return false;
	return true;
}

void settings__swap_built_in(struct settings *a, struct settings *b)
{
	struct settings kept = *a;

	for (size_t i = 0; i < MEMBERS; i++) {
		size_t offset = members[i].offset, bytes = members[i].bytes;

		memcpy((char *)a + offset, (char *)b + offset, bytes);
		memcpy((char *)b + offset, (char *)&kept + offset, bytes);
	}
}
