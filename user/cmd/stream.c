// SPDX-License-Identifier: GPL-2.0-or-later
/* JSON Lines of a running sensor on standard output. */
#include "stream.h"

#include "alert/alert_message.h"
#include "sink/json.h"
#include "source/identity.h"

#include <errno.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>

/* Lines of 500 bytes come by the thousand: a write(2) for each 128 of them. */
#define BUFFER_BYTES 65536

struct stream {
	const struct live *live;
	struct identities *identities;
	struct json_names names;
	const struct rules *rules; /* of the interval that is being printed */
	char buffer[BUFFER_BYTES];
};

/* What the three names of an exchange are asked of. */
static const char *interface_name(void *context, uint32_t ifindex)
{
	const struct stream *stream = context;

	for (unsigned i = 0; i < live__interface_count(stream->live); i++) {
		const struct attachment *a = live__interface(stream->live, i);

		if (a->last_ifindex == ifindex)
			return a->ifname;
	}
	return NULL;
}

static const char *user_name(void *context, uint32_t uid)
{
	const struct stream *stream = context;

	return identities__user(stream->identities, uid);
}

static const char *unit_name(void *context, uint64_t cgroup_id)
{
	const struct stream *stream = context;

	return identities__unit(stream->identities, cgroup_id);
}

static const char *group_name(void *context, const struct server *server)
{
	const struct stream *stream = context;

	return rules__group_of(stream->rules, server);
}

int stream__open(const struct live *live, struct stream **ret_stream)
{
	struct stream *stream = calloc(1, sizeof(*stream));

	if (!stream)
		return -ENOMEM;
	if (identities__new(&stream->identities) < 0) {
		free(stream);
		return -ENOMEM;
	}
	stream->live = live;
	stream->names = (struct json_names){
		.exchange = {.interface = interface_name,
			     .user = user_name,
			     .unit = unit_name,
			     .context = stream},
		.group = group_name,
		.context = stream,
	};
	setvbuf(stdout, stream->buffer, _IOFBF, sizeof(stream->buffer));
	*ret_stream = stream;
	return 0;
}

void stream__close(struct stream *stream)
{
	if (!stream)
		return;
	fflush(stdout);
	setvbuf(stdout, NULL, _IONBF, 0); /* the buffer goes */
	identities__free(stream->identities);
	free(stream);
}

void stream__forget_names(struct stream *stream)
{
	identities__clear(stream->identities);
}

/*
 * A full buffer goes out in the middle of a line, where a line of our log may follow it into the
 * same file. So it is not let get full.
 */
static void end_line(const struct stream *stream)
{
	if (__fpending(stdout) > sizeof(stream->buffer) / 2)
		fflush(stdout);
}

void stream__exchange(struct stream *stream, const struct exchange *exchange)
{
	json_exchange(stdout, &stream->names, exchange);
	end_line(stream);
}

void stream__episode(struct stream *stream, const struct episode *episode)
{
	json_episode(stdout, episode);
	end_line(stream);
}

void stream__interval(struct stream *stream, const struct rules *rules, const struct server *server,
		      const struct interval *interval)
{
	stream->rules = rules;
	json_interval(stdout, &stream->names, server, interval);
}

void stream__alert(struct stream *stream, const struct alert *alert)
{
	char message[ALERT_MESSAGE_MAX];

	(void)stream;
	json_alert(stdout, alert, alert_message(alert, message, sizeof(message)));
}

void stream__summary(struct stream *stream, const struct summary *summary)
{
	(void)stream;
	json_summary(stdout, summary);
}

int stream__flush(struct stream *stream)
{
	(void)stream;
	if (fflush(stdout) != 0)
		return -errno;
	return ferror(stdout) ? -EIO : 0; /* the buffer was full before, and could not be written */
}
