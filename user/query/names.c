// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Parts of domain names as text.
 *
 * The public suffix list has two sections: suffixes of registries (co.uk), and private ones, below
 * which a company hands out names to others (github.io). Both count here, as in browsers: who
 * answers for evil.github.io is not who answers for github.io, and a tunnel below a free dynamic
 * name should stand out by itself and not drown among its neighbours. A name whose last label is
 * in no rule has that label as its suffix, which is the list's own rule "*".
 *
 * A look-up takes about a microsecond, and statistics ask once for each exchange, most of them for
 * few names: each thread remembers answers, the last one for each value of a hash. Somebody who
 * asks for very many names can push others out, which costs time only: what is remembered is
 * compared as a whole.
 */
#include "names.h"

#include "base/hash.h"
#include "dns/name.h"

#include <libpsl.h>
#include <stdbool.h>
#include <string.h>

/*
 * The longest rule has 5 labels ("*.compute.amazonaws.com.cn") and the domain one more. Looking no
 * further bounds what a name of 127 labels costs, as libpsl tries one after the other.
 */
#define DOMAIN_LABELS_MAX 8

/* An entry is a line of the processor's cache; all take 128 KB of each thread that asks. */
#define REMEMBERED	2048
#define REMEMBERED_NAME 62

struct remembered {
	uint8_t length; /* 0: empty */
	uint8_t domain; /* bytes at the end of name that are its domain */
	char name[REMEMBERED_NAME];
};

_Static_assert(sizeof(struct remembered) == 64, "a line of the cache");

static __thread struct remembered memory[REMEMBERED];

/* A dot between labels has an even number of backslashes before it (RFC 1035 section 5.1). */
static bool is_separator(const char *name, size_t at)
{
	size_t backslashes = 0;

	if (name[at] != '.')
		return false;
	while (backslashes < at && name[at - 1 - backslashes] == '\\')
		backslashes++;
	return backslashes % 2 == 0;
}

/* Where the last @labels labels begin. */
static size_t last_labels(const char *name, size_t length, unsigned labels)
{
	for (size_t at = length; at > 0; at--)
		if (is_separator(name, at - 1) && --labels == 0)
			return at;
	return 0;
}

static bool is_root(const char *name, size_t length)
{
	return length == 1 && name[0] == '.';
}

const char *name_second_level(const char *name, size_t length, size_t *ret_length)
{
	size_t at = is_root(name, length) ? 0 : last_labels(name, length, 2);

	*ret_length = length - at;
	return name + at;
}

/* Copy a name for libpsl, which knows no escapes: they become what stands in no rule. */
static void copy_plain(const char *name, size_t length, char *to)
{
	for (size_t i = 0; i < length; i++) {
		to[i] = name[i];
		if (name[i] != '\\')
			continue;
		to[i] = '_';
		if (i + 1 < length)
			to[++i] = '_';
	}
	to[length] = '\0';
}

/* Return: length of the domain at the end of @name, @length when there is none */
static size_t look_up(const char *name, size_t length)
{
	char plain[DNS_NAME_TEXT_MAX];
	const char *domain;

	copy_plain(name, length, plain);
	domain = psl_registrable_domain(psl_builtin(), plain);
	return domain ? length - (size_t)(domain - plain) : length;
}

static size_t recall(const char *name, size_t length)
{
	struct remembered *entry;

	if (length == 0 || length > REMEMBERED_NAME)
		return look_up(name, length);
	entry = &memory[hash_bytes(name, length, 0) % REMEMBERED];
	if (entry->length != length || memcmp(entry->name, name, length) != 0) {
		entry->domain = (uint8_t)look_up(name, length);
		entry->length = (uint8_t)length;
		memcpy(entry->name, name, length);
	}
	return entry->domain;
}

const char *name_domain(const char *name, size_t length, size_t *ret_length)
{
	size_t at;

	*ret_length = length;
	if (is_root(name, length) || length >= DNS_NAME_TEXT_MAX)
		return name;
	at = last_labels(name, length, DOMAIN_LABELS_MAX);
	*ret_length = recall(name + at, length - at);
	return name + length - *ret_length;
}
