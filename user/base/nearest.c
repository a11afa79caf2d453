// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Edit distance in which a swap of two neighbours is one edit ("severs", "srevers"), because
 * that is how fingers err.
 *
 * Source: optimal string alignment distance (Damerau 1964, Wagner and Fischer 1974).
 */
#include "nearest.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

/* Longest word that is compared; the longest known one has 14 bytes ("odd-unanswered"). */
#define WORD_MAX 31

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

static bool same(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* Row i, column j: edits between the first i bytes of a and the first j of b. */
static unsigned edit_distance(const char *a, const char *b)
{
	unsigned d[WORD_MAX + 1][WORD_MAX + 1];
	unsigned rows = (unsigned)strlen(a), columns = (unsigned)strlen(b);

	for (unsigned i = 0; i <= rows; i++)
		d[i][0] = i;
	for (unsigned j = 0; j <= columns; j++)
		d[0][j] = j;
	for (unsigned i = 1; i <= rows; i++) {
		for (unsigned j = 1; j <= columns; j++) {
			unsigned replace = d[i - 1][j - 1] + !same(a[i - 1], b[j - 1]);

			d[i][j] = least(replace, least(d[i - 1][j], d[i][j - 1]) + 1);
			if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]))
				d[i][j] = least(d[i][j], d[i - 2][j - 2] + 1);
		}
	}
	return d[rows][columns];
}

void nearest__offer(struct nearest *nearest, const char *candidate)
{
	size_t length = strlen(nearest->word);
	unsigned allowed = least((unsigned)(length + 2) / 3, 3);
	unsigned distance;

	if (length == 0 || length > WORD_MAX || strlen(candidate) > WORD_MAX)
		return;
	distance = edit_distance(nearest->word, candidate);
	if (length > 1 && strncasecmp(candidate, nearest->word, length) == 0)
		distance = least(distance, 1);
	if (distance > allowed || (nearest->best && distance >= nearest->distance))
		return;
	nearest->best = candidate;
	nearest->distance = distance;
}
