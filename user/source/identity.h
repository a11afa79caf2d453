/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names of what the kernel programs know of a sender by number: users and
 * systemd units. Remembered, because an exchange must not cost a look-up.
 */
#ifndef SOURCE_IDENTITY_H
#define SOURCE_IDENTITY_H

#include <stddef.h>
#include <stdint.h>

/* systemd's UNIT_NAME_MAX, and a NUL */
#define IDENTITY_UNIT_MAX 256

struct identities;

/**
 * identities__new() - An empty memory of names.
 *
 * Holds up to 512 users and 512 units; a name that falls on another's place
 * takes it, so memory is bounded and nothing else needs to be. Without a
 * cgroup2 file system, or the right to open its directories by number
 * (CAP_DAC_READ_SEARCH), units stay unknown.
 *
 * Return: 0, -ENOMEM
 */
int identities__new(struct identities **ret_identities);
void identities__free(struct identities *identities);

/** identities__clear() - Forget all names, for a reload: users may have been renamed. */
void identities__clear(struct identities *identities);

/**
 * identities__user() - Name of a user.
 * @identities: struct identities; untyped, as struct exchange_names wants it
 *
 * Asks the name service the first time, which may take as long as it likes.
 *
 * Return: the name, valid until the next call; NULL when there is none
 */
const char *identities__user(void *identities, uint32_t uid);

/**
 * identities__unit() - The systemd unit that a cgroup belongs to.
 * @identities: struct identities
 * @cgroup_id: as bpf_skb_cgroup_id() gives it: the inode number of the directory
 *
 * Return: "named.service", valid until the next call; NULL when the cgroup is gone or of no unit
 */
const char *identities__unit(void *identities, uint64_t cgroup_id);

/**
 * identity_unit_of_path() - The unit in a path below the cgroup file system's root.
 * @path: "/system.slice/named.service/child"
 * @buf: IDENTITY_UNIT_MAX bytes
 *
 * The last component that is a service or a scope: a user's own service, not the
 * manager that it runs under.
 *
 * Return: @buf, NULL when there is none
 */
const char *identity_unit_of_path(const char *path, char *buf);

#endif
