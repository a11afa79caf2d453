// SPDX-License-Identifier: GPL-2.0-or-later
/* Puts the pipeline's output into the store, with names that this host knows. */
#include "recorder.h"

#include "alert/alert_message.h"
#include "base/log.h"
#include "sink/json.h"
#include "source/identity.h"

#include <errno.h>
#include <net/if.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

/* Interfaces whose names are remembered; a host has some dozens that talk DNS. */
#define INTERFACES_MAX 64
/* A trouble is over after so many ticks without; one that comes and goes is told once. */
#define QUIET_TICKS 10

struct interface_name {
	uint32_t ifindex; /* 0: none */
	char name[IF_NAMESIZE];
};

struct recorder {
	struct store *store;
	char *dir;
	/* of the store's thread alone, but for forget */
	struct identities *identities;
	struct interface_name interfaces[INTERFACES_MAX];
	atomic_bool forget;
	/* of the sensor's thread */
	struct store_counters told; /* as of the last tick */
	unsigned troubled; /* ticks for which the journal's last word stands; 0: all is well */
};

/* --- names, asked by the store's thread ---------------------------------------------------------
 */

static void forget(struct recorder *recorder)
{
	if (!atomic_exchange(&recorder->forget, false))
		return;
	identities__clear(recorder->identities);
	memset(recorder->interfaces, 0, sizeof(recorder->interfaces));
}

static const char *interface_name(void *context, uint32_t ifindex)
{
	struct recorder *recorder = context;
	struct interface_name *known = &recorder->interfaces[ifindex % INTERFACES_MAX];

	forget(recorder);
	if (!ifindex)
		return NULL;
	if (known->ifindex != ifindex) {
		if (!if_indextoname(ifindex, known->name))
			known->name[0] = '\0';
		known->ifindex = ifindex;
	}
	return known->name[0] ? known->name : NULL;
}

static const char *user_name(void *context, uint32_t uid)
{
	struct recorder *recorder = context;

	forget(recorder);
	return identities__user(recorder->identities, uid);
}

static const char *unit_name(void *context, uint64_t cgroup_id)
{
	struct recorder *recorder = context;

	forget(recorder);
	return identities__unit(recorder->identities, cgroup_id);
}

/* --- life cycle ----------------------------------------------------------------------------------
 */

static struct store_options options_of(const struct settings *settings, enum recorder_mode mode,
				       uint64_t seed)
{
	static const enum store_clients clients[] = {
		[CLIENTS_FULL] = STORE_CLIENTS_FULL,
		[CLIENTS_PREFIX] = STORE_CLIENTS_PREFIX,
		[CLIENTS_HASH] = STORE_CLIENTS_HASH,
	};
	static const enum exchange_keep keeps[] = {
		[ANSWERS_NONE] = KEEP_NONE,
		[ANSWERS_FIRST] = KEEP_FIRST,
		[ANSWERS_ALL] = KEEP_ALL,
	};
	const struct store_settings *store = &settings->store;
	bool live = mode == RECORDER_LIVE;

	return (struct store_options){
		.dir = store->dir,
		.segment_ns = store->segment == SEGMENT_DAY ? STORE_DAY_NS : STORE_HOUR_NS,
		.max_bytes = live ? store->max_bytes : 0,
		.max_age_ns = live ? (int64_t)store->max_age_ns : 0,
		.queue_bytes = store->queue_bytes,
		.wait = !live,
		.names = store->names,
		.clients = clients[store->clients],
		.prefix4 = store->prefix4,
		.prefix6 = store->prefix6,
		.records = keeps[store->records],
		.seed = seed,
	};
}

int recorder__open(const struct settings *settings, enum recorder_mode mode, uint64_t seed,
		   struct recorder **ret_recorder)
{
	struct store_options options = options_of(settings, mode, seed);
	struct recorder *recorder = calloc(1, sizeof(*recorder));
	int r = -ENOMEM;

