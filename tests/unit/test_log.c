// SPDX-License-Identifier: GPL-2.0-or-later
/* The one line on stderr: what failed, why, what to do. */
#include "base/log.h"

#include <criterion/criterion.h>
#include <criterion/redirect.h>

#include <errno.h>
#include <stdlib.h>

static void redirect(void)
{
	unsetenv("JOURNAL_STREAM");
	cr_redirect_stderr();
}

TestSuite(log, .init = redirect);

Test(log, why_stands_before_what_to_do)
{
	cr_expect_eq(log_err(-ENODEV, "watch '%s'; 'ip link' lists them; see there", "eth7"),
		     -ENODEV);
	log_err(-EPERM, "load");
	cr_expect_eq(log_err(0, "no route; name an interface"), 0);
	log_warn("late; go on");
	cr_assert_stderr_eq_str("oddns: watch 'eth7': No such device; 'ip link' lists them; see "
				"there\n"
				"oddns: load: Operation not permitted\n"
				"oddns: no route; name an interface\n"
				"oddns: late; go on\n");
}

Test(log, the_journal_is_told_the_priority)
{
	setenv("JOURNAL_STREAM", "8:1", 1);
	log_err(0, "a");
	log_warn("b");
	log_info("c");
	cr_assert_stderr_eq_str("<3>oddns: a\n<4>oddns: b\n<6>oddns: c\n");
}

Test(log, no_control_character_gets_out)
{
	log_err(0, "read '%s'; see '%s'", "\x1b[31m\r\n\x7f\x06", "a\tb");
	log_warn("C1 %s, but no others: %s",
		 "\xc2\x9b"
		 "2J\xc2\x80\xc2\x9f",
		 "\xc2\xa0\xc3\x9b");
	cr_assert_stderr_eq_str("oddns: read '?[31m?\?\?\?'; see 'a?b'\n"
				"oddns: C1 ?\?2J?\?\?\?, but no others: \xc2\xa0\xc3\x9b\n");
}
