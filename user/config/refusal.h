/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why a value is refused, in words that stand behind the value in an error. */
#ifndef CONFIG_REFUSAL_H
#define CONFIG_REFUSAL_H

#define REFUSAL_MAX 192

/**
 * refuse() - Write the reason: "too small", "'eth0' is named twice".
 * @ret_why: REFUSAL_MAX bytes; a longer reason is cut
 * @fmt: printable ASCII, as must be what it is given
 *
 * Return: -EINVAL
 */
int refuse(char *ret_why, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
