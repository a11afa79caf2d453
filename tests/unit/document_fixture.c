// SPDX-License-Identifier: GPL-2.0-or-later
/* Documents in memory. */
#include "document_fixture.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const document_nasty[] = {
	"\033[2J\033]0;gone\007",
	"<script>alert(1)</script>",
	"\" onload=\"alert(1)",
	"' onload='alert(1)",
	"&lt;&amp;",
	"=cmd|'/c calc'!A1",
	"a,b\"c\r\nd",
	"\302\233"
	"31m",
	"\342\200\256evil",
	"\377\300\257",
	"]]>--></style>",
};
const unsigned document_nasty_count = sizeof(document_nasty) / sizeof(document_nasty[0]);

static char *text;
static size_t size;
static FILE *out;

struct document *document_fixture_open(enum document_format format, bool shown, struct style style)
{
	struct document_head head = {
		.title = "DNS report",
		.host = "ns1.example",
		.filter = "dns-qname \"a\"",
		.since_ns = DOCUMENT_SINCE,
		.until_ns = DOCUMENT_UNTIL,
		.made_ns = DOCUMENT_UNTIL + 7000000000,
		.shown = shown,
	};
	struct document *document;

	out = open_memstream(&text, &size);
	cr_assert(out);
	cr_assert_eq(document__open(format, out, &head, style, &document), 0);
	return document;
}

char *document_fixture_close(struct document *document)
{
	cr_assert_eq(document__close(document), 0);
	fclose(out);
	return text;
}

char *document_fixture_chart(enum document_format format, struct style style,
			     const struct chart *chart)
{
	struct document *document = document_fixture_open(format, false, style);

	document__chart(document, chart);
	return document_fixture_close(document);
}

unsigned document_fixture_count(const char *whole, const char *part)
{
	unsigned count = 0;

	for (whole = strstr(whole, part); whole; whole = strstr(whole + 1, part))
		count++;
	return count;
}
