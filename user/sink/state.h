/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the running daemon tells `oddns status` and `oddns servers`: a file that
 * it replaces about once a second, so that nobody needs to ask it anything.
 *
 *   DIR/status.json   one JSON object, mode 0644, replaced by rename(2): a
 *                     reader sees one moment, whole
 *   DIR/lock          the daemon's PID in text; locked while it lives
 *
 * The schema is in sink/state_json.h.
 */
#ifndef SINK_STATE_H
#define SINK_STATE_H

#include "sink/state_data.h"

#include <stdio.h>

/* The file with all of them has about 2 MB; more is not ours. */
#define STATE_FILE_MAX (16 << 20)

/**
 * state__write() - Replace DIR/status.json.
 * @dir: exists, see state_lock__take()
 *
 * Cost: about 100 us and 5 us a server; writes to a tmpfs in production.
 * Return: 0, negative errno; the old file stays then
 */
int state__write(const char *dir, const struct state *state);

/**
 * state__read() - Read DIR/status.json.
 * @ret_state: owned by the caller; free with state__free()
 *
 * Return: 0, -ENOENT without a file, -EPROTO when it is no state of ours, else
 * the errno of reading
 */
int state__read(const char *dir, struct state **ret_state);
void state__free(struct state *state);

/** state__print() - The state without servers as one line of JSON; running is added. */
void state__print(FILE *out, const struct state *state, bool running);

/** state_server__print() - One server as one line of JSON. */
void state_server__print(FILE *out, const struct state_server *server);

struct state_lock;

/**
 * state_lock__take() - Claim DIR for this process, making it (0755) if it is not there.
 *
 * Reports failure; of another daemon with its PID and the way out.
 *
 * Return: 0, -EBUSY when another daemon has it, else why it cannot be used
 */
int state_lock__take(const char *dir, struct state_lock **ret_lock);

/** state_lock__release() - Remove the files, and DIR if state_lock__take() made it. */
void state_lock__release(struct state_lock *lock);

/**
 * state_lock__holder() - Does a daemon hold DIR? Looks without locking, so it disturbs nobody.
 * @ret_pid: the daemon's, 0 when it cannot be read
 *
 * Return: 1 yes, 0 no, negative errno when it cannot be told
 */
int state_lock__holder(const char *dir, int64_t *ret_pid);

#endif
