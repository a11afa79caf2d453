// SPDX-License-Identifier: GPL-2.0-or-later
/* Alerts in words and as journal fields; catalog against table of ids. */
#include "alert/fields.h"
#include "alert/limit.h"
#include "alert/alert_message.h"
#include "base/text.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct rule_row latency = {
	.id = RULE_LATENCY,
	.name = "odd-one-out",
	.metric = "latency_ns",
	.unit = UNIT_NS,
	.what = "latency",
	.advice = "Look at its load.",
};

static const struct rule_row unanswered = {
	.id = RULE_UNANSWERED,
	.name = "odd-unanswered",
	.metric = "unanswered_share",
	.unit = UNIT_SHARE,
	.what = "unanswered share",
	.advice = "Look at the way to it.",
};

static struct alert_evidence server(const char *address, double value, bool eligible, bool odd)
{
	struct alert_evidence e = {
		.eligible = eligible, .odd = odd, .median = value, .intervals = 30, .samples = 230};

	cr_assert_eq(text_parse_address(address, e.server), 0);
	return e;
}

static struct alert make(const struct rule_row *rule, const struct alert_evidence *evidence,
			 unsigned count)
{
	struct alert a = {.rule = rule, .group = "private", .samples = 690};

	a.evidence = evidence;
	a.evidence_count = count;
	a.value = rule->unit == UNIT_NS ? 62.1e6 : 0.3337;
	a.baseline = rule->unit == UNIT_NS ? 412e3 : 0.001;
	a.absolute = rule->unit == UNIT_NS ? 20e6 : 0.05;
	a.relative = 0.3;
	cr_assert_eq(text_parse_address("192.0.2.3", a.subject), 0);
	return a;
}

/* The value of a field, NULL without it; of repeated ones the @nth. */
static const char *value_of(const struct alert_fields *f, const char *name, unsigned nth)
{
	size_t length = strlen(name);

	for (unsigned i = 0; i < f->count; i++) {
		const char *text = f->iov[i].iov_base;

		cr_assert_eq(f->iov[i].iov_len, strlen(text));
		if (strncmp(text, name, length) == 0 && text[length] == '=' && nth-- == 0)
			return text + length + 1;
	}
	return NULL;
}

static void expect_fields(const struct alert_fields *f, const char *const (*want)[2])
{
	for (; (*want)[0]; want++) {
		cr_assert_not_null(value_of(f, (*want)[0], 0), "%s is there", (*want)[0]);
		cr_expect_str_eq(value_of(f, (*want)[0], 0), (*want)[1], "%s", (*want)[0]);
	}
}

Test(alert, raised_message_is_the_whole_proof_worst_of_the_others_first)
{
	const struct alert_evidence e[] = {
		server("192.0.2.1", 409e3, true, false), server("192.0.2.2", 415e3, true, false),
		server("192.0.2.3", 62.1e6, true, true),
		server("192.0.2.4", 900e6, false, false), /* too few samples: no say */
	};
	struct alert a = make(&latency, e, 4);
	char buf[ALERT_MESSAGE_MAX];

	cr_expect_str_eq(alert_message(&a, buf, sizeof(buf)),
			 "192.0.2.3 is the odd one out of group private: latency 62.1 ms, "
			 "baseline 412 us (limits +20 ms and +30 %), 690 samples; "
			 "others: 192.0.2.2 415 us, 192.0.2.1 409 us. Look at its load.");
}

Test(alert, shares_are_percent_and_their_limit_is_points)
{
	struct alert a = make(&unanswered, NULL, 0);
	char buf[ALERT_MESSAGE_MAX];

	cr_expect_str_eq(alert_message(&a, buf, sizeof(buf)),
			 "192.0.2.3 is the odd one out of group private: unanswered share 33.4 %, "
			 "baseline 0.1 % (limits +5 points and +30 %), 690 samples. "
			 "Look at the way to it.");
}

Test(alert, cleared_message_gives_no_advice_and_forgotten_says_why)
{
	struct alert a = make(&latency, NULL, 0);
	char buf[ALERT_MESSAGE_MAX];

	a.state = ALERT_CLEARED;
	alert_message(&a, buf, sizeof(buf));
	cr_expect(strstr(buf, "192.0.2.3 is no longer the odd one out of group private") == buf);
	cr_expect_null(strstr(buf, "ook at"));
	a.forgotten = true;
	alert_message(&a, buf, sizeof(buf));
	cr_expect(strstr(buf, "192.0.2.3 has too few answers") == buf);
	cr_expect_not_null(strstr(buf, "last latency 62.1 ms"));
}

