// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The store's two sides.
 *
 * The sensor's thread must not wait for a disk, or it loses packets. So it
 * copies what it has into a queue and goes on, and a thread of its own writes:
 *
 *	sensor                   queue                      writer
 *	store__exchange() --> [ item item item ] --> writer__item() --> segments
 *
 * All that takes time is behind the queue: names as text, records cut out, look
 * ups of users, SQL. Before it there are two memcpy(), no lock, and no system
 * call, but for a wake-up when the queue is half full; until then the writer
 * looks by itself ten times a second, which costs nothing and makes batches.
 *
 * When the queue is full the disk is too slow, and exchanges are lost: here,
 * where they are counted, and not in the ring between kernel and user space. A
 * replay has time, and waits instead.
 *
 * Time comes in two sorts. Event time comes with store__tick() and decides what
 * belongs together (rollups), what is over (segments) and what is too old. It
 * goes through the queue, so that it is in order with the exchanges. How long a
 * row may wait for its commit, and when to try a broken disk again, is real
 * time, and comes from a timer.
 */
#include "store.h"

#include "base/lock_file.h"
#include "base/log.h"
#include "store/item.h"
#include "store/privacy.h"
#include "store/queue.h"
#include "store/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <unistd.h>

#define LOOK_NS		100000000 /* between two looks of the writer at an empty queue */
#define LOOKS_A_SECOND	10
#define ITEMS_AT_A_TIME 1024 /* 3 ms, between two looks at the timer */

struct store {
	/* of the sensor's thread */
	struct queue *queue;
	struct item_policy policy;
	uint64_t queue_bytes;
	bool waits;
	uint64_t overflow, other_overflow;
	/* of both */
	_Atomic bool woken;   /* the writer was told, and has not looked yet */
	_Atomic bool waiting; /* the sensor's thread waits for room */
	_Atomic bool ends;
	_Atomic int64_t now_ns;
	int wake, room, timer; /* file descriptors */
	/* of the writer's */
	struct writer *writer;
	unsigned looks; /* since the last second */
	int result;
	char *dir;
	int lock; /* -1: the folder is gone, and could not be made again yet */
	struct privacy privacy;
	bool reported_gone;
	_Atomic int lock_error;		       /* 0: the folder is ours */
	_Atomic uint64_t failed, other_failed; /* that came while it was not */
	pthread_t thread;
	bool runs;
};

/* --- the sensor's side --- */

static void ring(int fd)
{
	const uint64_t one = 1;
	ssize_t n = write(fd, &one, sizeof(one));

	(void)n; /* fails when it was rung 2^64 times unheard */
}

static void hear(int fd)
{
	uint64_t times;
	ssize_t n = read(fd, &times, sizeof(times));

	(void)n;
}

static void wake(struct store *store)
{
	if (!atomic_exchange(&store->woken, true))
		ring(store->wake);
}

/* The queue is full, and there is time. */
static void *wait_for_room(struct store *store, size_t bytes)
{
	void *item;

	for (;;) {
		atomic_store(&store->waiting, true);
		atomic_thread_fence(memory_order_seq_cst);
		item = queue__reserve(store->queue, bytes);
		if (item)
			return item;
		wake(store);
		hear(store->room);
	}
}

static void *reserve(struct store *store, size_t bytes)
{
	void *item = queue__reserve(store->queue, bytes);

	if (item || !store->waits || bytes > store->queue_bytes / 4)
		return item;
	return wait_for_room(store, bytes);
}

static void publish(struct store *store)
{
	queue__publish(store->queue);
	if (queue__is_half_full(store->queue) &&
	    !atomic_load_explicit(&store->woken, memory_order_relaxed))
		wake(store);
}

void store__exchange(struct store *store, const struct exchange *exchange)
{
	struct item_head head;
	size_t bytes = item_exchange_bytes(&store->policy, exchange, &head);
	struct item_exchange *item = reserve(store, bytes);

	if (!item) {
		store->overflow++;
		return;
	}
	item_exchange_fill(item, &head, exchange);
	publish(store);
}

static bool is_empty(const struct interval *interval)
{
	return !interval->queries && !interval->answered && !interval->unanswered &&
	       !interval->late;
}

void store__interval(struct store *store, const struct store_interval *interval)
{
	struct item_interval *item;

	if (is_empty(interval->interval))
		return;
	item = reserve(store, item_interval_bytes(interval));
	if (!item) {
		store->other_overflow++;
		return;
	}
	item_interval_fill(item, interval);
	publish(store);
}

void store__alert(struct store *store, const struct alert *alert, const char *message,
		  const char *json)
{
	const struct item_texts texts = {
		.alert = alert,
		.message = message,
		.json = json,
		.json_length = strcspn(json, "\n"),
	};
	struct item_alert *item = reserve(store, item_alert_bytes(&texts));

	if (!item) {
		store->other_overflow++;
		return;
	}
	item_alert_fill(item, &texts);
	publish(store);
}

