/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A bounded queue of records between two threads, without locks: one puts, one takes. Each
 * function names the thread that may call it.
 */
#ifndef STORE_QUEUE_H
#define STORE_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct queue;

/**
 * queue__new() - An empty queue.
 * @bytes: a power of two, at least 4096; a record takes its length and 8 bytes, rounded up to 8
 *
 * Memory is taken from the system as it is first written to.
 *
 * Return: 0, -EINVAL, -ENOMEM
 */
int queue__new(uint64_t bytes, struct queue **ret_queue);
void queue__free(struct queue *queue);

/**
 * queue__reserve() - Room for a record; the putting thread.
 *
 * Return: @length bytes at a multiple of 8, to be filled before queue__publish(); NULL when there
 * is no room now. One record longer than half the queue may find none ever.
 */
void *queue__reserve(struct queue *queue, size_t length);

/** queue__publish() - The reserved record is whole; the putting thread. */
void queue__publish(struct queue *queue);

/** queue__is_half_full() - Is half of it in use, or more? The putting thread. */
bool queue__is_half_full(struct queue *queue);

/** queue__used() - Bytes in use; either thread. */
uint64_t queue__used(const struct queue *queue);

/**
 * queue__front() - The oldest record; the taking thread.
 *
 * Return: NULL when there is none; valid until queue__pop()
 */
const void *queue__front(struct queue *queue);

/** queue__pop() - The oldest record is done with, its room free; the taking thread. */
void queue__pop(struct queue *queue);

#endif
