// SPDX-License-Identifier: GPL-2.0-or-later
/* Exchanges, messages, frames and captures made from numbers. */
#include "traffic.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SERVERS 7
#define CLIENTS 1009

#define CLIENT_NET 0x0a140000U /* 10.20.0.0 */
#define SERVER_NET 0xc0000200U /* 192.0.2.0 */

#define CAPTURE_GAP_NS 10000 /* 100 000 queries a second */
#define CAPTURE_START  1800000000ULL

/* Numbers that look random and are not: splitmix64 (Steele, Lea, Flood 2014). */
static uint64_t mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15ULL;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
	return x ^ (x >> 31);
}

static uint8_t *put16(uint8_t *p, unsigned value)
{
	p[0] = (uint8_t)(value >> 8);
	p[1] = (uint8_t)value;
	return p + 2;
}

static uint8_t *put32(uint8_t *p, uint32_t value)
{
	return put16(put16(p, value >> 16), value & 0xffff);
}

/* "host.domain.net" in @length bytes of wire form. */
static void make_name(uint64_t seed, unsigned length, uint8_t *name)
{
	static const uint8_t tail[] = {3, 'n', 'e', 't', 0};
	unsigned labels = length - sizeof(tail), first = labels / 3 < 2 ? 2 : labels / 3;

	for (unsigned i = 0; i < labels; i++) {
		if (i % 12 == 0)
			seed = mix(seed);
		name[i] = (uint8_t)('a' + (seed >> (i % 12 * 5)) % 26);
	}
	name[0] = (uint8_t)(first - 1);
	name[first] = (uint8_t)(labels - first - 1);
	memcpy(name + labels, tail, sizeof(tail));
}

void traffic_exchange(uint32_t i, struct traffic_names names, struct traffic_exchange *ret)
{
	static const uint64_t latency_ns[SERVERS] = {450000,  900000,	1700000, 4100000,
						     8300000, 13000000, 31000000};
	uint64_t a = mix(i), b = mix(a);
	unsigned server = i % SERVERS;

	ret->client = CLIENT_NET + 257 + (uint32_t)(a % CLIENTS);
	ret->server = SERVER_NET + 1 + server;
	ret->client_port = (uint16_t)(1024 + (a >> 16) % 64000);
	ret->id = (uint16_t)(a >> 40);
	/* up to a quarter more than the server's least */
	ret->latency_ns = latency_ns[server] + b % (latency_ns[server] / 4);
	ret->name_length =
		(uint8_t)(names.shortest + (b >> 32) % (names.longest - names.shortest + 1U));
	make_name(b, ret->name_length, ret->name);
}

unsigned traffic_message(const struct traffic_exchange *exchange, bool is_response, uint8_t *buf)
{
	static const uint8_t opt[] = {0, 0, 41, 0x04, 0xd0, 0, 0, 0, 0, 0, 0};
	uint8_t *p = buf;

	p = put16(p, exchange->id);
	p = put16(p, is_response ? 0x8180 : 0x0100);
	p = put16(p, 1);
	p = put16(p, is_response ? 2 : 0);
	p = put16(p, 0);
	p = put16(p, 1);
	memcpy(p, exchange->name, exchange->name_length);
	p = put32(p + exchange->name_length, 0x00010001); /* A, IN */
	for (unsigned i = 0; is_response && i < 2; i++) {
		p = put16(p, 0xc00c); /* the question's name */
		p = put32(p, 0x00010001);
		p = put32(p, 300);
		p = put16(p, 4);
		p = put32(p, 0xc6336400 + i); /* 198.51.100.0 */
	}
	memcpy(p, opt, sizeof(opt));
	return (unsigned)(p + sizeof(opt) - buf);
}

static uint16_t ip_checksum(const uint8_t *header)
{
	uint32_t sum = 0;

	for (unsigned i = 0; i < 20; i += 2)
		sum += (uint32_t)header[i] << 8 | header[i + 1];
	sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t) ~(sum + (sum >> 16));
}

