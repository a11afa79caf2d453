/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a person reads on stderr: "oddns: what failed with which value: why; what to do".
 * Under systemd each line carries its priority (sd-daemon(3)), so the journal sorts it.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#define LOG_PRINTF(f, a) __attribute__((format(printf, f, a)))

/**
 * log_err() - Report a failure and return its code, so that the two cannot part.
 * @r: negative errno; 0 when no error number says more than the text
 * @fmt: what failed, with the value, then "; " and what to do, if there is anything; ends
 *	without a full stop or newline. ": <strerror(-r)>" goes before the "; " when @r is not 0.
 *
 * Return: @r
 */
int log_err(int r, const char *fmt, ...) LOG_PRINTF(2, 3);

/** log_warn() - Report something that a person should mend, while work goes on. */
void log_warn(const char *fmt, ...) LOG_PRINTF(1, 2);

/** log_info() - Tell what is being done. */
void log_info(const char *fmt, ...) LOG_PRINTF(1, 2);

#endif
