// SPDX-License-Identifier: GPL-2.0-or-later
/* sensor.resolvers: the well-known ones, one's own, none. */
#include "settings_fixture.h"

#include "config/resolvers.h"

#include <arpa/inet.h>
#include <errno.h>

static bool has(const struct settings *s, const char *address)
{
	uint8_t bytes[16] = {[10] = 0xff, 0xff};

	if (inet_pton(AF_INET, address, bytes + 12) != 1)
		cr_assert_eq(inet_pton(AF_INET6, address, bytes), 1, "%s", address);
	for (unsigned i = 0; i < s->resolver_count; i++)
		if (memcmp(s->resolvers[i], bytes, sizeof(bytes)) == 0)
			return true;
	return false;
}

static unsigned count_public(void)
{
	unsigned n = 0;

	while (public_resolvers[n])
		n++;
	return n;
}

Test(resolvers, well_known_ones_are_addresses_once_each_and_leave_room)
{
	struct settings *s = settings__new();

	cr_expect(s->encrypted);
	cr_expect_eq(s->resolver_count, count_public(), "each is an address, none is there twice");
	cr_expect_lt(s->resolver_count, ODD_RESOLVERS_MAX * 2 / 3);
	for (unsigned i = 0; i < count_public(); i++)
		cr_expect(has(s, public_resolvers[i]), "%s", public_resolvers[i]);
	cr_expect(has(s, "1.1.1.3") && has(s, "2620:fe::fe") && !has(s, "192.0.2.1"));
	settings__free(s);
}

Test(resolvers, list_replaces_and_public_adds)
{
	static const struct {
		const char *value;
		unsigned own; /* beside the public ones */
		bool public;
	} rows[] = {
		{"", 0, false},
		{"192.0.2.1", 1, false},
		{"192.0.2.1, 2001:db8::1 192.0.2.2", 3, false},
		{"public", 0, true},
		{"public, 192.0.2.1", 1, true},
		{"192.0.2.1, public, 2001:db8::1", 2, true},
		{"8.8.8.8, public", 0, true},
		{"public, 8.8.8.8", 0, true},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct settings *s = settings__new();
		char assignment[128];

		snprintf(assignment, sizeof(assignment), "sensor.resolvers=%s", rows[i].value);
		cr_assert_eq(settings__set(s, assignment), 0, "%s", assignment);
		cr_expect_eq(s->resolver_count, rows[i].own + rows[i].public * count_public(), "%s",
			     assignment);
		cr_expect_eq(has(s, "9.9.9.9"), rows[i].public, "%s", assignment);
		settings__free(s);
	}
}

Test(resolvers, what_is_no_address_or_too_much_is_refused)
{
	static const char *const bad[] = {"10.0.0.0/8",
					  "192.0.2.1/32",
					  "one.one.one.one",
					  "Public",
					  "192.0.2.1, 192.0.2.1",
					  "8.8.8.8, 8.8.8.8, public",
					  "::ffff:192.0.2.1, 192.0.2.1"};
	struct settings *s = settings__new();
	char many[64 + 300 * 12] = "sensor.resolvers=";
	size_t used = strlen(many);

	for (size_t i = 0; i < ROWS(bad); i++) {
		char assignment[128];

		snprintf(assignment, sizeof(assignment), "sensor.resolvers=%s", bad[i]);
		cr_expect_eq(settings__set(s, assignment), -EINVAL, "%s", assignment);
	}
	for (unsigned i = 0; i < ODD_RESOLVERS_MAX; i++)
		used += (size_t)snprintf(many + used, sizeof(many) - used, "10.9.%u.%u,", i / 100,
					 i % 100);
	cr_expect_eq(settings__set(s, many), 0);
	cr_expect_eq(s->resolver_count, ODD_RESOLVERS_MAX);
	snprintf(many + used, sizeof(many) - used, "10.8.0.1");
	cr_expect_eq(settings__set(s, many), -EINVAL);
	cr_expect_eq(s->resolver_count, ODD_RESOLVERS_MAX, "what was there stays");
	settings__free(s);
}
