// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Checks of the store: can it be written, is there room, does anybody else write it? None of them
 * is a problem, because the sensor runs without a store, too.
 */
#include "doctor.h"

#include "base/text.h"
#include "store/files.h"
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* Return: the folder itself, or where it would be made. @copy: PATH_MAX bytes */
static const char *place_of(const char *dir, char *copy)
{
	if (access(dir, F_OK) == 0)
		return dir;
	snprintf(copy, PATH_MAX, "%s", dir);
	return dirname(copy);
}

/* Return: can it be used? */
static bool check_folder(struct doctor *doctor, const char *dir, const char *place)
{
	/* with a slash: of a file, ENOTDIR */
	char inside[PATH_MAX + 2];

	snprintf(inside, sizeof(inside), "%s/", place);
	if (faccessat(AT_FDCWD, inside, W_OK | X_OK, AT_EACCESS) < 0) {
		TELL(doctor, CHECK_NOTE, "store", "run as root, or set store.path",
		     "nothing would be kept: %s: %s", place, strerror(errno));
		return false;
	}
	TELL(doctor, CHECK_OK, "store", "", "%s can be %s", dir, place == dir ? "written" : "made");
	return true;
}

static uint64_t bytes_of_segments(const char *dir)
{
	struct file *files = NULL;
	int64_t count = files_list(dir, &files);
	uint64_t bytes = 0;

	for (int64_t i = 0; i < count; i++)
		bytes += files[i].bytes;
	free(files);
	return bytes;
}

/* Old segments make room for new ones, so what they take counts as room. */
static void check_room(struct doctor *doctor, const char *dir, const char *place)
{
	uint64_t most = doctor->options.settings->store.max_bytes, used, left;
	char free_text[TEXT_SIZE_MAX], used_text[TEXT_SIZE_MAX], most_text[TEXT_SIZE_MAX];
	struct statvfs fs;

	if (statvfs(place, &fs) < 0)
		return TELL(doctor, CHECK_NOTE, "store-room", "", "%s: %s", place, strerror(errno));
	left = (uint64_t)fs.f_bavail * fs.f_frsize;
	used = bytes_of_segments(dir);
	text_size(left, free_text);
	text_size(used, used_text);
	if (!most)
		return TELL(
			doctor, CHECK_NOTE, "store-room", "set store.max_size, or watch the disk",
			"%s used, %s free, and no bound but store.max_age", used_text, free_text);
	text_size(most, most_text);
	if (used + left < most)
		return TELL(doctor, CHECK_NOTE, "store-room",
			    "make room, or lower store.max_size: exchanges are lost to the store "
			    "when its disk is full",
			    "%s used, %s free, less than the %s of store.max_size", used_text,
			    free_text, most_text);
	TELL(doctor, CHECK_OK, "store-room", "", "%s used, %s free, at most %s wanted", used_text,
	     free_text, most_text);
}

static void check_writer(struct doctor *doctor, const char *dir)
{
	const struct state *state = doctor->state;
	int64_t pid = 0;
	int r = store_holder(dir, &pid);

	if (r < 0)
		TELL(doctor, CHECK_NOTE, "store-writer", "", "cannot be told from %s/lock: %s", dir,
		     strerror(-r));
	else if (r == 0)
		TELL(doctor, doctor->daemon ? CHECK_NOTE : CHECK_OK, "store-writer",
		     doctor->daemon ? "its first lines in the journal say why; restart it" : "",
		     doctor->daemon ? "the daemon does not write here" : "nobody writes");
	else if (!doctor->daemon || pid != doctor->daemon)
		TELL(doctor, CHECK_NOTE, "store-writer", "stop it, or give each its own store.path",
		     "pid %" PRId64 " writes here, which is not the daemon of sensor.state", pid);
	else if (state && state->store.error)
		TELL(doctor, CHECK_NOTE, "store-writer",
		     "'oddns status' tells how many exchanges were lost",
		     "the daemon (pid %" PRId64 ") cannot write: %s", pid,
		     strerror((int)state->store.error));
	else
		TELL(doctor, CHECK_OK, "store-writer", "", "the daemon, pid %" PRId64, pid);
}

void doctor__examine_store(struct doctor *doctor)
{
	const struct store_settings *store = &doctor->options.settings->store;
	char copy[PATH_MAX];
	const char *place;

	if (!store->enabled)
		return TELL(doctor, CHECK_NOTE, "store", "set store.enabled to yes",
			    "nothing is kept for flows, stats, alerts and report");
	place = place_of(store->dir, copy);
	if (!check_folder(doctor, store->dir, place))
		return;
	check_room(doctor, store->dir, place);
	check_writer(doctor, store->dir);
}
