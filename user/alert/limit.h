/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How many alerts a minute are written: who can spoof answers can make servers odd by the hundred.
 */
#ifndef ALERT_LIMIT_H
#define ALERT_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

/* Room for a group of several dozen servers behind one broken path, raised and cleared. */
#define ALERTS_PER_MINUTE 100

struct alert_limit {
	int64_t since_ns; /* start of the minute that is counted */
	unsigned count;	  /* alerts in it */
	uint64_t held;	  /* in all minutes together: alerts that were not to be written */
};

/**
 * alert_limit__take() - May one more alert be written?
 * @limit: zeros to begin with
 * @now_ns: time of the alert; a clock that goes back starts a new minute
 * @ret_first: whether it is the first of its minute that is held back, worth a word
 */
bool alert_limit__take(struct alert_limit *limit, int64_t now_ns, bool *ret_first);

#endif
