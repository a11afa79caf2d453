// SPDX-License-Identifier: GPL-2.0-or-later
/* Which servers should behave alike. */
#include "group.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum scope { SCOPE_LOOPBACK, SCOPE_PRIVATE, SCOPE_PUBLIC, SCOPES };

static const char *const scope_names[SCOPES] = {
	[SCOPE_LOOPBACK] = GROUP_LOOPBACK,
	[SCOPE_PRIVATE] = GROUP_PRIVATE,
	[SCOPE_PUBLIC] = GROUP_PUBLIC,
};

/* Prefix length of an IPv4 network in the mapped form. */
#define V4(a, b, bits)                                                                             \
	{                                                                                          \
		{[10] = 0xff, [11] = 0xff, [12] = (a), [13] = (b)}, 96 + (bits)                    \
	}
#define V6(a, b, bits)                                                                             \
	{                                                                                          \
		{(a), (b)}, (bits)                                                                 \
	}
#define V6_LOOPBACK                                                                                \
	{                                                                                          \
		{[15] = 1}, 128                                                                    \
	}

static const struct {
	struct network network;
	enum scope scope;
} scopes[] = {
	{V4(127, 0, 8), SCOPE_LOOPBACK},     /* RFC 1122 section 3.2.1.3 */
	{V6_LOOPBACK, SCOPE_LOOPBACK},	     /* RFC 4291 section 2.5.3 */
	{V4(10, 0, 8), SCOPE_PRIVATE},	     /* RFC 1918 section 3 */
	{V4(172, 16, 12), SCOPE_PRIVATE},    /* the same */
	{V4(192, 168, 16), SCOPE_PRIVATE},   /* the same */
	{V4(100, 64, 10), SCOPE_PRIVATE},    /* RFC 6598 section 7: between carrier and customer */
	{V4(169, 254, 16), SCOPE_PRIVATE},   /* RFC 3927 section 2.1: link-local */
	{V6(0xfc, 0, 7), SCOPE_PRIVATE},     /* RFC 4193 section 3.1: unique local */
	{V6(0xfe, 0x80, 10), SCOPE_PRIVATE}, /* RFC 4291 section 2.5.6: link-local */
};

static enum scope scope_of(const uint8_t addr[16])
{
	for (size_t i = 0; i < sizeof(scopes) / sizeof(scopes[0]); i++)
		if (network__contains(&scopes[i].network, addr))
			return scopes[i].scope;
	return SCOPE_PUBLIC;
}

static int copy_group(struct group *group, const struct group_settings *settings)
{
	*group = (struct group){
		.name = strdup(settings->name),
		.networks = calloc(settings->server_count + 1, sizeof(*group->networks)),
		.network_count = settings->server_count,
		.has_absolute = settings->has_absolute,
		.has_relative = settings->has_relative,
		.absolute = settings->absolute,
		.relative = settings->relative,
	};
	if (!group->name || !group->networks)
		return -ENOMEM;
	if (settings->server_count)
		memcpy(group->networks, settings->servers,
		       settings->server_count * sizeof(*group->networks));
	return 0;
}

int groups__init(struct groups *groups, const struct settings *settings)
{
	struct groups new = {.configured = settings->group_count};
	int r = 0;

	new.at = calloc(new.configured + SCOPES, sizeof(*new.at));
	if (!new.at)
		return -ENOMEM;
	for (unsigned i = 0; i < new.configured &&r == 0; i++)
		r = copy_group(&new.at[new.count++], &settings->groups[i]);
	for (unsigned i = 0; i < SCOPES && r == 0; i++) {
		new.at[new.count].name = strdup(scope_names[i]);
		r = new.at[new.count++].name ? 0 : -ENOMEM;
	}
	if (r < 0)
		groups__done(&new);
	else
		*groups = new;
	return r;
}

void groups__done(struct groups *groups)
{
	for (unsigned i = 0; i < groups->count; i++) {
		free(groups->at[i].name);
		free(groups->at[i].networks);
	}
	free(groups->at);
	*groups = (struct groups){.at = NULL};
}

static bool group__has(const struct group *group, const uint8_t addr[16])
{
	for (unsigned i = 0; i < group->network_count; i++)
		if (network__contains(&group->networks[i], addr))
			return true;
	return false;
}

unsigned groups__of(const struct groups *groups, const uint8_t addr[16], bool recursive)
{
	for (unsigned i = 0; i < groups->configured; i++)
		if (group__has(&groups->at[i], addr))
			return i;
	return recursive ? groups->configured + scope_of(addr) : GROUP_NONE;
}

int groups__keep(struct groups *groups, const char *name, unsigned *ret_index)
{
	struct group *at;
	char *copy;

	for (unsigned i = 0; i < groups->count; i++) {
		if (strcmp(groups->at[i].name, name) != 0)
			continue;
		*ret_index = i;
		return 0;
	}
	at = reallocarray(groups->at, groups->count + 1, sizeof(*at));
	if (!at)
		return -ENOMEM;
	groups->at = at;
	copy = strdup(name);
	if (!copy)
		return -ENOMEM;
	at[groups->count] = (struct group){.name = copy};
	*ret_index = groups->count++;
	return 0;
}
