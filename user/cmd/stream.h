/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `oddns run --format json` prints: exchanges, intervals and alerts as they end. */
#ifndef CMD_STREAM_H
#define CMD_STREAM_H

#include "pipeline.h"
#include "sink/summary.h"
#include "source/live.h"

struct stream;

/**
 * stream__open() - Prepare to print.
 * @live: names interfaces; must outlive the stream
 *
 * Return: 0, -ENOMEM
 */
int stream__open(const struct live *live, struct stream **ret_stream);
void stream__close(struct stream *stream);

/** stream__forget_names() - Ask for the names of users and units again, after a reload. */
void stream__forget_names(struct stream *stream);

/** stream__exchange() - One line, with the names of interface, user and unit. */
void stream__exchange(struct stream *stream, const struct exchange *exchange);

/** stream__episode() - One line. */
void stream__episode(struct stream *stream, const struct episode *episode);

/**
 * stream__interval() - One line.
 * @rules: tells the server's group
 */
void stream__interval(struct stream *stream, const struct rules *rules, const struct server *server,
		      const struct interval *interval);

/** stream__alert() - One line. */
void stream__alert(struct stream *stream, const struct alert *alert);

/** stream__summary() - The last line. */
void stream__summary(struct stream *stream, const struct summary *summary);

/**
 * stream__flush() - Hand over what was printed, once for a batch of events.
 *
 * Return: 0, -EPIPE when nobody reads any more, else why it cannot be written
 */
int stream__flush(struct stream *stream);

#endif
