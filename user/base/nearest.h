/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The known word that somebody probably meant. */
#ifndef BASE_NEAREST_H
#define BASE_NEAREST_H

/* Begin with {.word = what was written}; best is NULL until something near was offered. */
struct nearest {
	const char *word;
	const char *best;
	unsigned distance; /* of best; valid when best is set */
};

/**
 * nearest__offer() - Take @candidate if it is near, and nearer than those before.
 * @candidate: kept by pointer in best
 *
 * Near: edits (insert, delete, replace, swap neighbours; case does not count) up to a
 * third of the word's length, and at most 3; or @candidate begins with the word.
 * Words of more than 31 bytes are near to nothing. Cost: O(product of the lengths).
 */
void nearest__offer(struct nearest *nearest, const char *candidate);

#endif
