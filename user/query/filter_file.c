// SPDX-License-Identifier: GPL-2.0-or-later
/* Lists in files: "@./servers", an item a line, # begins a comment. */
#include "filter.h"
#include "filter_parse.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Only a regular file has an end that can be known before. */
static int open_file(const char *path, size_t *ret_size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), r;
	struct stat status;

	if (fd < 0)
		return -errno;
	r = fstat(fd, &status) < 0 ? -errno : 0;
	if (r == 0 && !S_ISREG(status.st_mode))
		r = S_ISDIR(status.st_mode) ? -EISDIR : -EINVAL;
	if (r == 0 && status.st_size > FILTER_TEXT_MAX)
		r = -EFBIG;
	if (r < 0) {
		close(fd);
		return r;
	}
	*ret_size = (size_t)status.st_size;
	return fd;
}

/* All that the file has, NUL-terminated; freed by the caller. Return: length, negative errno */
static ssize_t read_file(const char *path, char **ret_text)
{
	size_t size, length = 0;
	int fd = open_file(path, &size);
	ssize_t n = 0;
	char *text;

	if (fd < 0)
		return fd;
	text = malloc(size + 1);
	while (text && length < size && (n = read(fd, text + length, size - length)) > 0)
		length += (size_t)n;
	if (n < 0)
		n = -errno;
	close(fd);
	if (text && n >= 0 && memchr(text, '\0', length))
		n = -EINVAL; /* a value would end there, unseen */
	if (!text || n < 0) {
		free(text);
		return text ? n : -ENOMEM;
	}
	text[length] = '\0';
	*ret_text = text;
	return (ssize_t)length;
}

/* The file's text lives as long as items that point into it. */
static int keep_file(struct filter_parser *parser, char *text)
{
	char **more = reallocarray(parser->files, parser->file_count + 1, sizeof(*more));

	if (!more) {
		free(text);
		return filter_no_memory(parser);
	}
	parser->files = more;
	parser->files[parser->file_count++] = text;
	return 0;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static int add_line(struct filter_parser *parser, const char *line, size_t length,
		    struct filter_place place)
{
	const char *comment = memchr(line, '#', length);
	struct filter_item item = {line, (unsigned)(comment ? comment - line : (long)length), false,
				   place};

	while (item.length && is_blank(item.text[item.length - 1]))
		item.length--;
	while (item.length && is_blank(*item.text)) {
		item.text++;
		item.length--;
	}
	if (!item.length)
		return 0;
	if (item.length > FILTER_WORD_MAX)
		return filter_fail(parser, place, "a line of more than %d bytes", FILTER_WORD_MAX);
	return filter_push_item(parser, &item);
}

int filter_add_file(struct filter_parser *parser, const struct filter_item *item)
{
	char path[FILTER_WORD_MAX + 1], found[FILTER_FOUND_MAX], *text, *line, *end;
	ssize_t length;

	memcpy(path, item->text + 1, item->length - 1);
	path[item->length - 1] = '\0';
	length = read_file(path, &text);
	if (length == -ENOMEM)
		return filter_no_memory(parser);
	if (length < 0)
		return filter_fail(parser, item->place, "cannot read the list %s: %s",
				   filter_found(item->text, item->length, found),
				   strerror((int)-length));
	if (keep_file(parser, text) < 0)
		return parser->result;
	for (line = text; line < text + length && parser->result == 0; line = end + 1) {
		end = memchr(line, '\n', (size_t)(text + length - line));
		if (!end)
			end = text + length;
		(void)add_line(parser, line, (size_t)(end - line), item->place);
	}
	return parser->result;
}
