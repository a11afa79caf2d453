/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between state.c, which knows the schema, and state_file.c, which knows files. */
#ifndef SINK_STATE_JSON_H
#define SINK_STATE_JSON_H

#include "sink/state.h"

#include <errno.h>
#include <jansson.h>

/** state_json() - The state without servers; owned by the caller, NULL when out of memory. */
json_t *state_json(const struct state *state);

/** state_json_server() - One server; owned by the caller. */
json_t *state_json_server(const struct state_server *server);

/**
 * state_json_read() - The state without its lists; strings belong to @json.
 *
 * Return: 0, -EPROTO when it is no state of this ABI
 */
int state_json_read(const json_t *json, struct state *ret);

/** state_json_read_interface() - One of "interfaces"; strings belong to @json. */
void state_json_read_interface(const json_t *json, struct state_interface *ret);

/**
 * state_json_read_server() - One of "servers"; the group belongs to @json.
 *
 * Return: 0, -EPROTO without address or standing
 */
int state_json_read_server(const json_t *json, struct state_server *ret);

#endif
