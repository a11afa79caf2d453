// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A ring of bytes. Two positions only grow: `head`, behind what was put, and
 * `tail`, before what is still to be taken; head - tail bytes are in use, and a
 * position modulo the size is a place in memory.
 *
 *	       tail           head
 *	........[len|record][len|record]........[skip]
 *
 * Each record lies in one piece behind 8 bytes with its length, so that neither
 * side copies twice. One that does not fit before the end of the memory begins
 * at the start again, and the bytes left are skipped: a length with the top bit
 * set. Lengths are rounded up to 8, so there is always room for that mark.
 *
 * The putting thread owns head and stores it with release when the record is
 * whole; the taking thread owns tail and stores it with release when the record
 * is read. Each looks at the other's position only when its own copy of it says
 * that there is no room, or nothing: so the line with a position moves between
 * the processors once for many records.
 */
#include "queue.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>

#define LENGTH_BYTES 8
#define BYTES_MIN    4096
#define SKIP	     (1ULL << 63)
#define CACHE_LINE   64

struct queue {
	uint8_t *memory;
	uint64_t bytes;
	/* of the putting thread */
	_Alignas(CACHE_LINE) _Atomic uint64_t head;
	uint64_t reserved; /* head when what was reserved is published */
	uint64_t seen_tail;
	/* of the taking thread */
	_Alignas(CACHE_LINE) _Atomic uint64_t tail;
	uint64_t seen_head;
};

int queue__new(uint64_t bytes, struct queue **ret_queue)
{
	struct queue *queue;
	void *memory;

	if (bytes < BYTES_MIN || (bytes & (bytes - 1)) != 0)
		return -EINVAL;
	queue = aligned_alloc(CACHE_LINE, sizeof(*queue));
	if (!queue)
		return -ENOMEM;
	memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (memory == MAP_FAILED) {
		free(queue);
		return -ENOMEM;
	}
	*queue = (struct queue){.memory = memory, .bytes = bytes};
	*ret_queue = queue;
	return 0;
}

void queue__free(struct queue *queue)
{
	if (!queue)
		return;
	munmap(queue->memory, queue->bytes);
	free(queue);
}

static uint64_t *length_at(const struct queue *q, uint64_t position)
{
	return (uint64_t *)(q->memory + (position & (q->bytes - 1)));
}

static bool has_room(struct queue *q, uint64_t end)
{
	if (end - q->seen_tail <= q->bytes)
		return true;
	q->seen_tail = atomic_load_explicit(&q->tail, memory_order_acquire);
	return end - q->seen_tail <= q->bytes;
}

void *queue__reserve(struct queue *queue, size_t length)
{
	uint64_t at = atomic_load_explicit(&queue->head, memory_order_relaxed);
	uint64_t to_end = queue->bytes - (at & (queue->bytes - 1)), need;

	if (length > queue->bytes)
		return NULL;
	need = LENGTH_BYTES + (((uint64_t)length + 7) & ~7ULL);
	if (need > to_end) {
		if (!has_room(queue, at + to_end + need))
			return NULL;
		*length_at(queue, at) = SKIP | to_end;
		at += to_end;
	} else if (!has_room(queue, at + need)) {
		return NULL;
	}
	*length_at(queue, at) = need;
	queue->reserved = at + need;
	return length_at(queue, at) + 1;
}

void queue__publish(struct queue *queue)
{
	atomic_store_explicit(&queue->head, queue->reserved, memory_order_release);
}

bool queue__is_half_full(struct queue *queue)
{
	if (queue->reserved - queue->seen_tail < queue->bytes / 2)
		return false;
	queue->seen_tail = atomic_load_explicit(&queue->tail, memory_order_acquire);
	return queue->reserved - queue->seen_tail >= queue->bytes / 2;
}

uint64_t queue__used(const struct queue *queue)
{
	uint64_t tail = atomic_load_explicit(&queue->tail, memory_order_acquire);

	return atomic_load_explicit(&queue->head, memory_order_acquire) - tail;
}

static bool is_empty(struct queue *q, uint64_t at)
{
	if (at != q->seen_head)
		return false;
	q->seen_head = atomic_load_explicit(&q->head, memory_order_acquire);
	return at == q->seen_head;
}

const void *queue__front(struct queue *queue)
{
	uint64_t at = atomic_load_explicit(&queue->tail, memory_order_relaxed), length;

	if (is_empty(queue, at))
		return NULL;
	length = *length_at(queue, at);
	if (length & SKIP) { /* published together with the record behind it */
		at += length & ~SKIP;
		atomic_store_explicit(&queue->tail, at, memory_order_release);
	}
	return length_at(queue, at) + 1;
}

void queue__pop(struct queue *queue)
{
	uint64_t at = atomic_load_explicit(&queue->tail, memory_order_relaxed);

	atomic_store_explicit(&queue->tail, at + *length_at(queue, at), memory_order_release);
}
