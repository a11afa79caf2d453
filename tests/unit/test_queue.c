// SPDX-License-Identifier: GPL-2.0-or-later
/* The ring of records: order, bounds, two threads. */
#include "store/queue.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* A record: its number, its length, and bytes that follow from the number. */
struct record {
	uint64_t number;
	uint32_t length;
	uint8_t data[];
};

static bool put(struct queue *queue, uint64_t number, uint32_t length)
{
	struct record *record = queue__reserve(queue, sizeof(*record) + length);

	if (!record)
		return false;
	cr_assert_eq((uintptr_t)record % 8, 0);
	record->number = number;
	record->length = length;
	memset(record->data, (int)(number % 251), length);
	queue__publish(queue);
	return true;
}

static bool take(struct queue *queue, uint64_t number, uint32_t length)
{
	const struct record *record = queue__front(queue);

	if (!record)
		return false;
	cr_assert_eq(record->number, number);
	cr_assert_eq(record->length, length);
	for (uint32_t i = 0; i < length; i++)
		cr_assert_eq(record->data[i], number % 251);
	queue__pop(queue);
	return true;
}

Test(queue, sizes_that_are_no_power_of_two_are_refused)
{
	struct queue *queue = NULL;

	cr_expect_eq(queue__new(0, &queue), -EINVAL);
	cr_expect_eq(queue__new(2048, &queue), -EINVAL);
	cr_expect_eq(queue__new(4097, &queue), -EINVAL);
	cr_expect_null(queue);
	queue__free(NULL);
}

Test(queue, it_takes_what_fits_to_the_last_byte_and_no_more)
{
	struct queue *queue;

	cr_assert_eq(queue__new(4096, &queue), 0);
	cr_expect_null(queue__reserve(queue, 4089), "8 bytes are the length's");
	cr_expect_null(queue__reserve(queue, SIZE_MAX - 3));
	cr_assert_not_null(queue__reserve(queue, 4081));
	queue__publish(queue);
	cr_expect_eq(queue__used(queue), 4096);
	cr_expect_null(queue__reserve(queue, 0));
	cr_assert_not_null(queue__front(queue));
	queue__pop(queue);
	cr_expect_eq(queue__used(queue), 0);
	cr_expect_null(queue__front(queue));
	queue__free(queue);
}

Test(queue, what_is_reserved_is_not_seen_before_it_is_published)
{
	struct queue *queue;

	cr_assert_eq(queue__new(4096, &queue), 0);
	cr_assert_not_null(queue__reserve(queue, 17));
	cr_expect_null(queue__front(queue));
	cr_expect_eq(queue__used(queue), 0);
	queue__publish(queue);
	cr_expect_not_null(queue__front(queue));
	queue__free(queue);
}

Test(queue, half_full_is_from_the_middle_on)
{
	struct queue *queue;

	cr_assert_eq(queue__new(4096, &queue), 0);
	for (unsigned i = 1; i <= 4; i++) { /* 512 bytes each */
		cr_expect_not(queue__is_half_full(queue), "%u", i);
		cr_assert_not_null(queue__reserve(queue, 504));
		queue__publish(queue);
	}
	cr_expect(queue__is_half_full(queue));
	queue__front(queue);
	queue__pop(queue);
	cr_expect_not(queue__is_half_full(queue));
	queue__free(queue);
}

Test(queue, records_come_out_whole_and_in_order_around_the_end)
{
	uint64_t state = 4711, sent = 0, got = 0;
	static uint32_t lengths[1 << 17];
	struct queue *queue;

	cr_assert_eq(queue__new(4096, &queue), 0);
	while (got < 100003) {
		uint32_t length = (uint32_t)(next_random(&state) % 701);

		lengths[sent % (1 << 17)] = length;
		if (next_random(&state) % 2 && put(queue, sent, length))
			sent++;
		else if (got < sent)
			got += take(queue, got, lengths[got % (1 << 17)]);
		cr_assert_leq(queue__used(queue), 4096);
	}
	queue__free(queue);
}

#define SENT 200003

static uint32_t length_of(uint64_t number)
{
	return (uint32_t)(number * 2654435761U >> 7) % 601;
}

static void *put_all(void *context)
{
	for (uint64_t i = 0; i < SENT; i++)
		while (!put(context, i, length_of(i)))
			sched_yield();
	return NULL;
}

Test(queue, two_threads_lose_nothing)
{
	struct queue *queue;
	pthread_t thread;

	cr_assert_eq(queue__new(8192, &queue), 0);
	cr_assert_eq(pthread_create(&thread, NULL, put_all, queue), 0);
	for (uint64_t i = 0; i < SENT; i++)
		while (!take(queue, i, length_of(i)))
			sched_yield();
	pthread_join(thread, NULL);
	cr_expect_eq(queue__used(queue), 0);
	queue__free(queue);
}