Test(alert, large_groups_name_ten_others_and_count_the_rest)
{
	static struct alert_evidence e[23];
	struct alert a = make(&latency, e, 23);
	char buf[ALERT_MESSAGE_MAX];

	for (unsigned i = 0; i < 23; i++) {
		snprintf(buf, sizeof(buf), "2001:db8:1111:2222:3333:4444:5555:%x", 0x6600 + i);
		e[i] = server(buf, 3e6 + (i % 7) * 1e3, true, false); /* ties too */
	}
	alert_message(&a, buf, sizeof(buf));
	cr_expect_not_null(strstr(buf, " and 13 more below. Look at"), "%s", buf);
	/* 3.006 ms thrice: 6, 13, 20 in order of address, then 3.005 */
	cr_expect_not_null(strstr(buf, "others: 2001:db8:1111:2222:3333:4444:5555:6606 3.01 ms, "
				       "2001:db8:1111:2222:3333:4444:5555:660d "),
			   "%s", buf);
	cr_expect_null(strstr(buf, "…"));
}

Test(alert, message_that_does_not_fit_ends_in_an_ellipsis)
{
	struct alert a = make(&latency, NULL, 0);
	char whole[ALERT_MESSAGE_MAX], buf[ALERT_MESSAGE_MAX];
	size_t length = strlen(alert_message(&a, whole, sizeof(whole)));

	for (size_t size = 4; size <= length; size++) {
		memset(buf, 'x', sizeof(buf));
		alert_message(&a, buf, size);
		cr_assert_eq(strlen(buf), size - 1);
		cr_assert_str_eq(buf + size - 4, "…");
		cr_assert_eq(buf[size], 'x', "nothing is written behind %zu bytes", size);
	}
	alert_message(&a, buf, length + 1);
	cr_expect_str_eq(buf, whole);
}

Test(alert, fields_carry_base_units_and_words)
{
	static const char *const want[][2] = {
		{"SYSLOG_IDENTIFIER", "oddns"},
		{"PRIORITY", "4"},
		{"MESSAGE_ID", "949ce43667df465392940e9d074b02e0"},
		{"ODDNS_RULE", "odd-one-out"},
		{"ODDNS_STATE", "raised"},
		{"ODDNS_GROUP", "private"},
		{"ODDNS_SUBJECT", "192.0.2.3"},
		{"ODDNS_METRIC", "latency_ns"},
		{"ODDNS_VALUE", "62100000"},
		{"ODDNS_VALUE_TEXT", "62.1 ms"},
		{"ODDNS_BASELINE", "412000"},
		{"ODDNS_BASELINE_TEXT", "412 us"},
		{"ODDNS_ABSOLUTE", "20000000"},
		{"ODDNS_ABSOLUTE_TEXT", "20 ms"},
		{"ODDNS_RELATIVE", "0.3000"},
		{"ODDNS_RELATIVE_TEXT", "30 %"},
		{"ODDNS_SAMPLES", "690"},
		{"ODDNS_SERVERS", "2"},
		{"ODDNS_WHAT", "latency"},
		{"ODDNS_ADVICE", "Look at its load."},
		{"ODDNS_EVIDENCE",
		 "192.0.2.1 median=409000 intervals=30 samples=230 compared=yes odd=no"},
		{NULL, NULL},
	};
	const struct alert_evidence e[] = {
		server("192.0.2.1", 409e3, true, false),
		server("2001:db8::4", 0, false, false),
	};
	struct alert a = make(&latency, e, 2);
	struct alert_fields f;

	alert_fields__fill(&a, &f);
	expect_fields(&f, want);
	cr_expect_str_eq(value_of(&f, "ODDNS_EVIDENCE", 1),
			 "2001:db8::4 median=- intervals=30 samples=230 compared=no odd=no");
	cr_expect_eq(strncmp(f.iov[0].iov_base, "MESSAGE=192.0.2.3 is", 20), 0);
	a.state = ALERT_CLEARED;
	alert_fields__fill(&a, &f);
	cr_expect_str_eq(value_of(&f, "PRIORITY", 0), "5");
	cr_expect_str_eq(value_of(&f, "ODDNS_STATE", 0), "cleared");
}

