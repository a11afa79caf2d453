// SPDX-License-Identifier: GPL-2.0-or-later
/* Locks of open file descriptions, and PIDs in files. */
#include "lock_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* A PID and its newline, with room to spare. */
#define PID_MAX 24

int lock_file_take(int fd)
{
	struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

	if (fcntl(fd, F_OFD_SETLK, &whole) == 0)
		return 0;
	return errno == EAGAIN || errno == EACCES ? -EBUSY : -errno;
}

int lock_file_write_pid(int fd)
{
	char text[PID_MAX];
	int n = snprintf(text, sizeof(text), "%d\n", (int)getpid());

	errno = ENOSPC; /* of a short write, which sets none */
	return ftruncate(fd, 0) == 0 && pwrite(fd, text, (size_t)n, 0) == n ? 0 : -errno;
}

int64_t lock_file_pid(int fd)
{
	char text[PID_MAX] = "";

	if (pread(fd, text, sizeof(text) - 1, 0) <= 0)
		return 0;
	return strtoll(text, NULL, 10);
}

int lock_file_holder(const char *path, int64_t *ret_pid)
{
	struct flock whole = {.l_type = F_RDLCK, .l_whence = SEEK_SET};
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), r;

	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR ? 0 : -errno;
	r = fcntl(fd, F_OFD_GETLK, &whole) < 0 ? -errno : whole.l_type != F_UNLCK;
	if (r == 1)
		*ret_pid = lock_file_pid(fd);
	close(fd);
	return r;
}
