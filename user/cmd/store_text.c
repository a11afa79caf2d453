// SPDX-License-Identifier: GPL-2.0-or-later
/* How the store fares, as status says it. */
#include "store_text.h"

#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* @buf: cut when too small, which it never is */
static void lost_text(const struct state_store *store, char *buf, size_t size)
{
	const char *separator = " (";
	size_t used;

	buf[0] = '\0';
	if (!store->overflow && !store->failed)
		return;
	used = (size_t)snprintf(buf, size, "; lost %" PRIu64, store->overflow + store->failed);
	if (store->failed) {
		used += (size_t)snprintf(buf + used, size - used, "%scould not be written %" PRIu64,
					 separator, store->failed);
		separator = ", ";
	}
	if (store->overflow)
		used += (size_t)snprintf(buf + used, size - used, "%sdisk too slow %" PRIu64,
					 separator, store->overflow);
	snprintf(buf + used, size - used, ")");
}

const char *store_text(const struct state_store *store, char buf[STORE_TEXT_MAX],
		       enum table_colour *ret_colour)
{
	char lost[STORE_TEXT_MAX / 3], trouble[STORE_TEXT_MAX / 3] = "", size[TEXT_SIZE_MAX];

	*ret_colour = TABLE_YELLOW;
	if (!store->on) {
		snprintf(buf, STORE_TEXT_MAX,
			 "nothing is kept: store.enabled is no, or it could not be opened");
		return buf;
	}
	lost_text(store, lost, sizeof(lost));
	if (store->error)
		snprintf(trouble, sizeof(trouble), "; cannot be written now: %s",
			 strerror((int)store->error));
	snprintf(buf, STORE_TEXT_MAX, "%" PRIu64 " exchanges written; %" PRIu64 " file%s, %s%s%s",
		 store->written, store->segments, store->segments == 1 ? "" : "s",
		 text_size(store->bytes, size), lost, trouble);
	if (store->error)
		*ret_colour = TABLE_RED;
	else if (!lost[0])
		*ret_colour = TABLE_PLAIN;
	return buf;
}
