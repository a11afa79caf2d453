// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * From items to rows.
 *
 * An item belongs to the segment of its time. OPEN_MAX of them are open at a
 * time, as exchanges come roughly in order and the late ones around a full hour
 * need the hour before; a capture out of order costs opening and closing, no
 * more. Each has its own transaction, which ends when it is large enough, each
 * second, and before the file is closed.
 *
 * Two kinds of things go wrong:
 *
 * - The disk: full, broken, read-only, not there. What was not committed is
 *   rolled back and counted as failed. Then the writer is stuck: items stay in
 *   the queue, which holds some seconds of traffic, and beyond are lost there
 *   and counted there. A second later the next item tries again; the first one
 *   that is written ends it. In between old segments are removed as always,
 *   which may be what helps.
 *
 * - One file: corrupt, not ours, of a newer version, a folder, made by another
 *   user. It is not touched, its hour's items count as failed, and all others go
 *   on. It is remembered, so that it is reported once.
 *
 * Each trouble is reported when it begins and when it is over, not each second.
 * Of the disk a daemon tells its journal, by the counters; a replay has nobody
 * else to tell, so the writer does.
 * A disk that is full takes a row now and then: it is over when all has been
 * written for QUIET_SECONDS.
 *
 * Retention removes what is not open. A flood can make the open segments alone
 * larger than the store may be: then nothing more is written, which counts as
 * failed, until their hour is over and they may go.
 *
 * Captures can bear any time. So that a few thousand packets with random ones
 * do not make as many files, a replay makes no more than
 * WRITER_SEGMENTS_MAX.
 */
#include "writer.h"

#include "base/log.h"
#include "store/retention.h"
#include "store/segment.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OPEN_MAX 4
/* Files in trouble that are remembered; when there are more, the first is tried and reported again.
 */
#define REFUSED_MAX 16

#define MINUTE_NS (60 * 1000000000LL)
/* After the end of its hour: a late response comes 30 s after its query at the most. */
#define LINGER_NS MINUTE_NS
/* Rows between two looks at sizes, at most some 60 MB apart. */
#define LOOK_ROWS 500000

/* Without trouble, until it counts as over. */
#define QUIET_SECONDS 10

/* A file that is not written to, and why. */
struct refusal {
	struct file file; /* name "": free */
	int reason;	  /* negative errno */
};

struct writer {
	struct segment_options options;
	struct retention retention;
	struct privacy privacy;
	int64_t segment_ns;
	int64_t now_ns;		 /* of the last tick */
	int64_t rolled_up_ns;	 /* when rollups were written last */
	uint64_t uses;		 /* of segments */
	uint64_t made, made_max; /* segments that were not there */
	uint64_t rows;		 /* since retention ran */
	bool stuck, tries;
	bool looks; /* sizes are to be looked at in this second */
	bool waits; /* a replay: its disk is its user's affair, and of trouble with it we tell; else
		       who asks for the counters does */
	bool too_large; /* the open segments alone are larger than the store may be */
	unsigned quiet; /* seconds since it was stuck last */
	bool reported, reported_many, reported_retention;
	struct segment *open[OPEN_MAX];
	struct segment *last; /* one of open, or NULL */
	struct refusal refused[REFUSED_MAX];
	unsigned refusals;
	struct writer_counters counters;
	struct row row;
};

static bool is_open(void *context, const struct file *file)
{
	struct writer *writer = context;

	for (unsigned i = 0; i < OPEN_MAX; i++)
		if (writer->open[i] && strcmp(writer->open[i]->file.name, file->name) == 0)
			return true;
	return false;
}

int writer__new(const struct store_options *options, const struct privacy *privacy,
		unsigned segments_max, struct writer **ret_writer)
{
	struct writer *writer = calloc(1, sizeof(*writer));

	if (!writer)
		return -ENOMEM;
	database_setup();
	writer->options = (struct segment_options){
		.dir = options->dir,
		.seed = options->seed,
		.names = options->names,
		.names_of = options->names_of,
	};
	writer->retention = (struct retention){
		.dir = options->dir,
		.max_bytes = options->max_bytes,
		.max_age_ns = options->max_age_ns,
		.is_open = is_open,
		.context = writer,
	};
	writer->privacy = *privacy;
	writer->segment_ns = options->segment_ns;
	writer->made_max = options->wait ? segments_max : UINT64_MAX;
	writer->waits = options->wait;
	writer->now_ns = writer->rolled_up_ns = INT64_MIN;
	writer->looks = true;
	*ret_writer = writer;
	return 0;
}

