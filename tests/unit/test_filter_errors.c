// SPDX-License-Identifier: GPL-2.0-or-later
/* Filters that cannot be: one error with its column, what was expected, the nearest known word. */
#include "filter_fixture.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void fails(const char *text, size_t length, unsigned column, const char *message)
{
	struct filter *filter = NULL;
	struct filter_error error = {0};
	int r = filter__compile(text, length, &fixture_lists, &filter, &error);

	cr_assert_eq(r, -EINVAL, "%.80s: %d", text, r);
	cr_assert_null(filter);
	cr_assert_eq(error.column, column, "%.80s: column %u: %s", text, error.column,
		     error.message);
	cr_assert_str_eq(error.message, message, "%.80s: %s", text, error.message);
	for (const char *c = error.message; *c; c++)
		cr_assert(*c >= ' ' && *c <= '~');
}

struct row {
	const char *text;
	unsigned column;
	const char *message;
};

static void check(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		fails(rows[i].text, strlen(rows[i].text), rows[i].column, rows[i].message);
}

Test(filter_errors, unknown_words_get_the_nearest_known_one)
{
	static const struct row rows[] = {
		{"dns-qnmae x", 1, "expected a field, found 'dns-qnmae'; did you mean dns-qname?"},
		{"port 53 and prot 53", 13, "expected a field, found 'prot'; did you mean proto?"},
		{"xyzzyplugh 5", 1, "expected a field, found 'xyzzyplugh'"},
		{"hsot 10.0.0.1", 1, "expected a field, found 'hsot'; did you mean host?"},
		{"dns-qtype PTRR", 11,
		 "expected a mnemonic or a number after 'dns-qtype', found 'PTRR'; did you mean "
		 "PTR?"},
		{"dns-rcode [NOERROR, NXDOMIAN]", 21,
		 "expected a mnemonic or a number after 'dns-rcode', found 'NXDOMIAN'; "
		 "did you mean NXDOMAIN?"},
		{"dns-flags 'rd cf'", 11,
		 "expected flags such as \"aa rd\" after 'dns-flags', found 'rd cf'; did you mean "
		 "cd?"},
		{"dns-state unansweerd", 11,
		 "expected a mnemonic or a number after 'dns-state', found 'unansweerd'; "
		 "did you mean unanswered?"},
		{"src prt 53", 5,
		 "expected ip, host, net, port or ctry after 'src', found 'prt'; did you mean "
		 "port?"},
		{"dst dns-qname x", 5,
		 "expected ip, host, net, port or ctry after 'dst', found 'dns-qname'"},
		{"port 53 adn port 1", 9, "expected 'and' or 'or', found 'adn'; did you mean and?"},
		{"ip @dns_sevrers", 4,
		 "no list '@dns_sevrers'; did you mean @dns_servers? There are @dns_servers, "
		 "@empty, @nonsense"},
		{"ip @x", 4, "no list '@x'; there are @dns_servers, @empty, @nonsense"},
		{"ip @empty", 4, "list '@empty' is empty"},
	};

	check(rows, COUNT(rows));
}

Test(filter_errors, syntax_tells_what_was_expected)
{
	static const struct row rows[] = {
		{"dns-qname", 10,
		 "expected a value or a comparison after 'dns-qname', found the end"},
		{"dns-qname and port 53", 11,
		 "expected a value or a comparison after 'dns-qname', found 'and'"},
		{"dns-qname =", 12, "expected a value, found the end"},
		{"port 53 and", 12,
		 "expected a field such as dns-qname, 'not' or '(', found the end"},
		{"and", 1, "expected a field such as dns-qname, 'not' or '(', found 'and'"},
		{"(port 53", 9, "expected 'and', 'or' or ')', found the end"},
		{"port 53)", 8, "expected 'and' or 'or', found ')'"},
		{"()", 2, "expected a field such as dns-qname, 'not' or '(', found ')'"},
		{"port [1, 2", 11, "expected a value or ']', found the end"},
		{"port []", 7, "expected a value, found ']'"},
		{"port [1,,2]", 9, "expected a value, found ','"},
		{"port [1 [2]]", 9, "expected a value or ']', found '['"},
		{"src", 4, "expected ip, host, net, port or ctry, found the end"},
		{"src 'ip' 10.0.0.1", 5,
		 "expected ip, host, net, port or ctry, found ''ip''; did you mean ip?"},
		{"port 53 54", 9, "expected 'and' or 'or', found '54'"},
		{"\"port\" 53", 1,
		 "expected a field such as dns-qname, 'not' or '(', found '\"port\"'"},
		{"comm \"x", 6, "a quotation mark that is not closed"},
		{"comm \xe2\x80\x9cx\"", 6, "a quotation mark that is not closed"},
		{"port 53 | port 1", 9, "expected a word, found '|'"},
		{"port 53 & port 1", 9, "expected a word, found '&'"},
	};

	check(rows, COUNT(rows));
}

