// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of chapters. A new one is a row here, its tallies, and a function. */
#include "report_chapters.h"

#include "base/log.h"
#include "base/nearest.h"
#include "base/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

const struct report_chapter report_chapters[] = {
	{
		.name = "overview",
		.title = "Overview",
		.about = "How much was asked, how it was answered, and when.",
		.needs = REPORT_TOTALS | REPORT_SERVERS,
		.tallies = TALLY_BIT(TALLY_RCODES),
		.write = report_overview,
	},
	{
		.name = "servers",
		.title = "Servers",
		.about = "How fast and how well each server answers, against the others of its "
			 "group.",
		.needs = REPORT_SERVERS,
		.write = report_servers,
	},
	{
		.name = "names",
		.title = "Names",
		.about = "What is asked for most.",
		.tallies = TALLY_BIT(TALLY_NAMES) | TALLY_BIT(TALLY_NAMES2),
		.write = report_names,
	},
	{
		.name = "clients",
		.title = "Clients",
		.about = "Who asks most, and how they are served.",
		.tallies = TALLY_BIT(TALLY_CLIENTS),
		.write = report_clients,
	},
	{
		.name = "nxdomain",
		.title = "Names that do not exist",
		.about = "Hosts that receive NXDOMAIN: misspelt names, search lists, software that "
			 "looks for a home.",
		.tallies = TALLY_BIT(TALLY_NXDOMAIN) | TALLY_BIT(TALLY_NXDOMAIN_NAMES) |
			   TALLY_BIT(TALLY_CLIENTS),
		.write = report_nxdomain,
	},
	{
		.name = "mail",
		.title = "Mail and reverse DNS",
		.about = "Names of addresses (PTR), which mail servers ask for before they take "
			 "mail.",
		.tallies = TALLY_BIT(TALLY_REVERSE) | TALLY_BIT(TALLY_REVERSE_NXDOMAIN) |
			   TALLY_BIT(TALLY_REVERSE_FAILED),
		.write = report_mail,
	},
	{
		.name = "foreign",
		.title = "Foreign servers",
		.about = "Hosts that ask servers which they should not.",
		.tallies = TALLY_BIT(TALLY_FOREIGN) | TALLY_BIT(TALLY_FOREIGN_SERVERS),
		.write = report_foreign,
	},
	{
		.name = "services",
		.title = "Service discovery",
		.about = "Who looks for services (SRV), and whether they are told.",
		.tallies = TALLY_BIT(TALLY_SERVICES) | TALLY_BIT(TALLY_SERVICES_FOUND),
		.write = report_services,
	},
	{
		.name = "hidden",
		.title = "Out of sight",
		.about = "What this report cannot show: encrypted DNS, and what was lost.",
		.needs = REPORT_TOTALS | REPORT_SERVERS | REPORT_STATE,
		.write = report_hidden,
	},
};

const unsigned report_chapter_count = sizeof(report_chapters) / sizeof(report_chapters[0]);

static const struct report_chapter *find(const char *word)
{
	for (unsigned i = 0; i < report_chapter_count; i++)
		if (strcmp(report_chapters[i].name, word) == 0)
			return &report_chapters[i];
	return NULL;
}

/* Return: -EINVAL */
static int refuse(const char *word, const char *why)
{
	struct nearest nearest = {.word = word};
	char shown[160], allowed[160] = "";

	for (unsigned i = 0; i < report_chapter_count; i++) {
		size_t used = strlen(allowed);

		nearest__offer(&nearest, report_chapters[i].name);
		snprintf(allowed + used, sizeof(allowed) - used, " %s", report_chapters[i].name);
	}
	text_printable(word, strlen(word), shown, sizeof(shown));
	if (nearest.best && strcmp(nearest.best, word) != 0)
		log_err(0, "report.chapters '%s': %s, did you mean '%s'?; allowed:%s", shown, why,
			nearest.best, allowed);
	else
		log_err(0, "report.chapters '%s': %s; allowed:%s", shown, why, allowed);
	return -EINVAL;
}

int report_chapters_choose(char *const *words, const struct report_chapter **ret_chosen)
{
	bool taken[sizeof(report_chapters) / sizeof(report_chapters[0])] = {false};
	bool all = !words || !words[0] || (strcmp(words[0], "all") == 0 && !words[1]);
	unsigned n = 0;

	for (; !all && words[n]; n++) {
		const struct report_chapter *chapter = find(words[n]);

		if (!chapter)
			return refuse(words[n], "no such chapter");
		if (taken[chapter - report_chapters])
			return refuse(words[n], "named twice");
		taken[chapter - report_chapters] = true;
	}
	for (unsigned i = 0; i < n; i++)
		ret_chosen[i] = find(words[i]);
	for (; all && n < report_chapter_count; n++)
		ret_chosen[n] = &report_chapters[n];
	return (int)n;
}