const struct writer_counters *writer__counters(const struct writer *writer)
{
	return &writer->counters;
}

/* --- trouble --- */

static void count(_Atomic uint64_t *counter, uint64_t more)
{
	atomic_fetch_add_explicit(counter, more, memory_order_relaxed);
}

/* What was not committed is lost. */
static void lose(struct writer *writer, struct segment *segment)
{
	count(&writer->counters.failed, segment__pending(segment));
	count(&writer->counters.other_failed, segment->others);
	segment__roll_back(segment);
}

static void drop(struct writer *writer, unsigned i)
{
	if (writer->last == writer->open[i])
		writer->last = NULL;
	segment__close(writer->open[i]);
	writer->open[i] = NULL;
}

static bool is_refused(const struct writer *writer, const struct file *file)
{
	for (unsigned i = 0; i < REFUSED_MAX; i++)
		if (strcmp(writer->refused[i].file.name, file->name) == 0)
			return true;
	return false;
}

static void refuse(struct writer *writer, const struct file *file, int r)
{
	writer->refused[writer->refusals++ % REFUSED_MAX] = (struct refusal){*file, r};
	log_err(0,
		"write to '%s/%s': it is %s; exchanges of its time are not stored until it is "
		"moved away",
		writer->options.dir, file->name,
		r == -ENOTSUP ? "of a version that this oddns does not know"
		: r == -EPERM ? "another user's, or protected"
			      : "no store of oddns, or corrupt");
}

/* Somebody may have moved them away, or given them to us. */
static void look_at_refused(struct writer *writer)
{
	for (unsigned i = 0; i < REFUSED_MAX; i++) {
		struct refusal *refusal = &writer->refused[i];
		const char *name = refusal->file.name;
		struct stat st;
		char *path;

		if (!name[0] || asprintf(&path, "%s/%s", writer->options.dir, name) < 0)
			continue;
		if (lstat(path, &st) < 0 ||
		    (refusal->reason == -EPERM && access(path, R_OK | W_OK) == 0))
			*refusal = (struct refusal){0};
		free(path);
	}
}

static void get_stuck(struct writer *writer, int r)
{
	atomic_store(&writer->counters.error, r);
	writer->stuck = true;
	writer->quiet = 0;
	if (writer->waits && !writer->reported)
		log_err(r, "write to the store '%s'; exchanges are lost until that works again",
			writer->options.dir);
	writer->reported = true;
}

static void get_free(struct writer *writer)
{
	if (!writer->stuck)
		return;
	writer->stuck = writer->tries = false;
	atomic_store(&writer->counters.error, 0);
}

static void report_free(struct writer *writer)
{
	if (!writer->reported || ++writer->quiet < QUIET_SECONDS)
		return;
	if (writer->waits)
		log_info("the store '%s' can be written again", writer->options.dir);
	writer->reported = false;
}

/* @segment: to which something could not be written; gone afterwards when the file is at fault */
static void blame(struct writer *writer, struct segment *segment, int r)
{
	struct file file = segment->file;

	lose(writer, segment);
	if (r != -EBADMSG) {
		get_stuck(writer, r);
		return;
	}
	for (unsigned i = 0; i < OPEN_MAX; i++)
		if (writer->open[i] == segment)
			drop(writer, i);
	refuse(writer, &file, r);
}

bool writer__is_stuck(const struct writer *writer)
{
	return writer->stuck && !writer->tries;
}

/* --- segments --- */

static bool commit(struct writer *writer, struct segment *segment, bool roll_up)
{
	uint64_t pending = segment__pending(segment);
	bool had = segment->in_transaction;
	int r = segment__commit(segment, roll_up);

	if (r < 0) {
		blame(writer, segment, r);
		return false;
	}
	count(&writer->counters.written, pending);
	if (had)
		get_free(writer);
	return true;
}

static void retire(struct writer *writer, unsigned i)
{
	if (writer->open[i] && commit(writer, writer->open[i], true))
		drop(writer, i);
}

