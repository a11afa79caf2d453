// SPDX-License-Identifier: GPL-2.0-or-later
/* The proof of stored alerts. Lines are written by hand after the contract (design section 6). */
#include "base/text.h"
#include "sink/alert_json.h"

#include <criterion/criterion.h>

#include <errno.h>
#include <stdlib.h>

#define LINE(evidence) "{\"type\":\"alert\",\"evidence\":" evidence "}\n"

static void expect_server(const struct alert_evidence *evidence, const char *address)
{
	char text[TEXT_ADDRESS_MAX];

	cr_expect_str_eq(text_address(evidence->server, text), address);
}

Test(alert_json, evidence_is_read_server_by_server)
{
	struct alert_evidence *evidence;

	cr_assert_eq(alert_json_evidence(
			     LINE("[{\"server\":\"192.0.2.7\",\"median\":62100001,\"intervals\":29,"
				  "\"samples\":691,\"eligible\":true,\"odd\":true},"
				  "{\"server\":\"2001:db8::35\",\"median\":0.125,\"intervals\":7,"
				  "\"samples\":53,\"eligible\":true,\"odd\":false},"
				  "{\"server\":\"192.0.2.9\",\"median\":null,\"intervals\":3,"
				  "\"samples\":11,\"eligible\":false,\"odd\":false}]"),
			     &evidence),
		     3);
	expect_server(&evidence[0], "192.0.2.7");
	cr_expect_float_eq(evidence[0].median, 62100001, 0.1);
	cr_expect_eq(evidence[0].intervals, 29);
	cr_expect_eq(evidence[0].samples, 691);
	cr_expect(evidence[0].eligible && evidence[0].odd);
	expect_server(&evidence[1], "2001:db8::35");
	cr_expect_float_eq(evidence[1].median, 0.125, 1e-12);
	cr_expect(evidence[1].eligible && !evidence[1].odd);
	expect_server(&evidence[2], "192.0.2.9");
	cr_expect_not(evidence[2].eligible, "null is no median");
	free(evidence);
}

Test(alert_json, an_alert_without_evidence_has_none)
{
	struct alert_evidence *evidence = (void *)1;

	cr_expect_eq(alert_json_evidence(LINE("[]"), &evidence), 0);
	cr_expect_null(evidence);
	cr_expect_eq(alert_json_evidence("{\"type\":\"alert\"}", &evidence), 0);
	cr_expect_null(evidence);
}

Test(alert_json, what_is_no_alert_is_refused)
{
	static const char *const lines[] = {
		"",
		"{",
		"null",
		"[]",
		"{}",
		"{\"type\":\"interval\",\"evidence\":[]}",
		"{\"type\":7,\"evidence\":[]}",
	};
	struct alert_evidence *evidence = (void *)1;

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		cr_expect_eq(alert_json_evidence(lines[i], &evidence), -EPROTO, "%s", lines[i]);
	cr_expect_eq(evidence, (void *)1, "untouched on failure");
}

Test(alert_json, servers_that_cannot_be_read_are_left_out)
{
	struct alert_evidence *evidence;

	cr_assert_eq(
		alert_json_evidence(LINE("[5,{},{\"server\":\"host\"},{\"server\":9},"
					 "{\"server\":\"::1\",\"median\":\"x\",\"intervals\":-5,"
					 "\"samples\":[],\"odd\":\"yes\"}]"),
				    &evidence),
		1);
	expect_server(&evidence[0], "::1");
	cr_expect_not(evidence[0].eligible);
	cr_expect_not(evidence[0].odd);
	cr_expect_eq(evidence[0].intervals, 0);
	cr_expect_eq(evidence[0].samples, 0);
	free(evidence);
}

Test(alert_json, counts_that_do_not_fit_are_the_greatest)
{
	struct alert_evidence *evidence;

	cr_assert_eq(alert_json_evidence(
			     LINE("[{\"server\":\"::1\",\"median\":5,\"intervals\":4294967296}]"),
			     &evidence),
		     1);
	cr_expect_eq(evidence[0].intervals, 4294967295u);
	free(evidence);
}
