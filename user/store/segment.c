// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The life of a segment's file.
 *
 * While it is written it is in WAL mode, so that any number of readers see the
 * last commit and neither side waits for the other; with synchronous=NORMAL a
 * commit is a write() without fsync(). A process that is killed loses what it
 * had not committed. A machine that loses power may lose the last commits, from
 * the first that did not reach the disk on, but nothing is ever half there.
 *
 * When its hour is over the log is copied back, and the file put into rollback
 * mode: then it is one file that can be copied, or read where nothing can be
 * written. A reader that has it open at that moment prevents this; then the log
 * stays beside it, which harms nobody.
 *
 * A file that is there already may be anything. One of ours has our number in
 * its header, a version that we know and the span that its name says. An empty
 * one is what a crash has left between making and filling. All others are not
 * touched.
 */
#include "segment.h"

#include "base/log.h"
#include "dns/codes.h"
#include "rule/alert.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NUMBER(macro)	NUMBER_TEXT(macro)
#define NUMBER_TEXT(it) #it

/* How long a commit waits for a reader of a file in rollback mode: longer than it takes to read a
 * page, shorter than it takes to fill the queue. */
#define BUSY_MS 500

/*
 * Pages of 8 KB: rows are appended, so larger ones save little. The log is copied back every 2000
 * pages (16 MB): what is written twice in it is copied once.
 */
#define PRAGMAS                                                                                    \
	"PRAGMA page_size=8192; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"               \
	"PRAGMA wal_autocheckpoint=2000; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-8192;"

/* --- making --- */

static int put_code(struct insert *insert, const char *kind, int64_t number, const char *name)
{
	const struct cell cells[] = {cell_text(kind), cell_number(number), cell_text(name)};

	return name ? insert__row(insert, cells, 3) : 0;
}

/* Codes that have a mnemonic; that of the others is made of the number. */
static int put_dns_codes(struct insert *insert)
{
	char buf[DNS_CODE_TEXT_MAX];
	int r = 0;

	for (unsigned i = 0; r == 0 && i <= UINT16_MAX; i++) {
		const char *type = dns_type_text((uint16_t)i, buf);

		r = put_code(insert, "qtype", i, type == buf ? NULL : type);
		if (r == 0) {
			const char *class = dns_class_text((uint16_t)i, buf);

			r = put_code(insert, "qclass", i, class == buf ? NULL : class);
		}
	}
	for (unsigned i = 0; r == 0 && i < 4096; i++) { /* 12 bits: RFC 6891 section 6.1.3 */
		const char *rcode = dns_rcode_text((uint16_t)i, buf);

		r = put_code(insert, "rcode", i, rcode == buf ? NULL : rcode);
	}
	for (unsigned i = 0; r == 0 && i < 16; i++) {
		const char *opcode = dns_opcode_text((uint8_t)i, buf);

		r = put_code(insert, "opcode", i, opcode == buf ? NULL : opcode);
	}
	return r;
}

static int put_own_codes(struct insert *insert)
{
	int r = 0;

	for (int i = 0; r == 0 && i < EXCHANGE_STATES; i++)
		r = put_code(insert, "state", i, exchange_state_name((enum exchange_state)i));
	for (int i = 0; r == 0 && i < SERVICES; i++)
		r = put_code(insert, "service", i, exchange_service_name((enum exchange_service)i));
	for (int i = 0; r == 0 && i < CAUSES; i++)
		r = put_code(insert, "cause", i, exchange_cause_name((enum exchange_cause)i));
	for (int i = 0; r == 0 && i < DNS_MESSAGE_VERDICTS; i++)
		r = put_code(insert, "verdict", i, dns_verdict_name((enum dns_verdict)i));
	for (int i = 0; r == 0 && i < ODD_TUNNEL_COUNT; i++)
		r = put_code(insert, "tunnel", i, exchange_tunnel_name((enum odd_tunnel)i));
	return r;
}

static int put_meta(const struct segment *segment, struct insert *insert)
{
	const struct cell start[] = {cell_text("start_ns"), cell_number(segment->file.start_ns)};
	const struct cell end[] = {cell_text("end_ns"), cell_number(segment->file.end_ns)};
	const struct cell made[] = {cell_text("oddns"), cell_text(ODDNS_VERSION)};
	int r = insert__row(insert, start, 2);

	r = r < 0 ? r : insert__row(insert, end, 2);
	return r < 0 ? r : insert__row(insert, made, 2);
}