/* A free place; the segment that was not used for longest makes room. NULL: it cannot */
static struct segment **place(struct writer *writer)
{
	unsigned oldest = 0;

	for (unsigned i = 0; i < OPEN_MAX; i++) {
		if (!writer->open[i])
			return &writer->open[i];
		if (writer->open[i]->used < writer->open[oldest]->used)
			oldest = i;
	}
	retire(writer, oldest);
	return writer->open[oldest] ? NULL : &writer->open[oldest];
}

static bool may_make(struct writer *writer)
{
	if (writer->made < writer->made_max)
		return true;
	if (!writer->reported_many)
		log_warn("exchanges lie in more than %llu different hours or days; those of others "
			 "are not stored",
			 (unsigned long long)writer->made_max);
	writer->reported_many = true;
	return false;
}

static bool is_there(const struct writer *writer, const struct file *file)
{
	char path[PATH_MAX];

	return (size_t)snprintf(path, sizeof(path), "%s/%s", writer->options.dir, file->name) <
		       sizeof(path) &&
	       access(path, F_OK) == 0;
}

static struct segment *open_segment(struct writer *writer, const struct file *file)
{
	struct segment **at;
	int r;

	if (is_refused(writer, file) || (!is_there(writer, file) && !may_make(writer)))
		return NULL;
	at = place(writer);
	if (!at)
		return NULL;
	r = segment__open(&writer->options, file, at);
	if (r == -EBADMSG || r == -ENOTSUP || r == -EPERM)
		refuse(writer, file, r);
	else if (r < 0)
		get_stuck(writer, r);
	if (r < 0)
		return NULL;
	writer->made += (*at)->is_new;
	writer->looks = true;
	return *at;
}

static bool holds(const struct segment *segment, int64_t time_ns)
{
	return segment && time_ns >= segment->file.start_ns && time_ns < segment->file.end_ns;
}

/* The segment of a moment, NULL when there can be none. */
static struct segment *segment_of(struct writer *writer, int64_t time_ns)
{
	struct file file;

	if (holds(writer->last, time_ns))
		return writer->last;
	writer->last = NULL;
	for (unsigned i = 0; i < OPEN_MAX; i++)
		if (holds(writer->open[i], time_ns))
			writer->last = writer->open[i];
	if (!writer->last && files_segment(time_ns, writer->segment_ns, &file) == 0)
		writer->last = open_segment(writer, &file);
	if (writer->last)
		writer->last->used = ++writer->uses;
	return writer->last;
}

/* --- duties --- */

static void report_too_large(struct writer *writer, bool too_large)
{
	if (too_large && !writer->too_large)
		log_warn("what is being written to the store '%s' alone is larger than the store "
			 "may be; exchanges are not stored until its time is over, unless "
			 "store.max_size grows",
			 writer->options.dir);
	else if (writer->too_large && !too_large)
		log_info("the store '%s' has room again", writer->options.dir);
	writer->too_large = too_large;
}

static void look_at_sizes(struct writer *writer)
{
	struct retention_result result = {0};
	int r = retention_run(&writer->retention, writer->now_ns, &result);

	writer->rows = 0;
	writer->looks = false;
	if (r < 0 && !writer->reported_retention)
		log_err(r, "remove old segments of the store '%s'", writer->options.dir);
	writer->reported_retention = r < 0;
	atomic_store(&writer->counters.bytes, result.bytes);
	atomic_store(&writer->counters.segments, result.segments);
	count(&writer->counters.unlinked, result.unlinked);
	report_too_large(writer, !writer->waits && writer->retention.max_bytes &&
					 result.bytes > writer->retention.max_bytes);
}

static void commit_all(struct writer *writer, bool roll_up)
{
	for (unsigned i = 0; i < OPEN_MAX; i++)
		if (writer->open[i])
			commit(writer, writer->open[i], roll_up);
}

/* Segments whose time is over, and those whose file is not there any more. */
static void close_old(struct writer *writer)
{
	for (unsigned i = 0; i < OPEN_MAX; i++) {
		struct segment *segment = writer->open[i];

		if (!segment)
			continue;
		if (segment__is_gone(segment)) {
			log_warn("'%s' was deleted while it was written; a new one is begun",
				 segment->path);
			lose(writer, segment);
			drop(writer, i);
		} else if (writer->now_ns != INT64_MIN &&
			   writer->now_ns - LINGER_NS > segment->file.end_ns) {
			retire(writer, i);
		}
	}
}

