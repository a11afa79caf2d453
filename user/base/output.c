// SPDX-License-Identifier: GPL-2.0-or-later
/* The end of what a command prints. */
#include "output.h"

#include "log.h"

#include <errno.h>
#include <stdio.h>

int output_finish(void)
{
	if (fflush(stdout) != 0)
		return log_err(-errno, "write to standard output");
	/* an earlier write failed, its reason is gone */
	return ferror(stdout) ? log_err(-EIO, "write to standard output") : 0;
}
