// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What reading a message costs. user.decode: a response with five records, A, AAAA, CNAME, MX and
 * TXT, of which each owner and data becomes text; user.decode_header: a query with a cookie. 256
 * messages that differ in their names take turns, so that no branch learns one of them by heart;
 * they stay in the cache, where the kernel has just copied them. user.json_*: a line of JSON for
 * such a response, by how many records sensor.answers keeps.
 */
#include "bench.h"
#include "traffic.h"

#include "dns/message.h"
#include "dns/rdata.h"
#include "sink/json.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define MESSAGES  256
#define ROOM	  512
#define RECORDS	  5
#define CYCLES	  2 /* of all messages, in a round: too short to be often disturbed */
#define ROUNDS	  501
#define TEXT_ROOM (DNS_NAME_TEXT_MAX + DNS_RDATA_TEXT_MAX)

struct messages {
	uint8_t data[MESSAGES][ROOM];
	struct dns_bytes bytes[MESSAGES];
	char text[RECORDS][TEXT_ROOM];
	FILE *null;
};

/* All owned by the question's name, of class IN, for 300 s; the data with its length in front. */
#define RECORD(type, data) "\xc0\x0c\0" type "\0\1\0\0\1\x2c\0" data
#define CNAME		   RECORD("\5", "\x0b\4host\3cdn\xc0\x0c")
#define A		   RECORD("\1", "\4\xc0\0\2\x55")
#define AAAA		   RECORD("\x1c", "\x10\x20\1\x0d\xb8\0\0\0\x2a\0\0\0\0\0\0\0\x35")
#define MX		   RECORD("\x0f", "\x09\0\x0a\4mail\xc0\x0c")
#define TXT		   RECORD("\x10", "\x27\x26v=spf1 ip4:192.0.2.0/24 include:x ~all")
static const char records[] = CNAME A AAAA MX TXT;

static const char opt[] = "\0\0\x29\4\xd0\0\0\x80\0\0\x0c\0\x0a\0\x08"
			  "clientck";

static size_t put(uint8_t *at, const void *data, size_t length)
{
	memcpy(at, data, length);
	return length;
}

static void make_message(uint32_t i, bool is_response, struct messages *ret)
{
	struct traffic_exchange exchange;
	uint8_t *data = ret->data[i];
	size_t n = 0;

	traffic_exchange(i, (struct traffic_names){10, TRAFFIC_NAME_MAX}, &exchange);
	n += put(data,
		 is_response ? "\x12\x34\x81\x80\0\1\0\5\0\0\0\1"
			     : "\x12\x34\1\x20\0\1\0\0\0\0\0\1",
		 12);
	n += put(data + n, exchange.name, exchange.name_length);
	n += put(data + n, "\0\1\0\1", 4);
	if (is_response)
		n += put(data + n, records, sizeof(records) - 1);
	n += put(data + n, opt, sizeof(opt) - 1);
	ret->bytes[i] = (struct dns_bytes){data, n, n};
}

/* Return: length of all text */
static size_t decode(const struct dns_bytes *bytes, struct messages *messages)
{
	struct dns_message message;
	struct dns_records reader;
	struct dns_record record;
	size_t length = 0, next;

	if (dns_message_read(bytes, DNS_DEPTH_RDATA, &message) != DNS_MESSAGE_OK)
		return 0;
	reader = dns_records_of(bytes, &message);
	for (unsigned i = 0; i < RECORDS && dns_records__next(&reader, &record); i++) {
		struct dns_name owner;

		if (dns_name_read(bytes, record.owner, &owner, &next) != DNS_NAME_OK)
			return 0;
		length += dns_name_text(owner.wire, owner.length, messages->text[i]);
		length += dns_rdata_text(bytes, &record, messages->text[i] + DNS_NAME_TEXT_MAX);
	}
	return length;
}

static size_t decode_header(const struct dns_bytes *bytes, struct messages *messages)
{
	struct dns_message message;

	(void)messages;
	if (dns_message_read(bytes, DNS_DEPTH_RECORDS, &message) != DNS_MESSAGE_OK)
		return 0;
	return message.edns.cookie_length;
}

static size_t show(const struct dns_bytes *bytes, struct messages *messages,
		   enum exchange_keep keep)
{
	static const struct json_names no_names;
	struct dns_message message;
	struct exchange exchange = {
		.state = EXCHANGE_ANSWERED,
		.has_query = true,
		.has_response = true,
		.has_latency = true,
		.tries = 1,
		.ancount = RECORDS,
		.uid = ODD_NO_UID,
		.keep = keep,
		.message = &message,
		.bytes = *bytes,
	};

	if (dns_message_read(bytes, DNS_DEPTH_RDATA, &message) != DNS_MESSAGE_OK)
		return 0;
	exchange.flags = message.flags;
	exchange.qtype = message.qtype;
	exchange.qclass = message.qclass;
	exchange.qname = message.qname.wire;
	exchange.qname_length = message.qname.length;
	json_exchange(messages->null, &no_names, &exchange);
	return 1;
}

static size_t show_none(const struct dns_bytes *bytes, struct messages *messages)
{
	return show(bytes, messages, KEEP_NONE);
}

static size_t show_first(const struct dns_bytes *bytes, struct messages *messages)
{
	return show(bytes, messages, KEEP_FIRST);
}

static size_t show_all(const struct dns_bytes *bytes, struct messages *messages)
{
	return show(bytes, messages, KEEP_ALL);
}

typedef size_t (*decode_fn)(const struct dns_bytes *bytes, struct messages *messages);

/* The least of the rounds too: what disturbs only adds. */
static int measure(struct bench *bench, const char *name, decode_fn volatile take,
		   struct messages *messages)
{
	double ours[ROUNDS];
	size_t least = SIZE_MAX;

	for (unsigned round = 0; round < ROUNDS; round++) {
		uint64_t start = bench_now_ns();

		for (unsigned i = 0; i < MESSAGES * CYCLES; i++) {
			size_t length = take(&messages->bytes[i % MESSAGES], messages);

			if (length < least)
				least = length;
		}
		ours[round] = (double)(bench_now_ns() - start) / (MESSAGES * CYCLES);
	}
	if (least == 0) {
		fprintf(stderr, "bench: %s: a message cannot be read\n", name);
		return -EIO;
	}
	bench__rounds(bench, name, ours, ROUNDS);
	return 0;
}

int bench_decode(struct bench *bench)
{
	static const struct {
		const char *name;
		decode_fn take;
		bool is_response;
	} rows[] = {
		{"user.decode", decode, true},	     {"user.decode_header", decode_header, false},
		{"user.json_none", show_none, true}, {"user.json_first", show_first, true},
		{"user.json_all", show_all, true},
	};
	static struct messages messages;
	int r = 0;

	messages.null = fopen("/dev/null", "we");
	if (!messages.null)
		return -errno;
	for (size_t row = 0; r == 0 && row < sizeof(rows) / sizeof(rows[0]); row++) {
		if (!bench__wants(bench, rows[row].name))
			continue;
		for (uint32_t i = 0; i < MESSAGES; i++)
			make_message(i, rows[row].is_response, &messages);
		r = measure(bench, rows[row].name, rows[row].take, &messages);
	}
	fclose(messages.null);
	return r;
}