/* One that finds no room is made up for by the next. */
void store__tick(struct store *store, int64_t now_ns)
{
	struct item_tick *item = reserve(store, sizeof(*item));

	atomic_store_explicit(&store->now_ns, now_ns, memory_order_relaxed);
	if (!item)
		return;
	*item = (struct item_tick){.item = {ITEM_TICK}, .now_ns = now_ns};
	publish(store);
}

void store__counters(const struct store *store, struct store_counters *ret)
{
	const struct writer_counters *c = writer__counters(store->writer);

	*ret = (struct store_counters){
		.written = atomic_load(&c->written),
		.overflow = store->overflow,
		.failed = atomic_load(&c->failed) + atomic_load(&store->failed),
		.other_lost = store->other_overflow + atomic_load(&c->other_failed) +
			      atomic_load(&store->other_failed),
		.queue_bytes = queue__used(store->queue),
		.bytes = atomic_load(&c->bytes),
		.segments = atomic_load(&c->segments),
		.unlinked = atomic_load(&c->unlinked),
		.error = atomic_load(&store->lock_error),
	};
	if (ret->error == 0)
		ret->error = atomic_load(&c->error);
}

/* --- the folder --------------------------------------------------------------------------------
 */

static char *lock_path(const char *dir)
{
	char *path;

	return asprintf(&path, "%s/lock", dir) < 0 ? NULL : path;
}

/*
 * The PID is for people: a disk that is too full to take it is no reason to fail.
 *
 * Return: 0, negative errno with whose lock it is, or 0; not reported
 */
static int take_lock(struct store *store, int64_t *ret_pid)
{
	char *path = lock_path(store->dir);
	int fd, r;

	*ret_pid = 0;
	if (!path)
		return -ENOMEM;
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
	free(path);
	if (fd < 0)
		return -errno;
	r = lock_file_take(fd);
	if (r < 0) {
		*ret_pid = lock_file_pid(fd);
		close(fd);
		return r;
	}
	(void)lock_file_write_pid(fd);
	store->lock = fd;
	return 0;
}

int store_holder(const char *dir, int64_t *ret_pid)
{
	char *path = lock_path(dir);
	int r = path ? lock_file_holder(path, ret_pid) : -ENOMEM;

	free(path);
	return r;
}

/* Return: 0, negative errno; reported if @report */
static int open_dir(struct store *store, bool report)
{
	int r = mkdir(store->dir, 0750) < 0 && errno != EEXIST ? -errno : 0;
	int64_t pid;

	if (r < 0)
		return report ? log_err(r, "make the store '%s'", store->dir) : r;
	r = take_lock(store, &pid);
	if (r == -EBUSY && report)
		log_err(0,
			"another oddns (pid %" PRId64
			") writes to the store '%s': stop it, or give "
			"this one its own store.path",
			pid, store->dir);
	else if (r < 0 && report)
		log_err(r, "lock the store '%s'", store->dir);
	return r;
}

/* Is the file that we have locked still the one that others would lock? */
static bool is_locked(const struct store *store)
{
	struct stat ours, theirs;
	char *path = store->lock < 0 ? NULL : lock_path(store->dir);
	bool same = true;

	if (store->lock < 0)
		return false;
	if (!path)
		return true; /* not known; the next look tells */
	if (stat(path, &theirs) < 0)
		same = errno != ENOENT;
	else if (fstat(store->lock, &ours) == 0)
		same = ours.st_ino == theirs.st_ino && ours.st_dev == theirs.st_dev;
	free(path);
	return same;
}

/*
 * Somebody may have deleted the folder: then it is made again, and locked, so that there is still
 * one writer. Until that works nothing is written. Writing to its files ends by itself: see
 * close_old() in writer.c.
 */
static void keep_dir(struct store *store)
{
	int r;

	if (is_locked(store))
		return;
	if (store->lock >= 0)
		close(store->lock);
	store->lock = -1;
	if (!store->reported_gone)
		log_warn("the store '%s' was deleted; it is made again", store->dir);
	r = open_dir(store, !store->reported_gone);
	if (r == 0)
		privacy__keep(&store->privacy, store->dir);
	store->reported_gone = r < 0;
	atomic_store(&store->lock_error, r);
}

/* --- the writer's side --- */

static void pass_time(struct store *store)
{
	uint64_t times;

	if (read(store->timer, &times, sizeof(times)) != sizeof(times))
		return; /* none has passed */
	store->looks += times > LOOKS_A_SECOND ? LOOKS_A_SECOND : (unsigned)times;
	if (store->looks < LOOKS_A_SECOND)
		return;
	store->looks = 0;
	writer__second(store->writer, atomic_load_explicit(&store->now_ns, memory_order_relaxed));
}

/* Items stay in the queue while nothing can be written, unless somebody waits for it. */
static bool stays(const struct store *store)
{
	return !store->waits && (store->lock < 0 || writer__is_stuck(store->writer));
}

