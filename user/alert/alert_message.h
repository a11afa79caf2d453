/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An alert in words: one line of proof, and its values as people write them. */
#ifndef ALERT_ALERT_MESSAGE_H
#define ALERT_ALERT_MESSAGE_H

#include "rule/rules.h"

/* A sentence of proof: the ten worst servers of a group and the advice fit; see message.c. */
#define ALERT_MESSAGE_MAX 1024
/* "-9.22e+18 points" and its NUL */
#define ALERT_VALUE_MAX 40

/**
 * alert_message() - The alert in one line for people:
 * "192.0.2.3 is the odd one out of group private: latency 62.1 ms, baseline 412 us (limits
 *  +20 ms and +30 %), 690 samples; others: 192.0.2.1 415 us, 192.0.2.2 409 us. <advice>".
 * @buf: @size bytes; a line that does not fit ends in "…"
 *
 * Others are those that could be compared, worst first, as far as they fit.
 *
 * Return: @buf
 */
const char *alert_message(const struct alert *alert, char *buf, size_t size);

/**
 * alert_value_text() - A value of a rule's metric for people: "62.1 ms", "12.5 %".
 * @buf: ALERT_VALUE_MAX bytes
 *
 * Return: @buf
 */
const char *alert_value_text(const struct rule_row *rule, double value, char *buf);

/**
 * alert_limit_text() - The absolute limit of a rule for people: "20 ms", "5 points" of percent.
 * @buf: ALERT_VALUE_MAX bytes
 *
 * Return: @buf
 */
const char *alert_limit_text(const struct rule_row *rule, double absolute, char *buf);

/** alert_id() - 32 hex digits of the rule's MESSAGE_ID, as in the message catalog. */
const char *alert_id(const struct rule_row *rule);

#endif
