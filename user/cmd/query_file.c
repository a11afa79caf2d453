// SPDX-License-Identifier: GPL-2.0-or-later
/* A file that is written beside its name and moved there. */
#include "query_file.h"

#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct query_file {
	FILE *out;
	char *path;
	char *temporary; /* NULL: path itself is written to */
};

/* What a new file may be, as open(2) would have it; of an old one its own. */
static mode_t wanted_mode(const struct stat *old)
{
	mode_t mask;

	if (old)
		return old->st_mode & 0777;
	mask = umask(0);
	umask(mask);
	return 0666 & ~mask;
}

static int open_beside(struct query_file *file, const struct stat *old)
{
	int fd;

	if (asprintf(&file->temporary, "%s.XXXXXX", file->path) < 0) {
		file->temporary = NULL;
		return -ENOMEM;
	}
	fd = mkostemp(file->temporary, O_CLOEXEC);
	if (fd < 0) {
		int r = -errno;

		free(file->temporary);
		file->temporary = NULL;
		return r;
	}
	if (fchmod(fd, wanted_mode(old)) == 0)
		file->out = fdopen(fd, "w");
	if (!file->out) {
		int r = -errno;

		close(fd);
		return r;
	}
	return 0;
}

static void forget(struct query_file *file)
{
	if (file->temporary)
		unlink(file->temporary);
	free(file->temporary);
	free(file->path);
	free(file);
}

static int open_file(struct query_file *file, const char *path)
{
	struct stat old;
	bool exists = stat(path, &old) == 0;

	/* through a link its target is replaced, not the link */
	file->path = exists ? realpath(path, NULL) : strdup(path);
	if (!file->path)
		return -errno;
	if (!exists || S_ISREG(old.st_mode))
		return open_beside(file, exists ? &old : NULL);
	file->out = fopen(file->path, "we");
	return file->out ? 0 : -errno;
}

int query_file__open(const char *path, struct query_file **ret_file)
{
	struct query_file *file = calloc(1, sizeof(*file));
	int r = file ? open_file(file, path) : -ENOMEM;

	if (r < 0) {
		if (file)
			forget(file);
		return log_err(r, "write '%s'", path);
	}
	*ret_file = file;
	return 0;
}

FILE *query_file__out(const struct query_file *file)
{
	return file->out;
}

/* What was written must be on the disk before it takes the place of what was there. */
static int settle(struct query_file *file)
{
	bool failed = ferror(file->out);

	if (fflush(file->out) != 0)
		return -errno;
	if (failed)
		return -EIO;
	if (file->temporary && fsync(fileno(file->out)) < 0)
		return -errno;
	return 0;
}

int query_file__close(struct query_file *file, bool whole)
{
	int r = 0;

	if (!file)
		return 0;
	if (whole)
		r = settle(file);
	if (fclose(file->out) != 0 && whole && r == 0)
		r = -errno;
	if (whole && r == 0 && file->temporary) {
		r = rename(file->temporary, file->path) == 0 ? 0 : -errno;
		if (r == 0) {
			free(file->temporary);
			file->temporary = NULL;
		}
	}
	if (r < 0)
		log_err(r, "write '%s'", file->path);
	forget(file);
	return r;
}
