/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Settings as the source has them, which knows none. */
#ifndef CMD_SENSOR_H
#define CMD_SENSOR_H

#include "config/settings.h"
#include "source/live.h"

/** sensor_attach_mode() - sensor.hook. */
enum attach_mode sensor_attach_mode(const struct settings *settings);

/**
 * sensor_server_keys() - Places that the map server_rcode needs.
 *
 * For each remembered server QUERY, NOERROR, NXDOMAIN and SERVFAIL; for one that is
 * configured by its address all rcodes, which are reserved for it. What run loads the
 * programs with, so that doctor tries the same.
 */
unsigned sensor_server_keys(const struct settings *settings);

/**
 * sensor_is_configured() - Is a server in a configured group?
 * @settings: const struct settings **, so that a reload is seen
 * @server: 16 bytes
 */
bool sensor_is_configured(const void *settings, const __u8 *server);

/** sensor_pin_servers() - Reserve places in server_rcode for servers configured by address. */
void sensor_pin_servers(const struct settings *settings, struct live *live);

/**
 * sensor_open() - Load the programs and attach them, as the settings say.
 * @settings: where the settings are, also after a reload; must outlive @ret_live
 * @handler, @context: get the events
 *
 * Return: as live__open()
 */
int sensor_open(const struct settings *const *settings, event_fn handler, void *context,
		struct live **ret_live);

#endif
