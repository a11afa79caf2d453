/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The fields that RDATA is made of, by their codes. */
#ifndef DNS_RDATA_FIELDS_H
#define DNS_RDATA_FIELDS_H

#include "dns/rdata_pass.h"

/* Codes are letters and digits. */
#define RDATA_CODES 128

struct rdata_field {
	rdata_field_fn read;
	/*
	 * Bytes of a field that has always so many, and of which any are good: who only checks
	 * need not read it. 0: of another kind.
	 */
	uint8_t width;
};

/* The field of each code, all zero where a code is none; rdata_fields.c explains them. */
extern const struct rdata_field rdata_fields[RDATA_CODES];

#endif
