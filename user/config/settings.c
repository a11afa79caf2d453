// SPDX-License-Identifier: GPL-2.0-or-later
/* What settings hold, freed and held against each other; reading them is for the files above. */
#include "settings.h"

#include "base/log.h"
#include "base/text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Range of stats/histogram.h: 2^35 ns, rounded down to what one would write. */
#define LATENCY_MAX_NS	34000000000ULL
#define PREFIX_BITS_MAX 128

void words__free(char **words)
{
	for (char **word = words; word && *word; word++)
		free(*word);
	free(words);
}

void settings__free(struct settings *settings)
{
	if (!settings)
		return;
	words__free(settings->interfaces);
	words__free(settings->chapters);
	free(settings->resolvers);
	free(settings->pin_dir);
	free(settings->state_dir);
	free(settings->store.dir);
	for (unsigned i = 0; i < settings->group_count; i++) {
		free(settings->groups[i].name);
		free(settings->groups[i].servers);
	}
	free(settings->groups);
	for (unsigned i = 0; i < settings->list_count; i++) {
		free(settings->lists[i].name);
		words__free(settings->lists[i].members);
		free(settings->lists[i].file);
	}
	free(settings->lists);
	free(settings);
}

unsigned settings__watched_ports(const struct settings *settings, uint16_t *ret_ports)
{
	const uint16_t multicast[] = {ODD_PORT_MDNS, ODD_PORT_LLMNR};
	unsigned count = settings->port_count;

	memcpy(ret_ports, settings->ports, count * sizeof(*ret_ports));
	for (unsigned i = 0; settings->multicast && i < 2; i++) {
		unsigned at = 0;

		while (at < settings->port_count && settings->ports[at] != multicast[i])
			at++;
		if (at < settings->port_count)
			continue;
		if (count < ODD_PORTS_MAX)
			ret_ports[count] = multicast[i];
		count++;
	}
	return count;
}

static int check_ports(const struct settings *settings)
{
	uint16_t ports[ODD_PORTS_MAX];
	unsigned count = settings__watched_ports(settings, ports);

	if (count <= ODD_PORTS_MAX)
		return 0;
	log_err(0,
		"[sensor] multicast = yes: ports %d and %d find no room beside the %u of "
		"sensor.ports; name %u fewer there, %d are watched at most",
		ODD_PORT_MDNS, ODD_PORT_LLMNR, settings->port_count, count - ODD_PORTS_MAX,
		ODD_PORTS_MAX);
	return -EINVAL;
}

static int check_sensor(const struct settings *settings)
{
	char sum[TEXT_DURATION_MAX], most[TEXT_DURATION_MAX];
	uint64_t total_ns = settings->timeout_ns + settings->grace_ns;

	if (total_ns > LATENCY_MAX_NS) {
		log_err(0, "[sensor] timeout + grace = %s: too large; allowed up to %s together",
			text_duration((int64_t)total_ns, sum),
			text_duration((int64_t)LATENCY_MAX_NS, most));
		return -EINVAL;
	}
	if (settings->min_intervals > settings->window) {
		log_err(0, "[sensor] min_intervals = %u: more than window; allowed 1 to %u",
			settings->min_intervals, settings->window);
		return -EINVAL;
	}
	return check_ports(settings);
}

/* Is the network of @group also in one of the groups before it? */
static const char *other_group_with(const struct settings *settings,
				    const struct group_settings *group,
				    const struct network *network)
{
	for (const struct group_settings *other = settings->groups; other < group; other++)
		for (unsigned i = 0; i < other->server_count; i++)
			if (memcmp(&other->servers[i], network, sizeof(*network)) == 0)
				return other->name;
	return NULL;
}

static bool is_default_group(const char *name)
{
	return strcmp(name, GROUP_LOOPBACK) == 0 || strcmp(name, GROUP_PRIVATE) == 0 ||
	       strcmp(name, GROUP_PUBLIC) == 0;
}

static int check_group(const struct settings *settings, const struct group_settings *group,
		       unsigned *addresses)
{
	char shown[TEXT_ADDRESS_MAX];

	if (is_default_group(group->name)) {
		log_err(0, "[group %s]: is the name of a default group; choose another one",
			group->name);
		return -EINVAL;
	}
	if (group->server_count == 0) {
		log_err(0, "[group %s]: no servers; write servers = ADDRESS, ...", group->name);
		return -EINVAL;
	}
	for (unsigned i = 0; i < group->server_count; i++) {
		const struct network *network = &group->servers[i];
		const char *other = other_group_with(settings, group, network);

		*addresses += network->prefix_bits == PREFIX_BITS_MAX;
		if (!other)
			continue;
		log_err(0, "[group %s] servers: %s is in [group %s] too; leave it in one of them",
			group->name, text_address(network->addr, shown), other);
		return -EINVAL;
	}
	return 0;
}

static int check_list(const struct list_settings *list)
{
	if (list->members || list->file)
		return 0;
	log_err(0, "[list %s]: is empty; write members = ITEM, ... or file = PATH", list->name);
	return -EINVAL;
}

int settings__check(const struct settings *settings)
{
	unsigned addresses = 0;
	int r = check_sensor(settings);

	for (unsigned i = 0; i < settings->list_count && r == 0; i++)
		r = check_list(&settings->lists[i]);

	for (unsigned i = 0; i < settings->group_count && r == 0; i++)
		r = check_group(settings, &settings->groups[i], &addresses);
	if (r == 0 && addresses > settings->servers) {
		log_err(0,
			"[sensor] servers = %u: fewer than the %u in groups; allowed %u to 65536",
			settings->servers, addresses, addresses);
		return -EINVAL;
	}
	return r;
}

bool network__contains(const struct network *network, const uint8_t addr[16])
{
	unsigned bytes = network->prefix_bits / 8, bits = network->prefix_bits % 8;
	uint8_t mask = (uint8_t)(0xff00 >> bits);

	if (memcmp(network->addr, addr, bytes) != 0)
		return false;
	return bits == 0 || ((network->addr[bytes] ^ addr[bytes]) & mask) == 0;
}
