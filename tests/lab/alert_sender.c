// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Sends alerts as the daemon would, for journal.sh: reads "raised", "cleared"
 * or "note" line by line, and answers each with what the journal said.
 */
#include "alert/journal.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void send_alert(struct journal *journal, enum alert_state state)
{
	struct alert_evidence evidence[] = {
		{.eligible = true, .median = 409e3, .intervals = 30, .samples = 691},
		{.eligible = true, .odd = true, .median = 62.1e6, .intervals = 29, .samples = 683},
	};
	struct alert alert = {
		.rule = &rule_rows[RULE_LATENCY],
		.state = state,
		.group = "lab",
		.value = 62.1e6,
		.baseline = 412e3,
		.absolute = 20e6,
		.relative = 0.3,
		.samples = 683,
		.evidence = evidence,
		.evidence_count = 2,
	};

	text_parse_address("192.0.2.1", evidence[0].server);
	text_parse_address("192.0.2.3", evidence[1].server);
	text_parse_address("192.0.2.3", alert.subject);
	journal__alert(journal, &alert);
}

int main(void)
{
	struct journal *journal;
	char word[16];

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (journal__open(&journal) < 0)
		return 1;
	while (scanf("%15s", word) == 1) {
		if (strcmp(word, "note") == 0)
			journal__note(journal, 6, "note of %s", "the lab");
		else
			send_alert(journal, strcmp(word, "raised") ? ALERT_CLEARED : ALERT_RAISED);
		printf("%s unsent %" PRIu64 "\n", journal__is_up(journal) ? "up" : "down",
		       journal__unsent(journal));
	}
	journal__close(journal);
	return 0;
}
