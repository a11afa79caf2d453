/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which servers should behave alike: configured groups, else by scope of the address. */
#ifndef RULE_GROUP_H
#define RULE_GROUP_H

#include "config/settings.h"

#include <limits.h>

/* Index of the group of a server that is in none. */
#define GROUP_NONE UINT_MAX

struct group {
	char *name;
	struct network *networks; /* none for scopes and for groups that are gone */
	unsigned network_count;
	bool has_absolute, has_relative;
	double absolute; /* ns */
	double relative;
};

/*
 * In order: those configured, as in the file; loopback, private, public; and
 * those that are configured no more, but under whose name an alert stands.
 */
struct groups {
	struct group *at;
	unsigned count;
	unsigned configured;
};

/**
 * groups__init() - Copy the configured groups and add the scopes.
 *
 * Return: 0, -ENOMEM
 */
int groups__init(struct groups *groups, const struct settings *settings);
void groups__done(struct groups *groups);

/**
 * groups__of() - Group of a server.
 * @addr: 16 bytes, IPv4 mapped
 * @recursive: without this only a configured group takes it
 *
 * The first configured group that has the address in one of its networks, else
 * the address's scope: loopback (127/8, ::1), private (RFC 1918, 100.64/10,
 * link-local, fc00::/7) or public. Cost: O(configured networks).
 *
 * Return: index, GROUP_NONE when in none
 */
unsigned groups__of(const struct groups *groups, const uint8_t addr[16], bool recursive);

/**
 * groups__keep() - Find a group by name; make one without members when there is none.
 *
 * Return: 0, -ENOMEM
 */
int groups__keep(struct groups *groups, const char *name, unsigned *ret_index);

#endif
