// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * oddns replay: capture files through the pipeline that live traffic takes.
 *
 * A capture brings its own time. No stage reads a clock, so an hour of traffic
 * passes in a second and ends in the same exchanges, intervals and alerts as it
 * did then: each frame goes to an engine, its events carry the time of capture,
 * and the pipeline lets time pass up to each. The hash seed is constant and
 * records leave when they end, so the output depends on the captures alone, in
 * the order in which they are named, and not on the engine: the kernel runs the
 * very code (include/oddns/packet.h) that the native engine is compiled from.
 *
 * Several files are one stream of time, as tcpdump -C or -W leaves them behind:
 * a query at the end of one is answered at the start of the next. A file with a
 * defect gives what comes before it; the others are still read, and the exit
 * code tells.
 */
#include "cmd.h"

#include "alert/journal.h"
#include "base/log.h"
#include "base/output.h"
#include "daemon_state.h"
#include "options.h"
#include "pipeline.h"
#include "recorder.h"
#include "sink/json.h"
#include "sink/text_out.h"
#include "source/capture.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

/* Output comes in lines of 500 bytes by the million: a write(2) for each 2000 of them. */
#define STDOUT_BUFFER_BYTES (1 << 20)

/* How much of the captures' time passes between two ticks of the store, as live. */
#define TICK_NS 1000000000ULL

/* Nobody aims at a bucket of a process that is gone in a second; output must be the same. */
#define REPLAY_SEED 0

struct replay {
	struct cmd_options options;
	struct pipeline *pipeline;
	struct engine *engine;
	struct capture_counters capture;
	struct json_names names;   /* a capture knows no interfaces, users and units */
	struct recorder *recorder; /* NULL: no --store */
	uint64_t ticked_ns;	   /* virtual time of the store's last tick */
	struct text_out text;
	bool has_header; /* printed before the first exchange */
	bool failed;	 /* a file had a defect or could not be read */
};

static const struct options_verb verb = {
	.name = "replay",
	.about = "Read capture files (pcap or pcapng, - is standard input) one after the other, as "
		 "if they were live, and print exchanges as they end, alerts and a summary. With "
		 "--store they are kept in DIR, for flows, stats, servers, alerts and report with "
		 "the "
		 "same --store; exchanges are then printed only with --format.",
	.takes = OPTION_CONFIG | OPTION_SET | OPTION_ENGINE | OPTION_FORMAT | OPTION_FILES |
		 OPTION_STORE,
};

/* --- from stage to stage -----------------------------------------------------------------------
 */

static void on_event(void *context, const struct odd_event *event)
{
	struct replay *replay = context;

	pipeline__event(replay->pipeline, event);
	if (replay->recorder && event->time_ns >= replay->ticked_ns + TICK_NS) {
		recorder__tick(replay->recorder, (int64_t)event->time_ns, NULL);
		replay->ticked_ns = event->time_ns;
	}
}

static const char *group_name(void *context, const struct server *server)
{
	struct replay *replay = context;

	return rules__group_of(pipeline__rules(replay->pipeline), server);
}

static void print_json_exchange(void *context, const struct exchange *exchange)
{
	struct replay *replay = context;

	json_exchange(stdout, &replay->names, exchange);
}

static void print_json_episode(void *context, const struct episode *episode)
{
	(void)context;
	json_episode(stdout, episode);
}

static void print_json_interval(void *context, const struct server *server,
				const struct interval *interval)
{
	struct replay *replay = context;

	json_interval(stdout, &replay->names, server, interval);
}

static void print_json_alert(void *context, const struct alert *alert)
{
	char message[ALERT_MESSAGE_MAX];

	(void)context;
	json_alert(stdout, alert, alert_message(alert, message, sizeof(message)));
}

static void print_text_exchange(void *context, const struct exchange *exchange)
{
	struct replay *replay = context;

	if (!replay->has_header)
		text_header(&replay->text);
	replay->has_header = true;

	text_exchange(&replay->text, &replay->names.exchange, exchange);
}

static void print_text_alert(void *context, const struct alert *alert)
{
	struct replay *replay = context;
	char message[ALERT_MESSAGE_MAX];

	text_alert(&replay->text, alert, alert_message(alert, message, sizeof(message)));
}

static void print_json_summary(struct replay *replay, const struct summary *summary)
{
	(void)replay;
	json_summary(stdout, summary);
}

/* Of files that could not even be opened their error says enough. */
static void print_text_summary(struct replay *replay, const struct summary *summary)
{
	if (!replay->capture.frames && replay->failed)
		return;
	text_summary(&replay->text, summary, pipeline__servers(replay->pipeline),
		     pipeline__rules(replay->pipeline));
}

/* What each format prints. */
static const struct format {
	struct pipeline_sinks sinks;
	void (*summary)(struct replay *replay, const struct summary *summary);
} formats[] = {
	[FORMAT_TEXT] = {{.on_exchange = print_text_exchange, .on_alert = print_text_alert},
			 print_text_summary},
	[FORMAT_JSON] = {{.on_exchange = print_json_exchange,
			  .on_episode = print_json_episode,
			  .on_interval = print_json_interval,
			  .on_alert = print_json_alert},
			 print_json_summary},
};

/* --- into the store, before it is printed --------------------------------------------------------
 */

static const struct pipeline_sinks *prints(const struct replay *replay)
{
	return &formats[replay->options.format].sinks;
}

