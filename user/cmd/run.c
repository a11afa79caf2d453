// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * oddns run: the daemon. One thread, one sd-event loop:
 *
 *	ring wants attention, or 100 ms have passed --> consume, let time pass
 *	a second has passed ------------------------> state file, clock, notes
 *	interface came or went ---------------------> attach, detach
 *	SIGHUP -------------------------------------> read the settings again
 *	SIGTERM, SIGINT ----------------------------> detach, unpin, print the summary
 *
 * The programs do not wake the daemon for each event: it looks by itself ten
 * times a second, and is woken only when much waits (bpf/maps.bpf.h). Time that
 * passes without events is told to the pipeline only once the ring is empty, so
 * that no query expires while its response waits to be read.
 */
#include "cmd.h"

#include "alert/journal.h"
#include "base/log.h"
#include "base/output.h"
#include "options.h"
#include "pipeline.h"
#include "recorder.h"
#include "sensor.h"
#include "sink/state.h"
#include "sink/text_out.h"
#include "snapshot.h"
#include "source/live.h"
#include "source/pressure.h"
#include "stream.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <syslog.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-event.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_S   1000000000LL
#define LOOK_USEC  100000  /* how long an event may wait in the ring */
#define STATE_USEC 1000000 /* how old the state file may be */
/*
 * Events taken before signals and timers get their turn, and before the pressure is looked at
 * again: about 2 ms, which are 100 ms for a daemon that gets 2 % of a processor.
 */
#define BATCH_EVENTS 8192
/* A clock that moved by more was set, not slewed. */
#define CLOCK_STEP_NS (100 * 1000000LL)

struct daemon {
	struct cmd_options options;
	struct state_lock *lock;
	struct journal *journal;
	struct pipeline *pipeline;
	struct live *live;
	struct stream *stream;	   /* NULL: nothing is printed as it happens */
	struct recorder *recorder; /* NULL: nothing is kept */
	sd_event *loop;
	sd_event_source *look;
	sd_event_source *second;
	struct snapshot snapshot;
	struct pressure pressure;
	int64_t clock_offset_ns;
	int64_t started_ns;
	uint64_t seed;		  /* of all hashes */
	uint64_t swept_ns;	  /* last sweep of server_rcode */
	enum direction direction; /* last one that was told */
	bool state_failed;	  /* told that the state file cannot be written */
};

static const struct options_verb verb = {
	.name = "run",
	.about =
		"Watch DNS on network interfaces until stopped, and tell the journal when a "
		"server becomes the odd one out. Without -i the interfaces of the default routes "
		"are watched. With --format json each exchange, interval and alert is also printed "
		"as it ends.",
	.takes = OPTION_INTERFACE | OPTION_CONFIG | OPTION_HOOK | OPTION_SET | OPTION_FORMAT,
};

/* --- clocks: the only ones in the daemon ----------------------------------------------------- */

static int64_t clock_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return t.tv_sec * NS_PER_S + t.tv_nsec;
}

/* Now, on the clock that events carry. */
static int64_t event_now(const struct daemon *d)
{
	return clock_ns(CLOCK_MONOTONIC) + d->clock_offset_ns;
}

/* Follow the real clock when it was set; between settings both clocks have the same pace. */
static void follow_clock(struct daemon *d)
{
	int64_t offset = clock_ns(CLOCK_REALTIME) - clock_ns(CLOCK_MONOTONIC);
	int64_t step = offset - d->clock_offset_ns;

	if (llabs(step) < CLOCK_STEP_NS)
		return;
	d->clock_offset_ns = offset;
	live__set_clock(d->live, offset);
}

/* --- from stage to stage --------------------------------------------------------------------- */

static void take_event(void *context, const struct odd_event *event)
{
	struct daemon *d = context;

	pipeline__event(d->pipeline, event);
}

static void take_alert(void *context, const struct alert *alert)
{
	struct daemon *d = context;

	journal__alert(d->journal, alert);
	if (d->stream)
		stream__alert(d->stream, alert);
	if (d->recorder)
		recorder__alert(d->recorder, alert);
}

static void take_exchange(void *context, const struct exchange *exchange)
{
	struct daemon *d = context;

	if (d->stream)
		stream__exchange(d->stream, exchange);
	if (d->recorder)
		recorder__exchange(d->recorder, exchange);
}

static void keep_intervals(void *context, uint64_t end_ns)
{
	struct daemon *d = context;

	(void)end_ns;
	recorder__evaluated(d->recorder, d->pipeline);
}

static void print_episode(void *context, const struct episode *episode)
{
	struct daemon *d = context;

	stream__episode(d->stream, episode);
}

