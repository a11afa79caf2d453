// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Episodes: what the user waited for.
 *
 * A program calls getaddrinfo("www.example") once. On the wire that may be A and AAAA to a first
 * server, silence, both again to the second, an answer with TC, and TCP: six exchanges, of which
 * each has a latency, and none has what the user felt. An episode is the run of all of them.
 *
 * Exchanges are told when they end, not in the order in which they were asked: that nobody
 * answered is known only after the timeout, when the retry has long been answered.
 *
 *	seconds         0         2  2.01                5
 *	A to server 1   ?------------------------------->|  unanswered, told last
 *	A to server 2             ?->|                      answered, told first
 *
 * So what one client asks about one name is held, sorted by the time of its query, until that time
 * + timeout: nothing older can be told then. What comes out of there is in order, and is added to
 * the group's one run (episode_run.c) or ends it and begins the next:
 *
 *	told --> group of (client, name): [run] <-- in order -- [waiting, sorted by query time]
 *	               |                    |
 *	               |                    '--> the next attempt is not taken: episode delivered
 *	               '--> nothing came for so long that nothing can: all delivered, forgotten
 *
 * A type (A, AAAA, HTTPS) is settled by its first final answer: NOERROR or NXDOMAIN, not truncated
 * over UDP, in time or late. Other errors, truncation and silence are what clients ask again
 * after. The run takes the next attempt when its query was sent
 *
 *	1. before some type that was asked is settled: nobody is done yet; or
 *	2. within the window after the end of the last attempt for a type that is not settled, when
 *	   asked again, for whatever type (glibc asks A again when AAAA was lost); or
 *	3. within EPISODE_LINGER_NS (1 s) after the last end of any type, for a type that was not
 *	   asked yet: some clients ask AAAA when A is there;
 *
 * and no later than EPISODE_LENGTH_NS (60 s) after its first, with at most EPISODE_TYPES_MAX
 * types. So the same type asked again after all is settled is the next episode. An unanswered
 * attempt ends at its timeout, so clients may wait as long as timeout and window together before
 * they try again.
 *
 * Worked, with a timeout of 5 s and a window of 5 s. glibc with two servers:
 *
 *	0.000  A, AAAA to server 1   unanswered, both end at 5.000
 *	5.005  A, AAAA to server 2   rule 2: 5.005 < 5.000 + 5; answered at 5.030 and 5.040
 *	       one episode, 4 attempts, 2 servers, wait 5.040, answered
 *	5.500  A again               settled, and not a new type: the next episode
 *
 * systemd-resolved, which tries again without EDNS after FORMERR: the error is not final, its retry
 * comes by rule 2. A browser: A, AAAA and HTTPS at once, by rule 1; HTTPS refused at 0.004 and
 * never asked again, so the episode ends as failed with the wait of the slowest. unbound as a
 * client of authoritative servers: a name's servers one after the other with a growing timeout,
 * rule 1, since to us the first is unanswered only after ours; the next name of a referral is
 * another episode. Two users behind one address who ask for one name at once are one episode, as
 * nothing tells them apart.
 *
 * A late answer is told as a second exchange of its query, which was told as unanswered. It
 * settles its type, adds no attempt, and never begins an episode: when it came later than timeout
 * and window, or the episode is gone, it is outlived.
 *
 * Attackers choose names and addresses. The hash is keyed; groups and waiting exchanges are
 * bounded. Without room for a group, that whose time comes first is delivered early; without room
 * for waiting, or with WAITING_MAX in a group, the oldest of the group goes on early, so a sorted
 * insert is short. A group is forgotten by the lists: the calm of which all is final live for
 * linger + timeout after the last exchange was told, the troubled for window + timeout.
 *
 * What it does not do: know whether two queries were meant as one, or see what a cache on the
 * host answered.
 */
#include "flow/episodes.h"

