// SPDX-License-Identifier: GPL-2.0-or-later
/* Lists of interfaces, words, ports and networks. Each is built apart and put in place when whole.
 */
#include "list.h"

#include "base/text.h"
#include "refusal.h"
#include "resolvers.h"
#include "settings.h"

#include <ctype.h>
#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#define SEPARATORS ", \t"
/* Of a refused item, as much as identifies it. */
#define ITEM_SHOWN_MAX	 (TEXT_ADDRESS_MAX + 16)
#define PREFIX_BITS_MAX	 128
#define IPV4_MAPPED_BITS 96

static int refuse_item(char *ret_why, const char *item, const char *why)
{
	char shown[ITEM_SHOWN_MAX];

	return refuse(ret_why, "'%s' %s", text_printable(item, strlen(item), shown, sizeof(shown)),
		      why);
}

/* An upper bound of the items in a list. */
static size_t most_items(const char *text)
{
	size_t n = 1;

	for (; *text; text++)
		n += strchr(SEPARATORS, *text) != NULL;
	return n;
}

/* --- interfaces ----------------------------------------------------------------------------------
 */

/* As dev_valid_name() of Linux, and what would make an error unreadable. */
static bool is_interface_name(const char *name)
{
	if (strlen(name) >= IF_NAMESIZE || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return false;
	for (; *name; name++)
		if (*name == '/' || *name == ':' || iscntrl((unsigned char)*name))
			return false;
	return true;
}

static int add_interface(char **list, size_t n, const char *name, char *ret_why)
{
	if (!is_interface_name(name))
		return refuse_item(ret_why, name, "is no name of an interface");
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i], name) == 0)
			return refuse_item(ret_why, name, "is named twice");
	list[n] = strdup(name);
	return list[n] ? 0 : -ENOMEM;
}

/* Return: 0, -EINVAL with the reason in @ret_why, -ENOMEM */
typedef int (*add_word_fn)(char **list, size_t n, const char *word, char *ret_why);

static int set_words(char ***place, const char *text, add_word_fn add, char *ret_why)
{
	char **list = calloc(most_items(text) + 1, sizeof(*list));
	char *copy = strdup(text), *rest = NULL;
	int r = list && copy ? 0 : -ENOMEM;
	size_t n = 0;

	if (r < 0)
		goto out;
	for (char *item = strtok_r(copy, SEPARATORS, &rest); item && r == 0;
	     item = strtok_r(NULL, SEPARATORS, &rest))
		r = add(list, n++, item, ret_why);
	if (r == 0) {
		words__free(*place);
		*place = list;
		list = NULL;
	}
out:
	words__free(list);
	free(copy);
	return r;
}

int list_set_interfaces(const struct setting_row *row, void *base, const char *text, char *ret_why)
{
	return set_words(setting_member(base, row->offset), text, add_interface, ret_why);
}

/* --- words ---------------------------------------------------------------------------------------
 */

static int add_word(char **list, size_t n, const char *word, char *ret_why)
{
	for (const char *c = word; *c; c++)
		if (iscntrl((unsigned char)*c))
			return refuse_item(ret_why, word, "holds a control character");
	list[n] = strdup(word);
	return list[n] ? 0 : -ENOMEM;
}

int list_set_words(const struct setting_row *row, void *base, const char *text, char *ret_why)
{
	if (!text[strspn(text, SEPARATORS)])
		return refuse(ret_why, "empty");
	return set_words(setting_member(base, row->offset), text, add_word, ret_why);
}

/* --- ports ---------------------------------------------------------------------------------------
 */

static int add_port(uint16_t *ports, unsigned n, const char *item, char *ret_why)
{
	char *end;
	unsigned long port = strtoul(item, &end, 10);

	if (!isdigit((unsigned char)*item) || *end || port < 1 || port > UINT16_MAX)
		return refuse_item(ret_why, item, "is no port");
	if (n == ODD_PORTS_MAX)
		return refuse(ret_why, "more than %d ports", ODD_PORTS_MAX);
	for (unsigned i = 0; i < n; i++)
		if (ports[i] == port)
			return refuse_item(ret_why, item, "is named twice");
	ports[n] = (uint16_t)port;
	return 0;
}

int list_set_ports(const struct setting_row *row, void *base, const char *text, char *ret_why)
{
	uint16_t ports[ODD_PORTS_MAX] = {0};
	char *copy = strdup(text), *rest = NULL;
	unsigned n = 0;
	int r = 0;

	if (!copy)
		return -ENOMEM;
	for (char *item = strtok_r(copy, SEPARATORS, &rest); item && r == 0;
	     item = strtok_r(NULL, SEPARATORS, &rest))
		r = add_port(ports, n++, item, ret_why);
	free(copy);
	if (r < 0)
		return r;
	if (n == 0)
		return refuse(ret_why, "no port");
	memcpy(setting_member(base, row->offset), ports, sizeof(ports));
	*(unsigned *)setting_member(base, row->offset2) = n;
	return 0;
}

/* --- networks ------------------------------------------------------------------------------------
 */

/* Clear what lies behind the prefix. Return: was anything there? */
static bool clear_host_bits(struct network *network)
{
	bool any = false;

	for (unsigned bit = network->prefix_bits; bit < PREFIX_BITS_MAX; bit++) {
		uint8_t mask = (uint8_t)(0x80 >> bit % 8);

		any |= (network->addr[bit / 8] & mask) != 0;
		network->addr[bit / 8] &= (uint8_t)~mask;
	}
	return any;
}

