/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Alerts and notes to journald; to stderr when none runs. */
#ifndef ALERT_JOURNAL_H
#define ALERT_JOURNAL_H

#include "rule/rules.h"

/* A sentence of proof: all servers of a group of up to about 20 fit; longer ones end in "…". */
#define ALERT_MESSAGE_MAX 1024

/**
 * alert_message() - The alert in one line for people:
 * "192.0.2.3 is the odd one out of group private: latency 62.1 ms, baseline 0.412 ms
 *  (limits 20 ms and 30 %)".
 * @buf: @size bytes
 *
 * Return: @buf
 */
const char *alert_message(const struct alert *alert, char *buf, size_t size);

/** alert_id() - 32 hex digits of the rule's MESSAGE_ID, as in the message catalog. */
const char *alert_id(const struct rule_row *rule);

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
 * evidence of each server in ODDNS_EVIDENCE.
 *
 * When the journal does not take it, the line goes to stderr and is counted.
 */
void journal__alert(struct journal *journal, const struct alert *alert);

/**
 * journal__note() - Write one line that is no alert (started, one direction only, …).
 * @priority: syslog(3)'s, 0..7
 */
void journal__note(struct journal *journal, int priority, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/** journal__is_up() - Does journald take our lines? */
bool journal__is_up(const struct journal *journal);

#endif