Test(alert, fields_of_shares_have_four_decimals)
{
	static const char *const want[][2] = {
		{"ODDNS_VALUE", "0.3337"},
		{"ODDNS_VALUE_TEXT", "33.4 %"},
		{"ODDNS_BASELINE", "0.0010"},
		{"ODDNS_BASELINE_TEXT", "0.1 %"},
		{"ODDNS_ABSOLUTE", "0.0500"},
		{"ODDNS_ABSOLUTE_TEXT", "5 points"},
		{"ODDNS_METRIC", "unanswered_share"},
		{NULL, NULL},
	};
	struct alert a = make(&unanswered, NULL, 0);
	struct alert_fields f;

	alert_fields__fill(&a, &f);
	expect_fields(&f, want);
}

Test(alert, evidence_of_huge_groups_is_bounded_and_counted)
{
	static struct alert_evidence e[1009];
	struct alert a = make(&latency, e, 1009);
	static struct alert_fields f;

	for (unsigned i = 0; i < 1009; i++) {
		e[i] = server("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 34e9, true, true);
		e[i].samples = UINT64_MAX;
		e[i].intervals = UINT32_MAX;
	}
	alert_fields__fill(&a, &f);
	cr_expect_not_null(value_of(&f, "ODDNS_EVIDENCE", ALERT_EVIDENCE_MAX - 1));
	cr_expect_null(value_of(&f, "ODDNS_EVIDENCE", ALERT_EVIDENCE_MAX));
	cr_expect_str_eq(value_of(&f, "ODDNS_SERVERS", 0), "1009");
}

static char *read_catalog(void)
{
	FILE *file = fopen("user/dist/oddns.catalog", "r");
	char *text = calloc(1, 0x10000);

	cr_assert_not_null(file, "run from the top of the tree");
	cr_assert_gt(fread(text, 1, 0xffff, file), 0);
	fclose(file);
	return text;
}

Test(alert, catalog_explains_exactly_the_rules_ids)
{
	char *text = read_catalog();
	unsigned entries = 0;

	for (const char *p = text; (p = strstr(p, "\n-- ")); p += 4)
		entries++;
	cr_expect_eq(entries, RULES);
	for (unsigned i = 0; i < RULES; i++) {
		const char *id = alert_id(&rule_rows[i]);
		char want[96];

		cr_assert_eq(strlen(id), 32);
		cr_assert_eq(strspn(id, "0123456789abcdef"), 32);
		snprintf(want, sizeof(want), "\n# %s\n-- %s\nSubject: ", rule_rows[i].name, id);
		cr_expect_not_null(strstr(text, want), "rule %u has an entry", i);
	}
	free(text);
}

Test(alert, catalog_uses_only_fields_that_alerts_have)
{
	struct alert a = make(&latency, NULL, 0);
	char *text = read_catalog(), *at = strstr(text, "\n-- ");
	struct alert_fields f;
	unsigned used = 0;

	alert_fields__fill(&a, &f);
	while ((at = strchr(at, '@'))) {
		char *end = strchr(at + 1, '@');

		cr_assert_not_null(end);
		*end = '\0';
		cr_expect_not_null(value_of(&f, at + 1, 0), "@%s@", at + 1);
		at = end + 1;
		used++;
	}
	cr_expect_gt(used, 20);
	free(text);
}

Test(alert_limit, so_many_in_a_minute_and_no_more)
{
	const int64_t second = 1000000000, start = 1700000000 * second;
	struct alert_limit limit = {.count = 0};
	unsigned written = 0, words = 0;
	bool first;

	/* 7 a second for 59 seconds: the limit, then silence and one word about it */
	for (int i = 0; i < 7 * 59; i++) {
		written += alert_limit__take(&limit, start + i / 7 * second, &first);
		words += first;
	}
	cr_assert_eq(written, ALERTS_PER_MINUTE);
	cr_assert_eq(words, 1);
	cr_assert_eq(limit.held, 7 * 59 - ALERTS_PER_MINUTE);
	/* one nanosecond before the minute is over, and then */
	cr_assert_not(alert_limit__take(&limit, start + 60 * second - 1, &first));
	cr_assert_not(first);
	cr_assert(alert_limit__take(&limit, start + 60 * second, &first));
	cr_assert_not(first);
	/* a clock that went back does not make it silent for as long */
	for (int i = 0; i < 2 * ALERTS_PER_MINUTE; i++)
		alert_limit__take(&limit, start + 60 * second, &first);
	cr_assert(alert_limit__take(&limit, start - 3600 * second, &first));
}
