// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The door to journald.
 *
 * sd_journal_sendv() returns 0 when nobody listens (sd_journal_send(3): so that
 * programs need not care). An alert must not vanish like that, so each line
 * first looks whether the socket can be connected to: two system calls, and
 * lines are rare. So journald may also stop and come back while we run.
 */
#include "journal.h"

#include "alert/fields.h"
#include "alert/limit.h"
#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* The place in our source says nothing to an administrator. */
#define SD_JOURNAL_SUPPRESS_LOCATION
#include <systemd/sd-journal.h>

#define SOCKET_PATH "/run/systemd/journal/socket"

/* Priorities up to this one are warnings on stderr. */
enum { PRIORITY_WARNING = 4 };

struct journal {
	bool up;
	uint64_t unsent;
	struct alert_limit limit;
	struct alert_fields fields; /* here, so that an alert needs no memory */
};

int journal_reachable(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = SOCKET_PATH};
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int r;

	if (fd < 0)
		return -errno;
	r = connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ? -errno : 0;
	close(fd);
	return r;
}

static bool send_entry(struct journal *journal, const struct iovec *iov, unsigned count)
{
	bool up = journal_reachable() == 0;
	int r = up ? sd_journal_sendv(iov, (int)count) : -ENOENT;

	if (r < 0 && journal->up)
		log_warn("journald takes no lines (%s): alerts go to stderr until it does",
			 strerror(-r));
	if (r >= 0 && !journal->up)
		log_info("journald is back: alerts go to the journal again");
	journal->up = r >= 0;
	return journal->up;
}

static void to_stderr(int priority, const char *text)
{
	if (priority <= PRIORITY_WARNING)
		log_warn("%s", text);
	else
		log_info("%s", text);
}

int journal__open(struct journal **ret_journal)
{
	struct journal *journal = calloc(1, sizeof(*journal));

	if (!journal)
		return -ENOMEM;
	journal->up = journal_reachable() == 0;
	if (!journal->up)
		log_warn("no journald listens at %s: alerts go to stderr", SOCKET_PATH);
	*ret_journal = journal;
	return 0;
}

void journal__close(struct journal *journal)
{
	free(journal);
}

void journal__alert(struct journal *journal, const struct alert *alert)
{
	const struct alert_fields *fields = &journal->fields;
	bool first;

	if (!alert_limit__take(&journal->limit, alert->time_ns, &first)) {
		if (first)
			journal__note(journal, PRIORITY_WARNING,
				      "%d alerts within a minute: the rest of it goes unsaid; "
				      "'oddns servers' lists who is odd. If you do not know those "
				      "servers, name yours in a [group]",
				      ALERTS_PER_MINUTE);
		return;
	}
	alert_fields__fill(alert, &journal->fields);
	if (send_entry(journal, fields->iov, fields->count))
		return;
	journal->unsent++;
	to_stderr(alert_priority(alert),
		  (const char *)fields->iov[0].iov_base + strlen("MESSAGE="));
}

void journal__note(struct journal *journal, int priority, const char *fmt, ...)
{
	static const char name[] = "MESSAGE=";
	char message[ALERT_MESSAGE_MAX], level[] = "PRIORITY=N";
	char identifier[] = "SYSLOG_IDENTIFIER=oddns";
	const size_t prefix = sizeof(name) - 1;
	struct iovec iov[3];
	va_list args;

	memcpy(message, name, prefix);
	va_start(args, fmt);
	vsnprintf(message + prefix, sizeof(message) - prefix, fmt, args);
	va_end(args);
	level[sizeof(level) - 2] = (char)('0' + (priority & 7));
	iov[0] = (struct iovec){.iov_base = message, .iov_len = strlen(message)};
	iov[1] = (struct iovec){.iov_base = level, .iov_len = strlen(level)};
	iov[2] = (struct iovec){.iov_base = identifier, .iov_len = strlen(identifier)};
	if (!send_entry(journal, iov, 3))
		to_stderr(priority, message + prefix);
}

bool journal__is_up(const struct journal *journal)
{
	return journal->up;
}

uint64_t journal__held(const struct journal *journal)
{
	return journal->limit.held;
}

uint64_t journal__unsent(const struct journal *journal)
{
	return journal->unsent;
}