static void tick(struct writer *writer, int64_t now_ns)
{
	if (now_ns <= writer->now_ns)
		return;
	writer->now_ns = now_ns;
	close_old(writer);
	if (writer->rolled_up_ns == INT64_MIN)
		writer->rolled_up_ns = now_ns;
	if (now_ns - writer->rolled_up_ns < MINUTE_NS)
		return;
	writer->rolled_up_ns = now_ns;
	commit_all(writer, true);
	look_at_sizes(writer);
}

void writer__second(struct writer *writer, int64_t now_ns)
{
	if (writer->stuck) {
		if (now_ns > writer->now_ns)
			writer->now_ns = now_ns;
		writer->tries = true;
		look_at_sizes(writer);
	} else {
		close_old(writer); /* before anything is written into a file that is gone */
		commit_all(writer, false);
		if (writer->looks)
			look_at_sizes(writer);
		if (!writer->stuck)
			report_free(writer);
	}
	look_at_refused(writer);
}

/* --- items --- */

static void write_exchange(struct writer *writer, const struct item_exchange *item)
{
	struct segment *segment =
		writer->too_large ? NULL : segment_of(writer, item->exchange.time_ns);
	int r;

	if (!segment) {
		count(&writer->counters.failed, 1);
		return;
	}
	encode_exchange(item, &writer->privacy, writer->options.names, &writer->row);
	r = segment__insert(segment, &writer->options, &writer->row);
	if (r < 0) {
		count(&writer->counters.failed, 1);
		blame(writer, segment, r);
		return;
	}
	if (segment__pending(segment) >= SEGMENT_BATCH_ROWS || writer->stuck)
		commit(writer, segment, false);
	if (++writer->rows >= LOOK_ROWS)
		look_at_sizes(writer);
}

/* @r: of inserting an interval or alert; @segment NULL: there was none */
static void settle_other(struct writer *writer, struct segment *segment, int r)
{
	if (segment && r == 0) {
		if (writer->stuck)
			commit(writer, segment, false);
		return;
	}
	if (!segment || !segment->in_transaction)
		count(&writer->counters.other_failed, 1);
	if (segment)
		blame(writer, segment, r);
}

static void write_interval(struct writer *writer, const struct item_interval *item)
{
	struct segment *segment = segment_of(writer, (int64_t)item->interval.start_ns);

	settle_other(writer, segment, segment ? segment__interval(segment, item) : 0);
}

static void write_alert(struct writer *writer, const struct item_alert *item)
{
	struct segment *segment = segment_of(writer, item->alert.time_ns);

	settle_other(writer, segment, segment ? segment__alert(segment, item) : 0);
}

void writer__item(struct writer *writer, const struct item *item)
{
	/* one try each second: what comes behind it in a replay fails without */
	bool stuck = writer__is_stuck(writer);

	if (item->kind == ITEM_TICK) {
		tick(writer, ((const struct item_tick *)item)->now_ns);
		return;
	}
	writer->tries = false;
	if (stuck)
		count(item->kind == ITEM_EXCHANGE ? &writer->counters.failed
						  : &writer->counters.other_failed,
		      1);
	else if (item->kind == ITEM_EXCHANGE)
		write_exchange(writer, (const struct item_exchange *)item);
	else if (item->kind == ITEM_INTERVAL)
		write_interval(writer, (const struct item_interval *)item);
	else
		write_alert(writer, (const struct item_alert *)item);
}

int writer__finish(struct writer *writer)
{
	int r;

	commit_all(writer, true);
	for (unsigned i = 0; i < OPEN_MAX; i++)
		if (writer->open[i])
			drop(writer, i);
	look_at_sizes(writer);
	r = atomic_load(&writer->counters.error);
	if (r < 0 && !writer->waits)
		log_err(r, "write the last records to the store '%s'", writer->options.dir);
	return r;
}

void writer__free(struct writer *writer)
{
	if (!writer)
		return;
	for (unsigned i = 0; i < OPEN_MAX; i++)
		if (writer->open[i])
			drop(writer, i);
	free(writer);
}