static int fill_tables(const struct segment *segment)
{
	struct insert meta = {0}, code = {0};
	int r = insert__prepare(&meta, segment->db, "meta", 2);

	if (r == 0)
		r = insert__prepare(&code, segment->db, "code", 3);
	if (r == 0)
		r = put_meta(segment, &meta);
	if (r == 0)
		r = put_dns_codes(&code);
	if (r == 0)
		r = put_own_codes(&code);
	insert__done(&meta);
	insert__done(&code);
	return r;
}

/* All or nothing, so that a reader never sees a segment without tables. */
static int make_tables(const struct segment *segment)
{
	int r = database_exec(segment->db, "BEGIN IMMEDIATE");

	if (r == 0)
		r = database_exec(segment->db, schema_sql);
	if (r == 0)
		r = fill_tables(segment);
	if (r == 0)
		r = database_exec(segment->db,
				  "PRAGMA application_id=" NUMBER(
					  STORE_APPLICATION_ID) ";"
								"PRAGMA user_version=" NUMBER(
									STORE_VERSION) "; COMMIT");
	return r;
}

/* --- opening --- */

/* Is the file one that we may write to? @ret_version: 0: nothing is in it yet */
static int inspect(const struct segment *segment, int64_t *ret_version)
{
	int64_t application = 0, version = 0, tables = 0, start_ns = segment->file.start_ns;
	int r = database_number(segment->db, "PRAGMA application_id", &application);

	if (r == 0)
		r = database_number(segment->db, "PRAGMA user_version", &version);
	if (r == 0)
		r = database_number(segment->db, "SELECT count(*) FROM sqlite_schema", &tables);
	if (r < 0)
		return r;
	*ret_version = version;
	if (application == 0 && version == 0 && tables == 0)
		return 0;
	if (application != STORE_APPLICATION_ID || version < 1)
		return -EBADMSG;
	if (version > STORE_VERSION)
		return -ENOTSUP;
	r = database_number(segment->db, "SELECT value FROM meta WHERE key='start_ns'", &start_ns);
	return r == 0 && start_ns != segment->file.start_ns ? -EBADMSG : r;
}

static int prepare(struct segment *s)
{
	int r = insert__prepare(&s->row, s->db, "exchange_row", ROW_COLUMNS);

	if (r == 0)
		r = insert__prepare(&s->origin, s->db, "origin", 13);
	if (r == 0)
		r = insert__prepare(&s->batch, s->db, "batch", 4);
	if (r == 0)
		r = insert__prepare(&s->interval, s->db, "interval_row", 15);
	if (r == 0)
		r = insert__prepare(&s->alert, s->db, "alert_row", 15);
	if (r == 0)
		r = rollup__prepare(&s->rollup_inserts, s->db);
	if (r == 0)
		r = database_number(s->db, "SELECT max(id) FROM exchange_row", &s->last_id);
	s->committed_id = s->last_id;
	return r;
}

/* Tables that are not as they should be are found before anything is written. */
static int bring_up(struct segment *segment)
{
	int64_t version = 0;
	int r = inspect(segment, &version);

	if (r == 0 && version == STORE_VERSION)
		r = prepare(segment);
	if (r == 0)
		r = database_exec(segment->db, PRAGMAS);
	segment->is_ours = r == 0 && version == STORE_VERSION;
	if (r < 0 || segment->is_ours)
		return r;
	segment->is_new = version == 0;
	if (segment->is_new)
		r = make_tables(segment);
	else
		r = database_migrate(segment->db, (int)version, STORE_VERSION, schema_migrations);
	r = r < 0 ? r : prepare(segment);
	segment->is_ours = r == 0;
	return r;
}

/* -EBADMSG and -EPERM are of this file alone, -EACCES of the folder. */
static int file_error(const struct segment *segment, int error)
{
	bool denied = error == EACCES || error == EPERM;
	struct stat st;

	if (lstat(segment->path, &st) < 0)
		return denied ? -EACCES : -error;
	if (!S_ISREG(st.st_mode))
		return -EBADMSG;
	return denied ? -EPERM : -error;
}

/* SQLite waits for ever for somebody who writes to a pipe. */
static int check_beside(const struct segment *segment)
{
	static const char *const parts[] = {"-journal", "-wal", "-shm"};
	int r = 0;

	for (size_t i = 0; r == 0 && i < sizeof(parts) / sizeof(parts[0]); i++) {
		struct stat st;
		char *path;

		if (asprintf(&path, "%s%s", segment->path, parts[i]) < 0)
			return -ENOMEM;
		if (lstat(path, &st) == 0 && !S_ISREG(st.st_mode))
			r = -EBADMSG;
		free(path);
	}
	return r;
}

