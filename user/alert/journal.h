/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Alerts and notes to journald; to stderr when none runs. */
#ifndef ALERT_JOURNAL_H
#define ALERT_JOURNAL_H

#include "alert/alert_message.h"

struct journal;

/**
 * journal__open() - Find out whether journald listens; if not, say so once on stderr.
 *
 * Return: 0, -ENOMEM
 */
int journal__open(struct journal **ret_journal);
void journal__close(struct journal *journal);

/**
 * journal__alert() - Write one alert with the fields of design section 6, and the
 * evidence of each server in ODDNS_EVIDENCE (alert/fields.h).
 *
 * When the journal does not take it, the line goes to stderr and is counted. Of more alerts
 * within a minute than alert/limit.h allows, the rest is counted only.
 * Cost: about 100 us; no allocation.
 */
void journal__alert(struct journal *journal, const struct alert *alert);

/**
 * journal__note() - Write one line that is no alert (started, one direction only, …).
 * @priority: syslog(3)'s, 0..7
 */
void journal__note(struct journal *journal, int priority, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/** journal_reachable() - Does journald listen? Return: 0, negative errno of connecting. */
int journal_reachable(void);

/** journal__is_up() - Did journald take our lines when we last had one? */
bool journal__is_up(const struct journal *journal);

/** journal__unsent() - Alerts that went to stderr, because no journald took them. */
uint64_t journal__unsent(const struct journal *journal);

/** journal__held() - Alerts that were not written, because there were too many. */
uint64_t journal__held(const struct journal *journal);

#endif
