// SPDX-License-Identifier: GPL-2.0-or-later
/* Narrow columns keep what they need; what is missing is taken from those that have much. */
#include "pdf_columns.h"

/* Halvings until a level is exact to a thousandth of a point, from the width of a page. */
#define HALVINGS 20

static float sum_of(const float *widths, unsigned count)
{
	float sum = 0;

	for (unsigned i = 0; i < count; i++)
		sum += widths[i];
	return sum;
}

/* Each up to @level of what it misses, so that those who miss little get all of it. */
static void grant(const struct pdf_want *wants, unsigned count, float level, float *ret_widths)
{
	for (unsigned i = 0; i < count; i++) {
		float missed = wants[i].most - wants[i].usual;

		ret_widths[i] = wants[i].usual + (missed < level ? missed : level);
	}
}

/* None above @level, so that what is missing is taken from the widest. */
static void squeeze(const struct pdf_want *wants, unsigned count, float level, float *ret_widths)
{
	for (unsigned i = 0; i < count; i++) {
		float width = wants[i].usual < level ? wants[i].usual : level;

		ret_widths[i] = width > wants[i].least ? width : wants[i].least;
	}
}

typedef void (*widths_fn)(const struct pdf_want *wants, unsigned count, float level,
			  float *ret_widths);

/* The highest level that fits. Return: does the lowest fit at all? */
static bool level_off(widths_fn widths, const struct pdf_want *wants, unsigned count, float room,
		      float *ret_widths)
{
	float low = 0, high = room;

	for (unsigned i = 0; i < HALVINGS; i++) {
		float middle = (low + high) / 2;

		widths(wants, count, middle, ret_widths);
		if (sum_of(ret_widths, count) > room)
			high = middle;
		else
			low = middle;
	}
	widths(wants, count, low, ret_widths);
	return sum_of(ret_widths, count) <= room;
}

int pdf_columns_fit(const struct pdf_want *wants, unsigned count, float room, float *ret_widths)
{
	float sum;

	room -= (float)count * PDF_COLUMN_GAP;
	for (unsigned i = 0; i < count; i++)
		ret_widths[i] = wants[i].most;
	if (sum_of(ret_widths, count) <= room)
		return 2;
	if (level_off(grant, wants, count, room, ret_widths))
		return 1;
	if (level_off(squeeze, wants, count, room, ret_widths))
		return 0;
	sum = sum_of(ret_widths, count); /* the least of all */
	for (unsigned i = 0; i < count; i++)
		ret_widths[i] *= room / sum;
	return -1;
}
