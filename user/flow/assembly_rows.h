/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of assembly's counters: whatever shows or stores them goes through it. */
#ifndef FLOW_ASSEMBLY_ROWS_H
#define FLOW_ASSEMBLY_ROWS_H

#include "flow/assembly.h"

#include <stddef.h>

struct assembly_row {
	const char *group; /* "assembly", "fragments", "tcp": objects of JSON */
	const char *name;
	size_t offset;	    /* of a uint64_t in struct assembly_totals */
	const char *remedy; /* cause and remedy of a loss; NULL: none is lost */
};

extern const struct assembly_row assembly_rows[];
extern const unsigned assembly_row_count;

/** assembly_row__number() - The counter that the row is about. */
uint64_t assembly_row__number(const struct assembly_row *row, const struct assembly_totals *totals);

#endif