	if (!recorder)
		return log_err(r, "open the store");
	if (mode == RECORDER_LIVE) {
		options.names_of = (struct exchange_names){.interface = interface_name,
							   .user = user_name,
							   .unit = unit_name,
							   .context = recorder};
		if (identities__new(&recorder->identities) < 0)
			goto out;
	}
	recorder->dir = strdup(settings->store.dir);
	if (!recorder->dir)
		goto out;
	r = store__open(&options, &recorder->store);
	if (r < 0)
		goto out;
	*ret_recorder = recorder;
	return 0;
out:
	recorder__close(recorder, NULL);
	return r == -ENOMEM ? log_err(r, "open the store") : r;
}

int recorder__close(struct recorder *recorder, struct store_counters *ret)
{
	int r;

	if (!recorder)
		return 0;
	r = store__close(recorder->store, ret);
	identities__free(recorder->identities);
	free(recorder->dir);
	free(recorder);
	return r;
}

void recorder__forget_names(struct recorder *recorder)
{
	atomic_store(&recorder->forget, true);
}

/* --- records -------------------------------------------------------------------------------------
 */

void recorder__exchange(struct recorder *recorder, const struct exchange *exchange)
{
	store__exchange(recorder->store, exchange);
}

void recorder__alert(struct recorder *recorder, const struct alert *alert)
{
	char message[ALERT_MESSAGE_MAX], *json = NULL;
	size_t size;
	FILE *out = open_memstream(&json, &size);

	alert_message(alert, message, sizeof(message));
	if (out)
		json_alert(out, alert, message);
	if (!out || fclose(out) != 0)
		log_err(-ENOMEM, "keep an alert's evidence in the store");
	store__alert(recorder->store, alert, message, json ? json : "");
	free(json);
}

void recorder__evaluated(struct recorder *recorder, const struct pipeline *pipeline)
{
	const struct server_table *servers = pipeline__servers(pipeline);
	const struct rules *rules = pipeline__rules(pipeline);

	for (unsigned i = 0; i < server_table__count(servers); i++) {
		const struct server *server = server_table__at(servers, i);
		struct rule_standing standing;
		struct store_interval row = {
			.server = server__address(server),
			.group = rules__group_of(rules, server),
			.interval = server__last_closed(server),
		};

		rules__standing(rules, server, &standing);
		if (standing.sufficient)
			row.baseline_ns = (uint64_t)standing.baseline_ns;
		if (row.interval)
			store__interval(recorder->store, &row);
	}
}

/* --- once a second -------------------------------------------------------------------------------
 */

static void tell_trouble(const struct recorder *recorder, const struct store_counters *now,
			 struct journal *journal)
{
	if (now->error < 0)
		journal__note(journal, LOG_WARNING,
			      "The store '%s' cannot be written: %s; what is seen is not kept "
			      "until it can, the sensor goes on",
			      recorder->dir, strerror(-now->error));
	else
		journal__note(
			journal, LOG_WARNING,
			"The store falls behind: its disk is too slow, and store.queue is full; "
			"what does not fit is not kept, the sensor goes on");
}

/* Once when it begins, and once when it has been over for a while. */
static void tell(struct recorder *recorder, const struct store_counters *now,
		 struct journal *journal)
{
	bool trouble = now->error < 0 || now->overflow > recorder->told.overflow;

	if (trouble && !recorder->troubled && journal)
		tell_trouble(recorder, now, journal);
	if (trouble)
		recorder->troubled = QUIET_TICKS;
	else if (recorder->troubled && --recorder->troubled == 0 && journal)
		journal__note(journal, LOG_INFO,
			      "The store is written again; exchanges not kept so far: %llu",
			      (unsigned long long)(now->overflow + now->failed));
}

void recorder__tick(struct recorder *recorder, int64_t now_ns, struct journal *journal)
{
	struct store_counters now;

	store__tick(recorder->store, now_ns);
	store__counters(recorder->store, &now);
	tell(recorder, &now, journal);
	recorder->told = now;
}

void recorder__counters(const struct recorder *recorder, struct store_counters *ret)
{
	store__counters(recorder->store, ret);
}
