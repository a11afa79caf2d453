// SPDX-License-Identifier: GPL-2.0-or-later
/* The segment that was asked for longest ago is closed for another one. */
#include "fetch.h"

#include <errno.h>
#include <stdlib.h>

int fetch__new(struct store_reader *reader, const struct store_scan *scan, struct fetch **ret_fetch)
{
	struct fetch *fetch = calloc(1, sizeof(*fetch));
	int r = 0;

	if (!fetch)
		return -ENOMEM;
	fetch->reader = reader;
	fetch->scan = scan;
	for (unsigned i = 0; i < FETCH_OPEN_MAX && r == 0; i++)
		r = rows__init(&fetch->segments[i].rows, scan, scan->contexts[0], NULL);
	if (r < 0)
		fetch__free(fetch);
	else
		*ret_fetch = fetch;
	return r;
}

static void close_segment(struct fetch_segment *segment)
{
	sqlite3_finalize(segment->by_id);
	sqlite3_finalize(segment->by_piece);
	segment->by_id = segment->by_piece = NULL;
	segment->open = false;
}

void fetch__free(struct fetch *fetch)
{
	if (!fetch)
		return;
	for (unsigned i = 0; i < FETCH_OPEN_MAX; i++) {
		close_segment(&fetch->segments[i]);
		rows__done(&fetch->segments[i].rows);
	}
	free(fetch);
}

int fetch__segment(struct fetch *fetch, unsigned number, struct fetch_segment **ret_segment)
{
	struct fetch_segment *oldest = &fetch->segments[0];
	int r;

	for (unsigned i = 0; i < FETCH_OPEN_MAX; i++) {
		struct fetch_segment *segment = &fetch->segments[i];

		if (segment->open && segment->number == number) {
			segment->used = ++fetch->calls;
			*ret_segment = segment;
			return 0;
		}
		if (segment->used < oldest->used)
			oldest = segment;
	}
	close_segment(oldest);
	oldest->used = ++fetch->calls;
	r = rows__open(&oldest->rows, &fetch->reader->segments[number]);
	if (r < 0)
		return r;
	oldest->open = true;
	oldest->number = number;
	*ret_segment = oldest;
	return 0;
}

static int deliver(struct fetch *fetch, struct fetch_segment *segment, bool *ret_ended)
{
	uint64_t before = segment->rows.delivered;
	int r = rows__deliver(&segment->rows, segment->by_id, 0);

	fetch->delivered += segment->rows.delivered - before;
	if (r != 0 || (fetch->scan->limit && fetch->delivered == fetch->scan->limit))
		*ret_ended = true;
	return r;
}

int fetch__deliver(struct fetch *fetch, unsigned number, int64_t id, bool *ret_ended)
{
	static const struct rows_query by_id = {
		.first = "", .condition = "id=?1", .bound = 1, .matched = true};
	struct fetch_segment *segment;
	int r = fetch__segment(fetch, number, &segment);

	if (r == 0 && !segment->by_id)
		r = rows__prepare(&segment->rows, &by_id, &segment->by_id);
	if (r < 0)
		return r;
	sqlite3_bind_int64(segment->by_id, 1, id);
	r = view__step(&segment->rows.view, segment->by_id);
	if (r > 0)
		r = deliver(fetch, segment, ret_ended);
	sqlite3_reset(segment->by_id);
	return r;
}

uint64_t fetch__malformed(const struct fetch *fetch)
{
	uint64_t rows = 0;

	for (unsigned i = 0; i < FETCH_OPEN_MAX; i++)
		rows += fetch->segments[i].rows.malformed;
	return rows;
}
