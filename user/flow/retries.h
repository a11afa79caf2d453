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
	/*
	 * Answered over UDP with TC, in time and with a question. Not among them: late answers,
	 * orphans, zone transfers, services other than dns.
	 */
	uint64_t truncated;
	uint64_t retried;   /* the same client asked the same server the same over TCP */
	uint64_t abandoned; /* it did not: CAUSE_TRUNCATED */
	uint64_t open;	    /* held now */
	/* handed on undecided: no room or memory, end of input, a clock that was set */
	uint64_t unknown;
};

struct retries_limits {
	/* how long after the answer the retry may begin */
	uint64_t window_ns;
	/* how long after that it ends, at the latest: the exchanges' timeout */
	uint64_t timeout_ns;
	unsigned held; /* truncated exchanges held at once */
};

struct retries;

/**
 * retries__new() - Make it, holding nothing.
 * @limits: copied; held 1..65536
 * @seed: of the hash, random in production, so that nobody can aim at a bucket
 * @on_end: receives exchanges during the calls below
 *
 * Cost: 16 to 24 bytes for each place; a held exchange takes 800 bytes and its captured ones.
 * Return: 0, -ENOMEM, -EINVAL when held is out of its range
 */
int retries__new(const struct retries_limits *limits, uint64_t seed, exchange_fn on_end,
		 void *context, struct retries **ret_retries);

/** retries__free() - Forget what is held without a word; NULL is fine. */
void retries__free(struct retries *retries);

/**
 * retries__exchange() - Take an exchange; all but truncated ones are handed on at once.
 * @exchange: in the order in which they end; disorder costs no more than a wrong verdict on
 *	those concerned
 *
 * A truncated one is held, with its message, until its retry ends or cannot come any more, and
 * is handed on right before its retry. Those whose time is over at the end of @exchange are
 * handed on before it. One whose message has more than ODD_SNAPLEN_MAX captured bytes is handed
 * on at once, undecided.
 *
 * Cost: a comparison or two for what is not truncated while nothing is held, then a look-up for
 * each exchange over TCP.
 */
void retries__exchange(struct retries *retries, const struct exchange *exchange);

/**
 * retries__tick() - Let time pass: hand on what was not retried.
 * @now_ns: of which the exchange table was told before, so that what ended until then is here. A
 *	step back by more than window_ns + timeout_ns is a new clock or another capture: all that
 *	is held is handed on undecided.
 */
void retries__tick(struct retries *retries, uint64_t now_ns);

/** retries__finish() - Hand on all that is held: undecided, but for what was due already. */
void retries__finish(struct retries *retries);

/** retries__set_limits() - Take new times from the next call on; @limits->held cannot change. */
void retries__set_limits(struct retries *retries, const struct retries_limits *limits);

/** Live counters, owned by the object. */
const struct retries_counters *retries__counters(const struct retries *retries);

#endif
