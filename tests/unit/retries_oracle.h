/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What flow/retries should do, once more and as simply as possible: an array that is searched
 * from end to end. Knows exchanges by numbers only.
 */
#ifndef RETRIES_ORACLE_H
#define RETRIES_ORACLE_H

#include <stdbool.h>
#include <stdint.h>

#define ORACLE_HELD 64
#define ORACLE_TOLD 256

/* An exchange as the test made it. */
struct talked {
	int64_t time_ns, end_ns;
	uint16_t id;
	uint8_t who; /* client, server, question and network, as one number */
	bool is_tcp, is_truncated;
};

/* An exchange as it should be handed on. No padding: compared as bytes. */
struct told {
	int64_t end_ns;
	uint16_t id, retry_of;
	uint8_t was_retried, is_retry, abandoned, is_tcp;
};

struct retries_oracle {
	int64_t window_ns, timeout_ns, now_ns;
	unsigned places, same_max;
	struct talked held[ORACLE_HELD]; /* in order of arrival */
	unsigned open;
	struct told told[ORACLE_TOLD]; /* by the last call */
	unsigned told_count;
	uint64_t truncated, retried, abandoned, unknown;
};

/** Each replaces what was told before. */
void retries_oracle_exchange(struct retries_oracle *oracle, const struct talked *talked);
void retries_oracle_tick(struct retries_oracle *oracle, int64_t now_ns);
void retries_oracle_finish(struct retries_oracle *oracle);

#endif