static void keep_exchange(void *context, const struct exchange *exchange)
{
	struct replay *replay = context;

	recorder__exchange(replay->recorder, exchange);
	if (replay->options.has_format)
		prints(replay)->on_exchange(replay, exchange);
}

static void keep_alert(void *context, const struct alert *alert)
{
	struct replay *replay = context;

	recorder__alert(replay->recorder, alert);
	prints(replay)->on_alert(replay, alert);
}

static void keep_intervals(void *context, uint64_t end_ns)
{
	struct replay *replay = context;

	(void)end_ns;
	recorder__evaluated(replay->recorder, replay->pipeline);
}

/* Return: 0, else why the store cannot be opened; reported */
static int open_recorder(struct replay *replay, struct pipeline_sinks *sinks)
{
	int r = recorder__open(replay->options.settings, RECORDER_REPLAY, REPLAY_SEED,
			       &replay->recorder);

	if (r < 0)
		return r;
	sinks->on_exchange = keep_exchange;
	sinks->on_alert = keep_alert;
	sinks->on_evaluated = keep_intervals;
	return 0;
}

/* Return: 0, an error when not all was kept; reported */
static int close_recorder(struct replay *replay)
{
	struct store_counters end;
	int r;

	if (!replay->recorder)
		return 0;
	r = recorder__close(replay->recorder, &end);
	replay->recorder = NULL;
	if (end.failed || end.overflow)
		r = log_err(r < 0 ? r : -EIO, "keep %llu exchanges in '%s'",
			    (unsigned long long)(end.failed + end.overflow),
			    replay->options.settings->store.dir);
	return r;
}

/* --- the way of a file -------------------------------------------------------------------------
 */

/*
 * The kernel engine is the better witness, so auto takes it where it can be
 * had: as root, unless the kernel refuses, which engine__new_kernel() reports.
 */
static int make_engine(struct replay *replay)
{
	const struct settings *settings = replay->options.settings;
	uint16_t ports[ODD_PORTS_MAX];
	const struct engine_options options = {
		.ports = ports,
		.port_count = settings__watched_ports(settings, ports),
		.snaplen = settings->snaplen,
		.tunnels = settings->tunnels,
		.encrypted = settings->encrypted,
		.resolvers = settings->resolvers,
		.resolver_count = settings->resolver_count,
	};
	enum engine_choice choice = replay->options.engine;
	int r;

	if (choice == ENGINE_KERNEL || (choice == ENGINE_AUTO && geteuid() == 0)) {
		r = engine__new_kernel(&options, on_event, replay, &replay->engine);
		if (r == 0 || choice == ENGINE_KERNEL)
			return r;
		log_warn("replay goes on with the native engine");
	}
	r = engine__new_native(&options, on_event, replay, &replay->engine);
	return r < 0 ? log_err(r, "make the native engine") : 0;
}

static int open_replay(struct replay *replay)
{
	struct pipeline_sinks sinks = formats[replay->options.format].sinks;
	int r = 0;

	sinks.context = replay;
	if (replay->options.has_store)
		r = open_recorder(replay, &sinks);
	if (r < 0)
		return r;
	replay->names.group = group_name;
	replay->names.context = replay;
	replay->text.file = stdout;
	replay->text.colour = stdout_style().colour;
	r = pipeline__new(replay->options.settings, REPLAY_SEED, &sinks, &replay->pipeline);
	if (r < 0)
		return log_err(r, "make the pipeline");
	return make_engine(replay);
}

static void close_replay(struct replay *replay)
{
	engine__free(replay->engine);
	pipeline__free(replay->pipeline);
	recorder__close(replay->recorder, NULL);
	options__done(&replay->options);
}

static void print_summary(struct replay *replay)
{
	struct assembly_totals assembly;
	struct source_counters source;
	const struct summary summary = {
		.assembly = &assembly,
		.exchanges = pipeline__counters(replay->pipeline),
		.retries = pipeline__retries(replay->pipeline),
		.episodes = pipeline__episodes(replay->pipeline),
		.source = &source,
		.capture = &replay->capture,
	};

	engine__counters(replay->engine, &source);
	pipeline__assembly(replay->pipeline, &assembly);
	formats[replay->options.format].summary(replay, &summary);
}

/* Return: 0, the first error of any file; reported. */
static int replay_files(struct replay *replay)
{
	int result = 0, r;

	for (unsigned i = 0; i < replay->options.file_count; i++) {
		r = capture_replay(replay->options.files[i], replay->engine, &replay->capture);
		if (r < 0 && result == 0)
			result = r;
	}
	replay->failed = result < 0;
	pipeline__finish(replay->pipeline);
	r = close_recorder(replay);
	if (result == 0)
		result = r;
	print_summary(replay);
	r = output_finish();
	return result < 0 ? result : r;
}

int cmd_replay(int argc, char **argv)
{
	static char buffer[STDOUT_BUFFER_BYTES]; /* must live until exit */
	struct replay replay = {0};
	int r;

	r = options__parse(&verb, argc, argv, &replay.options);
	if (r < 0)
		return r == -ENOMEM ? CMD_FAILED : CMD_USAGE;
	/* Whoever reads us may have seen enough (head): then end as any filter does, without a
	 * word. */
	signal(SIGPIPE, SIG_DFL);
	setvbuf(stdout, buffer, _IOFBF, sizeof(buffer));
	r = open_replay(&replay);
	if (r == 0)
		r = replay_files(&replay);
	close_replay(&replay);
	return r < 0 ? CMD_FAILED : CMD_DONE;
}
