// SPDX-License-Identifier: GPL-2.0-or-later
/* Narrow columns keep what they need; what is missing is taken from those that have much. */
#include "pdf_columns.h"

/* Each gets @low and its part of what is left, up to @high. */
static bool between(const float *low, const float *high, unsigned count, float room,
		    float *ret_widths)
{
	float lows = 0, highs = 0, part;

	for (unsigned i = 0; i < count; i++) {
		lows += low[i];
		highs += high[i];
	}
	if (lows > room)
		return false;
	part = highs > room ? (room - lows) / (highs - lows) : 1;
	for (unsigned i = 0; i < count; i++)
		ret_widths[i] = low[i] + part * (high[i] - low[i]);
	return true;
}

int pdf_columns_fit(const struct pdf_want *wants, unsigned count, float room, float *ret_widths)
{
	float least[TABLE_COLUMNS_MAX], usual[TABLE_COLUMNS_MAX], most[TABLE_COLUMNS_MAX];
	float none[TABLE_COLUMNS_MAX] = {0};

	room -= (float)count * PDF_COLUMN_GAP;
	for (unsigned i = 0; i < count; i++) {
		least[i] = wants[i].least;
		usual[i] = wants[i].usual;
		most[i] = wants[i].most;
	}
	if (between(most, most, count, room, ret_widths))
		return 2;
	if (between(usual, most, count, room, ret_widths))
		return 1;
	if (between(least, usual, count, room, ret_widths))
		return 0;
	between(none, least, count, room, ret_widths);
	return -1;
}
