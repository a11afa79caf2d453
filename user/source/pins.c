// SPDX-License-Identifier: GPL-2.0-or-later
/* Maps pinned in bpffs. */
#include "pins.h"

#include <oddns/abi.h>

#include "base/log.h"
#include "oddns.skel.h"

#include <errno.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#define BPFFS "/sys/fs/bpf"

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
		return log_err(-errno, "make directory '%s' for pinned maps", dir);
	if (is_bpffs(dir))
		return 0;
	if (made)
		rmdir(dir);
	return log_err(-EINVAL,
		       "pin maps in '%s': not in a BPF file system; set sensor.pins to a "
		       "directory below " BPFFS,
		       dir);
}

int pins_make(const struct oddns_bpf *programs, const char *dir)
{
	const struct bpf_object *object = programs->obj;
	char path[PATH_MAX];
	struct bpf_map *map;
	int r = make_dir(dir);

	if (r < 0)
		return r;
	bpf_object__for_each_map(map, object)
	{
		if (bpf_map__is_internal(map))
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, bpf_map__name(map));
		if (unlink(path) < 0 && errno != ENOENT)
			r = -errno;
		else
			r = bpf_map__pin(map, path);
		if (r < 0) {
			pins_remove(programs, dir);
			return log_err(r, "pin map '%s' in place of what is there", path);
		}
	}
	return 0;
}

void pins_remove(const struct oddns_bpf *programs, const char *dir)
{
	const struct bpf_object *object = programs->obj;
	struct bpf_map *map;

	bpf_object__for_each_map(map, object)
	{
		if (bpf_map__is_pinned(map))
			(void)bpf_map__unpin(map, NULL);
	}
	(void)rmdir(dir);
}