static void print_interval(void *context, const struct server *server,
			   const struct interval *interval)
{
	struct daemon *d = context;

	stream__interval(d->stream, pipeline__rules(d->pipeline), server, interval);
}

/* --- notes ----------------------------------------------------------------------------------- */

static void note_direction(struct daemon *d)
{
	enum direction direction = pipeline__direction(d->pipeline);

	if (direction == d->direction)
		return;
	d->direction = direction;
	if (direction == DIRECTION_QUERIES_ONLY)
		journal__note(
			d->journal, LOG_WARNING,
			"Only queries are seen, no responses: no verdicts until both directions "
			"are; on a mirror port, mirror both directions");
	else if (direction == DIRECTION_RESPONSES_ONLY)
		journal__note(
			d->journal, LOG_WARNING,
			"Only responses are seen, no queries: no verdicts until both directions "
			"are; on a mirror port, mirror both directions");
	else if (direction == DIRECTION_BOTH)
		journal__note(d->journal, LOG_INFO, "Queries and responses are seen");
}

static void note_interfaces(const struct daemon *d)
{
	for (unsigned i = 0; i < live__interface_count(d->live); i++) {
		const struct attachment *a = live__interface(d->live, i);

		journal__note(d->journal, LOG_INFO, "Watching %s: ingress %s, egress %s%s%s%s",
			      a->ifname, attach_hook_name(a->ingress), attach_hook_name(a->egress),
			      a->note[0] ? " (" : "", a->note, a->note[0] ? ")" : "");
	}
}

/* --- work ------------------------------------------------------------------------------------ */

/* When nobody reads any more the work is done; when lines are lost it has failed. */
static void flush_stream(struct daemon *d)
{
	int r = d->stream ? stream__flush(d->stream) : 0;

	if (r < 0 && r != -EPIPE)
		log_err(r, "write to standard output; the sensor stops");
	if (r < 0)
		sd_event_exit(d->loop, r == -EPIPE ? 0 : EIO);
}

/* The ring's backlog, as it was before reading, decides what is given up. */
static void follow_pressure(struct daemon *d, __u32 backlog)
{
	unsigned kept = pressure__kept(&d->pressure);
	struct odd_shedding order;

	if (!pressure__look(&d->pressure, backlog, (uint64_t)clock_ns(CLOCK_MONOTONIC)))
		return;
	order = pressure__order(&d->pressure);
	live__shed(d->live, &order);
	pipeline__sample(d->pipeline, &order);
	if (kept == 1 && order.mask)
		journal__note(d->journal, LOG_WARNING,
			      "Overload: not all exchanges can be read, so a sample of whole ones "
			      "is; counts per server in server_rcode stay complete. 'oddns status' "
			      "tells more");
	else if (kept > 1 && !order.mask)
		journal__note(d->journal, LOG_INFO, "The overload is over: all exchanges are read");
}

/* Read the ring; once it is empty, let time pass up to when reading began. */
static void work(struct daemon *d)
{
	int64_t now = event_now(d);

	follow_pressure(d, live__backlog(d->live));
	if (live__consume(d->live, BATCH_EVENTS) == 0)
		pipeline__tick(d->pipeline, (uint64_t)now);
	note_direction(d);
	flush_stream(d);
}

static int on_ring(sd_event_source *source, int fd, uint32_t revents, void *context)
{
	(void)source;
	(void)fd;
	(void)revents;
	work(context);
	return 0;
}

static int again(sd_event_source *source, uint64_t usec)
{
	sd_event_source_set_time_relative(source, usec);
	return sd_event_source_set_enabled(source, SD_EVENT_ONESHOT);
}

static int on_look(sd_event_source *source, uint64_t usec, void *context)
{
	(void)usec;
	work(context);
	return again(source, LOOK_USEC);
}

static void write_state(struct daemon *d)
{
	const struct snapshot_sources sources = {
		.settings = d->options.settings,
		.pipeline = d->pipeline,
		.live = d->live,
		.journal = d->journal,
		.pressure = &d->pressure,
		.recorder = d->recorder,
		.started_ns = d->started_ns,
	};
	int r = snapshot__take(&sources, event_now(d), &d->snapshot);

	if (r == 0)
		r = state__write(d->options.settings->state_dir, &d->snapshot.state);
	if (r < 0 && !d->state_failed)
		log_err(r, "write the state to '%s'; status and servers show old figures",
			d->options.settings->state_dir);
	d->state_failed = r < 0;
}

static int on_second(sd_event_source *source, uint64_t usec, void *context)
{
	struct daemon *d = context;
	uint64_t now = (uint64_t)event_now(d);

	(void)usec;
	follow_clock(d);
	if (d->recorder)
		recorder__tick(d->recorder, (int64_t)now, d->journal);
	write_state(d);
	if (now - d->swept_ns >= d->options.settings->interval_ns) {
		live__sweep(d->live, &d->snapshot.state.source);
		d->swept_ns = now;
	}
	return again(source, STATE_USEC);
}

