// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The configuration file. inih splits lines into section, key and value; it is lenient where
 * a person would rather be told: it cuts long section names, ends strings at a NUL, ignores
 * what follows "]" and sections without keys, takes an indented line for the rest of the one
 * before, and goes on after an error. So each line passes through our reader first, which
 * refuses what inih would bend, takes indentation and the byte order mark away, and ends
 * the input at the first error. Whatever reaches the handler is what was written.
 */
#include "settings.h"

#include "assign.h"
#include "base/log.h"

#include <ctype.h>
#include <errno.h>
#include <ini.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Longest line with its newline and NUL: some 250 IPv4 addresses. */
#define FILE_LINE_MAX 4096

/* Where a key was set, to refuse it a second time. */
struct place {
	char section[SECTION_MAX + 1];
	char *key;
	unsigned line;
};

struct ini_file {
	struct settings *settings;
	const char *path;
	FILE *stream;
	unsigned line;
	int error; /* the first; reported */
	struct place *places;
	size_t place_count;
};

static int syntax_error(struct ini_file *file, const char *why)
{
	log_err(0, "%s:%u: %s", file->path, file->line, why);
	file->error = -EINVAL;
	return file->error;
}

/* One line without its end. Return: bytes, -1 at the end of the file or after an error. */
static int read_line(struct ini_file *file, char *line, int size)
{
	int n = 0, c;

	for (c = getc(file->stream); c != EOF && c != '\n'; c = getc(file->stream)) {
		if (n == 0)
			file->line++;
		if (c == '\0')
			return syntax_error(
				       file,
				       "a NUL byte: this is not a text file; save it as UTF-8"),
			       -1;
		if (n + 2 >= size)
			return syntax_error(file, "line too long; allowed 4094 bytes"), -1;
		line[n++] = (char)c;
	}
	if (c == EOF && n == 0)
		return -1;
	if (n == 0)
		file->line++;
	while (n > 0 && isspace((unsigned char)line[n - 1]))
		n--;
	line[n] = '\0';
	return n;
}

/* "[sensor]", perhaps with a comment behind it. inih must find no more than we do. */
static int check_header(struct ini_file *file, char *line)
{
	struct assignment a = {.file = file->path, .line = file->line, .section = line + 1};
	char *end = strchr(line, ']');
	char *rest;
	int r;

	if (!end)
		return syntax_error(file, "'[' without ']'; write [SECTION]");
	rest = end + 1 + strspn(end + 1, " \t");
	if (*rest && *rest != ';' && *rest != '#')
		return syntax_error(file, "text behind ']'; write keys on lines of their own");
	if (end - line - 1 > SECTION_MAX)
		return syntax_error(file, "section name too long; allowed 49 bytes");
	*end = '\0';
	if (strchr(line, ';'))
		r = assign_error(&a, "a section name cannot hold ';'");
	else
		r = assign_section(file->settings, &a);
	end[0] = ']';
	end[1] = '\0';
	file->error = r;
	return r;
}

static int check_line(struct ini_file *file, char *line)
{
	if (*line == '[')
		return check_header(file, line);
	if (*line && *line != ';' && *line != '#' && !strpbrk(line, "=:"))
		return syntax_error(file, "neither [SECTION] nor KEY = VALUE nor a comment");
	return 0;
}

/* As fgets(): what inih reads its lines with. */
static char *next_line(char *buf, int size, void *context)
{
	struct ini_file *file = context;
	int length, skip = 0;

	if (file->error)
		return NULL;
	length = read_line(file, buf, size);
	if (length < 0)
		return NULL;
	if (file->line == 1 && strncmp(buf, "\xef\xbb\xbf", 3) == 0)
		skip = 3;
	skip += (int)strspn(buf + skip, " \t\v\f\r");
	memmove(buf, buf + skip, (size_t)(length - skip) + 1);
	if (check_line(file, buf) < 0)
		return NULL;
	memcpy(buf + strlen(buf), "\n", sizeof("\n")); /* read_line() left room */
	return buf;
}

/* Refuse a key that this file has set before. */
static int note_place(struct ini_file *file, const struct assignment *a)
{
	struct place *place;

	for (size_t i = 0; i < file->place_count; i++) {
		place = &file->places[i];
		if (strcmp(place->key, a->key) == 0 && strcmp(place->section, a->section) == 0)
			return assign_error(a, "set before, in line %u; leave one of them",
					    place->line);
	}
	place = reallocarray(file->places, file->place_count + 1, sizeof(*place));
	if (!place)
		return log_err(-ENOMEM, "read '%s'", file->path);
	file->places = place;
	place += file->place_count;
	place->key = strdup(a->key);
	if (!place->key)
		return log_err(-ENOMEM, "read '%s'", file->path);
	strncpy(place->section, a->section, SECTION_MAX);
	place->section[SECTION_MAX] = '\0';
	place->line = a->line;
	file->place_count++;
	return 0;
}

static int on_pair(void *context, const char *section, const char *key, const char *value)
{
	struct ini_file *file = context;
	struct assignment a = {file->path, file->line, section, key, value};

	file->error = assign(file->settings, &a);
	if (file->error == 0)
		file->error = note_place(file, &a);
	return file->error == 0;
}

static int parse(struct ini_file *file)
{
	int r;

	ini_max_line = FILE_LINE_MAX; /* a constant of the process; inih's own is 200 */
	r = ini_parse_stream(next_line, file, on_pair, file);
	if (file->error)
		return file->error;
	if (ferror(file->stream))
		return log_err(-EIO, "read '%s'", file->path);
	if (r != 0) {
		log_err(0, "%s:%d: not understood; write KEY = VALUE", file->path, r);
		return -EINVAL;
	}
	return 0;
}

static int open_file(const char *path, FILE **ret_stream)
{
	FILE *stream = fopen(path, "re");
	struct stat st;

	if (!stream)
		return -errno;
	if (fstat(fileno(stream), &st) == 0 && S_ISDIR(st.st_mode)) {
		fclose(stream);
		return -EISDIR;
	}
	*ret_stream = stream;
	return 0;
}

int settings__read_file(struct settings *settings, const char *path)
{
	struct ini_file file = {.settings = settings, .path = path ? path : CONFIG_DEFAULT_FILE};
	int r = open_file(file.path, &file.stream);

	if (r == -ENOENT && !path)
		return 0;
	if (r < 0)
		return log_err(r, "read configuration '%s'", file.path);
	r = parse(&file);
	for (size_t i = 0; i < file.place_count; i++)
		free(file.places[i].key);
	free(file.places);
	fclose(file.stream);
	return r;
}
