// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The files of the state directory. Others can see its lock without taking it
 * (base/lock_file.h), so that `oddns status` can never be in the way of a daemon
 * that starts.
 */
#include "state.h"

#include "base/lock_file.h"
#include "base/log.h"
#include "sink/state_json.h"

#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STATE_NAME "status.json"
#define STATE_NEW  "status.json.new"
#define LOCK_NAME  "lock"

struct state_lock {
	int dir_fd;
	int fd;
	bool made_dir;
	char dir[PATH_MAX];
};

/* What state__read() returns: the state first, and what its pointers point into. */
struct state_copy {
	struct state state;
	struct state_interface *interfaces;
	struct state_server *servers;
	json_t *json;
};

static int open_dir(const char *dir)
{
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

static json_t *whole_state(const struct state *state)
{
	json_t *json = state_json(state), *list = json_array();

	for (unsigned i = 0; i < state->server_count; i++)
		json_array_append_new(list, state_json_server(&state->servers[i]));
	json_object_set_new(json, "servers", list);
	return json;
}

static int write_all(int fd, const char *text, size_t length)
{
	while (length > 0) {
		ssize_t n = write(fd, text, length);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0) {
			text += n;
			length -= (size_t)n;
		}
	}
	return 0;
}

/* O_EXCL and O_NOFOLLOW: whatever somebody left under that name, it is not written to. */
static int write_new(int dir_fd, const char *text)
{
	int fd, r;

	unlinkat(dir_fd, STATE_NEW, 0);
	fd = openat(dir_fd, STATE_NEW, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd < 0)
		return -errno;
	r = write_all(fd, text, strlen(text));
	/* The mask of whoever started us must not hide it from `oddns status`. */
	if (r == 0 && fchmod(fd, 0644) < 0)
		r = -errno;
	if (close(fd) < 0 && r == 0)
		r = -errno;
	if (r == 0 && renameat(dir_fd, STATE_NEW, dir_fd, STATE_NAME) < 0)
		r = -errno;
	if (r < 0)
		unlinkat(dir_fd, STATE_NEW, 0);
	return r;
}

int state__write(const char *dir, const struct state *state)
{
	int dir_fd = open_dir(dir);
	json_t *json;
	char *text;
	int r;

	if (dir_fd < 0)
		return dir_fd;
	json = whole_state(state);
	/* In memory first: json_dumpfd() makes a system call of each token. */
	text = json_dumps(json, STATE_JSON_FLAGS);
	r = text ? write_new(dir_fd, text) : -ENOMEM;
	free(text);
	json_decref(json);
	close(dir_fd);
	return r;
}

static int fill_copy(struct state_copy *copy)
{
	const json_t *interfaces = json_object_get(copy->json, "interfaces");
	const json_t *servers = json_object_get(copy->json, "servers");
	size_t interface_count = json_array_size(interfaces),
	       server_count = json_array_size(servers);
	int r = state_json_read(copy->json, &copy->state);

	if (r < 0)
		return r;
	copy->interfaces = calloc(interface_count + 1, sizeof(*copy->interfaces));
	copy->servers = calloc(server_count + 1, sizeof(*copy->servers));
	if (!copy->interfaces || !copy->servers)
		return -ENOMEM;
	for (size_t i = 0; i < interface_count; i++)
		state_json_read_interface(json_array_get(interfaces, i), &copy->interfaces[i]);
	for (size_t i = 0; i < server_count && r == 0; i++)
		r = state_json_read_server(json_array_get(servers, i), &copy->servers[i]);
	copy->state.interfaces = copy->interfaces;
	copy->state.interface_count = (unsigned)interface_count;
	copy->state.servers = copy->servers;
	copy->state.server_count = (unsigned)server_count;
	return r;
}

static int read_json(const char *dir, json_t **ret_json)
{
	char path[PATH_MAX];
	struct stat st;
	json_t *json;
	int fd;

	if (snprintf(path, sizeof(path), "%s/%s", dir, STATE_NAME) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size > STATE_FILE_MAX) {
		close(fd);
		return -EPROTO;
	}
	json = json_loadfd(fd, 0, NULL);
	close(fd);
	if (!json)
		return -EPROTO;
	*ret_json = json;
	return 0;
}

int state__read(const char *dir, struct state **ret_state)
{
	struct state_copy *copy = calloc(1, sizeof(*copy));
	int r;

	if (!copy)
		return -ENOMEM;
	r = read_json(dir, &copy->json);
	if (r == 0)
		r = fill_copy(copy);
	if (r < 0) {
		state__free(&copy->state);
		return r;
	}
	*ret_state = &copy->state;
	return 0;
}

