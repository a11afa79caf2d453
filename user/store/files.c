// SPDX-License-Identifier: GPL-2.0-or-later
/* Names are "2026-11-22T07.db" for an hour, "2026-11-22.db" for a day: sorted as text, by time. */
#include "files.h"

#include "store/options.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define SECOND_NS 1000000000LL

static void set_name(struct file *file)
{
	const time_t seconds = file->start_ns / SECOND_NS; /* exact: hours */
	const char *format =
		file->end_ns - file->start_ns == STORE_DAY_NS ? "%Y-%m-%d.db" : "%Y-%m-%dT%H.db";
	struct tm tm;

	gmtime_r(&seconds, &tm);
	strftime(file->name, sizeof(file->name), format, &tm);
}

int files_segment(int64_t time_ns, int64_t segment_ns, struct file *ret)
{
	int64_t into = time_ns % segment_ns;
	struct file file = {0};

	if (into < 0)
		into += segment_ns;
	if (__builtin_sub_overflow(time_ns, into, &file.start_ns) ||
	    __builtin_add_overflow(file.start_ns, segment_ns, &file.end_ns))
		return -ERANGE;
	set_name(&file);
	*ret = file;
	return 0;
}

/* Two names for one moment ("2026-02-30") would be two segments: only the canonical one counts. */
bool files_parse(const char *name, struct file *ret)
{
	struct tm tm = {0};
	struct file file;
	int64_t start_ns;
	const char *rest = strptime(name, "%Y-%m-%d", &tm);
	bool hour = rest && *rest == 'T';

	if (hour)
		rest = strptime(rest, "T%H", &tm);
	if (!rest || strcmp(rest, ".db") != 0 ||
	    __builtin_mul_overflow((int64_t)timegm(&tm), SECOND_NS, &start_ns) ||
	    files_segment(start_ns, hour ? STORE_HOUR_NS : STORE_DAY_NS, &file) < 0 ||
	    strcmp(name, file.name) != 0)
		return false;
	*ret = file;
	return true;
}

static uint64_t bytes_of(int dir, const char *name)
{
	static const char *const parts[] = {"", "-wal", "-shm"};
	uint64_t bytes = 0;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		char path[FILES_NAME_MAX + sizeof("-wal")];
		struct stat st;

		snprintf(path, sizeof(path), "%s%s", name, parts[i]);
		if (fstatat(dir, path, &st, AT_SYMLINK_NOFOLLOW) == 0)
			bytes += (uint64_t)st.st_blocks * 512; /* stat(2): in units of 512 bytes */
	}
	return bytes;
}

static int compare(const void *a, const void *b)
{
	const struct file *x = a, *y = b;

	if (x->start_ns != y->start_ns)
		return x->start_ns < y->start_ns ? -1 : 1;
	return (x->end_ns > y->end_ns) - (x->end_ns < y->end_ns);
}

static int64_t list(DIR *stream, struct file **ret_files)
{
	struct file *files = NULL, file;
	size_t count = 0, room = 0;
	const struct dirent *entry;

	while ((entry = readdir(stream))) {
		if (!files_parse(entry->d_name, &file))
			continue;
		if (count == room) {
			struct file *more;

			room = room ? 2 * room : 64;
			more = reallocarray(files, room, sizeof(*files));
			if (!more) {
				free(files);
				return -ENOMEM;
			}
			files = more;
		}
		file.bytes = bytes_of(dirfd(stream), file.name);
		files[count++] = file;
	}
	if (count > 0)
		qsort(files, count, sizeof(*files), compare);
	*ret_files = files;
	return (int64_t)count;
}

int64_t files_list(const char *dir, struct file **ret_files)
{
	DIR *stream = opendir(dir);
	int64_t count;

	if (!stream)
		return -errno;
	count = list(stream, ret_files);
	closedir(stream);
	return count;
}