/* To the writer, unless the folder is somebody else's. */
static void hand_over(struct store *store, const struct item *item)
{
	if (store->lock >= 0)
		writer__item(store->writer, item);
	else if (item->kind == ITEM_EXCHANGE)
		atomic_fetch_add(&store->failed, 1);
	else if (item->kind != ITEM_TICK)
		atomic_fetch_add(&store->other_failed, 1);
}

/* Return: is there more to do at once? */
static bool take_items(struct store *store)
{
	for (unsigned i = 0; i < ITEMS_AT_A_TIME; i++) {
		const struct item *item = stays(store) ? NULL : queue__front(store->queue);

		if (!item)
			return false;
		hand_over(store, item);
		queue__pop(store->queue);
	}
	return true;
}

static void let_in(struct store *store)
{
	atomic_thread_fence(memory_order_seq_cst);
	if (atomic_exchange(&store->waiting, false))
		ring(store->room);
}

static void wait_for_items(struct store *store)
{
	struct pollfd fds[] = {{.fd = store->wake, .events = POLLIN},
			       {.fd = store->timer, .events = POLLIN}};

	poll(fds, 2, -1);
	if (fds[0].revents & POLLIN) {
		hear(store->wake);
		atomic_store(&store->woken, false);
	}
}

/* What is in the queue gets one more try, and then is lost. */
static void take_all(struct store *store)
{
	const struct item *item;

	keep_dir(store);
	writer__second(store->writer, atomic_load(&store->now_ns));
	while ((item = queue__front(store->queue))) {
		hand_over(store, item);
		queue__pop(store->queue);
	}
	store->result = writer__finish(store->writer);
	if (store->lock < 0)
		store->result = atomic_load(&store->lock_error);
}

static void *run(void *context)
{
	struct store *store = context;

	while (!atomic_load(&store->ends)) {
		bool more;

		keep_dir(store);
		more = take_items(store);
		pass_time(store);
		let_in(store);
		if (!more)
			wait_for_items(store);
	}
	take_all(store);
	return NULL;
}

/* --- life --- */

static int open_descriptors(struct store *store)
{
	const struct itimerspec period = {.it_interval.tv_nsec = LOOK_NS,
					  .it_value.tv_nsec = LOOK_NS};

	store->wake = eventfd(0, EFD_CLOEXEC);
	store->room = eventfd(0, EFD_CLOEXEC);
	store->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (store->wake < 0 || store->room < 0 || store->timer < 0 ||
	    timerfd_settime(store->timer, 0, &period, NULL) < 0)
		return log_err(-errno, "open the store '%s'", store->dir);
	return 0;
}

/* Signals are for the thread that has the loop. */
static int start_thread(struct store *store)
{
	sigset_t all, before;
	int r;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	r = -pthread_create(&store->thread, NULL, run, store);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (r < 0)
		return log_err(r, "start the writer of the store '%s'", store->dir);
	pthread_setname_np(store->thread, "oddns-store");
	store->runs = true;
	return 0;
}

static int open_all(struct store *store, const struct store_options *options)
{
	struct store_options ours = *options;
	int r = open_dir(store, true);

	ours.dir = store->dir;
	if (r == 0)
		r = privacy__init(&store->privacy, &ours);
	if (r < 0)
		return r;
	r = queue__new(options->queue_bytes, &store->queue);
	if (r == 0)
		r = writer__new(&ours, &store->privacy, WRITER_SEGMENTS_MAX, &store->writer);
	if (r < 0)
		return log_err(r, "open the store '%s'", store->dir);
	r = open_descriptors(store);
	return r < 0 ? r : start_thread(store);
}

static void close_descriptor(int fd)
{
	if (fd >= 0)
		close(fd);
}

static void free_store(struct store *store)
{
	writer__free(store->writer);
	queue__free(store->queue);
	close_descriptor(store->wake);
	close_descriptor(store->room);
	close_descriptor(store->timer);
	close_descriptor(store->lock);
	free(store->dir);
	free(store);
}

int store__open(const struct store_options *options, struct store **ret_store)
{
	struct store *store = calloc(1, sizeof(*store));
	int r;

	if (!store)
		return log_err(-ENOMEM, "open the store '%s'", options->dir);
	store->wake = store->room = store->timer = store->lock = -1;
	store->waits = options->wait;
	store->queue_bytes = options->queue_bytes;
	store->policy.messages = options->names && options->clients == STORE_CLIENTS_FULL;
	store->policy.records = options->records;
	atomic_store(&store->now_ns, INT64_MIN);
	store->dir = strdup(options->dir);
	r = store->dir ? open_all(store, options) : log_err(-ENOMEM, "open a store");
	if (r < 0) {
		free_store(store);
		return r;
	}
	*ret_store = store;
	return 0;
}

int store__close(struct store *store, struct store_counters *ret)
{
	int r;

	if (!store)
		return 0;
	atomic_store(&store->ends, true);
	ring(store->wake);
	pthread_join(store->thread, NULL);
	r = store->result;
	if (ret)
		store__counters(store, ret);
	free_store(store);
	return r;
}
