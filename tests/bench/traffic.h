/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Traffic for the benches: exchanges by number, the same ones each time. 7
 * servers answer 1009 clients; each server has a latency of its own, from half a
 * millisecond to 39 ms.
 */
#ifndef BENCH_TRAFFIC_H
#define BENCH_TRAFFIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TRAFFIC_NAME_MAX    40	/* wire length */
#define TRAFFIC_MESSAGE_MAX 128 /* 12 + 40 + 4, two answers of 16, OPT of 11 */
#define TRAFFIC_FRAME_MAX   1514

/* 200 000 packets */
#define TRAFFIC_CAPTURE_EXCHANGES 100000

struct traffic_exchange {
	uint32_t client; /* IPv4, host order */
	uint32_t server;
	uint16_t client_port;
	uint16_t id;
	uint64_t latency_ns;
	uint8_t name_length;
	uint8_t name[TRAFFIC_NAME_MAX];
};

/* Range of a name's length on the wire, 10..TRAFFIC_NAME_MAX. */
struct traffic_names {
	uint8_t shortest;
	uint8_t longest;
};

/** traffic_exchange() - The @i-th exchange. */
void traffic_exchange(uint32_t i, struct traffic_names names, struct traffic_exchange *ret);

/**
 * traffic_message() - Write its query, or its response with two answers; EDNS in both.
 * @buf: TRAFFIC_MESSAGE_MAX bytes
 *
 * Return: bytes written
 */
unsigned traffic_message(const struct traffic_exchange *exchange, bool is_response, uint8_t *buf);

/**
 * traffic_frame() - Put Ethernet, IPv4 and UDP in front of a message.
 * @buf: TRAFFIC_FRAME_MAX bytes
 *
 * Return: bytes written
 */
unsigned traffic_frame(const struct traffic_exchange *exchange, bool is_response,
		       const uint8_t *message, unsigned bytes, uint8_t *buf);

/* One message in the order of time. */
struct traffic_moment {
	uint64_t time_ns; /* since the first query */
	uint32_t exchange;
	bool is_response;
};

/**
 * traffic_order() - Queries at a steady rate and their responses, in order of time.
 * @count: exchanges
 * @gap_ns: between queries
 * @wrap: responses beyond the last query's time go to the start, for traffic that is repeated
 *
 * Return: 2 * @count moments, to be freed; NULL when out of memory
 */
struct traffic_moment *traffic_order(uint32_t count, uint64_t gap_ns, bool wrap);

/**
 * traffic_write_capture() - Write exchanges as a capture file (pcap with nanoseconds).
 *
 * Return: 0, negative errno after saying so
 */
int traffic_write_capture(const char *path, uint32_t exchanges);

#endif