static int on_links(sd_event_source *source, int fd, uint32_t revents, void *context)
{
	struct daemon *d = context;

	(void)source;
	(void)fd;
	(void)revents;
	live__follow_links(d->live, (uint64_t)clock_ns(CLOCK_MONOTONIC));
	return 0;
}

/*
 * Take @new but for what waits for the next start; @old gets that, to be freed with it.
 * Checked again, because the two must fit each other.
 */
static int take_settings(struct daemon *d, struct settings *old, struct settings *new)
{
	bool complete = settings__same_built_in(old, new);
	int r;

	settings__swap_built_in(old, new);
	r = settings__check(new);
	if (r == 0)
		r = pipeline__configure(d->pipeline, new);
	if (r < 0)
		settings__swap_built_in(old, new);
	else if (!complete)
		journal__note(
			d->journal, LOG_WARNING,
			"Some changed settings (interfaces, ports, hook, multicast, encrypted, "
			"interval, window, snaplen, tunnels, sizes, directories, the store) take "
			"effect at the next start");
	return r;
}

static int on_reload(sd_event_source *source, const struct signalfd_siginfo *info, void *context)
{
	struct daemon *d = context;
	struct settings *old = d->options.settings, *new = NULL;
	int r;

	(void)source;
	(void)info;
	sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%lld",
		   (long long)(clock_ns(CLOCK_MONOTONIC) / 1000));
	r = options__settings(&d->options, &new);
	if (r == 0)
		r = take_settings(d, old, new);
	if (r < 0) {
		settings__free(new);
		journal__note(d->journal, LOG_ERR, "Settings not reloaded; the old ones stay");
	} else {
		d->options.settings = new;
		settings__free(old);
		sensor_pin_servers(new, d->live);
		(void)live__set_resolvers(d->live, new->resolvers, new->resolver_count);
		if (d->stream)
			stream__forget_names(d->stream);
		if (d->recorder)
			recorder__forget_names(d->recorder);
		journal__note(d->journal, LOG_INFO, "Settings reloaded");
	}
	sd_notify(0, "READY=1");
	return 0;
}

static int on_stop(sd_event_source *source, const struct signalfd_siginfo *info, void *context)
{
	(void)info;
	(void)context;
	sd_notify(0, "STOPPING=1");
	return sd_event_exit(sd_event_source_get_event(source), 0);
}

/* --- life cycle ------------------------------------------------------------------------------ */

static const struct {
	int number;
	sd_event_signal_handler_t handler;
} signals[] = {{SIGTERM, on_stop}, {SIGINT, on_stop}, {SIGHUP, on_reload}};

#define SIGNALS (sizeof(signals) / sizeof(signals[0]))

/* From before the first pin: a signal during the start waits for the loop, which cleans up. */
static void block_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < SIGNALS; i++)
		sigaddset(&set, signals[i].number);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

static int add_timer(struct daemon *d, sd_event_source **ret, uint64_t usec,
		     sd_event_time_handler_t handler)
{
	/* accuracy of 1 ms: the default of 250 ms would make events wait */
	return sd_event_add_time_relative(d->loop, ret, CLOCK_MONOTONIC, usec, 1000, handler, d);
}

static int open_loop(struct daemon *d)
{
	int r = sd_event_default(&d->loop);

	for (size_t i = 0; i < SIGNALS && r >= 0; i++)
		r = sd_event_add_signal(d->loop, NULL, signals[i].number, signals[i].handler, d);
	if (r >= 0)
		r = sd_event_add_io(d->loop, NULL, live__ring_fd(d->live), EPOLLIN, on_ring, d);
	if (r >= 0)
		r = sd_event_add_io(d->loop, NULL, live__link_fd(d->live), EPOLLIN, on_links, d);
	if (r >= 0)
		r = add_timer(d, &d->look, LOOK_USEC, on_look);
	if (r >= 0)
		r = add_timer(d, &d->second, STATE_USEC, on_second);
	if (r >= 0)
		r = sd_event_set_watchdog(d->loop, true);
	return r < 0 ? log_err(r, "set up the event loop") : 0;
}

/* A sensor without a store is better than none. */
static void open_recorder(struct daemon *d)
{
	const struct settings *settings = d->options.settings;

	if (!settings->store.enabled)
		return;
	if (recorder__open(settings, RECORDER_LIVE, d->seed, &d->recorder) < 0)
		log_warn("the sensor goes on without a store: flows, stats and report will show "
			 "nothing of this run; --set store.enabled=no silences this");
}

