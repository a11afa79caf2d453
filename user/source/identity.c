// SPDX-License-Identifier: GPL-2.0-or-later
/* Names of users and units, in two small memories addressed by a number's low bits. */
#include "identity.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* More users and units than a host has asking for names; a power of two. */
#define SLOTS 512
/* An entry of passwd(5) with its longest fields; a longer one has no name here. */
#define PASSWD_BYTES 4096
/* FILEID_KERNFS of linux/exportfs.h: the handle is the inode number. */
#define HANDLE_KERNFS 0xfe

struct slot {
	uint64_t number;
	bool is_taken;
	char *name; /* NULL: looked up, has none */
};

struct identities {
	int cgroup_fd; /* of the cgroup2 file system, -1 without one */
	struct slot users[SLOTS];
	struct slot units[SLOTS];
};

/* Where systemd mounts cgroup2: alone, and beside cgroup v1. */
static int open_cgroup_root(void)
{
	int fd = open("/sys/fs/cgroup/unified", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd >= 0 ? fd : open("/sys/fs/cgroup", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

int identities__new(struct identities **ret_identities)
{
	struct identities *identities = calloc(1, sizeof(*identities));

	if (!identities)
		return -ENOMEM;
	identities->cgroup_fd = open_cgroup_root();
	*ret_identities = identities;
	return 0;
}

static void clear_slots(struct slot *slots)
{
	for (size_t i = 0; i < SLOTS; i++) {
		free(slots[i].name);
		slots[i] = (struct slot){0};
	}
}

void identities__clear(struct identities *identities)
{
	clear_slots(identities->users);
	clear_slots(identities->units);
}

void identities__free(struct identities *identities)
{
	if (!identities)
		return;
	identities__clear(identities);
	if (identities->cgroup_fd >= 0)
		close(identities->cgroup_fd);
	free(identities);
}

/* Without memory for a copy the number stays without a name. */
static const char *remember(struct slot *slot, uint64_t number, const char *name)
{
	free(slot->name);
	slot->number = number;
	slot->is_taken = true;
	slot->name = name ? strdup(name) : NULL;
	return slot->name;
}

const char *identities__user(void *context, uint32_t uid)
{
	struct identities *identities = context;
	struct slot *slot = &identities->users[uid % SLOTS];
	struct passwd entry, *found = NULL;
	char buf[PASSWD_BYTES];

	if (slot->is_taken && slot->number == uid)
		return slot->name;
	if (getpwuid_r(uid, &entry, buf, sizeof(buf), &found) != 0)
		found = NULL;
	return remember(slot, uid, found ? found->pw_name : NULL);
}

static bool ends_with(const char *text, size_t length, const char *end)
{
	size_t n = strlen(end);

	return length > n && memcmp(text + length - n, end, n) == 0;
}

const char *identity_unit_of_path(const char *path, char *buf)
{
	const char *found = NULL;

	while (*path) {
		size_t length = strcspn(path, "/");

		if (length < IDENTITY_UNIT_MAX &&
		    (ends_with(path, length, ".service") || ends_with(path, length, ".scope"))) {
			memcpy(buf, path, length);
			buf[length] = '\0';
			found = buf;
		}
		path += length;
		path += strspn(path, "/");
	}
	return found;
}

/* Path of a cgroup by its number (open_by_handle_at(2)); -1 when it cannot be had. */
static ssize_t cgroup_path(const struct identities *identities, uint64_t cgroup_id, char *ret,
			   size_t size)
{
	union {
		struct file_handle handle;
		char room[sizeof(struct file_handle) + sizeof(cgroup_id)];
	} u = {.handle = {.handle_bytes = sizeof(cgroup_id), .handle_type = HANDLE_KERNFS}};
	char link[32];
	ssize_t n;
	int fd;

	memcpy(u.handle.f_handle, &cgroup_id, sizeof(cgroup_id));
	fd = open_by_handle_at(identities->cgroup_fd, &u.handle, O_PATH | O_CLOEXEC);
	if (fd < 0)
		return -1;
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, ret, size - 1);
	close(fd);
	if (n >= 0)
		ret[n] = '\0';
	return n;
}

const char *identities__unit(void *context, uint64_t cgroup_id)
{
	struct identities *identities = context;
	struct slot *slot = &identities->units[cgroup_id % SLOTS];
	char path[PATH_MAX], unit[IDENTITY_UNIT_MAX];
	const char *name = NULL;

	if (slot->is_taken && slot->number == cgroup_id)
		return slot->name;
	if (cgroup_path(identities, cgroup_id, path, sizeof(path)) >= 0)
		name = identity_unit_of_path(path, unit);
	return remember(slot, cgroup_id, name);
}
