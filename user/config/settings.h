/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Settings: one table (rows.c) feeds the INI file, --set, help and the manual.
 * Defaults (defaults.c), then the file (inifile.c), then --set in the order
 * given (cmdline.c). Those are above this file, and the table between.
 */
#ifndef CONFIG_SETTINGS_H
#define CONFIG_SETTINGS_H

#include <oddns/abi.h>

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define CONFIG_DEFAULT_FILE "/etc/oddns/oddns.conf"

enum hook_choice { HOOK_AUTO, HOOK_XDP, HOOK_XDP_GENERIC, HOOK_TC };

/* Which records of a response are shown with its exchange. */
enum answers_choice { ANSWERS_NONE, ANSWERS_FIRST, ANSWERS_ALL };

/* Index of a rule's settings; the rules themselves are in rule/rule_rows.c. */
enum rule_id { RULE_LATENCY, RULE_UNANSWERED, RULE_SERVFAIL, RULES };

/* How much goes into one file of the store. */
enum segment_choice { SEGMENT_HOUR, SEGMENT_DAY };

/* What the store keeps of clients' addresses. */
enum clients_choice { CLIENTS_FULL, CLIENTS_PREFIX, CLIENTS_HASH };

struct rule_settings {
	bool enabled;
	double absolute; /* X, in the unit of the rule's metric: ns or share */
	double relative; /* Y, 0.3 = 30 % */
};

/* An address or network: first prefix_bits (0..128, of the mapped form) of addr count. */
struct network {
	uint8_t addr[16];
	uint8_t prefix_bits;
};

/* Groups by the scope of the address, of servers in no other; [group NAME] has other names. */
#define GROUP_LOOPBACK "loopback"
#define GROUP_PRIVATE  "private"
#define GROUP_PUBLIC   "public"

struct group_settings {
	char *name;
	struct network *servers;
	unsigned server_count;
	bool has_absolute, has_relative; /* else those of [rule odd-one-out] */
	double absolute;		 /* ns */
	double relative;
};

/* What a filter means by @name. */
struct list_settings {
	char *name;
	char **members; /* NULL-terminated; NULL: none */
	char *file;	/* with more of them; NULL: none */
};

struct store_settings {
	bool enabled;
	char *dir; /* "/var/lib/oddns" */
	enum segment_choice segment;
	uint64_t max_bytes;   /* 0: no bound */
	uint64_t max_age_ns;  /* 0: no bound */
	uint64_t queue_bytes; /* power of two */
	enum answers_choice records;
	bool names;
	enum clients_choice clients;
	unsigned prefix4, prefix6; /* bits */
};

struct settings {
	/* [sensor] */
	char **interfaces; /* NULL-terminated; empty: those of the default routes */
	uint16_t ports[ODD_PORTS_MAX];
	unsigned port_count;
	bool multicast; /* 5353 and 5355 are watched, too, as multicast DNS and LLMNR */
	enum hook_choice hook;
	uint64_t timeout_ns;
	uint64_t grace_ns;
	uint64_t episode_ns; /* silence that ends an episode */
	uint64_t interval_ns;
	unsigned window;	/* intervals */
	unsigned min_samples;	/* in an interval that counts */
	unsigned min_intervals; /* of a server that is compared */
	unsigned raise_after;	/* evaluations in a row */
	unsigned clear_after;
	unsigned snaplen; /* bytes of a message */
	enum answers_choice answers;
	unsigned tunnels;	  /* in tunnels that are entered, 0..4 */
	bool encrypted;		  /* connections of encrypted DNS are counted */
	uint8_t (*resolvers)[16]; /* whose port 443 is taken for DNS */
	unsigned resolver_count;  /* 0..ODD_RESOLVERS_MAX */
	uint64_t ring_bytes;	  /* power of two */
	uint64_t pending;	  /* queries remembered */
	unsigned servers;	  /* servers remembered */
	unsigned connections;	  /* of TCP remembered */
	uint64_t assembly;	  /* bytes of segments and fragments held */
	char *pin_dir;		  /* "/sys/fs/bpf/oddns" */
	char *state_dir;	  /* "/run/oddns" */
	struct store_settings store;
	char **chapters; /* of the report, NULL-terminated */
	struct rule_settings rules[RULES];
	struct group_settings *groups;
	unsigned group_count;
	struct list_settings *lists;
	unsigned list_count;
};

/**
 * settings__new() - Defaults.
 *
 * Return: owned by the caller, NULL when out of memory
 */
struct settings *settings__new(void);
void settings__free(struct settings *settings);

/** words__free() - Free a NULL-terminated list as struct settings has it; NULL is allowed. */
void words__free(char **words);

/**
 * settings__read_file() - Read an INI file over what is there.
 * @path: NULL: CONFIG_DEFAULT_FILE if it exists
 *
 * Reports the first error on stderr with file, line, value and what is allowed.
 *
 * Return: 0, -EINVAL for bad content, else the errno of reading; settings may be
 * half changed then and should be freed
 */
int settings__read_file(struct settings *settings, const char *path);

/**
 * settings__set() - Take one "SECTION.KEY=VALUE" of the command line.
 *
 * "group lan.servers=10.0.0.1,10.0.0.2": the section ends at the last dot before "=".
 * A group that does not exist is made; a list replaces what was there.
 *
 * Return: 0, -EINVAL after reporting what is wrong and what is allowed
 */
int settings__set(struct settings *settings, const char *assignment);

/**
 * settings__check() - Hold settings against each other, once all are read.
 *
 * For instance groups must have servers and names of their own, and timeout + grace must fit
 * the histogram.
 *
 * Return: 0, -EINVAL after reporting
 */
int settings__check(const struct settings *settings);

/**
 * settings__watched_ports() - The ports that carry DNS, with those of multicast when it is watched.
 * @ret_ports: room for ODD_PORTS_MAX
 *
 * Return: how many they are; more than ODD_PORTS_MAX, of which settings__check() speaks: only so
 * many are there
 */
unsigned settings__watched_ports(const struct settings *settings, uint16_t *ret_ports);

/**
 * settings__same_built_in() - Are those settings the same that wait for the next start?
 *
 * Interfaces, ports, multicast, hook, encrypted, interval, window, sizes, directories and the store
 * are built into what a daemon has loaded, attached and opened.
 */
bool settings__same_built_in(const struct settings *a, const struct settings *b);

/** settings__swap_built_in() - Exchange them; once more, and all is as before. */
void settings__swap_built_in(struct settings *a, struct settings *b);

/** settings__help() - Print each setting with section, key, default, range and meaning. */
void settings__help(FILE *out);

/** network__contains() - Is @addr (16 bytes, IPv4 mapped) in the network? */
bool network__contains(const struct network *network, const uint8_t addr[16]);

#endif
