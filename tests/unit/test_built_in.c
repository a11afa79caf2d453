// SPDX-License-Identifier: GPL-2.0-or-later
/* Which settings wait for the next start, and that they can be kept back. */
#include "settings_fixture.h"

#include "config/rows.h"

/* Another value than the default for each of [sensor] and [store]; @waits: for the next start. */
static const struct {
	const char *key;
	const char *value;
	bool waits;
} changes[] = {
	{"sensor.interfaces", "eth7", true}, {"sensor.ports", "53,5353", true},
	{"sensor.multicast", "yes", true},   {"sensor.hook", "tc", true},
	{"sensor.timeout", "3s", false},     {"sensor.grace", "7s", false},
	{"sensor.interval", "11s", true},    {"sensor.window", "31", true},
	{"sensor.min_samples", "7", false},  {"sensor.min_intervals", "7", false},
	{"sensor.raise_after", "5", false},  {"sensor.clear_after", "7", false},
	{"sensor.snaplen", "128", true},     {"sensor.answers", "none", false},
	{"sensor.episode", "1s", false},     {"sensor.tunnels", "1", true},
	{"sensor.encrypted", "no", true},    {"sensor.resolvers", "192.0.2.1", false},
	{"sensor.connections", "16", true},  {"sensor.assembly", "2M", true},
	{"sensor.ring", "1M", true},	     {"sensor.pending", "128", true},
	{"sensor.servers", "1021", true},    {"sensor.pins", "/sys/fs/bpf/x", true},
	{"sensor.state", "/run/x", true},    {"store.enabled", "no", true},
	{"store.path", "/srv/x", true},	     {"store.segment", "day", true},
	{"store.max_size", "1G", true},	     {"store.max_age", "7d", true},
	{"store.queue", "1M", true},	     {"store.records", "none", true},
	{"store.names", "no", true},	     {"store.clients", "hash", true},
	{"store.prefix4", "23", true},	     {"store.prefix6", "47", true},
};

Test(built_in, each_setting_of_sensor_and_store_waits_for_the_next_start_or_does_not)
{
	struct settings *old = settings__new();
	unsigned rows = 0;

	for (unsigned i = 0; i < setting_row_count; i++)
		rows += strcmp(setting_rows[i].section, "sensor") == 0 ||
			strcmp(setting_rows[i].section, "store") == 0;
	cr_expect_eq(rows, ROWS(changes), "a new setting needs a row here");
	for (size_t i = 0; i < ROWS(changes); i++) {
		struct settings *new = settings__new();
		char assignment[64];

		snprintf(assignment, sizeof(assignment), "%s=%s", changes[i].key, changes[i].value);
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
	settings__set(new, "store.path=/srv/x");
	settings__set(new, "sensor.window=31");
	settings__set(new, "sensor.timeout=3s");
	settings__swap_built_in(old, new);
	cr_expect_str_eq(new->interfaces[1], "eth2");
	cr_expect_str_eq(new->state_dir, "/run/oddns");
	cr_expect_eq(new->window, 30);
	cr_expect_eq(new->timeout_ns, 3 * SECOND);
	cr_expect_str_eq(old->state_dir, "/run/x");
	cr_expect_str_eq(new->store.dir, "/var/lib/oddns");
	cr_expect_str_eq(old->store.dir, "/srv/x");
	settings__swap_built_in(old, new);
	cr_expect_null(new->interfaces[1]);
	cr_expect_str_eq(new->state_dir, "/run/x");
	cr_expect_eq(new->window, 31);
	cr_expect_eq(old->timeout_ns, 5 * SECOND);
	settings__free(old);
	settings__free(new);
}
