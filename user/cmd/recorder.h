/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `run` and `replay --store` keep: the pipeline's output, put into the store. */
#ifndef CMD_RECORDER_H
#define CMD_RECORDER_H

#include "alert/journal.h"
#include "pipeline.h"
#include "store/store.h"

struct recorder;

/* How live traffic and a capture differ. */
enum recorder_mode {
	RECORDER_LIVE,	 /* the host names interfaces, users, units; old segments are removed */
	RECORDER_REPLAY, /* nothing is lost or removed: a full queue makes the caller wait */
};

/**
 * recorder__open() - Open the store of the settings.
 * @settings: not needed any more afterwards
 * @seed: of hashes
 *
 * Return: 0, else as store__open(); reported
 */
int recorder__open(const struct settings *settings, enum recorder_mode mode, uint64_t seed,
		   struct recorder **ret_recorder);

/**
 * recorder__close() - Write what waits; NULL is allowed.
 * @ret: as of store__close()
 *
 * Return: as store__close(); reported
 */
int recorder__close(struct recorder *recorder, struct store_counters *ret);

/** recorder__exchange() - Keep an exchange. Cost: as store__exchange() */
void recorder__exchange(struct recorder *recorder, const struct exchange *exchange);

/** recorder__alert() - Keep an alert, with its sentence and its line of JSON. */
void recorder__alert(struct recorder *recorder, const struct alert *alert);

/** recorder__evaluated() - Keep each server's interval that has just closed; see evaluated_fn. */
void recorder__evaluated(struct recorder *recorder, const struct pipeline *pipeline);

/** recorder__forget_names() - Ask for the names of users and units again, after a reload. */
void recorder__forget_names(struct recorder *recorder);

/**
 * recorder__tick() - Once a second: let the store's time pass, and tell the journal when it begins
 * to lose or cannot write, and when it can again.
 * @journal: NULL: nobody is told
 */
void recorder__tick(struct recorder *recorder, int64_t now_ns, struct journal *journal);

/** recorder__counters() - How the store fares. */
void recorder__counters(const struct recorder *recorder, struct store_counters *ret);

#endif
