/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The odd-one-out rule, pure: series in, verdict with its evidence out.
 * odd.c opens with the idea and a worked example.
 *
 * Source: "How we used statistics to find a problem with a DNS server" (Indeni).
 */
#ifndef RULE_ODD_H
#define RULE_ODD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The values of one member of a group, one for each interval that has enough samples. */
struct odd_series {
	const double *values; /* @count values, any order, >= 0 */
	unsigned count;
	uint64_t samples; /* behind all values together */
};

struct odd_limits {
	double absolute;	/* X, in the unit of the values */
	double relative;	/* Y, 0.3 = 30 % */
	unsigned min_members;	/* members with enough intervals, >= 2 */
	unsigned min_intervals; /* values that make a member eligible */
};

/* What the rule found for one member. */
struct odd_member {
	bool eligible; /* had enough intervals; median is valid */
	bool odd;
	double median;
};

/* What it found for the group. */
struct odd_verdict {
	bool sufficient; /* enough eligible members; baseline is valid */
	double baseline;
	unsigned eligible; /* members */
};

/**
 * odd_one_out() - Compare each member's median with the median of all values together.
 * @series: @n series
 * @scratch: room for the sum of all counts; overwritten
 * @ret_members: @n findings, in the order of @series; written in full
 *
 * A member is odd when its median exceeds the baseline by more than X and by
 * more than Y. Median of an even count: the mean of the two in the middle.
 * Only eligible members' values enter the baseline.
 * Cost: O(values), also in the worst case; about 15 ns a value.
 * Return: what was found for the group
 */
struct odd_verdict odd_one_out(const struct odd_series *series, size_t n,
			       const struct odd_limits *limits, double *scratch,
			       struct odd_member *ret_members);

/**
 * median() - Median by selection; of an even count the mean of the two in the middle.
 * @values: @n finite values; reordered
 *
 * Cost: O(@n), at most 64 passes over a shrinking part.
 * Return: the median; 0 when @n is 0
 */
double median(double *values, size_t n);

#endif
