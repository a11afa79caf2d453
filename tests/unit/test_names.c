// SPDX-License-Identifier: GPL-2.0-or-later
/* Last two labels, and registrable domains as the public suffix list's own tests have them. */
#include "query/names.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct row {
	const char *name;
	const char *part;
};

typedef const char *(*cut_fn)(const char *name, size_t length, size_t *ret_length);

/* The name has no byte behind it, so that reading on would be seen. */
static void expect_part(cut_fn cut, const struct row *row)
{
	size_t length = strlen(row->name), part_length = 0;
	char *name = malloc(length);
	const char *part;

	memcpy(name, row->name, length);
	part = cut(name, length, &part_length);
	cr_expect(part >= name && part + part_length == name + length, "'%s': outside", row->name);
	cr_expect(part_length == strlen(row->part) && memcmp(part, row->part, part_length) == 0,
		  "'%s': '%.*s' instead of '%s'", row->name, (int)part_length, part, row->part);
	free(name);
}

Test(names, second_level_is_the_last_two_labels)
{
	static const struct row rows[] = {
		{"email.seznam.cz", "seznam.cz"},
		{"seznam.cz", "seznam.cz"},
		{"cz", "cz"},
		{".", "."},
		{"a.b.c.d.e.f.g", "f.g"},
		{"1.0.0.127.in-addr.arpa", "in-addr.arpa"},
		{"a.b\\.c.cz", "b\\.c.cz"},	    /* a dot in a label */
		{"a.b\\\\.cz", "b\\\\.cz"},	    /* a backslash ends a label */
		{"a\\\\.b\\.cz", "a\\\\.b\\.cz"},   /* the last label is "b.cz" */
		{"x.a\\\\\\.b.cz", "a\\\\\\.b.cz"}, /* backslash and dot in a label */
		{"\\.", "\\."},
		{"x.\\000\\255.cz", "\\000\\255.cz"},
	};

	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		expect_part(name_second_level, &rows[i]);
}

/*
 * From https://publicsuffix.org/list/ (test_psl.txt), "none" being the name itself, then private
 * suffixes and what only names of the DNS have.
 */
static const struct row domains[] = {
	{"com", "com"},
	{"example.com", "example.com"},
	{"b.example.com", "example.com"},
	{"a.b.example.com", "example.com"},
	{"example", "example"},
	{"b.example.example", "example.example"}, /* no rule: the last label is the suffix */
	{"uk.com", "uk.com"},
	{"a.b.example.uk.com", "example.uk.com"},
	{"www.example.co.uk", "example.co.uk"},
	{"co.uk", "co.uk"},
	{"ac.jp", "ac.jp"},
	{"a.b.test.ac.jp", "test.ac.jp"},
	{"kyoto.jp", "kyoto.jp"},
	{"a.b.c.ide.kyoto.jp", "c.ide.kyoto.jp"},
	{"c.kobe.jp", "c.kobe.jp"}, /* *.kobe.jp */
	{"a.b.c.kobe.jp", "b.c.kobe.jp"},
	{"www.city.kobe.jp", "city.kobe.jp"}, /* !city.kobe.jp */
	{"ck", "ck"},
	{"test.ck", "test.ck"}, /* *.ck */
	{"a.b.test.ck", "b.test.ck"},
	{"www.ck", "www.ck"}, /* !www.ck */
	{"www.www.ck", "www.ck"},
	{"www.test.k12.ak.us", "test.k12.ak.us"},
	{"www.xn--85x722f.xn--55qx5d.cn", "xn--85x722f.xn--55qx5d.cn"},
	{"a.b.github.io", "b.github.io"},
	{"github.io", "github.io"},
	{"x.y.blogspot.com", "y.blogspot.com"},
	{"blogspot.com", "blogspot.com"},
	{"i.a.eu-west-1.compute.amazonaws.com", "a.eu-west-1.compute.amazonaws.com"},
	{".", "."},
	{"a.b\\.uk", "a.b\\.uk"}, /* the label "b.uk" is no uk */
	{"a.x.co\\.uk", "x.co\\.uk"},
	{"a\\.b.co.uk", "a\\.b.co.uk"},
	{"z.a\\.b.co.uk", "a\\.b.co.uk"},
	{"z.a\\\\.co.uk", "a\\\\.co.uk"},
	{"z.\\000\\046.com", "\\000\\046.com"},
};

#define DOMAINS (sizeof(domains) / sizeof(domains[0]))

/* Twice: looked up, then remembered. */
Test(names, domain_is_one_label_below_its_public_suffix)
{
	for (unsigned i = 0; i < 2 * DOMAINS; i++)
		expect_part(name_domain, &domains[i % DOMAINS]);
}

Test(names, domain_of_a_name_of_127_labels_is_found)
{
	char name[254] = "";
	size_t length;
	const char *part;

	for (unsigned i = 0; i < 122; i++)
		memcpy(name + 2 * i, "a.", 2);
	memcpy(name + 244, "b.co.uk", 8);
	part = name_domain(name, strlen(name), &length);
	cr_expect_str_eq(part, "b.co.uk");
	cr_expect_eq(length, 7);
}

Test(names, no_name_and_an_endless_one_come_back_as_they_are)
{
	static char endless[1 << 16];
	size_t length = 23;

	memset(endless, 'a', sizeof(endless));
	cr_expect_eq(name_domain(endless, sizeof(endless), &length), endless);
	cr_expect_eq(length, sizeof(endless));
	cr_expect_eq(name_domain(endless, 0, &length), endless);
	cr_expect_eq(length, 0);
	cr_expect_eq(name_second_level(endless, 0, &length), endless);
	cr_expect_eq(length, 0);
}

/* 9973 names, far more than are remembered, each of which pushes out some other. */
static void *ask_much(void *from)
{
	for (unsigned i = 0; i < 29989; i++) {
		char name[64];
		size_t length;
		const char *part;
		unsigned number = (unsigned)(*(unsigned *)from + i * 7919U) % 9973;

		snprintf(name, sizeof(name), "w%u.d%u.%s", i % 13, number,
			 number % 2 ? "co.uk" : "com");
		part = name_domain(name, strlen(name), &length);
		cr_assert_eq(part, strchr(name, '.') + 1, "%s", name);
		cr_assert_eq(length, strlen(part));
	}
	return NULL;
}

Test(names, what_is_forgotten_is_looked_up_again_in_each_thread)
{
	unsigned from[3] = {1, 2, 3};
	pthread_t threads[3];

	for (unsigned i = 0; i < 3; i++)
		cr_assert_eq(pthread_create(&threads[i], NULL, ask_much, &from[i]), 0);
	for (unsigned i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
}
