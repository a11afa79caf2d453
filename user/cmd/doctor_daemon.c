// SPDX-License-Identifier: GPL-2.0-or-later
/* Checks of a running daemon, from the state that it leaves: does it see both directions? */
#include "doctor.h"

#include "sink/summary.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

static void check_direction(struct doctor *doctor)
{
	const struct state *state = doctor->state;
	const __u64 *packets = state->source.packets;
	bool half = strstr(state->direction, "only"), none = summary_packets(&state->source) == 0;
	const char *advice = "";

	if (half)
		advice = "no verdicts until the other half is seen: add the interface that "
			 "carries it";
	else if (none)
		advice = "no DNS yet; if there should be, check sensor.interfaces and "
			 "sensor.ports";
	TELL(doctor, half || none ? CHECK_NOTE : CHECK_OK, "traffic", advice,
	     "directions seen: %s; packets: XDP %llu, TC ingress %llu, TC egress %llu",
	     state->direction, packets[ODD_HOOK_XDP], packets[ODD_HOOK_TC_INGRESS],
	     packets[ODD_HOOK_TC_EGRESS]);
}

void doctor__examine_daemon(struct doctor *doctor)
{
	const char *dir = doctor->options.settings->state_dir;
	int64_t pid = 0;
	int r = state_lock__holder(dir, &pid);

	if (r < 0)
		return TELL(doctor, CHECK_NOTE, "daemon", "", "cannot be told from %s/lock: %s",
			    dir, strerror(-r));
	if (r == 0)
		return TELL(doctor, CHECK_OK, "daemon",
			    "'systemctl start oddns' or 'sudo oddns run' starts it", "none runs");
	TELL(doctor, CHECK_OK, "daemon", "", "runs, pid %" PRId64 ", state in %s", pid, dir);
	doctor->daemon = pid;
	r = state__read(dir, &doctor->state);
	if (r == 0)
		check_direction(doctor);
	else
		TELL(doctor, CHECK_NOTE, "traffic",
		     r == -EPROTO ? "restart the daemon after an update"
				  : "if it has just started, try again in a second",
		     "%s/status.json cannot be read: %s", dir, strerror(-r));
}