#include "base/hash.h"
#include "flow/episode_run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define OPEN_MAX	(1U << 20)
#define DURATION_NS_MAX (1ULL << 60)
/* Waiting exchanges for each group on average: A and AAAA, and half of clients that try again. */
#define WAITING_MEAN 4
/* ... and at most in one: a sorted insert looks at no more. */
#define WAITING_MAX 64
/* Client's address, tunnel's id and kind: networks in two tunnels may use the same addresses. */
#define KEY_BYTES 21
#define NAME_MAX  255

/* What one client asks about one name. References are indexes, 0 is none. */
struct group {
	struct run run;	 /* may be empty */
	int64_t told_ns; /* when the last of its exchanges was told */
	uint32_t chain;	 /* next in the hash bucket, or of those that are free */
	uint32_t hash;
	uint32_t older; /* neighbours in the list */
	uint32_t newer;
	uint32_t first; /* waiting */
	uint32_t last;
	uint8_t waiting;
	bool is_troubled; /* there was one that is not final: which list */
	uint8_t name_length;
	uint8_t key[KEY_BYTES];
	uint8_t name[NAME_MAX];
};

_Static_assert(sizeof(struct group) <= 512, "group: what episodes.h promises");

struct list {
	uint32_t oldest;
	uint32_t newest;
};

/* Places 1..limit, those below `used` were handed out before, and some are free again. */
struct places {
	uint32_t limit;
	uint32_t used;
	uint32_t free;
};

struct episodes {
	struct episodes_limits limits;
	struct episodes_counters counters;
	struct group *groups;
	struct attempt *attempts;
	uint32_t *buckets;
	uint32_t bucket_mask;
	struct places group_places;
	struct places attempt_places;
	struct list lists[2]; /* calm, troubled; in the order of told_ns */
	uint64_t seed;
	int64_t now_ns;
	bool is_hurried; /* what is delivered now is so for want of room */
	episode_fn on_end;
	void *context;
};

static bool are_limits_good(const struct episodes_limits *limits)
{
	return limits->open >= 1 && limits->open <= OPEN_MAX &&
	       limits->window_ns <= DURATION_NS_MAX && limits->timeout_ns <= DURATION_NS_MAX;
}

int episodes__new(const struct episodes_limits *limits, uint64_t seed, episode_fn on_end,
		  void *context, struct episodes **ret_episodes)
{
	struct episodes *episodes;
	uint32_t buckets = 1;

	if (!are_limits_good(limits))
		return -EINVAL;
	episodes = calloc(1, sizeof(*episodes));
	if (!episodes)
		return -ENOMEM;
	while (buckets < limits->open)
		buckets *= 2;
	episodes->limits = *limits;
	episodes->seed = seed;
	episodes->on_end = on_end;
	episodes->context = context;
	episodes->bucket_mask = buckets - 1;
	episodes->group_places.limit = limits->open;
	episodes->attempt_places.limit = limits->open * WAITING_MEAN;
	episodes->buckets = calloc(buckets, sizeof(*episodes->buckets));
	episodes->groups = calloc(limits->open + 1ULL, sizeof(*episodes->groups));
	episodes->attempts =
		calloc(limits->open * WAITING_MEAN + 1ULL, sizeof(*episodes->attempts));
	if (!episodes->buckets || !episodes->groups || !episodes->attempts) {
		episodes__free(episodes);
		return -ENOMEM;
	}
	*ret_episodes = episodes;
	return 0;
}

void episodes__free(struct episodes *episodes)
{
	if (!episodes)
		return;
	free(episodes->buckets);
	free(episodes->groups);
	free(episodes->attempts);
	free(episodes);
}

/* --- places ----------------------------------------------------------------------------------- */

/* Return: a place, 0 when there is none. @next: where the chain of free ones goes on */
static uint32_t take_place(struct places *places, uint32_t next)
{
	uint32_t place = places->free;

	if (place)
		places->free = next;
	else if (places->used < places->limit)
		place = ++places->used;
	return place;
}

static uint32_t take_attempt(struct episodes *episodes)
{
	struct places *places = &episodes->attempt_places;

	return take_place(places, episodes->attempts[places->free].next);
}

