/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values of settings: from text into the member that a row names, with a reason when refused. */
#ifndef CONFIG_VALUE_H
#define CONFIG_VALUE_H

#include "refusal.h"
#include "rows.h"

#define VALUE_ALLOWED_MAX 128

/**
 * value_set() - Read @text as the row's type and store it.
 * @base: the struct that the row's offsets count from; a list or path in it is freed and replaced
 * @ret_why: REFUSAL_MAX bytes, written only when @text is refused: "too small", "'eth0' is
 *	named twice"; printable ASCII
 *
 * Return: 0, -EINVAL when refused, -ENOMEM; the member is untouched on failure
 */
int value_set(const struct setting_row *row, void *base, const char *text, char *ret_why);

/**
 * value_allowed() - What the row takes: "10ms to 30s", "auto, xdp, xdp-generic, tc".
 * @buf: VALUE_ALLOWED_MAX bytes
 *
 * Return: @buf
 */
const char *value_allowed(const struct setting_row *row, char *buf);

#endif