unsigned traffic_frame(const struct traffic_exchange *exchange, bool is_response,
		       const uint8_t *message, unsigned bytes, uint8_t *buf)
{
	static const uint8_t ethernet[14] = {2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0};
	uint8_t *ip = buf + sizeof(ethernet), *p;

	memcpy(buf, ethernet, sizeof(ethernet));
	p = put32(ip, 0x45000000 + 20 + 8 + bytes);
	p = put32(p, 0x00004000);	    /* may not be fragmented */
	p = put32(p, 64U << 24 | 17 << 16); /* TTL, UDP */
	p = put32(p, is_response ? exchange->server : exchange->client);
	p = put32(p, is_response ? exchange->client : exchange->server);
	put16(ip + 10, ip_checksum(ip));
	p = put16(p, is_response ? 53 : exchange->client_port);
	p = put16(p, is_response ? exchange->client_port : 53);
	p = put32(p, (8 + bytes) << 16); /* no checksum */
	memcpy(p, message, bytes);
	return (unsigned)(p + bytes - buf);
}

static int by_time(const void *a, const void *b)
{
	const struct traffic_moment *x = a, *y = b;

	if (x->time_ns != y->time_ns)
		return x->time_ns < y->time_ns ? -1 : 1;
	if (x->exchange != y->exchange)
		return x->exchange < y->exchange ? -1 : 1;
	return x->is_response - y->is_response;
}

struct traffic_moment *traffic_order(uint32_t count, uint64_t gap_ns, bool wrap)
{
	struct traffic_moment *moments = calloc(count, 2 * sizeof(*moments));
	struct traffic_exchange exchange;

	if (!moments)
		return NULL;
	for (uint32_t i = 0; i < count; i++) {
		uint64_t time_ns = i * gap_ns;

		traffic_exchange(i, (struct traffic_names){10, TRAFFIC_NAME_MAX}, &exchange);
		moments[2 * i] = (struct traffic_moment){time_ns, i, false};
		time_ns += exchange.latency_ns;
		if (wrap)
			time_ns %= count * gap_ns;
		moments[2 * i + 1] = (struct traffic_moment){time_ns, i, true};
	}
	qsort(moments, 2 * (size_t)count, sizeof(*moments), by_time);
	return moments;
}

/* Header of the file and of a packet, host order
 * (https://www.tcpdump.org/manpages/pcap-savefile.5.html). */
struct pcap_head {
	uint32_t magic;
	uint16_t major, minor;
	uint32_t zone, accuracy;
	uint32_t snaplen;
	uint32_t linktype;
};

struct pcap_record {
	uint32_t seconds, nanoseconds;
	uint32_t captured, bytes;
};

static void write_packet(FILE *file, const struct traffic_moment *moment)
{
	struct traffic_exchange exchange;
	struct pcap_record record = {
		.seconds = (uint32_t)(CAPTURE_START + moment->time_ns / 1000000000U),
		.nanoseconds = (uint32_t)(moment->time_ns % 1000000000U),
	};
	uint8_t message[TRAFFIC_MESSAGE_MAX], frame[TRAFFIC_FRAME_MAX];
	unsigned bytes;

	traffic_exchange(moment->exchange, (struct traffic_names){10, TRAFFIC_NAME_MAX}, &exchange);
	bytes = traffic_message(&exchange, moment->is_response, message);
	bytes = traffic_frame(&exchange, moment->is_response, message, bytes, frame);
	record.captured = record.bytes = bytes;
	fwrite(&record, sizeof(record), 1, file);
	fwrite(frame, bytes, 1, file);
}

int traffic_write_capture(const char *path, uint32_t exchanges)
{
	static const struct pcap_head head = {
		.magic = 0xa1b23c4d, .major = 2, .minor = 4, .snaplen = 65535, .linktype = 1};
	struct traffic_moment *moments = traffic_order(exchanges, CAPTURE_GAP_NS, false);
	FILE *file = fopen(path, "wbe");
	int r = 0;

	if (!moments || !file) {
		r = moments ? -errno : -ENOMEM;
		goto out;
	}
	fwrite(&head, sizeof(head), 1, file);
	for (uint32_t i = 0; i < 2 * exchanges; i++)
		write_packet(file, &moments[i]);
	if (ferror(file))
		r = -EIO;
out:
	if (file && fclose(file) != 0 && r == 0)
		r = -errno;
	if (r < 0)
		fprintf(stderr, "bench: write capture '%s': %s\n", path, strerror(-r));
	free(moments);
	return r;
}
