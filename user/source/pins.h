/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Maps pinned in bpffs, where bpftool finds them by name. */
#ifndef SOURCE_PINS_H
#define SOURCE_PINS_H

struct oddns_bpf;
struct pins;

/**
 * pins__open() - Pin all maps under a directory.
 * @programs: must outlive the pins
 * @dir: in a bpffs; made if it is not there. "/sys/fs/bpf" itself is mounted if need be.
 *
 * Pins that a killed daemon left there are replaced; those of one that lives are
 * not, for it holds a lock on the directory. Reports errors.
 *
 * Return: 0, -EBUSY when another daemon has the directory, else negative errno;
 * nothing stays pinned then
 */
int pins__open(const struct oddns_bpf *programs, const char *dir, struct pins **ret_pins);

/** pins__close() - Unpin, and remove the directory if it is empty; NULL is allowed. */
void pins__close(struct pins *pins);

#endif
