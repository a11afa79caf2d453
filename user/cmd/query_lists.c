// SPDX-License-Identifier: GPL-2.0-or-later
/* Lists of the settings, as the filter asks for them. */
#include "query_lists.h"

#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#define WHITE " \t\r\n\v\f"

/* Bits of an IPv4-mapped address before the IPv4 address. */
#define MAPPED_BITS 96

struct items {
	char **list; /* NULL-terminated once there is one */
	size_t count;
};

/* Return: 0, -ENOMEM */
static int add_item(struct items *items, const char *text, size_t length)
{
	char **longer = reallocarray(items->list, items->count + 2, sizeof(*longer));

	if (!longer)
		return -ENOMEM;
	items->list = longer;
	longer[items->count] = strndup(text, length);
	if (!longer[items->count])
		return -ENOMEM;
	longer[++items->count] = NULL;
	return 0;
}

static void free_list(char **list)
{
	for (char **item = list; item && *item; item++)
		free(*item);
	free(list);
}

/* What stands in a line before a comment. */
static int add_line(struct items *items, const char *line)
{
	size_t length = strcspn(line, "#"), blank = strspn(line, WHITE);

	if (blank >= length)
		return 0;
	while (strchr(WHITE, line[length - 1]))
		length--;
	return add_item(items, line + blank, length - blank);
}

/* A pipe that nobody writes to would block for ever. Return: NULL: errno tells */
static FILE *open_regular(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), error;
	FILE *file = NULL;
	struct stat status;

	if (fd < 0)
		return NULL;
	error = fstat(fd, &status) < 0 ? errno : 0;
	if (error == 0 && !S_ISREG(status.st_mode))
		error = S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
	if (error == 0) {
		file = fdopen(fd, "r");
		error = file ? 0 : errno;
	}
	if (!file)
		close(fd);
	errno = error;
	return file;
}

/* All of a file that is not larger than a filter may be. Return: to be freed; NULL: errno tells */
static char *read_file(const char *path)
{
	FILE *file = open_regular(path);
	char *text = file ? malloc(FILTER_TEXT_MAX + 1) : NULL;
	size_t length = text ? fread(text, 1, FILTER_TEXT_MAX + 1, file) : 0;
	int error = file && text ? 0 : errno;

	if (error == 0 && ferror(file))
		error = EIO;
	else if (length > FILTER_TEXT_MAX)
		error = EFBIG;
	else if (text && memchr(text, '\0', length))
		error = EINVAL; /* what is behind it would be missing without a word */
	else if (text)
		text[length] = '\0';
	if (file)
		fclose(file);
	if (error == 0)
		return text;
	free(text);
	errno = error;
	return NULL;
}

static int add_file(struct items *items, const char *path)
{
	char *text = read_file(path), *rest = text;
	int r = 0;

	if (!text)
		return -errno;
	while (r == 0 && rest)
		r = add_line(items, strsep(&rest, "\n"));
	free(text);
	return r;
}

/* "192.0.2.0/24" */
static int add_network(struct items *items, const struct network *network)
{
	char address[TEXT_ADDRESS_MAX], text[TEXT_ADDRESS_MAX + 5];
	unsigned bits = network->prefix_bits;
	int n;

	text_address(network->addr, address);
	if (!strchr(address, ':'))
		bits -= MAPPED_BITS;
	n = snprintf(text, sizeof(text), network->prefix_bits == 128 ? "%s" : "%s/%u", address,
		     bits);
	return add_item(items, text, (size_t)n);
}

static int add_groups(struct items *items, const struct settings *settings)
{
	int r = 0;

	for (unsigned i = 0; i < settings->group_count; i++)
		for (unsigned j = 0; r == 0 && j < settings->groups[i].server_count; j++)
			r = add_network(items, &settings->groups[i].servers[j]);
	return r;
}

static int add_list(struct items *items, const struct list_settings *list)
{
	int r = 0;

	for (char **member = list->members; r == 0 && member && *member; member++)
		r = add_item(items, *member, strlen(*member));
	if (r == 0 && list->file)
		r = add_file(items, list->file);
	return r;
}

static const struct list_settings *find_list(const struct settings *settings, const char *name)
{
	for (unsigned i = 0; i < settings->list_count; i++)
		if (strcasecmp(settings->lists[i].name, name) == 0)
			return &settings->lists[i];
	return NULL;
}

/* Remembers a list for query_lists__done(). */
static int keep_list(struct query_lists *lists, char **list)
{
	char ***longer = reallocarray(lists->loaded, lists->loaded_count + 1, sizeof(*longer));

	if (!longer)
		return -ENOMEM;
	lists->loaded = longer;
	longer[lists->loaded_count++] = list;
	return 0;
}

static const char *const *list_items(void *context, const char *name)
{
	static const char *const empty[] = {NULL};
	struct query_lists *lists = context;
	const struct list_settings *list = find_list(lists->settings, name);
	struct items items = {0};
	int r;

	if (!list && strcasecmp(name, QUERY_LISTS_SERVERS) != 0)
		return NULL;
	r = list ? add_list(&items, list) : add_groups(&items, lists->settings);
	if (r == 0 && items.list)
		r = keep_list(lists, items.list);
	if (r < 0) {
		lists->unread = list && list->file ? list->file : name;
		lists->error = r;
		free_list(items.list);
		return NULL;
	}
	lists->no_servers = !list && !items.count;
	if (lists->no_servers)
		return NULL;
	return items.list ? (const char *const *)items.list : empty;
}

static const char *list_name(void *context, unsigned i)
{
	const struct query_lists *lists = context;
	const struct settings *settings = lists->settings;

	if (i < settings->list_count)
		return settings->lists[i].name;
	if (i == settings->list_count && !find_list(settings, QUERY_LISTS_SERVERS))
		return QUERY_LISTS_SERVERS;
	return NULL;
}

struct filter_lists query_lists__filter(struct query_lists *lists)
{
	return (struct filter_lists){list_items, list_name, lists};
}

void query_lists__done(struct query_lists *lists)
{
	for (unsigned i = 0; i < lists->loaded_count; i++)
		free_list(lists->loaded[i]);
	free(lists->loaded);
}
