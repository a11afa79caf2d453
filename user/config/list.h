/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Settings that are lists, written with commas or spaces between the items. */
#ifndef CONFIG_LIST_H
#define CONFIG_LIST_H

#include "rows.h"

/* Each as value_set(); a list replaces what was there; an item named twice is refused. */
int list_set_interfaces(const struct setting_row *row, void *base, const char *text, char *ret_why);
int list_set_ports(const struct setting_row *row, void *base, const char *text, char *ret_why);
int list_set_networks(const struct setting_row *row, void *base, const char *text, char *ret_why);

/** list_free_interfaces() - Free such a list; NULL is allowed. */
void list_free_interfaces(char **interfaces);

#endif