static void list_add(struct episodes *episodes, uint32_t place)
{
	struct group *group = &episodes->groups[place];
	struct list *list = &episodes->lists[group->is_troubled];

	group->older = list->newest;
	group->newer = 0;
	if (list->newest)
		episodes->groups[list->newest].newer = place;
	else
		list->oldest = place;
	list->newest = place;
}

static void list_remove(struct episodes *episodes, const struct group *group)
{
	struct list *list = &episodes->lists[group->is_troubled];

	if (group->older)
		episodes->groups[group->older].newer = group->newer;
	else
		list->oldest = group->newer;
	if (group->newer)
		episodes->groups[group->newer].older = group->older;
	else
		list->newest = group->older;
}

/* --- from group to episodes ------------------------------------------------------------------- */

static void deliver(struct episodes *episodes, const struct group *group, const struct run *run)
{
	struct episode episode;

	run__report(run, &episode);
	memcpy(episode.client, group->key, sizeof(episode.client));
	episode.qname = group->name;
	episode.qname_length = group->name_length;
	episodes->counters.outcomes[episode.outcome]++;
	episodes->counters.hurried += episodes->is_hurried;
	episodes->counters.held -= episode.exchanges;
	episodes->on_end(episodes->context, &episode);
}

static void begin_run(struct run *run, const struct attempt *attempt)
{
	memset(run, 0, sizeof(*run));
	run__add(run, attempt);
}

/* One that is older than the run, so told after its time: it may be where the run began. */
static void put_before(struct episodes *episodes, struct group *group,
		       const struct attempt *attempt)
{
	struct run before;

	begin_run(&before, attempt);
	if (run__takes(&before, group->run.time_ns, group->run.types[0],
		       episodes->limits.window_ns) &&
	    (run__has_type(&group->run, attempt->type) ||
	     group->run.type_count < EPISODE_TYPES_MAX))
		run__add(&group->run, attempt);
	else
		deliver(episodes, group, &before);
}

/* Put an attempt to the run, or end that one and begin another. */
static void put(struct episodes *episodes, struct group *group, const struct attempt *attempt)
{
	struct run *run = &group->run;

	if (!run->exchanges) {
		begin_run(run, attempt);
	} else if (attempt->is_late) {
		run__add(run, attempt);
	} else if (attempt->time_ns < run->time_ns) {
		put_before(episodes, group, attempt);
	} else if (run__takes(run, attempt->time_ns, attempt->type, episodes->limits.window_ns)) {
		run__add(run, attempt);
	} else {
		deliver(episodes, group, run);
		begin_run(run, attempt);
	}
}

static void put_first(struct episodes *episodes, struct group *group)
{
	uint32_t place = group->first;
	struct attempt *attempt = &episodes->attempts[place];

	group->first = attempt->next;
	if (!group->first)
		group->last = 0;
	group->waiting--;
	put(episodes, group, attempt);
	attempt->next = episodes->attempt_places.free;
	episodes->attempt_places.free = place;
}

/* Older ones can come no more. */
static void put_due(struct episodes *episodes, struct group *group)
{
	int64_t timeout_ns = (int64_t)episodes->limits.timeout_ns;

	while (group->first &&
	       episodes->attempts[group->first].time_ns + timeout_ns <= episodes->now_ns)
		put_first(episodes, group);
}

static void forget(struct episodes *episodes, struct group *group)
{
	uint32_t place = (uint32_t)(group - episodes->groups);
	uint32_t *link = &episodes->buckets[group->hash & episodes->bucket_mask];

	list_remove(episodes, group);
	while (*link != place)
		link = &episodes->groups[*link].chain;
	*link = group->chain;
	group->chain = episodes->group_places.free;
	episodes->group_places.free = place;
	episodes->counters.open--;
}

static void end_group(struct episodes *episodes, struct group *group)
{
	while (group->first)
		put_first(episodes, group);
	deliver(episodes, group, &group->run);
	forget(episodes, group);
}

