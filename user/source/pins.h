/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Maps pinned in bpffs, where bpftool finds them by name. */
#ifndef SOURCE_PINS_H
#define SOURCE_PINS_H

struct oddns_bpf;

/**
 * pins_make() - Pin all maps under a directory.
 * @dir: in a bpffs; made if it is not there. "/sys/fs/bpf" itself is mounted if need be.
 *
 * Pins that a killed daemon left there are replaced; the caller holds the lock
 * that says no other daemon lives. Reports errors.
 *
 * Return: 0, negative errno; nothing stays pinned then
 */
int pins_make(const struct oddns_bpf *programs, const char *dir);

/** pins_remove() - Unpin what pins_make() pinned, and remove the directory if it is empty. */
void pins_remove(const struct oddns_bpf *programs, const char *dir);

#endif
