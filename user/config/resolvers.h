/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The well-known public resolvers: what "public" means in sensor.resolvers. */
#ifndef CONFIG_RESOLVERS_H
#define CONFIG_RESOLVERS_H

/* NULL-terminated; each an address, none twice, fewer than ODD_RESOLVERS_MAX. */
extern const char *const public_resolvers[];

#endif
