/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a filter means by @name: the lists of the settings, read when they are asked for. */
#ifndef CMD_QUERY_LISTS_H
#define CMD_QUERY_LISTS_H

#include "config/settings.h"
#include "query/filter.h"

/* Without a list of this name, the servers of all groups. */
#define QUERY_LISTS_SERVERS "dns_servers"

/* Begin with {.settings = ...}, end with query_lists__done(). */
struct query_lists {
	const struct settings *settings;
	char ***loaded; /* each NULL-terminated, owned */
	unsigned loaded_count;
	const char *unread; /* path of a list that could not be read; NULL: none */
	int error;	    /* why: negative errno */
	bool no_servers;    /* @dns_servers was asked for, and no server is configured */
};

/**
 * query_lists__filter() - How a filter asks for them.
 * @lists: must outlive the compiling
 *
 * Members come first, then the lines of the file, without white space around and without empty
 * ones; # begins a comment. A name matches in any case. A file has at most FILTER_TEXT_MAX bytes.
 */
struct filter_lists query_lists__filter(struct query_lists *lists);

/** query_lists__done() - Free what was read. */
void query_lists__done(struct query_lists *lists);

#endif
