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

/*
 * How much DNS the daemon cannot see. A connection carries many queries (RFC 7858 section 3.4), so
 * the two numbers are told side by side and not as a share.
 */
static void check_encrypted(struct doctor *doctor)
{
	const struct state *state = doctor->state;
	const struct encrypted_totals *seen = &state->source.encrypted;
	char text[ENCRYPTED_TEXT_MAX];

	if (!state->encrypted)
		return TELL(doctor, CHECK_NOTE, "encrypted", "set sensor.encrypted to yes",
			    "connections of encrypted DNS are not counted");
	if (encrypted_totals__sum(seen) == 0)
		return TELL(doctor, CHECK_OK, "encrypted", "",
			    "no connections of encrypted DNS, %" PRIu64 " readable queries",
			    state->exchanges.queries);
	TELL(doctor, CHECK_NOTE, "encrypted",
	     "nobody but their ends can read them: look into the resolver's own log, point clients "
	     "to a resolver of yours by policy, or answer use-application-dns.net with NXDOMAIN, "
	     "which ends DNS over HTTPS that Firefox chose by itself",
	     "%llu connections of encrypted DNS, beside %" PRIu64 " readable queries: %s",
	     encrypted_totals__sum(seen), state->exchanges.queries, encrypted_text(seen, text));
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
	if (r == 0) {
		check_direction(doctor);
		check_encrypted(doctor);
	} else {
		TELL(doctor, CHECK_NOTE, "traffic",
		     r == -EPROTO ? "restart the daemon after an update"
				  : "if it has just started, try again in a second",
		     "%s/status.json cannot be read: %s", dir, strerror(-r));
	}
}