static int open_pipeline(struct daemon *d)
{
	struct pipeline_sinks sinks = {.on_alert = take_alert, .context = d};
	int r;

	if (d->options.format == FORMAT_JSON || d->recorder)
		sinks.on_exchange = take_exchange;
	if (d->recorder)
		sinks.on_evaluated = keep_intervals;
	if (d->options.format == FORMAT_JSON) {
		sinks.on_episode = print_episode;
		sinks.on_interval = print_interval;
	}
	r = pipeline__new(d->options.settings, d->seed, &sinks, &d->pipeline);
	return r < 0 ? log_err(r,
			       "make room for sensor.pending = %llu queries and "
			       "sensor.servers = %u servers",
			       (unsigned long long)d->options.settings->pending,
			       d->options.settings->servers)
		     : 0;
}

static int open_live(struct daemon *d)
{
	const struct settings *settings = d->options.settings;
	int r = sensor_open((const struct settings *const *)&d->options.settings, take_event, d,
			    &d->live);

	if (r == 0) {
		pressure__init(&d->pressure, (__u32)settings->ring_bytes, settings->snaplen,
			       d->seed);
		follow_clock(d);
		d->started_ns = event_now(d);
	}
	return r;
}

/* The lock comes first: who holds it may replace pins. */
static int open_daemon(struct daemon *d)
{
	int r = state_lock__take(d->options.settings->state_dir, &d->lock);

	if (r == 0 && getrandom(&d->seed, sizeof(d->seed), 0) != sizeof(d->seed))
		r = log_err(-errno, "draw a random hash seed");
	if (r == 0)
		open_recorder(d);
	if (r == 0)
		r = open_pipeline(d);
	if (r == 0)
		r = open_live(d);
	/* It may say that no journald listens, which is no news when nothing is watched. */
	if (r == 0 && (r = journal__open(&d->journal)) < 0)
		return log_err(r, "open the journal");
	if (r == 0 && d->options.format == FORMAT_JSON && stream__open(d->live, &d->stream) < 0)
		r = log_err(-ENOMEM, "prepare to print exchanges");
	if (r == 0)
		r = open_loop(d);
	return r;
}

static void close_daemon(struct daemon *d)
{
	stream__close(d->stream);
	live__close(d->live);
	sd_event_source_unref(d->look);
	sd_event_source_unref(d->second);
	sd_event_unref(d->loop);
	pipeline__free(d->pipeline);
	recorder__close(d->recorder, NULL);
	journal__close(d->journal);
	snapshot__done(&d->snapshot);
	state_lock__release(d->lock);
	options__done(&d->options);
}

/* What is left in the ring is taken before the books are closed. */
static void print_summary(struct daemon *d)
{
	struct assembly_totals assembly;
	struct source_counters source;
	struct text_out out = {.file = stdout};
	const struct summary summary = {
		.assembly = &assembly,
		.exchanges = pipeline__counters(d->pipeline),
		.retries = pipeline__retries(d->pipeline),
		.episodes = pipeline__episodes(d->pipeline),
		.source = &source,
	};

	live__detach(d->live);
	while (live__consume(d->live, BATCH_EVENTS) == 1)
		;
	pipeline__tick(d->pipeline, (uint64_t)event_now(d));
	pipeline__finish(d->pipeline);
	pipeline__assembly(d->pipeline, &assembly);
	live__counters(d->live, &source);
	if (d->stream)
		stream__summary(d->stream, &summary);
	else
		text_summary(&out, &summary, pipeline__servers(d->pipeline),
			     pipeline__rules(d->pipeline));
}

/* @r: 0, or why the stream ended, which has been reported. Who reads may have left before. */
static int finish_output(struct daemon *d, int r)
{
	if (!d->stream)
		return output_finish();
	if (r < 0)
		return r;
	r = stream__flush(d->stream);
	return r < 0 && r != -EPIPE ? log_err(r, "write to standard output") : 0;
}

static int run(struct daemon *d)
{
	int r;

	note_interfaces(d);
	write_state(d);
	sd_notify(0, "READY=1\nSTATUS=Watching DNS");
	r = sd_event_loop(d->loop);
	if (r < 0)
		return log_err(r, "wait for events");
	print_summary(d);
	return finish_output(d, -r);
}

int cmd_run(int argc, char **argv)
{
	struct daemon d = {0};
	int r = options__parse(&verb, argc, argv, &d.options);

	if (r < 0)
		return r == -ENOMEM ? CMD_FAILED : CMD_USAGE;
	signal(SIGPIPE, SIG_IGN); /* who reads our lines may leave; then we stop in order */
	block_signals();
	r = open_daemon(&d);
	if (r == 0)
		r = run(&d);
	close_daemon(&d);
	return r < 0 ? CMD_FAILED : CMD_DONE;
}