/* --- time ------------------------------------------------------------------------------------- */

/* When a group of a list, last told of then, can get no more. */
static int64_t deadline(const struct episodes *episodes, const struct group *group)
{
	const struct episodes_limits *limits = &episodes->limits;
	uint64_t silence_ns = EPISODE_LINGER_NS;

	if (group->is_troubled && limits->window_ns > silence_ns)
		silence_ns = limits->window_ns;
	return group->told_ns + (int64_t)(silence_ns + limits->timeout_ns);
}

/* That of the oldest of both lists whose time comes first; NULL when there is none. */
static struct group *first_due(const struct episodes *episodes)
{
	struct group *calm = &episodes->groups[episodes->lists[false].oldest];
	struct group *troubled = &episodes->groups[episodes->lists[true].oldest];

	if (!episodes->lists[true].oldest)
		return episodes->lists[false].oldest ? calm : NULL;
	if (!episodes->lists[false].oldest)
		return troubled;
	return deadline(episodes, calm) <= deadline(episodes, troubled) ? calm : troubled;
}

void episodes__finish(struct episodes *episodes)
{
	struct group *group;

	while ((group = first_due(episodes)))
		end_group(episodes, group);
}

static void let_time_pass(struct episodes *episodes, int64_t now_ns)
{
	const struct episodes_limits *limits = &episodes->limits;
	struct group *group;

	if (now_ns + (int64_t)(limits->window_ns + limits->timeout_ns) < episodes->now_ns) {
		episodes__finish(episodes);
		episodes->now_ns = now_ns;
	}
	if (now_ns > episodes->now_ns)
		episodes->now_ns = now_ns;
	while ((group = first_due(episodes)) && deadline(episodes, group) < episodes->now_ns)
		end_group(episodes, group);
}

void episodes__tick(struct episodes *episodes, uint64_t now_ns)
{
	let_time_pass(episodes,
		      now_ns < EPISODE_TIME_NS_MAX ? (int64_t)now_ns : EPISODE_TIME_NS_MAX);
}

/* --- from exchange to group ------------------------------------------------------------------- */

static void fill_key(const struct exchange *exchange, uint8_t *key)
{
	memcpy(key, exchange->client, 16);
	memcpy(key + 16, &exchange->tunnel_id, 4);
	key[20] = (uint8_t)exchange->tunnel;
}

static struct group *find_group(struct episodes *episodes, const uint8_t *key, uint32_t hash,
				const struct exchange *exchange)
{
	uint32_t place = episodes->buckets[hash & episodes->bucket_mask];

	for (; place; place = episodes->groups[place].chain) {
		struct group *group = &episodes->groups[place];

		if (group->hash == hash && group->name_length == exchange->qname_length &&
		    !memcmp(group->key, key, KEY_BYTES) &&
		    !memcmp(group->name, exchange->qname, exchange->qname_length))
			return group;
	}
	return NULL;
}

static uint32_t take_group(struct episodes *episodes)
{
	struct places *places = &episodes->group_places;

	if (!places->free && places->used == places->limit) {
		episodes->is_hurried = true;
		end_group(episodes, first_due(episodes));
		episodes->is_hurried = false;
	}
	return take_place(places, episodes->groups[places->free].chain);
}

/* A group without exchanges: one is put to it next. */
static struct group *add_group(struct episodes *episodes, const uint8_t *key, uint32_t hash,
			       const struct exchange *exchange)
{
	uint32_t place = take_group(episodes);
	struct group *group = &episodes->groups[place];
	uint32_t *bucket = &episodes->buckets[hash & episodes->bucket_mask];

	group->run.exchanges = 0;
	group->hash = hash;
	group->first = 0;
	group->last = 0;
	group->waiting = 0;
	group->is_troubled = false;
	group->name_length = exchange->qname_length;
	memcpy(group->key, key, KEY_BYTES);
	memcpy(group->name, exchange->qname, exchange->qname_length);
	group->chain = *bucket;
	*bucket = place;
	list_add(episodes, place);
	episodes->counters.open++;
	return group;
}

