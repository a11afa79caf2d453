/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The end of what a command prints. */
#ifndef BASE_OUTPUT_H
#define BASE_OUTPUT_H

/**
 * output_finish() - What was printed on standard output must have arrived: a full disk is a
 * failure.
 *
 * Return: 0, negative errno after reporting
 */
int output_finish(void);

#endif
