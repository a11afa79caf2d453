/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Joins exchanges to episodes. episodes.c opens with the idea. */
#ifndef FLOW_EPISODES_H
#define FLOW_EPISODES_H

#include "flow/episode.h"

/* Exact at any moment: exchanges = joined by those delivered + by those open. */
struct episodes_counters {
	uint64_t exchanges; /* taken: all but orphans, transfers, multicast and nameless ones */
	uint64_t outcomes[EPISODE_OUTCOMES]; /* delivered */
	uint64_t open;			     /* now */
	uint64_t hurried; /* of those delivered: before their time, for want of room */
};

struct episodes_limits {
	uint64_t window_ns;  /* silence after the last failure that ends an episode */
	uint64_t timeout_ns; /* the exchanges' timeout: an exchange may be told so much after its
				query */
	unsigned open;	     /* at once */
};

struct episodes;

/** episodes__new() - Make it, empty. Return: 0, -ENOMEM, -EINVAL */
int episodes__new(const struct episodes_limits *limits, uint64_t seed, episode_fn on_end,
		  void *context, struct episodes **ret_episodes);
void episodes__free(struct episodes *episodes);

/**
 * episodes__exchange() - Take an exchange, in the order in which they are delivered.
 *
 * Cost: one look-up, about 50 ns; memory of one open episode at most 512 bytes.
 */
void episodes__exchange(struct episodes *episodes, const struct exchange *exchange);

/** episodes__tick() - Let time pass: deliver those to which nothing can come any more. */
void episodes__tick(struct episodes *episodes, uint64_t now_ns);

/** episodes__finish() - Deliver all that are open. */
void episodes__finish(struct episodes *episodes);

/** Live counters, owned by the object. */
const struct episodes_counters *episodes__counters(const struct episodes *episodes);

#endif
