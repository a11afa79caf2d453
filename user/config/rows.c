// SPDX-License-Identifier: GPL-2.0-or-later
/* Each setting of oddns, in the order in which the manual shows them. */
#include "rows.h"

#include "settings.h"

#include <string.h>

#define AT(member)  offsetof(struct settings, member)
#define OF(member)  offsetof(struct group_settings, member)
#define IN(member)  offsetof(struct list_settings, member)
#define LIMIT(id)   AT(rules[id])
#define ENABLED(id) (LIMIT(id) + offsetof(struct rule_settings, enabled))
#define BY_X(id)    (LIMIT(id) + offsetof(struct rule_settings, absolute))
#define BY_Y(id)    (LIMIT(id) + offsetof(struct rule_settings, relative))

#define HELP_ENABLED "whether the rule is evaluated"
#define HELP_X	     "how far above the baseline a server's median must lie to be odd"
#define HELP_Y	     "and by which share of the baseline it must lie above it"

/*
 * Upper bounds: absolute 10 s and relative 1000 % keep a forgotten unit ("20" is 20 s, "30"
 * is 3000 %) from switching a rule off without a word.
 */
// clang-format off
const struct setting_row setting_rows[] = {
	{"sensor", "interfaces", SETTING_INTERFACES, AT(interfaces), 0, "", NULL, NULL, "",
	 "interfaces to watch; when empty, those of the default routes"},
	{"sensor", "ports", SETTING_PORTS, AT(ports), AT(port_count), "53", NULL, NULL, "",
	 "UDP and TCP ports that carry DNS"},
	{"sensor", "multicast", SETTING_FLAG, AT(multicast), 0, "no", NULL, NULL, "",
	 "whether ports 5353 and 5355 are watched, too, as multicast DNS and LLMNR"},
	{"sensor", "hook", SETTING_CHOICE, AT(hook), 0, "auto", "auto, xdp, xdp-generic, tc", NULL, "",
	 "where packets are seen on their way in; auto: native XDP, else TC, else generic XDP"},
	{"sensor", "timeout", SETTING_DURATION, AT(timeout_ns), 0, "5s", "10ms", "30s", "",
	 "how long a response is awaited before the query counts as unanswered"},
	{"sensor", "grace", SETTING_DURATION, AT(grace_ns), 0, "25s", "0s", "30s", "",
	 "how long after the timeout a response is still recognized as late; timeout and "
	 "grace together must not exceed 34 s"},
	{"sensor", "episode", SETTING_DURATION, AT(episode_ns), 0, "5s", "100ms", "30s", "",
	 "how long after a failed attempt a client's next one for the same name belongs to the same "
	 "episode, in JSON"},
	{"sensor", "interval", SETTING_DURATION, AT(interval_ns), 0, "10s", "100ms", "1h", "",
	 "length of an interval of statistics; rules are evaluated at its end"},
	{"sensor", "window", SETTING_COUNT, AT(window), 0, "30", "5", "360", "intervals",
	 "how many intervals back the rules look"},
	{"sensor", "min_samples", SETTING_COUNT, AT(min_samples), 0, "5", "1", "1000000", "samples",
	 "how many samples make an interval count"},
	{"sensor", "min_intervals", SETTING_COUNT, AT(min_intervals), 0, "5", "1", "360", "intervals",
	 "how many intervals must count before a server is compared; at most window"},
	{"sensor", "raise_after", SETTING_COUNT, AT(raise_after), 0, "2", "1", "100", "evaluations",
	 "how often in a row a server must be odd before an alert is raised"},
	{"sensor", "clear_after", SETTING_COUNT, AT(clear_after), 0, "3", "1", "100", "evaluations",
	 "how often in a row it must not be odd before the alert is cleared"},
	{"sensor", "snaplen", SETTING_COUNT, AT(snaplen), 0, "1232", "64", "4096", "bytes",
	 "how much of each DNS message over UDP travels to user space"},
	{"sensor", "answers", SETTING_CHOICE, AT(answers), 0, "all", "none, first, all", NULL, "",
	 "how many of the answer's records an exchange shows; all: the other sections, too, and each "
	 "record's data is held against its type"},
	{"sensor", "tunnels", SETTING_COUNT, AT(tunnels), 0, "4", "0", "4", "tunnels",
	 "how many tunnels in tunnels are entered in search of DNS (VXLAN, GENEVE, GRE, ERSPAN, IP in "
	 "IP, GTP-U, MPLS, PPPoE); 0: none"},
	{"sensor", "encrypted", SETTING_FLAG, AT(encrypted), 0, "yes", NULL, NULL, "",
	 "whether connections of DNS that cannot be read are counted: over TLS and QUIC (port 853), "
	 "over HTTPS to known resolvers"},
	{"sensor", "resolvers", SETTING_RESOLVERS, AT(resolvers), AT(resolver_count), "public", NULL,
	 NULL, "", "resolvers whose port 443 is taken for DNS over HTTPS"},
	{"sensor", "ring", SETTING_POWER, AT(ring_bytes), 0, "4M", "64k", "1G", "bytes",
	 "size of the ring buffer between kernel and daemon"},
	{"sensor", "pending", SETTING_SIZE, AT(pending), 0, "1M", "64", "64M", "queries",
	 "how many queries are remembered at once; bounds the memory"},
	{"sensor", "servers", SETTING_COUNT, AT(servers), 0, "1024", "2", "65536", "servers",
	 "how many servers are remembered at once; bounds the memory"},
	{"sensor", "connections", SETTING_COUNT, AT(connections), 0, "65536", "16", "1048576",
	 "connections", "how many TCP connections are remembered at once; bounds the memory"},
	{"sensor", "assembly", SETTING_SIZE, AT(assembly), 0, "32M", "1M", "4G", "bytes",
	 "how much of messages may wait for the rest of their segments and fragments; bounds the "
	 "memory"},
	{"sensor", "pins", SETTING_PATH, AT(pin_dir), 0, "/sys/fs/bpf/oddns", NULL, NULL, "",
	 "folder in a BPF file system where the maps are pinned"},
	{"sensor", "state", SETTING_PATH, AT(state_dir), 0, "/run/oddns", NULL, NULL, "",
	 "folder for what 'oddns status' and 'oddns servers' read"},

	{"store", "enabled", SETTING_FLAG, AT(store.enabled), 0, "yes", NULL, NULL, "",
	 "whether the daemon keeps exchanges, intervals and alerts for flows, stats, report"},
	{"store", "path", SETTING_PATH, AT(store.dir), 0, "/var/lib/oddns", NULL, NULL, "",
	 "folder of the store: one SQLite file for each hour or day"},
	{"store", "segment", SETTING_CHOICE, AT(store.segment), 0, "hour", "hour, day", NULL, "",
	 "how much goes into one file; old ones are removed as a whole"},
	{"store", "max_size", SETTING_SIZE, AT(store.max_bytes), 0, "2G", "0", "65536G", "bytes",
	 "the oldest files are removed when all together are larger, and nothing is written while the "
	 "newest alone is; 0: never"},
	{"store", "max_age", SETTING_DURATION, AT(store.max_age_ns), 0, "30d", "0s", "3650d", "",
	 "files that are older are removed; 0: never"},
	{"store", "queue", SETTING_POWER, AT(store.queue_bytes), 0, "64M", "1M", "4G", "bytes",
	 "how much may wait for the disk, in memory; what does not fit is lost and counted"},
	{"store", "records", SETTING_CHOICE, AT(store.records), 0, "first", "none, first, all", NULL,
	 "", "how many of a response's records are kept, at most those of sensor.answers"},
	{"store", "names", SETTING_FLAG, AT(store.names), 0, "yes", NULL, NULL, "",
	 "whether names that are asked for are kept; no: neither names nor records"},
	{"store", "clients", SETTING_CHOICE, AT(store.clients), 0, "full", "full, prefix, hash", NULL,
	 "", "how clients are kept: their addresses, the first bits of them, or a keyed hash (its key "
	 "is in the folder); with the latter two no records are kept, for clients stand in them"},
	{"store", "prefix4", SETTING_COUNT, AT(store.prefix4), 0, "24", "0", "32", "bits",
	 "how much is kept of a client's IPv4 address with clients = prefix"},
	{"store", "prefix6", SETTING_COUNT, AT(store.prefix6), 0, "56", "0", "128", "bits",
	 "how much is kept of a client's IPv6 address with clients = prefix"},

	{"report", "chapters", SETTING_WORDS, AT(chapters), 0,
	 "all", NULL, NULL, "",
	 "chapters of 'oddns report', in this order: overview, servers, names, clients, nxdomain, mail, "
	 "foreign, services, hidden; all"},

	{SETTING_GROUP, "servers", SETTING_NETWORKS, OF(servers), OF(server_count), NULL, NULL, NULL,
	 "", "addresses and networks of servers that should behave alike"},
	{SETTING_GROUP, "absolute", SETTING_LATENCY, OF(absolute), OF(has_absolute), NULL, "0s", "10s",
	 "", "as in [rule odd-one-out], for this group only"},
	{SETTING_GROUP, "relative", SETTING_SHARE, OF(relative), OF(has_relative), NULL, "0%", "1000%",
	 "", "as in [rule odd-one-out], for this group only"},

	{SETTING_LIST, "members", SETTING_WORDS, IN(members), 0, NULL, NULL, NULL, "",
	 "what filters mean by @NAME: addresses, networks, names; @dns_servers are the servers of all "
	 "groups unless it is defined, the report uses @mail_servers"},
	{SETTING_LIST, "file", SETTING_PATH, IN(file), 0, NULL, NULL, NULL, "",
	 "file with more members, one on each line; # begins a comment"},

	{"rule odd-one-out", "enabled", SETTING_FLAG, ENABLED(RULE_LATENCY), 0, "yes", NULL, NULL, "",
	 HELP_ENABLED ": compare latencies"},
	{"rule odd-one-out", "absolute", SETTING_LATENCY, BY_X(RULE_LATENCY), 0, "20ms", "0s", "10s",
	 "", HELP_X},
	{"rule odd-one-out", "relative", SETTING_SHARE, BY_Y(RULE_LATENCY), 0, "30%", "0%", "1000%",
	 "", HELP_Y},

	{"rule odd-unanswered", "enabled", SETTING_FLAG, ENABLED(RULE_UNANSWERED), 0, "yes", NULL,
	 NULL, "", HELP_ENABLED ": compare the shares of unanswered queries"},
	{"rule odd-unanswered", "absolute", SETTING_SHARE, BY_X(RULE_UNANSWERED), 0, "20%", "0%",
	 "100%", "", HELP_X},
	{"rule odd-unanswered", "relative", SETTING_SHARE, BY_Y(RULE_UNANSWERED), 0, "30%", "0%",
	 "1000%", "", HELP_Y},

	{"rule odd-servfail", "enabled", SETTING_FLAG, ENABLED(RULE_SERVFAIL), 0, "yes", NULL, NULL,
	 "", HELP_ENABLED ": compare the shares of SERVFAIL responses"},
	{"rule odd-servfail", "absolute", SETTING_SHARE, BY_X(RULE_SERVFAIL), 0, "20%", "0%", "100%",
	 "", HELP_X},
	{"rule odd-servfail", "relative", SETTING_SHARE, BY_Y(RULE_SERVFAIL), 0, "30%", "0%", "1000%",
	 "", HELP_Y},
};
// clang-format on

const unsigned setting_row_count = sizeof(setting_rows) / sizeof(setting_rows[0]);

bool setting_is_named(const struct setting_row *row)
{
	return strcmp(row->section, SETTING_GROUP) == 0 || strcmp(row->section, SETTING_LIST) == 0;
}