/* SQLite would make it readable for all. */
static int make_file(struct segment *segment)
{
	const int flags = O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
	struct stat st;
	int fd = open(segment->path, flags, 0640), r = 0;

	if (fd < 0)
		return file_error(segment, errno);
	if (fstat(fd, &st) < 0)
		r = -errno;
	else if (!S_ISREG(st.st_mode))
		r = -EBADMSG;
	else
		segment->inode = st.st_ino;
	close(fd); /* nobody has a lock on it yet, which this would end */
	return r;
}

static int open_database(struct segment *segment)
{
	int r = make_file(segment), code;

	if (r == 0)
		r = check_beside(segment);
	if (r < 0)
		return r;
	code = sqlite3_open_v2(segment->path, &segment->db,
			       SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
	if (code != SQLITE_OK)
		return database_error(segment->db, code);
	sqlite3_extended_result_codes(segment->db, 1);
	sqlite3_busy_timeout(segment->db, BUSY_MS);
	return bring_up(segment);
}

int segment__open(const struct segment_options *options, const struct file *file,
		  struct segment **ret_segment)
{
	struct segment *segment = calloc(1, sizeof(*segment));
	int r = -ENOMEM;

	if (!segment)
		return r;
	segment->file = *file;
	if (asprintf(&segment->path, "%s/%s", options->dir, file->name) < 0)
		segment->path = NULL;
	else
		r = origin_cache__new(options->seed, &segment->origins);
	if (r == 0)
		r = rollup__new(options->names, options->seed, &segment->rollup);
	if (r == 0)
		r = open_database(segment);
	if (r < 0) {
		segment__close(segment);
		return r;
	}
	*ret_segment = segment;
	return 0;
}

static void finalize(struct segment *s)
{
	insert__done(&s->row);
	insert__done(&s->origin);
	insert__done(&s->batch);
	insert__done(&s->interval);
	insert__done(&s->alert);
	rollup__done(&s->rollup_inserts);
}

/* Whether it succeeds or not, the file is good. One that is not ours is not touched. */
static void close_database(struct segment *s)
{
	bool ours = s->is_ours;

	segment__roll_back(s);
	finalize(s);
	if (ours && !segment__is_gone(s)) {
		sqlite3_busy_timeout(s->db, 0);
		sqlite3_wal_checkpoint_v2(s->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
		database_exec(s->db, "PRAGMA journal_mode=DELETE");
	}
	sqlite3_close(s->db);
}

void segment__close(struct segment *segment)
{
	if (!segment)
		return;
	if (segment->db)
		close_database(segment);
	origin_cache__free(segment->origins);
	rollup__free(segment->rollup);
	free(segment->path);
	free(segment);
}

bool segment__is_gone(const struct segment *segment)
{
	struct stat st;

	return stat(segment->path, &st) < 0 ? errno == ENOENT : st.st_ino != segment->inode;
}

/* --- writing --- */

static int begin(struct segment *s)
{
	int r;

	if (s->in_transaction)
		return 0;
	r = database_exec(s->db, "BEGIN IMMEDIATE");
	if (r < 0)
		return r;
	s->in_transaction = true;
	s->min_time = INT64_MAX;
	s->max_time = INT64_MIN;
	return 0;
}

int segment__insert(struct segment *segment, const struct segment_options *options, struct row *row)
{
	const struct origin_maker maker = {
		.cache = segment->origins,
		.insert = &segment->origin,
		.names = &options->names_of,
	};
	int64_t time = row->exchange->time_ns - segment->file.start_ns, origin;
	int r = begin(segment);

	if (r == 0)
		r = origin_cache__id(&maker, row->exchange, &origin);
	if (r < 0)
		return r;
	row->cells[ROW_TIME] = cell_number(time);
	row->cells[ROW_ORIGIN] =
		(struct cell){.type = origin ? CELL_NUMBER : CELL_NULL, .number = origin};
	r = insert__row(&segment->row, row->cells, ROW_COLUMNS);
	if (r < 0)
		return r;
	segment->last_id++; /* SQLite takes the largest plus one, and nobody else writes */
	segment->min_time = time < segment->min_time ? time : segment->min_time;
	segment->max_time = time > segment->max_time ? time : segment->max_time;
	rollup__add(segment->rollup, row, segment->last_id, time);
	return 0;
}

static int put_batch(struct segment *s)
{
	const struct cell cells[] = {
		cell_number(s->committed_id + 1),
		cell_number(s->last_id),
		cell_number(s->min_time),
		cell_number(s->max_time),
	};

	return segment__pending(s) ? insert__row(&s->batch, cells, 4) : 0;
}

int segment__commit(struct segment *segment, bool roll_up)
{
	bool rolls = roll_up && !rollup__is_empty(segment->rollup);
	int r = rolls ? begin(segment) : 0;

	if (r < 0 || !segment->in_transaction)
		return r;
	r = put_batch(segment);
	if (r == 0 && rolls)
		r = rollup__write(segment->rollup, &segment->rollup_inserts);
	if (r == 0)
		r = database_exec(segment->db, "COMMIT");
	if (r < 0)
		return r;
	segment->in_transaction = false;
	segment->committed_id = segment->last_id;
	segment->others = 0;
	if (rolls)
		rollup__clear(segment->rollup);
	return 0;
}

/* The rollup holds rows that are gone, so it goes too: its other rows will be read one by one. */
void segment__roll_back(struct segment *segment)
{
	if (!segment->in_transaction)
		return;
	if (!sqlite3_get_autocommit(segment->db)) /* else SQLite has done it by itself */
		sqlite3_exec(segment->db, "ROLLBACK", NULL, NULL, NULL);
	segment->in_transaction = false;
	segment->last_id = segment->committed_id;
	segment->others = 0;
	rollup__clear(segment->rollup);
	origin_cache__clear(segment->origins);
}

static struct cell cell_unless_zero(uint64_t number)
{
	return number ? cell_number((int64_t)number) : (struct cell){0};
}

/* "NXDOMAIN":3 and a comma for each */
#define RCODES_JSON_MAX (INTERVAL_RCODES * (DNS_CODE_TEXT_MAX + 14) + 3)

/* The last counter is of all others. Return: @buf */
static const char *rcodes_json(const uint32_t *rcodes, char *buf)
{
	char code[DNS_CODE_TEXT_MAX];
	size_t at = 1;

	buf[0] = '{';
	for (unsigned i = 0; i < INTERVAL_RCODES; i++)
		if (rcodes[i])
			at += (size_t)snprintf(
				buf + at, RCODES_JSON_MAX - at, "%s\"%s\":%u", at > 1 ? "," : "",
				i == INTERVAL_RCODES - 1 ? "OTHER"
							 : dns_rcode_text((uint16_t)i, code),
				rcodes[i]);
	snprintf(buf + at, RCODES_JSON_MAX - at, "}");
	return buf;
}

int segment__interval(struct segment *segment, const struct item_interval *item)
{
	const struct interval *i = &item->interval;
	char rcodes[RCODES_JSON_MAX];
	bool samples = i->samples > 0;
	const struct cell cells[] = {
		{0},
		cell_number((int64_t)i->start_ns),
		encode_address(item->server),
		cell_text(item->has_group ? item->group : NULL),
		cell_number(i->queries),
		cell_number(i->answered),
		cell_number(i->unanswered),
		cell_number(i->late),
		cell_number(i->samples),
		cell_number(i->sampled),
		samples ? cell_number((int64_t)i->median_ns) : (struct cell){0},
		samples ? cell_number((int64_t)i->p90_ns) : (struct cell){0},
		samples ? cell_number((int64_t)i->p99_ns) : (struct cell){0},
		cell_unless_zero(item->baseline_ns),
		cell_text(rcodes_json(i->rcodes, rcodes)),
	};
	int r = begin(segment);

	if (r < 0)
		return r;
	segment->others++;
	return insert__row(&segment->interval, cells, 15);
}

int segment__alert(struct segment *segment, const struct item_alert *item)
{
	const struct alert *a = &item->alert;
	const char *message = item->texts + strlen(item->texts) + 1;
	bool raised = a->state == ALERT_RAISED;
	const struct cell cells[] = {
		{0},
		cell_number(a->time_ns),
		cell_text(a->rule->name),
		cell_text(raised ? "raised" : "cleared"),
		cell_text(raised ? "warning" : "notice"), /* syslog(3)'s 4 and 5 */
		cell_text(item->has_group ? item->texts : NULL),
		encode_address(a->subject),
		cell_text(a->rule->metric),
		cell_real(a->value),
		cell_real(a->baseline),
		cell_real(a->absolute),
		cell_real(a->relative),
		cell_number((int64_t)a->samples),
		cell_text(message),
		cell_text(message + strlen(message) + 1),
	};
	int r = begin(segment);

	if (r < 0)
		return r;
	segment->others++;
	return insert__row(&segment->alert, cells, 15);
}
