/* SPDX-License-Identifier: GPL-2.0-or-later */
/* THE table of chapters of a report: one row is all that a chapter needs. */
#ifndef CMD_REPORT_CHAPTERS_H
#define CMD_REPORT_CHAPTERS_H

#include "cmd/report_data.h"

extern const struct report_chapter report_chapters[];
extern const unsigned report_chapter_count;

/**
 * report_chapters_choose() - The chapters that report.chapters names, in its order.
 * @words: NULL-terminated; NULL, none or "all" alone: all
 * @ret_chosen: room for report_chapter_count
 *
 * A word that is no chapter, or comes twice, is reported with what is allowed.
 *
 * Return: how many, -EINVAL
 */
int report_chapters_choose(char *const *words, const struct report_chapter **ret_chosen);

/** The chapters; each writes what is below its title. Return: 0, -ENOMEM */
int report_overview(struct report *report);
int report_servers(struct report *report);
int report_names(struct report *report);
int report_clients(struct report *report);
int report_nxdomain(struct report *report);
int report_mail(struct report *report);
int report_foreign(struct report *report);
int report_services(struct report *report);
int report_hidden(struct report *report);

#endif
