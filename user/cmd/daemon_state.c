// SPDX-License-Identifier: GPL-2.0-or-later
/* Finds the daemon's state for the verbs that show it. */
#include "daemon_state.h"

#include "base/log.h"
#include "base/text.h"
#include "cmd/cmd.h"

#include <errno.h>
#include <inttypes.h>
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* NO_COLOR: see no-color.org; set and not empty switches colour off. */
struct style stdout_style(void)
{
	const char *no_colour = getenv("NO_COLOR");

	setlocale(LC_CTYPE, "");
	return (struct style){
		.colour = isatty(STDOUT_FILENO) && !(no_colour && *no_colour),
		.utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0,
	};
}

static int read_state(struct daemon_state *daemon)
{
	const char *dir = daemon->options.settings->state_dir;
	int64_t pid = 0;
	int r = state_lock__holder(dir, &pid);

	if (r < 0)
		return log_err(r, "look at '%s/lock'", dir);
	daemon->running = r;
	r = state__read(dir, &daemon->state);
	if (r == 0 || ((r == -ENOENT || r == -ENOTDIR) && !daemon->running))
		return 0;
	if (r == -EPROTO)
		log_err(0,
			"read '%s/status.json': not the state of an oddns of this version; "
			"restart the daemon after an update",
			dir);
	else if (r == -ENOENT)
		log_err(0,
			"oddns (pid %" PRId64 ") has written no state yet: try again in a second; "
			"see 'journalctl -u oddns' if that does not help",
			pid);
	else
		log_err(r, "read '%s/status.json'", dir);
	return r;
}

int daemon_state__open(const struct options_verb *verb, int argc, char **argv,
		       struct daemon_state *ret)
{
	struct daemon_state daemon = {0};
	int r = options__parse(verb, argc, argv, &daemon.options);

	if (r < 0)
		return r == -ENOMEM ? CMD_FAILED : CMD_USAGE;
	daemon.style = stdout_style();
	if (read_state(&daemon) < 0) {
		daemon_state__close(&daemon);
		return CMD_FAILED;
	}
	*ret = daemon;
	return CMD_DONE;
}

void daemon_state__close(struct daemon_state *daemon)
{
	state__free(daemon->state);
	options__done(&daemon->options);
}

int daemon_state__not_running(const struct daemon_state *daemon)
{
	const char *dir = daemon->options.settings->state_dir;
	char when[TEXT_TIME_MAX];

	if (daemon->state)
		log_err(0,
			"not running: pid %" PRId64 " ended without a word after %s; see "
			"'journalctl -u oddns', start it with 'systemctl start oddns'",
			daemon->state->pid, text_time(daemon->state->now_ns, when));
	else
		log_err(0,
			"not running: no daemon uses %s; start it with 'systemctl start oddns' or "
			"'sudo oddns run', or name its folder with --set sensor.state=DIR",
			dir);
	return CMD_FAILED;
}
