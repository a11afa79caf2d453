// SPDX-License-Identifier: GPL-2.0-or-later
/* Why a value is refused. */
#include "refusal.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

int refuse(char *ret_why, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(ret_why, REFUSAL_MAX, fmt, args);
	va_end(args);
	return -EINVAL;
}
