/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Data of records and their text, as the RFCs have them. */
#ifndef TESTS_RDATA_ROWS_H
#define TESTS_RDATA_ROWS_H

#include <stddef.h>
#include <stdint.h>

struct rdata_row {
	const char *source;
	uint16_t type;
	uint16_t class;
	const char *hex;
	const char *text; /* NULL: the data are not what the type says */
};

extern const struct rdata_row rdata_good[];
extern const size_t rdata_good_count;
extern const struct rdata_row rdata_bad[];
extern const size_t rdata_bad_count;

#endif
