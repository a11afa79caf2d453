// SPDX-License-Identifier: GPL-2.0-or-later
/* Names of an episode's outcomes. */
#include "flow/episode.h"

const char *episode_outcome_name(enum episode_outcome outcome)
{
	static const char *const names[EPISODE_OUTCOMES] = {
		[EPISODE_ANSWERED] = "answered",   [EPISODE_FAILED] = "failed",
		[EPISODE_TRUNCATED] = "truncated", [EPISODE_UNANSWERED] = "unanswered",
		[EPISODE_PENDING] = "pending",
	};

	return names[outcome];
}
