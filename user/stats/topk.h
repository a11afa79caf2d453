/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Space-Saving: the heaviest keys of a stream in constant memory, with a bound
 * for what each count is too high. topk.c opens with the idea.
 *
 * Source: Metwally, Agrawal, El Abbadi, "Efficient Computation of Frequent and Top-k Elements in
 * Data Streams" (2005).
 */
#ifndef STATS_TOPK_H
#define STATS_TOPK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Longest key: a name in presentation form is cut there when it is longer. */
#define TOPK_KEY_MAX 255

struct topk;

struct topk_entry {
	uint64_t weight; /* at least the true one */
	uint64_t error;	 /* by how much it may be too high; 0: exact */
	bool fresh;	 /* the slot has just changed hands: what the caller keeps for it is old */
	uint8_t key_length;
	char key[TOPK_KEY_MAX];
};

/**
 * topk__new() - An empty list.
 * @capacity: keys that are watched at a time, 1..65536
 * @seed: of the hash; random, so that nobody can aim at a bucket
 *
 * Return: 0, -ENOMEM
 */
int topk__new(unsigned capacity, uint64_t seed, struct topk **ret_topk);
void topk__free(struct topk *topk);

/**
 * topk__add() - Add weight to a key; when all places are taken, the lightest key gives way.
 * @length: 0..; cut at TOPK_KEY_MAX
 *
 * Cost: about 40 ns.
 * Return: the key's slot, 0..capacity - 1, which stays its own until it gives way: room for what
 * the caller keeps beside it
 */
unsigned topk__add(struct topk *topk, const void *key, size_t length, uint64_t weight);

/** topk__used() - Slots in use: 0..used - 1. */
unsigned topk__used(const struct topk *topk);

/** topk__at() - A slot in use. The caller clears fresh when it has seen it. */
struct topk_entry *topk__at(struct topk *topk, unsigned slot);

/**
 * topk__floor() - The most that a key can weigh which is not listed; 0: all keys are listed.
 */
uint64_t topk__floor(const struct topk *topk);

/** topk__clear() - Forget all. */
void topk__clear(struct topk *topk);

#endif
