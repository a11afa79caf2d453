/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Alerts back from their line of JSON, as the store keeps it: sink/json.h writes them. */
#ifndef SINK_ALERT_JSON_H
#define SINK_ALERT_JSON_H

#include "rule/alert.h"

/**
 * alert_json_evidence() - The proof in an alert's line.
 * @json: a line of json_alert(), with or without the newline
 * @ret_evidence: freed by the caller with free(); NULL when there is none
 *
 * Servers that cannot be read are left out; a server without median is not eligible.
 *
 * Return: how many, -EPROTO when the line is no alert, -ENOMEM
 */
int alert_json_evidence(const char *json, struct alert_evidence **ret_evidence);

#endif
