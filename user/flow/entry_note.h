/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an entry remembers of the messages that belong to it. Moves none between lists. */
#ifndef FLOW_ENTRY_NOTE_H
#define FLOW_ENTRY_NOTE_H

#include "match.h"

/** entry_note_question() - Of a new entry: question, VLANs, and who sent it or the tunnel. */
void entry_note_question(struct entry *entry, const struct seen *s);

/** entry_note_transmission() - The query was sent, for the first time or again. */
void entry_note_transmission(struct entry *entry, const struct seen *s);

/** entry_note_sight() - Where the last packet was seen. */
void entry_note_sight(struct entry *entry, const struct odd_event *event);

/** entry_note_tag() - VLANs, when they were not known. */
void entry_note_tag(struct entry *entry, const struct odd_event *event);

/**
 * entry_note_origin_again() - The same query at another hook: sender or tunnel, if it tells one.
 *
 * The two share room: the tunnel is noted only while the sender is not known, and the sender
 * only while there is no tunnel.
 */
void entry_note_origin_again(struct entry *entry, const struct odd_event *event);

/** entry_note_transfer() - The first message of a zone transfer; @entry has room for its sums. */
void entry_note_transfer(struct entry *entry, const struct seen *s, bool is_late);

/** entry_note_continued() - A further message of it. */
void entry_note_continued(struct entry *entry, const struct odd_event *event);

#endif
