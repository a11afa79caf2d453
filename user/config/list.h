/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Settings that are lists, written with commas or spaces between the items. */
#ifndef CONFIG_LIST_H
#define CONFIG_LIST_H

#include "rows.h"

/**
 * list_set_interfaces(), _words(), _ports(), _networks(), _resolvers() - Read @text as a list,
 * store it.
 *
 * Parameters and return as of value_set(). The list replaces what was there, which is freed; an
 * item that is named twice is refused, but in words.
 */
int list_set_interfaces(const struct setting_row *row, void *base, const char *text, char *ret_why);
int list_set_words(const struct setting_row *row, void *base, const char *text, char *ret_why);
int list_set_ports(const struct setting_row *row, void *base, const char *text, char *ret_why);
int list_set_networks(const struct setting_row *row, void *base, const char *text, char *ret_why);
int list_set_resolvers(const struct setting_row *row, void *base, const char *text, char *ret_why);

#endif
