// SPDX-License-Identifier: GPL-2.0-or-later
/* The fixture of the tests of flow/retries. */
#include "retries_desk.h"

#include <criterion/criterion.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

void desk_expect_identity(const struct desk *d)
{
	const struct retries_counters *c = d->counters;

	cr_assert_eq(c->truncated, c->retried + c->abandoned + c->open + c->unknown);
}

static void on_end(void *context, const struct exchange *e)
{
	struct desk *d = context;
	size_t used = strlen(d->line);
	char retry[16] = "";

	desk_expect_identity(d);
	if (e->is_retry)
		snprintf(retry, sizeof(retry), ">%u", e->retry_of);
	snprintf(d->line + used, sizeof(d->line) - used, "%s%u%s%s%s", used ? " " : "", e->id,
		 e->was_retried ? "+" : "", e->cause == CAUSE_TRUNCATED ? "!" : "", retry);
	if (d->told_count < ORACLE_TOLD)
		d->told[d->told_count++] = (struct told){
			.end_ns = e->end_ns,
			.id = e->id,
			.retry_of = e->retry_of,
			.was_retried = e->was_retried,
			.is_retry = e->is_retry,
			.abandoned = e->cause == CAUSE_TRUNCATED,
			.is_tcp = e->protocol == IPPROTO_TCP,
		};
	if (d->look)
		d->look(e);
}

void desk_open(struct desk *d, unsigned held)
{
	struct retries_limits limits = {.window_ns = WINDOW, .timeout_ns = TIMEOUT, .held = held};

	*d = (struct desk){0};
	cr_assert_eq(retries__new(&limits, 7, on_end, d, &d->retries), 0);
	d->counters = retries__counters(d->retries);
}

void desk_close(struct desk *d)
{
	desk_expect_identity(d);
	retries__free(d->retries);
}

/* What was handed on since the last time. */
const char *desk_line(struct desk *d)
{
	static char line[sizeof(d->line)];

	desk_expect_identity(d);
	memcpy(line, d->line, sizeof(line));
	d->line[0] = '\0';
	d->told_count = 0;
	return line;
}

const char *desk_take(struct desk *d, const struct exchange *e)
{
	retries__exchange(d->retries, e);
	return desk_line(d);
}

const char *desk_tick(struct desk *d, int64_t now_ns)
{
	retries__tick(d->retries, (uint64_t)now_ns);
	return desk_line(d);
}

const char *desk_finish(struct desk *d)
{
	retries__finish(d->retries);
	return desk_line(d);
}

const uint8_t desk_name[13] = "\7example\3org"; /* and the root's zero */

/* 192.0.2.1 asks 192.0.2.53 for example.org TXT over UDP. */
struct exchange desk_answered(uint16_t id, int64_t end_ns)
{
	return (struct exchange){
		.state = EXCHANGE_ANSWERED,
		.time_ns = end_ns - 11 * MS,
		.end_ns = end_ns,
		.client = {[10] = 0xff, 0xff, 192, 0, 2, 1},
		.server = {[10] = 0xff, 0xff, 192, 0, 2, 53},
		.client_port = 40001,
		.server_port = 53,
		.protocol = IPPROTO_UDP,
		.id = id,
		.flags = DNS_FLAG_QR | DNS_FLAG_RD | DNS_FLAG_RA,
		.has_query = true,
		.has_response = true,
		.qtype = 16,
		.qclass = 1,
		.qname = desk_name,
		.qname_length = sizeof(desk_name),
	};
}

struct exchange desk_truncated(uint16_t id, int64_t end_ns)
{
	struct exchange e = desk_answered(id, end_ns);

	e.flags |= DNS_FLAG_TC;
	return e;
}

struct exchange desk_tcp(uint16_t id, int64_t time_ns, int64_t end_ns)
{
	struct exchange e = desk_answered(id, end_ns);

	e.time_ns = time_ns;
	e.protocol = IPPROTO_TCP;
	e.client_port = 50021;
	return e;
}

const char *desk_take_truncated(struct desk *d, uint16_t id, int64_t end_ns)
{
	struct exchange e = desk_truncated(id, end_ns);

	return desk_take(d, &e);
}

const char *desk_take_answered(struct desk *d, uint16_t id, int64_t end_ns)
{
	struct exchange e = desk_answered(id, end_ns);

	return desk_take(d, &e);
}

const char *desk_take_tcp(struct desk *d, uint16_t id, int64_t time_ns, int64_t end_ns)
{
	struct exchange e = desk_tcp(id, time_ns, end_ns);

	return desk_take(d, &e);
}