/* Behind those of the same time, so that they stay in the order in which they were told. */
static void insert(struct episodes *episodes, struct group *group, uint32_t place)
{
	struct attempt *attempt = &episodes->attempts[place];
	uint32_t *link = &group->first;

	if (group->last && episodes->attempts[group->last].time_ns <= attempt->time_ns)
		link = &episodes->attempts[group->last].next;
	while (*link && episodes->attempts[*link].time_ns <= attempt->time_ns)
		link = &episodes->attempts[*link].next;
	attempt->next = *link;
	*link = place;
	if (!attempt->next)
		group->last = place;
	group->waiting++;
}

static void hold(struct episodes *episodes, struct group *group, const struct attempt *attempt)
{
	uint32_t place = group->waiting < WAITING_MAX ? take_attempt(episodes) : 0;

	if (!place) {
		episodes->counters.crowded++;
		if (!group->first) {
			put(episodes, group, attempt);
			return;
		}
		put_first(episodes, group);
		place = take_attempt(episodes);
	}
	episodes->attempts[place] = *attempt;
	insert(episodes, group, place);
}

/* Does the group still know the query of a late answer? */
static bool knows_query(const struct episodes *episodes, const struct group *group,
			const struct attempt *late)
{
	const struct run *run = &group->run;

	if (run->exchanges && run->time_ns <= late->time_ns && run__has_type(run, late->type))
		return true;
	for (uint32_t place = group->first; place; place = episodes->attempts[place].next) {
		const struct attempt *attempt = &episodes->attempts[place];

		if (attempt->time_ns == late->time_ns && attempt->type == late->type &&
		    attempt->outcome == EPISODE_UNANSWERED)
			return true;
	}
	return false;
}

/* A late answer to what nothing is known of any more, or that nobody waited for. */
static bool is_outlived(const struct episodes *episodes, const struct group *group,
			const struct exchange *exchange, const struct attempt *attempt)
{
	const struct episodes_limits *limits = &episodes->limits;

	return attempt->is_late &&
	       (exchange->latency_ns >= (int64_t)(limits->timeout_ns + limits->window_ns) ||
		!group || !knows_query(episodes, group, attempt));
}

/* Note that an exchange was told of the group. */
static void touch(struct episodes *episodes, struct group *group, const struct attempt *attempt)
{
	list_remove(episodes, group);
	group->is_troubled |= attempt->outcome != EPISODE_ANSWERED;
	group->told_ns = episodes->now_ns;
	list_add(episodes, (uint32_t)(group - episodes->groups));
}

void episodes__exchange(struct episodes *episodes, const struct exchange *exchange)
{
	struct attempt attempt;
	struct group *group;
	uint8_t key[KEY_BYTES];
	uint32_t hash;

	if (!attempt__read(exchange, &attempt))
		return;
	let_time_pass(episodes, attempt.end_ns);
	fill_key(exchange, key);
	hash = (uint32_t)hash_bytes(exchange->qname, exchange->qname_length,
				    hash_bytes(key, KEY_BYTES, episodes->seed));
	group = find_group(episodes, key, hash, exchange);
	if (is_outlived(episodes, group, exchange, &attempt)) {
		episodes->counters.outlived++;
		return;
	}
	if (!group)
		group = add_group(episodes, key, hash, exchange);
	episodes->counters.exchanges++;
	episodes->counters.held++;
	touch(episodes, group, &attempt);
	hold(episodes, group, &attempt);
	put_due(episodes, group);
}

void episodes__set_limits(struct episodes *episodes, const struct episodes_limits *limits)
{
	episodes->limits.window_ns = limits->window_ns;
	episodes->limits.timeout_ns = limits->timeout_ns;
}

const struct episodes_counters *episodes__counters(const struct episodes *episodes)
{
	return &episodes->counters;
}
