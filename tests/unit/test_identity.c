// SPDX-License-Identifier: GPL-2.0-or-later
/* Names of users and units. Paths as systemd makes them (systemd.slice(5), user@.service(5)). */
#include "source/identity.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

Test(identity, unit_is_the_last_service_or_scope_of_a_path)
{
	static const struct {
		const char *path, *unit;
	} cases[] = {
		{"/system.slice/named.service", "named.service"},
		{"/sys/fs/cgroup/system.slice/named.service/child", "named.service"},
		{"/user.slice/user-1000.slice/user@1000.service/app.slice/firefox.service",
		 "firefox.service"},
		{"/user.slice/user-1000.slice/session-3.scope", "session-3.scope"},
		{"system.slice//a.service//", "a.service"},
		{"/system.slice", NULL},
		{"/", NULL},
		{"", NULL},
		{"/system.slice/.service", NULL},
		{"/docker/0123456789ab", NULL},
		{"/system.slice/a.services", NULL},
	};
	char buf[IDENTITY_UNIT_MAX];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *unit = identity_unit_of_path(cases[i].path, buf);

		if (cases[i].unit)
			cr_assert_str_eq(unit, cases[i].unit, "row %zu", i);
		else
			cr_assert_null(unit, "row %zu", i);
	}
}

Test(identity, unit_that_is_too_long_is_none)
{
	char path[IDENTITY_UNIT_MAX + 1], buf[IDENTITY_UNIT_MAX];

	memset(path, 'a', sizeof(path));
	memcpy(path + sizeof(path) - sizeof(".service"), ".service", sizeof(".service"));
	cr_assert_null(identity_unit_of_path(path, buf));
	cr_assert_str_eq(identity_unit_of_path(path + 1, buf), path + 1);
}

Test(identity, users_and_units_that_do_not_exist_have_no_name)
{
	struct identities *identities;

	cr_assert_eq(identities__new(&identities), 0);
	for (int i = 0; i < 3; i++) { /* looked up, remembered, looked up again */
		/* 512 + 0 falls on the place of root */
		cr_assert_str_eq(identities__user(identities, 0), "root");
		cr_assert_str_eq(identities__user(identities, 0), "root");
		cr_assert_null(identities__user(identities, 512 * 7654321U));
		cr_assert_null(identities__unit(identities, 0xffffffffffffULL));
	}
	identities__clear(identities);
	cr_assert_str_eq(identities__user(identities, 0), "root");
	identities__free(identities);
	identities__free(NULL);
}
