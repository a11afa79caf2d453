// SPDX-License-Identifier: GPL-2.0-or-later
/* Lists of the settings, as a filter asks for them. */
#include "cmd/query_lists.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *members[] = {"192.0.2.1", "198.51.100.0/24", NULL};

/* 192.0.2.53, 10.0.0.0/8, 2001:db8::/32, 2001:db8::53 */
static struct network lan[] = {
	{{[10] = 0xff, 0xff, 192, 0, 2, 53}, 128},
	{{[10] = 0xff, 0xff, 10}, 104},
};
static struct network world[] = {
	{{0x20, 0x01, 0x0d, 0xb8}, 32},
	{{0x20, 0x01, 0x0d, 0xb8, [15] = 0x53}, 128},
};
static struct group_settings groups[] = {
	{.name = "lan", .servers = lan, .server_count = 2},
	{.name = "world", .servers = world, .server_count = 2},
};

/* Items with blanks between; "NULL" when there is no such list. */
static void check_items(struct query_lists *lists, const char *name, const char *expected)
{
	const struct filter_lists filter = query_lists__filter(lists);
	const char *const *items = filter.items(filter.context, name);
	char text[512] = "";

	for (size_t n = 0; items && *items; items++, n = strlen(text))
		snprintf(text + n, sizeof(text) - n, "%s%s", n ? " " : "", *items);
	cr_assert_str_eq(items ? text : "NULL", expected);
}

/* A file with this text, which is gone when the test ends. */
static char *write_file(const char *text)
{
	static char path[] = "/tmp/oddns-list-XXXXXX";
	int fd = mkstemp(path);

	cr_assert(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
	return path;
}

Test(query_lists, members_come_before_the_lines_of_the_file)
{
	struct list_settings list = {"mail", members, NULL};
	struct settings settings = {.lists = &list, .list_count = 1};
	struct query_lists lists = {.settings = &settings};

	list.file = write_file("# of the mail servers\n\n  203.0.113.7 # mx1\r\n\t\n2001:db8::25\n"
			       "last");
	check_items(&lists, "mail", "192.0.2.1 198.51.100.0/24 203.0.113.7 2001:db8::25 last");
	check_items(&lists, "MAIL", "192.0.2.1 198.51.100.0/24 203.0.113.7 2001:db8::25 last");
	cr_assert_null(lists.unread);
	unlink(list.file);
	query_lists__done(&lists);
}

Test(query_lists, list_without_items_is_a_list)
{
	struct list_settings list = {"none", NULL, NULL};
	struct settings settings = {.lists = &list, .list_count = 1};
	struct query_lists lists = {.settings = &settings};

	check_items(&lists, "none", "");
	check_items(&lists, "non", "NULL");
	query_lists__done(&lists);
}

Test(query_lists, servers_of_all_groups_are_the_dns_servers)
{
	struct settings settings = {.groups = groups, .group_count = 2};
	struct query_lists lists = {.settings = &settings};

	check_items(&lists, "dns_servers", "192.0.2.53 10.0.0.0/8 2001:db8::/32 2001:db8::53");
	cr_assert_not(lists.no_servers);
	query_lists__done(&lists);
}

Test(query_lists, dns_servers_of_the_settings_go_before_those_of_groups)
{
	struct list_settings list = {"dns_servers", members, NULL};
	struct settings settings = {
		.lists = &list, .list_count = 1, .groups = groups, .group_count = 2};
	struct query_lists lists = {.settings = &settings};

	check_items(&lists, "dns_servers", "192.0.2.1 198.51.100.0/24");
	query_lists__done(&lists);
}

Test(query_lists, no_dns_servers_at_all_is_told)
{
	struct settings settings = {0};
	struct query_lists lists = {.settings = &settings};

	check_items(&lists, "mail", "NULL");
	cr_assert_not(lists.no_servers);
	check_items(&lists, "dns_servers", "NULL");
	cr_assert(lists.no_servers);
	query_lists__done(&lists);
}

Test(query_lists, file_that_cannot_be_read_is_told)
{
	struct list_settings list = {"mail", members, "/nonexistent/list"};
	struct settings settings = {.lists = &list, .list_count = 1};
	struct query_lists lists = {.settings = &settings};

	check_items(&lists, "mail", "NULL");
	cr_assert_str_eq(lists.unread, "/nonexistent/list");
	cr_assert_eq(lists.error, -ENOENT);
	list.file = "/tmp";
	check_items(&lists, "mail", "NULL");
	cr_assert_eq(lists.error, -EISDIR);
	list.file = "/dev/zero";
	check_items(&lists, "mail", "NULL");
	cr_assert_eq(lists.error, -EINVAL);
	query_lists__done(&lists);
}

Test(query_lists, file_larger_than_a_filter_is_refused)
{
	struct list_settings list = {"mail", NULL, NULL};
	struct settings settings = {.lists = &list, .list_count = 1};
	struct query_lists lists = {.settings = &settings};
	static char text[FILTER_TEXT_MAX + 3];

	for (size_t i = 0; i < sizeof(text) - 1; i++)
		text[i] = i % 64 == 63 ? '\n' : 'a';
	list.file = write_file(text);
	check_items(&lists, "mail", "NULL");
	cr_assert_eq(lists.error, -EFBIG);
	unlink(list.file);
	query_lists__done(&lists);
}

Test(query_lists, names_are_those_of_the_settings_and_dns_servers_once)
{
	struct list_settings list[] = {{"mail", members, NULL}, {"dns_servers", members, NULL}};
	struct settings settings = {.lists = list, .list_count = 1};
	struct query_lists lists = {.settings = &settings};
	const struct filter_lists filter = query_lists__filter(&lists);

	for (unsigned i = 1; i <= 2; i++) {
		settings.list_count = i;
		cr_assert_str_eq(filter.name(filter.context, 0), "mail");
		cr_assert_str_eq(filter.name(filter.context, 1), "dns_servers");
		cr_assert_null(filter.name(filter.context, 2));
	}
}

/* A list that ends too early would leave servers out, and nobody would know. */
Test(query_lists, what_is_no_whole_text_is_no_list)
{
	struct list_settings list = {"mail", NULL, NULL};
	struct settings settings = {.lists = &list, .list_count = 1};
	struct query_lists lists = {.settings = &settings};
	const char nul[] = "192.0.2.1\n\0\n192.0.2.2\n";
	char *path = write_file("");
	FILE *file = fopen(path, "w");

	list.file = path;
	cr_assert(file && fwrite(nul, 1, sizeof(nul) - 1, file) == sizeof(nul) - 1);
	fclose(file);
	check_items(&lists, "mail", "NULL");
	cr_expect(lists.unread && lists.error == -EINVAL, "%d", lists.error);
	unlink(path);
	query_lists__done(&lists);

	lists = (struct query_lists){.settings = &settings};
	cr_assert_eq(mkfifo(path, 0600), 0); /* nobody writes */
	check_items(&lists, "mail", "NULL");
	cr_expect(lists.unread && lists.error == -EINVAL, "%d", lists.error);
	unlink(path);
	query_lists__done(&lists);
}
