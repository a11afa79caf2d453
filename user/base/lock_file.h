/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lock files: one process at a time, named by the PID that it writes there. The lock is one of the
 * open file description (fcntl(2)), which ends with the process however that ends, and which others
 * can see without taking it.
 */
#ifndef BASE_LOCK_FILE_H
#define BASE_LOCK_FILE_H

#include <stdint.h>

/**
 * lock_file_take() - Lock an open file.
 * @fd: open for writing; the lock ends when it is closed
 *
 * Return: 0, -EBUSY when another process has it, else why it cannot be locked
 */
int lock_file_take(int fd);

/** lock_file_write_pid() - Say in a locked file whose it is. Return: 0, negative errno */
int lock_file_write_pid(int fd);

/** lock_file_pid() - What is written there; 0 when that is no PID. */
int64_t lock_file_pid(int fd);

/**
 * lock_file_holder() - Does a process hold the lock? Looks without locking, so it disturbs nobody.
 * @ret_pid: the process, 0 when it cannot be read
 *
 * Return: 1 yes, 0 no, also when there is no such file; negative errno when it cannot be told
 */
int lock_file_holder(const char *path, int64_t *ret_pid);

#endif
