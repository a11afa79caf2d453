// SPDX-License-Identifier: GPL-2.0-or-later
/* Whole files go, the oldest first: unlink() takes no time and leaves no holes. */
#include "retention.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* The database last: while it is there, a journal beside it is part of it. */
static int unlink_segment(const char *dir, const char *name)
{
	static const char *const parts[] = {"-shm", "-wal", ""};
	int r = 0;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		char *path;

		if (asprintf(&path, "%s/%s%s", dir, name, parts[i]) < 0)
			return -ENOMEM;
		if (unlink(path) < 0 && errno != ENOENT)
			r = -errno;
		free(path);
	}
	return r;
}

static bool is_too_old(const struct retention *retention, const struct file *file, int64_t now_ns)
{
	int64_t until_ns;

	return retention->max_age_ns > 0 && now_ns != INT64_MIN &&
	       !__builtin_add_overflow(file->end_ns, retention->max_age_ns, &until_ns) &&
	       until_ns < now_ns;
}

static uint64_t total_bytes(const struct file *files, int64_t count)
{
	uint64_t bytes = 0;

	for (int64_t i = 0; i < count; i++)
		bytes += files[i].bytes;
	return bytes;
}

int retention_run(const struct retention *retention, int64_t now_ns, struct retention_result *ret)
{
	struct retention_result result = {0};
	struct file *files = NULL;
	int64_t count = files_list(retention->dir, &files);
	int r = 0;

	if (count < 0)
		return (int)count;
	result.bytes = total_bytes(files, count);
	result.segments = (uint64_t)count;
	for (int64_t i = 0; i < count; i++) {
		const struct file *file = &files[i];
		bool too_much = retention->max_bytes > 0 && result.bytes > retention->max_bytes;
		int removed;

		if (!too_much && !is_too_old(retention, file, now_ns))
			continue;
		if (retention->is_open(retention->context, file))
			continue;
		removed = unlink_segment(retention->dir, file->name);
		if (removed < 0) {
			r = removed;
			continue;
		}
		result.bytes -= file->bytes;
		result.segments--;
		result.unlinked++;
	}
	free(files);
	*ret = result;
	return r;
}
