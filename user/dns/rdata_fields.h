/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The fields that RDATA is made of, by their codes. */
#ifndef DNS_RDATA_FIELDS_H
#define DNS_RDATA_FIELDS_H

#include "dns/rdata_pass.h"

/* Codes are letters and digits. */
#define RDATA_CODES 128

/* The reader of each code, NULL where a code is none; rdata_fields.c explains them. */
extern const rdata_field_fn rdata_fields[RDATA_CODES];

#endif