void state__free(struct state *state)
{
	struct state_copy *copy = (struct state_copy *)state; /* state is its first member */

	if (!copy)
		return;
	free(copy->interfaces);
	free(copy->servers);
	json_decref(copy->json);
	free(copy);
}

static void print_line(FILE *out, json_t *json)
{
	json_dumpf(json, out, STATE_JSON_FLAGS);
	fputc('\n', out);
	json_decref(json);
}

void state__print(FILE *out, const struct state *state, bool running)
{
	json_t *json = state_json(state);

	json_object_set_new(json, "running", json_boolean(running));
	print_line(out, json);
}

void state_server__print(FILE *out, const struct state_server *server)
{
	print_line(out, state_json_server(server));
}

static int write_pid(const struct state_lock *lock)
{
	int r = lock_file_write_pid(lock->fd);

	if (r == 0 && fchmod(lock->fd, 0644) < 0)
		r = -errno;
	return r < 0 ? log_err(r, "write lock '%s/%s'", lock->dir, LOCK_NAME) : 0;
}

/* Is the file that we locked still the one under its name? Its last owner may have removed it. */
static bool is_in_place(const struct state_lock *lock)
{
	struct stat ours, there;

	return fstat(lock->fd, &ours) == 0 &&
	       fstatat(lock->dir_fd, LOCK_NAME, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
	       ours.st_ino == there.st_ino && ours.st_dev == there.st_dev;
}

static int lock_dir(struct state_lock *lock)
{
	int r;

	for (;;) {
		lock->fd = openat(lock->dir_fd, LOCK_NAME,
				  O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644);
		if (lock->fd < 0)
			return log_err(-errno, "open lock '%s/%s'; run as root", lock->dir,
				       LOCK_NAME);
		r = lock_file_take(lock->fd);
		if (r < 0)
			break;
		if (is_in_place(lock))
			return write_pid(lock);
		close(lock->fd);
	}
	if (r != -EBUSY)
		return log_err(r, "lock '%s/%s'", lock->dir, LOCK_NAME);
	log_err(0,
		"another oddns (pid %" PRId64 ") uses %s: stop it, or give this one its own "
		"sensor.state and sensor.pins",
		lock_file_pid(lock->fd), lock->dir);
	return -EBUSY;
}

static void drop(struct state_lock *lock)
{
	if (lock->fd >= 0)
		close(lock->fd);
	if (lock->dir_fd >= 0)
		close(lock->dir_fd);
	if (lock->made_dir)
		rmdir(lock->dir); /* fails when somebody else's files are in it: as it should */
	free(lock);
}

/* Whoever may not make it is told so, not that it is missing. */
static int make_dir(const char *dir, bool *ret_made)
{
	if (mkdir(dir, 0755) < 0)
		return errno == EEXIST ? 0 : -errno;
	chmod(dir, 0755); /* whatever the mask */
	*ret_made = true;
	return 0;
}

int state_lock__take(const char *dir, struct state_lock **ret_lock)
{
	struct state_lock *lock = calloc(1, sizeof(*lock));
	int r;

	if (!lock)
		return log_err(-ENOMEM, "lock state directory '%s'", dir);
	lock->fd = lock->dir_fd = -1;
	if (snprintf(lock->dir, sizeof(lock->dir), "%s", dir) >= (int)sizeof(lock->dir)) {
		free(lock);
		return log_err(-ENAMETOOLONG, "state directory '%s'", dir);
	}
	r = make_dir(dir, &lock->made_dir);
	if (r == 0)
		r = lock->dir_fd = open_dir(dir);
	if (r < 0)
		log_err(r,
			"use '%s' for the state; run as root, or set sensor.state to a folder "
			"that can be made",
			dir);
	else
		r = lock_dir(lock);
	if (r < 0) {
		drop(lock);
		return r;
	}
	*ret_lock = lock;
	return 0;
}

void state_lock__release(struct state_lock *lock)
{
	if (!lock)
		return;
	unlinkat(lock->dir_fd, STATE_NAME, 0);
	unlinkat(lock->dir_fd, STATE_NEW, 0);
	unlinkat(lock->dir_fd, LOCK_NAME, 0); /* still locked: see is_in_place() */
	drop(lock);
}

int state_lock__holder(const char *dir, int64_t *ret_pid)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s/%s", dir, LOCK_NAME) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	return lock_file_holder(path, ret_pid);
}
