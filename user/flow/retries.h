/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Truncated answers and the retry over TCP that should follow (RFC 1035 section 4.2.1, RFC 7766
 * section 5). Stands between the exchange table and whoever receives exchanges. retries.c opens
 * with the idea.
 */
#ifndef FLOW_RETRIES_H
#define FLOW_RETRIES_H

#include "flow/exchange.h"

/*
 * Exact at any moment between two calls:
 *   truncated = retried + abandoned + open + unknown
 */
struct retries_counters {
	uint64_t truncated; /* answers over UDP with TC */
	uint64_t retried;   /* the same client asked the same server the same over TCP */
	uint64_t abandoned; /* it did not: CAUSE_TRUNCATED */
	uint64_t open;	    /* held now */
	uint64_t unknown;   /* handed on undecided: no room, end of input, a clock that was set */
};

struct retries_limits {
	uint64_t window_ns; /* how long after the answer the retry may begin */
	uint64_t
		timeout_ns; /* how long after that it ends, at the latest: the exchanges' timeout */
	unsigned held;	    /* truncated exchanges held at once */
};

struct retries;

/**
 * retries__new() - Make it, holding nothing.
 * @limits: copied; held 1..65536
 * @on_end: receives exchanges during the calls below
 *
 * Return: 0, -ENOMEM, -EINVAL
 */
int retries__new(const struct retries_limits *limits, uint64_t seed, exchange_fn on_end,
		 void *context, struct retries **ret_retries);
void retries__free(struct retries *retries);

/**
 * retries__exchange() - Take an exchange; all but truncated ones are handed on at once.
 *
 * A truncated one is held, with its message, until its retry ends or cannot come any more, and
 * is handed on right before its retry. Cost: a comparison or two for what is neither truncated
 * nor over TCP.
 */
void retries__exchange(struct retries *retries, const struct exchange *exchange);

/** retries__tick() - Let time pass: hand on what was not retried. */
void retries__tick(struct retries *retries, uint64_t now_ns);

/** retries__finish() - Hand on all that is held, undecided (CAUSE_UNKNOWN). */
void retries__finish(struct retries *retries);

/** retries__set_limits() - Take new times at once; @limits->held cannot change. */
void retries__set_limits(struct retries *retries, const struct retries_limits *limits);

/** Live counters, owned by the object. */
const struct retries_counters *retries__counters(const struct retries *retries);

#endif
