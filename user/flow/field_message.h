/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Getters of the fields that are read from an exchange's message: EDNS and records. */
#ifndef FLOW_FIELD_MESSAGE_H
#define FLOW_FIELD_MESSAGE_H

#include "flow/field_value.h"

FIELD_GETTER(verdict);
FIELD_GETTER(edns_size);
FIELD_GETTER(edns_version);
FIELD_GETTER(do);
FIELD_GETTER(ecs);
FIELD_GETTER(cookie);
FIELD_GETTER(nsid);
FIELD_GETTER(ede);
FIELD_GETTER(edns_padding);
FIELD_GETTER(edns_keepalive);
FIELD_GETTER(edns_expire);
FIELD_GETTER(edns_report);
FIELD_GETTER(crr_name);
FIELD_GETTER(crr_type);
FIELD_GETTER(crr_class);
FIELD_GETTER(crr_ttl);
FIELD_GETTER(crr_rdata);
FIELD_GETTER(crr_rdata_len);
FIELD_GETTER(answers);
FIELD_GETTER(records);

#endif
