// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The order of sacrifice.
 *
 * When packets come faster than the daemon reads them, something is lost. If the
 * ring decides, it is whatever comes when it is full: half of the exchanges lose
 * their query or their response, servers seem not to answer, and the rules raise
 * alerts about ourselves. So the daemon decides, before the ring is full:
 *
 *	level 1    payload: of each message the first 128 bytes travel, which
 *	           hold header and question of all but the longest names; of split
 *	           datagrams the first fragment, of segments over TCP 4 KiB. So
 *	           neither a flood of later fragments, which belong to nothing,
 *	           nor a large transfer costs an exchange
 *	level 2    and half of the exchanges do not travel at all
 *	level 3    three quarters, and so on
 *	always     every message is counted by server and rcode in the kernel
 *
 * Which exchanges go is told by a hash of addresses, ports and id, which is the
 * same for query and response: what remains is whole exchanges, a fair sample,
 * and shares and medians of it are right. Counts have to be multiplied.
 *
 * The level rises when the ring is half full, by one a look, each after the last
 * order had time to work; it falls when the ring was nearly empty for a while,
 * by one again, so that it settles where the daemon can follow.
 */
#include "pressure.h"

/* Header, question of names up to 100 bytes, OPT. */
#define PRESSED_SNAPLEN 128
/* The ring holds 20 to 50 ms of what is too much: an order shows within this time. */
#define RISE_NS 20000000ULL
/* Longer than the pauses within a burst, so that the level does not swing with it. */
#define FALL_NS 2000000000ULL

void pressure__init(struct pressure *pressure, __u32 ring_bytes, __u32 snaplen, __u64 seed)
{
	*pressure = (struct pressure){
		.ring_bytes = ring_bytes,
		.snaplen = snaplen,
		.seed = seed,
	};
}

static bool change(struct pressure *pressure, unsigned level, __u64 now_ns)
{
	pressure->level = level;
	pressure->changed_ns = now_ns;
	pressure->calm_ns = 0;
	return true;
}

bool pressure__look(struct pressure *pressure, __u32 backlog, __u64 now_ns)
{
	if (backlog >= pressure->ring_bytes / 2) {
		pressure->calm_ns = 0;
		return pressure->level < PRESSURE_LEVEL_MAX &&
		       now_ns - pressure->changed_ns >= RISE_NS &&
		       change(pressure, pressure->level + 1, now_ns);
	}
	if (backlog >= pressure->ring_bytes / 16) {
		pressure->calm_ns = 0;
		return false;
	}
	if (!pressure->calm_ns)
		pressure->calm_ns = now_ns;
	return pressure->level > 0 && now_ns - pressure->calm_ns >= FALL_NS &&
	       change(pressure, pressure->level - 1, now_ns);
}

unsigned pressure__kept(const struct pressure *pressure)
{
	return pressure->level < 2 ? 1 : 1U << (pressure->level - 1);
}

struct odd_shedding pressure__order(const struct pressure *pressure)
{
	bool pressed = pressure->level > 0 && pressure->snaplen > PRESSED_SNAPLEN;

	return (struct odd_shedding){
		.snaplen = pressed ? PRESSED_SNAPLEN : pressure->snaplen,
		.mask = pressure__kept(pressure) - 1,
		.seed = pressure->seed,
		.later = pressure->level > 0,
	};
}
