// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Lines that are not in order yet.
 *
 * One heap does for all three uses; what differs is which line stands at its
 * root, that is, which one leaves first.
 *
 *   flows in order of start   The store delivers exchanges in order of their
 *                             queries. A response starts later, so its line is
 *                             held until a query starts later still. The root is
 *                             the earliest line.
 *
 *   the newest N              The root is the earliest line again, but it leaves
 *                             to be forgotten as soon as there are more than N.
 *
 *   the first N by a field    The root is the last line of those held, which is
 *                             forgotten when a better one comes. At the end the
 *                             heap is taken apart from behind, as heapsort does.
 *
 * Lines with equal keys keep the order in which they were added, so output is
 * the same whenever it is asked for.
 *
 * Memory: all lines at the same time only when they are sorted without a
 * limit. That is bounded by LINES_BYTES_MAX, some four million lines of text;
 * who wants more sorts with sort(1), or names a limit.
 */
#include "lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct line {
	uint64_t order;
	int64_t number;
	bool known;
	size_t key_length;
	size_t length;
	char bytes[]; /* the key's, then the content */
};

struct lines {
	struct lines_options options;
	struct line **heap; /* the root leaves first */
	size_t count, room;
	uint64_t added;
	uint64_t bytes;
};

int lines__new(const struct lines_options *options, struct lines **ret_lines)
{
	struct lines *lines = calloc(1, sizeof(*lines));

	if (!lines)
		return -ENOMEM;
	lines->options = *options;
	*ret_lines = lines;
	return 0;
}

void lines__free(struct lines *lines)
{
	if (!lines)
		return;
	for (size_t i = 0; i < lines->count; i++)
		free(lines->heap[i]);
	free(lines->heap);
	free(lines);
}

/* Three-way, of what is not falling. */
static int compare_keys(const struct line *a, const struct line *b)
{
	size_t shorter = a->key_length < b->key_length ? a->key_length : b->key_length;
	int r;

	if (a->number != b->number)
		return a->number < b->number ? -1 : 1;
	r = memcmp(a->bytes, b->bytes, shorter);
	if (r != 0)
		return r;
	return (a->key_length > b->key_length) - (a->key_length < b->key_length);
}

/* Does @a stand before @b in what is shown? */
static bool is_before(const struct lines *lines, const struct line *a, const struct line *b)
{
	int r;

	if (a->known != b->known)
		return a->known;
	r = a->known ? compare_keys(a, b) : 0;
	if (r != 0)
		return lines->options.falling ? r > 0 : r < 0;
	return lines->options.added_falling ? a->order > b->order : a->order < b->order;
}

static bool leaves_before(const struct lines *lines, const struct line *a, const struct line *b)
{
	return lines->options.keep == LINES_LAST ? is_before(lines, a, b) : is_before(lines, b, a);
}

static void sift_up(struct lines *lines, size_t i)
{
	struct line *line = lines->heap[i];

	while (i > 0 && leaves_before(lines, line, lines->heap[(i - 1) / 2])) {
		lines->heap[i] = lines->heap[(i - 1) / 2];
		i = (i - 1) / 2;
	}
	lines->heap[i] = line;
}

static void sift_down(struct lines *lines, size_t i)
{
	struct line *line = lines->heap[i];

	for (;;) {
		size_t child = 2 * i + 1;

		if (child + 1 < lines->count &&
		    leaves_before(lines, lines->heap[child + 1], lines->heap[child]))
			child++;
		if (child >= lines->count || !leaves_before(lines, lines->heap[child], line))
			break;
		lines->heap[i] = lines->heap[child];
		i = child;
	}
	lines->heap[i] = line;
}

static size_t size_of(const struct line *line)
{
	return sizeof(*line) + line->key_length + line->length;
}

/* The root, which the caller owns. */
static struct line *take_root(struct lines *lines)
{
	struct line *root = lines->heap[0];

	lines->bytes -= size_of(root);
	lines->heap[0] = lines->heap[--lines->count];
	if (lines->count > 0)
		sift_down(lines, 0);
	return root;
}

static int make_room(struct lines *lines)
{
	size_t room = lines->room ? 2 * lines->room : 1024;
	struct line **heap;

	if (lines->count < lines->room)
		return 0;
	heap = reallocarray(lines->heap, room, sizeof(*heap));
	if (!heap)
		return -ENOMEM;
	lines->heap = heap;
	lines->room = room;
	return 0;
}

int lines__add(struct lines *lines, const struct line_key *key, const void *content, size_t length)
{
	size_t key_length = key->known ? key->length : 0;
	size_t size = sizeof(struct line) + key_length + length;
	struct line *line;

	if (lines->bytes + size > LINES_BYTES_MAX)
		return -E2BIG;
	line = make_room(lines) == 0 ? malloc(size) : NULL;
	if (!line)
		return -ENOMEM;
	line->order = lines->added++;
	line->number = key->number;
	line->known = key->known;
	line->key_length = key_length;
	line->length = length;
	if (key_length)
		memcpy(line->bytes, key->bytes, key_length);
	memcpy(line->bytes + key_length, content, length);
	lines->bytes += size;
	lines->heap[lines->count++] = line;
	sift_up(lines, lines->count - 1);
	if (lines->options.limit && lines->count > lines->options.limit)
		free(take_root(lines));
	return 0;
}

static int let_go(const struct line *line, line_fn fn, void *context)
{
	return fn(context, line->bytes + line->key_length, line->length);
}

int lines__release(struct lines *lines, int64_t number, line_fn fn, void *context)
{
	int r = 0;

	while (r == 0 && lines->count > 0 && lines->heap[0]->number < number) {
		struct line *line = take_root(lines);

		r = let_go(line, fn, context);
		free(line);
	}
	return r;
}

/* Heapsort: roots go behind what is left of the heap, so all lies in order in the end. */
static void sort(struct lines *lines)
{
	size_t count = lines->count;

	while (lines->count > 0) {
		struct line *root = take_root(lines);

		lines->heap[lines->count] = root;
	}
	if (lines->options.keep == LINES_LAST)
		for (size_t i = 0; i < count / 2; i++) {
			struct line *line = lines->heap[i];

			lines->heap[i] = lines->heap[count - 1 - i];
			lines->heap[count - 1 - i] = line;
		}
	lines->count = count;
}

int lines__finish(struct lines *lines, line_fn fn, void *context)
{
	int r = 0;

	sort(lines);
	for (size_t i = 0; i < lines->count; i++) {
		if (r == 0)
			r = let_go(lines->heap[i], fn, context);
		free(lines->heap[i]);
	}
	lines->count = 0;
	return r;
}

bool lines__full(const struct lines *lines, int64_t *ret_first)
{
	if (!lines->options.limit || lines->count < lines->options.limit)
		return false;
	*ret_first = lines->heap[0]->number;
	return true;
}