Test(filter_errors, values_must_be_of_the_fields_type)
{
	static const struct row rows[] = {
		{"port http", 6, "expected a number after 'port', found 'http'"},
		{"port 53x", 6, "expected a number after 'port', found '53x'"},
		{"port 5.3", 6, "expected a number after 'port', found '5.3'"},
		{"port 0x", 6, "expected a number after 'port', found '0x'"},
		{"port ''", 6, "expected a number after 'port', found ''"},
		{"port 9999999999999999999", 6, "a number that is too large"},
		{"port 99999999999999999999", 6, "a number that is too large"},
		{"port 0x99999999999999999", 6, "a number that is too large"},
		{"ip 10.0.0", 4, "expected an address or a network after 'ip', found '10.0.0'"},
		{"ip 10.0.0.0/33", 4,
		 "expected an address or a network after 'ip', found '10.0.0.0/33'"},
		{"ip ::1/129", 4, "expected an address or a network after 'ip', found '::1/129'"},
		{"ip 10.0.0.0/", 4,
		 "expected an address or a network after 'ip', found '10.0.0.0/'"},
		{"ip 10.0.0.0/0x8", 4,
		 "expected an address or a network after 'ip', found '10.0.0.0/0x8'"},
		{"ip www.example.com", 4,
		 "expected an address or a network after 'ip', found 'www.example.com'"},
		{"ip @nonsense", 4,
		 "expected an address or a network after 'ip', found 'nonsense'"},
		{"dns-latency > fast", 15,
		 "expected a duration such as 50ms after 'dns-latency', found 'fast'"},
		{"time > yesterday", 8,
		 "expected a time such as 2026-11-22T07:30:00Z after 'time', found 'yesterday'"},
		{"time > 2026-02-30", 8,
		 "expected a time such as 2026-11-22T07:30:00Z after 'time', found '2026-02-30'"},
		{"time > 2026-11-22T24:00Z", 8,
		 "expected a time such as 2026-11-22T07:30:00Z after 'time', found "
		 "'2026-11-22T24:00Z'"},
		{"time > 2026-11-22T", 8,
		 "expected a time such as 2026-11-22T07:30:00Z after 'time', found '2026-11-22T'"},
		{"dst ctry CZ", 10,
		 "expected 0, found 'CZ': there is no database of countries, only addresses of "
		 "none "
		 "are known (private, loopback, ...)"},
		{"dns-flags 65536", 11,
		 "expected flags such as \"aa rd\" after 'dns-flags', found '65536'"},
		{"dns-qname ~ '(a'", 13,
		 "expected a regular expression, found '(a': missing closing parenthesis"},
		{"dns-qname ~ '(*UTF)a'", 13,
		 "expected a regular expression, found '(*UTF)a': using UTF is disabled by the "
		 "application"},
		{"ip > 10.0.0.1", 4, "'ip' cannot be compared by '>'"},
		{"dns-qname < x", 11, "'dns-qname' cannot be compared by '<'"},
		{"port ~ 5", 6, "'port' cannot be compared by '~'"},
		{"port > [1, 2]", 12, "expected one value behind '>', found a list"},
	};

	check(rows, COUNT(rows));
}

