// SPDX-License-Identifier: GPL-2.0-or-later
/* An office's exchanges, made of their numbers. */
#include "office.h"

#include "base/hash.h"

#include <math.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

/* Of those that are asked for as people do. */
#define NAMES 100003

const char *office_name(uint32_t rank, char *buf)
{
	memcpy(buf, "h00000000.s00.example.or", 25);
	for (unsigned i = 8, number = rank; number; i--, number /= 10)
		buf[i] = (char)('0' + number % 10);
	buf[11] = (char)('0' + rank % 7);
	return buf;
}

const char *office_client(uint32_t i, char *buf)
{
	snprintf(buf, 32, "10.1.%u.%u", i / 250, 1 + i % 250);
	return buf;
}

static void put_address(uint8_t *to, uint8_t b, uint8_t c, uint8_t d)
{
	const uint8_t address[16] = {[10] = 0xff, 0xff, 10, b, c, d};

	memcpy(to, address, sizeof(address));
}

/* Return: bytes of the name on the wire */
static uint8_t put_name(uint32_t rank, uint8_t *to)
{
	char text[32];
	uint8_t *length = to;

	office_name(rank, text);
	for (const char *c = text;; c++) {
		if (*c && *c != '.') {
			to[c - text + 1] = (uint8_t)*c;
			continue;
		}
		*length = (uint8_t)(to + (c - text) - length);
		length = to + (c - text) + 1;
		if (!*c)
			break;
	}
	*length = 0;
	return (uint8_t)(length + 1 - to);
}

/* Header, question, an address unless there is none, OPT. Return: bytes */
static size_t put_response(uint16_t id, uint32_t rank, bool has_answer, uint8_t *to)
{
	static const uint8_t answer[] = {0xc0, 12, 0, 1, 0, 1, 0, 0, 1, 44, 0, 4, 192, 0, 2, 17};
	static const uint8_t opt[] = {0, 0, 41, 4, 208, 0, 0, 0, 0, 0, 0};
	const uint8_t head[] = {(uint8_t)(id >> 8),
				(uint8_t)id,
				0x81,
				has_answer ? 0x80 : 0x83,
				0,
				1,
				0,
				has_answer,
				0,
				0,
				0,
				1};
	static const uint8_t question[] = {0, 1, 0, 1};
	uint8_t *at = to;

	memcpy(at, head, sizeof(head));
	at += sizeof(head);
	at += put_name(rank, at);
	memcpy(at, question, sizeof(question));
	at += sizeof(question);
	if (has_answer) {
		memcpy(at, answer, sizeof(answer));
		at += sizeof(answer);
	}
	memcpy(at, opt, sizeof(opt));
	return (size_t)(at + sizeof(opt) - to);
}

/* Skewed: the inverse of the distribution of 1/n is count^u, for u from 0 to 1. */
static uint32_t draw_rank(enum office_names names, uint64_t random)
{
	if (names == OFFICE_SKEWED)
		return (uint32_t)exp(log(NAMES) * (double)(random >> 11) * 0x1p-53) - 1;
	return random & 1 ? (uint32_t)(random >> 8) % 1009 : (uint32_t)(random >> 8) & 0xffffff;
}

static void answer(struct exchange *e, struct office_exchange *of, uint64_t random)
{
	e->state = EXCHANGE_ANSWERED;
	e->has_response = e->has_latency = true;
	e->latency_ns = 400000 + (int64_t)(random % 8000000);
	e->wait_ns = e->latency_ns;
	e->end_ns = e->time_ns + e->wait_ns;
	e->messages = 1;
	e->flags = of->message.flags;
	e->rcode = of->message.rcode;
	e->ancount = of->message.ancount;
	e->arcount = of->message.arcount;
	e->response_bytes = (uint64_t)e->bytes.length;
	e->message = &of->message;
}

void office_exchange(uint32_t i, enum office_names names, struct office_exchange *ret)
{
	uint64_t random = hash_bytes(&i, sizeof(i), 0), more = hash_bytes(&i, sizeof(i), 1);
	struct exchange *e = &ret->exchange;
	uint32_t client = (uint32_t)(more % OFFICE_CLIENTS);
	size_t bytes;

	memset(e, 0, sizeof(*e));
	e->id = (uint16_t)more;
	bytes = put_response(e->id, draw_rank(names, random), i % 17 != 0, ret->wire);
	e->bytes = (struct dns_bytes){ret->wire, bytes, bytes};
	dns_message_read(&e->bytes, DNS_DEPTH_RECORDS, &ret->message);
	e->time_ns = OFFICE_START_NS + i * OFFICE_GAP_NS;
	put_address(e->client, 1, (uint8_t)(client / 250), (uint8_t)(1 + client % 250));
	put_address(e->server, 0, 0, (uint8_t)(1 + random % OFFICE_SERVERS));
	e->client_port = (uint16_t)(1024 + more % 60000);
	e->server_port = 53;
	e->protocol = IPPROTO_UDP;
	e->ifindex = 2;
	e->uid = ODD_NO_UID;
	e->tries = 1;
	e->has_query = e->recursion_desired = true;
	e->query_bytes = 53;
	e->qtype = ret->message.qtype;
	e->qclass = ret->message.qclass;
	e->qname = ret->message.qname.wire;
	e->qname_length = ret->message.qname.length;
	e->keep = KEEP_ALL;
	if (i % 101 != 0) {
		answer(e, ret, more);
		return;
	}
	e->state = EXCHANGE_UNANSWERED;
	e->cause = CAUSE_NONE;
	e->flags = 0x100;
	e->end_ns = e->time_ns + 5000000000LL;
	e->bytes = (struct dns_bytes){0};
}