/* The prefix length after the slash; IPv4's counts within the last 32 bits of 128. */
static int parse_prefix(const char *digits, bool ipv4, uint8_t *ret_bits)
{
	unsigned long most = ipv4 ? PREFIX_BITS_MAX - IPV4_MAPPED_BITS : PREFIX_BITS_MAX;
	unsigned long bits;
	char *end;

	if (!isdigit((unsigned char)*digits))
		return -EINVAL;
	bits = strtoul(digits, &end, 10);
	if (*end || bits > most)
		return -EINVAL;
	*ret_bits = (uint8_t)(bits + (ipv4 ? IPV4_MAPPED_BITS : 0));
	return 0;
}

/* "192.0.2.1", "10.0.0.0/8"; @item is cut at the slash and mended again. */
static int parse_network(char *item, struct network *ret, char *ret_why)
{
	struct network network = {.prefix_bits = PREFIX_BITS_MAX};
	char shown[TEXT_ADDRESS_MAX];
	char *slash = strchr(item, '/');
	bool ipv4 = !strchr(item, ':');
	int r;

	if (slash)
		*slash = '\0';
	r = text_parse_address(item, network.addr);
	if (slash)
		*slash = '/';
	if (r < 0)
		return refuse_item(ret_why, item, "is neither an address nor a network");
	if (slash && parse_prefix(slash + 1, ipv4, &network.prefix_bits) < 0)
		return refuse_item(ret_why, item,
				   ipv4 ? "has no prefix length of 0 to 32"
					: "has no prefix length of 0 to 128");
	if (clear_host_bits(&network))
		return refuse(ret_why,
			      "'%.50s' has bits set behind its prefix: write %s%s for the network",
			      item, text_address(network.addr, shown), slash);
	*ret = network;
	return 0;
}

static int add_network(struct network *list, unsigned n, char *item, char *ret_why)
{
	int r = parse_network(item, &list[n], ret_why);

	if (r < 0)
		return r;
	for (unsigned i = 0; i < n; i++)
		if (memcmp(&list[i], &list[n], sizeof(list[n])) == 0)
			return refuse_item(ret_why, item, "is named twice");
	return 0;
}

int list_set_networks(const struct setting_row *row, void *base, const char *text, char *ret_why)
{
	struct network **place = setting_member(base, row->offset);
	struct network *list = calloc(most_items(text), sizeof(*list));
	char *copy = strdup(text), *rest = NULL;
	int r = list && copy ? 0 : -ENOMEM;
	unsigned n = 0;

	if (r < 0)
		goto out;
	for (char *item = strtok_r(copy, SEPARATORS, &rest); item && r == 0;
	     item = strtok_r(NULL, SEPARATORS, &rest))
		r = add_network(list, n++, item, ret_why);
	if (r == 0 && n == 0)
		r = refuse(ret_why, "no server");
	if (r == 0) {
		free(*place);
		*place = list;
		*(unsigned *)setting_member(base, row->offset2) = n;
		list = NULL;
	}
out:
	free(list);
	free(copy);
	return r;
}

/* --- resolvers -----------------------------------------------------------------------------------
 */

/* A list in the making. */
struct resolvers {
	uint8_t (*at)[16]; /* ODD_RESOLVERS_MAX */
	unsigned count;
	bool public; /* the built-in ones, too */
};

static bool has_resolver(const struct resolvers *list, const uint8_t *address)
{
	for (unsigned i = 0; i < list->count; i++)
		if (memcmp(list->at[i], address, sizeof(*list->at)) == 0)
			return true;
	return false;
}

static int add_resolver(struct resolvers *list, const char *item, char *ret_why)
{
	uint8_t address[16];

	if (strcmp(item, "public") == 0) {
		list->public = true;
		return 0;
	}
	if (text_parse_address(item, address) < 0)
		return refuse_item(ret_why, item, "is neither an address nor 'public'");
	if (has_resolver(list, address))
		return refuse_item(ret_why, item, "is named twice");
	if (list->count == ODD_RESOLVERS_MAX)
		return refuse(ret_why, "more than %d addresses", ODD_RESOLVERS_MAX);
	memcpy(list->at[list->count++], address, sizeof(address));
	return 0;
}

/* After the others, so that to name one of them is no mistake. */
static int add_public(struct resolvers *list, char *ret_why)
{
	uint8_t address[16];
	int r = 0;

	for (const char *const *item = public_resolvers; *item && r == 0; item++)
		if (text_parse_address(*item, address) == 0 && !has_resolver(list, address))
			r = add_resolver(list, *item, ret_why);
	return r;
}

int list_set_resolvers(const struct setting_row *row, void *base, const char *text, char *ret_why)
{
	uint8_t(**place)[16] = setting_member(base, row->offset);
	struct resolvers list = {.at = calloc(ODD_RESOLVERS_MAX, sizeof(*list.at))};
	char *copy = strdup(text), *rest = NULL;
	int r = list.at && copy ? 0 : -ENOMEM;

	if (r < 0)
		goto out;
	for (char *item = strtok_r(copy, SEPARATORS, &rest); item && r == 0;
	     item = strtok_r(NULL, SEPARATORS, &rest))
		r = add_resolver(&list, item, ret_why);
	if (r == 0 && list.public)
		r = add_public(&list, ret_why);
	if (r == 0) {
		free(*place);
		*place = list.at;
		*(unsigned *)setting_member(base, row->offset2) = list.count;
		list.at = NULL;
	}
out:
	free(list.at);
	free(copy);
	return r;
}