/* Characters of UTF-8, of which each curly quotation mark and each umlaut is one. */
Test(filter_errors, columns_count_characters)
{
	fails("comm \xe2\x80\x9cj\xc3\xbc\xe2\x80\x9d and prt 5", 23, 15,
	      "expected a field, found 'prt'; did you mean port?");
	fails("comm \xc3\xbc\xc3\xbc prt", 13, 9, "expected 'and' or 'or', found 'prt'");
	fails("\xf0\x9f\x98\x80 5", 6, 1, "expected a field, found '\\240\\159\\152\\128'");
}

Test(filter_errors, what_was_found_is_shown_printable_and_short)
{
	fails("\x1b[31m", 5, 1, "expected a field, found '\\027'");
	fails("port 1234567890123456789012345678901234567890x", 46, 6,
	      "expected a number after 'port', found '12345678901234567890123456789012'...");
}

Test(filter_errors, nul_bytes_are_errors)
{
	fails("port 53\0", 8, 8, "a NUL byte in the filter");
	fails("\0", 1, 1, "a NUL byte in the filter");
}

static char *repeated(const char *piece, size_t times, const char *last)
{
	size_t length = strlen(piece), room = length * times + strlen(last) + 1;
	char *text = malloc(room);

	for (size_t i = 0; i < times; i++)
		memcpy(text + i * length, piece, length);
	memcpy(text + times * length, last, strlen(last) + 1);
	return text;
}

static void fails_repeated(const char *piece, size_t times, unsigned column, const char *message)
{
	char *text = repeated(piece, times, "port 53");

	fails(text, strlen(text), column, message);
	free(text);
}

Test(filter_errors, depth_is_bounded)
{
	static const char message[] = "more than 250 nested parentheses and nots";

	fails_repeated("(", 100000, 251, message);
	fails_repeated("not ", 100000, 250 * 4 + 1, message);
	fails_repeated("!(", 100000, 251, message);
	fails_repeated("port 1 or (", 10007, 11 * 251, message);
}

Test(filter_errors, the_number_of_terms_is_bounded)
{
	fails_repeated("uid 1 and ", 5000, 10 * 4096 + 1, "more than 4096 terms");
	/* each is about both ends */
	fails_repeated("port 1 or ", 5000, 10 * 2048 + 1, "more than 4096 terms");
}

Test(filter_errors, the_text_is_bounded)
{
	char *text = repeated(" ", FILTER_TEXT_MAX, "");
	struct filter_error error;
	struct filter *filter;

	cr_assert_eq(filter__compile(text, FILTER_TEXT_MAX, NULL, &filter, &error), 0);
	filter__free(filter);
	free(text);
	text = repeated("a", FILTER_TEXT_MAX + 7, "");
	fails(text, FILTER_TEXT_MAX + 7, FILTER_TEXT_MAX + 1,
	      "a filter of more than 1048576 bytes");
	fails(text, FILTER_TEXT_MAX, 1, "a word of more than 4096 bytes");
	free(text);
}

Test(filter_errors, lists_that_cannot_be_read_say_why)
{
	char path[] = "/tmp/oddns_list_XXXXXX", text[128], message[128];
	int fd;

	fails("ip @./no-such-file", 18, 4,
	      "cannot read the list '@./no-such-file': No such file or directory");
	fails("ip @/", 5, 4, "cannot read the list '@/': Is a directory");
	fails("ip @/dev/null", 13, 4, "cannot read the list '@/dev/null': Invalid argument");
	fd = mkstemp(path);
	cr_assert_eq(write(fd, "# nothing\n\n", 11), 11);
	snprintf(text, sizeof(text), "ip @%s", path);
	snprintf(message, sizeof(message), "list '@%s' is empty", path);
	fails(text, strlen(text), 4, message);
	cr_assert_eq(write(fd, "10.0.0.1\0x\n", 11), 11); /* would be read as 10.0.0.1 */
	close(fd);
	snprintf(message, sizeof(message), "cannot read the list '@%s': Invalid argument", path);
	fails(text, strlen(text), 4, message);
	unlink(path);
}
