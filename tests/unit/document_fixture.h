/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Documents in memory, for their tests. */
#ifndef TESTS_UNIT_DOCUMENT_FIXTURE_H
#define TESTS_UNIT_DOCUMENT_FIXTURE_H

#include "ui/document.h"

#include <stdint.h>

#define DOCUMENT_SINCE INT64_C(1795244400000000000) /* 2026-11-21 07:00:00 UTC, by date(1) */
#define DOCUMENT_UNTIL INT64_C(1795330800000000000) /* a day later */
#define DOCUMENT_HOUR  INT64_C(3600000000000)

/* Names that do something where they are not escaped. */
extern const char *const document_nasty[];
extern const unsigned document_nasty_count;

/** document_fixture_open() - Begin one in memory, with a head that lists show or do not. */
struct document *document_fixture_open(enum document_format format, bool shown, struct style style);

/** document_fixture_close() - End it without an error. Return: its text, to be freed */
char *document_fixture_close(struct document *document);

/** document_fixture_chart() - A document of nothing but this chart. Return: its text, to be freed
 */
char *document_fixture_chart(enum document_format format, struct style style,
			     const struct chart *chart);

/** document_fixture_count() - How often a text stands in another. */
unsigned document_fixture_count(const char *text, const char *part);

#endif
