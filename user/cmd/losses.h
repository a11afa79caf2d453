/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the daemon lost or could not use, with cause and remedy: for status and the report. */
#ifndef CMD_LOSSES_H
#define CMD_LOSSES_H

#include "sink/state_data.h"

/** loss_fn - Receives a loss. @name: one word; valid during the call. @remedy: cause and remedy */
typedef void (*loss_fn)(void *context, uint64_t count, const char *name, const char *remedy);

/** losses_list() - Tell each loss that has a count. */
void losses_list(const struct state *state, loss_fn fn, void *context);

#endif
