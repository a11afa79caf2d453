// SPDX-License-Identifier: GPL-2.0-or-later
/* Which settings wait for the next start, and that they can be kept back. */
#include "settings_fixture.h"

#include "config/rows.h"

/* Another value than the default for each key of [sensor]; @waits: for the next start. */
static const struct {
	const char *key;
	const char *value;
	bool waits;
} changes[] = {
	{"interfaces", "eth7", true}, {"ports", "53,5353", true},
	{"multicast", "yes", true},   {"hook", "tc", true},
	{"timeout", "3s", false},     {"grace", "7s", false},
	{"interval", "11s", true},    {"window", "31", true},
	{"min_samples", "7", false},  {"min_intervals", "7", false},
	{"raise_after", "5", false},  {"clear_after", "7", false},
	{"snaplen", "128", true},     {"answers", "none", false},
	{"episode", "1s", false},     {"tunnels", "1", true},
	{"encrypted", "no", true},    {"resolvers", "192.0.2.1", false},
	{"connections", "16", true},  {"assembly", "2M", true},
	{"ring", "1M", true},	      {"pending", "128", true},
	{"servers", "1021", true},    {"pins", "/sys/fs/bpf/x", true},
	{"state", "/run/x", true},
};

Test(built_in, each_setting_of_the_sensor_waits_for_the_next_start_or_does_not)
{
	struct settings *old = settings__new();
	unsigned rows = 0;

	for (unsigned i = 0; i < setting_row_count; i++)
		rows += strcmp(setting_rows[i].section, "sensor") == 0;
	cr_expect_eq(rows, ROWS(changes), "a new setting needs a row here");
	for (size_t i = 0; i < ROWS(changes); i++) {
		struct settings *new = settings__new();
		char assignment[64];

		snprintf(assignment, sizeof(assignment), "sensor.%s=%s", changes[i].key,
			 changes[i].value);
		cr_expect(settings__same_built_in(old, new));
		cr_assert_eq(settings__set(new, assignment), 0, "%s", assignment);
		cr_expect_eq(settings__same_built_in(old, new), !changes[i].waits, "%s",
			     assignment);
		settings__free(new);
	}
	settings__free(old);
}

Test(built_in, swapped_they_are_kept_and_what_does_not_wait_is_taken)
{
	struct settings *old = settings__new(), *new = settings__new();

	settings__set(old, "sensor.interfaces=eth1,eth2");
	settings__set(new, "sensor.interfaces=eth1");
	settings__set(new, "sensor.state=/run/x");
	settings__set(new, "sensor.window=31");
	settings__set(new, "sensor.timeout=3s");
	settings__swap_built_in(old, new);
	cr_expect_str_eq(new->interfaces[1], "eth2");
	cr_expect_str_eq(new->state_dir, "/run/oddns");
	cr_expect_eq(new->window, 30);
	cr_expect_eq(new->timeout_ns, 3 * SECOND);
	cr_expect_str_eq(old->state_dir, "/run/x");
	settings__swap_built_in(old, new);
	cr_expect_null(new->interfaces[1]);
	cr_expect_str_eq(new->state_dir, "/run/x");
	cr_expect_eq(new->window, 31);
	cr_expect_eq(old->timeout_ns, 5 * SECOND);
	settings__free(old);
	settings__free(new);
}
