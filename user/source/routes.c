// SPDX-License-Identifier: GPL-2.0-or-later
/* Default routes, from the kernel's tables in /proc/net. */
#include "routes.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define RTF_UP_BIT     0x0001
#define RTF_REJECT_BIT 0x0200

static int add_name(char names[ROUTES_MAX][IF_NAMESIZE], int count, const char *name)
{
	for (int i = 0; i < count; i++)
		if (strcmp(names[i], name) == 0)
			return count;
	if (count == ROUTES_MAX)
		return count;
	snprintf(names[count], IF_NAMESIZE, "%s", name);
	return count + 1;
}

/* "eth0 00000000 0102A8C0 0003 0 0 0 00000000 …": destination and mask 0 */
static int read_ipv4(char names[ROUTES_MAX][IF_NAMESIZE], int count)
{
	unsigned destination, gateway, flags, mask;
	char line[512], name[IF_NAMESIZE];
	FILE *file = fopen("/proc/net/route", "re");

	if (!file)
		return -errno;
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "%15s %x %x %x %*d %*d %*d %x", name, &destination, &gateway,
			   &flags, &mask) == 5 &&
		    !destination && !mask && (flags & RTF_UP_BIT) && !(flags & RTF_REJECT_BIT))
			count = add_name(names, count, name);
	fclose(file);
	return count;
}

/* "<destination> 00 <source> 00 <next hop> <metric> <refs> <use> <flags> eth0" */
static int read_ipv6(char names[ROUTES_MAX][IF_NAMESIZE], int count)
{
	char line[512], name[IF_NAMESIZE], destination[33];
	unsigned bits, flags;
	FILE *file = fopen("/proc/net/ipv6_route", "re");

	if (!file) /* a kernel without IPv6 */
		return count;
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "%32s %x %*s %*x %*s %*x %*x %*x %x %15s", destination, &bits,
			   &flags, name) == 4 &&
		    bits == 0 && strspn(destination, "0") == 32 && (flags & RTF_UP_BIT) &&
		    !(flags & RTF_REJECT_BIT) && strcmp(name, "lo") != 0)
			count = add_name(names, count, name);
	fclose(file);
	return count;
}

int routes_default_interfaces(char ret_names[ROUTES_MAX][IF_NAMESIZE])
{
	int count = read_ipv4(ret_names, 0);

	return count < 0 ? count : read_ipv6(ret_names, count);
}
