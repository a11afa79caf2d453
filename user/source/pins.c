// SPDX-License-Identifier: GPL-2.0-or-later
/* Maps pinned in bpffs. */
#include "pins.h"

#include <oddns/abi.h>

#include "base/log.h"
#include "oddns.skel.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#define BPFFS "/sys/fs/bpf"

struct pins {
	const struct oddns_bpf *programs;
	int dir_fd;	 /* locked */
	bool is_foreign; /* another daemon has the lock */
	char dir[PATH_MAX];
};

static bool is_bpffs(const char *path)
{
	struct statfs fs;

	return statfs(path, &fs) == 0 && fs.f_type == BPF_FS_MAGIC;
}

/* Nothing mounts it before systemd does, and containers often lack it. */
static int mount_bpffs(const char *dir)
{
	if (strncmp(dir, BPFFS "/", sizeof(BPFFS)) != 0 || is_bpffs(BPFFS))
		return 0;
	if (mount("bpf", BPFFS, "bpf", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=0700") < 0)
		return log_err(-errno, "mount the BPF file system on '" BPFFS "'; run 'mount -t "
				       "bpf bpf " BPFFS "'");
	return 0;
}

static int make_dir(const char *dir)
{
	int r = mount_bpffs(dir);
	bool made;

	if (r < 0)
		return r;
	made = mkdir(dir, 0755) == 0;
	if (!made && errno != EEXIST)
		return log_err(-errno,
			       "make directory '%s' for pinned maps; set sensor.pins to a "
			       "directory below " BPFFS,
			       dir);
	if (!is_bpffs(dir)) {
		if (made)
			(void)rmdir(dir);
		return log_err(-EINVAL,
			       "pin maps in '%s': not in a BPF file system; set "
			       "sensor.pins to a directory below " BPFFS,
			       dir);
	}
	return 0;
}

/* The lock ends with the daemon however that ends; a BPF file system takes one on a directory. */
static int lock_dir(struct pins *pins)
{
	pins->dir_fd = open(pins->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (pins->dir_fd < 0)
		return log_err(-errno, "open directory '%s' for pinned maps", pins->dir);
	if (flock(pins->dir_fd, LOCK_EX | LOCK_NB) == 0)
		return 0;
	if (errno != EWOULDBLOCK)
		return log_err(-errno, "lock directory '%s'", pins->dir);
	pins->is_foreign = true;
	log_err(0,
		"pin maps in '%s': another oddns has its maps there; stop it, or give this one its "
		"own sensor.pins",
		pins->dir);
	return -EBUSY;
}

static int pin_map(const struct pins *pins, struct bpf_map *map)
{
	char path[PATH_MAX];
	int r;

	r = snprintf(path, sizeof(path), "%s/%s", pins->dir, bpf_map__name(map));
	if (r >= (int)sizeof(path))
		return log_err(-ENAMETOOLONG, "pin maps in '%s'", pins->dir);
	if (unlink(path) < 0 && errno != ENOENT)
		return log_err(-errno, "replace pinned map '%s'", path);
	r = bpf_map__pin(map, path);
	return r < 0 ? log_err(r, "pin map '%s'", path) : 0;
}

static int pin_maps(const struct pins *pins)
{
	struct bpf_map *map;
	int r = 0;

	bpf_object__for_each_map(map, pins->programs->obj)
	{
		if (r == 0 && !bpf_map__is_internal(map))
			r = pin_map(pins, map);
	}
	return r;
}

int pins__open(const struct oddns_bpf *programs, const char *dir, struct pins **ret_pins)
{
	struct pins *pins = calloc(1, sizeof(*pins));
	int r;

	if (!pins)
		return log_err(-ENOMEM, "pin maps");
	pins->programs = programs;
	pins->dir_fd = -1;
	snprintf(pins->dir, sizeof(pins->dir), "%s", dir);
	r = make_dir(dir);
	if (r == 0)
		r = lock_dir(pins);
	if (r == 0)
		r = pin_maps(pins);
	if (r < 0) {
		pins__close(pins);
		return r;
	}
	*ret_pins = pins;
	return 0;
}

void pins__close(struct pins *pins)
{
	struct bpf_map *map;

	if (!pins)
		return;
	bpf_object__for_each_map(map, pins->programs->obj)
	{
		if (bpf_map__is_pinned(map))
			(void)bpf_map__unpin(map, NULL);
	}
	if (pins->dir_fd >= 0 && !pins->is_foreign)
		(void)rmdir(pins->dir); /* fails when somebody else's pins are in it */
	if (pins->dir_fd >= 0)
		close(pins->dir_fd);
	free(pins);
}
