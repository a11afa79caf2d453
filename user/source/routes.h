/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The interfaces through which this host reaches the world. */
#ifndef SOURCE_ROUTES_H
#define SOURCE_ROUTES_H

#include <net/if.h>

/* Default routes of a host: one for each uplink and address family. */
#define ROUTES_MAX 16

/**
 * routes_default_interfaces() - Names of the interfaces that default routes lead to.
 * @ret_names: room for ROUTES_MAX names, each once
 *
 * IPv4 and IPv6, main table, of the caller's network namespace.
 *
 * Return: how many (0: no default route), negative errno when /proc cannot be read
 */
int routes_default_interfaces(char ret_names[ROUTES_MAX][IF_NAMESIZE]);

#endif
