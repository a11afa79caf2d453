/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the store fares, as status says it. */
#ifndef CMD_STORE_TEXT_H
#define CMD_STORE_TEXT_H

#include "sink/state_data.h"
#include "ui/table.h"

#include <stddef.h>

/* Seven numbers of 20 digits, an errno's text, and the words. */
#define STORE_TEXT_MAX 384

/**
 * store_text() - The store in one line, without newline.
 * @ret_colour: red: nothing can be written now; yellow: something was lost, or nothing is kept
 *
 * Return: @buf
 */
const char *store_text(const struct state_store *store, char buf[STORE_TEXT_MAX],
		       enum table_colour *ret_colour);

#endif
