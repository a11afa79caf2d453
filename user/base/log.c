// SPDX-License-Identifier: GPL-2.0-or-later
/* Lines on stderr, with systemd's priority prefix when the journal reads them. */
#include "log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PRIORITY_ERR = 3, PRIORITY_WARNING = 4, PRIORITY_INFO = 6 };

/*
 * Names, paths and what libraries say of a file may bear anything, and the line ends on a terminal:
 * control characters (C0, DEL, and C1 as UTF-8, which is C2 80 to C2 9F) become question marks.
 */
static void defuse(char *text)
{
	for (unsigned char *c = (unsigned char *)text; *c; c++) {
		if (*c == 0xc2 && c[1] >= 0x80 && c[1] <= 0x9f)
			*c = c[1] = '?';
		if (*c < ' ' || *c == 0x7f)
			*c = '?';
	}
}

static void write_line(int priority, int r, const char *fmt, va_list args)
{
	char text[1024];
	const char *remedy; /* from "; " on, if anything can be done */

	vsnprintf(text, sizeof(text), fmt, args);
	defuse(text);
	remedy = strstr(text, "; ");
	if (!remedy)
		remedy = text + strlen(text);
	if (getenv("JOURNAL_STREAM"))
		fprintf(stderr, "<%d>", priority);
	fprintf(stderr, "oddns: %.*s%s%s%s\n", (int)(remedy - text), text, r ? ": " : "",
		r ? strerror(-r) : "", remedy);
}

int log_err(int r, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	write_line(PRIORITY_ERR, r, fmt, args);
	va_end(args);
	return r;
}

void log_warn(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	write_line(PRIORITY_WARNING, 0, fmt, args);
	va_end(args);
}

void log_info(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	write_line(PRIORITY_INFO, 0, fmt, args);
	va_end(args);
}
